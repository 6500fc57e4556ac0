package install

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// environment is what the places of kernelspecs depend on, as a value for tests.
type environment struct {
	os          string // as runtime.GOOS
	get         func(string) string
	home        string
	pythonAt    func() (string, error)              // prefix of the Python that is found first
	lookPath    func(name string) (string, error)   // as exec.LookPath
	papermillAt func(python string) (string, error) // the folder of packages for the helper
}

func systemEnvironment() environment {
	home, err := os.UserHomeDir()
	if err != nil {
		home = "" // reported when it is needed
	}
	return environment{os: runtime.GOOS, get: os.Getenv, home: home, pythonAt: pythonPrefix, lookPath: exec.LookPath, papermillAt: papermillAt}
}

// dataDir is the folder for the user's Jupyter data, by the rules of
// jupyter_core.paths.jupyter_data_dir.
func (e environment) dataDir() (string, error) {
	if dir := e.get("JUPYTER_DATA_DIR"); dir != "" {
		return dir, nil
	}
	if e.os == "windows" {
		if dir := e.get("APPDATA"); dir != "" {
			return filepath.Join(dir, "jupyter"), nil
		}
	}
	if dir := e.get("XDG_DATA_HOME"); dir != "" && e.os != "windows" && e.os != "darwin" {
		return filepath.Join(dir, "jupyter"), nil
	}
	if e.home == "" {
		return "", errors.New("your home folder is unknown: set HOME or JUPYTER_DATA_DIR, or use --prefix DIR")
	}
	switch e.os {
	case "windows":
		return filepath.Join(e.home, ".jupyter", "data"), nil
	case "darwin":
		return filepath.Join(e.home, "Library", "Jupyter"), nil
	}
	return filepath.Join(e.home, ".local", "share", "jupyter"), nil
}

// RuntimeDir is the folder where Jupyter looks for the connection files of kernels
// that run, by the rules of jupyter_core.paths.jupyter_runtime_dir.
func RuntimeDir() (string, error) { return systemEnvironment().runtimeDir() }

func (e environment) runtimeDir() (string, error) {
	if dir := e.get("JUPYTER_RUNTIME_DIR"); dir != "" {
		return dir, nil
	}
	data, err := e.dataDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(data, "runtime"), nil
}

// systemDirs are the folders for the Jupyter data of all users.
func (e environment) systemDirs() []string {
	if e.os == "windows" {
		if dir := e.get("PROGRAMDATA"); dir != "" {
			return []string{filepath.Join(dir, "jupyter")}
		}
		return nil
	}
	return []string{"/usr/local/share/jupyter", "/usr/share/jupyter"}
}

// activePrefix is the prefix of the active Python environment.
func (e environment) activePrefix() (string, error) {
	for _, name := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
		if dir := e.get(name); dir != "" {
			return dir, nil
		}
	}
	dir, err := e.pythonAt()
	if err != nil {
		return "", fmt.Errorf("no Python environment is active (%w): activate one, or use --prefix DIR or --user", err)
	}
	return dir, nil
}

func prefixDir(prefix string) string { return filepath.Join(prefix, "share", "jupyter") }

// kernelsDir is the folder that options name, without the kernel's own name.
func (e environment) kernelsDir(o Options) (string, error) {
	var named []string
	if o.User {
		named = append(named, "--user")
	}
	if o.SysPrefix {
		named = append(named, "--sys-prefix")
	}
	if o.Prefix != "" {
		named = append(named, "--prefix")
	}
	if len(named) > 1 {
		return "", fmt.Errorf("%s exclude each other: a kernelspec has one place", strings.Join(named, " and "))
	}
	var data string
	var err error
	switch {
	case o.Prefix != "":
		data = prefixDir(o.Prefix)
	case o.SysPrefix:
		var prefix string
		if prefix, err = e.activePrefix(); err == nil {
			data = prefixDir(prefix)
		}
	default:
		data, err = e.dataDir()
	}
	if err != nil {
		return "", err
	}
	if data, err = filepath.Abs(data); err != nil {
		return "", fmt.Errorf("the folder for kernelspecs: %w", err)
	}
	return filepath.Join(data, "kernels"), nil
}

// searchDirs are all folders where Jupyter looks for kernelspecs, in its order.
func (e environment) searchDirs() []string {
	var data []string
	for _, dir := range filepath.SplitList(e.get("JUPYTER_PATH")) {
		data = append(data, strings.TrimRight(dir, string(filepath.Separator)))
	}
	if dir, err := e.dataDir(); err == nil {
		data = append(data, dir)
	}
	if prefix, err := e.activePrefix(); err == nil {
		data = append(data, prefixDir(prefix))
	}
	var dirs []string
	seen := map[string]bool{}
	for _, dir := range append(data, e.systemDirs()...) {
		if dir != "" && !seen[dir] {
			seen[dir] = true
			dirs = append(dirs, filepath.Join(dir, "kernels"))
		}
	}
	return dirs
}

// pythonPrefix asks the Python that is found first where it is installed.
func pythonPrefix() (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	var first error
	for _, python := range []string{"python3", "python"} {
		out, err := exec.CommandContext(ctx, python, "-c", "import sys; print(sys.prefix)").Output()
		if dir := strings.TrimSpace(string(out)); err == nil && dir != "" {
			return dir, nil
		}
		if first == nil {
			first = err
		}
	}
	return "", fmt.Errorf("asking python3 for its prefix: %w", first)
}

package install

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// papermill has translators of parameters for some languages, Go not among them,
// and no entry point for more. But it loads every engine that the entry points of
// a Python distribution name; ours registers a translator when it is loaded.
//
//go:embed papermill/nascent_papermill.py
var helperModule string

const (
	helperFile = "nascent_papermill.py"
	helperInfo = "nascent_papermill-1.0.dist-info"
)

// helperFiles is the distribution, in the order of writing: papermill loads it
// when it sees the entry point, which therefore comes last.
func helperFiles() [][2]string {
	files := [][2]string{
		{helperFile, helperModule},
		{filepath.Join(helperInfo, "METADATA"), "Metadata-Version: 2.1\nName: nascent-papermill\nVersion: 1.0\n" +
			"Summary: Parameters of Go notebooks for papermill; written by nascent install --papermill\nLicense: Apache-2.0\n"},
		{filepath.Join(helperInfo, "INSTALLER"), "nascent\n"},
		{filepath.Join(helperInfo, "RECORD"), ""}, // below
		{filepath.Join(helperInfo, "entry_points.txt"), "[papermill.engine]\nnascent = nascent_papermill:engine\n"},
	}
	var record strings.Builder // lets pip uninstall it too
	for _, f := range files {
		record.WriteString(filepath.ToSlash(f[0]) + ",,\n")
	}
	files[3][1] = record.String()
	return files
}

// installHelper lets the papermill of a Python environment set the parameters of
// Go notebooks, and returns the folder of packages that it has written to.
func (e environment) installHelper(o Options) (packages string, err error) {
	python, err := e.python(o)
	if err != nil {
		return "", fmt.Errorf("looking for papermill: %w", err)
	}
	if packages, err = e.papermillAt(python); err != nil {
		return "", fmt.Errorf("looking for papermill: %w", err)
	}
	for _, f := range helperFiles() {
		path := filepath.Join(packages, f[0])
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return "", fmt.Errorf("installing the helper for papermill: %w", err)
		}
		if err := os.WriteFile(path, []byte(f[1]), 0o644); err != nil {
			return "", fmt.Errorf("installing the helper for papermill: %w", err)
		}
	}
	return packages, nil
}

// removeHelper removes what installHelper has written to a folder of packages.
func removeHelper(packages string) error {
	compiled, err := filepath.Glob(filepath.Join(packages, "__pycache__", "nascent_papermill.*.pyc"))
	if err != nil {
		return err
	}
	paths := []string{filepath.Join(packages, helperInfo), filepath.Join(packages, helperFile)}
	for _, path := range append(paths, compiled...) {
		err = errors.Join(err, os.RemoveAll(path))
	}
	return err
}

// python is the Python of the environment that options name, or of the active one.
func (e environment) python(o Options) (string, error) {
	prefix := cmp.Or(o.Prefix, e.get("VIRTUAL_ENV"), e.get("CONDA_PREFIX"))
	if prefix == "" {
		for _, name := range []string{"python3", "python"} {
			if path, err := e.lookPath(name); err == nil {
				return path, nil
			}
		}
		return "", errors.New("there is no python3 in PATH: activate the environment that has papermill, or name it with --prefix DIR")
	}
	for _, name := range []string{"bin/python3", "bin/python", "Scripts/python.exe", "python.exe"} {
		path := filepath.Join(prefix, filepath.FromSlash(name))
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s is no Python environment, as it has no bin/python3: name the one that has papermill with --prefix DIR", prefix)
}

// whereIsPapermill prints the folder where papermill is, or the user's own where
// that can't be written to.
const whereIsPapermill = `import importlib.util, os, site
spec = importlib.util.find_spec("papermill")
if spec:
    packages = os.path.dirname(os.path.dirname(spec.origin))
    print(packages if os.access(packages, os.W_OK) or not site.ENABLE_USER_SITE else site.getusersitepackages())`

// papermillAt asks a Python where papermill is installed.
func papermillAt(python string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, python, "-c", whereIsPapermill).Output()
	if err != nil {
		return "", fmt.Errorf("asking %s: %w", python, err)
	}
	packages := strings.TrimSpace(string(out))
	if packages == "" {
		return "", fmt.Errorf("%s has no papermill: install it with %s -m pip install papermill, or name the environment that has it with --prefix DIR", python, python)
	}
	return packages, nil
}

// stillThere drops the folders of packages that no longer hold the helper.
func stillThere(folders []string) []string {
	return slices.DeleteFunc(folders, func(packages string) bool {
		_, err := os.Stat(filepath.Join(packages, helperFile))
		return errors.Is(err, fs.ErrNotExist)
	})
}

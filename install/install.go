// Package install writes, lists and removes the kernelspec: the folder that
// tells Jupyter how to start the kernel and what it looks like.
package install

import (
	"cmp"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
)

// What a kernelspec is called unless Options say otherwise.
const (
	DefaultName        = "nascent"
	DefaultDisplayName = "Go (Nascent)"
)

// startupProtocol tells Jupyter how the kernel can be started. From version 5.6 of
// the protocol (from 5.5, by the text of JEP 66) whoever starts it may write a
// registration file instead of a connection file; the kernel takes both. (jupyter_client
// 8 doesn't look at it and writes a connection file.) What is spoken afterwards is
// told by kernel_info_reply.
const startupProtocol = "5.6.0"

//go:generate go run ./internal/drawlogo
//go:embed logo-svg.svg logo-64x64.png logo-32x32.png
var logos embed.FS

// Options say where a kernelspec is and what it holds. At most one of User,
// SysPrefix and Prefix may be set; User is the default.
type Options struct {
	User      bool   // for the current user: Jupyter's data folder
	SysPrefix bool   // for the active Python environment
	Prefix    string // in PREFIX/share/jupyter

	Name        string            // default: DefaultName
	DisplayName string            // default: DefaultDisplayName
	Env         map[string]string // environment variables of the kernel
	Executable  string            // default: the running program
	Papermill   bool              // let papermill set parameters: in the environment of Prefix, or in the active one
}

// Spec is a kernelspec that is installed.
type Spec struct {
	Name        string
	Dir         string
	DisplayName string
	Argv        []string
	Papermill   []string // folders of Python packages with the helper for papermill
}

// kernelJSON is the content of a kernelspec's kernel.json.
type kernelJSON struct {
	Argv            []string          `json:"argv"`
	DisplayName     string            `json:"display_name"`
	Language        string            `json:"language"`
	InterruptMode   string            `json:"interrupt_mode"`
	Env             map[string]string `json:"env,omitempty"`
	Metadata        metadata          `json:"metadata"`
	ProtocolVersion string            `json:"kernel_protocol_version"`
}

// metadata tells our kernelspecs from those of others. What a tool keeps there is
// one object under the tool's name (JEP 105).
type metadata struct {
	Nascent *ours  `json:"nascent,omitempty"`        // nil in others' kernelspecs
	Old     string `json:"implementation,omitempty"` // what told ours first
}

type ours struct {
	Papermill []string `json:"papermill,omitempty"` // what is to be removed with the kernelspec
}

// ours is what the kernelspec holds for this package, or nil if it is another kernel's.
func (k kernelJSON) ours() *ours {
	if k.Metadata.Nascent == nil && k.Metadata.Old == "nascent" {
		return &ours{}
	}
	return k.Metadata.Nascent
}

// Install writes the kernelspec and says what it wrote. One of this kernel that
// is there already is replaced at once, so that Jupyter never sees half of one;
// one of another kernel is left alone, which is an error.
func Install(o Options) (Spec, error) { return systemEnvironment().install(o) }

func (e environment) install(o Options) (Spec, error) {
	spec, err := e.installSpec(o)
	if err != nil {
		return Spec{}, fmt.Errorf("installing the kernelspec: %w", err)
	}
	return spec, nil
}

func (e environment) installSpec(o Options) (Spec, error) {
	dir, err := e.specDir(o)
	if err != nil {
		return Spec{}, err
	}
	if err := checkEnv(o.Env); err != nil {
		return Spec{}, err
	}
	executable, err := findExecutable(o.Executable)
	if err != nil {
		return Spec{}, err
	}
	helpers, err := mayReplace(dir)
	if err != nil {
		return Spec{}, err
	}
	helpers = stillThere(helpers)
	if o.Papermill {
		packages, err := e.installHelper(o)
		if err != nil {
			return Spec{}, err
		}
		if !slices.Contains(helpers, packages) {
			helpers = append(helpers, packages)
		}
	}
	spec := kernelJSON{
		Argv:        []string{executable, "kernel", "-f", "{connection_file}"},
		DisplayName: cmp.Or(o.DisplayName, DefaultDisplayName), Language: "go", InterruptMode: "message", Env: o.Env,
		Metadata: metadata{Nascent: &ours{helpers}}, ProtocolVersion: startupProtocol,
	}
	return spec.at(dir), write(dir, spec)
}

func (k kernelJSON) at(dir string) Spec {
	return Spec{Name: filepath.Base(dir), Dir: dir, DisplayName: k.DisplayName, Argv: k.Argv, Papermill: k.ours().Papermill}
}

// Uninstall removes the kernelspec that Options name by place and Name with what
// was installed with it, and returns its folder. The folders around it go too if nothing else is in them.
// If there is none, the error lists those that there are.
func Uninstall(o Options) (dir string, err error) { return systemEnvironment().uninstall(o) }

func (e environment) uninstall(o Options) (dir string, err error) {
	dir, err = e.specDir(o)
	if err != nil {
		return "", fmt.Errorf("removing the kernelspec: %w", err)
	}
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("removing the kernelspec: there is no folder %s; %s", dir, whatIsIn(filepath.Dir(dir)))
	}
	spec, err := read(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("removing the kernelspec: %s holds no kernel.json, so it is no kernelspec; if it is not wanted, remove it by hand", dir)
	case err != nil:
		return "", fmt.Errorf("removing the kernelspec: %w; if it is not wanted, remove %s by hand", err, dir)
	}
	if spec.ours() == nil {
		return "", fmt.Errorf("removing the kernelspec: %s belongs to another kernel, %q; jupyter kernelspec remove %s would remove it",
			dir, spec.DisplayName, filepath.Base(dir))
	}
	if err := os.RemoveAll(dir); err != nil {
		return "", fmt.Errorf("removing the kernelspec: %w", err)
	}
	others, err := e.list()
	if err != nil {
		return "", fmt.Errorf("removing the helper for papermill: %w", err)
	}
	for _, packages := range spec.ours().Papermill {
		if slices.ContainsFunc(others, func(s Spec) bool { return slices.Contains(s.Papermill, packages) }) {
			continue // it is another kernelspec's too
		}
		if err := removeHelper(packages); err != nil {
			return "", fmt.Errorf("removing the helper for papermill: %w", err)
		}
	}
	removeEmpty(filepath.Dir(dir))
	return dir, nil
}

// removeEmpty removes the folder kernels and those that installing may have made
// around it, as long as they are empty and of names that nobody else chose.
func removeEmpty(kernels string) {
	for dir := kernels; slices.Contains([]string{"kernels", "jupyter", "share"}, strings.ToLower(filepath.Base(dir))); dir = filepath.Dir(dir) {
		if os.Remove(dir) != nil { // it holds something, or may not be removed: it stays
			return
		}
	}
}

// List finds the kernelspecs of this kernel in all places where Jupyter looks,
// those that win first.
func List() ([]Spec, error) { return systemEnvironment().list() }

func (e environment) list() ([]Spec, error) {
	var found []Spec
	for _, kernels := range e.searchDirs() {
		entries, err := os.ReadDir(kernels)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return found, fmt.Errorf("looking for kernelspecs: %w", err)
		}
		for _, entry := range entries {
			dir := filepath.Join(kernels, entry.Name())
			spec, err := read(dir)
			if err != nil || spec.ours() == nil {
				continue // another kernel's, or no kernelspec at all
			}
			found = append(found, spec.at(dir))
		}
	}
	return found, nil
}

var validName = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

func (e environment) specDir(o Options) (string, error) {
	name := o.Name
	if name == "" {
		name = DefaultName
	}
	if !validName.MatchString(name) || strings.Trim(name, ".") == "" {
		return "", fmt.Errorf("%q can't be the name of a kernelspec: letters, digits, dot, hyphen and underscore are possible", name)
	}
	kernels, err := e.kernelsDir(o)
	if err != nil {
		return "", err
	}
	return filepath.Join(kernels, strings.ToLower(name)), nil // as Jupyter does
}

func checkEnv(env map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(env)) {
		if name == "" || strings.ContainsAny(name, "=\x00") || strings.Contains(env[name], "\x00") {
			return fmt.Errorf("%q=%q can't be an environment variable: NAME=VALUE is expected", name, env[name])
		}
	}
	return nil
}

// findExecutable returns the absolute path of the program that Jupyter is to start.
func findExecutable(path string) (string, error) {
	if path == "" {
		running, err := os.Executable()
		if err != nil {
			return "", fmt.Errorf("finding the path of this program: %w", err)
		}
		path = running
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("finding the path of the kernel's program: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("the kernel's program: %w", err)
	}
	if info.IsDir() {
		return "", fmt.Errorf("the kernel's program %s is a folder", path)
	}
	if strings.Contains(filepath.ToSlash(path), "/go-build") {
		return "", fmt.Errorf("%s is temporary, because it was started with go run: build the program first, with go build or go install", path)
	}
	return path, nil
}

// mayReplace says why a folder can't be replaced, or where the kernelspec of ours
// that it holds has its helpers for papermill.
func mayReplace(dir string) (helpers []string, err error) {
	spec, err := read(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
			return nil, fmt.Errorf("%s is no kernelspec, as it holds no kernel.json, and is not empty: remove it, or choose another --name", dir)
		}
		return nil, nil // nothing is there
	case errors.Is(err, syscall.ENOTDIR):
		return nil, fmt.Errorf("%s can't be made: a part of this path is a file; name a folder", dir)
	case err != nil:
		return nil, fmt.Errorf("%w: remove %s, or choose another --name", err, dir)
	case spec.ours() == nil:
		return nil, fmt.Errorf("%s belongs to another kernel, %q: choose another --name", dir, spec.DisplayName)
	}
	return spec.ours().Papermill, nil
}

func read(dir string) (kernelJSON, error) {
	var spec kernelJSON
	file := filepath.Join(dir, "kernel.json")
	text, err := os.ReadFile(file)
	if err != nil {
		return spec, err
	}
	if err := json.Unmarshal(text, &spec); err != nil {
		return spec, fmt.Errorf("%s is no kernelspec: %w", file, err)
	}
	return spec, nil
}

// whatIsIn lists the kernelspecs of a folder in words.
func whatIsIn(kernels string) string {
	entries, err := os.ReadDir(kernels)
	if err != nil {
		return "nothing is installed there"
	}
	var names []string
	for _, entry := range entries {
		if _, err := os.Stat(filepath.Join(kernels, entry.Name(), "kernel.json")); err == nil {
			names = append(names, entry.Name())
		}
	}
	if names == nil {
		return "nothing is installed there"
	}
	return "installed there: " + strings.Join(names, ", ")
}

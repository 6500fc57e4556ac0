package install

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// State says whether a part works.
type State string

// States of a part.
const (
	OK      State = "ok"
	Missing State = "missing" // it isn't there, and only what needs it doesn't work
	Broken  State = "broken"  // it is there and doesn't work, or nothing does without it
)

// Check is what was found of one part, and what to do if that is not enough.
type Check struct {
	Part  string
	State State
	Found string
	Cure  string // if it is not OK
}

// Examine looks at what Jupyter needs to start the kernel: Jupyter itself, a kernelspec
// that starts this program, JupyterLab's widget extension, and a Go tool chain, without
// which all works too.
func Examine(ctx context.Context) []Check { return systemEnvironment().examine(ctx) }

func (e environment) examine(ctx context.Context) []Check {
	return []Check{e.examineJupyter(ctx), e.examineSpec(), e.examineRuntime(), e.examineWidgets(), e.examineGo(ctx)}
}

// examineJupyter asks Jupyter what it is.
func (e environment) examineJupyter(ctx context.Context) Check {
	c := Check{Part: "Jupyter", State: Missing, Found: "no program jupyter is on the path",
		Cure: "pip install jupyterlab, in the environment that you use, and activate that; or make lab, which sets up one of its own"}
	path, err := e.lookPath("jupyter")
	if err != nil {
		return c
	}
	out, err := output(ctx, path, "--version")
	if err != nil {
		return Check{Part: "Jupyter", State: Broken, Found: fmt.Sprintf("%s --version: %v", path, err), Cure: "install it again: pip install --force-reinstall jupyterlab"}
	}
	c.State, c.Found, c.Cure = OK, path, ""
	for line := range strings.Lines(out) {
		name, version, ok := strings.Cut(line, ":")
		if name, version = strings.TrimSpace(name), strings.TrimSpace(version); ok && (name == "jupyterlab" || name == "jupyter_client") && version != "not installed" {
			c.Found += ", " + name + " " + version
		}
	}
	return c
}

// examineSpec looks for the kernelspec that Jupyter takes, and for the program in it.
func (e environment) examineSpec() Check {
	specs, err := e.list()
	switch {
	case err != nil:
		return Check{"kernelspec", Broken, err.Error(), "see to it that the folder can be read"}
	case len(specs) == 0:
		return Check{"kernelspec", Missing, "Jupyter doesn't know the kernel", "nascent install --user, or nascent install --sys-prefix in an active Python environment"}
	}
	self, _ := findExecutable("")
	var found []string
	for i, s := range specs {
		program := ""
		if len(s.Argv) > 0 {
			program = s.Argv[0]
		}
		if _, err := e.lookPath(program); err != nil {
			return Check{"kernelspec", Broken, fmt.Sprintf("%s starts %s, which is not there", s.Dir, program),
				"nascent install --name " + s.Name + " with the flags that you gave at first, or nascent uninstall"}
		}
		text := s.Dir
		if i == 0 && !sameFile(program, self) {
			text += " (starts " + program + ", another program than this)"
		}
		found = append(found, text)
	}
	return Check{Part: "kernelspec", State: OK, Found: strings.Join(found, ", ")}
}

// examineRuntime sees whether connection files can be written.
func (e environment) examineRuntime() Check {
	dir, err := e.runtimeDir()
	if err == nil {
		if _, there := os.Stat(dir); errors.Is(there, os.ErrNotExist) {
			return Check{Part: "connection files", State: OK, Found: dir + ", which Jupyter will make"}
		}
		var probe *os.File
		if probe, err = os.CreateTemp(dir, "nascent-doctor-"); err == nil {
			err = errors.Join(probe.Close(), os.Remove(probe.Name()))
		}
	}
	if err != nil {
		return Check{"connection files", Broken, err.Error(), "make the folder writable, or set JUPYTER_RUNTIME_DIR to one that is"}
	}
	return Check{Part: "connection files", State: OK, Found: dir}
}

// examineWidgets looks for the extension that shows sliders and buttons.
func (e environment) examineWidgets() Check {
	const extension = "@jupyter-widgets/jupyterlab-manager"
	for _, kernels := range e.searchDirs() {
		dir := filepath.Join(filepath.Dir(kernels), "labextensions", filepath.FromSlash(extension))
		if _, err := os.Stat(filepath.Join(dir, "package.json")); err == nil {
			return Check{Part: "widgets", State: OK, Found: dir}
		}
	}
	return Check{"widgets", Missing, "JupyterLab's extension " + extension + " is not there: sliders and buttons are shown as text",
		"pip install jupyterlab_widgets"}
}

// examineGo looks for a tool chain.
func (e environment) examineGo(ctx context.Context) Check {
	path, err := e.lookPath("go")
	if err != nil {
		return Check{Part: "Go tool chain", State: OK, Found: "none, and none is needed"}
	}
	out, err := output(ctx, path, "version")
	if err != nil {
		return Check{"Go tool chain", Missing, fmt.Sprintf("%s version: %v", path, err), "none is needed; what is there doesn't work"}
	}
	return Check{Part: "Go tool chain", State: OK, Found: strings.TrimSpace(out) + " (not needed)"}
}

// output runs a program that answers soon.
func output(ctx context.Context, program string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, program, args...).Output()
	return string(out), err
}

func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// Sound says whether nothing is broken.
func Sound(checks []Check) bool {
	return !slices.ContainsFunc(checks, func(c Check) bool { return c.State == Broken })
}

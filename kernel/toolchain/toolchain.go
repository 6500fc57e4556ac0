// Package toolchain compiles declarations of cells with an installed Go tool chain, and
// calls the functions among them.
//
// What is compiled is a program of its own, a helper, which runs beside the kernel and is
// called over pipes (package remote says how): it needs no C compiler and not the kernel's
// version of Go, as plugins would, and what ends it, such as a fatal error of Go's run time, does not end the
// kernel. A helper that has ended starts anew when it is called again. Building never uses the network.
package toolchain

import (
	"context"
	"errors"
	"fmt"
	"go/version"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// Go is an installed tool chain.
type Go struct {
	path     string
	root     string // where it is installed
	version  string // go1.26.1
	language string // of what is built: 1.26
}

// The versions of the language that cells are written in: at least, since loop variables are then
// each round's own, and at most, since that is what the kernel checks.
const (
	oldest = "go1.22"
	newest = "go1.26"
)

// Find finds the tool chain in PATH.
func Find(ctx context.Context) (*Go, error) {
	const instead = "cells run without it (in the interpreter, or as %tier says): leave %%native out, or install Go from https://go.dev/dl"
	path, err := exec.LookPath("go")
	if err != nil {
		return nil, errors.New("%%native compiles with a Go installation, and there is no go command in PATH; " + instead)
	}
	g := &Go{path: path}
	out, err := g.command(ctx, filepath.Dir(path), "env", "GOVERSION", "GOROOT").Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) && len(exit.Stderr) > 0 {
			err = errors.New(strings.TrimSpace(string(exit.Stderr)))
		}
		return nil, fmt.Errorf("asking %s for its version: %w", path, err)
	}
	found, root, _ := strings.Cut(string(out), "\n")
	g.version, _, _ = strings.Cut(strings.TrimSpace(found), " ") // what follows are experiments
	g.root = strings.TrimSpace(root)
	lang := version.Lang(g.version)
	switch {
	case g.version == "": // go1.15 and before don't know the question
		return nil, fmt.Errorf("%s is older than go1.16, and %%%%native needs %s or later; %s", path, oldest, instead)
	case lang == "": // a development version
		lang = newest
	case version.Compare(lang, oldest) < 0:
		return nil, fmt.Errorf("%s is %s, and %%%%native needs %s or later; %s", path, g.version, oldest, instead)
	case version.Compare(lang, newest) > 0:
		lang = newest
	}
	g.language = strings.TrimPrefix(lang, "go")
	return g, nil
}

// String is the version of the tool chain.
func (g *Go) String() string { return g.version }

// command is a call of the go command that uses what is here, and no C compiler.
func (g *Go) command(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, g.path, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PWD="+dir,
		"GOPROXY=off", "GOTOOLCHAIN=local", "GO111MODULE=on", "CGO_ENABLED=0",
		"GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH)
	inGroup(cmd)
	return cmd
}

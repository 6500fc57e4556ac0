// Package wasmcache gives Graphviz a folder of the user's own for its compiled
// code.
//
// go-graphviz compiles its WebAssembly module when it is initialised, in every
// program that imports it, and keeps the machine code in the folder go-graphviz of
// os.TempDir. That folder is shared by all users of a machine: the second user's
// programs panic before main, because they can't read what the first user's have
// written, and whoever makes the folder first decides which code the others run. It
// has no setting; but os.TempDir does what TMPDIR says. So this package sets TMPDIR
// before go-graphviz is initialised, and Restore sets it back after.
//
// The order holds because packages are initialised in the order of their import
// paths as soon as everything that they import is (The Go Programming Language
// Specification, "Program initialization"): this one imports the standard library
// alone and comes before github.com/tetratelabs/wazero, which go-graphviz needs.
package wasmcache

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
)

const variable = "TMPDIR"

var (
	before, wasSet = os.LookupEnv(variable)
	changed        = redirect()
)

// redirect points TMPDIR to the user's cache; without one, to where no folder can
// be made, which makes go-graphviz do without: it then takes half a second to start.
func redirect() bool {
	if runtime.GOOS == "windows" {
		return false // the folder for temporary files is the user's own
	}
	dir, err := folder()
	if err != nil {
		dir = os.DevNull
	}
	return os.Setenv(variable, dir) == nil
}

// folder makes the folder and makes sure that files can be made in it. It bears the
// number of the user, because sudo may run a program with the home of another.
func folder() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "nascent", "user-"+strconv.Itoa(os.Getuid()))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	probe, err := os.CreateTemp(dir, "probe-*")
	if err != nil {
		return "", err
	}
	probe.Close()
	return dir, os.Remove(probe.Name())
}

// Restore sets TMPDIR back. It is called once, by the package that imports
// go-graphviz.
func Restore() {
	if !changed {
		return
	}
	if wasSet {
		os.Setenv(variable, before)
	} else {
		os.Unsetenv(variable)
	}
}

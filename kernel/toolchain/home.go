package toolchain

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
)

// home is where a helper is built: a module of its own, or, if it imports packages of modules, a package
// in the module of the working directory, that only the build sees.
type home struct {
	dir     string   // of the go command
	path    string   // the import path of the package
	overlay string   // the file that says where the package's files really are; "": where they should be
	args    []string // of go build
	env     []string // for the go command
}

// inModule is the folder of a helper in a module.
const inModule = "nascent__native"

// home is the home of a helper that imports packages, and whose files are in dir.
func (g *Go) home(ctx context.Context, packages []string, dir string) (home, error) {
	foreign := ""
	for _, p := range packages {
		if info, err := os.Stat(filepath.Join(g.root, "src", filepath.FromSlash(p))); p != "unsafe" && (err != nil || !info.IsDir()) {
			foreign = p
			break
		}
	}
	if foreign == "" {
		return home{dir: dir, path: "native", args: []string{"."}, env: []string{"GOWORK=off", "GOFLAGS=-mod=mod"}}, nil
	}
	here, err := os.Getwd()
	if err != nil {
		return home{}, fmt.Errorf("looking for the module of %s: %w", foreign, err)
	}
	out, err := g.command(ctx, here, "env", "GOMOD").Output()
	if err != nil {
		return home{}, fmt.Errorf("looking for the module of %s: %w", foreign, err)
	}
	file := strings.TrimSpace(string(out))
	if file == "" || file == os.DevNull {
		return home{}, fmt.Errorf("native code can import the standard library and, where there is a go.mod, what that requires: there is none here for %s; %%get makes one", foreign)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return home{}, fmt.Errorf("reading the module of %s: %w", foreign, err)
	}
	path := modfile.ModulePath(text)
	if path == "" {
		return home{}, fmt.Errorf("%s has no module line", file)
	}
	overlay := filepath.Join(dir, "overlay.json")
	return home{dir: filepath.Dir(file), path: path + "/" + inModule, overlay: overlay, args: []string{"-overlay=" + overlay, "./" + inModule}}, nil
}

package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/nascent-go/nascent"

// files lists the Go files below a folder with the paths that they import.
func files(t *testing.T, root string) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && file != root && (strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "_") || d.Name() == "testdata" || d.Name() == "out") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(file, ".go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		imports := []string{}
		for _, i := range f.Imports {
			p, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			imports = append(imports, p)
		}
		found[filepath.ToSlash(file)] = imports
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// below says whether a path is a folder or lies in it.
func below(p, folder string) bool { return p == folder || strings.HasPrefix(p, folder+"/") }

// rule says who may import what: files of the rooms in from may not import what
// forbids says, given the room that the file is in.
type rule struct {
	name    string
	forbids func(dir, imported string) bool
}

// The arrows between the rooms: dependencies point one way.
var rules = []rule{
	{"display imports nothing of ours", func(dir, imp string) bool {
		return below(dir, "display") && below(imp, module) && !below(imp, module+"/display")
	}},
	{"kernel knows nothing of nasext", func(dir, imp string) bool {
		return below(dir, "kernel") && below(imp, module+"/nasext")
	}},
	{"nasext knows nothing of kernel", func(dir, imp string) bool {
		return below(dir, "nasext") && below(imp, module+"/kernel")
	}},
	{"in nasext only the root, viz and the symbol tables import display", func(dir, imp string) bool {
		return below(dir, "nasext") && !slices.Contains([]string{"nasext", "nasext/viz", "nasext/symbols"}, dir) && below(imp, module+"/display")
	}},
	{"arch imports none of its sisters", func(dir, imp string) bool {
		return below(dir, "nasext/arch") && below(imp, module+"/nasext") && !below(imp, module+"/nasext/arch")
	}},
	{"seed imports nothing of ours", func(dir, imp string) bool {
		return below(dir, "nasext/seed") && below(imp, module)
	}},
	{"space knows arch and seed", func(dir, imp string) bool {
		return below(dir, "nasext/space") && sister(imp, "space", "arch", "seed")
	}},
	{"vec imports nothing of ours but what writes assembly", func(dir, imp string) bool {
		return below(dir, "nasext/vec") && sister(imp, "vec", "internal")
	}},
	{"controller knows space, arch, seed and vec", func(dir, imp string) bool {
		return below(dir, "nasext/controller") && sister(imp, "controller", "space", "arch", "seed", "vec")
	}},
	{"predict knows seed and vec", func(dir, imp string) bool {
		return below(dir, "nasext/predict") && sister(imp, "predict", "seed", "vec")
	}},
	{"strategy knows space, controller, predict, arch, seed and vec", func(dir, imp string) bool {
		return below(dir, "nasext/strategy") && sister(imp, "strategy", "space", "controller", "predict", "arch", "seed", "vec")
	}},
	{"data knows arch and seed, and what writes files", func(dir, imp string) bool {
		return below(dir, "nasext/data") && sister(imp, "data", "arch", "seed", "internal")
	}},
	{"nn knows data, arch, seed and vec", func(dir, imp string) bool {
		return below(dir, "nasext/nn") && dir != "nasext/nn/engine/enginetest" && sister(imp, "nn", "data", "arch", "seed", "vec", "internal")
	}},
	{"engines know arch and seed", func(dir, imp string) bool {
		return below(dir, "nasext/nn/engine") && dir != "nasext/nn/engine/enginetest" && sister(imp, "nn", "arch", "seed", "internal")
	}},
	{"the engines' tests know what networks are trained with, and spaces", func(dir, imp string) bool {
		return dir == "nasext/nn/engine/enginetest" && sister(imp, "nn", "arch", "seed", "data", "space", "internal")
	}},
	{"estimate knows space, nn, data, predict, arch and seed", func(dir, imp string) bool {
		return below(dir, "nasext/estimate") && sister(imp, "estimate", "space", "nn", "data", "predict", "arch", "seed")
	}},
	{"morph knows space, nn, data, estimate, arch and seed", func(dir, imp string) bool {
		return below(dir, "nasext/morph") && sister(imp, "morph", "space", "nn", "data", "estimate", "arch", "seed")
	}},
	{"oneshot knows space, controller, nn, data, estimate, arch and seed", func(dir, imp string) bool {
		return below(dir, "nasext/oneshot") && sister(imp, "oneshot", "space", "controller", "nn", "data", "estimate", "arch", "seed")
	}},
	{"only the root and the symbol tables import the root's sisters upwards", func(dir, imp string) bool {
		return below(dir, "nasext") && dir != "nasext" && dir != "nasext/symbols" && imp == module+"/nasext"
	}},
	{"only nn/engine/cuda imports cu", func(dir, imp string) bool {
		return !below(dir, "nasext/nn/engine/cuda") && below(imp, "gorgonia.org/cu")
	}},
	{"only kernel/host imports zmq4", func(dir, imp string) bool {
		return !below(dir, "kernel/host") && below(imp, "github.com/go-zeromq/zmq4")
	}},
	{"only kernel/cell and kernel/debug import yaegi", func(dir, imp string) bool {
		return !below(dir, "kernel/cell") && !below(dir, "kernel/debug") && below(imp, "github.com/traefik/yaegi")
	}},
	{"only kernel/native imports wazero", func(dir, imp string) bool {
		return !below(dir, "kernel/native") && below(imp, "github.com/tetratelabs/wazero")
	}},
	{"native knows nothing of ours", func(dir, imp string) bool {
		return dir == "kernel/native" && below(imp, module) && !below(imp, module+"/kernel/native")
	}},
	{"toolchain knows what crashes say", func(dir, imp string) bool {
		return dir == "kernel/toolchain" && below(imp, module) && imp != module+"/kernel/crash" && !below(imp, module+"/kernel/toolchain")
	}},
	{"what helpers are made of imports the standard library", func(dir, imp string) bool {
		return dir == "kernel/toolchain/remote" && strings.Contains(imp, ".")
	}},
	{"wire knows no sockets and no interpreter", func(dir, imp string) bool {
		return below(dir, "kernel/wire") && (below(imp, module+"/kernel/host") || below(imp, module+"/kernel/cell") || below(imp, module+"/kernel/session") || imp == "net")
	}},
	{"only kernel/history/store and nasext/study import SQLite", func(dir, imp string) bool {
		return dir != "kernel/history/store" && dir != "nasext/study" && below(imp, "modernc.org/sqlite")
	}},
	{"modules knows nothing of ours", func(dir, imp string) bool {
		return below(dir, "kernel/modules") && below(imp, module)
	}},
	{"session knows no socket and no process", func(dir, imp string) bool {
		return below(dir, "kernel/session") && (below(imp, module+"/kernel/host") || below(imp, module+"/kernel/worker") || imp == "os/exec" || imp == "net")
	}},
}

// sister says whether an import is a room of nasext that is not among the allowed ones.
func sister(imp string, allowed ...string) bool {
	rest, ok := strings.CutPrefix(imp, module+"/nasext/")
	return imp == module+"/nasext" || ok && !slices.Contains(allowed, strings.Split(rest, "/")[0])
}

func TestArrows(t *testing.T) {
	for file, imports := range files(t, ".") {
		test := strings.HasSuffix(file, "_test.go")
		for _, imp := range imports {
			for _, r := range rules {
				if test && (below(imp, "github.com/go-zeromq/zmq4") || imp == "net" || imp == "os/exec") {
					continue // a test may be a client of what it tests
				}
				if test && path.Dir(file) == "nasext/nn" && (imp == module+"/nasext/space" || imp == module+"/nasext/controller") {
					continue // the workloads of its benchmarks
				}
				if test && path.Dir(file) == "nasext/nn/engine/cuda" {
					continue // all that is given the engine
				}
				if r.forbids(path.Dir(file), imp) {
					t.Errorf("%s imports %s: %s", file, imp, r.name)
				}
			}
		}
	}
}

// TestArrowsCanFail shows that each rule forbids something.
func TestArrowsCanFail(t *testing.T) {
	wrong := [][2]string{
		{"display", module + "/nasext"}, {"kernel/cell", module + "/nasext/arch"}, {"nasext/study", module + "/kernel/cell"},
		{"nasext/study", module + "/display"}, {"nasext/arch", module + "/nasext/seed"}, {"nasext/seed", module + "/nasext/arch"},
		{"nasext/space", module + "/nasext/nn"}, {"nasext/vec", module + "/nasext/seed"}, {"nasext/controller", module + "/nasext/strategy"}, {"nasext/predict", module + "/nasext/space"}, {"nasext/strategy", module + "/nasext/nn"},
		{"nasext/data", module + "/nasext/nn"}, {"nasext/nn/onnx", module + "/nasext/estimate"}, {"nasext/nn/engine", module + "/nasext/data"}, {"nasext/nn/engine/enginetest", module + "/nasext/estimate"}, {"nasext/estimate/table", module + "/nasext/strategy"}, {"nasext/morph", module + "/nasext/strategy"}, {"nasext/oneshot", module + "/nasext/strategy"}, {"nasext/viz", module + "/nasext"},
		{"nasext/nn", "gorgonia.org/cu"}, {"kernel/conformance", "github.com/go-zeromq/zmq4"}, {"kernel/session", "github.com/traefik/yaegi/interp"},
		{"kernel/cell", "github.com/tetratelabs/wazero"}, {"kernel/native", module + "/kernel/cell"},
		{"kernel/toolchain", module + "/kernel/cell"}, {"kernel/toolchain/remote", module + "/kernel/crash"},
		{"kernel/wire", module + "/kernel/cell"}, {"kernel/session", "modernc.org/sqlite"}, {"kernel/modules", module + "/kernel/cell"}, {"kernel/session", "os/exec"},
	}
	for i, w := range wrong {
		if !rules[i].forbids(w[0], w[1]) {
			t.Errorf("rule %q lets %s import %s", rules[i].name, w[0], w[1])
		}
	}
}

// TestRooms holds the top level to the rooms of the house.
func TestRooms(t *testing.T) {
	want := []string{"ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "display", "go.mod", "go.sum", "install", "kernel", "main.go", "main_test.go", "nasext", "notebooks"}
	made := []string{"nascent", "out"} // by the Makefile
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if n := e.Name(); !strings.HasPrefix(n, ".") && !slices.Contains(want, n) && !slices.Contains(made, n) {
			t.Errorf("%s does not belong to the top level; the rooms are %s", n, strings.Join(want, " "))
		}
	}
}

// TestTree holds the README's tree to the packages of the rooms.
func TestTree(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, house, _ := strings.Cut(string(readme), "\n## The house\n")
	tree, _, _ := strings.Cut(house, "\n## ")
	named := strings.Fields(tree)
	for file := range files(t, ".") {
		dirs := strings.Split(path.Dir(file), "/")
		if len(dirs) == 2 && dirs[1] != "internal" && !slices.Contains(named, dirs[1]+"/") {
			t.Errorf("%s is missing in README.md, under The house", path.Dir(file))
			break
		}
	}
}

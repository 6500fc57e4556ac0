package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/gcexportdata"
)

// pkg is one package that is to be in the tables.
type pkg struct {
	path, name string
	dir        string
	files      []string       // of this platform, without tests
	types      *types.Package // nil for a package that is only documented, or hidden
	export     []byte         // indexed export data with trimmed file names
	needs      []string       // the packages of which export describes a part
}

// listed is what go list says about a package.
type listed struct {
	ImportPath, Name, Dir, Export string
	GoFiles, CgoFiles, Imports    []string
	Error                         *struct{ Err string }
	DepsErrors                    []struct{ Err string }
}

func (l *listed) err() string {
	switch {
	case l.Error != nil:
		return l.Error.Err
	case len(l.DepsErrors) > 0:
		return l.DepsErrors[0].Err
	case l.Export == "" && l.ImportPath != "unsafe":
		return "it does not compile"
	}
	return ""
}

// load type-checks, by export data, the packages that conf asks for.
func load(dir string, conf *config, lenient bool) ([]*pkg, error) {
	paths, err := expand(dir, conf)
	if err != nil {
		return nil, err
	}
	all, err := goList(dir, append([]string{"-export", "-deps"}, paths...)...)
	if err != nil {
		return nil, err
	}
	exports, byPath := map[string]*listed{}, map[string]*listed{}
	for _, l := range all {
		byPath[l.ImportPath] = l
		if l.Export != "" {
			exports[l.ImportPath] = l
		}
	}
	var pkgs []*pkg
	var broken []error
	ld := &loader{fset: token.NewFileSet(), packages: map[string]*types.Package{}}
	for _, path := range paths {
		l := byPath[path]
		if l == nil || l.err() != "" {
			why := "go list does not know it"
			if l != nil {
				why = strings.TrimSpace(l.err())
			}
			broken = append(broken, fmt.Errorf("%s: %s", path, why))
			continue
		}
		p := &pkg{path: path, name: l.Name, dir: l.Dir, files: append(slices.Clone(l.GoFiles), l.CgoFiles...)}
		if p.types, err = ld.read(path, l.Export); err != nil {
			return nil, err
		}
		pkgs = append(pkgs, p)
	}
	for _, e := range broken {
		fmt.Fprintln(os.Stderr, "gen: left out", e)
	}
	if len(broken) > 0 && !lenient {
		return nil, errors.New("not every package compiles")
	}
	if err := ld.export(pkgs, all); err != nil {
		return nil, err
	}
	others, err := goList(dir, slices.Concat(conf.doc, conf.hidden)...)
	if err != nil {
		return nil, err
	}
	for _, l := range others {
		pkgs = append(pkgs, &pkg{path: l.ImportPath, name: l.Name, dir: l.Dir, files: l.GoFiles})
	}
	return pkgs, nil
}

// expand turns patterns into import paths, sorted.
func expand(dir string, conf *config) ([]string, error) {
	found, err := goList(dir, conf.patterns...)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, l := range found {
		switch {
		case l.Name == "main", !importable(l.ImportPath) && !slices.Contains(conf.patterns, l.ImportPath), l.Dir == dir, slices.Contains(conf.except, l.ImportPath):
		case l.forTests() && !slices.Contains(conf.patterns, l.ImportPath):
		case len(l.GoFiles)+len(l.CgoFiles) == 0: // an empty folder, or nothing for this platform
		default:
			paths = append(paths, l.ImportPath)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths), nil
}

// forTests says whether a package is there for tests of others: its name ends as those of
// Go's own do, such as httptest, or it imports such a package. Go's own may be of use
// elsewhere.
func (l *listed) forTests() bool {
	return slices.ContainsFunc(append(l.Imports, l.ImportPath), func(path string) bool {
		root, _, _ := strings.Cut(path, "/")
		return strings.Contains(root, ".") && strings.HasSuffix(path, "test")
	})
}

// importable says whether a program may name the package in an import declaration.
func importable(path string) bool {
	for e := range strings.SplitSeq(path, "/") {
		if e == "internal" || e == "vendor" || e == "testdata" {
			return false
		}
	}
	return true
}

// goList runs go list; with no patterns it finds nothing.
func goList(dir string, args ...string) ([]*listed, error) {
	if len(args) == 0 {
		return nil, nil
	}
	args = append([]string{"list", "-e", "-json=ImportPath,Name,Dir,Export,GoFiles,CgoFiles,Imports,Error,DepsErrors"}, args...)
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	var found []*listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		l := &listed{}
		if err := d.Decode(l); err == io.EOF {
			return found, nil
		} else if err != nil {
			return nil, fmt.Errorf("reading what go list says: %w", err)
		}
		found = append(found, l)
	}
}

// loader reads export data of the compiler into one world of types.
type loader struct {
	fset     *token.FileSet
	packages map[string]*types.Package
}

func (ld *loader) read(path, file string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("opening the export data of %s: %w", path, err)
	}
	defer f.Close()
	//lint:ignore SA1019 go list -export names archive files, which only NewReader opens
	r, err := gcexportdata.NewReader(bufio.NewReader(f))
	if err != nil {
		return nil, fmt.Errorf("reading the export data of %s: %w", path, err)
	}
	p, err := gcexportdata.Read(r, ld.fset, ld.packages, path)
	if err != nil {
		return nil, fmt.Errorf("reading the export data of %s: %w", path, err)
	}
	return p, nil
}

// export writes the export data again, in the indexed form: a third of the
// size of what the compiler writes, faster to read, and without the file names
// of this machine. "/usr/lib/go/src/net/http/client.go" becomes "net/http/client.go".
func (ld *loader) export(pkgs []*pkg, all []*listed) error {
	dirs := map[string]string{}
	for _, l := range all {
		dirs[l.Dir] = l.ImportPath
	}
	fset := token.NewFileSet()
	ld.fset.Iterate(func(f *token.File) bool {
		name := filepath.Base(f.Name())
		if path, ok := dirs[filepath.Dir(f.Name())]; ok {
			name = path + "/" + name
		}
		fset.AddFile(name, f.Base(), f.Size()).SetLines(f.Lines())
		return true
	})
	for _, p := range pkgs {
		if p.types == types.Unsafe {
			continue
		}
		var b bytes.Buffer
		if err := gcexportdata.Write(&b, fset, p.types); err != nil {
			return fmt.Errorf("writing the export data of %s: %w", p.path, err)
		}
		p.export = b.Bytes()
		again, err := gcexportdata.Read(bytes.NewReader(p.export), token.NewFileSet(), map[string]*types.Package{}, p.path)
		if err != nil {
			return fmt.Errorf("reading back the export data of %s: %w", p.path, err)
		}
		for _, q := range again.Imports() {
			p.needs = append(p.needs, q.Path())
		}
		slices.Sort(p.needs)
	}
	return nil
}

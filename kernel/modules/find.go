package modules

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/version"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/module"
)

// goVersion is the version of the language that this program knows.
const goVersion = "1.26"

// Package is the source of a package.
type Package struct {
	Path    string
	Name    string
	Module  module.Version // without a version for the notebook's own; zero if nothing says
	Lang    string         // the version of Go that it is written in: "1.21"
	Dir     string
	Title   string   // what messages call Dir: "github.com/google/uuid@v1.6.0"
	Files   []string // names of its Go files, sorted
	Imports []string
	Cgo     []string // Go files that were left out because they import "C"
}

// Resolver finds packages for a session. It looks at the working directory each time
// that it is asked. It is safe for concurrent use.
type Resolver struct {
	mu    sync.Mutex
	main  *mainModule
	stamp string // what main was read from
}

// Find finds a package that is imported by another one; from is its path, "" for a cell.
func (r *Resolver) Find(path, from string) (*Package, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, m, err := r.read()
	if err != nil {
		return nil, err
	}
	if from == "" {
		from = cmp.Or(m.here(), "main")
	}
	if parent, ok := internal(path); ok {
		if _, inside := within(from, parent); !inside {
			return nil, fmt.Errorf("package %s is internal: only packages below %s can import it", path, parent)
		}
	}
	p, err := m.locate(path, s)
	if err != nil {
		return nil, err
	}
	return load(path, p)
}

// read reads the notebook's module anew if its files have changed.
func (r *Resolver) read() (settings, *mainModule, error) {
	s, err := readSettings()
	if err != nil {
		return s, nil, err
	}
	work, err := os.Getwd()
	if err != nil {
		return s, nil, fmt.Errorf("finding the notebook's folder: %w", err)
	}
	found := fmt.Sprint(work, s, goModFile(work), goWorkFile(work, s))
	if r.main == nil || r.stamp != found+r.main.stamp() {
		m, err := readMain(work, s)
		if err != nil {
			return s, nil, err
		}
		r.main, r.stamp = m, found+m.stamp()
	}
	return s, r.main, nil
}

// stamp is another one when a file has changed that the module was read from.
func (m *mainModule) stamp() (stamp string) {
	for _, name := range m.read {
		if info, err := os.Stat(name); err == nil {
			stamp += fmt.Sprint(" ", name, info.Size(), info.ModTime().Format(time.RFC3339Nano))
		}
	}
	return stamp
}

// internal is the path below which a package can be imported, if that is not everywhere.
func internal(path string) (parent string, ok bool) {
	i := strings.LastIndex("/"+path+"/", "/internal/")
	if i < 0 {
		return "", false
	}
	return strings.TrimSuffix(path[:i], "/"), true
}

// pureGo are build tags by which packages choose what is plain Go.
var pureGo = []string{"purego", "noasm", "appengine", "safe", "nounsafe", "disableunsafe"}

// noAssembly is an architecture with the sizes and the byte order of the common ones
// that hardly any package has assembly for.
const noAssembly = "wasm"

// buildContext says which files count.
func buildContext(arch string) *build.Context {
	c := build.Default
	c.GOARCH, c.CgoEnabled, c.BuildTags = arch, false, pureGo
	c.ReleaseTags = nil
	for i := range languageMinor + 1 {
		c.ReleaseTags = append(c.ReleaseTags, fmt.Sprintf("go1.%d", i))
	}
	c.ReleaseTags = c.ReleaseTags[1:]
	return &c
}

// languageMinor is the second number of [goVersion].
const languageMinor = 26

// load reads which files a package has.
func load(path string, at place) (*Package, error) {
	if version.Compare("go"+at.lang, "go"+goVersion) > 0 {
		return nil, fmt.Errorf("package %s is written in Go %s; this kernel knows Go up to %s", path, at.lang, goVersion)
	}
	found, err := buildContext(build.Default.GOARCH).ImportDir(at.dir, 0)
	if err != nil {
		return nil, unbuildable(path, at, err)
	}
	if len(found.SFiles) > 0 && !complete(at.dir, found.GoFiles) {
		other, err := buildContext(noAssembly).ImportDir(at.dir, 0)
		if err == nil && complete(at.dir, other.GoFiles) {
			found = other
		}
	}
	p := &Package{
		Path: path, Name: found.Name, Module: at.module, Lang: at.lang, Dir: at.dir, Title: at.title,
		Files: found.GoFiles, Imports: found.Imports, Cgo: cgoFiles(at.dir),
	}
	if p.Name == "main" {
		return nil, fmt.Errorf("package %s is a program, which cannot be imported", path)
	}
	return p, nil
}

// title is what messages call a file of the package.
func (p *Package) title(file string) string { return p.Title + "/" + filepath.Base(file) }

// unbuildable is the error for a folder without files that count.
func unbuildable(path string, at place, err error) error {
	var none *build.NoGoError
	if !errors.As(err, &none) {
		return fmt.Errorf("reading package %s in %s: %w", path, at.title, err)
	}
	if cgo := cgoFiles(at.dir); len(cgo) > 0 {
		return &ForeignError{Package: path, File: at.title + "/" + cgo[0], Needs: "cgo and a C compiler"}
	}
	return fmt.Errorf("package %s has no Go files for %s/%s in %s", path, build.Default.GOOS, build.Default.GOARCH, at.title)
}

// ForeignError says that a package has parts that are no Go.
type ForeignError struct {
	Package string
	File    string // that needs something else
	Needs   string
}

func (e *ForeignError) Error() string {
	return fmt.Sprintf("package %s needs %s (%s): Nascent imports packages that are pure Go", e.Package, e.Needs, e.File)
}

// cgoFiles are the files of a folder that count only with cgo.
func cgoFiles(dir string) []string {
	c := buildContext(build.Default.GOARCH)
	c.CgoEnabled = true
	p, err := c.ImportDir(dir, 0)
	if err != nil {
		return nil
	}
	return p.CgoFiles
}

// complete: all functions of the files have a body.
func complete(dir string, files []string) bool {
	fset := token.NewFileSet()
	for _, name := range files {
		f, err := parser.ParseFile(fset, filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return true // the error is told when the package is checked
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Body == nil {
				return false
			}
		}
	}
	return true
}

// Read returns the text of one of the files, and what messages call it.
func (p *Package) Read(file string) (title string, text []byte, err error) {
	title = p.title(file)
	text, err = os.ReadFile(filepath.Join(p.Dir, file))
	var wrong *fs.PathError
	if errors.As(err, &wrong) {
		err = fmt.Errorf("reading %s: %w", title, wrong.Err)
	}
	return title, text, err
}

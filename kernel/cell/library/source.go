package library

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"runtime"
	"slices"

	"github.com/nascent-go/nascent/kernel/cell/library/archive"
)

// Checked is a package that was type-checked from source.
type Checked struct {
	Package *types.Package
	Files   []*ast.File
	Info    *types.Info    // all of it, as go/ssa wants it
	Cgo     []string       // files of a module's package that were left out because they need cgo
	Embeds  *types.Package // of functions that return what is embedded, by the names of the variables; nil if nothing is
}

// Checked returns the syntax of a package that comes from source, as a whole or
// in its generic part, and nil for packages that come from export data alone, and for
// packages of modules that were not imported.
// Its Package is the one that [Library.Import] returns for the path; go/ssa
// wants the imports of that package created before it.
func (l *Library) Checked(path string) (*Checked, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch s := l.find(path); {
	case s == nil:
		return l.checked[path], nil
	case s.archive.SourceKind(path) == archive.NoSource:
		return nil, nil
	}
	if _, err := l.load(path); err != nil {
		return nil, err
	}
	return l.checked[path], nil
}

// Source returns the source files of a package that comes from source, as a
// whole or in its generic part, by file name, and nil for any other.
func (l *Library) Source(path string) (map[string]string, error) {
	l.mu.Lock()
	s := l.find(path)
	l.mu.Unlock()
	if s == nil {
		return nil, nil
	}
	return s.archive.Source(path)
}

// goVersion is the version of the language in which the sources are written.
const goVersion = "go1.26"

// check type-checks the source of a package, with the lock held.
func (l *Library) check(path string, s *set, load importerFunc) (*Checked, error) {
	files, err := s.archive.Source(path)
	if err != nil {
		return nil, err
	}
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	c := &Checked{Info: newInfo()}
	for _, name := range names {
		f, err := parser.ParseFile(l.fset, path+"/"+name, files[name], parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("parsing the source of %s: %w", path, err)
		}
		c.Files = append(c.Files, f)
	}
	conf := types.Config{Importer: load, GoVersion: goVersion, Sizes: types.SizesFor("gc", runtime.GOARCH)}
	if c.Package, err = conf.Check(path, l.fset, c.Files, c.Info); err != nil {
		return nil, fmt.Errorf("checking the source of %s: %w", path, err)
	}
	return c, nil
}

type importerFunc func(path string) (*types.Package, error)

func (f importerFunc) Import(path string) (*types.Package, error) { return f(path) }

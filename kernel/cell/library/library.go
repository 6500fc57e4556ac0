// Package library holds the compiled packages that cells can import: the
// standard library, a few packages that every notebook wants, and what a
// program adds with [Library.Add].
//
// A compiled package is known in four ways. [Library.Values] are its symbols,
// for the interpreter. [Library.Import] are its types, for go/types.
// [Library.Doc] is its documentation. [Library.Checked] is the syntax of what
// has to be interpreted, because it is generic or has to see the types of cells.
// All of it is in the program itself and is read package by package, when it is
// first asked for: no Go installation is needed, and nothing is paid at start.
//
// # Generic functions and types
//
// They have no symbols. Packages cmp, iter, maps and slices come from source as
// a whole, and so do encoding/gob, encoding/xml, html/template and text/template,
// which look at the types of cells and call their methods by name. Of sync, sync/atomic, errors, reflect, runtime, math/rand/v2, unique,
// weak, database/sql, hash/maphash, crypto/hkdf and crypto/pbkdf2 only the
// generic part is source: Import returns a package whose scope has objects of
// two kinds, those of the compiled package (obj.Pkg() is the compiled package, of
// the same path, which is among the imports) and those that were checked from
// source.
//
// # Modules
//
// A package that no set has may be one of a Go module ([Library.SetModules]). It is checked from
// source as a whole when it is first imported, and stays as it is for the life of the
// library; so does the version of its module.
//
// # Tables
//
// A set of packages is a folder with a file packages.txt, from which the command
// gen generates a Go package: a table of symbols per imported package, and one
// archive with the rest. This package has two such sets, std and extra. "go
// generate" writes them anew; a test fails when the API of a package has
// changed and the tables have not. Another set is made in the same way,
//
//	//go:generate go run github.com/nascent-go/nascent/kernel/cell/library/gen .
//
// and given to [Library.Add]. The generated package imports the packages of the
// set and nothing of the kernel.
package library

import (
	"cmp"
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/mod/module"

	"github.com/nascent-go/nascent/kernel/cell/library/archive"
	"github.com/nascent-go/nascent/kernel/cell/library/extra"
	"github.com/nascent-go/nascent/kernel/cell/library/std"
)

//go:generate go run ./gen std extra

// Symbol is one row of a generated table; see the generated packages for what
// Kind says. It is an unnamed type, so that a table needs no import to speak of it.
type Symbol = struct {
	Name  string
	Value any
	Kind  uint8
}

// Set is a set of compiled packages, as the command gen generates it.
type Set struct {
	Name  string                     // for messages: "std"
	Table func(path string) []Symbol // the generated Table
	Data  string                     // what the generated Data returns
}

// PackageInfo names a package that can be imported.
type PackageInfo struct {
	Path string // import path: "math/rand/v2"
	Name string // the name it is used by: "rand"
}

// Library is what is known about compiled packages. It is safe for concurrent
// use, with one caution: the packages that it imports share types, and an
// import may complete types that an earlier one has only mentioned. Type
// checking that runs at the same time as other type checking must be locked
// against it.
type Library struct {
	fset *token.FileSet

	mu      sync.Mutex // guards what follows
	sets    []set
	infos   []PackageInfo             // sorted by path
	types   map[string]*types.Package // by export data or whole source; complete or only mentioned
	checked map[string]*Checked       // from source, whole or in part
	values  map[string]map[string]reflect.Value
	docs    map[string]*docs

	modules  Modules                   // nil: there are compiled packages only
	loading  []string                  // packages of modules that are being loaded, each imported by the one before
	titles   map[string]string         // names that positions have for files of modules → the files
	versions map[string]module.Version // of the modules of which packages are loaded, by path

	embedded map[string]*embedding // what variables of modules embed, by package and name

	// What TypeOf has found by walking over types.
	hidden         map[typeKey]reflect.Type
	walked         map[reflect.Type]bool
	walkedPackages map[string]bool
}

type set struct {
	Set
	archive *archive.Archive
	effect  func(path string) // what importing a package does, where the tables cannot say it
}

// Std returns a library of the standard library and the packages that every
// notebook wants (display, gonum, plot, tensor). It fails on platforms for
// which no tables have been generated.
func Std() (*Library, error) {
	if std.Data() == "" {
		return nil, fmt.Errorf("this program was built without tables of the standard library for %s/%s: run go generate ./kernel/cell/library on such a machine and build again", runtime.GOOS, runtime.GOARCH)
	}
	l := &Library{
		fset:    token.NewFileSet(),
		types:   map[string]*types.Package{},
		checked: map[string]*Checked{},
		values:  map[string]map[string]reflect.Value{},
		docs:    map[string]*docs{},

		titles:   map[string]string{},
		versions: map[string]module.Version{},
		embedded: map[string]*embedding{},
	}
	if err := l.add(Set{Name: "std", Table: std.Table, Data: std.Data()}, importEffect); err != nil {
		return nil, err
	}
	if err := l.Add(Set{Name: "extra", Table: extra.Table, Data: extra.Data()}); err != nil {
		return nil, err
	}
	return l, nil
}

// Add adds a set of packages. Where two sets have a package of the same path,
// the one that was added first is used. Sets are added before anything is imported.
func (l *Library) Add(s Set) error { return l.add(s, func(string) {}) }

func (l *Library) add(s Set, effect func(path string)) error {
	a, err := archive.Open(s.Data)
	if err != nil {
		return fmt.Errorf("adding the packages of %s: %w", s.Name, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range a.Packages() {
		if l.find(p.Path) == nil && !strings.Contains(p.Path, "/internal/") {
			l.infos = append(l.infos, PackageInfo(p))
		}
	}
	l.sets = append(l.sets, set{s, a, effect})
	slices.SortFunc(l.infos, func(a, b PackageInfo) int { return cmp.Compare(a.Path, b.Path) })
	return nil
}

// FileSet holds the positions of all objects of the library. Cells are best
// parsed into it too, so that one file set explains every position.
func (l *Library) FileSet() *token.FileSet { return l.fset }

// Packages lists the compiled packages that can be imported, sorted by path.
func (l *Library) Packages() []PackageInfo {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.infos)
}

// Has says whether a package is compiled in and can be imported.
func (l *Library) Has(path string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, ok := l.index(path)
	return ok
}

func (l *Library) index(path string) (int, bool) {
	return slices.BinarySearchFunc(l.infos, path, func(p PackageInfo, path string) int { return cmp.Compare(p.Path, path) })
}

// find returns the set that has a package, nil if none has.
func (l *Library) find(path string) *set {
	for i := range l.sets {
		if l.sets[i].archive.Has(path) {
			return &l.sets[i]
		}
	}
	return nil
}

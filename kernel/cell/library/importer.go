package library

import (
	"bytes"
	"context"
	"fmt"
	"go/types"

	"golang.org/x/tools/go/gcexportdata"

	"github.com/nascent-go/nascent/kernel/cell/library/archive"
)

// Import returns the types of a package. It makes the library a [types.Importer];
// all packages of a library belong to one world, in which a type is the same
// whichever package mentions it. A package that no set has comes from a module, if
// [Library.SetModules] was called.
func (l *Library) Import(path string) (*types.Package, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.load(path)
}

// load is Import with the lock held.
func (l *Library) load(path string) (*types.Package, error) {
	return l.loadFrom(context.Background(), path, "")
}

// loadFrom is load for a package that imports another one, "" for a cell.
func (l *Library) loadFrom(ctx context.Context, path, from string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if c := l.checked[path]; c != nil {
		return c.Package, nil
	}
	s := l.find(path)
	if s == nil {
		return l.loadModule(ctx, path, from)
	}
	switch s.archive.SourceKind(path) {
	case archive.WholeSource:
		c, err := l.check(path, s, l.load)
		if err != nil {
			return nil, err
		}
		l.types[path], l.checked[path] = c.Package, c
		return c.Package, nil
	case archive.PartSource:
		return l.loadPart(path, s)
	}
	return l.loadCompiled(path, s)
}

// loadCompiled reads the export data of a package.
func (l *Library) loadCompiled(path string, s *set) (*types.Package, error) {
	if p := l.types[path]; p != nil && p.Complete() {
		return p, nil
	}
	data, needs, err := s.archive.Export(path)
	if err != nil {
		return nil, err
	}
	if data == nil {
		return nil, fmt.Errorf("package %s cannot be imported", path)
	}
	// What is checked from source comes first: export data that mentions such a
	// package would else make objects that have no syntax.
	for _, need := range needs {
		if s := l.find(need); s != nil && s.archive.SourceKind(need) == archive.WholeSource {
			if _, err := l.load(need); err != nil {
				return nil, err
			}
		}
	}
	p, err := gcexportdata.Read(bytes.NewReader(data), l.fset, l.types, path)
	if err != nil {
		return nil, fmt.Errorf("importing %s: %w", path, err)
	}
	return p, nil
}

// loadPart joins the compiled package with its generic part, which is checked
// from source. The generic part imports the compiled package by the path that
// both have.
func (l *Library) loadPart(path string, s *set) (*types.Package, error) {
	compiled, err := l.loadCompiled(path, s)
	if err != nil {
		return nil, err
	}
	c, err := l.check(path, s, func(imported string) (*types.Package, error) {
		if imported == path {
			return compiled, nil
		}
		return l.load(imported)
	})
	if err != nil {
		return nil, err
	}
	for _, name := range compiled.Scope().Names() {
		if obj := compiled.Scope().Lookup(name); obj.Exported() && c.Package.Scope().Lookup(name) == nil {
			c.Package.Scope().Insert(obj)
		}
	}
	imports := []*types.Package{compiled}
	for _, p := range c.Package.Imports() {
		if p != compiled {
			imports = append(imports, p)
		}
	}
	c.Package.SetImports(imports)
	l.checked[path] = c
	return c.Package, nil
}

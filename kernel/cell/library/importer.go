package library

import (
	"bytes"
	"fmt"
	"go/types"

	"golang.org/x/tools/go/gcexportdata"
)

// Import returns the types of a package. It makes the library a [types.Importer];
// all packages of a library belong to one world, in which a type is the same
// whichever package mentions it.
func (l *Library) Import(path string) (*types.Package, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.load(path)
}

// load is Import with the lock held.
func (l *Library) load(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if p := l.types[path]; p != nil && p.Complete() {
		return p, nil
	}
	s := l.find(path)
	if s == nil {
		return nil, fmt.Errorf("package %s is not in the library of compiled packages", path)
	}
	if s.archive.HasSource(path) {
		c, err := l.check(path, s)
		if err != nil {
			return nil, err
		}
		return c.Package, nil
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
		if s := l.find(need); s != nil && s.archive.HasSource(need) {
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

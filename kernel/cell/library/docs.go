package library

import (
	"cmp"
	"slices"

	"github.com/nascent-go/nascent/kernel/cell/library/archive"
	sourcedocs "github.com/nascent-go/nascent/kernel/cell/library/internal/docs"
)

// docs is the documentation of one package.
type docs struct {
	names   []string
	entries []archive.Entry // sorted by name
}

// Doc returns the declaration and the documentation of a symbol: "Func",
// "Type", "Type.Method", "Type.Field", or "" for the package itself. ok is false
// if there is no such symbol.
func (l *Library) Doc(path, name string) (decl, doc string, ok bool) {
	d := l.docsOf(path)
	i, ok := slices.BinarySearchFunc(d.entries, name, func(e archive.Entry, name string) int { return cmp.Compare(e.Name, name) })
	if !ok {
		return "", "", false
	}
	return d.entries[i].Decl, d.entries[i].Doc, true
}

// Exported lists the exported names of a package, sorted; nil if the library
// does not have the package. Unlike [Library.Import] it reads no types.
func (l *Library) Exported(path string) []string {
	return slices.Clone(l.docsOf(path).names)
}

// moduleDocs reads the documentation of a package of a module from its source. What can't
// be read is as good as undocumented.
func (l *Library) moduleDocs(c *Checked) *docs {
	d := &docs{}
	for _, name := range c.Package.Scope().Names() {
		if c.Package.Scope().Lookup(name).Exported() {
			d.names = append(d.names, name)
		}
	}
	if entries, err := sourcedocs.Of(l.fset, c.Files, c.Package.Path(), c.Package); err == nil {
		d.entries = entries
	}
	return d
}

// docsOf reads the documentation of a package once. An archive is part of the
// program, and what cannot be read is as good as undocumented.
func (l *Library) docsOf(path string) *docs {
	l.mu.Lock()
	defer l.mu.Unlock()
	d := l.docs[path]
	if d == nil {
		d = &docs{}
		if c := l.checked[path]; c != nil && l.find(path) == nil {
			d = l.moduleDocs(c)
			l.docs[path] = d
		} else if s := l.find(path); s != nil {
			if names, entries, err := s.archive.Docs(path); err == nil {
				d.names, d.entries = names, entries
			}
			l.docs[path] = d
		}
	}
	return d
}

package library

import (
	"cmp"
	"slices"

	"github.com/nascent-go/nascent/kernel/cell/library/archive"
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

// docsOf reads the documentation of a package once. An archive is part of the
// program, and what cannot be read is as good as undocumented.
func (l *Library) docsOf(path string) *docs {
	l.mu.Lock()
	defer l.mu.Unlock()
	d := l.docs[path]
	if d == nil {
		d = &docs{}
		if s := l.find(path); s != nil {
			if names, entries, err := s.archive.Docs(path); err == nil {
				d.names, d.entries = names, entries
			}
			l.docs[path] = d
		}
	}
	return d
}

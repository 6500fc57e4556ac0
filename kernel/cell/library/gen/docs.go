package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"

	"github.com/nascent-go/nascent/kernel/cell/library/archive"
	"github.com/nascent-go/nascent/kernel/cell/library/internal/docs"
)

// docs parses the files of a package for their documentation.
func (p *pkg) docs() ([]archive.Entry, error) {
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range p.files {
		f, err := parser.ParseFile(fset, filepath.Join(p.dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("parsing %s for its documentation: %w", p.path, err)
		}
		files = append(files, f)
	}
	return docs.Of(fset, files, p.path, p.types)
}

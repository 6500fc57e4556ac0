package main

import (
	"embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// overlay holds, by import path, declarations that replace those of a package
// whose source is kept, or stand for its generic functions and types: what the
// standard library does by means of the run time has to be said in plain Go to
// be interpreted.
//
//go:embed overlay
var overlay embed.FS

// sourceOf returns the source files of a package by name. Replaced functions,
// functions without a body and the imports that are then unused are blanked
// out, so that all else keeps its line.
func sourceOf(p *pkg) (map[string]string, error) {
	files := map[string]string{}
	added, err := overlayFiles(p.path)
	if err != nil {
		return nil, err
	}
	parsed := map[string]*ast.File{}
	fset := token.NewFileSet()
	declared := map[string]bool{} // types, by the package itself
	for _, name := range p.files {
		b, err := os.ReadFile(filepath.Join(p.dir, name))
		if err != nil {
			return nil, fmt.Errorf("reading the source of %s: %w", p.path, err)
		}
		f, err := parser.ParseFile(fset, name, b, parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("parsing the source of %s: %w", p.path, err)
		}
		files[name], parsed[name] = string(b), f
		for n := range typeDecls(f) {
			declared[n] = true
		}
	}
	replaced := map[string]bool{} // functions and variables, by the overlay
	for name, text := range added {
		f, err := parser.ParseFile(fset, "overlay/"+name, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("parsing the overlay of %s: %w", p.path, err)
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					replaced[d.Name.Name] = true
				}
			case *ast.GenDecl:
				if v := variable(d); v != "" {
					replaced[v] = true
				}
			}
		}
		files["overlay_"+name] = blank(fset, f, text, func(d ast.Decl) bool {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.TYPE || len(g.Specs) != 1 {
				return false
			}
			return declared[g.Specs[0].(*ast.TypeSpec).Name.Name]
		})
	}
	for name, f := range parsed {
		files[name] = blank(fset, f, files[name], dropNamed(replaced))
	}
	return files, nil
}

// dropNamed picks the functions and variables that are named, and functions without a body.
func dropNamed(named map[string]bool) func(ast.Decl) bool {
	return func(d ast.Decl) bool {
		if fn, ok := d.(*ast.FuncDecl); ok {
			return fn.Body == nil || fn.Recv == nil && named[fn.Name.Name]
		}
		return named[variable(d)]
	}
}

// variable is the name of the variable that a declaration declares alone, else "".
func variable(d ast.Decl) string {
	if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR && len(g.Specs) == 1 {
		if v := g.Specs[0].(*ast.ValueSpec); len(v.Names) == 1 {
			return v.Names[0].Name
		}
	}
	return ""
}

func overlayFiles(importPath string) (map[string]string, error) {
	dir := path.Join("overlay", importPath)
	entries, err := fs.ReadDir(overlay, dir)
	if err != nil {
		return nil, nil // most packages have no overlay
	}
	files := map[string]string{}
	for _, e := range entries {
		if e.IsDir() || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		b, err := fs.ReadFile(overlay, path.Join(dir, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("reading the overlay of %s: %w", importPath, err)
		}
		files[e.Name()] = string(b)
	}
	return files, nil
}

func typeDecls(f *ast.File) map[string]bool {
	m := map[string]bool{}
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
			for _, s := range g.Specs {
				m[s.(*ast.TypeSpec).Name.Name] = true
			}
		}
	}
	return m
}

// blank replaces declarations, and imports that only they used, by spaces.
func blank(fset *token.FileSet, f *ast.File, text string, drop func(ast.Decl) bool) string {
	out := []byte(text)
	erase := func(n ast.Node) {
		for i := fset.Position(n.Pos()).Offset; i < fset.Position(n.End()).Offset; i++ {
			if out[i] != '\n' {
				out[i] = ' '
			}
		}
	}
	used := map[string]bool{}
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			continue
		}
		if drop(d) {
			erase(d)
			continue
		}
		ast.Inspect(d, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if id, ok := s.X.(*ast.Ident); ok {
					used[id.Name] = true
				}
			}
			return true
		})
	}
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.IMPORT {
			continue
		}
		unused := slices.DeleteFunc(slices.Clone(g.Specs), func(s ast.Spec) bool { return used[importedName(s.(*ast.ImportSpec))] })
		if len(unused) == len(g.Specs) {
			erase(g)
			continue
		}
		for _, s := range unused {
			erase(s)
		}
	}
	return string(out)
}

// importedName is the name that an import goes by; the packages that matter
// here are named as the last element of their path.
func importedName(s *ast.ImportSpec) string {
	if s.Name != nil {
		return s.Name.Name
	}
	p, err := strconv.Unquote(s.Path.Value)
	if err != nil {
		return ""
	}
	return path.Base(p)
}

package cell

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// declaration finds the declaration in a cell that an object is of or in, and its
// source, gofmt'd: a cell that ran, or the one that is looked at.
func (e *Env) declaration(v *view, obj types.Object) (*unit, string) {
	if u := unitOf(slices.Collect(maps.Values(e.units)), obj); u != nil {
		return u, e.unitSource(u, e.texts[e.fset.Position(u.decl.Pos()).Filename])
	}
	if u := unitOf(units(v.src.decls), obj); u != nil {
		return u, e.unitSource(u, v.src.text)
	}
	return nil, ""
}

// unitSource is a declaration as it is written in the text of its cell, with all comments.
func (e *Env) unitSource(u *unit, text string) string {
	lines := lineStarts(text)
	from, ok := lines.offset(e.fset.Position(u.decl.Pos()), len(text))
	to, ok2 := lines.offset(e.fset.Position(u.decl.End()), len(text))
	if ok && ok2 && from < to {
		source := text[from:to]
		if g, ok := u.decl.(*ast.GenDecl); ok && g.Tok == token.TYPE {
			source = "type " + source // see units
		}
		if out, err := format.Source([]byte(source)); err == nil {
			return strings.TrimSpace(string(out))
		}
	}
	return e.format(u.decl)
}

// offset is where a position is in the text.
func (s starts) offset(p token.Position, size int) (int, bool) {
	if p.Line < 1 || p.Line > len(s) {
		return 0, false
	}
	at := s[p.Line-1] + p.Column - 1
	return at, at <= size
}

// format writes a node as gofmt does, without the comments in it.
func (e *Env) format(n ast.Node) string {
	var b bytes.Buffer
	if err := format.Node(&b, e.fset, n); err != nil {
		return ""
	}
	return b.String()
}

// header is the declaration of a function without its body.
func (e *Env) header(f *ast.FuncDecl) string {
	return e.format(&ast.FuncDecl{Recv: f.Recv, Name: f.Name, Type: f.Type})
}

// declares: an object is what the unit declares, not something in it.
func (u *unit) declares(obj types.Object) bool {
	if f, ok := u.decl.(*ast.FuncDecl); ok {
		return f.Name.Pos() == obj.Pos()
	}
	return slices.Contains(u.names, obj.Name()) && obj.Parent() != nil && obj.Parent().Parent() == types.Universe
}

// doc is the comment on an object that a unit declares.
func (u *unit) doc(obj types.Object) string {
	switch d := u.decl.(type) {
	case *ast.FuncDecl:
		return d.Doc.Text()
	case *ast.GenDecl:
		for _, s := range d.Specs {
			var own *ast.CommentGroup
			switch s := s.(type) {
			case *ast.TypeSpec:
				own = s.Doc
			case *ast.ValueSpec:
				if s.Pos() > obj.Pos() || obj.Pos() > s.End() {
					continue
				}
				if own = s.Doc; own == nil {
					own = s.Comment
				}
			}
			if own != nil {
				return own.Text()
			}
		}
		return d.Doc.Text()
	}
	return ""
}

// fieldDoc is the comment on a field in a declaration.
func fieldDoc(d ast.Decl, obj types.Object) (doc string) {
	ast.Inspect(d, func(n ast.Node) bool {
		f, ok := n.(*ast.Field)
		if ok && f.Pos() <= obj.Pos() && obj.Pos() < f.End() {
			if doc = f.Doc.Text(); doc == "" {
				doc = f.Comment.Text()
			}
		}
		return true
	})
	return doc
}

// methodsOf are the methods that cells have given a type: their declarations, or with
// detail their source.
func (e *Env) methodsOf(name string, detail int) []string {
	var list []string
	for _, key := range slices.Sorted(maps.Keys(e.units)) {
		u := e.units[key]
		f, ok := u.decl.(*ast.FuncDecl)
		switch {
		case !ok || u.recv != name:
		case detail > 0:
			list = append(list, e.unitSource(u, e.texts[e.fset.Position(f.Pos()).Filename])+"\n")
		default:
			list = append(list, e.header(f))
		}
	}
	return list
}

// sourceIn is the source of the declaration of an object in files of the library.
func (e *Env) sourceIn(files []*ast.File, obj types.Object) string {
	for _, f := range files {
		for _, d := range f.Decls {
			if d.Pos() > obj.Pos() || obj.Pos() > d.End() {
				continue
			}
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Name.Pos() == obj.Pos() {
				return e.format(fd)
			}
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE && len(g.Specs) == 1 {
				return e.format(g)
			}
		}
	}
	return ""
}

package cell

import (
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/format"
	"go/scanner"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// Inspect says what the name at byte offset pos of a cell is: its declaration and
// documentation; detail 1 adds the source of what cells have defined.
func (e *Env) Inspect(ctx context.Context, src string, pos, detail int) Inspection {
	e.mu.Lock()
	defer e.mu.Unlock()
	name, offset := nameAt(src, pos)
	if name == "" || ctx.Err() != nil {
		return Inspection{}
	}
	v := e.look(src)
	if v == nil || v.find(name, offset) == nil {
		if v != nil {
			v.src.forget()
		}
		if v = e.look(src[:offset+len(name)]); v == nil { // what follows may not be Go yet
			return Inspection{}
		}
	}
	defer v.src.forget()
	id := v.find(name, offset)
	if id == nil {
		return Inspection{}
	}
	obj := v.check.info.Uses[id]
	if obj == nil {
		obj = v.check.info.Defs[id]
	}
	if obj == nil {
		obj = e.scope[name]
	}
	if obj == nil {
		return e.inspectPackage(name)
	}
	if p, ok := obj.(*types.PkgName); ok {
		return e.inspectPath(p.Imported().Path())
	}
	return e.inspectObject(obj, detail)
}

// nameAt is the name that a position is in or just behind, or the function of the
// call whose arguments it is in.
func nameAt(src string, pos int) (name string, offset int) {
	pos = min(max(pos, 0), len(src))
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(src))
	s.Init(file, []byte(src), func(token.Position, string) {}, 0)
	type open struct {
		name   string
		offset int
	}
	var calls []open
	last := open{}
	for {
		p, tok, lit := s.Scan()
		at := file.Offset(p)
		if tok == token.EOF || at > pos {
			break
		}
		if tok == token.IDENT && at <= pos && pos <= at+len(lit) {
			return lit, at
		}
		switch tok {
		case token.LPAREN, token.LBRACE, token.LBRACK:
			if at >= pos {
				continue
			}
			if tok != token.LPAREN {
				last = open{}
			}
			calls = append(calls, last)
		case token.RPAREN, token.RBRACE, token.RBRACK:
			if len(calls) > 0 && at < pos {
				calls = calls[:len(calls)-1]
			}
		}
		last = open{}
		if tok == token.IDENT {
			last = open{lit, at}
		}
	}
	for i := len(calls) - 1; i >= 0; i-- {
		if calls[i].name != "" {
			return calls[i].name, calls[i].offset
		}
	}
	return "", 0
}

// find is the identifier of a name at an offset of the cell's text.
func (v *view) find(name string, offset int) *ast.Ident {
	line, col := lineStarts(v.src.text).at(offset)
	var found *ast.Ident
	for _, f := range v.files {
		ast.Inspect(f, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && strings.TrimSuffix(id.Name, oldSuffix) == name {
				if p := v.src.position(id.Pos()); p.Line == line && p.Column == col && (found == nil || v.check.info.Uses[id] != nil || v.check.info.Defs[id] != nil) {
					found = id
				}
			}
			return true
		})
	}
	return found
}

func (e *Env) inspectObject(obj types.Object, detail int) Inspection {
	decl := types.ObjectString(obj, shortName)
	doc := ""
	if p := obj.Pkg(); p != nil && p.Path() != "main" {
		if d, text, ok := e.lib.Doc(p.Path(), docName(obj)); ok {
			decl, doc = d, text
		}
		doc = strings.TrimSpace(doc + "\n\npackage " + p.Path())
	} else if u := e.unitOf(obj); u != nil {
		if !slices.Contains(u.names, obj.Name()) && u.key != u.recv+"."+obj.Name() { // a field, a parameter
			return inspection(decl, e.fset.Position(obj.Pos()).Filename)
		}
		source, text := e.declaration(u)
		doc = text
		if detail > 0 || kindName(obj) != "function" && kindName(obj) != "method" {
			decl = source
		}
		doc = strings.TrimSpace(strings.TrimSpace(doc) + "\n\n" + e.fset.Position(u.decl.Pos()).Filename)
	}
	return inspection(decl, doc)
}

// docName is how the documentation calls an object: "Func", "Type.Method".
func docName(obj types.Object) string {
	if f, ok := obj.(*types.Func); ok {
		if r := f.Signature().Recv(); r != nil {
			t := r.Type()
			if p, ok := t.(*types.Pointer); ok {
				t = p.Elem()
			}
			if n, ok := t.(*types.Named); ok {
				return n.Obj().Name() + "." + f.Name()
			}
		}
	}
	return obj.Name()
}

func (e *Env) unitOf(obj types.Object) *unit {
	for _, u := range e.units {
		if u.within(obj.Pos()) {
			return u
		}
	}
	return nil
}

// declaration is the source of a unit and its doc comment.
func (e *Env) declaration(u *unit) (source, doc string) {
	var comment *ast.CommentGroup
	switch d := u.decl.(type) {
	case *ast.FuncDecl:
		comment = d.Doc
	case *ast.GenDecl:
		comment = d.Doc
	}
	var b bytes.Buffer
	if err := format.Node(&b, e.fset, u.decl); err != nil {
		return "", comment.Text()
	}
	text := b.String()
	if i := strings.Index(text, "\nfunc "); i >= 0 && comment != nil {
		text = text[i+1:]
	}
	return text, comment.Text()
}

func (e *Env) inspectPackage(name string) Inspection {
	if path := e.imports[name]; path != "" {
		return e.inspectPath(path)
	}
	if path := e.guess(name, nil); path != "" {
		return e.inspectPath(path)
	}
	return Inspection{}
}

func (e *Env) inspectPath(path string) Inspection {
	_, doc, _ := e.lib.Doc(path, "")
	return inspection(fmt.Sprintf("import %q", path), doc)
}

func inspection(decl, doc string) Inspection {
	return Inspection{
		Plain:    strings.TrimSpace(decl + "\n\n" + doc),
		Markdown: strings.TrimSpace("```go\n" + decl + "\n```\n\n" + doc),
	}
}

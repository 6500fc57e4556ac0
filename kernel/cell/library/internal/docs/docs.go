// Package docs reads the documentation of a package from its source.
package docs

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/constant"
	"go/doc"
	"go/printer"
	"go/token"
	"go/types"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/nascent-go/nascent/kernel/cell/library/archive"
)

// writer gathers the documentation of one package.
type writer struct {
	types   *types.Package // nil for package builtin
	fset    *token.FileSet
	entries []archive.Entry
}

// Of returns an entry for the package and for every exported constant, variable, function, type,
// method, field and interface method of it, sorted by name. The files must have been
// parsed with comments; they are not changed. For package builtin, pkg is nil.
func Of(fset *token.FileSet, files []*ast.File, path string, pkg *types.Package) ([]archive.Entry, error) {
	w := &writer{types: pkg, fset: fset}
	mode := doc.PreserveAST
	if pkg == nil {
		mode |= doc.AllDecls // the functions of package builtin have names in lower case
	}
	d, err := doc.NewFromFiles(w.fset, files, path, mode)
	if err != nil {
		return nil, fmt.Errorf("reading the documentation of %s: %w", path, err)
	}
	w.put("", "package "+d.Name, d.Doc)
	w.values(d.Consts)
	w.values(d.Vars)
	w.funcs("", d.Funcs)
	for _, t := range d.Types {
		w.values(t.Consts)
		w.values(t.Vars)
		w.funcs("", t.Funcs)
		w.funcs(t.Name+".", t.Methods)
		w.typeDecl(t)
	}
	slices.SortStableFunc(w.entries, func(a, b archive.Entry) int { return cmp.Compare(a.Name, b.Name) })
	return slices.CompactFunc(w.entries, func(a, b archive.Entry) bool { return a.Name == b.Name }), nil
}

func (w *writer) put(name, decl, text string) {
	w.entries = append(w.entries, archive.Entry{Name: name, Decl: decl, Doc: strings.TrimSpace(text)})
}

func (w *writer) exported(name string) bool { return token.IsExported(name) || w.types == nil }

// values writes constants and variables one by one: the group that declares
// them may be long. A comment on the group serves those that have none.
func (w *writer) values(values []*doc.Value) {
	for _, v := range values {
		for _, s := range v.Decl.Specs {
			s := s.(*ast.ValueSpec)
			text := s.Doc.Text()
			if text == "" {
				text = s.Comment.Text()
			}
			if text == "" {
				text = v.Doc
			}
			for i, id := range s.Names {
				if w.exported(id.Name) {
					w.put(id.Name, w.valueDecl(v.Decl.Tok, s, i), text)
				}
			}
		}
	}
}

// valueDecl takes the type and the value of a constant from the checker: the
// source may only say that it goes on counting.
func (w *writer) valueDecl(tok token.Token, s *ast.ValueSpec, i int) string {
	name := s.Names[i].Name
	decl := tok.String() + " " + name
	if w.types == nil {
		return decl
	}
	qualify := func(q *types.Package) string {
		if q == w.types {
			return ""
		}
		return q.Name()
	}
	switch obj := w.types.Scope().Lookup(name).(type) {
	case *types.Const:
		if b, ok := obj.Type().(*types.Basic); !ok || b.Info()&types.IsUntyped == 0 {
			decl += " " + types.TypeString(obj.Type(), qualify)
		}
		decl += " = " + constText(obj.Val())
		if i < len(s.Values) {
			if expr := w.text(s.Values[i]); len(expr) <= 60 && expr != constText(obj.Val()) {
				decl += " // " + expr
			}
		}
		return decl
	case *types.Var:
		return decl + " " + types.TypeString(obj.Type(), qualify)
	}
	return decl
}

// constText is the value of a constant as one would write it, long strings cut.
func constText(v constant.Value) string {
	if v.Kind() == constant.Float {
		if f, _ := constant.Float64Val(v); f != 0 && !math.IsInf(f, 0) {
			return strconv.FormatFloat(f, 'g', -1, 64)
		}
	}
	return v.String()
}

func (w *writer) funcs(prefix string, funcs []*doc.Func) {
	for _, f := range funcs {
		if f.Level > 0 {
			continue // promoted: documented where it is declared
		}
		decl := *f.Decl
		decl.Doc, decl.Body = nil, nil
		w.put(prefix+f.Name, w.text(&decl), f.Doc)
	}
}

func (w *writer) typeDecl(t *doc.Type) {
	for _, s := range t.Decl.Specs {
		s := s.(*ast.TypeSpec)
		if s.Name.Name != t.Name {
			continue
		}
		w.fields(t.Name, s)
		spec := *s
		spec.Doc, spec.Comment = nil, nil
		w.put(t.Name, w.text(&ast.GenDecl{TokPos: t.Decl.TokPos, Tok: token.TYPE, Specs: []ast.Spec{&spec}}), t.Doc)
	}
}

// fields documents the fields of a struct and the methods of an interface.
func (w *writer) fields(typ string, s *ast.TypeSpec) {
	var list *ast.FieldList
	switch t := s.Type.(type) {
	case *ast.StructType:
		list = t.Fields
	case *ast.InterfaceType:
		list = t.Methods
	default:
		return
	}
	for _, f := range list.List {
		text := f.Doc.Text()
		if text == "" {
			text = f.Comment.Text()
		}
		for _, id := range f.Names {
			if !w.exported(id.Name) {
				continue
			}
			decl := id.Name + " " + w.text(f.Type)
			if _, method := f.Type.(*ast.FuncType); method {
				decl = "func (" + typ + ") " + id.Name + strings.TrimPrefix(w.text(f.Type), "func")
			} else {
				decl = "field " + decl
			}
			w.put(typ+"."+id.Name, decl, text)
		}
	}
}

// text prints a node as gofmt does.
func (w *writer) text(n ast.Node) string {
	var b bytes.Buffer
	conf := printer.Config{Mode: printer.UseSpaces | printer.TabIndent, Tabwidth: 8}
	if err := conf.Fprint(&b, w.fset, n); err != nil {
		return ""
	}
	return b.String()
}

package cell

import (
	"context"
	"errors"
	"go/ast"
	"go/scanner"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/nascent-go/nascent/kernel/cell/draft"
)

// view is a cell, finished or not, checked for what can be known of it.
type view struct {
	src   *source
	files []*ast.File // what was checked
	check *checked
	// imports are those that the cell writes
	imports map[string]string
}

// stretch is what a question is about: the bytes from start to end of a text.
type stretch struct{ start, end int }

// maxRepairs bounds how many mistakes of an unfinished cell are cut out.
const maxRepairs = 8

// readable parses a text that may be no Go yet. What doesn't parse is mended, and
// then cut out, but for the stretch at, which the text is read for. It returns
// where at is in what was parsed; the result is nil if there is nothing to see.
func (e *Env) readable(text string, at stretch) (*source, stretch) {
	cut := map[int]bool{} // lines
	for range maxRepairs {
		src, err := parse(e.fset, "cursor", text, false)
		if err == nil {
			return src, at
		}
		src.forget()
		m := draft.Mend(text)
		if m.Src != text {
			text, at = m.Src, stretch{m.At(at.start+1) - 1, m.At(at.end)}
			if src, err = parse(e.fset, "cursor", text, false); err == nil {
				return src, at
			}
			src.forget()
		}
		rest, ok := withoutMistake(text, err, at, cut)
		if !ok {
			break
		}
		text = rest
	}
	src, _ := parse(e.fset, "cursor", text, true)
	return src, at
}

// withoutMistake cuts the first mistake out of a text, from where it is to the end of its
// line or, if that was done before, the whole line. The line of the stretch keeps
// what is before its end.
func withoutMistake(text string, err error, at stretch, cut map[int]bool) (rest string, ok bool) {
	var list scanner.ErrorList
	if !errors.As(err, &list) || len(list) == 0 {
		return "", false
	}
	lines := lineStarts(text)
	own, _ := lines.at(at.start)
	for _, wrong := range list {
		n := min(max(wrong.Pos.Line, 1), len(lines))
		offset := min(lines[n-1]+max(wrong.Pos.Column-1, 0), len(text))
		again := cut[n]
		cut[n] = true
		switch {
		case n == own && (again || offset < at.end && len(list) > 1):
			continue
		case n == own:
			offset = max(offset, at.end)
		case again:
			offset = lines[n-1]
		}
		if rest = draft.Without(text, offset); rest != text {
			return rest, true
		}
		if n != own && !again {
			if rest = draft.Without(text, lines[n-1]); rest != text {
				return rest, true
			}
		}
	}
	return "", false
}

// look parses and checks a text without complaining. It returns nil if there is
// nothing to see, and where the stretch at is in the text that was parsed.
func (e *Env) look(ctx context.Context, text string, at stretch) (*view, stretch) {
	src, at := e.readable(text, at)
	if src == nil || src.file == nil || src.run != nil && len(src.typed) != len(src.run.Body.List) {
		src.forget()
		return nil, at
	}
	ignore := func(token.Pos, string, string) {}
	written := e.explicit(ctx, src, ignore)
	h := src.hoist(e.scope, ignore)
	declares := map[string]bool{}
	decls := slices.Concat(src.decls, h.vars)
	for _, d := range decls {
		for _, n := range declaredNames(d) {
			declares[n] = true
		}
	}
	use := e.resolve(src, written, func(n string) bool { return declares[n] })
	hidden := map[string]bool{}
	for n := range use {
		hidden[n] = true
	}
	extra := e.dotted(written.dots)
	old := types.NewPackage("main", "main")
	for n := range h.old {
		extra = append(extra, types.NewVar(token.NoPos, old, n+oldSuffix, e.scope[n].Type()))
	}
	file := &ast.File{Package: src.file.Package, Name: src.file.Name, FileStart: src.file.FileStart, FileEnd: src.file.FileEnd,
		Decls: append([]ast.Decl{importDecl(src.file.Package, use)}, decls...)}
	if src.run != nil {
		run := *src.run
		run.Body = &ast.BlockStmt{Lbrace: src.run.Body.Lbrace, List: h.body, Rbrace: src.run.Body.Rbrace}
		file.Decls = append(file.Decls, &run)
	}
	files := append([]*ast.File{file}, e.receivers(src, declares)...)
	v := &view{src: src, files: files[:1], imports: written.names}
	for more := true; more; { // a variable has a type once the error beside it is taken
		v.check = e.check(files, hidden, extra)
		more = !e.strict && h.takeErrors(v.check.info, func(ast.Node) bool { return false })
	}
	return v, at
}

// receivers are the declarations of the types of earlier cells to which a cell adds
// methods, with the methods that they have: go/types wants a type and its methods together.
func (e *Env) receivers(src *source, declares map[string]bool) []*ast.File {
	own, types := map[string]bool{}, map[string]bool{}
	for _, u := range units(src.decls) {
		own[u.key] = true
		types[u.recv] = u.recv != "" && !declares[u.recv]
	}
	var files []*ast.File
	for _, u := range e.units {
		if !own[u.key] && (types[u.recv] || u.recv == "" && anyIn(u.names, types)) {
			files = append(files, u.file(declares))
		}
	}
	return files
}

// spot is a node with what it stands in, the innermost first.
type spot struct {
	node ast.Node
	in   []ast.Node
}

// spots finds the nodes that are wanted, in the order of the file. A variable's
// declaration at the top level of a cell is found twice, in the declaration and then
// in the assignment that the cell runs.
func (v *view) spots(wanted func(ast.Node) bool) []spot {
	var found []spot
	var path []ast.Node
	for _, f := range v.files {
		ast.Inspect(f, func(n ast.Node) bool {
			if n == nil {
				path = path[:len(path)-1]
				return true
			}
			if wanted(n) {
				in := slices.Clone(path)
				slices.Reverse(in)
				found = append(found, spot{n, in})
			}
			path = append(path, n)
			return true
		})
	}
	return found
}

// named finds the identifiers of a name.
func (v *view) named(name string) []spot {
	return v.spots(func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		return ok && strings.TrimSuffix(id.Name, oldSuffix) == name
	})
}

// parent is what a node stands in; nil if that is nothing.
func (s spot) parent() ast.Node {
	if len(s.in) == 0 {
		return nil
	}
	return s.in[0]
}

// up is the parent as a spot.
func (s spot) up() spot { return spot{s.in[0], s.in[1:]} }

// selection is the selector expression whose last name a spot is; else it is the spot.
func (s spot) selection() spot {
	if sel, ok := s.parent().(*ast.SelectorExpr); ok && sel.Sel == s.node {
		return s.up()
	}
	return s
}

package cell

import (
	"cmp"
	"context"
	"go/ast"
	"go/scanner"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// cursorMark stands where a name is missing, so that there is something to parse.
const cursorMark = "C__"

// Complete says what can stand at byte offset pos of a cell. It looks at the cell
// up to there, in the environment as it is now.
func (e *Env) Complete(ctx context.Context, src string, pos int) Completion {
	pos = min(max(pos, 0), len(src))
	start := pos
	for start > 0 {
		r, n := utf8.DecodeLastRuneInString(src[:start])
		if !isNameRune(r) {
			break
		}
		start -= n
	}
	prefix := src[start:pos]
	out := Completion{Start: start, End: pos}
	if insideText(src[:start]) || afterNumber(src[:start]) || prefix != "" && unicode.IsDigit(rune(prefix[0])) {
		return out
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	v := e.look(src[:start] + prefix + cursorMark)
	if v == nil || ctx.Err() != nil {
		return out
	}
	defer v.src.forget()
	if sel := v.selectorAt(prefix + cursorMark); sel != nil {
		out.Items = e.members(v, sel)
	} else {
		out.Items = e.names(v, prefix)
	}
	out.Items = slices.DeleteFunc(out.Items, func(i CompletionItem) bool {
		return !strings.HasPrefix(strings.ToLower(i.Text), strings.ToLower(prefix)) || strings.HasSuffix(i.Text, "__")
	})
	slices.SortFunc(out.Items, func(a, b CompletionItem) int {
		exact := func(i CompletionItem) int {
			if strings.HasPrefix(i.Text, prefix) {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(exact(a), exact(b)), cmp.Compare(a.Text, b.Text))
	})
	out.Items = slices.CompactFunc(out.Items, func(a, b CompletionItem) bool { return a.Text == b.Text })
	return out
}

func isNameRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// insideText: the end of the text lies in a string or a comment.
func insideText(text string) bool {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(text)+1)
	unfinished := false
	s.Init(file, []byte(text+"\x00"), func(_ token.Position, msg string) {
		unfinished = unfinished || strings.Contains(msg, "not terminated")
	}, scanner.ScanComments)
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return unfinished
		}
		if tok == token.COMMENT && strings.HasPrefix(lit, "//") && file.Offset(pos)+len(lit) >= len(text) {
			return true
		}
	}
}

// afterNumber: the text ends in a number, whose point selects nothing.
func afterNumber(text string) bool {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(text))
	s.Init(file, []byte(text), func(token.Position, string) {}, 0)
	number := false
	for {
		switch pos, tok, lit := s.Scan(); tok {
		case token.EOF:
			return number
		case token.INT, token.FLOAT, token.IMAG:
			number = file.Offset(pos)+len(lit) == len(text)
		}
	}
}

// closers are the brackets that a text leaves open, as they have to follow it.
func closers(text string) string {
	var s scanner.Scanner
	s.Init(token.NewFileSet().AddFile("", -1, len(text)), []byte(text), func(token.Position, string) {}, 0)
	var open []byte
	for {
		_, tok, _ := s.Scan()
		switch tok {
		case token.LPAREN:
			open = append(open, ')')
		case token.LBRACK:
			open = append(open, ']')
		case token.LBRACE:
			open = append(open, '}')
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		case token.EOF:
			var b strings.Builder
			for _, c := range slices.Backward(open) {
				if c == '}' {
					b.WriteByte('\n')
				}
				b.WriteByte(c)
			}
			return b.String()
		}
	}
}

// view is a cell, finished or not, checked for what can be known of it.
type view struct {
	src   *source
	files []ast.Node // what was checked
	check *checked
}

// look parses and checks a text without complaining. It returns nil if there is nothing to see.
func (e *Env) look(text string) *view {
	src, _ := parse(e.fset, "cursor", text+closers(text), true)
	if src == nil || src.file == nil || src.run != nil && len(src.typed) != len(src.run.Body.List) {
		return nil
	}
	ignore := func(token.Pos, string) {}
	written := e.explicit(src, ignore)
	h := src.hoist(func(n string) bool { _, ok := e.scope[n].(*types.Var); return ok }, ignore)
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
	var extra []types.Object
	old := types.NewPackage("main", "main")
	for n := range h.old {
		extra = append(extra, types.NewVar(token.NoPos, old, n+oldSuffix, e.scope[n].Type()))
	}
	file := &ast.File{Package: src.file.Package, Name: src.file.Name, FileStart: src.file.FileStart, FileEnd: src.file.FileEnd,
		Decls: append([]ast.Decl{importDecl(src.file.Package, use, append(slices.Clone(e.dots), written.dots...))}, decls...)}
	if src.run != nil {
		run := *src.run
		run.Body = &ast.BlockStmt{Lbrace: src.run.Body.Lbrace, List: h.body, Rbrace: src.run.Body.Rbrace}
		file.Decls = append(file.Decls, &run)
	}
	return &view{src: src, files: []ast.Node{file}, check: e.check([]*ast.File{file}, hidden, extra)}
}

// selectorAt finds the selector expression that ends in a name.
func (v *view) selectorAt(name string) *ast.SelectorExpr {
	var found *ast.SelectorExpr
	for _, f := range v.files {
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == name {
				found = s
			}
			return found == nil
		})
	}
	return found
}

// members are what can be selected from the expression before a dot.
func (e *Env) members(v *view, sel *ast.SelectorExpr) []CompletionItem {
	if id, ok := sel.X.(*ast.Ident); ok {
		if p, ok := v.check.info.Uses[id].(*types.PkgName); ok {
			var items []CompletionItem
			for _, n := range exported(p.Imported()) {
				items = append(items, item(p.Imported().Scope().Lookup(n)))
			}
			return items
		}
	}
	tv, ok := v.check.info.Types[sel.X]
	if !ok || tv.Type == nil {
		return nil
	}
	var items []CompletionItem
	t := tv.Type
	addr := t
	if _, ok := t.Underlying().(*types.Pointer); !ok && !types.IsInterface(t) {
		addr = types.NewPointer(t)
	}
	ms := types.NewMethodSet(addr)
	for i := range ms.Len() {
		if m := ms.At(i).Obj(); m.Exported() || m.Pkg() != nil && m.Pkg().Path() == "main" {
			items = append(items, item(m))
		}
	}
	if tv.IsType() {
		return items
	}
	return append(items, fields(t)...)
}

// fields are those of a struct and of what it embeds.
func fields(t types.Type) []CompletionItem {
	var items []CompletionItem
	seen := map[types.Type]bool{}
	var walk func(t types.Type)
	walk = func(t types.Type) {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		st, ok := t.Underlying().(*types.Struct)
		if !ok || seen[t] {
			return
		}
		seen[t] = true
		for f := range st.Fields() {
			if f.Exported() || f.Pkg() != nil && f.Pkg().Path() == "main" {
				items = append(items, item(f))
			}
			if f.Embedded() {
				walk(f.Type())
			}
		}
	}
	walk(t)
	return items
}

// names are what can stand where no dot is before: the names in scope, fields in
// a struct literal, keywords, packages.
func (e *Env) names(v *view, prefix string) []CompletionItem {
	var items []CompletionItem
	scope := v.check.pkg.Scope()
	var at *ast.Ident
	var literal types.Type
	for _, f := range v.files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				if n.Name == prefix+cursorMark {
					at = n
				}
			case *ast.CompositeLit:
				for _, x := range n.Elts {
					if id, ok := x.(*ast.Ident); ok && id.Name == prefix+cursorMark {
						literal = v.check.info.Types[n].Type
					}
				}
			}
			return true
		})
	}
	if literal != nil {
		items = append(items, fields(literal)...)
	}
	if at != nil {
		for n, s := range v.check.info.Scopes {
			if _, ok := n.(*ast.File); !ok && s.Contains(at.Pos()) {
				for _, name := range s.Names() {
					if o := s.Lookup(name); o.Pos() < at.Pos() {
						items = append(items, item(o))
					}
				}
			}
		}
	}
	for _, s := range []*types.Scope{scope, types.Universe} {
		for _, n := range s.Names() {
			items = append(items, item(s.Lookup(n)))
		}
	}
	for k := token.BREAK; k <= token.VAR; k++ {
		items = append(items, CompletionItem{Text: k.String(), Type: "keyword"})
	}
	for _, p := range e.lib.Packages() {
		if prefix != "" && !strings.Contains(p.Path, "internal") && e.scope[p.Name] == nil {
			items = append(items, CompletionItem{Text: p.Name, Type: "package", Signature: "import \"" + p.Path + "\""})
		}
	}
	return items
}

func item(o types.Object) CompletionItem {
	return CompletionItem{Text: o.Name(), Type: kindName(o), Signature: types.ObjectString(o, shortName)}
}

// shortName qualifies by package name, and not at all what cells define.
func shortName(p *types.Package) string {
	if p.Path() == "main" {
		return ""
	}
	return p.Name()
}

func kindName(o types.Object) string {
	switch o := o.(type) {
	case *types.Func:
		if o.Signature().Recv() != nil {
			return "method"
		}
		return "function"
	case *types.Var:
		if o.IsField() {
			return "field"
		}
		return "var"
	case *types.Const:
		return "const"
	case *types.TypeName:
		switch o.Type().Underlying().(type) {
		case *types.Interface:
			return "interface"
		case *types.Struct:
			return "struct"
		}
		return "type"
	case *types.PkgName:
		return "package"
	case *types.Builtin:
		return "builtin"
	}
	return "var"
}

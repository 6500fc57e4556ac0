package cell

import (
	"cmp"
	"context"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nascent-go/nascent/kernel/cell/draft"
)

// cursorMark makes a name of what is before the cursor, so that there is something to parse.
const cursorMark = "C__"

// Complete says what can stand at byte offset pos of a cell, in the environment as it is now.
func (e *Env) Complete(ctx context.Context, src string, pos int) Completion {
	pos = min(max(pos, 0), len(src))
	start := wordStart(src, pos)
	prefix := src[start:pos]
	place := draft.End(src[:start])
	out := Completion{Start: start, End: pos}
	switch {
	case place.In == draft.String:
		return completeFile(src, place.From, pos)
	case place.In == draft.Path:
		out.Start = place.From
		out.Items = e.importPaths(src[place.From:pos])
		return out
	case place.In == draft.Tag:
		out.Items = e.tags(src[:place.From-1], prefix)
		return out
	case place.In == draft.Nowhere, prefix != "" && unicode.IsDigit(rune(prefix[0])):
		return out
	}
	q := query{env: e, prefix: prefix, place: place}
	if place.OnlyWord {
		q.keywords()
	} else {
		e.mu.Lock()
		defer e.mu.Unlock()
		for _, text := range drafts(src, start, pos) {
			if e.complete(ctx, text, stretch{start, pos + len(cursorMark)}, &q); len(q.found) > 0 || ctx.Err() != nil {
				break
			}
		}
	}
	out.Items = q.items()
	return out
}

// wordStart is where the word before an offset begins.
func wordStart(src string, pos int) int {
	for pos > 0 {
		r, n := utf8.DecodeLastRuneInString(src[:pos])
		if !isNameRune(r) {
			break
		}
		pos -= n
	}
	return pos
}

func isNameRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// drafts are the texts that are asked, one after the other: the cell with a name at the
// cursor; the same without what is behind it; and without the line before, which may
// not be finished and would go on in the cursor's.
func drafts(src string, start, pos int) []string {
	rest := src[pos:]
	if i := strings.IndexFunc(rest, func(r rune) bool { return !isNameRune(r) }); i >= 0 {
		rest = rest[i:]
	} else {
		rest = ""
	}
	list := []string{src[:pos] + cursorMark + rest}
	if strings.TrimSpace(rest) != "" {
		list = append(list, src[:pos]+cursorMark)
	}
	if line := strings.LastIndexByte(src[:start], '\n'); line > 0 && draft.GoesOn(src[:line]) {
		list = append(list, draft.Without(list[0], strings.LastIndexByte(src[:line], '\n')+1))
	}
	return list
}

// query is a question for what can stand at a place.
type query struct {
	env    *Env
	prefix string
	place  draft.Place
	want   types.Type // what an expression there should be; nil: that is not known
	types  bool       // only types can stand there
	found  []candidate
	seen   map[string]bool
}

// candidate is something that can stand at the cursor.
type candidate struct {
	item CompletionItem
	fits bool // it is of the type that is wanted
	near int  // the less, the nearer it is declared
}

// Where candidates come from, the nearest first; scopes within a function count from 0.
const (
	ofCell     = 100 + iota // declared at the top level
	ofGo                    // predeclared
	ofLanguage              // keywords
	ofLibrary               // packages that are not imported yet
)

// add adds a candidate, unless a nearer one has its name or it doesn't go on what is written.
func (q *query) add(item CompletionItem, fits bool, near int) {
	if q.seen[item.Text] || !q.goesOn(item.Text) {
		return
	}
	if q.seen == nil {
		q.seen = map[string]bool{}
	}
	q.seen[item.Text] = true
	q.found = append(q.found, candidate{item, fits, near})
}

func (q *query) goesOn(name string) bool {
	return len(name) >= len(q.prefix) && strings.EqualFold(name[:len(q.prefix)], q.prefix) && name != "_" && !strings.HasSuffix(name, "__")
}

// object adds what a name means.
func (q *query) object(o types.Object, near int) {
	if !q.goesOn(o.Name()) {
		return
	}
	switch o.(type) {
	case *types.TypeName, *types.PkgName:
	case *types.Builtin:
		if q.types || q.place.In != draft.Code {
			return
		}
	default:
		if q.types {
			return
		}
	}
	q.add(q.env.itemOf(o), fits(o, q.want), near)
}

func (q *query) keywords() {
	for _, w := range q.place.Words {
		switch w {
		case token.FUNC, token.MAP, token.CHAN, token.STRUCT, token.INTERFACE, token.TYPE:
		default:
			if q.types {
				continue
			}
		}
		q.add(CompletionItem{Text: w.String(), Type: "keyword"}, false, ofLanguage)
	}
}

// items are what was found, the most likely first: written as what it is to go on, of the
// type that is wanted, near.
func (q *query) items() []CompletionItem {
	first := func(b bool) int {
		if b {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(q.found, func(a, b candidate) int {
		return cmp.Or(
			cmp.Compare(first(strings.HasPrefix(a.item.Text, q.prefix)), first(strings.HasPrefix(b.item.Text, q.prefix))),
			cmp.Compare(first(a.fits), first(b.fits)), cmp.Compare(a.near, b.near), cmp.Compare(a.item.Text, b.item.Text))
	})
	var items []CompletionItem
	for _, c := range q.found {
		items = append(items, c.item)
	}
	return items
}

// complete finds what can stand at the stretch at of a text.
func (e *Env) complete(ctx context.Context, text string, at stretch, q *query) {
	v, _ := e.look(ctx, text, at)
	if v == nil {
		return
	}
	defer v.src.forget()
	found := v.named(text[at.start:at.end])
	if len(found) == 0 || slices.ContainsFunc(found, declaring) {
		return
	}
	s := found[len(found)-1]
	if i := slices.IndexFunc(found, func(s spot) bool { return v.typePlace(s.selection()) }); i >= 0 {
		s = found[i] // of a variable's declaration without a value
	}
	switch sel := s.selection(); {
	case sel.node != s.node:
		q.types, q.want = v.typePlace(sel), v.wanted(sel)
		e.members(v, sel.node.(*ast.SelectorExpr), q)
	case labelled(s):
		labels(s, q)
	default:
		e.names(v, s, q)
	}
}

// declaring: a name is not used but given to something new.
func declaring(s spot) bool {
	switch p := s.parent().(type) {
	case *ast.FuncDecl, *ast.ImportSpec, *ast.LabeledStmt, *ast.File:
		return true
	case *ast.TypeSpec:
		return p.Name == s.node
	case *ast.ValueSpec:
		return p.Type != s.node && !slices.ContainsFunc(p.Values, func(x ast.Expr) bool { return x == s.node })
	case *ast.Field:
		return p.Type != s.node
	case *ast.AssignStmt: // one of several names may be there already
		return p.Tok == token.DEFINE && len(p.Lhs) == 1 && slices.ContainsFunc(p.Lhs, func(x ast.Expr) bool { return x == s.node })
	case *ast.RangeStmt:
		return p.Tok == token.DEFINE && p.X != s.node
	}
	return false
}

// labelled: a name is that of a label that is left or gone to.
func labelled(s spot) bool {
	_, ok := s.parent().(*ast.BranchStmt)
	return ok
}

// labels finds the labels that a statement can name.
func labels(s spot, q *query) {
	branch := s.parent().(*ast.BranchStmt).Tok
	for i, n := range s.in {
		switch n := n.(type) {
		case *ast.LabeledStmt:
			if leaves(branch, n.Stmt) {
				q.add(CompletionItem{Text: n.Label.Name, Type: "label"}, false, i)
			}
		case *ast.FuncLit, *ast.FuncDecl:
			if branch == token.GOTO {
				gotos(n, q)
			}
			return
		}
	}
}

func leaves(branch token.Token, s ast.Stmt) bool {
	switch s.(type) {
	case *ast.ForStmt, *ast.RangeStmt:
		return branch != token.GOTO
	case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
		return branch == token.BREAK
	}
	return false
}

// gotos adds the labels of a function.
func gotos(function ast.Node, q *query) {
	ast.Inspect(function, func(n ast.Node) bool {
		if l, ok := n.(*ast.LabeledStmt); ok {
			q.add(CompletionItem{Text: l.Label.Name, Type: "label"}, false, 0)
		}
		_, inner := n.(*ast.FuncLit)
		return !inner || n == function
	})
}

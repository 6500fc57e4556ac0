package cell

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// A cell's variables outlive it, so they are declared at package level. The
// declarations, with the initial values, are only there for go/types, which
// infers the types from them; the values are assigned where the cell's statements
// say, by the same statements turned into assignments.

// hoisted is a cell with its variables at package level.
type hoisted struct {
	vars  []ast.Decl // declarations, from the second parse
	names map[string]*ast.Ident
	body  []ast.Stmt
	raise bool            // body declares the variable for errors
	old   map[string]bool // variables of earlier cells that are read before they are declared again
	call  []call          // statements whose trailing error may have to be raised
	// strict: an error that nothing takes is not raised
	strict bool
}

// call is a statement of the top level that only takes the results of one call.
type call struct {
	stmt ast.Stmt
	expr *ast.CallExpr
	spec *ast.ValueSpec // the typed twin of an assignment that declares variables
	done bool           // showResult has seen to it
}

// hoist takes the variables out of a cell's statements. scope is what earlier cells
// have defined.
func (src *source) hoist(scope map[string]types.Object, complain complaint) *hoisted {
	h := &hoisted{names: map[string]*ast.Ident{}, old: map[string]bool{}}
	if src.run == nil {
		return h
	}
	for i, s := range src.run.Body.List {
		h.statement(s, src.typed[i], complain)
	}
	if src.tuple && src.quiet {
		h.body[len(h.body)-1] = discard(&ast.CompositeLit{Type: &ast.ArrayType{Elt: &ast.InterfaceType{Methods: &ast.FieldList{}}}, Elts: src.shownList().Args})
	}
	src.renameOld(h, scope, complain)
	return h
}

func (h *hoisted) statement(s, typed ast.Stmt, complain complaint) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		assign := *s
		var spec *ast.ValueSpec
		if s.Tok == token.DEFINE {
			twin := typed.(*ast.AssignStmt)
			names, fresh := h.define(twin.Lhs, complain)
			if names == nil {
				complain(s.TokPos, "non-name on left side of :=", "")
				return
			}
			if !fresh {
				complain(s.TokPos, "no new variables on left side of :=", useAssign(s))
				return
			}
			assign.Tok = token.ASSIGN
			spec = &ast.ValueSpec{Names: names, Values: twin.Rhs}
			h.vars = append(h.vars, &ast.GenDecl{TokPos: twin.Pos(), Tok: token.VAR, Specs: []ast.Spec{spec}})
		}
		h.body = append(h.body, &assign)
		if c, ok := onlyCall(s.Rhs); ok && (s.Tok == token.DEFINE || s.Tok == token.ASSIGN) {
			h.call = append(h.call, call{stmt: &assign, expr: c, spec: spec})
		}
	case *ast.DeclStmt:
		if d, ok := s.Decl.(*ast.GenDecl); ok && d.Tok == token.VAR {
			twin := typed.(*ast.DeclStmt).Decl.(*ast.GenDecl)
			h.vars = append(h.vars, twin)
			for i, spec := range d.Specs {
				h.variable(spec.(*ast.ValueSpec), twin.Specs[i].(*ast.ValueSpec))
			}
			return
		}
		h.body = append(h.body, s)
	case *ast.ExprStmt:
		stmt := &ast.ExprStmt{X: s.X}
		h.body = append(h.body, stmt)
		if c, ok := onlyCall([]ast.Expr{s.X}); ok {
			h.call = append(h.call, call{stmt: stmt, expr: c})
		}
	default:
		h.body = append(h.body, s)
	}
}

// zeroOf is the zero value of a type, without names that cells may have taken:
// struct{ zero__ T }{}.zero__
func zeroOf(t ast.Expr, pos token.Pos) ast.Expr {
	name := func() *ast.Ident { return &ast.Ident{NamePos: pos, Name: zeroName} }
	st := &ast.StructType{Struct: pos, Fields: &ast.FieldList{Opening: pos, List: []*ast.Field{{Names: []*ast.Ident{name()}, Type: t}}, Closing: pos}}
	return &ast.SelectorExpr{X: &ast.CompositeLit{Type: st, Lbrace: pos, Rbrace: pos}, Sel: name()}
}

func onlyCall(rhs []ast.Expr) (*ast.CallExpr, bool) {
	if len(rhs) != 1 {
		return nil, false
	}
	c, ok := ast.Unparen(rhs[0]).(*ast.CallExpr)
	return c, ok
}

// define are the names of a short variable declaration; those that the cell has declared before become blank.
func (h *hoisted) define(lhs []ast.Expr, complain complaint) (names []*ast.Ident, fresh bool) {
	here := map[string]bool{}
	for _, x := range lhs {
		id, ok := x.(*ast.Ident)
		if !ok {
			return nil, false
		}
		if here[id.Name] {
			complain(id.Pos(), id.Name+" repeated on left side of :=", "")
		}
		here[id.Name] = id.Name != "_"
		if id.Name != "_" && h.names[id.Name] == nil {
			h.names[id.Name] = id
			fresh = true
			names = append(names, id)
			continue
		}
		names = append(names, &ast.Ident{NamePos: id.Pos(), Name: "_"})
	}
	return names, fresh
}

// variable turns one line of a var declaration into an assignment.
func (h *hoisted) variable(spec, twin *ast.ValueSpec) {
	for _, id := range twin.Names {
		if id.Name != "_" {
			h.names[id.Name] = id
		}
	}
	if len(spec.Values) == 0 { // a variable that is declared again is zero again
		for _, id := range spec.Names {
			h.body = append(h.body, &ast.AssignStmt{Lhs: []ast.Expr{id}, TokPos: id.Pos(), Tok: token.ASSIGN, Rhs: []ast.Expr{zeroOf(spec.Type, id.Pos())}})
		}
		return
	}
	assign := &ast.AssignStmt{TokPos: spec.Pos(), Tok: token.ASSIGN, Rhs: spec.Values}
	for i, id := range spec.Names {
		assign.Lhs = append(assign.Lhs, id)
		if id.Name == "_" && spec.Type != nil && len(spec.Values) == len(spec.Names) {
			v := spec.Values[i]
			assign.Rhs[i] = &ast.CallExpr{Fun: &ast.ParenExpr{Lparen: v.Pos(), X: spec.Type, Rparen: v.Pos()}, Lparen: v.Pos(), Args: []ast.Expr{v}, Rparen: v.End()}
		}
	}
	h.body = append(h.body, assign)
	if c, ok := onlyCall(spec.Values); ok && spec.Type == nil {
		h.call = append(h.call, call{stmt: assign, expr: c, spec: twin})
	}
}

// renameOld gives names that stand before the cell's own declaration of them,
// such as the right x in x := x + 1, a name of their own: they mean the variable
// of an earlier cell. If there is none, the name can mean nothing yet; but a function
// literal may be called later.
func (src *source) renameOld(h *hoisted, scope map[string]types.Object, complain complaint) {
	at := map[int]bool{}
	later := calledLater(src.run)
	for _, id := range append(src.loose, src.keys(scope)...) {
		decl := h.names[id.Name]
		_, isVar := scope[id.Name].(*types.Var)
		switch {
		case decl == nil:
		case isVar:
			at[src.offset(id.Pos())] = true
			h.old[id.Name] = true
			id.Name += oldSuffix
		case !slices.ContainsFunc(later, func(f *ast.FuncLit) bool { return f.Pos() <= id.Pos() && id.Pos() < f.End() }):
			complain(id.Pos(), "undefined: "+id.Name, fmt.Sprintf("%s is declared in line %d, and only what follows can use it", id.Name, src.position(decl.Pos()).Line))
		}
	}
	if len(at) == 0 {
		return
	}
	for _, s := range src.typed {
		ast.Inspect(s, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && at[src.offset(id.Pos())] && !strings.HasSuffix(id.Name, oldSuffix) {
				id.Name += oldSuffix
			}
			return true
		})
	}
}

// calledLater are function literals that are not called where they stand.
func calledLater(root ast.Node) (list []*ast.FuncLit) {
	now := map[ast.Node]bool{}
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			now[n.Call.Fun] = false
		case *ast.DeferStmt:
			now[n.Call.Fun] = false
		case *ast.CallExpr:
			if _, ok := now[n.Fun]; !ok {
				now[ast.Unparen(n.Fun)] = true
			}
		case *ast.FuncLit:
			if !now[n] {
				list = append(list, n)
			}
		}
		return true
	})
	return list
}

// keys are the names before a colon in literals of maps and arrays that nothing in
// the statements declares: the parser can't tell them from names of fields.
func (src *source) keys(scope map[string]types.Object) (keys []*ast.Ident) {
	outer := map[*ast.CompositeLit]ast.Expr{} // types that literals in literals leave out
	ast.Inspect(src.run, func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		var key, elem ast.Expr
		keyed := false
		switch t := src.written(cmp.Or(lit.Type, outer[lit]), scope).(type) {
		case *ast.ArrayType:
			keyed, elem = true, t.Elt
		case *ast.MapType:
			keyed, key, elem = true, t.Key, t.Value
		}
		for _, x := range lit.Elts {
			kv, ok := x.(*ast.KeyValueExpr)
			if ok {
				if id, ok := kv.Key.(*ast.Ident); ok && keyed && id.Obj == nil {
					keys = append(keys, id)
				}
				if in, ok := kv.Key.(*ast.CompositeLit); ok {
					outer[in] = key
				}
				x = kv.Value
			}
			if in, ok := x.(*ast.CompositeLit); ok {
				outer[in] = elem
			}
		}
		return true
	})
	return keys
}

// written is the type that a type of a name is declared as, as far as it tells maps
// and arrays from structs.
func (src *source) written(t ast.Expr, scope map[string]types.Object) ast.Expr {
	id, ok := t.(*ast.Ident)
	if !ok {
		return t
	}
	for _, d := range src.decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
			for _, s := range g.Specs {
				if s := s.(*ast.TypeSpec); s.Name.Name == id.Name {
					return s.Type
				}
			}
		}
	}
	if o := scope[id.Name]; o != nil {
		switch o.Type().Underlying().(type) {
		case *types.Map:
			return &ast.MapType{}
		case *types.Slice, *types.Array:
			return &ast.ArrayType{}
		}
	}
	return t
}

// showResult wraps the last expression so that it is shown, and the calls whose
// trailing error nothing takes so that it is raised, as far as info knows their
// types. It says whether a variable's type may have become known by that.
func (h *hoisted) showResult(info *types.Info, quiet bool) (more bool) {
	if !h.strict {
		more = h.takeErrors(info)
	}
	for i := range h.call {
		c := &h.call[i]
		n := results(info, c.expr)
		if c.done || n == nil {
			continue
		}
		switch s := c.stmt.(type) {
		case *ast.AssignStmt:
			c.done = true
			if n.Len() == len(s.Lhs)+1 && !h.strict && isError(n.At(n.Len()-1).Type()) {
				h.takeError(c, s)
				more = true
			}
		case *ast.ExprStmt:
			c.done = true
			if n.Len() > 0 && !printsOnly(info, c.expr) {
				more = true
				s.X = shown(s.X, h.body[len(h.body)-1] == s && !quiet, !h.strict && isError(n.At(n.Len()-1).Type()))
			}
		}
	}
	if len(h.body) == 0 {
		return more
	}
	last := len(h.body) - 1
	s, ok := h.body[last].(*ast.ExprStmt)
	if !ok {
		return more
	}
	if _, call := ast.Unparen(s.X).(*ast.CallExpr); call && !valueOf(info, s.X) || isReceive(s.X) && quiet {
		return more
	}
	if quiet {
		h.body[last] = discard(s.X)
	} else {
		s.X = wrap(showName, s.X).X
	}
	return true
}

// discard evaluates an expression for nothing.
func discard(x ast.Expr) ast.Stmt {
	return &ast.AssignStmt{Lhs: []ast.Expr{&ast.Ident{NamePos: x.Pos(), Name: "_"}}, TokPos: x.Pos(), Tok: token.ASSIGN, Rhs: []ast.Expr{x}}
}

func isReceive(x ast.Expr) bool {
	u, ok := ast.Unparen(x).(*ast.UnaryExpr)
	return ok && u.Op == token.ARROW
}

// takeError gives an assignment one more variable, for the error, which is then raised.
func (h *hoisted) takeError(c *call, s *ast.AssignStmt) {
	if c.spec != nil {
		c.spec.Names = append(c.spec.Names, &ast.Ident{NamePos: s.Pos(), Name: "_"})
	}
	s.Lhs = append(s.Lhs, &ast.Ident{NamePos: s.Pos(), Name: errName})
	h.insertAfter(s, wrap(checkName, &ast.Ident{NamePos: s.Pos(), Name: errName}))
	if h.raise {
		return
	}
	h.raise = true
	pos := h.body[0].Pos()
	h.body = append([]ast.Stmt{&ast.DeclStmt{Decl: &ast.GenDecl{TokPos: pos, Tok: token.VAR, Specs: []ast.Spec{&ast.ValueSpec{
		Names: []*ast.Ident{{NamePos: pos, Name: errName}}, Type: &ast.Ident{NamePos: pos, Name: errorName}}}}}}, h.body...)
}

// shown is a call statement's expression with what the cell does with its results.
func shown(x ast.Expr, last, raises bool) ast.Expr {
	switch {
	case last && raises:
		return wrap(tryName, x).X
	case last:
		return wrap(showName, x).X
	case raises:
		return wrap(checkName, x).X
	}
	return x
}

func (h *hoisted) insertAfter(s ast.Stmt, add ast.Stmt) {
	for i, t := range h.body {
		if t == s {
			h.body = append(h.body[:i+1], append([]ast.Stmt{add}, h.body[i+1:]...)...)
			return
		}
	}
}

// results are the results of a call, nil if it is a conversion, a builtin or unknown.
func results(info *types.Info, c *ast.CallExpr) *types.Tuple {
	if tv := info.Types[c.Fun]; tv.Type != nil && tv.IsValue() && !tv.IsBuiltin() {
		if sg, ok := tv.Type.Underlying().(*types.Signature); ok {
			return sg.Results()
		}
	}
	return nil
}

// valueOf: a conversion, or a builtin that has a value worth showing.
func valueOf(info *types.Info, x ast.Expr) bool {
	c, ok := ast.Unparen(x).(*ast.CallExpr)
	if !ok {
		return false
	}
	if id, ok := ast.Unparen(c.Fun).(*ast.Ident); ok && (id.Name == showName || id.Name == tryName || id.Name == checkName || id.Name == mustName) {
		return false
	}
	fun := info.Types[c.Fun]
	if fun.IsType() {
		return true
	}
	if !fun.IsBuiltin() {
		return false
	}
	if id, ok := ast.Unparen(c.Fun).(*ast.Ident); ok && (id.Name == "copy" || id.Name == "recover") {
		return false
	}
	tv, ok := info.Types[x]
	return ok && tv.IsValue()
}

func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

// printsOnly: the call is made for what it prints; its results (a count and an
// error) are nothing that a reader of the cell wants to see.
func printsOnly(info *types.Info, c *ast.CallExpr) bool {
	sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	fn, ok := info.Uses[sel.Sel].(*types.Func)
	return ok && fn.Pkg() != nil && fn.Pkg().Path() == "fmt" && (strings.HasPrefix(fn.Name(), "Print") || strings.HasPrefix(fn.Name(), "Fprint"))
}

func wrap(name string, arg ast.Expr) *ast.ExprStmt {
	return &ast.ExprStmt{X: &ast.CallExpr{Fun: &ast.Ident{NamePos: arg.Pos(), Name: name}, Lparen: arg.Pos(), Args: []ast.Expr{arg}, Rparen: arg.End()}}
}

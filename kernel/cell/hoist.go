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
	old   map[string]bool // variables of earlier cells that are read before they are declared again
	// strict: an error that nothing takes is not raised
	strict bool
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
			h.vars = append(h.vars, &ast.GenDecl{TokPos: twin.Pos(), Tok: token.VAR, Specs: []ast.Spec{&ast.ValueSpec{Names: names, Values: twin.Rhs}}})
		}
		h.body = append(h.body, &assign)
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
		h.body = append(h.body, &ast.ExprStmt{X: s.X})
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
// types. It says whether it has wrapped anything, by which the type of a variable
// may become known.
func (h *hoisted) showResult(info *types.Info, quiet bool) (more bool) {
	var result *ast.ExprStmt
	if len(h.body) > 0 {
		result, _ = h.body[len(h.body)-1].(*ast.ExprStmt)
	}
	if !h.strict {
		more = h.takeErrors(info, func(s ast.Node) bool { return s == result && !quiet })
	}
	if result == nil {
		return more
	}
	if call, ok := ast.Unparen(result.X).(*ast.CallExpr); ok && !valueOf(info, call) {
		n := results(info, call)
		if quiet || isOwn(call) || n.Len() == 0 || printsOnly(info, call) {
			return more
		}
		show := showName
		if !h.strict && endsInError(n) {
			show = tryName
		}
		result.X = wrap(show, result.X).X
		return true
	}
	switch {
	case !quiet:
		result.X = wrap(showName, result.X).X
	case isReceive(result.X):
		return more
	default:
		h.body[len(h.body)-1] = discard(result.X)
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
func valueOf(info *types.Info, c *ast.CallExpr) bool {
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
	return info.Types[c].IsValue()
}

// isOwn: the call is not the cell's, but what the front end has added to it.
func isOwn(c *ast.CallExpr) bool {
	id, ok := ast.Unparen(c.Fun).(*ast.Ident)
	return ok && isReserved(id.Name)
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

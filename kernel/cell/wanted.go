package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// fits: an object, or what a function returns, can be given where a type is wanted.
func fits(o types.Object, want types.Type) bool {
	if want == nil || o.Type() == nil {
		return false
	}
	if a, ok := want.(*asserted); ok {
		_, isType := o.(*types.TypeName)
		return isType && types.Implements(o.Type(), a.Interface)
	}
	switch o := o.(type) {
	case *types.Func:
		if r := o.Signature().Results(); r.Len() == 1 && types.AssignableTo(r.At(0).Type(), want) {
			return true
		}
		return types.AssignableTo(o.Type(), want)
	case *types.Var, *types.Const, *types.Nil:
		if sig, ok := o.Type().Underlying().(*types.Signature); ok && sig.Results().Len() == 1 && types.AssignableTo(sig.Results().At(0).Type(), want) {
			return true
		}
		return types.AssignableTo(o.Type(), want)
	}
	return false
}

// asserted is what is wanted in a type assertion: a type that implements an interface.
type asserted struct{ *types.Interface }

// telling is a type that says something about what is wanted; nil if t is any, unknown or untyped.
func telling(t types.Type) types.Type {
	if t == nil || t == types.Typ[types.Invalid] {
		return nil
	}
	switch u := t.Underlying().(type) {
	case *types.Interface:
		if u.Empty() {
			return nil
		}
	case *types.Basic:
		if u.Kind() == types.UntypedNil {
			return nil
		}
		return types.Default(t)
	}
	return t
}

// wanted is the type that an expression should have where it stands, nil if that is not known.
func (v *view) wanted(s spot) types.Type {
	x, ok := s.node.(ast.Expr)
	if !ok {
		return nil
	}
	typeOf := func(x ast.Expr) types.Type { return v.check.info.Types[x].Type }
	switch p := s.parent().(type) {
	case *ast.ParenExpr:
		return v.wanted(s.up())
	case *ast.UnaryExpr:
		return v.operand(p.Op, v.wanted(s.up()))
	case *ast.StarExpr:
		if t := v.wanted(s.up()); t != nil {
			return types.NewPointer(t)
		}
	case *ast.BinaryExpr:
		if p.Op == token.LAND || p.Op == token.LOR {
			return types.Typ[types.Bool]
		}
		if p.Op == token.SHL || p.Op == token.SHR {
			return nil
		}
		if p.X == x {
			return telling(typeOf(p.Y))
		}
		return telling(typeOf(p.X))
	case *ast.CallExpr:
		return v.argument(p, slices.Index(p.Args, x))
	case *ast.AssignStmt:
		if i := slices.Index(p.Rhs, x); i >= 0 && len(p.Lhs) == len(p.Rhs) {
			return telling(typeOf(p.Lhs[i]))
		}
	case *ast.ValueSpec:
		return telling(typeOf(p.Type))
	case *ast.ReturnStmt:
		if sig := v.function(s); sig != nil {
			if i := slices.Index(p.Results, x); i < sig.Results().Len() {
				return telling(sig.Results().At(i).Type())
			}
		}
	case *ast.KeyValueExpr:
		if lit, ok := s.in[1].(*ast.CompositeLit); ok {
			return element(typeOf(lit), p, x)
		}
	case *ast.CompositeLit:
		if i := slices.Index(p.Elts, x); i >= 0 {
			if st := structOf(typeOf(p)); st != nil {
				if i < st.NumFields() {
					return telling(st.Field(i).Type())
				}
				return nil
			}
			return element(typeOf(p), nil, x)
		}
	case *ast.IndexExpr:
		if p.Index == x {
			return index(typeOf(p.X))
		}
	case *ast.SliceExpr:
		if p.X != x {
			return types.Typ[types.Int]
		}
	case *ast.SendStmt:
		if c, ok := core(typeOf(p.Chan)).(*types.Chan); ok && p.Value == x {
			return telling(c.Elem())
		}
	case *ast.IfStmt, *ast.ForStmt:
		return types.Typ[types.Bool]
	case *ast.CaseClause:
		if sw, ok := s.in[2].(*ast.SwitchStmt); ok && slices.Contains(p.List, x) {
			if sw.Tag == nil {
				return types.Typ[types.Bool]
			}
			return telling(typeOf(sw.Tag))
		}
		if sw, ok := s.in[2].(*ast.TypeSwitchStmt); ok {
			return v.assertable(switched(sw))
		}
	case *ast.TypeAssertExpr:
		if p.Type == x {
			return v.assertable(p.X)
		}
	}
	return nil
}

// operand is what the operand of a unary operator should be, for a result that is wanted.
func (v *view) operand(op token.Token, want types.Type) types.Type {
	switch op {
	case token.AND:
		if want == nil {
			return nil
		}
		if p, ok := want.Underlying().(*types.Pointer); ok {
			return p.Elem()
		}
		return nil
	case token.NOT:
		return types.Typ[types.Bool]
	case token.ARROW:
		if want == nil {
			return nil
		}
		return types.NewChan(types.RecvOnly, want)
	}
	return want
}

// argument is the type of the parameter that takes argument i of a call.
func (v *view) argument(call *ast.CallExpr, i int) types.Type {
	if i < 0 {
		return nil
	}
	fun := v.check.info.Types[call.Fun]
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok && fun.IsBuiltin() && i > 0 {
		return v.builtinArgument(id.Name, call)
	}
	if fun.Type == nil || fun.IsType() {
		return nil
	}
	sig, ok := core(fun.Type).(*types.Signature)
	if !ok || sig.Params().Len() == 0 {
		return nil
	}
	last := sig.Params().Len() - 1
	switch {
	case i < last || i == last && !sig.Variadic():
		return telling(sig.Params().At(i).Type())
	case sig.Variadic():
		if rest, ok := sig.Params().At(last).Type().(*types.Slice); ok {
			return telling(rest.Elem())
		}
	}
	return nil
}

// builtinArgument is the type of what follows the first argument of a builtin.
func (v *view) builtinArgument(name string, call *ast.CallExpr) types.Type {
	first := core(v.check.info.Types[call.Args[0]].Type)
	switch name {
	case "append":
		if s, ok := first.(*types.Slice); ok {
			return telling(s.Elem())
		}
	case "delete":
		if m, ok := first.(*types.Map); ok {
			return telling(m.Key())
		}
	case "make":
		return types.Typ[types.Int]
	case "min", "max", "copy":
		return telling(v.check.info.Types[call.Args[0]].Type)
	}
	return nil
}

// core is what a type is made of; nil for no type.
func core(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	return t.Underlying()
}

// element is the type of an element of a composite literal, or of its key.
func element(t types.Type, kv *ast.KeyValueExpr, x ast.Expr) types.Type {
	if p, ok := core(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	isKey := kv != nil && kv.Key == x
	switch t := core(t).(type) {
	case *types.Struct:
		if key, ok := kv.Key.(*ast.Ident); ok && !isKey {
			for f := range t.Fields() {
				if f.Name() == key.Name {
					return telling(f.Type())
				}
			}
		}
	case *types.Map:
		if isKey || kv == nil {
			return telling(t.Key())
		}
		return telling(t.Elem())
	case *types.Slice:
		if !isKey {
			return telling(t.Elem())
		}
	case *types.Array:
		if !isKey {
			return telling(t.Elem())
		}
	}
	return nil
}

// index is what indexes a value of a type.
func index(t types.Type) types.Type {
	if m, ok := core(t).(*types.Map); ok {
		return telling(m.Key())
	}
	return types.Typ[types.Int]
}

// function is the signature of the function that a node is in.
func (v *view) function(s spot) *types.Signature {
	for _, n := range s.in {
		switch n := n.(type) {
		case *ast.FuncLit:
			sig, _ := v.check.info.Types[n].Type.(*types.Signature)
			return sig
		case *ast.FuncDecl:
			if f, ok := v.check.info.Defs[n.Name].(*types.Func); ok {
				return f.Signature()
			}
			return nil
		}
	}
	return nil
}

// switched is the expression whose type a type switch asks for.
func switched(sw *ast.TypeSwitchStmt) ast.Expr {
	var x ast.Expr
	switch s := sw.Assign.(type) {
	case *ast.ExprStmt:
		x = s.X
	case *ast.AssignStmt:
		if len(s.Rhs) == 1 {
			x = s.Rhs[0]
		}
	}
	if a, ok := x.(*ast.TypeAssertExpr); ok {
		return a.X
	}
	return nil
}

// assertable is what the dynamic type of an expression has to be.
func (v *view) assertable(x ast.Expr) types.Type {
	if x == nil {
		return nil
	}
	if i, ok := core(v.check.info.Types[x].Type).(*types.Interface); ok && !i.Empty() {
		return &asserted{i}
	}
	return nil
}

// typePlace: only a type can stand there.
func (v *view) typePlace(s spot) bool {
	switch p := s.parent().(type) {
	case *ast.Field:
		return p.Type == s.node
	case *ast.TypeSpec:
		return p.Type == s.node
	case *ast.ValueSpec:
		return p.Type == s.node
	case *ast.ArrayType:
		return p.Elt == s.node
	case *ast.MapType, *ast.ChanType, *ast.Ellipsis:
		return true
	case *ast.TypeAssertExpr:
		return p.Type == s.node
	case *ast.StarExpr, *ast.ParenExpr:
		return v.typePlace(s.up())
	case *ast.IndexExpr:
		return p.Index == s.node && v.generic(p.X)
	case *ast.IndexListExpr:
		return p.X != s.node
	case *ast.CaseClause:
		_, ok := s.in[2].(*ast.TypeSwitchStmt)
		return ok
	case *ast.CallExpr:
		id, ok := p.Fun.(*ast.Ident)
		return ok && id.Name == "make" && v.check.info.Types[p.Fun].IsBuiltin() && p.Args[0] == s.node
	case *ast.UnaryExpr, *ast.BinaryExpr: // ~T, T | U in a constraint
		if x, ok := p.(*ast.UnaryExpr); ok && x.Op != token.TILDE {
			return false
		}
		if x, ok := p.(*ast.BinaryExpr); ok && x.Op != token.OR {
			return false
		}
		return v.typePlace(s.up())
	}
	return false
}

// generic: an expression is a function or a type that wants type arguments.
func (v *view) generic(x ast.Expr) bool {
	switch t := v.check.info.Types[x].Type.(type) {
	case *types.Signature:
		return t.TypeParams().Len() > 0
	case *types.Named:
		return v.check.info.Types[x].IsType() && t.TypeParams().Len() > 0
	}
	return false
}

package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

func (f *function) instr(in ssa.Instruction) {
	switch v := in.(type) {
	case *ssa.DebugRef, *ssa.Phi:
	case *ssa.Alloc:
		f.alloc(v)
	case *ssa.Store:
		f.store(v)
	case *ssa.UnOp:
		f.unop(v)
	case *ssa.BinOp:
		if !f.fused[v] {
			f.set(v, "%s", f.binop(v))
		}
	case *ssa.If:
		f.branch(v)
	case *ssa.Jump:
		f.edge(v.Block(), v.Block().Succs[0])
	case *ssa.Return:
		f.ret(v)
	case *ssa.RunDefers:
		if f.defers {
			if ret, ok := v.Block().Instrs[len(v.Block().Instrs)-1].(*ssa.Return); ok && !ret.Pos().IsValid() {
				f.pos = endOf(f.fn)
			}
			f.p("ds.Run()")
		}
	case *ssa.Panic:
		f.p("rt.Panic(%s)", f.val(v.X))
		if res := f.fn.Signature.Results(); res.Len() > 0 && !f.inBody {
			f.p("return %s", f.zeros(res))
		} else {
			f.leave()
		}
	case *ssa.FieldAddr:
		switch {
		case f.inPlace[v], f.hiddenPart(v):
		case !f.hasPlace(v.X) && f.isCut(v.Type()):
			f.set(v, "rt.FA(%s, %d)", f.val(v.X), v.Field)
		default:
			f.set(v, "&%s", f.selector(v))
		}
	case *ssa.IndexAddr:
		if !f.inPlace[v] { // yaegi cannot take the address of p[i] if p points to an array
			f.set(v, "%s", f.asserted("rt.IA("+f.open(v.X)+", "+f.integer(v.Index)+")", v.Type()))
		}
	case *ssa.Field:
		f.set(v, "%s.%s", f.open(v.X), f.field(v.X.Type(), v.X.Type().Underlying().(*types.Struct), v.Field))
	case *ssa.Index:
		f.set(v, "%s[%s]", f.open(v.X), f.elementIndex(v.X.Type(), v.Index))
	case *ssa.Lookup:
		f.lookup(v)
	case *ssa.MapUpdate:
		f.mapUpdate(v)
	case *ssa.MakeMap:
		f.set(v, "make(%s)", f.typ(v.Type().Underlying()))
	case *ssa.MakeSlice:
		f.makeSlice(v)
	case *ssa.MakeChan:
		f.makeChan(v)
	case *ssa.Slice:
		f.slice(v)
	case *ssa.MakeInterface:
		f.set(v, "%s", f.box(v.X.Type(), f.val(v.X)))
	case *ssa.ChangeInterface:
		f.set(v, "%s", f.val(v.X))
	case *ssa.ChangeType:
		f.changeType(v)
	case *ssa.SliceToArrayPointer:
		ty := f.raw(v.Type())
		f.set(v, "%s", f.asserted("rt.S2A("+f.open(v.X)+", "+f.zeroVar(ty)+")", v.Type()))
	case *ssa.Convert:
		f.convert(v)
	case *ssa.TypeAssert:
		f.assert(v)
	case *ssa.Range:
		if _, ok := v.X.Type().Underlying().(*types.Map); ok {
			f.set(v, "rt.RangeMap(%s)", f.open(v.X))
		} else {
			f.set(v, "rt.RangeStr(%s)", f.val(v.X))
		}
	case *ssa.Next:
		f.next(v)
	case *ssa.Extract:
		if n, ok := f.tuples[tuplePart{v.Tuple, v.Index}]; ok {
			f.set(v, "%s", n)
		}
	case *ssa.MakeClosure:
		var bound []string
		for _, b := range v.Bindings {
			if f.holds(b) {
				bound = append(bound, f.place(b))
			} else {
				bound = append(bound, f.val(f.outer(b)))
			}
		}
		made := f.funcName(v.Fn.(*ssa.Function)) + "(" + strings.Join(bound, ", ") + ")"
		if f.isCut(v.Type()) {
			made = "rt.I(" + made + ")"
		}
		f.set(v, "%s", made)
	case *ssa.Call:
		f.call(v)
	case *ssa.Go:
		fn, args := f.callee(v.Common())
		f.p("rt.Go(%s)", strings.Join(append([]string{fn}, args...), ", "))
	case *ssa.Defer:
		f.deferCall(v)
	case *ssa.Send:
		f.p("rt.Send(%s, %s)", f.open(v.Chan), f.val(v.X))
	case *ssa.Select:
		f.selects(v)
	default:
		panic(&Unsupported{in.Pos(), fmt.Sprintf("%T", in)})
	}
}

func (f *function) mapUpdate(v *ssa.MapUpdate) {
	m, key, val := f.open(v.Map), f.val(v.Key), f.val(v.Value)
	place := m + "[" + key + "]"
	if f.nested[v.Value] && isOperation(v.Value) {
		f.p("%s", assignment(place, val))
		return
	}
	f.p("%s = %s", place, val)
	if f.shared(v.Map.Type()) {
		f.p("rt.TwinSet(%s, %s, %s)", m, key, val)
	}
}

// endOf is the closing brace of a function.
func endOf(fn *ssa.Function) token.Pos {
	switch d := fn.Syntax().(type) {
	case *ast.FuncDecl:
		return d.Body.Rbrace
	case *ast.FuncLit:
		return d.Body.Rbrace
	}
	return token.NoPos
}

func (f *function) branch(v *ssa.If) {
	c := ""
	if b, ok := v.Cond.(*ssa.BinOp); ok && f.fused[b] {
		c = f.binop(b)
	} else {
		c = f.val(v.Cond)
	}
	b := v.Block()
	switch c {
	case "true":
		f.edge(b, b.Succs[0])
		return
	case "false":
		f.edge(b, b.Succs[1])
		return
	}
	f.p("if %s {", c)
	pos := f.pos
	f.depth++
	f.edge(b, b.Succs[0])
	f.depth--
	f.pos = pos
	f.p("}")
	f.edge(b, b.Succs[1])
}

func runsDefers(b *ssa.BasicBlock) bool {
	for _, in := range b.Instrs {
		if _, ok := in.(*ssa.RunDefers); ok {
			return true
		}
	}
	return false
}

func (f *function) ret(v *ssa.Return) {
	if isInitializer(f.fn) && f.library() {
		f.p("rt.Initialised(%q)", f.fn.Pkg.Pkg.Path())
	}
	var rs []string
	for _, r := range v.Results {
		rs = append(rs, f.val(r))
	}
	if f.inBody && !runsDefers(v.Block()) {
		// go/ssa leaves it out where all defers are in the bodies of range loops over functions.
		if !v.Pos().IsValid() {
			f.pos = endOf(f.fn)
		}
		f.p("ds.Run()")
		for i, r := range v.Results {
			if u, ok := r.(*ssa.UnOp); ok && u.Op == token.MUL {
				if a, ok := u.X.(*ssa.Alloc); ok { // a deferred function may have changed a named result
					rs[i] = f.place(a)
				}
			}
		}
	}
	if f.inBody {
		for i, r := range rs {
			f.p("*r%d = %s", i, r)
		}
		f.leave()
		return
	}
	if len(rs) == 0 {
		f.leave()
		return
	}
	f.p("return %s", strings.Join(rs, ", "))
}

func (f *function) lookup(v *ssa.Lookup) {
	m, ok := v.X.Type().Underlying().(*types.Map)
	if !ok {
		f.set(v, "%s[%s]", f.open(v.X), f.index(v.Index))
		return
	}
	if f.shared(m) {
		f.sharedLookup(v, m)
		return
	}
	if v.CommaOk {
		a, ok := f.tuple(v, 0, f.typ(m.Elem())), f.tuple(v, 1, "bool")
		f.p("%s, %s = %s[%s]", a, ok, f.open(v.X), f.val(v.Index))
		return
	}
	f.set(v, "%s[%s]", f.open(v.X), f.val(v.Index))
}

// sharedLookup looks into the twin, if m has one.
func (f *function) sharedLookup(v *ssa.Lookup, m *types.Map) {
	ty, key, from := f.typ(m.Elem()), f.val(v.Index), f.open(v.X)
	a, ok := "", ""
	if v.CommaOk {
		a, ok = f.tuple(v, 0, ty), f.tuple(v, 1, "bool")
	} else {
		a, ok = f.temp(ty), f.temp("bool")
	}
	x := f.temp("interface{}")
	f.p("if rt.Twin(%s) {\n\t\t%s, %s = rt.TwinGet(%s, %s, %s)\n\t\t%s = %s\n\t} else {\n\t\t%s, %s = %s[%s]\n\t}",
		from, x, ok, from, key, f.zeroVar(ty), a, f.asserted(x, m.Elem()), a, ok, from, key)
	if !v.CommaOk {
		f.set(v, "%s", a)
	}
}

func (f *function) makeChan(v *ssa.MakeChan) {
	ch := v.Type().Underlying().(*types.Chan)
	both := "chan " + f.typ(ch.Elem())
	if ch.Dir() == types.SendRecv {
		f.set(v, "make(%s, %s)", both, f.size(v.Size))
		return
	}
	t, ty := f.temp(both), f.typ(ch)
	f.p("%s = make(%s, %s)", t, both, f.size(v.Size))
	f.set(v, "rt.Conv(%s, %s).(%s)", t, f.zeroVar(ty), ty)
}

func (f *function) slice(v *ssa.Slice) {
	if madeSlice(v.X) {
		array := elem(v.X.Type()).Underlying().(*types.Array)
		capacity := f.temp("int")
		f.p("%s = int(%d)", capacity, array.Len())
		f.make(v, f.size(v.High), capacity)
		return
	}
	if a, ok := v.X.(*ssa.Alloc); ok && a.Comment == "makeslice" {
		n := elem(a.Type()).Underlying().(*types.Array).Len()
		if c, ok := v.High.(*ssa.Const); !ok || !within(c, n+1) {
			h := f.size(v.High)
			f.p("if uint(%s) > uint(%d) {\n\t\trt.Fits(%s, %d, 0)\n\t}", h, n, h, n)
		}
	}
	x := ""
	if _, ok := v.X.Type().Underlying().(*types.Pointer); ok {
		x = f.place(v.X)
	} else {
		x = f.open(v.X)
	}
	lo, hi, limit := "", "", ""
	if v.Low != nil {
		lo = f.bound(v.Low)
	}
	if v.High != nil {
		hi = f.bound(v.High)
	}
	if v.Max != nil {
		limit = ":" + f.bound(v.Max)
	}
	part := x + "[" + lo + ":" + hi + limit + "]"
	if f.shared(v.Type()) && f.compiledNamed(v.Type()) && !f.compiledNamed(v.X.Type()) { // an array of empty interfaces
		ty := f.typ(v.Type())
		f.set(v, "rt.Conv(%s, %s).(%s)", part, f.zeroVar(ty), ty)
		return
	}
	f.set(v, "%s", f.whole(v.Type(), part))
	if _, ok := v.X.Type().Underlying().(*types.Slice); ok && f.shared(v.Type()) && f.names[v] != "" {
		f.p("rt.Part(%s, %s)", f.names[v], x)
	}
}

func (f *function) next(v *ssa.Next) {
	it, ok := f.val(v.Iter), f.tuple(v, 0, "bool")
	f.p("%s = %s.Next()", ok, it)
	used := map[int]bool{}
	for _, r := range *v.Referrers() {
		if x, ok := r.(*ssa.Extract); ok {
			used[x.Index] = true
		}
	}
	m, _ := v.Iter.(*ssa.Range).X.Type().Underlying().(*types.Map)
	tt := v.Type().(*types.Tuple)
	for i, method := range []string{"Key", "Val"} {
		if !used[i+1] {
			continue
		}
		expr, t := it+"."+method+"()", tt.At(i+1).Type()
		if m != nil {
			t = []types.Type{m.Key(), m.Elem()}[i]
			expr = f.asserted(expr, t)
		}
		f.p("if %s {\n\t\t%s = %s\n\t}", ok, f.tuple(v, i+1, f.typ(t)), expr)
	}
}

func (f *function) deferCall(v *ssa.Defer) {
	ds := "ds"
	if v.DeferStack != nil {
		ds = f.val(v.DeferStack)
	}
	if b, ok := v.Common().Value.(*ssa.Builtin); ok && b.Name() == "recover" {
		f.p("%s.PushRecover(rc)", ds)
		return
	}
	fn, args := f.callee(v.Common())
	push := "PushAny"
	if c := v.Common().StaticCallee(); c != nil && !compiled(c) {
		switch asks, known := recovers(c); {
		case !known:
		case asks:
			push = "Push"
		default:
			push = "PushPlain"
		}
	}
	f.p("%s.%s(%s)", ds, push, strings.Join(append([]string{fn}, args...), ", "))
}

func (f *function) selects(v *ssa.Select) {
	args := []string{strconv.FormatBool(v.Blocking)}
	for _, s := range v.States {
		if s.Dir == types.SendOnly {
			args = append(args, "1", f.open(s.Chan), f.val(s.Send))
		} else {
			args = append(args, "2", f.open(s.Chan), "nil")
		}
	}
	i, ok, got := f.tuple(v, 0, "int"), f.tuple(v, 1, "bool"), f.temp("[]interface{}")
	f.p("%s, %s, %s = rt.Select(%s)", i, ok, got, strings.Join(args, ", "))
	k := 2
	for j, s := range v.States {
		if s.Dir == types.SendOnly {
			continue
		}
		t := s.Chan.Type().Underlying().(*types.Chan).Elem()
		f.p("if %s == %d {\n\t\t%s = %s\n\t}", i, j, f.tuple(v, k, f.typ(t)), f.asserted(fmt.Sprintf("%s[%d]", got, j), t))
		k++
	}
}

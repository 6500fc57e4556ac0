package lower

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// A slot costs yaegi an allocation at each call and a node at each use, so what
// can be written in place is: addresses of fields and elements that are only
// loaded from and stored to, allocations that do not escape, comparisons that
// only an if looks at, and values that are used once (nested).

// prepare decides which values are written in place and gives all others a variable.
func (f *function) prepare() {
	for _, b := range f.fn.Blocks {
		for _, in := range b.Instrs {
			switch v := in.(type) {
			case *ssa.FieldAddr:
				f.inPlace[v] = onlyAccessed(v)
			case *ssa.IndexAddr:
				f.inPlace[v] = onlyAccessed(v)
			case *ssa.BinOp:
				f.fused[v] = f.fusable(v)
			}
		}
	}
	for _, b := range f.fn.Blocks {
		f.nest(b)
	}
	for _, b := range f.fn.Blocks {
		for _, in := range b.Instrs {
			f.allot(in)
		}
	}
}

// allot gives the value of an instruction its variable, if it needs one.
func (f *function) allot(in ssa.Instruction) {
	switch v := in.(type) {
	case *ssa.Alloc:
		if madeSlice(v) {
			return
		}
		if !v.Heap && onlyAccessed(v) && !f.defers && sizes.Sizeof(elem(v.Type())) <= muchMemory || f.heldByValue(v) {
			f.locals[v] = "a_" + v.Name()
			f.vars = append(f.vars, variable{"a_" + v.Name(), f.typ(elem(v.Type()))})
			return
		}
	case *ssa.FieldAddr, *ssa.IndexAddr:
		if f.inPlace[v.(ssa.Value)] {
			return
		}
	case *ssa.BinOp:
		if f.fused[v] {
			return
		}
	}
	v, ok := in.(ssa.Value)
	if !ok || f.nested[v] {
		return
	}
	if _, ok := v.Type().(*types.Tuple); ok {
		return
	}
	if _, ok := v.(*ssa.Call); ok && unused(v) {
		return
	}
	ty := ""
	if r, ok := v.(*ssa.Range); ok {
		ty = "*rt.StrIter"
		if _, ok := r.X.Type().Underlying().(*types.Map); ok {
			ty = "*rt.MapIter"
		}
	} else {
		ty = f.typ(v.Type())
	}
	f.names[v] = v.Name()
	f.vars = append(f.vars, variable{v.Name(), ty})
}

func unused(v ssa.Value) bool { return v.Referrers() != nil && len(*v.Referrers()) == 0 }

// onlyAccessed says whether an address is only loaded from and stored to, so that the place can be written instead.
func onlyAccessed(v ssa.Value) bool {
	for _, r := range *v.Referrers() {
		switch r := r.(type) {
		case *ssa.UnOp:
			if r.Op != token.MUL {
				return false
			}
		case *ssa.Store:
			if r.Addr != v || r.Val == v {
				return false
			}
		case *ssa.FieldAddr:
			if !onlyAccessed(r) {
				return false
			}
		case *ssa.IndexAddr:
			if r.X != v || !onlyAccessed(r) {
				return false
			}
		case *ssa.DebugRef:
		default:
			return false
		}
	}
	return true
}

// fusable: the comparison is the last thing before the if that alone uses it.
func (f *function) fusable(v *ssa.BinOp) bool {
	refs, b := *v.Referrers(), v.Block()
	if len(refs) != 1 || !isComparison(v.Op) || !f.simpleOperands(v) {
		return false
	}
	i, ok := refs[0].(*ssa.If)
	n := len(b.Instrs)
	return ok && i.Block() == b && n >= 2 && b.Instrs[n-2] == v
}

func isComparison(op token.Token) bool {
	switch op {
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return true
	}
	return false
}

// simpleOperands: of a basic type that yaegi's operators take, and not both constant.
func (f *function) simpleOperands(v *ssa.BinOp) bool {
	b, ok := v.X.Type().Underlying().(*types.Basic)
	if !ok || b.Info()&types.IsComplex != 0 || b.Kind() == types.UnsafePointer || b.Kind() == types.UntypedNil {
		return false
	}
	_, c1 := v.X.(*ssa.Const)
	_, c2 := v.Y.(*ssa.Const)
	return !(c1 && c2)
}

// effect says what stands in the way of moving an instruction to the place where its value is used.
type effect int

const (
	fixed effect = iota // cannot be moved
	pure                // computes from its operands only
	reads               // also reads memory or may panic
	calls               // calls a lowered function
)

func (f *function) effect(in ssa.Instruction) effect {
	switch v := in.(type) {
	case *ssa.BinOp:
		if !f.simpleOperands(v) {
			return fixed
		}
		switch v.Op {
		case token.QUO, token.REM, token.SHL, token.SHR:
			return reads
		}
		return pure
	case *ssa.Convert:
		from, ok1 := v.X.Type().Underlying().(*types.Basic)
		to, ok2 := v.Type().Underlying().(*types.Basic)
		if ok1 && ok2 && from.Info()&types.IsNumeric != 0 && to.Info()&types.IsNumeric != 0 &&
			(from.Info()|to.Info())&types.IsComplex == 0 && f.typ(v.X.Type()) != f.typ(v.Type()) {
			return pure
		}
	case *ssa.UnOp:
		switch v.Op {
		case token.NOT, token.XOR:
			return pure
		case token.MUL:
			return f.loadEffect(v)
		}
	case *ssa.Lookup:
		return f.lookupEffect(v)
	case *ssa.Call:
		return f.callEffect(v)
	}
	return fixed
}

// lookupEffect: looking up a key of a basic type changes nothing and doesn't panic, and
// an index into a string reads as one into a slice does.
func (f *function) lookupEffect(v *ssa.Lookup) effect {
	_, key := v.Index.Type().Underlying().(*types.Basic)
	if !v.CommaOk && key && isNumeric(v.Type()) && !f.isCut(v.X.Type()) && !f.isCut(v.Index.Type()) && !f.isCut(v.Type()) {
		return reads
	}
	return fixed
}

func isNumeric(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsNumeric != 0
}

func (f *function) loadEffect(v *ssa.UnOp) effect {
	if f.isCut(v.Type()) {
		return fixed
	}
	if x, ok := v.X.(*ssa.FieldAddr); ok && f.foreignField(x) {
		return fixed
	}
	_, slice := v.Type().Underlying().(*types.Slice)
	if isNumeric(v.Type()) || slice {
		switch v.X.(type) {
		case *ssa.Alloc, *ssa.FreeVar, *ssa.Global, *ssa.IndexAddr, *ssa.FieldAddr:
			return reads
		}
	}
	return fixed
}

func (f *function) callEffect(v *ssa.Call) effect {
	if b, ok := v.Call.Value.(*ssa.Builtin); ok {
		if b.Name() != "len" && b.Name() != "cap" || isNilConst(v.Call.Args[0]) {
			return fixed
		}
		if _, ok := v.Call.Args[0].Type().Underlying().(*types.Pointer); ok {
			return fixed
		}
		return reads
	}
	fn := v.Call.StaticCallee()
	if fn == nil || v.Call.IsInvoke() || compiled(fn) || f.guardsZeros(&v.Call) || v.Call.Signature().Results().Len() != 1 {
		return fixed
	}
	if isNumeric(v.Type()) {
		return calls
	}
	return fixed
}

// nest marks the values of a block that are written where they are used. It goes
// backwards and keeps, for each instruction, the index at which it will in the
// end be evaluated.
func (f *function) nest(b *ssa.BasicBlock) {
	final := map[ssa.Instruction]int{}
	for i := len(b.Instrs) - 1; i >= 0; i-- {
		in := b.Instrs[i]
		final[in] = i
		v, ok := in.(ssa.Value)
		if !ok || v.Referrers() == nil {
			continue
		}
		if ia, ok := in.(*ssa.IndexAddr); ok && f.inPlace[ia] && len(*ia.Referrers()) == 1 && (*ia.Referrers())[0].Block() == b {
			final[in] = final[(*ia.Referrers())[0]]
			continue
		}
		if f.fused[v] {
			final[in] = len(b.Instrs)
			continue
		}
		eff := f.effect(in)
		if eff == fixed || len(*v.Referrers()) != 1 {
			continue
		}
		user := (*v.Referrers())[0]
		if eff != pure && !f.sameLine(in, user) {
			continue // a traceback names the line
		}
		if _, ok := user.(*ssa.Return); ok && eff == reads && isOperation(v) {
			continue // yaegi's frame would not tell a traceback which operation it is
		}
		end, ok := f.nestable(b, v, user, final)
		if !ok {
			continue
		}
		switch user.(type) {
		case *ssa.Phi, *ssa.MapUpdate:
			if eff == calls {
				continue
			}
		}
		between := b.Instrs[i+1 : min(end, len(b.Instrs))]
		if f.inTheWay(between, eff) || eff == reads && f.overtakes(in, between, end, final) {
			continue
		}
		f.nested[v] = true
		final[in] = end
	}
}

func isOperation(v ssa.Value) bool {
	_, ok := v.(*ssa.BinOp)
	return ok
}

// sameLine: two instructions come from one line, as far as that is known.
func (f *function) sameLine(a, b ssa.Instruction) bool {
	p, q := f.posOf(a), f.posOf(b)
	return !p.IsValid() || !q.IsValid() || f.prog.Fset.Position(p).Line == f.prog.Fset.Position(q).Line
}

// posOf is where an instruction comes from; many have no position of their own.
func (f *function) posOf(in ssa.Instruction) token.Pos {
	if p := in.Pos(); p.IsValid() {
		return p
	}
	if v, ok := in.(*ssa.UnOp); ok && v.Op == token.MUL {
		return v.X.Pos()
	}
	return token.NoPos
}

// nestable: the user of v can take an expression in v's place; end is where the user is evaluated.
func (f *function) nestable(b *ssa.BasicBlock, v ssa.Value, user ssa.Instruction, final map[ssa.Instruction]int) (end int, ok bool) {
	if phi, ok := user.(*ssa.Phi); ok {
		n := 0
		for k, e := range phi.Edges {
			if e == v {
				n++
				if phi.Block().Preds[k] != b {
					n = 2
				}
			}
		}
		return len(b.Instrs), n == 1 && len(b.Succs) == 1
	}
	if user.Block() != b {
		return 0, false
	}
	switch r := user.(type) {
	case *ssa.Store, *ssa.If, *ssa.Return:
	case *ssa.MapUpdate:
		if f.isCut(r.Map.Type()) || f.shared(r.Map.Type()) || r.Map == v {
			return 0, false
		}
	case *ssa.BinOp, *ssa.Convert, *ssa.UnOp, *ssa.Lookup:
		if f.effect(user) == fixed {
			return 0, false
		}
	case *ssa.IndexAddr:
		if f.shared(r.X.Type()) || !f.inPlace[r] || len(*r.Referrers()) != 1 || (*r.Referrers())[0].Block() != b {
			return 0, false
		}
	case *ssa.Call:
		if r.Call.IsInvoke() || r.Call.Value == v || f.guardsZeros(&r.Call) {
			return 0, false
		}
		if bi, ok := r.Call.Value.(*ssa.Builtin); ok && bi.Name() != "append" {
			return 0, false
		}
		if fn := r.Call.StaticCallee(); fn != nil && compiled(fn) {
			return 0, false
		}
	default:
		return 0, false
	}
	return final[user], true
}

// overtakes: a load from another line would be before in, which moves to end: of two
// loads that fail, the first is told of.
func (f *function) overtakes(in ssa.Instruction, between []ssa.Instruction, end int, final map[ssa.Instruction]int) bool {
	return slices.ContainsFunc(between, func(x ssa.Instruction) bool {
		u, ok := x.(*ssa.UnOp)
		return ok && u.Op == token.MUL && final[x] < end && !f.sameLine(in, x)
	})
}

// inTheWay: a value with this effect may not move behind all of these instructions.
func (f *function) inTheWay(between []ssa.Instruction, eff effect) bool {
	for _, in := range between {
		switch eff {
		case calls:
			if x, ok := in.(ssa.Value); !ok || !f.nested[x] && f.effect(in) != pure {
				return true
			}
		case reads:
			switch x := in.(type) {
			case *ssa.Store, *ssa.MapUpdate, *ssa.Send, *ssa.Go, *ssa.Defer, *ssa.RunDefers, *ssa.Select, *ssa.Next, *ssa.Panic, *ssa.TypeAssert:
				return true
			case *ssa.Call:
				if _, ok := x.Call.Value.(*ssa.Builtin); !ok || !f.nested[x] {
					return true
				}
			case *ssa.UnOp:
				if x.Op == token.ARROW {
					return true
				}
			}
		}
	}
	return false
}

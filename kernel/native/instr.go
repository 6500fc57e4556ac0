package native

import (
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/nascent-go/nascent/kernel/native/wasm"
)

// instr writes one instruction; jumps are for the blocks that they end.
func (t *translator) instr(in ssa.Instruction) {
	switch v := in.(type) {
	case *ssa.DebugRef, *ssa.Phi, *ssa.Jump, *ssa.If:
	case *ssa.Alloc:
		t.alloc(v)
	case *ssa.Store:
		if t.dry {
			t.beginsIn(v)
		}
		t.store(t.spot(v.Addr), v.Val)
	case *ssa.UnOp:
		t.unop(v)
	case *ssa.BinOp:
		t.binop(v)
	case *ssa.Convert:
		t.convert(v)
	case *ssa.ChangeType:
		t.values[v] = t.copyOf(v.X)
	case *ssa.FieldAddr:
		t.fieldAddr(v)
	case *ssa.IndexAddr:
		t.indexAddr(v)
	case *ssa.Field:
		first, n := t.part(v.X.Type(), v.Field)
		if ls, ok := t.values[v.X]; ok {
			t.values[v] = ls[first : first+n]
			return
		}
		for i := range n {
			t.number(v.X, first+i)
		}
		t.set(v)
	case *ssa.Extract:
		tuple := v.Tuple.Type().(*types.Tuple)
		first := 0
		for i := range v.Index {
			first += len(t.numbers(tuple.At(i).Type(), v.Pos()))
		}
		t.values[v] = t.values[v.Tuple][first : first+len(t.numbers(v.Type(), v.Pos()))]
	case *ssa.Index:
		t.index1(v)
	case *ssa.Lookup:
		t.lookup(v)
	case *ssa.MakeSlice:
		t.makeSlice(v)
	case *ssa.Slice:
		t.slice(v)
	case *ssa.Call:
		t.call(v)
	case *ssa.MakeInterface:
		for _, r := range *v.Referrers() {
			if _, ok := r.(*ssa.Panic); !ok {
				t.unfit(v.Pos(), "interfaces ("+typeName(v.Type())+")")
			}
		}
	case *ssa.Panic:
		t.panics1(v)
	case *ssa.Return:
		for _, r := range v.Results {
			t.push(r)
		}
		t.leave()
		t.code.Op(wasm.Return)
	default:
		t.unfit(in.Pos(), whatIs(in))
	}
}

// whatIs is an instruction in words.
func whatIs(in ssa.Instruction) string {
	switch v := in.(type) {
	case *ssa.Go:
		return "go statements"
	case *ssa.Defer, *ssa.RunDefers:
		return "deferred calls"
	case *ssa.Send, *ssa.MakeChan, *ssa.Select:
		return "channels"
	case *ssa.MakeMap, *ssa.MapUpdate:
		return "maps"
	case *ssa.MakeClosure:
		return "closures"
	case *ssa.TypeAssert, *ssa.ChangeInterface:
		return "interfaces"
	case *ssa.Range, *ssa.Next:
		return "ranging over a map or a string"
	default:
		return "an instruction (" + v.String() + ")"
	}
}

// copyOf are the variables that hold a value, which is put into some if it is in none.
func (t *translator) copyOf(v ssa.Value) []uint32 {
	if ls, ok := t.values[v]; ok {
		return ls
	}
	ls := []uint32{}
	for _, l := range t.numbers(v.Type(), v.Pos()) {
		ls = append(ls, t.local(l.kind.typ()))
	}
	t.push(v)
	t.pop(ls)
	return ls
}

// part finds the leaves of a field or an element of a type.
func (t *translator) part(typ types.Type, i int) (first, n int) {
	switch u := typ.Underlying().(type) {
	case *types.Struct:
		for j := range i {
			first += len(t.numbers(u.Field(j).Type(), token.NoPos))
		}
		return first, len(t.numbers(u.Field(i).Type(), token.NoPos))
	case *types.Array:
		n = len(t.numbers(u.Elem(), token.NoPos))
		return i * n, n
	}
	t.unfit(token.NoPos, "a part of type "+typeName(typ))
	return 0, 0
}

// spot is what an address means, which is checked not to be nil.
func (t *translator) spot(v ssa.Value) spot {
	s := t.unchecked(v)
	if s.mayNil {
		t.code.Get(s.base)
		t.code.Op(wasm.I32Eqz)
		t.failIf(faultNil)
		s.mayNil = false
	}
	return s
}

// unchecked is what an address means, which may be nil.
func (t *translator) unchecked(v ssa.Value) spot {
	if s, ok := t.spots[v]; ok {
		return s
	}
	if g, ok := v.(*ssa.Global); ok {
		t.memory(pointee(g), g.Pos())
		s := spot{base: t.variable(g), global: true}
		t.spots[g] = s
		return s
	}
	t.memory(pointee(v), v.Pos())
	return spot{base: t.copyOf(v)[0], mayNil: true}
}

// inner says whether an address is only there for that of a part: go/ssa finds it before
// it evaluates what is written to the part, but it fails after that.
func inner(v ssa.Value) bool {
	rs := *v.Referrers()
	if len(rs) != 1 {
		return false
	}
	switch rs[0].(type) {
	case *ssa.FieldAddr, *ssa.IndexAddr:
		return true
	}
	return false
}

// outerSpot is the spot of what v is a part of, checked unless v is inner.
func (t *translator) outerSpot(v, outer ssa.Value) spot {
	if inner(v) {
		return t.unchecked(outer)
	}
	return t.spot(outer)
}

func (t *translator) fieldAddr(v *ssa.FieldAddr) {
	s := t.outerSpot(v, v.X)
	if s.vars != nil {
		first, n := t.part(pointee(v.X), v.Field)
		t.spots[v] = spot{vars: s.vars[first : first+n]}
		return
	}
	t.memory(pointee(v), v.Pos())
	u := pointee(v.X).Underlying().(*types.Struct)
	var fields []*types.Var
	for f := range u.Fields() {
		fields = append(fields, f)
	}
	s.offset += sizes.Offsetsof(fields)[v.Field]
	t.spots[v] = s
}

// indexAddr is the address of an element.
func (t *translator) indexAddr(v *ssa.IndexAddr) {
	p, array := v.X.Type().Underlying().(*types.Pointer)
	if !array { // a slice
		elem := t.memory(v.X.Type().Underlying().(*types.Slice).Elem(), v.Pos())
		s := t.copyOf(v.X)
		t.checkIndex(v.Index, t.get(s[1]))
		t.code.Get(s[0])
		t.addIndex(v.Index, elem.size)
		base := t.local(wasm.I32)
		t.code.Set(base)
		t.spots[v] = spot{base: base}
		return
	}
	at := p.Elem().Underlying().(*types.Array)
	s := t.unchecked(v.X)
	if s.vars != nil {
		i, _ := constant.Int64Val(v.Index.(*ssa.Const).Value)
		first, n := t.part(at, int(i))
		t.spots[v] = spot{vars: s.vars[first : first+n]}
		return
	}
	elem := t.memory(at.Elem(), v.Pos())
	if c, ok := v.Index.(*ssa.Const); ok {
		if i, exact := constant.Int64Val(constant.ToInt(c.Value)); exact && i >= 0 && i < at.Len() {
			s = t.outerSpot(v, v.X)
			s.offset += i * elem.size
			t.spots[v] = s
			return
		}
	}
	s = t.spot(v.X)
	t.checkIndex(v.Index, func() { t.code.I64(at.Len()) })
	t.address(s)
	t.addIndex(v.Index, elem.size)
	base := t.local(wasm.I32)
	t.code.Set(base)
	t.spots[v] = spot{base: base}
}

// checkIndex fails if an index is not below the length.
func (t *translator) checkIndex(index ssa.Value, length func()) {
	t.push64(index)
	length()
	t.code.Op(wasm.I64GeU)
	why := faultIndex
	if k := t.kindOf(index); k == kindUint64 {
		why = faultIndexU
	}
	t.failIf(why, func() { t.push64(index) }, length)
}

// addIndex adds an index times a size to the address on the stack.
func (t *translator) addIndex(index ssa.Value, size int64) {
	t.number(index, 0)
	if t.kindOf(index).typ() == wasm.I64 {
		t.code.Op(wasm.I32WrapI64)
	}
	if size&(size-1) == 0 {
		n := int32(0)
		for 1<<n < size {
			n++
		}
		if n > 0 {
			t.code.I32(n)
			t.code.Op(wasm.I32Shl)
		}
	} else {
		t.code.I32(int32(size))
		t.code.Op(wasm.I32Mul)
	}
	t.code.Op(wasm.I32Add)
}

// push64 puts an integer on the stack as one of 64 bits.
func (t *translator) push64(v ssa.Value) {
	t.number(v, 0)
	t.widen(t.kindOf(v))
}

// widen makes the integer on the stack one of 64 bits.
func (t *translator) widen(k kind) {
	switch {
	case k.typ() == wasm.I64:
	case k.signed():
		t.code.Op(wasm.I64ExtendI32S)
	default:
		t.code.Op(wasm.I64ExtendI32U)
	}
}

// load reads a value.
func (t *translator) load(v ssa.Value, s spot) {
	if offset, ok := t.offsets[v]; ok {
		t.spots[v] = spot{base: t.frame, offset: offset}
		t.address(t.spots[v])
		t.address(s)
		size := t.shape(v.Type(), v.Pos()).size
		t.code.I32(int32(size))
		t.code.MemoryCopy()
		t.movedBytes(size)
		return
	}
	ls := t.numbers(v.Type(), v.Pos())
	if s.vars != nil {
		to := t.result(v)
		for _, l := range s.vars {
			t.code.Get(l)
		}
		t.pop(to)
		return
	}
	to := t.result(v)
	for i, l := range ls {
		if l.kind == kindPointer {
			continue
		}
		t.read(s, l)
		t.code.Set(to[i])
	}
	for i, l := range ls { // what they need is read then
		if l.kind == kindPointer {
			t.readPointer(s, l, to[i], to[i+2])
		}
	}
}

func isArray(t types.Type) bool {
	_, ok := t.Underlying().(*types.Array)
	return ok
}

// base puts the address of a spot on the stack and returns what is to be added to it.
func (t *translator) base(s spot) uint32 {
	t.pushBase(s)
	return uint32(s.offset)
}

// read puts a leaf of what lies in memory on the stack.
func (t *translator) read(s spot, l leaf) {
	offset := t.base(s)
	t.code.Access(accesses[l.kind].load, offset+uint32(l.offset))
}

// readPointer reads the address that a slice in memory begins with.
func (t *translator) readPointer(s spot, l leaf, to, capacity uint32) {
	if l.role != ofSlice {
		t.unfit(token.NoPos, "pointers in memory")
	}
	x := t.temp(wasm.I64, 0)
	offset := t.base(s)
	t.code.Access(wasm.I64Load, offset+uint32(l.offset))
	t.code.I64(t.windowBase())
	t.code.Op(wasm.I64Sub)
	t.code.Tee(x)
	t.code.Op(wasm.I32WrapI64)
	t.code.Set(to)
	t.code.Get(x)
	t.code.I64(32)
	t.code.Op(wasm.I64ShrU, wasm.I64Eqz, wasm.I32Eqz)
	t.code.If()
	t.code.Get(capacity)
	t.code.Op(wasm.I64Eqz, wasm.I32Eqz)
	t.failIf(faultOutside)
	t.code.Get(x) // nil, or what a slice without capacity points to
	t.code.I64(-t.windowBase())
	t.code.Op(wasm.I64Ne)
	t.code.Set(to)
	t.code.Op(wasm.End)
}

func (t *translator) windowBase() int64 {
	if t.dry {
		return 1 << 40
	}
	return int64(t.window.base)
}

// store writes a value.
func (t *translator) store(s spot, v ssa.Value) {
	size := t.shape(v.Type(), v.Pos()).size
	if from, ok := t.spots[v]; ok && isArray(v.Type()) {
		t.address(s)
		t.address(from)
		t.code.I32(int32(size))
		t.code.MemoryCopy()
		t.movedBytes(size)
		return
	}
	if c, ok := v.(*ssa.Const); ok && c.Value == nil && s.vars == nil && size > 64 && !t.memory(v.Type(), v.Pos()).pointers {
		t.address(s)
		t.code.I32(0)
		t.code.I32(int32(size))
		t.code.MemoryFill()
		t.movedBytes(size)
		return
	}
	ls := t.numbers(v.Type(), v.Pos())
	if s.vars != nil {
		t.push(v)
		t.pop(s.vars)
		return
	}
	for i, l := range ls {
		t.write(s, l, func() { t.number(v, i) })
	}
}

// write writes a leaf.
func (t *translator) write(s spot, l leaf, push func()) {
	offset := t.base(s) + uint32(l.offset)
	if l.kind == kindPointer {
		t.code.I32(int32(offset))
		t.code.Op(wasm.I32Add)
		push()
		t.code.Call(hostSet)
		return
	}
	push()
	t.code.Access(accesses[l.kind].store, offset)
}

// alloc makes a variable.
func (t *translator) alloc(v *ssa.Alloc) {
	typ := pointee(v)
	s, ok := t.spots[v]
	if ok && s.vars != nil {
		for _, l := range s.vars {
			t.code.Zero(t.locals[l])
			t.code.Set(l)
		}
		return
	}
	if offset, ok := t.offsets[v]; ok {
		s := spot{base: t.frame, offset: offset}
		t.spots[v] = s
		size := (sizes.Sizeof(typ) + 7) &^ 7
		if size <= 64 {
			for i := int64(0); i < size; i += 8 {
				t.code.Get(t.frame)
				t.code.I64(0)
				t.code.Access(wasm.I64Store, uint32(offset+i))
			}
			return
		}
		t.address(s)
		t.code.I32(0)
		t.code.I32(int32(size))
		t.code.MemoryFill()
		t.movedBytes(size)
		return
	}
	n := int64(1)
	elem := typ
	if a, ok := typ.Underlying().(*types.Array); ok {
		elem, n = a.Elem(), a.Len()
	}
	t.memory(elem, v.Pos())
	t.makes()
	t.code.I32(t.typeIDOf(elem))
	t.code.I64(n)
	t.code.I64(n)
	t.code.Call(hostAlloc)
	base := t.local(wasm.I32)
	t.code.Set(base)
	t.refused(base)
	t.spots[v] = spot{base: base}
}

// makes notes that the function makes an object here.
func (t *translator) makes() {
	if t.dry {
		t.makesIn(t.block)
	}
}

func (t *translator) makesIn(b *ssa.BasicBlock) { t.facts.makes.note(t.graph.inLoop[b]) }

// beginsIn notes that slices begin anew where a value is written; those that are appended
// to a slice are no others' successors.
func (t *translator) beginsIn(v *ssa.Store) {
	if a := variableOf(v.Addr); a != nil && a.Comment == "varargs" {
		return
	}
	if t.shape(v.Val.Type(), v.Pos()).pointers && begins(v.Val) {
		t.facts.begins.note(t.graph.inLoop[t.block])
	}
}

// begins says whether a value has slices that begin anew where it is written: what is
// appended there is not what was made before.
func begins(v ssa.Value) bool {
	switch x := v.(type) {
	case *ssa.Const, *ssa.Parameter:
		return true
	case *ssa.ChangeType:
		return begins(x.X)
	case *ssa.Slice:
		return x.Max != nil
	}
	return false
}

func (t *translator) typeIDOf(typ types.Type) int32 {
	if t.dry {
		return 0
	}
	return t.typeID(typ)
}

func (t *translator) makeSlice(v *ssa.MakeSlice) {
	elem := v.Type().Underlying().(*types.Slice).Elem()
	if t.memory(elem, v.Pos()).size == 0 {
		t.unfit(v.Pos(), "elements without a size")
	}
	t.makes()
	r := t.result(v)
	t.push64(v.Len)
	t.code.Set(r[1])
	t.push64(v.Cap)
	t.code.Set(r[2])
	t.code.I32(t.typeIDOf(elem))
	t.code.Get(r[1])
	t.code.Get(r[2])
	t.code.Call(hostAlloc)
	t.code.Set(r[0])
	t.refused(r[0])
}

// refused fails if an object that was to be made has no address.
func (t *translator) refused(at uint32) {
	t.code.Get(at)
	t.code.Op(wasm.I32Eqz)
	t.failIf(faultRefused)
}

// slice is s[low:high:max] of a slice, a string or an array.
func (t *translator) slice(v *ssa.Slice) {
	if t.varargs[v] != nil {
		return
	}
	var base, length, capacity func()
	size, fixed, text := int64(1), false, false
	switch u := v.X.Type().Underlying().(type) {
	case *types.Slice:
		size = t.memory(u.Elem(), v.Pos()).size
		s := t.copyOf(v.X)
		base, length, capacity = t.get(s[0]), t.get(s[1]), t.get(s[2])
	case *types.Pointer:
		a := u.Elem().Underlying().(*types.Array)
		size, fixed = t.memory(a.Elem(), v.Pos()).size, true
		s := t.spot(v.X)
		base = func() { t.address(s) }
		length = func() { t.code.I64(a.Len()) }
		capacity = length
		if size == 0 || a.Len() == 0 {
			t.unfit(v.Pos(), "elements without a size")
		}
		if v.Max != nil {
			t.unfit(v.Pos(), "a[low:high:max] of an array")
		}
	default: // a string
		text = true
		s := t.copyOf(v.X)
		base, length, capacity = t.get(s[0]), t.get(s[1]), t.get(s[1])
	}
	low, high, limit := t.local(wasm.I64), t.local(wasm.I64), t.local(wasm.I64)
	bound := func(x ssa.Value, def func(), to uint32) {
		if x == nil {
			def()
		} else {
			if t.kindOf(x) == kindUint64 {
				t.unfit(v.Pos(), "unsigned slice bounds")
			}
			t.push64(x)
		}
		t.code.Set(to)
	}
	bound(v.Low, func() { t.code.I64(0) }, low)
	bound(v.High, length, high)
	bound(v.Max, capacity, limit)
	why, operands := faultSlice, []func(){t.get(low), t.get(high), capacity}
	switch {
	case v.Max != nil:
		why, operands = faultSlice3, []func(){t.get(low), t.get(high), t.get(limit), capacity}
		t.code.Get(limit)
		capacity()
		t.code.Op(wasm.I64GtU)
		t.failIf(why, operands...)
	case text || fixed:
		why = faultString
		if a, ok := v.X.(*ssa.Alloc); ok && a.Comment == "makeslice" {
			why, operands = faultMake, []func(){t.get(high), capacity, func() { t.code.I64(size) }}
		}
	}
	t.code.Get(high)
	t.code.Get(limit)
	t.code.Op(wasm.I64GtU)
	t.code.Get(low)
	t.code.Get(high)
	t.code.Op(wasm.I64GtU, wasm.I32Or)
	t.failIf(why, operands...)
	r := t.result(v)
	// An empty part at the end of an object must not point behind it.
	base()
	t.code.Get(low)
	t.code.Op(wasm.I32WrapI64)
	t.code.I32(int32(size))
	t.code.Op(wasm.I32Mul)
	t.code.I32(0)
	t.code.Get(limit)
	t.code.Get(low)
	t.code.Op(wasm.I64Ne, wasm.Select, wasm.I32Add)
	t.code.Set(r[0])
	t.code.Get(high)
	t.code.Get(low)
	t.code.Op(wasm.I64Sub)
	t.code.Set(r[1])
	if !text {
		t.code.Get(limit)
		t.code.Get(low)
		t.code.Op(wasm.I64Sub)
		t.code.Set(r[2])
	}
}

// lookup is an index into a string.
func (t *translator) lookup(v *ssa.Lookup) {
	if _, ok := v.X.Type().Underlying().(*types.Basic); !ok {
		t.unfit(v.Pos(), "maps")
	}
	t.byteOf(v, v.X, v.Index)
}

// byteOf is the value v, which is a byte of a string.
func (t *translator) byteOf(v, text, index ssa.Value) {
	s := t.copyOf(text)
	t.checkIndex(index, t.get(s[1]))
	t.code.Get(s[0])
	t.addIndex(index, 1)
	t.code.Access(wasm.I32Load8U, 0)
	t.set(v)
}

// index1 is an element of an array that is a value.
func (t *translator) index1(v *ssa.Index) {
	a, ok := v.X.Type().Underlying().(*types.Array)
	if !ok {
		t.lookupString(v)
		return
	}
	if s, ok := t.spots[v.X]; ok { // in memory
		elem := t.shape(a.Elem(), v.Pos())
		t.checkIndex(v.Index, func() { t.code.I64(a.Len()) })
		t.address(s)
		t.addIndex(v.Index, elem.size)
		base := t.local(wasm.I32)
		t.code.Set(base)
		t.load(v, spot{base: base})
		return
	}
	ls := t.copyOf(v.X)
	t.checkIndex(v.Index, func() { t.code.I64(a.Len()) })
	n := len(t.numbers(a.Elem(), v.Pos()))
	r := t.result(v)
	for i := range a.Len() {
		t.push64(v.Index)
		t.code.I64(i)
		t.code.Op(wasm.I64Eq)
		t.code.If()
		for j := range n {
			t.code.Get(ls[int(i)*n+j])
			t.code.Set(r[j])
		}
		t.code.Op(wasm.End)
	}
}

// lookupString is an index into a string that go/ssa has no Lookup for: of type parameters.
func (t *translator) lookupString(v *ssa.Index) {
	if b, ok := v.X.Type().Underlying().(*types.Basic); !ok || b.Info()&types.IsString == 0 {
		t.unfit(v.Pos(), "an index into type "+typeName(v.X.Type()))
	}
	t.byteOf(v, v.X, v.Index)
}

// panics1 is a call of panic.
func (t *translator) panics1(v *ssa.Panic) {
	m, ok := v.X.(*ssa.MakeInterface)
	if !ok {
		t.unfit(v.Pos(), "interfaces")
	}
	b, ok := m.X.Type().(*types.Basic)
	if !ok || isComplex(b) || b.Kind() == types.UntypedNil {
		t.unfit(v.Pos(), "a panic with a value of type "+typeName(m.X.Type()))
	}
	id := 0
	if !t.dry {
		id = len(t.unit.panics)
		t.unit.panics = append(t.unit.panics, panicValue(t.window, b))
	}
	ls := t.numbers(b, v.Pos())
	operands := []func(){func() { t.code.I64(int64(id)) }}
	for i, l := range ls {
		operands = append(operands, func() {
			t.number(m.X, i)
			switch l.kind {
			case kindFloat32:
				t.code.Op(wasm.I32ReinterpretF32, wasm.I64ExtendI32U)
			case kindFloat64:
				t.code.Op(wasm.I64ReinterpretF64)
			case kindPointer:
				t.code.Op(wasm.I64ExtendI32U)
			default:
				t.widen(l.kind)
			}
		})
	}
	t.fail(faultPanic, operands...)
}

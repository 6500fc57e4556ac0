package native

import (
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/nascent-go/nascent/kernel/native/wasm"
)

// translator writes the code of one function.
type translator struct {
	*unit
	fn     *ssa.Function
	graph  *graph
	code   wasm.Code
	locals []wasm.Type // parameters included
	scopes []scope
	block  *ssa.BasicBlock
	pos    token.Pos
	marks  []mark

	values map[ssa.Value][]uint32 // the local variables that hold a value
	spots  map[ssa.Value]spot     // what addresses mean

	loops   bool
	fuel    uint32                   // the variable that holds the fuel, if there are loops
	frame   uint32                   // the variable that holds the address of the local variables
	size    int64                    // of them
	offsets map[ssa.Value]int64      // of what is in the frame
	varargs map[ssa.Value]*ssa.Alloc // slices that only append sees
	temps   map[wasm.Type][]uint32
}

// mark is where code that can fail comes from.
type mark struct {
	offset int
	pos    token.Pos
	callee *ssa.Function // nil if it is no call
}

// spot is what an address means.
type spot struct {
	vars   []uint32 // local variables, if it is no address in memory
	base   uint32   // else the variable that holds the address
	global bool     // base is the number of a variable of the module
	offset int64
	mayNil bool // base may hold nil, and nothing has failed for that yet
}

// unfit ends the translation.
func (t *translator) unfit(pos token.Pos, what string) {
	if !pos.IsValid() {
		pos = t.pos
	}
	if !pos.IsValid() {
		pos = t.fn.Pos()
	}
	panic(&Unfit{pos, what})
}

// translate writes a function.
func (t *translator) translate(fn *ssa.Function) (sig wasm.FuncType, unfit *Unfit) {
	defer func() {
		if r := recover(); r != nil {
			u, ok := r.(*Unfit)
			if !ok {
				panic(r)
			}
			unfit = u
		}
	}()
	t.fn, t.pos = fn, fn.Pos()
	t.values, t.spots = map[ssa.Value][]uint32{}, map[ssa.Value]spot{}
	t.offsets, t.varargs, t.temps = map[ssa.Value]int64{}, map[ssa.Value]*ssa.Alloc{}, map[wasm.Type][]uint32{}
	switch {
	case len(fn.Blocks) == 0:
		t.unfit(fn.Pos(), "it has no Go body")
	case len(fn.FreeVars) > 0:
		t.unfit(fn.Pos(), "it is a closure over variables")
	case fn.Recover != nil:
		t.unfit(fn.Pos(), "it defers calls")
	case fn.TypeParams().Len() > len(fn.TypeArgs()):
		t.unfit(fn.Pos(), "it is generic")
	}
	for _, p := range fn.Params {
		for _, l := range t.numbers(p.Type(), p.Pos()) {
			t.values[p] = append(t.values[p], uint32(len(t.locals)))
			sig.Params = append(sig.Params, l.kind.typ())
			t.locals = append(t.locals, l.kind.typ())
		}
	}
	for _, l := range t.numbers(fn.Signature.Results(), fn.Pos()) {
		sig.Results = append(sig.Results, l.kind.typ())
	}
	g, ok := newGraph(fn, t.weight)
	if !ok {
		t.unfit(fn.Pos(), "it jumps into a loop")
	}
	t.graph, t.loops = g, len(g.loop) > 0
	t.layOut()
	t.enter()
	t.tree(fn.Blocks[0])
	t.code.Op(wasm.Unreachable, wasm.End)
	return sig, nil
}

// numbers are the leaves of a type.
func (t *translator) numbers(typ types.Type, pos token.Pos) []leaf {
	s := t.shape(typ, pos)
	if s.count > maxLeaves {
		t.unfit(pos, "values of type "+typeName(typ)+" are large")
	}
	return s.leaves
}

func (t *translator) shape(typ types.Type, pos token.Pos) *shape {
	s, why := t.shapes.of(typ)
	if why != "" {
		t.unfit(pos, why)
	}
	return s
}

// memory is the shape of what lies in memory.
func (t *translator) memory(typ types.Type, pos token.Pos) *shape {
	s := t.shape(typ, pos)
	switch {
	case s.strings:
		t.unfit(pos, "strings in memory ("+typeName(typ)+")")
	case s.direct:
		t.unfit(pos, "pointers in memory ("+typeName(typ)+")")
	}
	return s
}

// local makes a local variable.
func (t *translator) local(typ wasm.Type) uint32 {
	t.locals = append(t.locals, typ)
	return uint32(len(t.locals) - 1)
}

// temp is a local variable that keeps its value during one instruction.
func (t *translator) temp(typ wasm.Type, n int) uint32 {
	for len(t.temps[typ]) <= n {
		t.temps[typ] = append(t.temps[typ], t.local(typ))
	}
	return t.temps[typ][n]
}

// result is the variables for the value of an instruction.
func (t *translator) result(v ssa.Value) []uint32 {
	if ls, ok := t.values[v]; ok {
		return ls
	}
	ls := []uint32{}
	for _, l := range t.numbers(v.Type(), v.Pos()) {
		ls = append(ls, t.local(l.kind.typ()))
	}
	t.values[v] = ls
	return ls
}

// set takes the value of an instruction from the stack.
func (t *translator) set(v ssa.Value) { t.pop(t.result(v)) }

func (t *translator) pop(ls []uint32) {
	for i := range ls {
		t.code.Set(ls[len(ls)-1-i])
	}
}

// push puts a value on the stack.
func (t *translator) push(v ssa.Value) {
	for i := range t.numbers(v.Type(), v.Pos()) {
		t.number(v, i)
	}
}

// number puts a leaf of a value on the stack.
func (t *translator) number(v ssa.Value, i int) {
	if ls, ok := t.values[v]; ok {
		t.code.Get(ls[i])
		return
	}
	if s, ok := t.spots[v]; ok {
		t.address(s)
		return
	}
	switch v := v.(type) {
	case *ssa.Const:
		t.constant(v, i)
		return
	case *ssa.Global:
		t.address(t.spot(v))
		return
	case *ssa.Function:
		t.unfit(v.Pos(), "function values")
	}
	t.unfit(v.Pos(), "a value that is no number")
}

func (t *translator) constant(c *ssa.Const, i int) {
	l := t.numbers(c.Type(), token.NoPos)[i]
	if c.Value == nil {
		t.code.Zero(l.kind.typ())
		return
	}
	if l.role == ofString || i == 1 && c.Value.Kind() == constant.String {
		s := constant.StringVal(c.Value)
		if i == 1 {
			t.code.I64(int64(len(s)))
			return
		}
		at, why := t.text(s)
		if why != "" {
			t.unfit(token.NoPos, why)
		}
		t.code.I32(int32(at))
		return
	}
	x := c.Value
	if isComplex(c.Type()) {
		if i == 0 {
			x = constant.Real(x)
		} else {
			x = constant.Imag(x)
		}
	}
	switch l.kind {
	case kindBool:
		n := int32(0)
		if constant.BoolVal(x) {
			n = 1
		}
		t.code.I32(n)
	case kindFloat32:
		f, _ := constant.Float32Val(constant.ToFloat(x))
		t.code.F32(f)
	case kindFloat64:
		f, _ := constant.Float64Val(constant.ToFloat(x))
		t.code.F64(f)
	default:
		t.integer(l.kind, intOf(x))
	}
}

// integer puts a constant on the stack.
func (t *translator) integer(k kind, n int64) {
	if k.typ() == wasm.I64 {
		t.code.I64(n)
		return
	}
	t.code.I32(int32(n))
}

// intOf is a constant as the bits of an integer.
func intOf(x constant.Value) int64 {
	x = constant.ToInt(x)
	if n, exact := constant.Int64Val(x); exact {
		return n
	}
	n, _ := constant.Uint64Val(x)
	return int64(n)
}

func isComplex(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsComplex != 0
}

// kindOf is the kind of a type that is one number.
func (t *translator) kindOf(v ssa.Value) kind {
	ls := t.numbers(v.Type(), v.Pos())
	if len(ls) != 1 {
		t.unfit(v.Pos(), "an operation on type "+typeName(v.Type()))
	}
	return ls[0].kind
}

// layOut decides where the function's variables are.
func (t *translator) layOut() {
	for _, b := range t.graph.order {
		for _, in := range b.Instrs {
			if u, ok := in.(*ssa.UnOp); ok && t.large(u) {
				t.offsets[u] = t.room(t.memory(u.Type(), u.Pos()).size)
			}
			a, ok := in.(*ssa.Alloc)
			if !ok {
				continue
			}
			typ := pointee(a)
			if f := passedTo(a); f != nil && len(f.Blocks) == 0 {
				t.unfit(a.Pos(), "calls of "+f.String())
			}
			s := t.shape(typ, a.Pos())
			switch {
			case s.count <= maxLeaves && onlyParts(a, t.varargs):
				vars := []uint32{}
				for _, l := range s.leaves {
					vars = append(vars, t.local(l.kind.typ()))
				}
				t.spots[a] = spot{vars: vars}
			case s.size == 0:
				t.unfit(a.Pos(), "a variable without a size")
			case !a.Heap && t.memory(typ, a.Pos()).size <= frameBytes/4:
				t.offsets[a] = t.room(s.size)
			}
		}
	}
}

// passedTo is the function to which an array is passed as what stands for its dots, nil
// if it is no such array.
func passedTo(a *ssa.Alloc) *ssa.Function {
	if a.Comment != "varargs" {
		return nil
	}
	for _, r := range *a.Referrers() {
		s, ok := r.(*ssa.Slice)
		if !ok {
			continue
		}
		for _, r := range *s.Referrers() {
			if c, ok := r.(*ssa.Call); ok {
				return c.Call.StaticCallee()
			}
		}
	}
	return nil
}

// room makes room for a variable in the function's frame.
func (t *translator) room(size int64) (offset int64) {
	offset = t.size
	t.size += (size + 7) &^ 7
	return offset
}

// large says whether a value is an array of too many numbers for variables, that is read
// to be indexed or written elsewhere: then it is a copy in memory.
func (t *translator) large(v *ssa.UnOp) bool {
	if _, ok := v.Type().Underlying().(*types.Array); !ok || v.Op != token.MUL || t.shape(v.Type(), v.Pos()).count <= maxLeaves {
		return false
	}
	if s := t.memory(v.Type(), v.Pos()); s.pointers || s.size > frameBytes/4 {
		return false
	}
	for _, r := range *v.Referrers() {
		switch r.(type) {
		case *ssa.DebugRef, *ssa.Index, *ssa.Store:
		default:
			return false
		}
	}
	return true
}

func pointee(v ssa.Value) types.Type { return v.Type().Underlying().(*types.Pointer).Elem() }

// onlyParts says whether all that is done with an address is to read and write the
// variable that is there, or fixed parts of it, or, noted in varargs, to append what it
// holds.
func onlyParts(v ssa.Value, varargs map[ssa.Value]*ssa.Alloc) bool {
	for _, r := range *v.Referrers() {
		switch r := r.(type) {
		case *ssa.DebugRef:
		case *ssa.UnOp:
		case *ssa.Store:
			if r.Val == v {
				return false
			}
		case *ssa.FieldAddr:
			if !onlyParts(r, nil) {
				return false
			}
		case *ssa.IndexAddr:
			c, ok := r.Index.(*ssa.Const)
			if !ok || !onlyParts(r, nil) {
				return false
			}
			n := pointee(v).Underlying().(*types.Array).Len()
			if i, exact := constant.Int64Val(c.Value); !exact || i < 0 || i >= n {
				return false
			}
		case *ssa.Slice:
			a, ok := v.(*ssa.Alloc)
			if !ok || varargs == nil || a.Comment != "varargs" || len(*r.Referrers()) != 1 || r.Low != nil || r.High != nil || r.Max != nil {
				return false
			}
			c, ok := (*r.Referrers())[0].(*ssa.Call)
			if !ok || !isBuiltin(c, "append") || c.Call.Args[1] != ssa.Value(r) || c.Call.Args[0] == ssa.Value(r) {
				return false
			}
			varargs[r] = a
		default:
			return false
		}
	}
	return true
}

func isBuiltin(c *ssa.Call, name string) bool {
	b, ok := c.Call.Value.(*ssa.Builtin)
	return ok && b.Name() == name
}

// maxDepth is how many calls of functions that call themselves may be in progress. Their
// frames then have some hundred MiB, of which wazero gives no more than 400.
const maxDepth = 1 << 19

// deepen counts a call of a function that can call itself.
func (t *translator) deepen(by int32) {
	t.code.GetGlobal(depthGlobal)
	t.code.I32(by)
	t.code.Op(wasm.I32Add)
	t.code.SetGlobal(depthGlobal)
}

// enter begins the function.
func (t *translator) enter() {
	if t.cyclic[t.fn] {
		t.deepen(1)
		t.code.GetGlobal(depthGlobal)
		t.code.I32(maxDepth)
		t.code.Op(wasm.I32GtS)
		t.failIf(faultOverflow)
	}
	counts, n := t.cyclic[t.fn] || t.heavy[t.fn], 8
	for _, b := range t.graph.order {
		n += t.weight(b)
	}
	switch {
	case t.loops:
		t.fuel = t.local(wasm.I32)
		t.code.GetGlobal(fuelGlobal)
		t.code.Set(t.fuel)
		if counts {
			t.burn(n)
		}
	case counts:
		x := t.temp(wasm.I32, 0)
		t.code.GetGlobal(fuelGlobal)
		t.code.I32(int32(min(n, fuel/4)))
		t.code.Op(wasm.I32Sub)
		t.code.Tee(x)
		t.code.I32(0)
		t.code.Op(wasm.I32LtS)
		t.code.If()
		t.mark()
		t.code.Call(hostPoll)
		t.code.Set(x)
		t.code.Op(wasm.End)
		t.code.Get(x)
		t.code.SetGlobal(fuelGlobal)
	}
	if t.size == 0 {
		return
	}
	t.frame = t.local(wasm.I32)
	t.code.GetGlobal(stackGlobal)
	t.code.Tee(t.frame)
	t.code.I32(int32(t.size))
	t.code.Op(wasm.I32Add)
	t.code.GetGlobal(limitGlobal)
	t.code.Op(wasm.I32GtU)
	t.code.If()
	t.code.I32(int32(t.size))
	t.code.Call(hostFrame)
	t.code.Set(t.frame)
	t.code.Op(wasm.Else)
	t.code.Get(t.frame)
	t.code.I32(int32(t.size))
	t.code.Op(wasm.I32Add)
	t.code.SetGlobal(stackGlobal)
	t.code.Op(wasm.End)
}

// burn takes n from the fuel, and polls if there is none left.
func (t *translator) burn(n int) {
	t.spend(n, wasm.I32LtS)
	t.code.If()
	t.poll()
	t.code.Op(wasm.End)
}

// spend takes n from the fuel and compares what is left with 0.
func (t *translator) spend(n int, compare wasm.Op) {
	t.code.Get(t.fuel)
	t.code.I32(int32(min(n, fuel/4)))
	t.code.Op(wasm.I32Sub)
	t.code.Tee(t.fuel)
	t.code.I32(0)
	t.code.Op(compare)
}

// muchMoved is how many bytes are more than a few instructions' work.
const muchMoved = 4 << 10

// moved polls after n elements of a size were copied or cleared, if that was much.
func (t *translator) moved(n uint32, size int64) {
	t.code.Get(n)
	t.code.I64(size)
	t.code.Op(wasm.I64Mul)
	t.code.I64(muchMoved)
	t.code.Op(wasm.I64GeS)
	t.code.If()
	t.pause()
	t.code.Op(wasm.End)
}

// pause polls, whatever fuel there is.
func (t *translator) pause() {
	if t.loops {
		t.poll()
		return
	}
	t.mark()
	t.code.Call(hostPoll)
	t.code.Op(wasm.Drop)
}

// movedBytes is moved for what has a fixed size.
func (t *translator) movedBytes(size int64) {
	if size >= muchMoved {
		t.pause()
	}
}

func (t *translator) poll() {
	t.mark()
	t.code.Call(hostPoll)
	t.code.Set(t.fuel)
}

// leave is what comes before a return.
func (t *translator) leave() {
	if t.cyclic[t.fn] {
		t.deepen(-1)
	}
	if t.size > 0 { // a frame on the heap left the stack as it was
		t.code.Get(t.frame)
		t.code.GetGlobal(limitGlobal)
		t.code.I32(frameBytes)
		t.code.Op(wasm.I32Sub)
		t.code.Op(wasm.I32Sub)
		t.code.I32(frameBytes)
		t.code.Op(wasm.I32LtU)
		t.code.If()
		t.code.Get(t.frame)
		t.code.SetGlobal(stackGlobal)
		t.code.Op(wasm.Else)
		t.code.Call(hostUnframe)
		t.code.Op(wasm.End)
	}
	if t.loops {
		t.code.Get(t.fuel)
		t.code.SetGlobal(fuelGlobal)
	}
}

// mark notes that what comes next can fail.
func (t *translator) mark() { t.marks = append(t.marks, mark{len(t.code.Bytes), t.pos, nil}) }

// fail ends the call with a panic; the operands push up to four numbers.
func (t *translator) fail(why fault, operands ...func()) {
	t.code.I32(int32(why))
	for _, push := range operands {
		push()
	}
	for range 4 - len(operands) {
		t.code.I64(0)
	}
	t.mark()
	t.code.Call(hostFail)
	t.code.Op(wasm.Unreachable)
}

// failIf fails if what is on the stack is not zero.
func (t *translator) failIf(why fault, operands ...func()) {
	t.code.If()
	t.fail(why, operands...)
	t.code.Op(wasm.End)
}

func (t *translator) get(l uint32) func() { return func() { t.code.Get(l) } }

// address puts the address of a spot in memory on the stack.
func (t *translator) address(s spot) {
	switch {
	case s.vars != nil:
		t.unfit(token.NoPos, "the address of a variable")
	default:
		t.pushBase(s)
		if s.offset != 0 {
			t.code.I32(int32(s.offset))
			t.code.Op(wasm.I32Add)
		}
	}
}

// pushBase puts the address that a spot begins with on the stack.
func (t *translator) pushBase(s spot) {
	if s.global {
		t.code.GetGlobal(s.base)
		return
	}
	t.code.Get(s.base)
}

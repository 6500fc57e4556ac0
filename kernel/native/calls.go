package native

import (
	"go/token"
	"go/types"
	"math"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/nascent-go/nascent/kernel/native/wasm"
)

// call is a call of a builtin, of a function of a package that is known or of one with a body.
func (t *translator) call(v *ssa.Call) {
	if b, ok := v.Call.Value.(*ssa.Builtin); ok {
		t.builtin(v, b.Name())
		return
	}
	fn := v.Call.StaticCallee()
	switch {
	case v.Call.IsInvoke():
		t.unfit(v.Pos(), "calls of methods of interfaces")
	case fn == nil:
		t.unfit(v.Pos(), "calls of function values")
	}
	if _, ok := v.Call.Value.(*ssa.MakeClosure); ok {
		t.unfit(v.Pos(), "closures")
	}
	if len(fn.Blocks) == 0 {
		t.known(v, fn)
		return
	}
	for _, a := range v.Call.Args {
		t.push(a)
	}
	if t.dry {
		t.facts.note(fn, t.graph.inLoop[t.block])
	}
	fueled := t.loops && t.fueled[fn]
	if fueled {
		t.code.Get(t.fuel)
		t.code.SetGlobal(fuelGlobal)
	}
	t.marks = append(t.marks, mark{len(t.code.Bytes), v.Pos(), fn}) // a call that stands nowhere is not told of
	outer, is := t.outer[t.fn]
	if is = is && t.deep[fn]; is {
		t.code.I32(int32(len(t.marks)))
		t.code.SetGlobal(outer)
	}
	t.code.Call(t.unit.index[fn])
	if is {
		t.code.I32(0)
		t.code.SetGlobal(outer)
	}
	t.set(v)
	if fueled {
		t.code.GetGlobal(fuelGlobal)
		t.code.Set(t.fuel)
	}
}

// note notes a call.
func (f *facts) note(fn *ssa.Function, inLoop bool) {
	if !slices.Contains(f.calls, fn) {
		f.calls = append(f.calls, fn)
	}
	f.sites[fn]++
	f.looped[fn] = f.looped[fn] || inLoop
}

// known is a call of a compiled function that there is code for.
func (t *translator) known(v *ssa.Call, fn *ssa.Function) {
	name := ""
	if o := fn.Object(); o != nil && o.Pkg() != nil && fn.Signature.Recv() == nil {
		name = o.Pkg().Path() + "." + o.Name()
	}
	args := v.Call.Args
	push := func() {
		for _, a := range args {
			t.push(a)
		}
	}
	if ops, ok := intrinsics[name]; ok {
		push()
		t.code.Op(ops...)
		t.set(v)
		return
	}
	switch name {
	case "math.Inf":
		t.push64(args[0])
		t.code.I64(0)
		t.code.Op(wasm.I64GeS)
		t.code.IfValue(wasm.F64)
		t.code.F64(math.Inf(1))
		t.code.Op(wasm.Else)
		t.code.F64(math.Inf(-1))
		t.code.Op(wasm.End)
	case "math.NaN":
		t.code.F64(math.NaN())
	case "math.IsNaN":
		push()
		push()
		t.code.Op(wasm.F64Ne)
	case "math/bits.LeadingZeros32", "math/bits.Len32", "math/bits.LeadingZeros64", "math/bits.Len64",
		"math/bits.LeadingZeros", "math/bits.Len", "math/bits.TrailingZeros32":
		t.bits(fn.Name(), args[0])
	default:
		i := slices.IndexFunc(libFuncs, func(f libFunc) bool { return name == f.name })
		if i < 0 {
			t.unfit(v.Pos(), "calls of "+fn.String())
		}
		if libFuncs[i].bounded() {
			t.checkBound(args[0], fn.Name())
		}
		push()
		t.code.Call(uint32(hostLib + i))
		if t.loops { // it takes as long as many instructions
			t.burn(hostWeight)
		}
	}
	t.set(v)
}

// hostWeight is as how many instructions the call of a function of the host counts.
const hostWeight = 50

// intrinsics are functions that are instructions.
var intrinsics = map[string][]wasm.Op{
	"math.Sqrt": {wasm.F64Sqrt}, "math.Abs": {wasm.F64Abs}, "math.Floor": {wasm.F64Floor}, "math.Ceil": {wasm.F64Ceil},
	"math.Trunc": {wasm.F64Trunc}, "math.RoundToEven": {wasm.F64Nearest}, "math.Copysign": {wasm.F64Copysign},
	"math.Float64bits": {wasm.I64ReinterpretF64}, "math.Float64frombits": {wasm.F64ReinterpretI64},
	"math.Float32bits": {wasm.I32ReinterpretF32}, "math.Float32frombits": {wasm.F32ReinterpretI32},
	"math.Signbit":              {wasm.I64ReinterpretF64, wasm.I64Clz, wasm.I64Eqz},
	"math/bits.OnesCount64":     {wasm.I64Popcnt},
	"math/bits.OnesCount":       {wasm.I64Popcnt},
	"math/bits.OnesCount32":     {wasm.I32Popcnt, wasm.I64ExtendI32U},
	"math/bits.TrailingZeros64": {wasm.I64Ctz},
	"math/bits.TrailingZeros":   {wasm.I64Ctz},
	"math/bits.RotateLeft64":    {wasm.I64Rotl},
	"math/bits.RotateLeft":      {wasm.I64Rotl},
	"math/bits.RotateLeft32":    {wasm.I32WrapI64, wasm.I32Rotl},
}

// bits counts zeros at the ends of a number.
func (t *translator) bits(name string, x ssa.Value) {
	t.push(x)
	short := t.kindOf(x).typ() == wasm.I32
	switch name[:3] {
	case "Tra":
		t.code.Op(wasm.I32Ctz, wasm.I64ExtendI32U)
	case "Len":
		n := t.temp(wasm.I64, 0)
		whole := int64(64)
		if short {
			whole = 32
			t.code.Op(wasm.I32Clz, wasm.I64ExtendI32U)
		} else {
			t.code.Op(wasm.I64Clz)
		}
		t.code.Set(n)
		t.code.I64(whole)
		t.code.Get(n)
		t.code.Op(wasm.I64Sub)
	default:
		if short {
			t.code.Op(wasm.I32Clz, wasm.I64ExtendI32U)
		} else {
			t.code.Op(wasm.I64Clz)
		}
	}
}

func (t *translator) builtin(v *ssa.Call, name string) {
	args := v.Call.Args
	switch name {
	case "len", "cap":
		i := 1
		if name == "cap" {
			i = 2
		}
		switch args[0].Type().Underlying().(type) {
		case *types.Slice, *types.Basic:
		default:
			t.unfit(v.Pos(), name+" of type "+typeName(args[0].Type()))
		}
		t.number(args[0], i)
		t.set(v)
	case "real", "imag":
		i := 0
		if name == "imag" {
			i = 1
		}
		t.number(args[0], i)
		t.set(v)
	case "complex":
		t.push(args[0])
		t.push(args[1])
		t.set(v)
	case "min", "max":
		t.extreme(v, name == "min")
	case "append":
		t.append(v)
	case "copy":
		t.copy(v)
	case "clear":
		t.clear(v)
	default:
		t.unfit(v.Pos(), "calls of "+name)
	}
}

// extreme is min or max.
func (t *translator) extreme(v *ssa.Call, least bool) {
	if b, ok := v.Type().Underlying().(*types.Basic); !ok || b.Info()&types.IsString != 0 {
		t.unfit(v.Pos(), "min or max of strings")
	}
	k := t.kindOf(v)
	o := token.LSS
	if !least {
		o = token.GTR
	}
	r := t.result(v)
	for i, a := range v.Call.Args {
		t.push(a)
		if i == 0 {
			t.code.Set(r[0])
			continue
		}
		if k.float() {
			t.code.Get(r[0])
			t.code.Op(map[bool]map[kind]wasm.Op{true: {kindFloat32: wasm.F32Min, kindFloat64: wasm.F64Min}, false: {kindFloat32: wasm.F32Max, kindFloat64: wasm.F64Max}}[least][k])
		} else {
			t.code.Get(r[0])
			t.push(a)
			t.code.Get(r[0])
			t.code.Op(op(o, k), wasm.Select)
		}
		t.code.Set(r[0])
	}
}

// elements is the size of the elements of a slice that are copied as bytes.
func (t *translator) elements(v ssa.Value, pos token.Pos) int64 {
	switch u := v.Type().Underlying().(type) {
	case *types.Slice:
		s := t.memory(u.Elem(), pos)
		if s.pointers {
			t.unfit(pos, "copying slices of slices")
		}
		return s.size
	case *types.Basic:
		return 1
	}
	t.unfit(pos, "copying type "+typeName(v.Type()))
	return 0
}

func (t *translator) append(v *ssa.Call) {
	elem := v.Type().Underlying().(*types.Slice).Elem()
	s := t.memory(elem, v.Pos())
	if t.dry {
		t.anew(v)
	}
	from, n := v.Call.Args[0], t.temp(wasm.I64, 0)
	a := t.varargs[v.Call.Args[1]]
	var src []uint32
	if a != nil {
		t.code.I64(pointee(a).Underlying().(*types.Array).Len())
	} else {
		t.elements(v.Call.Args[1], v.Pos())
		src = t.copyOf(v.Call.Args[1])
		t.code.Get(src[1])
	}
	t.code.Set(n)
	old := t.copyOf(from)
	r := t.result(v)
	length := t.local(wasm.I64)
	t.code.Get(old[0])
	t.code.Set(r[0])
	t.code.Get(old[2])
	t.code.Set(r[2])
	t.code.Get(old[1])
	t.code.Tee(length)
	t.code.Get(n)
	t.code.Op(wasm.I64Add)
	t.code.Set(r[1])
	t.code.Get(r[1])
	t.code.Get(r[2])
	t.code.Op(wasm.I64GtS)
	t.code.If()
	t.code.I32(t.typeIDOf(elem))
	t.code.Get(r[0])
	t.code.Get(length)
	t.code.Get(r[2])
	t.code.Get(n)
	t.code.Call(hostGrow)
	t.code.Set(r[2])
	t.code.Set(r[0])
	t.refused(r[0])
	t.code.Op(wasm.End)
	end := t.local(wasm.I32) // where the new elements go
	t.code.Get(r[0])
	t.code.Get(length)
	t.code.Op(wasm.I32WrapI64)
	t.code.I32(int32(s.size))
	t.code.Op(wasm.I32Mul, wasm.I32Add)
	t.code.Set(end)
	if a == nil {
		t.code.Get(end)
		t.code.Get(src[0])
		t.code.Get(n)
		t.code.Op(wasm.I32WrapI64)
		t.code.I32(int32(s.size))
		t.code.Op(wasm.I32Mul)
		t.code.MemoryCopy()
		t.moved(n, s.size)
		return
	}
	vars := t.spots[a].vars
	ls := t.numbers(elem, v.Pos())
	for i := range len(vars) / max(1, len(ls)) {
		for j, l := range ls {
			t.write(spot{base: end, offset: int64(i) * s.size}, l, t.get(vars[i*len(ls)+j]))
		}
	}
}

// anew notes where a slice begins that append makes longer. A slice that grows is made
// ever less often, but one that begins anew is made every time, as by make.
func (t *translator) anew(v *ssa.Call) {
	seen := map[ssa.Value]bool{v: true}
	var from func(x ssa.Value, b *ssa.BasicBlock)
	from = func(x ssa.Value, b *ssa.BasicBlock) {
		if seen[x] {
			return
		}
		switch x := x.(type) {
		case *ssa.Phi:
			seen[x] = true
			for i, e := range x.Edges {
				from(e, x.Block().Preds[i])
			}
			return
		case *ssa.ChangeType:
			from(x.X, b)
			return
		case *ssa.Call:
			if isBuiltin(x, "append") {
				seen[x] = true
				from(x.Call.Args[0], b)
				return
			}
		case *ssa.Slice:
			if x.Max == nil { // it was longer, and may have room
				return
			}
		case *ssa.UnOp: // it is kept somewhere
			t.facts.extends = true
			if a := variableOf(x.X); a != nil {
				b = a.Block()
			} else if kept(v, map[ssa.Value]bool{}) {
				return
			}
			t.makesIn(b)
			return
		case *ssa.Const:
			t.makesIn(b)
			return
		}
		if t.graph.inLoop[b] || !kept(v, map[ssa.Value]bool{}) {
			t.makesIn(b)
		}
	}
	from(v.Call.Args[0], v.Block())
}

// variableOf is the variable of the function that an address is in, nil if it is in none.
func variableOf(address ssa.Value) *ssa.Alloc {
	for {
		switch x := address.(type) {
		case *ssa.Alloc:
			return x
		case *ssa.FieldAddr:
			address = x.X
		case *ssa.IndexAddr:
			address = x.X
		default:
			return nil
		}
	}
}

// kept says whether a slice goes on to where it may grow more.
func kept(v ssa.Value, seen map[ssa.Value]bool) bool {
	if seen[v] {
		return false
	}
	seen[v] = true
	for _, r := range *v.Referrers() {
		switch r := r.(type) {
		case *ssa.Return:
			return true
		case *ssa.Store:
			if r.Val == v {
				return true
			}
		case *ssa.Phi, *ssa.ChangeType:
			if kept(r.(ssa.Value), seen) {
				return true
			}
		case *ssa.Call:
			if isBuiltin(r, "append") && r.Call.Args[0] == v && kept(r, seen) {
				return true
			}
		}
	}
	return false
}

func (t *translator) copy(v *ssa.Call) {
	size := t.elements(v.Call.Args[0], v.Pos())
	t.elements(v.Call.Args[1], v.Pos())
	to, from := t.copyOf(v.Call.Args[0]), t.copyOf(v.Call.Args[1])
	r := t.result(v)
	t.code.Get(to[1])
	t.code.Get(from[1])
	t.code.Get(to[1])
	t.code.Get(from[1])
	t.code.Op(wasm.I64LtS, wasm.Select)
	t.code.Set(r[0])
	t.code.Get(to[0])
	t.code.Get(from[0])
	t.code.Get(r[0])
	t.code.Op(wasm.I32WrapI64)
	t.code.I32(int32(size))
	t.code.Op(wasm.I32Mul)
	t.code.MemoryCopy()
	t.moved(r[0], size)
}

func (t *translator) clear(v *ssa.Call) {
	if _, ok := v.Call.Args[0].Type().Underlying().(*types.Slice); !ok {
		t.unfit(v.Pos(), "maps")
	}
	size := t.elements(v.Call.Args[0], v.Pos())
	s := t.copyOf(v.Call.Args[0])
	t.code.Get(s[0])
	t.code.I32(0)
	t.code.Get(s[1])
	t.code.Op(wasm.I32WrapI64)
	t.code.I32(int32(size))
	t.code.Op(wasm.I32Mul)
	t.code.MemoryFill()
	t.moved(s[1], size)
}

package native

import (
	"go/constant"
	"go/token"
	"go/types"
	"math"

	"golang.org/x/tools/go/ssa"

	"github.com/nascent-go/nascent/kernel/native/wasm"
)

// ops are the instructions for an operator on numbers of 32 and 64 bits, signed and
// not, and on floating-point numbers of both sizes.
type ops struct{ i32s, i32u, i64s, i64u, f32, f64 wasm.Op }

var binary = map[token.Token]ops{
	token.ADD: {wasm.I32Add, wasm.I32Add, wasm.I64Add, wasm.I64Add, wasm.F32Add, wasm.F64Add},
	token.SUB: {wasm.I32Sub, wasm.I32Sub, wasm.I64Sub, wasm.I64Sub, wasm.F32Sub, wasm.F64Sub},
	token.MUL: {wasm.I32Mul, wasm.I32Mul, wasm.I64Mul, wasm.I64Mul, wasm.F32Mul, wasm.F64Mul},
	token.QUO: {wasm.I32DivS, wasm.I32DivU, wasm.I64DivS, wasm.I64DivU, wasm.F32Div, wasm.F64Div},
	token.REM: {wasm.I32RemS, wasm.I32RemU, wasm.I64RemS, wasm.I64RemU, 0, 0},
	token.AND: {wasm.I32And, wasm.I32And, wasm.I64And, wasm.I64And, 0, 0},
	token.OR:  {wasm.I32Or, wasm.I32Or, wasm.I64Or, wasm.I64Or, 0, 0},
	token.XOR: {wasm.I32Xor, wasm.I32Xor, wasm.I64Xor, wasm.I64Xor, 0, 0},
	token.SHL: {wasm.I32Shl, wasm.I32Shl, wasm.I64Shl, wasm.I64Shl, 0, 0},
	token.SHR: {wasm.I32ShrS, wasm.I32ShrU, wasm.I64ShrS, wasm.I64ShrU, 0, 0},
	token.EQL: {wasm.I32Eq, wasm.I32Eq, wasm.I64Eq, wasm.I64Eq, wasm.F32Eq, wasm.F64Eq},
	token.NEQ: {wasm.I32Ne, wasm.I32Ne, wasm.I64Ne, wasm.I64Ne, wasm.F32Ne, wasm.F64Ne},
	token.LSS: {wasm.I32LtS, wasm.I32LtU, wasm.I64LtS, wasm.I64LtU, wasm.F32Lt, wasm.F64Lt},
	token.LEQ: {wasm.I32LeS, wasm.I32LeU, wasm.I64LeS, wasm.I64LeU, wasm.F32Le, wasm.F64Le},
	token.GTR: {wasm.I32GtS, wasm.I32GtU, wasm.I64GtS, wasm.I64GtU, wasm.F32Gt, wasm.F64Gt},
	token.GEQ: {wasm.I32GeS, wasm.I32GeU, wasm.I64GeS, wasm.I64GeU, wasm.F32Ge, wasm.F64Ge},
}

func (o ops) of(k kind) wasm.Op {
	switch {
	case k == kindFloat32:
		return o.f32
	case k == kindFloat64:
		return o.f64
	case k.typ() == wasm.I64 && k.signed():
		return o.i64s
	case k.typ() == wasm.I64:
		return o.i64u
	case k.signed():
		return o.i32s
	}
	return o.i32u
}

// op is the instruction for an operator.
func op(o token.Token, k kind) wasm.Op { return binary[o].of(k) }

// wrap makes the number of 32 bits on the stack one of a kind: what does not fit is cut off.
func (t *translator) wrap(k kind) {
	switch k {
	case kindInt8:
		t.code.Op(wasm.I32Extend8S)
	case kindInt16:
		t.code.Op(wasm.I32Extend16S)
	case kindUint8:
		t.code.I32(0xff)
		t.code.Op(wasm.I32And)
	case kindUint16:
		t.code.I32(0xffff)
		t.code.Op(wasm.I32And)
	}
}

func (t *translator) unop(v *ssa.UnOp) {
	switch v.Op {
	case token.MUL:
		t.load(v, t.spot(v.X))
		return
	case token.NOT:
		t.push(v.X)
		t.code.Op(wasm.I32Eqz)
	case token.XOR:
		k := t.kindOf(v.X)
		t.push(v.X)
		t.integer(k, -1)
		t.code.Op(op(token.XOR, k))
		t.wrap(k)
	case token.SUB:
		for i, l := range t.numbers(v.Type(), v.Pos()) {
			switch l.kind {
			case kindFloat32:
				t.number(v.X, i)
				t.code.Op(wasm.F32Neg)
			case kindFloat64:
				t.number(v.X, i)
				t.code.Op(wasm.F64Neg)
			default:
				t.code.Zero(l.kind.typ())
				t.number(v.X, i)
				t.code.Op(op(token.SUB, l.kind))
				t.wrap(l.kind)
			}
		}
	default:
		t.unfit(v.Pos(), "channels")
	}
	t.set(v)
}

func (t *translator) binop(v *ssa.BinOp) {
	switch v.Op {
	case token.EQL, token.NEQ:
		t.equal(v)
		return
	case token.SHL, token.SHR:
		t.shift(v)
		return
	}
	if isComplex(v.X.Type()) {
		t.complex(v)
		return
	}
	if b, ok := v.X.Type().Underlying().(*types.Basic); !ok || b.Info()&types.IsString != 0 {
		t.unfit(v.Pos(), "an operation on type "+typeName(v.X.Type()))
	}
	k := t.kindOf(v.X)
	if !k.float() && (v.Op == token.QUO || v.Op == token.REM) {
		t.divide(v, k)
		return
	}
	t.push(v.X)
	t.push(v.Y)
	switch v.Op {
	case token.AND_NOT:
		t.integer(k, -1)
		t.code.Op(op(token.XOR, k), op(token.AND, k))
	case token.LSS, token.LEQ, token.GTR, token.GEQ:
		t.code.Op(op(v.Op, k))
	default:
		o := op(v.Op, k)
		if o == 0 {
			t.unfit(v.Pos(), "an operation on type "+typeName(v.X.Type()))
		}
		t.code.Op(o)
		t.wrap(k)
	}
	t.set(v)
}

// equal compares values.
func (t *translator) equal(v *ssa.BinOp) {
	ls := t.numbers(v.X.Type(), v.Pos())
	if t.shape(v.X.Type(), v.Pos()).strings {
		t.unfit(v.Pos(), "comparing strings")
	}
	if hasBlank(v.X.Type()) {
		t.unfit(v.Pos(), "comparing structs with blank fields")
	}
	if _, ok := v.X.Type().Underlying().(*types.Slice); ok { // with nil
		x := v.X
		if c, ok := x.(*ssa.Const); ok && c.Value == nil {
			x = v.Y
		}
		t.number(x, 0)
		t.code.I32(0)
		t.code.Op(op(v.Op, kindInt32))
		t.set(v)
		return
	}
	if len(ls) == 0 {
		t.unfit(v.Pos(), "an operation on type "+typeName(v.X.Type()))
	}
	for i, l := range ls {
		t.number(v.X, i)
		t.number(v.Y, i)
		t.code.Op(op(token.EQL, l.kind))
		if i > 0 {
			t.code.Op(wasm.I32And)
		}
	}
	if v.Op == token.NEQ {
		t.code.Op(wasm.I32Eqz)
	}
	t.set(v)
}

func hasBlank(typ types.Type) bool {
	switch u := typ.Underlying().(type) {
	case *types.Array:
		return hasBlank(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if f.Name() == "_" || hasBlank(f.Type()) {
				return true
			}
		}
	}
	return false
}

// divide is a quotient or a remainder of integers.
func (t *translator) divide(v *ssa.BinOp, k kind) {
	c, fixed := v.Y.(*ssa.Const)
	by := int64(0)
	if fixed {
		by = intOf(c.Value)
	}
	if by == 0 {
		t.push(v.Y)
		t.integer(k, 0)
		t.code.Op(op(token.EQL, k))
		t.failIf(faultDivide)
	}
	if v.Op == token.QUO && k.signed() && by <= 0 && (!fixed || by == -1) { // the smallest number divided by -1 is itself
		if !fixed {
			t.push(v.Y)
			t.integer(k, -1)
			t.code.Op(op(token.EQL, k))
		} else {
			t.code.I32(1)
		}
		t.code.IfValue(k.typ())
		t.integer(k, 0)
		t.push(v.X)
		t.code.Op(op(token.SUB, k), wasm.Else)
		t.push(v.X)
		t.push(v.Y)
		t.code.Op(op(v.Op, k), wasm.End)
	} else {
		t.push(v.X)
		t.push(v.Y)
		t.code.Op(op(v.Op, k))
	}
	t.wrap(k)
	t.set(v)
}

// shift is x << y or x >> y for any y: WebAssembly takes it modulo the size of x.
func (t *translator) shift(v *ssa.BinOp) {
	k, by := t.kindOf(v.X), t.kindOf(v.Y)
	c, fixed := v.Y.(*ssa.Const)
	if fixed && constant.Sign(c.Value) < 0 || !fixed && by.signed() {
		t.push64(v.Y)
		t.code.I64(0)
		t.code.Op(wasm.I64LtS)
		t.failIf(faultShift)
	}
	// The largest shift that says something: of more, a signed number keeps its sign.
	whole := int64(64)
	if k.typ() == wasm.I32 {
		whole = 32
	}
	amount := func() { // on the stack, of the type of x
		if fixed {
			n := uint64(intOf(c.Value))
			t.integer(k, int64(min(n, uint64(whole-1))))
			return
		}
		t.push64(v.Y)
		if v.Op == token.SHR && k.signed() {
			t.code.I64(whole - 1)
			t.push64(v.Y)
			t.code.I64(whole)
			t.code.Op(wasm.I64LtU, wasm.Select)
		}
		if k.typ() == wasm.I32 {
			t.code.Op(wasm.I32WrapI64)
		}
	}
	t.push(v.X)
	amount()
	t.code.Op(op(v.Op, k))
	if v.Op == token.SHL || !k.signed() { // nothing stays of it if it is too large
		switch {
		case fixed && uint64(intOf(c.Value)) >= uint64(whole):
			t.code.Op(wasm.Drop)
			t.integer(k, 0)
		case !fixed:
			t.integer(k, 0)
			t.push64(v.Y)
			t.code.I64(whole)
			t.code.Op(wasm.I64LtU, wasm.Select)
		}
	}
	t.wrap(k)
	t.set(v)
}

// complex is arithmetic of complex numbers, in double precision as Go does it.
func (t *translator) complex(v *ssa.BinOp) {
	k := t.numbers(v.Type(), v.Pos())[0].kind
	part := func(x ssa.Value, i int) {
		t.number(x, i)
		if k == kindFloat32 && v.Op != token.ADD && v.Op != token.SUB {
			t.code.Op(wasm.F64PromoteF32)
		}
	}
	narrow := func() {
		if k == kindFloat32 {
			t.code.Op(wasm.F32DemoteF64)
		}
	}
	r := t.result(v)
	switch v.Op {
	case token.ADD, token.SUB:
		for i := range 2 {
			part(v.X, i)
			part(v.Y, i)
			t.code.Op(op(v.Op, k))
		}
	case token.MUL:
		for i, o := range []wasm.Op{wasm.F64Sub, wasm.F64Add} {
			part(v.X, 0)
			part(v.Y, i)
			t.code.Op(wasm.F64Mul)
			part(v.X, 1)
			part(v.Y, 1-i)
			t.code.Op(wasm.F64Mul, o)
			narrow()
		}
	case token.QUO:
		for i := range 4 {
			part([]ssa.Value{v.X, v.Y}[i/2], i%2)
		}
		t.code.Call(hostDivide)
		y := t.temp(wasm.F64, 0)
		t.code.Set(y)
		narrow()
		t.code.Get(y)
		narrow()
	}
	t.pop(r)
}

// convert is a conversion between numbers.
func (t *translator) convert(v *ssa.Convert) {
	if isComplex(v.X.Type()) && isComplex(v.Type()) {
		from, to := t.numbers(v.X.Type(), v.Pos())[0].kind, t.numbers(v.Type(), v.Pos())[0].kind
		for i := range 2 {
			t.number(v.X, i)
			t.between(from, to)
		}
		t.set(v)
		return
	}
	for _, typ := range []types.Type{v.X.Type(), v.Type()} {
		if b, ok := typ.Underlying().(*types.Basic); !ok || b.Info()&types.IsNumeric == 0 || isComplex(b) {
			t.unfit(v.Pos(), "a conversion of type "+typeName(v.X.Type())+" to "+typeName(v.Type()))
		}
	}
	t.push(v.X)
	t.between(t.kindOf(v.X), t.kindOf(v))
	t.set(v)
}

// between converts the number on the stack.
func (t *translator) between(from, to kind) {
	switch {
	case from.float() && to.float():
		switch {
		case from == to:
		case to == kindFloat32:
			t.code.Op(wasm.F32DemoteF64)
		default:
			t.code.Op(wasm.F64PromoteF32)
		}
	case to.float():
		t.code.Op(toFloat[to == kindFloat32].of(from))
	case from.float():
		if from == kindFloat32 {
			t.code.Op(wasm.F64PromoteF32)
		}
		t.truncate(to)
	case to.typ() == wasm.I64:
		t.widen(from)
	default:
		if from.typ() == wasm.I64 {
			t.code.Op(wasm.I32WrapI64)
		}
		t.wrap(to)
	}
}

// toFloat are the conversions of integers to float32 (true) and float64.
var toFloat = map[bool]ops{
	true:  {wasm.F32ConvertI32S, wasm.F32ConvertI32U, wasm.F32ConvertI64S, wasm.F32ConvertI64U, 0, 0},
	false: {wasm.F64ConvertI32S, wasm.F64ConvertI32U, wasm.F64ConvertI64S, wasm.F64ConvertI64U, 0, 0},
}

// truncate makes the float64 on the stack an integer, as compiled Go does on amd64: what
// does not fit becomes the smallest number of 64 or, for what is shorter, of 32 bits,
// of which the lower bits are taken.
func (t *translator) truncate(to kind) {
	x := t.temp(wasm.F64, 0)
	t.code.Set(x)
	signed := func(push func()) { // CVTTSD2SQ
		push()
		t.code.Op(wasm.I64TruncSatF64S)
		t.code.I64(math.MinInt64)
		push()
		t.code.Op(wasm.F64Abs)
		t.code.F64(1 << 63)
		t.code.Op(wasm.F64Lt, wasm.Select)
	}
	get := t.get(x)
	switch {
	case to == kindInt64:
		signed(get)
	case to == kindUint64:
		get()
		t.code.F64(1 << 63)
		t.code.Op(wasm.F64Lt)
		t.code.IfValue(wasm.I64)
		signed(get)
		t.code.Op(wasm.Else)
		y := t.temp(wasm.F64, 1)
		get()
		t.code.F64(1 << 63)
		t.code.Op(wasm.F64Sub)
		t.code.Set(y)
		signed(t.get(y))
		t.code.I64(math.MinInt64)
		t.code.Op(wasm.I64Or, wasm.End)
	case to == kindUint32:
		signed(get)
		t.code.Op(wasm.I32WrapI64)
	default: // CVTTSD2SL
		y := t.temp(wasm.I64, 0)
		signed(get)
		t.code.Tee(y)
		t.code.Op(wasm.I32WrapI64)
		t.code.I32(math.MinInt32)
		t.code.Get(y)
		t.code.Get(y)
		t.code.Op(wasm.I64Extend32S, wasm.I64Eq, wasm.Select)
		t.wrap(to)
	}
}

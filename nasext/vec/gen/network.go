package main

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/nascent-go/nascent/nasext/internal/asm"
)

// kind is a type of numbers: what differs between the two are the instructions.
type kind struct {
	*file
	name string
	size int // bytes of a number

	load, broadcast                       func(ops ...operand.Op)
	add, sub, mul, div, least, most, root func(ops ...operand.Op)
	fma, fma213, fnma                     func(ops ...operand.Op)     // c += b·a; c = b·c + a; c -= b·a
	exponent                              func(v, dst reg.VecVirtual) // 2ⁿ of a rounded number
	limit, magic, ln2Hi, ln2Lo            float64
	terms                                 int // of the exponential's series
}

func (f *file) kinds() []*kind {
	single := &kind{
		file: f, name: "float32", size: 4,
		load: f.VMOVUPS, broadcast: f.VBROADCASTSS,
		add: f.VADDPS, sub: f.VSUBPS, mul: f.VMULPS, div: f.VDIVPS, least: f.VMINPS, most: f.VMAXPS, root: f.VSQRTPS,
		fma: f.VFMADD231PS, fma213: f.VFMADD213PS, fnma: f.VFNMADD231PS,
		limit: 87, magic: 0x1.8p23, ln2Hi: 0.693359375, ln2Lo: -2.12194440e-4, terms: 7,
	}
	single.exponent = func(v, dst reg.VecVirtual) {
		f.VPSLLD(operand.U8(23), v, dst)
		f.VPADDD(single.number(1), dst, dst)
	}
	double := &kind{
		file: f, name: "float64", size: 8,
		load: f.VMOVUPD, broadcast: f.VBROADCASTSD,
		add: f.VADDPD, sub: f.VSUBPD, mul: f.VMULPD, div: f.VDIVPD, least: f.VMINPD, most: f.VMAXPD, root: f.VSQRTPD,
		fma: f.VFMADD231PD, fma213: f.VFMADD213PD, fnma: f.VFNMADD231PD,
		limit: 700, magic: 0x1.8p52, ln2Hi: 6.93147180369123816490e-01, ln2Lo: 1.90821492927058770002e-10, terms: 13,
	}
	double.exponent = func(v, dst reg.VecVirtual) {
		f.VPSLLQ(operand.U8(52), v, dst)
		f.VPADDQ(double.number(1), dst, dst)
	}
	return []*kind{single, double}
}

// number is a register of the same number in memory.
func (k *kind) number(x float64) operand.Mem {
	if k.size == 8 {
		return k.Quad(math.Float64bits(x))
	}
	bits := uint64(math.Float32bits(float32(x)))
	return k.Quad(bits<<32 | bits)
}

// bytes turns a number of numbers into one of bytes.
func (k *kind) bytes(n ...reg.Register) {
	for _, r := range n {
		k.SHLQ(operand.U8(k.size/2-k.size/8), r) // 2 or 3
	}
}

func (k *kind) begin(name, signature string) {
	k.Begin(fmt.Sprintf("%s%d", name, 8*k.size), fmt.Sprintf(signature, k.name))
}

// multiply adds to c the product of a and b: of four rows at a time, and of the rest of
// them. In tiles of rows times registers each number is one sum along k.
func (k *kind) multiply() {
	k.begin("multiply", "func(c *%[1]s, ldc int, a *%[1]s, row, column int, b *%[1]s, ldb int, m, n, k int)")
	ldc, row, column, ldb := k.Arg("ldc"), k.Arg("row"), k.Arg("column"), k.Arg("ldb")
	k.bytes(ldc, row, column, ldb)
	rows := k.AllocLocal(8)
	k.MOVQ(k.Arg("m"), rows)
	k.ANDQ(operand.I8(-4), rows)
	k.JZ(operand.LabelRef("rest"))
	k.rows(4, rows, ldc, row, column, ldb, []int{3, 2, 1})
	for _, to := range []struct {
		name string
		step reg.GPVirtual
	}{{"c", ldc}, {"a", row}} {
		skip := k.GP64()
		k.MOVQ(rows, skip)
		k.IMULQ(to.step, skip)
		k.ADDQ(skip, k.Place(to.name))
	}
	k.Label("rest")
	k.MOVQ(k.Arg("m"), rows)
	k.ANDQ(operand.U8(3), rows)
	k.JZ(operand.LabelRef("end"))
	k.rows(1, rows, ldc, row, column, ldb, []int{10, 5, 2, 1})
	k.Label("end")
	k.End()
}

// rows multiplies rows of a, high at a time, by panels of b that are as many registers
// wide as one of the widths says, the widest first.
func (k *kind) rows(high int, rows operand.Mem, ldc, row, column, ldb reg.GPVirtual, widths []int) {
	left, c, b := k.AllocLocal(8), k.AllocLocal(8), k.Arg("b")
	k.MOVQ(k.Arg("n"), left)
	k.MOVQ(k.Arg("c"), c)
	pc, pa, pb, below, down, along, third := k.GP64(), k.GP64(), k.GP64(), k.GP64(), k.GP64(), k.GP64(), k.GP64()
	for _, wide := range widths {
		name := fmt.Sprintf("%dx%d", high, wide)
		k.Label("panel" + name)
		k.CMPQ(left, operand.U8(wide))
		k.JLT(operand.LabelRef("less" + name))
		k.MOVQ(c, pc)
		k.MOVQ(k.Place("a"), pa)
		k.MOVQ(rows, down)
		k.Label("tile" + name)
		sums, right, factor := k.Vectors(high*wide, 32), k.Vectors(wide, 32), k.YMM()
		k.LEAQ(asm.Index(ldc, ldc, 2, 0), third)
		for i, s := range sums {
			k.load(asm.Row(i/wide, pc, ldc, third).Offset(i%wide*32), s)
		}
		k.MOVQ(pa, below)
		k.MOVQ(b, pb)
		k.MOVQ(k.Place("k"), along)
		k.LEAQ(asm.Index(row, row, 2, 0), third)
		k.Label("along" + name)
		for j, r := range right {
			if high > 1 {
				k.load(asm.At(pb, j*32), r)
			}
		}
		for i := range high {
			k.broadcast(asm.Row(i, below, row, third), factor)
			for j, r := range right {
				if high > 1 {
					k.fma(r, factor, sums[i*wide+j])
				} else {
					k.fma(asm.At(pb, j*32), factor, sums[j])
				}
			}
		}
		k.ADDQ(column, below)
		k.ADDQ(ldb, pb)
		k.Down(along, "along"+name)
		k.LEAQ(asm.Index(ldc, ldc, 2, 0), third)
		for i, s := range sums {
			k.load(s, asm.Row(i/wide, pc, ldc, third).Offset(i%wide*32))
		}
		for range high {
			k.ADDQ(ldc, pc)
			k.ADDQ(row, pa)
		}
		k.SUBQ(operand.U8(high), down)
		k.JNZ(operand.LabelRef("tile" + name))
		k.ADDQ(operand.U32(32*wide), c)
		k.ADDQ(operand.U32(32*wide), b)
		k.SUBQ(operand.U8(wide), left)
		k.Goto("panel" + name)
		k.Label("less" + name)
	}
}

// exponential gives q and s for exp(x) = s·(1+q). It changes x.
func (k *kind) exponential(x reg.VecVirtual) (q, s reg.VecVirtual) {
	bound, t, n := k.YMM(), k.YMM(), k.YMM()
	k.load(k.number(k.limit), bound)
	k.least(x, bound, x) // the number itself, if that is NaN
	k.load(k.number(-k.limit), bound)
	k.most(x, bound, x)
	k.load(k.number(k.magic), n)
	k.load(n, t)
	k.fma(k.number(1/math.Ln2), x, t)
	k.sub(n, t, n)
	k.fma(k.number(-k.ln2Hi), n, x)
	k.fma(k.number(-k.ln2Lo), n, x)
	q, s = k.YMM(), k.YMM()
	factorial := 1.0
	for i := 2; i <= k.terms; i++ {
		factorial *= float64(i)
	}
	k.load(k.number(1/factorial), q)
	for i := k.terms; i > 1; i-- {
		factorial /= float64(i)
		k.fma213(k.number(1/factorial), x, q)
	}
	k.mul(x, q, q)
	k.exponent(t, s)
	return q, s
}

// sigmoid replaces x.
func (k *kind) sigmoid(x reg.VecVirtual) {
	zero := k.YMM()
	k.VXORPD(zero, zero, zero)
	k.sub(x, zero, x)
	q, s := k.exponential(x)
	k.fma213(s, s, q)
	one := k.YMM()
	k.load(k.number(1), one)
	k.add(q, one, q)
	k.div(q, one, x)
}

// tanh replaces x.
func (k *kind) tanh(x reg.VecVirtual) {
	k.add(x, x, x)
	q, s := k.exponential(x)
	t := k.YMM()
	k.load(k.number(1), t)
	k.sub(t, s, t)
	k.fma213(t, s, q) // exp(2x) - 1
	k.load(k.number(2), t)
	k.add(t, q, t)
	k.div(t, q, x)
}

// tanhs is a loop over numbers.
func (k *kind) tanhs() {
	k.begin("tanh", "func(x *%[1]s, vectors int)")
	p, left, x := k.Arg("x"), k.Arg("vectors"), k.YMM()
	k.Label("loop")
	k.load(asm.At(p, 0), x)
	k.tanh(x)
	k.load(x, asm.At(p, 0))
	k.ADDQ(operand.U8(32), p)
	k.Down(left, "loop")
	k.End()
}

// lstm is the elementwise part of one step of an LSTM, cells the way back.
func (k *kind) lstm() {
	k.begin("lstm", "func(z *%[1]s, vectors int, c0, c, t, h *%[1]s)")
	z, left, c0, c, t, h := k.Arg("z"), k.Arg("vectors"), k.Arg("c0"), k.Arg("c"), k.Arg("t"), k.Arg("h")
	gates := k.gates(z, left)
	k.Label("loop")
	v := k.Vectors(4, 32)
	for i, f := range []func(reg.VecVirtual){k.sigmoid, k.sigmoid, k.tanh, k.sigmoid} {
		k.load(gates[i], v[i])
		f(v[i])
		k.load(v[i], gates[i])
	}
	in, forget, g, o := v[0], v[1], v[2], v[3]
	k.mul(asm.At(c0, 0), forget, forget)
	k.fma(g, in, forget)
	k.load(forget, asm.At(c, 0))
	k.tanh(forget)
	k.load(forget, asm.At(t, 0))
	k.mul(forget, o, o)
	k.load(o, asm.At(h, 0))
	for _, p := range []reg.GPVirtual{z, c0, c, t, h} {
		k.ADDQ(operand.U8(32), p)
	}
	k.Down(left, "loop")
	k.End()

	k.begin("lstmBack", "func(z *%[1]s, vectors int, c0, t, dh, dc, dc0 *%[1]s)")
	z, left = k.Arg("z"), k.Arg("vectors")
	c0, t, dh, dc, dc0 := k.Arg("c0"), k.Arg("t"), k.Arg("dh"), k.Arg("dc"), k.Arg("dc0")
	gates = k.gates(z, left)
	k.Label("loop")
	one, d, u, x, tt, dhh := k.YMM(), k.YMM(), k.YMM(), k.YMM(), k.YMM(), k.YMM()
	in, forget, g, o = k.YMM(), k.YMM(), k.YMM(), k.YMM()
	for i, v := range []reg.VecVirtual{in, forget, g, o} {
		k.load(gates[i], v)
	}
	k.load(k.number(1), one)
	k.load(asm.At(t, 0), tt)
	k.load(asm.At(dh, 0), dhh)
	k.load(one, u)
	k.fnma(tt, tt, u)
	k.mul(o, dhh, x)
	k.load(asm.At(dc, 0), d)
	k.fma(u, x, d)
	store := func(i int) { k.load(x, gates[i]) }
	k.mul(g, d, x)
	k.mul(in, x, x)
	k.sub(in, one, u)
	k.mul(u, x, x)
	store(0)
	k.mul(asm.At(c0, 0), d, x)
	k.mul(forget, x, x)
	k.sub(forget, one, u)
	k.mul(u, x, x)
	store(1)
	k.mul(in, d, x)
	k.load(one, u)
	k.fnma(g, g, u)
	k.mul(u, x, x)
	store(2)
	k.mul(tt, dhh, x)
	k.mul(o, x, x)
	k.sub(o, one, u)
	k.mul(u, x, x)
	store(3)
	k.mul(forget, d, d)
	k.load(d, asm.At(dc0, 0))
	for _, p := range []reg.GPVirtual{z, c0, t, dh, dc, dc0} {
		k.ADDQ(operand.U8(32), p)
	}
	k.Down(left, "loop")
	k.End()
}

// gates are the four parts of z, vectors long each.
func (k *kind) gates(z, vectors reg.GPVirtual) []operand.Mem {
	part, part3 := k.GP64(), k.GP64()
	k.MOVQ(vectors, part)
	k.SHLQ(operand.U8(5), part)
	k.LEAQ(asm.Index(part, part, 2, 0), part3)
	return []operand.Mem{asm.At(z, 0), asm.Index(z, part, 1, 0), asm.Index(z, part, 2, 0), asm.Index(z, part3, 1, 0)}
}

// adam is one update.
func (k *kind) adam() {
	k.begin("adam", "func(w, grad, m, v *%[1]s, vectors int, beta1, rest1, beta2, rest2, size, eps %[1]s)")
	w, g, m, v, left := k.Arg("w"), k.Arg("grad"), k.Arg("m"), k.Arg("v"), k.Arg("vectors")
	all := map[string]reg.VecVirtual{}
	for _, name := range []string{"beta1", "rest1", "beta2", "rest2", "size", "eps"} {
		all[name] = k.YMM()
		k.broadcast(k.Place(name), all[name])
	}
	grad, mean, square, x := k.YMM(), k.YMM(), k.YMM(), k.YMM()
	k.Label("loop")
	k.load(asm.At(g, 0), grad)
	k.mul(grad, all["rest1"], mean)
	k.fma(asm.At(m, 0), all["beta1"], mean)
	k.load(mean, asm.At(m, 0))
	k.mul(grad, all["rest2"], square)
	k.mul(grad, square, square)
	k.fma(asm.At(v, 0), all["beta2"], square)
	k.load(square, asm.At(v, 0))
	k.root(square, square)
	k.add(all["eps"], square, square)
	k.mul(all["size"], mean, mean)
	k.div(square, mean, mean)
	k.load(asm.At(w, 0), x)
	k.sub(mean, x, x)
	k.load(x, asm.At(w, 0))
	for _, p := range []reg.GPVirtual{w, g, m, v} {
		k.ADDQ(operand.U8(32), p)
	}
	k.Down(left, "loop")
	k.End()
}

// squares sums squares in eight numbers.
func (k *kind) squares() {
	k.begin("squares", "func(x *%[1]s, eights int, sums *float64)")
	p, left, out := k.Arg("x"), k.Arg("eights"), k.Arg("sums")
	sums := k.Vectors(2, 32)
	for i, s := range sums {
		k.VMOVUPD(asm.At(out, 32*i), s)
	}
	k.Label("loop")
	x := k.YMM()
	for i, s := range sums {
		if k.size == 4 {
			k.VCVTPS2PD(asm.At(p, 16*i), x)
		} else {
			k.VMOVUPD(asm.At(p, 32*i), x)
		}
		k.VFMADD231PD(x, x, s)
	}
	k.ADDQ(operand.U8(8*k.size), p)
	k.Down(left, "loop")
	for i, s := range sums {
		k.VMOVUPD(s, asm.At(out, 32*i))
	}
	k.End()
}

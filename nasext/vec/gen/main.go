// Command gen writes the assembly of package vec and its Go declarations:
//
//	go run ./gen
//
// in the folder of package vec. What each function computes is said in vec.go.
package main

import (
	"fmt"
	"log"
	"math"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/nascent-go/nascent/nasext/internal/asm"
)

// file is the assembly.
type file struct{ *asm.File }

// bytes turns a number of float64 into one of bytes.
func (f *file) bytes(n reg.Register) { f.SHLQ(operand.U8(3), n) }

// number is four times the same number in memory.
func (f *file) number(x float64) operand.Mem { return f.Quad(math.Float64bits(x)) }

// addMul: for 8, 4 or 1 registers of y at a time, all rows of a.
func (f *file) addMul() {
	f.Begin("addMulY", "func(y *float64, vectors int, a *float64, stride int, x *float64, step, n int)")
	y, vectors, a, stride, x, step, n := f.Arg("y"), f.Arg("vectors"), f.Arg("a"), f.Arg("stride"), f.Arg("x"), f.Arg("step"), f.Arg("n")
	f.bytes(stride)
	f.bytes(step)
	for _, regs := range []int{8, 4, 1} {
		begin, row, less := fmt.Sprintf("vectors%d", regs), fmt.Sprintf("row%d", regs), fmt.Sprintf("less%d", regs)
		f.Label(begin)
		f.CMPQ(vectors, operand.U8(regs))
		f.JLT(operand.LabelRef(less))
		sums := f.Vectors(regs, 32)
		for i, s := range sums {
			f.VMOVUPD(asm.At(y, 32*i), s)
		}
		pa, px, left, factor := f.GP64(), f.GP64(), f.GP64(), f.YMM()
		f.MOVQ(a, pa)
		f.MOVQ(x, px)
		f.MOVQ(n, left)
		f.Label(row)
		f.VBROADCASTSD(asm.At(px, 0), factor)
		for i, s := range sums {
			f.VFMADD231PD(asm.At(pa, 32*i), factor, s)
		}
		f.ADDQ(stride, pa)
		f.ADDQ(step, px)
		f.Down(left, row)
		for i, s := range sums {
			f.VMOVUPD(s, asm.At(y, 32*i))
		}
		f.ADDQ(operand.U32(32*regs), y)
		f.ADDQ(operand.U32(32*regs), a)
		f.SUBQ(operand.U8(regs), vectors)
		f.Goto(begin)
		f.Label(less)
	}
	f.End()
}

// addDots: four rows of a at a time.
func (f *file) addDots() {
	f.Begin("addDotsY", "func(y *float64, blocks int, a *float64, stride int, x *float64, vectors int)")
	y, blocks, a, stride, x, vectors := f.Arg("y"), f.Arg("blocks"), f.Arg("a"), f.Arg("stride"), f.Arg("x"), f.Arg("vectors")
	f.bytes(stride)
	stride3 := f.GP64()
	f.LEAQ(operand.Mem{Base: stride, Index: stride, Scale: 2}, stride3)
	pa, px, left, factor, half := f.GP64(), f.GP64(), f.GP64(), f.YMM(), f.XMM()
	rows := []operand.Mem{asm.At(pa, 0), {Base: pa, Index: stride, Scale: 1}, {Base: pa, Index: stride, Scale: 2}, {Base: pa, Index: stride3, Scale: 1}}
	f.Label("block")
	sums := f.Vectors(len(rows), 32)
	for _, s := range sums {
		f.VXORPD(s, s, s)
	}
	f.MOVQ(a, pa)
	f.MOVQ(x, px)
	f.MOVQ(vectors, left)
	f.Label("vector")
	f.VMOVUPD(asm.At(px, 0), factor)
	for i, s := range sums {
		f.VFMADD231PD(rows[i], factor, s)
	}
	f.ADDQ(operand.U8(32), pa)
	f.ADDQ(operand.U8(32), px)
	f.Down(left, "vector")
	for i, s := range sums { // s0+s2 and s1+s3, then their sum
		low := s.AsX()
		f.VEXTRACTF128(operand.U8(1), s, half)
		f.VADDPD(half, low, low)
		f.VPERMILPD(operand.U8(1), low, half)
		f.VADDSD(half, low, low)
		f.VADDSD(asm.At(y, 8*i), low, low)
		f.VMOVSD(low, asm.At(y, 8*i))
	}
	f.ADDQ(operand.U8(32), y)
	f.LEAQ(operand.Mem{Base: a, Index: stride, Scale: 4}, a)
	f.Down(blocks, "block")
	f.End()
}

// exponential gives q and s for exp(x) = s·(1+q). It changes x.
func (f *file) exponential(x reg.VecVirtual) (q, s reg.VecVirtual) {
	const ln2Hi, ln2Lo = 6.93147180369123816490e-01, 1.90821492927058770002e-10
	bound, t, n := f.YMM(), f.YMM(), f.YMM()
	f.VMOVUPD(f.number(700), bound)
	f.VMINPD(x, bound, x) // the number itself, if that is NaN
	f.VMOVUPD(f.number(-700), bound)
	f.VMAXPD(x, bound, x)
	f.VMOVUPD(f.number(0x1.8p52), n)
	f.VMOVAPD(n, t)
	f.VFMADD231PD(f.number(1/math.Ln2), x, t)
	f.VSUBPD(n, t, n)
	f.VFMADD231PD(f.number(-ln2Hi), n, x)
	f.VFMADD231PD(f.number(-ln2Lo), n, x)
	q, s = f.YMM(), f.YMM()
	factorial := 6227020800.0
	f.VMOVUPD(f.number(1/factorial), q)
	for n := 13; n > 1; n-- {
		factorial /= float64(n)
		f.VFMADD213PD(f.number(1/factorial), x, q)
	}
	f.VMULPD(x, q, q)
	f.VPSLLQ(operand.U8(52), t, s)
	f.VPADDQ(f.number(1), s, s)
	return q, s
}

// each writes a loop over vectors of x.
func (f *file) each(name string, body func(x reg.VecVirtual)) {
	f.Begin(name, "func(x *float64, vectors int)")
	p, left, x := f.Arg("x"), f.Arg("vectors"), f.YMM()
	f.Label("loop")
	f.VMOVUPD(asm.At(p, 0), x)
	body(x)
	f.VMOVUPD(x, asm.At(p, 0))
	f.ADDQ(operand.U8(32), p)
	f.Down(left, "loop")
	f.End()
}

func (f *file) activations() {
	f.each("sigmoidY", func(x reg.VecVirtual) {
		f.VXORPD(f.Quad(1<<63), x, x) // -x
		q, s := f.exponential(x)
		f.VFMADD213PD(s, s, q)
		one := f.YMM()
		f.VMOVUPD(f.number(1), one)
		f.VADDPD(q, one, q)
		f.VDIVPD(q, one, x)
	})
	f.each("tanhY", func(x reg.VecVirtual) {
		f.VADDPD(x, x, x)
		q, s := f.exponential(x)
		t := f.YMM()
		f.VSUBPD(f.number(1), s, t)
		f.VFMADD213PD(t, s, q) // exp(2x) - 1
		f.VADDPD(f.number(2), q, t)
		f.VDIVPD(t, q, x)
	})
}

func (f *file) adam() {
	f.Begin("adamY", "func(w, grad, m, v *float64, vectors int, beta1, rest1, beta2, rest2, size, root, eps float64)")
	w, g, m, v, left := f.Arg("w"), f.Arg("grad"), f.Arg("m"), f.Arg("v"), f.Arg("vectors")
	all := map[string]reg.VecVirtual{}
	for _, name := range []string{"beta1", "rest1", "beta2", "rest2", "size", "root", "eps"} {
		all[name] = f.YMM()
		f.VBROADCASTSD(f.Place(name), all[name])
	}
	grad, mean, square, x := f.YMM(), f.YMM(), f.YMM(), f.YMM()
	f.Label("loop")
	f.VMOVUPD(asm.At(g, 0), grad)
	f.VMULPD(grad, all["rest1"], mean)
	f.VFMADD231PD(asm.At(m, 0), all["beta1"], mean)
	f.VMOVUPD(mean, asm.At(m, 0))
	f.VMULPD(grad, all["rest2"], square)
	f.VMULPD(grad, square, square)
	f.VFMADD231PD(asm.At(v, 0), all["beta2"], square)
	f.VMOVUPD(square, asm.At(v, 0))
	f.VSQRTPD(square, square)
	f.VDIVPD(all["root"], square, square)
	f.VADDPD(all["eps"], square, square)
	f.VMULPD(all["size"], mean, mean)
	f.VDIVPD(square, mean, mean)
	f.VMOVUPD(asm.At(w, 0), x)
	f.VSUBPD(mean, x, x)
	f.VMOVUPD(x, asm.At(w, 0))
	for _, p := range []reg.GPVirtual{w, g, m, v} {
		f.ADDQ(operand.U8(32), p)
	}
	f.Down(left, "loop")
	f.End()
}

// generate returns the files by their names.
func generate() (map[string][]byte, error) {
	f := &file{asm.New()}
	f.addMul()
	f.addDots()
	f.activations()
	f.adam()
	return f.Files("vec")
}

func main() {
	files, err := generate()
	if err == nil {
		err = asm.Write(".", files)
	}
	if err != nil {
		log.Fatal(err)
	}
}

package main

import (
	"fmt"
	"strings"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/nascent-go/nascent/nasext/internal/asm"
)

// dot writes the loops of a dot over all runs; body multiplies 16 numbers of every row at
// y with those of every row at x. Before that begin is called. It returns where the
// results go.
func (f *file) dot(name string, body func(y, x func(row, offset int) operand.Mem), begin func()) reg.GPVirtual {
	f.Begin(name, strings.ReplaceAll("func(runs *int32, n int, dy *T, ds int, x *T, xs int, out *T)", "T", f.number()))
	runs, n, dy, ds, x, xs := f.Arg("runs"), f.Arg("n"), f.Arg("dy"), f.Arg("ds"), f.Arg("x"), f.Arg("xs")
	f.bytes(ds, xs)
	ds3, xs3 := f.GP64(), f.GP64()
	f.LEAQ(asm.Index(ds, ds, 2, 0), ds3)
	f.LEAQ(asm.Index(xs, xs, 2, 0), xs3)
	py, px, left := f.GP64(), f.GP64(), f.GP64()
	at := func(base, stride, stride3 reg.Register) func(row, offset int) operand.Mem {
		return func(row, offset int) operand.Mem {
			m := asm.Row(row, base, stride, stride3)
			m.Disp = offset
			return m
		}
	}
	begin()
	f.If0(n, "sums")
	f.Label("next")
	f.MOVLQSX(asm.At(runs, 0), py)
	f.MOVLQSX(asm.At(runs, 4), px)
	f.MOVLQSX(asm.At(runs, 8), left)
	f.LEAQ(asm.Index(dy, py, f.scale(), 0), py)
	f.LEAQ(asm.Index(x, px, f.scale(), 0), px)
	f.Label("loop")
	body(at(py, ds, ds3), at(px, xs, xs3))
	f.ADDQ(operand.U32(16*f.size), py)
	f.ADDQ(operand.U32(16*f.size), px)
	f.Down(left, "loop")
	f.ADDQ(operand.U8(16), runs)
	f.Down(n, "next")
	f.Label("sums")
	return f.Arg("out")
}

// fold adds the two halves of a sum of 16 bytes, and so on, and stores the rest.
func (f *file) fold(sum, spare reg.VecVirtual, to operand.Mem) {
	low := sum.AsX()
	f.VPERMILPD(operand.U8(1), low, spare.AsX())
	if f.size == 8 {
		f.VADDSD(spare.AsX(), low, low)
		f.VMOVSD(low, to)
		return
	}
	f.VADDPS(spare.AsX(), low, low)
	f.VMOVSHDUP(low, spare.AsX())
	f.VADDSS(spare.AsX(), low, low)
	f.VMOVSS(low, to)
}

// dotZ writes the dot of rows × cols with AVX-512.
func (f *file) dotZ(rows, cols int) {
	var sums, ys, xs []reg.VecVirtual
	out := f.dot(fmt.Sprintf("dot%s%dx%d", f.suffix(64), rows, cols), func(y, x func(row, offset int) operand.Mem) {
		for offset := 0; offset < 16*f.size; offset += 64 {
			for j := range cols {
				f.VMOVUPS(x(j, offset), xs[j])
			}
			for i := range rows {
				f.VMOVUPS(y(i, offset), ys[i])
				for j := range cols {
					f.multiplyAdd(xs[j], ys[i], sums[i*cols+j])
				}
			}
		}
	}, func() {
		sums, ys, xs = f.Vectors(rows*cols, 64), f.Vectors(rows, 64), f.Vectors(cols, 64)
		for _, s := range sums {
			f.zero(s)
		}
	})
	spare := f.YMM()
	for i := range rows {
		for j := range cols {
			s := sums[i*cols+j]
			f.VEXTRACTF64X4(operand.U8(1), s, spare)
			f.plus(spare, s.AsY())
			f.VEXTRACTF32X4(operand.U8(1), s.AsY(), spare.AsX())
			f.plus(spare.AsX(), s.AsX())
			f.fold(s, spare, asm.At(out, f.size*(4*i+j)))
		}
	}
	f.End()
}

// dotY writes the dot of rows × cols ≤ 2 × 2 with AVX2: two registers in place of one.
func (f *file) dotY(rows, cols int) {
	var sums [][2]reg.VecVirtual
	var y1, xs []reg.VecVirtual
	out := f.dot(fmt.Sprintf("dot%s%dx%d", f.suffix(32), rows, cols), func(y, x func(row, offset int) operand.Mem) {
		for h := range f.size / 2 {
			for j := range cols {
				f.VMOVUPS(x(j, 32*h), xs[j])
			}
			for i := range rows {
				f.VMOVUPS(y(i, 32*h), y1[i])
				for j := range cols {
					f.multiplyAdd(xs[j], y1[i], sums[i*cols+j][h%2])
				}
			}
		}
	}, func() {
		y1, xs = f.Vectors(rows, 32), f.Vectors(cols, 32)
		for range rows * cols {
			s := f.Vectors(2, 32)
			f.zero(s[0])
			f.zero(s[1])
			sums = append(sums, [2]reg.VecVirtual(s))
		}
	})
	spare := f.YMM()
	for i := range rows {
		for j := range cols {
			s, other := sums[i*cols+j][0], sums[i*cols+j][1]
			f.plus(other, s)
			f.VEXTRACTF128(operand.U8(1), s, spare.AsX())
			f.plus(spare.AsX(), s.AsX())
			f.fold(s, spare, asm.At(out, f.size*(4*i+j)))
		}
	}
	f.End()
}

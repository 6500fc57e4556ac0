package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/nascent-go/nascent/nasext/internal/asm"
)

// dot writes the loops of a dot over all runs; body multiplies 16 numbers of every row at
// y with those of every row at x. Before that begin is called. It returns where the
// results go.
func (f *file) dot(name string, body func(y, x func(row, offset int) operand.Mem), begin func()) reg.GPVirtual {
	f.Begin(name, "func(runs *int32, n int, dy *float32, ds int, x *float32, xs int, out *float32)")
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
	f.LEAQ(asm.Index(dy, py, 4, 0), py)
	f.LEAQ(asm.Index(x, px, 4, 0), px)
	f.Label("loop")
	body(at(py, ds, ds3), at(px, xs, xs3))
	f.ADDQ(operand.U8(64), py)
	f.ADDQ(operand.U8(64), px)
	f.Down(left, "loop")
	f.ADDQ(operand.U8(16), runs)
	f.Down(n, "next")
	f.Label("sums")
	return f.Arg("out")
}

// fold adds the two halves of a sum of 8 numbers, and so on, and stores the rest.
func (f *file) fold(sum, spare reg.VecVirtual, to operand.Mem) {
	low := sum.AsX()
	f.VPERMILPD(operand.U8(1), low, spare.AsX())
	f.VADDPS(spare.AsX(), low, low)
	f.VMOVSHDUP(low, spare.AsX())
	f.VADDSS(spare.AsX(), low, low)
	f.VMOVSS(low, to)
}

// dotZ writes the dot of rows × cols with AVX-512.
func (f *file) dotZ(rows, cols int) {
	var sums, ys, xs []reg.VecVirtual
	out := f.dot(fmt.Sprintf("dotZ%dx%d", rows, cols), func(y, x func(row, offset int) operand.Mem) {
		for j := range cols {
			f.VMOVUPS(x(j, 0), xs[j])
		}
		for i := range rows {
			f.VMOVUPS(y(i, 0), ys[i])
			for j := range cols {
				f.VFMADD231PS(xs[j], ys[i], sums[i*cols+j])
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
			f.VADDPS(spare, s.AsY(), s.AsY())
			f.VEXTRACTF32X4(operand.U8(1), s.AsY(), spare.AsX())
			f.VADDPS(spare.AsX(), s.AsX(), s.AsX())
			f.fold(s, spare, asm.At(out, 16*i+4*j))
		}
	}
	f.End()
}

// dotY writes the dot of rows × cols ≤ 2 × 2 with AVX2: two registers in place of one.
func (f *file) dotY(rows, cols int) {
	var sums [][2]reg.VecVirtual
	var y1, xs []reg.VecVirtual
	out := f.dot(fmt.Sprintf("dotY%dx%d", rows, cols), func(y, x func(row, offset int) operand.Mem) {
		for h := range 2 {
			for j := range cols {
				f.VMOVUPS(x(j, 32*h), xs[j])
			}
			for i := range rows {
				f.VMOVUPS(y(i, 32*h), y1[i])
				for j := range cols {
					f.VFMADD231PS(xs[j], y1[i], sums[i*cols+j][h])
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
			f.VADDPS(other, s, s)
			f.VEXTRACTF128(operand.U8(1), s, spare.AsX())
			f.VADDPS(spare.AsX(), s.AsX(), s.AsX())
			f.fold(s, spare, asm.At(out, 16*i+4*j))
		}
	}
	f.End()
}

package asm

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Row is the address of the i-th of up to four rows that begin at base, stride apart;
// stride3 holds three strides.
func Row(i int, base, stride, stride3 reg.Register) operand.Mem {
	return []operand.Mem{At(base, 0), Index(base, stride, 1, 0), Index(base, stride, 2, 0), Index(base, stride3, 1, 0)}[i]
}

// Transpose writes transposeY8, the transposition of blocks of 8 × 8 numbers that lie side by side in
// eight rows of src: they come to lie below each other in dst.
func (f *File) Transpose() {
	f.Begin("transposeY8", "func(dst *float32, ds int, src *float32, ss, blocks int)")
	dst, ds, src, ss, blocks := f.Arg("dst"), f.Arg("ds"), f.Arg("src"), f.Arg("ss"), f.Arg("blocks")
	f.SHLQ(operand.U8(2), ds)
	f.SHLQ(operand.U8(2), ss)
	ss3, lower := f.GP64(), f.GP64()
	f.LEAQ(Index(ss, ss, 2, 0), ss3)
	f.Label("loop")
	f.LEAQ(Index(src, ss, 4, 0), lower)
	// Halves of row i and of row i+4 share a register: what follows stays within halves.
	rows := f.Vectors(8, 32)
	for half := range 2 {
		for i := range 4 {
			upper, under := Row(i, src, ss, ss3), Row(i, lower, ss, ss3)
			upper.Disp, under.Disp = 16*half, 16*half
			row := rows[4*half+i]
			f.VMOVUPS(upper, row.AsX())
			f.VINSERTF128(operand.U8(1), under, row, row)
		}
	}
	pairs, out := f.Vectors(4, 32), f.YMM()
	for half := range 2 {
		for i := range 2 {
			even, odd := rows[4*half+2*i], rows[4*half+2*i+1]
			f.VUNPCKLPS(odd, even, pairs[2*i])
			f.VUNPCKHPS(odd, even, pairs[2*i+1])
		}
		for i := range 4 { // row i of the four that these halves make
			f.VSHUFPS(operand.U8([]uint8{0x44, 0xee}[i%2]), pairs[2+i/2], pairs[i/2], out)
			f.VMOVUPS(out, At(dst, 0))
			f.ADDQ(ds, dst)
		}
	}
	f.ADDQ(operand.U8(32), src)
	f.Down(blocks, "loop")
	f.End()
}

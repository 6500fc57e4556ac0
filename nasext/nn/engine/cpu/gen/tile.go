package main

import (
	"fmt"
	"strings"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/nascent-go/nascent/nasext/internal/asm"
)

// tile writes the tile of rows × cols for registers of so many bytes, and of those to the
// right of it, blocks in all. There are more arguments than registers: b, c, from and
// blocks are changed where they lie.
func (f *file) tile(rows, cols, bytes int) {
	f.Begin(fmt.Sprintf("tile%s%dx%d", f.suffix(bytes), rows, cols),
		strings.ReplaceAll("func(taps *int32, n, depth int, a *T, as, ad int, b *T, bs int, c *T, ldc int, from *T, ldf, step, blocks int)", "T", f.number()))
	n := f.size * cols / bytes // registers a row
	sums := make([][]reg.VecVirtual, rows)
	for r := range sums {
		sums[r] = f.Vectors(n, bytes)
	}
	// each visits the sums with where they lie in rows stride apart.
	each := func(base, stride string, visit func(sum reg.VecVirtual, at operand.Mem)) {
		p, s := f.Arg(base), f.Arg(stride)
		f.bytes(s)
		for r, row := range sums {
			for v, sum := range row {
				visit(sum, asm.At(p, v*bytes))
			}
			if r+1 < rows {
				f.ADDQ(s, p)
			}
		}
	}
	left := f.AllocLocal(8)

	f.Label("block")
	f.If0(f.Arg("from"), "zero")
	f.If0(f.Arg("step"), "same")
	each("from", "ldf", func(sum reg.VecVirtual, at operand.Mem) { f.VMOVUPS(at, sum) })
	f.Goto("begin")
	f.Label("same")
	p, s := f.Arg("from"), f.Arg("ldf")
	f.bytes(s)
	for _, row := range sums {
		for _, sum := range row {
			f.spread(asm.At(p, 0), sum)
		}
		f.ADDQ(s, p)
	}
	f.Goto("begin")
	f.Label("zero")
	for _, row := range sums {
		for _, sum := range row {
			f.zero(sum)
		}
	}

	f.Label("begin")
	taps, depth, a, as, ad, b, bs := f.Arg("taps"), f.Arg("depth"), f.Arg("a"), f.Arg("as"), f.Arg("ad"), f.Arg("b"), f.Arg("bs")
	count, as3 := f.Arg("n"), f.GP64()
	f.bytes(as, ad, bs)
	f.LEAQ(asm.Index(as, as, 2, 0), as3)
	f.If0(count, "store")
	f.MOVQ(count, left)
	pa, pb, lower, more := f.GP64(), f.GP64(), f.GP64(), f.GP64()
	f.Label("next")
	f.MOVLQSX(asm.At(taps, 0), pa)
	f.MOVLQSX(asm.At(taps, 4), pb)
	f.LEAQ(asm.Index(a, pa, f.scale(), 0), pa)
	f.LEAQ(asm.Index(b, pb, f.scale(), 0), pb)
	f.MOVQ(depth, more)
	columns, weight := f.Vectors(n, bytes), f.Vector(bytes)
	f.Label("loop")
	for v, c := range columns {
		f.VMOVUPS(asm.At(pb, v*bytes), c)
	}
	if rows > 4 {
		f.LEAQ(asm.Index(pa, as, 4, 0), lower)
	}
	for r, row := range sums {
		f.spread(asm.Row(r%4, []reg.GPVirtual{pa, lower}[r/4], as, as3), weight)
		for v, sum := range row {
			f.multiplyAdd(columns[v], weight, sum)
		}
	}
	f.ADDQ(ad, pa)
	f.ADDQ(bs, pb)
	f.Down(more, "loop")
	f.ADDQ(operand.U8(8), taps)
	f.Down(left, "next")

	f.Label("store")
	each("c", "ldc", func(sum reg.VecVirtual, at operand.Mem) { f.VMOVUPS(sum, at) })
	f.DECQ(f.Place("blocks"))
	f.JZ(operand.LabelRef("end"))
	f.ADDQ(operand.U32(f.size*cols), f.Place("b"))
	f.ADDQ(operand.U32(f.size*cols), f.Place("c"))
	step := f.Arg("step")
	f.IMUL3Q(operand.U32(f.size*cols), step, step)
	f.ADDQ(step, f.Place("from"))
	f.Goto("block")
	f.Label("end")
	f.End()
}

// channel writes the convolution of one channel with a filter of its own.
func (f *file) channel(bytes int) {
	f.Begin("channel"+f.suffix(bytes), strings.ReplaceAll("func(program *int32, strips int, w, src, dst *T, add int, first T)", "T", f.number()))
	program, strips, w, src, dst := f.Arg("program"), f.Arg("strips"), f.Arg("w"), f.Arg("src"), f.Arg("dst")
	first, weight := f.Vector(bytes), f.Vector(bytes)
	f.spread(f.Place("first"), first)
	out, in, offset, left, taps, tap, more := f.GP64(), f.GP64(), f.GP64(), f.GP64(), f.GP64(), f.GP64(), f.GP64()
	f.Label("strip")
	f.MOVLQSX(asm.At(program, 0), offset)
	f.LEAQ(asm.Index(dst, offset, f.scale(), 0), out)
	f.MOVLQSX(asm.At(program, 4), left)
	f.MOVLQSX(asm.At(program, 8), taps)
	f.ADDQ(operand.U8(12), program)
	f.MOVQ(src, in)
	block := 16 * f.size // bytes
	most := min(4, 8*bytes/block)
	for _, blocks := range []int{most, 1} { // of 16 numbers
		label := func(s string) string { return fmt.Sprint(s, blocks) }
		sums := f.Vectors(block*blocks/bytes, bytes)
		f.Label(label("blocks"))
		f.CMPQ(left, operand.U8(blocks))
		f.JLT(operand.LabelRef(label("less")))
		f.CMPQ(f.Place("add"), operand.U8(0))
		f.JE(operand.LabelRef(label("begin")))
		for i, sum := range sums {
			f.VMOVUPS(asm.At(out, i*bytes), sum)
		}
		f.Goto(label("sum"))
		f.Label(label("begin"))
		for _, sum := range sums {
			f.VMOVAPS(first, sum)
		}
		f.Label(label("sum"))
		f.MOVQ(program, tap)
		f.MOVQ(taps, more)
		f.If0(more, label("store"))
		f.Label(label("tap"))
		f.MOVLQSX(asm.At(tap, 0), offset)
		f.spread(asm.Index(w, offset, f.scale(), 0), weight)
		f.MOVLQSX(asm.At(tap, 4), offset)
		for i, sum := range sums {
			f.multiplyAdd(asm.Index(in, offset, f.scale(), i*bytes), weight, sum)
		}
		f.ADDQ(operand.U8(8), tap)
		f.Down(more, label("tap"))
		f.Label(label("store"))
		for i, sum := range sums {
			f.VMOVUPS(sum, asm.At(out, i*bytes))
		}
		f.ADDQ(operand.U32(block*blocks), out)
		f.ADDQ(operand.U32(block*blocks), in)
		f.SUBQ(operand.U8(blocks), left)
		f.Goto(label("blocks"))
		f.Label(label("less"))
	}
	f.LEAQ(asm.Index(program, taps, 8, 0), program)
	f.Down(strips, "strip")
	f.End()
}

package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/nascent-go/nascent/nasext/internal/asm"
)

// window writes the loop over the n offsets at of the pixels under a window. body is told
// where the numbers of one lie, and the offset in all lanes.
func (f *file) window(at, n, x reg.GPVirtual, body func(half int, from operand.Mem, offset reg.VecVirtual)) {
	p, left, i, offsets := f.GP64(), f.GP64(), f.GP64(), f.YMM()
	f.MOVQ(at, p)
	f.MOVQ(n, left)
	f.Label("next")
	f.MOVLQSX(asm.At(p, 0), i)
	f.LEAQ(asm.Index(x, i, 4, 0), i)
	f.VPBROADCASTD(asm.At(p, 0), offsets)
	for h := range 2 {
		body(h, asm.At(i, 32*h), offsets)
	}
	f.ADDQ(operand.U8(4), p)
	f.Down(left, "next")
}

// maxPool writes max pooling for one output pixel, 16 lanes at a time.
func (f *file) maxPool() {
	f.Begin("maxPoolY", "func(y *float32, which *int32, x *float32, at *int32, n, blocks int)")
	y, which, x, at, n, blocks := f.Arg("y"), f.Arg("which"), f.Arg("x"), f.Arg("at"), f.Arg("n"), f.Arg("blocks")
	largest, offsets := f.Vectors(2, 32), f.Vectors(2, 32)
	f.Label("block")
	first := f.GP64()
	f.MOVLQSX(asm.At(at, 0), first)
	for h := range 2 {
		f.VMOVUPS(asm.Index(x, first, 4, 32*h), largest[h])
		f.VPBROADCASTD(asm.At(at, 0), offsets[h])
	}
	f.window(at, n, x, func(h int, from operand.Mem, offset reg.VecVirtual) { // the first again, which changes nothing
		v, larger, nan := f.YMM(), f.YMM(), f.YMM()
		f.VMOVUPS(from, v)
		f.VCMPPS(operand.U8(0x1e), largest[h], v, larger)
		f.VCMPPS(operand.U8(3), v, v, nan)
		f.VORPS(nan, larger, larger)
		f.VBLENDVPS(larger, v, largest[h], largest[h])
		f.VBLENDVPS(larger, offset, offsets[h], offsets[h])
	})
	for h := range 2 {
		f.VMOVUPS(largest[h], asm.At(y, 32*h))
		f.VMOVUPS(offsets[h], asm.At(which, 32*h))
	}
	f.forward("block", blocks, y, which, x)
	f.End()
}

// maxPoolGrad writes its gradient, added to what is there or in its place.
func (f *file) maxPoolGrad(name string, add bool) {
	f.Begin(name, "func(dx, dy *float32, which, at *int32, n, blocks int)")
	dx, dy, which, at, n, blocks := f.Arg("dx"), f.Arg("dy"), f.Arg("which"), f.Arg("at"), f.Arg("n"), f.Arg("blocks")
	grad, offsets := f.Vectors(2, 32), f.Vectors(2, 32)
	f.Label("block")
	for h := range 2 {
		f.VMOVUPS(asm.At(dy, 32*h), grad[h])
		f.VMOVUPS(asm.At(which, 32*h), offsets[h])
	}
	f.window(at, n, dx, func(h int, to operand.Mem, offset reg.VecVirtual) {
		d := f.YMM()
		f.VPCMPEQD(offset, offsets[h], d)
		f.VANDPS(grad[h], d, d)
		if add {
			f.VADDPS(to, d, d)
		}
		f.VMOVUPS(d, to)
	})
	f.forward("block", blocks, dx, dy, which)
	f.End()
}

// forward goes to the next 16 lanes.
func (f *file) forward(label string, blocks reg.GPVirtual, pointers ...reg.GPVirtual) {
	for _, p := range pointers {
		f.ADDQ(operand.U8(64), p)
	}
	f.Down(blocks, label)
}

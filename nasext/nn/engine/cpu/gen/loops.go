package main

import (
	"strings"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/nascent-go/nascent/nasext/internal/asm"
)

// array is one that a loop goes along: where it is, for the first or the second half of
// 16 numbers.
type array func(half int) operand.Mem

// each writes a loop over left times 16 numbers of arrays, two registers a turn.
func (f *file) each(label string, left operand.Op, pointers []reg.GPVirtual, body func(half int, at []array)) {
	at := make([]array, len(pointers))
	for i, p := range pointers {
		at[i] = func(half int) operand.Mem { return asm.At(p, 32*half) }
	}
	f.Label(label)
	for h := range 2 {
		body(h, at)
	}
	for _, p := range pointers {
		f.ADDQ(operand.U8(64), p)
	}
	f.Down(left, label)
}

// broadcast fills a register with an argument.
func (f *file) broadcast(arg string) reg.VecVirtual {
	v := f.YMM()
	f.VBROADCASTSS(f.Place(arg), v)
	return v
}

// loop writes a function that goes along arrays; scalars are further arguments.
func (f *file) loop(name string, arrays []string, scalars string, body func(half int, at []array, scalar map[string]reg.VecVirtual)) {
	signature := "func(" + strings.Join(arrays, ", ") + " *float32, n int"
	scalar := map[string]reg.VecVirtual{}
	if scalars != "" {
		signature += ", " + scalars + " float32"
	}
	f.Begin(name, signature+")")
	pointers := f.Args(arrays...)
	left := f.Arg("n")
	for _, s := range strings.Split(scalars, ", ") {
		if s != "" {
			scalar[s] = f.broadcast(s)
		}
	}
	f.each("loop", left, pointers, func(half int, at []array) { body(half, at, scalar) })
	f.End()
}

// plain writes the loops over plain arrays.
func (f *file) plain() {
	f.loop("addY", []string{"dst", "src"}, "", func(h int, at []array, _ map[string]reg.VecVirtual) {
		x := f.YMM()
		f.VMOVUPS(at[0](h), x)
		f.VADDPS(at[1](h), x, x)
		f.VMOVUPS(x, at[0](h))
	})
	f.loop("plusY", []string{"dst", "x", "y"}, "", func(h int, at []array, _ map[string]reg.VecVirtual) {
		x := f.YMM()
		f.VMOVUPS(at[1](h), x)
		f.VADDPS(at[2](h), x, x)
		f.VMOVUPS(x, at[0](h))
	})
	f.loop("addMulY", []string{"dst", "src"}, "f", func(h int, at []array, s map[string]reg.VecVirtual) {
		x := f.YMM()
		f.VMULPS(at[1](h), s["f"], x)
		f.VADDPS(at[0](h), x, x)
		f.VMOVUPS(x, at[0](h))
	})
	f.loop("affineY", []string{"dst", "src"}, "f, t", func(h int, at []array, s map[string]reg.VecVirtual) {
		x := f.YMM()
		f.VMULPS(at[1](h), s["f"], x)
		f.VADDPS(s["t"], x, x)
		f.VMOVUPS(x, at[0](h))
	})
	// VMAXPS gives its second source, the number itself, if that is NaN.
	f.loop("reluY", []string{"dst", "src"}, "", func(h int, at []array, _ map[string]reg.VecVirtual) {
		zero, x := f.YMM(), f.YMM()
		f.zero(zero)
		f.VMAXPS(at[1](h), zero, x)
		f.VMOVUPS(x, at[0](h))
	})
	f.loop("reluGradY", []string{"dst", "dy", "y"}, "", func(h int, at []array, _ map[string]reg.VecVirtual) {
		zero, x := f.YMM(), f.YMM()
		f.zero(zero)
		f.VCMPPS(operand.U8(1), at[2](h), zero, x) // 0 < y
		f.VANDPS(at[1](h), x, x)
		f.VMOVUPS(x, at[0](h))
	})

	f.Begin("normSumsY", "func(dy, x *float32, n int, t float32, s, p *float32)")
	pointers, left, t := f.Args("dy", "x"), f.Arg("n"), f.broadcast("t")
	sums, products := f.Vectors(2, 32), f.Vectors(2, 32)
	for h := range 2 {
		f.zero(sums[h])
		f.zero(products[h])
	}
	f.each("loop", left, pointers, func(h int, at []array) {
		dy, x := f.YMM(), f.YMM()
		f.VMOVUPS(at[0](h), dy)
		f.VADDPS(dy, sums[h], sums[h])
		f.VMOVUPS(at[1](h), x)
		f.VSUBPS(t, x, x)
		f.VMULPS(dy, x, x)
		f.VADDPS(x, products[h], products[h])
	})
	f.store(sums, "s")
	f.store(products, "p")
	f.End()
}

// store writes two registers to where an argument points.
func (f *file) store(v []reg.VecVirtual, arg string) {
	p := f.Arg(arg)
	for h, x := range v {
		f.VMOVUPS(x, asm.At(p, 32*h))
	}
}

// momentum writes the update of gradient descent with momentum, plain or Nesterov's.
func (f *file) momentum(name string, nesterov bool) {
	f.loop(name, []string{"w", "v", "grad"}, "rate, momentum, decay", func(h int, at []array, s map[string]reg.VecVirtual) {
		w, g, v := f.YMM(), f.YMM(), f.YMM()
		f.VMOVUPS(at[0](h), w)
		f.VMULPS(w, s["decay"], g)
		f.VADDPS(at[2](h), g, g) // gradient + decay·w
		f.VMULPS(at[1](h), s["momentum"], v)
		f.VADDPS(g, v, v)
		f.VMOVUPS(v, at[1](h))
		if nesterov {
			f.VMULPS(v, s["momentum"], v)
			f.VADDPS(g, v, v)
		}
		f.VMULPS(v, s["rate"], v)
		f.VSUBPS(v, w, w)
		f.VMOVUPS(w, at[0](h))
	})
}

// adaptive writes the updates that divide by a root of a running mean of squares: Adam and
// RMSprop.
func (f *file) adaptive() {
	type scalars = map[string]reg.VecVirtual
	decayed := func(h int, at []array, s scalars) (w, g reg.VecVirtual) { // gradient + added·w
		w, g = f.YMM(), f.YMM()
		f.VMOVUPS(at[0](h), w)
		f.VMULPS(w, s["added"], g)
		f.VADDPS(at[3](h), g, g)
		return w, g
	}
	toward := func(mean operand.Mem, rest, x reg.VecVirtual) reg.VecVirtual { // mean += rest·(x - mean)
		m, d := f.YMM(), f.YMM()
		f.VMOVUPS(mean, m)
		f.VSUBPS(m, x, d)
		f.VMULPS(d, rest, d)
		f.VADDPS(d, m, m)
		f.VMOVUPS(m, mean)
		return m
	}
	square := func(x reg.VecVirtual) reg.VecVirtual {
		xx := f.YMM()
		f.VMULPS(x, x, xx)
		return xx
	}
	f.loop("adamY", []string{"w", "m", "sq", "grad"}, "added, rest1, rest2, root, eps, size, keep", func(h int, at []array, s scalars) {
		w, g := decayed(h, at, s)
		m := toward(at[1](h), s["rest1"], g)
		r := toward(at[2](h), s["rest2"], square(g))
		f.VSQRTPS(r, r)
		f.VMULPS(r, s["root"], r)
		f.VADDPS(r, s["eps"], r)
		f.VMULPS(m, s["size"], m)
		f.VDIVPS(r, m, m)
		f.VMULPS(w, s["keep"], w)
		f.VSUBPS(m, w, w)
		f.VMOVUPS(w, at[0](h))
	})
	f.loop("rmspropY", []string{"w", "v", "sq", "grad"}, "added, momentum, rest, eps, rate", func(h int, at []array, s scalars) {
		w, g := decayed(h, at, s)
		r := toward(at[2](h), s["rest"], square(g))
		f.VSQRTPS(r, r)
		f.VADDPS(r, s["eps"], r)
		f.VDIVPS(r, g, g)
		v := f.YMM()
		f.VMULPS(at[1](h), s["momentum"], v)
		f.VADDPS(g, v, v)
		f.VMOVUPS(v, at[1](h))
		f.VMULPS(v, s["rate"], v)
		f.VSUBPS(v, w, w)
		f.VMOVUPS(w, at[0](h))
	})
}

// again writes loops over blocks times m times 16 numbers, with a mask that begins anew
// with each block.
func (f *file) again(pointers []reg.GPVirtual, body func(half int, at []array)) {
	mask, blocks, m := f.Arg("mask"), f.Arg("blocks"), f.Arg("m")
	p, left := f.GP64(), f.GP64()
	f.Label("again")
	f.MOVQ(mask, p)
	f.MOVQ(m, left)
	f.each("loop", left, append(pointers, p), body)
	f.Down(blocks, "again")
}

// masked writes the loops that have a mask.
func (f *file) masked() {
	f.Begin("sumY", "func(x, mask *float32, blocks, m int, out *float32)")
	sums := f.Vectors(2, 32)
	f.zero(sums[0])
	f.zero(sums[1])
	f.again(f.Args("x"), func(h int, at []array) {
		x := f.YMM()
		f.VMOVUPS(at[0](h), x)
		f.VMULPS(at[1](h), x, x)
		f.VADDPS(x, sums[h], sums[h])
	})
	f.store(sums, "out")
	f.End()

	f.Begin("sqdevY", "func(x, mask *float32, blocks, m int, out *float32, t float32)")
	sums, t := f.Vectors(2, 32), f.broadcast("t")
	f.zero(sums[0])
	f.zero(sums[1])
	f.again(f.Args("x"), func(h int, at []array) {
		x := f.YMM()
		f.VMOVUPS(at[0](h), x)
		f.VSUBPS(t, x, x)
		f.VMULPS(at[1](h), x, x)
		f.VMULPS(x, x, x)
		f.VADDPS(x, sums[h], sums[h])
	})
	f.store(sums, "out")
	f.End()

	f.Begin("normGradY", "func(dst, dy, x, mask *float32, blocks, m int, f, plus, h, t float32)")
	scale, plus, slope, mean := f.broadcast("f"), f.broadcast("plus"), f.broadcast("h"), f.broadcast("t")
	f.again(f.Args("dst", "dy", "x"), func(h int, at []array) {
		d, x := f.YMM(), f.YMM()
		f.VMULPS(at[1](h), scale, d)
		f.VADDPS(plus, d, d)
		f.VMOVUPS(at[2](h), x)
		f.VSUBPS(mean, x, x)
		f.VMULPS(slope, x, x)
		f.VADDPS(x, d, d)
		f.VMULPS(at[3](h), d, d)
		f.VMOVUPS(d, at[0](h))
	})
	f.End()
}

package cpu

import (
	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// windows lists, for every output pixel, the input pixels under its window, as offsets
// into one channel. Padding is not in the lists.
type windows struct {
	first []int32 // of the list of each pixel; one more at the end
	at    []int32
	tile  bool // every input pixel is under exactly one
}

func (w *windows) of(pixel int) []int32 { return w.at[w.first[pixel]:w.first[pixel+1]] }

func newWindows[T engine.Float](o arch.Op, in, out value[T], lanes int) windows {
	w := windows{first: []int32{0}}
	w.tile = o.PadH == 0 && o.PadW == 0 && o.KH == o.Stride && o.KW == o.Stride && out.shape.H*o.Stride >= in.shape.H && out.shape.W*o.Stride >= in.shape.W
	for y := range out.shape.H {
		for x := range out.shape.W {
			y0, x0 := y*o.Stride-o.PadH, x*o.Stride-o.PadW
			for v := max(y0, 0); v < min(y0+o.KH, in.shape.H); v++ {
				for u := max(x0, 0); u < min(x0+o.KW, in.shape.W); u++ {
					w.at = append(w.at, int32((v*in.shape.W+u)*lanes))
				}
			}
			w.first = append(w.first, int32(len(w.at)))
		}
	}
	return w
}

// maxPool is the largest number under a window; its gradient goes to the first that is.
type maxPool[T engine.Float] struct {
	plain[T]
	in, out value[T]
	gradient[T]
	windows windows
	which   []int32 // its offset in the channel, as in windows
	relu    bool    // what it pools is rectified, and the gradient of that left to it
}

type maxPoolAhead[T engine.Float] maxPool[T]

func (o *maxPool[T]) cost(r *runner[T]) int { return 2 * len(o.windows.at) * r.lanes * o.out.shape.C }

func (o *maxPool[T]) forward(r *runner[T]) { r.run(o.cost(r), o.out.shape.C, (*maxPoolAhead[T])(o)) }

func (o *maxPoolAhead[T]) turns(r *runner[T], from, to int) {
	ps, qs := o.in.pixels()*r.lanes, o.out.pixels()
	for c := from; c < to; c++ {
		x := o.in.data[c*ps : (c+1)*ps]
		for q := range qs {
			base := (c*qs + q) * r.lanes
			r.k.maxPool(o.out.data[base:base+r.lanes], o.which[base:base+r.lanes], x, o.windows.of(q))
		}
	}
}

type maxPoolBack[T engine.Float] maxPool[T]

func (o *maxPool[T]) backward(r *runner[T]) {
	if o.dx, o.more = o.in.take(r); o.dx != nil {
		r.run(o.cost(r), o.out.shape.C, (*maxPoolBack[T])(o))
	}
}

func (o *maxPoolBack[T]) turns(r *runner[T], from, to int) {
	ps, qs := o.in.pixels()*r.lanes, o.out.pixels()
	for c := from; c < to; c++ {
		g := o.dx[c*ps : (c+1)*ps]
		if !o.more && !o.windows.tile {
			clear(g)
		}
		if o.relu { // on fewer numbers than before the pooling
			y, dy := o.out.data[c*qs*r.lanes:(c+1)*qs*r.lanes], o.out.grad[c*qs*r.lanes:(c+1)*qs*r.lanes]
			r.k.reluGrad(dy, dy, y)
		}
		for q := range qs {
			base := (c*qs + q) * r.lanes
			r.k.maxPoolGrad(g, o.out.grad[base:base+r.lanes], o.which[base:base+r.lanes], o.windows.of(q), o.more || !o.windows.tile)
		}
	}
}

// avgPool is the mean of the pixels under a window; padding is not counted. It is a
// convolution of each channel with equal weights, of which there is one for each number
// of pixels.
type avgPool[T engine.Float] struct {
	plain[T]
	in, out     value[T]
	ahead, back product[T]
	shares      []T // 1/n for n pixels under a window
}

func newAvgPool[T engine.Float](op arch.Op, in, out value[T], lanes int) *avgPool[T] {
	o := &avgPool[T]{in: in, out: out, shares: make([]T, op.KH*op.KW+1)}
	for n := range o.shares[1:] {
		o.shares[n+1] = 1 / T(n+1)
	}
	w := newWindows(op, in, out, lanes)
	over := make([][]tap, in.pixels()) // of each input pixel, the windows that it is under
	var ahead, back strips
	var taps []tap
	for q := range out.pixels() {
		at := w.of(q)
		n := int32(len(at))
		taps = taps[:0]
		for _, off := range at {
			taps = append(taps, tap{n, off})
			p := int(off) / lanes
			over[p] = append(over[p], tap{n, int32(q * lanes)})
		}
		ahead = ahead.add(taps, lanes)
	}
	for _, taps := range over {
		back = back.add(taps, lanes)
	}
	o.ahead, o.back = o.product(ahead, in, out), o.product(back, out, in)
	return o
}

func (o *avgPool[T]) product(s strips, src, dst value[T]) product[T] {
	return product[T]{w: o.shares, wd: 1, strips: s, groups: src.shape.C, rows: 1, depth: 1, srcPixels: src.pixels(), dstPixels: dst.pixels()}
}

func (o *avgPool[T]) forward(r *runner[T]) { o.ahead.run(r, o.in.data, o.out.data) }

func (o *avgPool[T]) backward(r *runner[T]) {
	dx, more := o.in.take(r)
	if dx == nil {
		return
	}
	o.back.add = more
	o.back.run(r, o.out.grad, dx)
}

// globalPool is the mean over all pixels of a channel.
type globalPool[T engine.Float] struct {
	plain[T]
	in, out value[T]
}

func (o *globalPool[T]) forward(r *runner[T]) {
	ps := o.in.pixels() * r.lanes
	for c := range o.out.shape.C {
		x, y := o.in.data[c*ps:(c+1)*ps], o.out.data[c*r.lanes:][:r.lanes]
		copy(y, x)
		for at := r.lanes; at < ps; at += r.lanes {
			r.k.add(y, x[at:at+r.lanes])
		}
		r.k.affine(y, y, 1/T(o.in.pixels()), 0)
	}
}

func (o *globalPool[T]) backward(r *runner[T]) {
	dx, more := o.in.take(r)
	if dx == nil {
		return
	}
	ps, f := o.in.pixels()*r.lanes, 1/T(o.in.pixels())
	for c := range o.out.shape.C {
		dy := o.out.grad[c*r.lanes:][:r.lanes]
		for at := c * ps; at < (c+1)*ps; at += r.lanes {
			if more {
				r.k.addMul(dx[at:at+r.lanes], dy, f)
			} else {
				r.k.affine(dx[at:at+r.lanes], dy, f, 0)
			}
		}
	}
}

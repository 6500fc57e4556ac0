package cpu

import (
	"slices"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// conv is a convolution, with stride, padding, dilation and groups. A linear layer is
// one of 1×1 on an image of 1×1.
//
// Forward, and backward to the input, are for each pixel a product of weights with the
// rows of samples that its taps name. The gradient of a weight is a dot product of a
// gradient's channel with an activation's, over all pixels where both exist.
type conv[T engine.Float] struct {
	in, out value[T]
	step    engine.StepOf[T]
	groups  int
	ci, co  int // channels in and out, of a group
	taps    int // positions of the filter

	ahead, back product[T]
	reach
	relu     bool              // the output is rectified
	norm     *engine.StepOf[T] // the batch norm behind it, in inference; nil if there is none
	sums     [][16]T           // of each turn of a weight gradient
	biasSums [width]T          // of a channel

	// For the weight gradients of a linear layer: its inputs again, one sample after the
	// other; gradients that are no whole vectors; and the one tap that it has.
	samples, edges []T
	once           []tap
}

// strip is a stretch of pixels of a result that the same taps reach: those of the first,
// and as many pixels further for the others.
type strip struct {
	pixel, n int
	taps     []tap
}

// longest is the largest number of pixels of a strip, times lanes: what a thread does in
// one turn is no more.
const longest = 2048

// strips are those of an image.
type strips []strip

// add adds the next pixel. The weights of its taps begin at a, the pixels that they meet
// are b.
func (s strips) add(taps []tap, lanes int) strips {
	if k := len(s) - 1; k >= 0 && (s[k].n+1)*lanes <= longest && s[k].follows(taps, lanes) {
		s[k].n++
		return s
	}
	pixel := 0
	if k := len(s) - 1; k >= 0 {
		pixel = s[k].pixel + s[k].n
	}
	return append(s, strip{pixel, 1, slices.Clone(taps)})
}

// follows: taps are those of the strip, as many pixels further as it is long.
func (s *strip) follows(taps []tap, lanes int) bool {
	return slices.EqualFunc(s.taps, taps, func(t, u tap) bool { return u == tap{t.a, t.b + int32(s.n*lanes)} })
}

// taps is how many there are in all.
func (s strips) taps() (n int) {
	for _, t := range s {
		n += t.n * len(t.taps)
	}
	return n
}

func newConv[T engine.Float](r *runner[T], s engine.StepOf[T], in, out value[T]) *conv[T] {
	op := s.Op
	if op.Kind == arch.Linear {
		op.KH, op.KW, op.Stride, op.StrideW, op.Dilation, op.Groups = 1, 1, 1, 1, 1, 1
	}
	o := &conv[T]{in: in, out: out, step: s, groups: op.Groups, ci: in.shape.C / op.Groups, co: out.shape.C / op.Groups,
		taps: op.KH * op.KW}
	o.reach = r.reachOf(filter{op.KH, op.KW, op.Stride, op.StrideW, op.Dilation, op.PadH, op.PadW,
		in.shape.H, in.shape.W, out.shape.H, out.shape.W, o.ci < few && op.KW > 1})
	p := product[T]{w: s.Weight.W, size: o.co * o.ci * o.taps, groups: o.groups}
	o.ahead, o.back = p, p
	o.ahead.ws, o.ahead.wd, o.ahead.strips, o.ahead.rows, o.ahead.depth = o.ci*o.taps, o.taps, o.forth, o.co, o.ci
	o.back.ws, o.back.wd, o.back.strips, o.back.rows, o.back.depth = o.taps, o.ci*o.taps, o.home, o.ci, o.co
	o.ahead.srcPixels, o.ahead.dstPixels = in.pixels(), out.pixels()
	o.back.srcPixels, o.back.dstPixels = out.pixels(), in.pixels()
	if s.Bias != nil {
		o.ahead.bias = s.Bias.W
	}
	return o
}

// filter is all that decides which pixels of an input and of an output its taps bring
// together.
type filter struct {
	kh, kw, stride, strideW, dilation, padH, padW int
	inH, inW, outH, outW                          int
	spans                                         bool // for weight gradients by spans
}

// reach is which pixels those are.
type reach struct {
	forth, home strips  // the taps of every output pixel, and of every input pixel; in inference only forth
	runs        [][]run // of each tap; nil if spans take their place, of which there may be none
	spans       []span
}

// reachOf is the reach of a filter. A network has many of few kinds, which share it.
func (r *runner[T]) reachOf(f filter) reach {
	known, ok := r.reaches[f]
	if ok {
		return known
	}
	a := reach{forth: f.forth(r.lanes)}
	switch {
	case r.inference:
	case f.spans:
		a.home, a.spans = f.home(r.lanes), f.spansOf(r.lanes)
	default:
		a.home = f.home(r.lanes)
		for t := range f.kh * f.kw {
			a.runs = append(a.runs, f.runs(t, r.lanes))
		}
	}
	r.reaches[f] = a
	return a
}

// forth lists the taps of every output pixel.
func (f filter) forth(lanes int) (forth strips) {
	var taps []tap
	for y := range f.outH {
		for x := range f.outW {
			taps = taps[:0]
			for t := range f.kh * f.kw {
				v, u := y*f.stride+t/f.kw*f.dilation-f.padH, x*f.strideW+t%f.kw*f.dilation-f.padW
				if v >= 0 && v < f.inH && u >= 0 && u < f.inW {
					taps = append(taps, tap{int32(t), int32((v*f.inW + u) * lanes)})
				}
			}
			forth = forth.add(taps, lanes)
		}
	}
	return forth
}

// home lists the taps of every input pixel.
func (f filter) home(lanes int) (home strips) {
	var taps []tap
	for v := range f.inH {
		for u := range f.inW {
			taps = taps[:0]
			for t := range f.kh * f.kw {
				y, x := v+f.padH-t/f.kw*f.dilation, u+f.padW-t%f.kw*f.dilation
				if y >= 0 && x >= 0 && y%f.stride == 0 && x%f.strideW == 0 && y/f.stride < f.outH && x/f.strideW < f.outW {
					taps = append(taps, tap{int32(t), int32((y/f.stride*f.outW + x/f.strideW) * lanes)})
				}
			}
			home = home.add(taps, lanes)
		}
	}
	return home
}

// runs lists the stretches of output and input pixels that tap t brings together.
func (f filter) runs(t, lanes int) (runs []run) {
	for y := range f.outH {
		v := y*f.stride + t/f.kw*f.dilation - f.padH
		if v < 0 || v >= f.inH {
			continue
		}
		for x := range f.outW {
			u := x*f.strideW + t%f.kw*f.dilation - f.padW
			if u < 0 || u >= f.inW {
				continue
			}
			runs = appendRun(runs, (y*f.outW+x)*lanes, (v*f.inW+u)*lanes, lanes)
		}
	}
	return runs
}

// few: with fewer input channels in a group, taps that are neighbours take the place of
// channels in dot products.
const few = 3

// span is up to four neighbouring taps and the pixels for which just these lie in the
// image, with others beside them.
type span struct {
	tap, n int
	runs   []run // for the first of them
	step   int   // from one to the next, in numbers
}

// spansOf lists the spans of the filter, its rows one after the other.
func (f filter) spansOf(lanes int) (spans []span) {
	known := map[[2]int]int{} // first tap and number of taps → index
	for ky := range f.kh {
		for y := range f.outH {
			v := y*f.stride + ky*f.dilation - f.padH
			if v < 0 || v >= f.inH {
				continue
			}
			for x := range f.outW {
				left := x*f.strideW - f.padW
				for kx := 0; kx < f.kw; {
					u := left + kx*f.dilation
					if u < 0 || u >= f.inW {
						kx++
						continue
					}
					n := 1
					for n < 4 && kx+n < f.kw && u+n*f.dilation < f.inW {
						n++
					}
					key := [2]int{ky*f.kw + kx, n}
					if _, ok := known[key]; !ok {
						known[key] = len(spans)
						spans = append(spans, span{tap: key[0], n: n, step: f.dilation * lanes})
					}
					s := &spans[known[key]]
					s.runs = appendRun(s.runs, (y*f.outW+x)*lanes, (v*f.inW+u)*lanes, lanes)
					kx += n
				}
			}
		}
	}
	return spans
}

// appendRun adds a pixel to a list of runs.
func appendRun(runs []run, a, b, lanes int) []run {
	if k := len(runs) - 1; k >= 0 && int(runs[k].a+runs[k].n*width) == a && int(runs[k].b+runs[k].n*width) == b {
		runs[k].n += int32(lanes / width)
		return runs
	}
	return append(runs, run{a: int32(a), b: int32(b), n: int32(lanes / width)})
}

func (o *conv[T]) rectify() { o.relu = true }

func (o *conv[T]) forward(r *runner[T]) {
	if o.norm != nil {
		o.normalise(r)
	}
	o.ahead.relu = o.relu
	o.ahead.run(r, o.in.data, o.out.data)
}

func (o *conv[T]) backward(r *runner[T]) {
	o.weightGrad(r)
	dx, more := o.in.take(r)
	if dx == nil {
		return
	}
	o.back.add = more
	o.back.run(r, o.out.grad, dx)
}

// product is dst = Σ weights · rows of src, for every pixel of dst.
type product[T engine.Float] struct {
	w           []T // of a group, then of the next
	size        int // from one group to the next
	ws, wd      int // strides of rows and of depth
	strips      strips
	program     program // the strips, where each group has one channel
	groups      int
	rows, depth int // channels of dst and src, of a group
	src, dst    []T // in the present pass
	srcPixels   int
	dstPixels   int
	bias        []T  // what each channel of dst begins with, or nil
	add         bool // dst keeps what it holds
	relu        bool // dst is rectified in the end
}

func (p *product[T]) run(r *runner[T], src, dst []T) {
	p.src, p.dst = src, dst
	cost := p.strips.taps() * p.groups * p.rows * p.depth * r.lanes / 4
	if p.rows == 1 && p.depth == 1 {
		if p.program.code == nil {
			p.program = newProgram(p.strips, r.lanes)
		}
		r.run(cost, p.groups, (*channels[T])(p))
		return
	}
	// Panel after panel, in each strip after strip.
	r.run(cost, p.groups*p.panels()*len(p.strips), p)
}

func (p *product[T]) panels() int { return (p.rows + panel - 1) / panel }

func (p *product[T]) turns(r *runner[T], from, to int) {
	panels := p.panels()
	ss, ds := p.srcPixels*r.lanes, p.dstPixels*r.lanes
	for u := from; u < to; u++ {
		block, s := u/len(p.strips), &p.strips[u%len(p.strips)]
		g, row := block/panels, block%panels*panel
		n := min(panel, p.rows-row)
		c, cols := (g*p.rows+row)*ds+s.pixel*r.lanes, s.n*r.lanes
		var from start[T]
		switch {
		case p.add:
			from = start[T]{p.dst[c:], ds, 1}
		case p.bias != nil:
			from = start[T]{p.bias[g*p.rows+row:], 1, 0}
		}
		r.k.tile(n, cols, s.taps, p.depth, p.w[g*p.size+row*p.ws:], p.ws, p.wd, p.src[g*p.depth*ss:], ss,
			p.dst[c:], ds, from)
		for i := 0; p.relu && i < n; i++ {
			row := p.dst[c+i*ds:][:cols]
			r.k.relu(row, row)
		}
	}
}

// channels is a product whose groups have one channel each.
type channels[T engine.Float] product[T]

func (p *channels[T]) turns(r *runner[T], from, to int) {
	ss, ds := p.srcPixels*r.lanes, p.dstPixels*r.lanes
	for g := from; g < to; g++ {
		dst, first := p.dst[g*ds:(g+1)*ds], T(0)
		if p.bias != nil {
			first = p.bias[g]
		}
		r.k.channel(p.program, p.w[g*p.size:], p.src[g*ss:], dst, p.add, first)
		if p.relu {
			r.k.relu(dst, dst)
		}
	}
}

// weightGrad fills the gradients of weights and bias.
func (o *conv[T]) weightGrad(r *runner[T]) {
	outs, ins := (o.co+3)/4, (o.ci+3)/4
	cost := o.out.pixels() * r.lanes * len(o.step.Weight.W) / 4
	switch {
	case o.linear():
		o.outerProducts(r)
	case o.runs == nil:
		o.products(r, cost, o.groups*outs*o.ci, (*spanProducts[T])(o))
	default:
		o.products(r, cost, o.groups*outs*ins*o.taps, (*dotProducts[T])(o))
	}
	if o.step.Bias == nil {
		return
	}
	size := o.out.pixels() * r.lanes
	for c := range o.out.shape.C {
		r.k.sum(o.out.grad[c*size:(c+1)*size], r.mask, &o.biasSums)
		o.step.Bias.G[c] = T(total(&o.biasSums))
	}
}

// products runs the turns of a loop that has sums for each.
func (o *conv[T]) products(r *runner[T], cost, turns int, l loop[T]) {
	if o.sums == nil {
		o.sums = make([][16]T, turns)
	}
	r.run(cost, turns, l)
}

// linear: there is but one pixel.
func (o *conv[T]) linear() bool {
	return o.taps == 1 && o.groups == 1 && o.in.pixels() == 1 && o.out.pixels() == 1
}

// outerProducts fills the gradients of a linear layer's weights: for each sample the
// product of an output's gradient with all inputs. Sums over samples as short as a batch
// would take longer to fold than to sum.
func (o *conv[T]) outerProducts(r *runner[T]) {
	stride := roundUp(o.ci)
	if o.samples == nil {
		o.samples, o.edges, o.once = make([]T, r.lanes*stride), make([]T, (o.co+panel-1)/panel*panel*width), []tap{{}}
	}
	r.k.transpose(o.samples, stride, o.in.data, r.lanes, o.ci, r.n)
	r.run(o.ci*o.co*r.n/4, (o.co+panel-1)/panel, (*outerProducts[T])(o))
}

// roundUp is the next multiple of width.
func roundUp(n int) int { return (n + width - 1) / width * width }

type outerProducts[T engine.Float] conv[T]

func (o *outerProducts[T]) turns(r *runner[T], from, to int) {
	stride, whole, g := roundUp(o.ci), o.ci/width*width, o.step.Weight.G
	for row := from * panel; row < min(to*panel, o.co); row += panel {
		n, dy := min(panel, o.co-row), o.out.grad[row*r.lanes:]
		if whole > 0 {
			r.k.tile(n, whole, o.once, r.n, dy, r.lanes, 1, o.samples, stride, g[row*o.ci:], o.ci, start[T]{})
		}
		if whole == o.ci {
			continue
		}
		edge := o.edges[row*width:]
		r.k.tile(n, width, o.once, r.n, dy, r.lanes, 1, o.samples[whole:], stride, edge, width, start[T]{})
		for i := range n {
			copy(g[(row+i)*o.ci+whole:(row+i+1)*o.ci], edge[i*width:])
		}
	}
}

// spanProducts does what dotProducts does, for neighbouring taps of one input channel at
// a time.
type spanProducts[T engine.Float] conv[T]

func (o *spanProducts[T]) turns(r *runner[T], from, to int) {
	os, is := o.out.pixels()*r.lanes, o.in.pixels()*r.lanes
	dy, x, g := o.out.grad, o.in.data, o.step.Weight.G
	outs := (o.co + 3) / 4
	for u := from; u < to; u++ {
		in, block := u%o.ci, u/o.ci
		out, group := block%outs*4, block/outs
		rows := min(4, o.co-out)
		out += group * o.co
		for i := range rows {
			clear(g[((out+i)*o.ci+in)*o.taps:][:o.taps])
		}
		sums := &o.sums[u]
		for _, s := range o.spans {
			r.k.dot(rows, s.n, s.runs, dy[out*os:], os, x[(group*o.ci+in)*is:], s.step, sums)
			for i := range rows {
				for j := range s.n {
					g[((out+i)*o.ci+in)*o.taps+s.tap+j] += sums[4*i+j]
				}
			}
		}
	}
}

// dotProducts fills the gradients of weights: dot products over all pixels of a channel.
type dotProducts[T engine.Float] conv[T]

func (o *dotProducts[T]) turns(r *runner[T], from, to int) {
	os, is := o.out.pixels()*r.lanes, o.in.pixels()*r.lanes
	dy, x, g := o.out.grad, o.in.data, o.step.Weight.G
	outs, ins := (o.co+3)/4, (o.ci+3)/4
	for u := from; u < to; u++ {
		t, block := u%o.taps, u/o.taps
		in, block := block%ins*4, block/ins
		out, group := block%outs*4, block/outs
		rows, cols := min(4, o.co-out), min(4, o.ci-in)
		out += group * o.co
		sums := &o.sums[u]
		r.k.dot(rows, cols, o.runs[t], dy[out*os:], os, x[(group*o.ci+in)*is:], is, sums)
		for i := range rows {
			for j := range cols {
				g[((out+i)*o.ci+in+j)*o.taps+t] = sums[4*i+j]
			}
		}
	}
}

func (o *conv[T]) idle() {
	clear(o.step.Weight.G)
	if o.step.Bias != nil {
		clear(o.step.Bias.G)
	}
}

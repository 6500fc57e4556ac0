package cpu

// add is the sum of values of one shape, from the first to the last.
type add struct {
	plain
	in   []value
	out  value
	relu bool // the sum is rectified
}

func (o *add) rectify() { o.relu = true }

func (o *add) forward(r *runner) {
	y := o.out.data
	r.turns(len(y)*len(o.in), len(y)/r.lanes, func(from, to int) {
		from, to = from*r.lanes, to*r.lanes
		r.k.plus(y[from:to], o.in[0].data[from:to], o.in[1].data[from:to])
		for _, v := range o.in[2:] {
			r.k.add(y[from:to], v.data[from:to])
		}
		if o.relu {
			r.k.relu(y[from:to], y[from:to])
		}
	})
}

func (o *add) backward(r *runner) {
	dy := o.out.grad
	left := true // dy has not been given away
	for _, v := range o.in {
		switch {
		case left && v.need && !v.has: // nothing else looks at dy any more: its memory can stay what it is
			v.grad, o.out.grad, v.has, left = o.out.grad, v.grad, true, false
		default:
			if dx, more := v.take(); dx != nil {
				r.pass1(dx, dy, more)
			}
		}
	}
}

// pass1 hands a gradient on as it is.
func (r *runner) pass1(dx, dy []float32, more bool) {
	if more {
		r.k.add(dx, dy)
	} else {
		copy(dx, dy)
	}
}

// mul is the product of an image and its gate, which has the image's shape or one
// number a channel.
type mul struct {
	plain
	x, gate, out value
}

// ratio is how many numbers of the image share one of the gate, in rows of lanes.
func (o *mul) ratio() int { return len(o.x.data) / len(o.gate.data) }

func (o *mul) forward(r *runner) {
	pixels := o.ratio()
	r.turns(len(o.out.data), len(o.gate.data)/r.lanes, func(from, to int) {
		for c := from; c < to; c++ {
			gate := o.gate.data[c*r.lanes:][:r.lanes]
			for at := c * pixels * r.lanes; at < (c+1)*pixels*r.lanes; at += r.lanes {
				x, y := o.x.data[at:at+r.lanes], o.out.data[at:at+r.lanes]
				for l, g := range gate {
					y[l] = x[l] * g
				}
			}
		}
	})
}

func (o *mul) backward(r *runner) {
	pixels := o.ratio()
	// times adds dy times the other factor to the gradient of one; which of its numbers
	// belongs to row at of the image is said by row.
	times := func(grad []float32, more bool, other []float32, row, otherRow func(c, at int) int) {
		r.turns(len(o.out.data), len(o.gate.data)/r.lanes, func(from, to int) {
			if !more {
				clear(grad[row(from, from*pixels)*r.lanes : row(to, to*pixels)*r.lanes])
			}
			for c := from; c < to; c++ {
				for at := c * pixels; at < (c+1)*pixels; at++ {
					dx, dy := grad[row(c, at)*r.lanes:][:r.lanes], o.out.grad[at*r.lanes:][:r.lanes]
					for l, v := range other[otherRow(c, at)*r.lanes:][:r.lanes] {
						dx[l] += dy[l] * v
					}
				}
			}
		})
	}
	channel, pixel := func(c, _ int) int { return c }, func(_, at int) int { return at }
	if dx, more := o.x.take(); dx != nil {
		times(dx, more, o.gate.data, pixel, channel)
	}
	if dg, more := o.gate.take(); dg != nil {
		times(dg, more, o.x.data, channel, pixel)
	}
}

// concat joins values along the channels.
type concat struct {
	plain
	in  []value
	out value
}

func (o *concat) forward(r *runner) {
	y := o.out.data
	for _, v := range o.in {
		y = y[copy(y, v.data):]
	}
}

func (o *concat) backward(r *runner) {
	dy := o.out.grad
	for _, v := range o.in {
		n := len(v.data)
		if dx, more := v.take(); dx != nil {
			r.pass1(dx, dy[:n], more)
		}
		dy = dy[n:]
	}
}

package cpu

// add is the sum of values of one shape, from the first to the last.
type add struct {
	plain
	in  []value
	out value
}

func (o *add) forward(r *runner) {
	y := o.out.data
	r.turns(len(y)*len(o.in), len(y)/r.lanes, func(from, to int) {
		from, to = from*r.lanes, to*r.lanes
		copy(y[from:to], o.in[0].data[from:to])
		for _, v := range o.in[1:] {
			r.k.add(y[from:to], v.data[from:to])
		}
	})
}

func (o *add) backward(r *runner) {
	for _, v := range o.in {
		if dx, more := v.take(); dx != nil {
			r.pass1(dx, o.out.grad, more)
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

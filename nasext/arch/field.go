package arch

// Field is the receptive field of a node's pixels: what part of the input each of them
// depends on (Araujo, Norris and Sim 2019, "Computing receptive fields of convolutional
// neural networks"). It is measured in pixels of the input and goes on into the padding
// around it, so that it may be larger than the image.
type Field struct {
	H, W int // size; 0 for zeros, which depend on nothing
	// Top and Left are where the field of the node's first pixel begins, from the
	// image's corner on; in the padding they are negative.
	Top, Left int
	// StrideH and StrideW are the distances between the fields of neighbouring pixels.
	// They are 0 if every pixel has the same field, as after a mean over the image.
	StrideH, StrideW int
}

// Fields are the receptive fields of all nodes, in their order. Where paths meet, the
// field is the smallest rectangle that holds those of all paths. If the paths moved at
// different strides, as an image and the gate that its mean gives, the field of every
// pixel is said to be what all of them together depend on.
func (a *Arch) Fields() ([]Field, error) {
	infos, err := a.Infer()
	if err != nil {
		return nil, err
	}
	rows, columns := make([]span, len(infos)), make([]span, len(infos))
	fields := make([]Field, len(infos))
	for i, n := range a.Nodes {
		rows[i], columns[i] = span{stride: 1}, span{stride: 1}
		if len(n.In) > 0 {
			in, op := infos[n.In[0]].Out, n.Op.WithDefaults()
			top, left := op.Leading(in)
			down, across := op.strides()
			rows[i] = merge(rows, n.In, infos, Shape.height).after(op, in.H, op.KH, top, down)
			columns[i] = merge(columns, n.In, infos, Shape.width).after(op, in.W, op.KW, left, across)
		}
		fields[i] = Field{
			H: rows[i].size(), Top: rows[i].first, StrideH: rows[i].stride,
			W: columns[i].size(), Left: columns[i].first, StrideW: columns[i].stride,
		}
	}
	return fields, nil
}

func (s Shape) height() int { return s.H }
func (s Shape) width() int  { return s.W }

// span is the receptive field along one side: pixel x of a node depends on the input's
// pixels first+x·stride to last+x·stride.
type span struct {
	first, last, stride int
	empty               bool
}

func (s span) size() int {
	if s.empty {
		return 0
	}
	return s.last - s.first + 1
}

// after is the span behind an operation, whose input has n pixels along this side and
// pad pixels of padding before it.
func (s span) after(o Op, n, k, pad, stride int) span {
	switch o.Kind {
	case Conv, MaxPool, AvgPool:
		return span{s.first - pad*s.stride, s.last + (o.reach(k)-1-pad)*s.stride, s.stride * stride, s.empty}
	case ZeroPad:
		return span{s.first - pad*s.stride, s.last - pad*s.stride, s.stride, s.empty}
	case Shift:
		return span{s.first + s.stride, s.last + s.stride, s.stride, s.empty}
	case Crop:
		return span{s.first + o.From*s.stride, s.last + o.From*s.stride, s.stride, s.empty}
	case GlobalPool, Flatten, Custom: // a function may look at all of the image
		return s.whole(n)
	case Zero:
		return span{empty: true, stride: s.stride * stride}
	}
	return s
}

// whole is the span of n pixels together.
func (s span) whole(n int) span {
	return span{first: s.first, last: s.last + (n-1)*s.stride, empty: s.empty}
}

// merge is the span of the nodes in, of which each has side pixels, where they meet.
func merge(spans []span, in []int, infos []Info, side func(Shape) int) span {
	together := spans[in[0]]
	pixels := side(infos[in[0]].Out)
	for _, i := range in[1:] {
		s := spans[i]
		if s.empty {
			continue
		}
		if together.empty {
			together, pixels = s, side(infos[i].Out)
			continue
		}
		if s.stride != together.stride {
			s, together = s.whole(side(infos[i].Out)), together.whole(pixels)
		}
		together.first, together.last = min(together.first, s.first), max(together.last, s.last)
	}
	return together
}

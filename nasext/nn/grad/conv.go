package grad

import (
	"math"
	"slices"
)

// Window says how a filter or a pooling window moves over images. Zero means the default
// of each field.
type Window struct {
	KH, KW          int // of a pooling window; a filter has its own
	Stride, StrideW int // down and across; 1, and across as down
	PadH, PadW      int // on each of both sides; 0
	Dilation        int // distance between the pixels under the filter; 1
	Groups          int // of a convolution's channels, which do not mix; 1
}

// place is a window with the defaults written out, on images of a size.
type place struct {
	Window
	h, w int // positions of the window
}

// placed checks the window on images n×c×h×w.
func (t *Tensor) placed(op string, o Window) (place, *Tensor) {
	for _, v := range []*int{&o.Stride, &o.Dilation, &o.Groups} {
		if *v == 0 {
			*v = 1
		}
	}
	if o.StrideW == 0 {
		o.StrideW = o.Stride
	}
	const most = 1 << 20
	if len(t.shape) != 4 {
		return place{}, fail(op, "of a tensor of shape %s; it takes images: samples×channels×height×width", sides(t.shape))
	}
	for _, v := range []int{o.KH, o.KW, o.Stride, o.StrideW, o.Dilation, o.Groups, o.PadH + 1, o.PadW + 1} {
		if v < 1 || v > most {
			return place{}, fail(op, "the window is %+v; padding has to be at least 0 and all else at least 1, and none above %d", o, most)
		}
	}
	down, across := t.shape[2]+2*o.PadH-o.Dilation*(o.KH-1)-1, t.shape[3]+2*o.PadW-o.Dilation*(o.KW-1)-1
	if down < 0 || across < 0 {
		return place{}, fail(op, "a window of %d×%d pixels, %d apart, does not fit on %s padded by %d×%d", o.KH, o.KW, o.Dilation, sides(t.shape), o.PadH, o.PadW)
	}
	return place{Window: o, h: down/o.Stride + 1, w: across/o.StrideW + 1}, nil
}

// under is what lies under the window at each of its positions:
// channels×KH×KW×samples×positions down×positions across, of images padded with v.
func (t *Tensor) under(p place, v float64) *Tensor {
	t = t.PadWith(v, 2, p.PadH, p.PadH).PadWith(v, 3, p.PadW, p.PadW)
	if t.err != nil {
		return t
	}
	n, c, h, w := t.shape[0], t.shape[1], t.shape[2], t.shape[3]
	return t.read(layout{
		shape: []int{c, p.KH, p.KW, n, p.h, p.w},
		step:  []int{h * w, p.Dilation * w, p.Dilation, c * h * w, p.Stride * w, p.StrideW},
	})
}

// Conv2D is the convolution (cross-correlation) of images, samples×channels×height×width,
// with filters out×channels/groups×height×width.
func (t *Tensor) Conv2D(filters *Tensor, o Window) *Tensor {
	const op = "conv2d"
	if b := broken(op, t, filters); b != nil {
		return b
	}
	if len(filters.shape) != 4 {
		return fail(op, "with filters of shape %s; they are out×channels/groups×height×width", sides(filters.shape))
	}
	o.KH, o.KW = filters.shape[2], filters.shape[3]
	p, f := t.placed(op, o)
	if f != nil {
		return f
	}
	n, c, out, g := t.shape[0], t.shape[1], filters.shape[0], p.Groups
	if c%g != 0 || out%g != 0 || filters.shape[1] != c/g {
		return fail(op, "of %s with filters %s in %d groups; the groups have to divide the channels that come in and go out, and the filters take channels/groups", sides(t.shape), sides(filters.shape), g)
	}
	depth := c / g * p.KH * p.KW
	y := filters.Reshape(g, out/g, depth).MatMul(t.under(p, 0).Reshape(g, depth, n*p.h*p.w))
	return y.Reshape(out, n, p.h, p.w).Transpose(1, 0, 2, 3)
}

// pooled is what lies under a pooling window: KH·KW×samples×channels×height×width.
func (t *Tensor) pooled(op string, o Window, v float64) *Tensor {
	if b := broken(op, t); b != nil {
		return b
	}
	p, f := t.placed(op, o)
	if f != nil {
		return f
	}
	if 2*p.PadH > p.KH || 2*p.PadW > p.KW {
		return fail(op, "a window of %d×%d padded by %d×%d could lie outside of the image; pad by half of it at most", p.KH, p.KW, p.PadH, p.PadW)
	}
	return t.under(p, v).Transpose(1, 2, 3, 0, 4, 5).Reshape(p.KH*p.KW, t.shape[0], t.shape[1], p.h, p.w)
}

// MaxPool2D is the largest number under a window, for each channel; padding never wins.
func (t *Tensor) MaxPool2D(o Window) *Tensor {
	return t.pooled("maxpool2d", o, math.Inf(-1)).Max(0)
}

// AvgPool2D is the mean of the pixels under a window that lie inside of the image, for
// each channel.
func (t *Tensor) AvgPool2D(o Window) *Tensor {
	const op = "avgpool2d"
	sum := t.pooled(op, o, 0).Sum(0)
	if sum.err != nil {
		return sum
	}
	one := slices.Clone(t.shape)
	one[0], one[1] = 1, 1
	return sum.Div(Ones(one...).pooled(op, o, 0).Sum(0))
}

package arch

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// setting is one field of Op, as a bit.
type setting uint32

const (
	setOut setting = 1 << iota
	setFilter
	setStride
	setPad
	setDilation
	setGroups
	setBias
	setCeil
	setRate
	setFrom
	setSame
	setFixed
	setStrideW
	setAlpha
	setGate
	setFunc
	setSize
)

// many is the largest number of inputs of an operation that takes any number.
const many = math.MaxInt

// rule is what holds for every operation of a kind.
type rule struct {
	settings     setting // those that count
	minIn, maxIn int
}

// ruleOf says what holds for operations of kind k; false if there is no such kind.
func ruleOf(k Kind) (rule, bool) {
	const (
		pool = setFilter | setStride | setPad | setSame | setCeil
		conv = setOut | setFilter | setStride | setStrideW | setPad | setSame | setDilation | setGroups | setBias
	)
	switch k {
	case Input:
		return rule{0, 0, 0}, true
	case Conv:
		return rule{conv, 1, 1}, true
	case MaxPool, AvgPool:
		return rule{pool, 1, 1}, true
	case BatchNorm:
		return rule{setFixed, 1, 1}, true
	case ReLU, ReLU6, Tanh, Sigmoid, HardSigmoid, SiLU, HardSwish, GlobalPool, Flatten, Identity, Shift:
		return rule{0, 1, 1}, true
	case Linear:
		return rule{setOut | setBias, 1, 1}, true
	case Zero:
		return rule{setStride, 1, 1}, true
	case Dropout, DropPath:
		return rule{setRate, 1, 1}, true
	case Shuffle:
		return rule{setGroups, 1, 1}, true
	case Slice:
		return rule{setFrom | setOut, 1, 1}, true
	case Crop:
		return rule{setFrom | setFilter, 1, 1}, true
	case ZeroPad:
		return rule{setPad, 1, 1}, true
	case Mul:
		return rule{0, 2, 2}, true
	case Mix:
		return rule{setAlpha | setGate, 1, many}, true
	case Custom:
		return rule{setFunc | setSize | setOut | setFilter, 1, 1}, true
	case Add, Concat:
		return rule{0, 2, many}, true
	}
	return rule{}, false
}

// inputs is the number of inputs in a phrase: "an add needs two or more inputs".
func (r rule) inputs() string {
	switch {
	case r.maxIn == 0:
		return "no inputs"
	case r.maxIn == 1:
		return "exactly one input"
	case r.maxIn == 2:
		return "two inputs, an image and its gate"
	}
	if r.minIn == 1 {
		return "one or more inputs"
	}
	return "two or more inputs"
}

// Kinds are all kinds of operations, Input first.
func Kinds() []Kind {
	return []Kind{
		Input, Conv, BatchNorm, ReLU, ReLU6, Tanh, Sigmoid, HardSigmoid, SiLU, HardSwish, MaxPool, AvgPool, GlobalPool, Flatten, Linear,
		Add, Mul, Mix, Custom, Concat, Shuffle, Slice, Shift, Crop, ZeroPad, Identity, Zero, Dropout, DropPath,
	}
}

// kinds lists every kind, for error messages.
func kinds() string {
	var words []string
	for _, k := range Kinds() {
		words = append(words, string(k))
	}
	return inWords(words)
}

// WithDefaults is the operation with its defaults written out: a Stride, Dilation or
// Groups that counts for its kind and is 0 becomes 1, a StrideW becomes Stride, a Gate
// that is "" becomes Softmax.
func (o Op) WithDefaults() Op {
	r, _ := ruleOf(o.Kind)
	o.fill(r)
	return o
}

// withDefault are the settings that have a default other than zero.
const withDefault = setStride | setStrideW | setDilation | setGroups | setGate

// fill writes the defaults out of a kind whose rule is known.
func (o *Op) fill(r rule) {
	for _, f := range [...]struct {
		v *int
		s setting
	}{{&o.Stride, setStride}, {&o.Dilation, setDilation}, {&o.Groups, setGroups}} {
		if *f.v == 0 && r.settings&f.s != 0 {
			*f.v = 1
		}
	}
	if o.StrideW == 0 && r.settings&setStrideW != 0 {
		o.StrideW = o.Stride
	}
	if o.Gate == "" && r.settings&setGate != 0 {
		o.Gate = Softmax
	}
}

// check says what is wrong with the settings alone, whatever the inputs are. The rule is
// that of its kind.
func (o *Op) check(r rule) error {
	if !o.plain(r) {
		if err := o.checkFields(r); err != nil {
			return err
		}
	}
	if r.settings&setAlpha != 0 {
		if err := o.checkMix(); err != nil {
			return err
		}
	}
	if r.settings&setFunc != 0 && o.Func == "" {
		return errors.New("has no func; name the function that computes it")
	}
	if !(o.Rate >= 0 && o.Rate < 1) {
		return fmt.Errorf("rate is %v; it must be at least 0 and below 1", o.Rate)
	}
	if o.Same && (o.PadH != 0 || o.PadW != 0 || o.Ceil) {
		return fmt.Errorf("has same together with pad_h %d, pad_w %d, ceil %t; SAME padding follows from the image, the filter and the stride, so leave them out", o.PadH, o.PadW, o.Ceil)
	}
	pool := o.Kind == MaxPool || o.Kind == AvgPool
	if pool && (2*o.PadH > o.KH || 2*o.PadW > o.KW) {
		return fmt.Errorf("is padded by %s, more than half of its %s window, so a window could lie outside the image; pad at most %s",
			pair(o.PadH, o.PadW), pair(o.KH, o.KW), pair(o.KH/2, o.KW/2))
	}
	return nil
}

// plain says whether the fields are surely those that count, and in their ranges: the
// answer for almost every operation, and a quick one.
func (o *Op) plain(r rule) bool {
	all := o.Out | o.From | o.KH | o.KW | o.Stride | o.StrideW | o.PadH | o.PadW | o.Dilation | o.Groups | o.Size
	if all < 0 || all >= maxSetting { // one is negative, or may be too large
		return false
	}
	used := on(o.Out != 0, setOut) | on(o.From != 0, setFrom) | on(o.KH != 0 && o.KW != 0, setFilter) |
		on(o.Stride != 0, setStride) | on(o.StrideW != 0, setStrideW) | on(o.PadH|o.PadW != 0, setPad) |
		on(o.Dilation != 0, setDilation) | on(o.Groups != 0, setGroups) | on(o.Bias, setBias) |
		on(o.Ceil, setCeil) | on(o.Same, setSame) | on(o.Fixed, setFixed) | on(o.Rate != 0, setRate) |
		on(o.Alpha != "", setAlpha) | on(o.Gate != "", setGate) |
		on(o.Func != "", setFunc) | on(o.Size != 0, setSize)
	needed := r.settings & (setOut | setFilter | setAlpha | setFunc)
	return used&^r.settings == 0 && used&needed == needed && (o.KH != 0) == (o.KW != 0)
}

// on is s if the condition holds, else nothing.
func on(condition bool, s setting) setting {
	if condition {
		return s
	}
	return 0
}

// checkFields says which field does not count or is out of its range.
func (o *Op) checkFields(r rule) error {
	for _, f := range []struct {
		name string
		on   bool
		s    setting
	}{
		{"out", o.Out != 0, setOut}, {"from", o.From != 0, setFrom}, {"kh", o.KH != 0, setFilter}, {"kw", o.KW != 0, setFilter},
		{"stride", o.Stride != 0, setStride}, {"stride_w", o.StrideW != 0, setStrideW}, {"pad_h", o.PadH != 0, setPad}, {"pad_w", o.PadW != 0, setPad}, {"same", o.Same, setSame},
		{"dilation", o.Dilation != 0, setDilation}, {"groups", o.Groups != 0, setGroups},
		{"bias", o.Bias, setBias}, {"ceil", o.Ceil, setCeil}, {"fixed", o.Fixed, setFixed}, {"rate", o.Rate != 0, setRate},
		{"alpha", o.Alpha != "", setAlpha}, {"gate", o.Gate != "", setGate},
		{"func", o.Func != "", setFunc}, {"size", o.Size != 0, setSize},
	} {
		if f.on && r.settings&f.s == 0 {
			return fmt.Errorf("has the setting %s, which means nothing for %s; leave it out", f.name, o.Kind)
		}
	}
	for _, v := range []struct {
		name   string
		value  int
		least  int
		counts setting
	}{
		{"out", o.Out, 1, setOut}, {"from", o.From, 0, setFrom}, {"kh", o.KH, 1, setFilter}, {"kw", o.KW, 1, setFilter},
		{"stride", o.Stride, 0, setStride}, {"stride_w", o.StrideW, 0, setStrideW}, {"pad_h", o.PadH, 0, setPad}, {"pad_w", o.PadW, 0, setPad},
		{"dilation", o.Dilation, 0, setDilation}, {"groups", o.Groups, 0, setGroups}, {"size", o.Size, 0, setSize},
	} {
		if r.settings&v.counts != 0 && (v.value < v.least || v.value > maxSetting) {
			return fmt.Errorf("%s is %d; it must be %d to %d", v.name, v.value, v.least, maxSetting)
		}
	}
	return nil
}

// maxSetting bounds every whole number of an operation and every side of a shape:
// far above what is sensible, far below what overflows.
const maxSetting = 1 << 20

// reach is the number of pixels from the first to the last under a filter of k along one side.
func (o *Op) reach(k int) int { return max(o.Dilation, 1)*(k-1) + 1 }

// strides are those down and across, of an operation with defaults.
func (o *Op) strides() (h, w int) {
	if o.StrideW == 0 {
		return o.Stride, o.Stride
	}
	return o.Stride, o.StrideW
}

// out is the shape that a filter or window gives on an image, with the channels of
// the image; a side is below 1 if it does not fit.
func (o *Op) out(in Shape) Shape {
	h, w := o.strides()
	return Shape{C: in.C, H: o.side(in.H, o.KH, o.PadH, h), W: o.side(in.W, o.KW, o.PadW, w)}
}

// side is the number of positions of a filter along one side of n pixels.
func (o *Op) side(n, k, pad, stride int) int {
	if o.Same {
		return (n + stride - 1) / stride
	}
	span := n + 2*pad - o.reach(k) // how far the first filter position can move
	if span < 0 && (!o.Ceil || span <= -stride) {
		return 0
	}
	if !o.Ceil {
		return span/stride + 1
	}
	m := (span+stride-1)/stride + 1
	if (m-1)*stride >= n+pad { // the last window must begin inside the image or its leading padding
		m--
	}
	return m
}

// Leading is the padding before an image of the given shape: rows above it and
// columns left of it, for a convolution, a pooling or a zeropad. What lies beyond
// the image on the other sides follows from the output's shape.
func (o Op) Leading(in Shape) (h, w int) {
	o = o.WithDefaults()
	if o.Kind == ZeroPad {
		return o.PadH / 2, o.PadW / 2
	}
	if !o.Same {
		return o.PadH, o.PadW
	}
	half := func(n, k, stride int) int { return max((o.side(n, k, 0, stride)-1)*stride+o.reach(k)-n, 0) / 2 }
	down, across := o.strides()
	return half(in.H, o.KH, down), half(in.W, o.KW, across)
}

// String is the operation on one line: "conv 3×3 →16 /2 pad 1".
func (o Op) String() string {
	var b strings.Builder
	b.WriteString(string(o.Kind))
	r, _ := ruleOf(o.Kind)
	if o.Func != "" {
		b.WriteString(" " + o.Func)
	}
	if r.settings&setFilter != 0 {
		fmt.Fprintf(&b, " %d×%d", o.KH, o.KW)
	}
	if o.From != 0 {
		fmt.Fprintf(&b, " from %d", o.From)
	}
	if o.Out != 0 {
		fmt.Fprintf(&b, " →%d", o.Out)
	}
	filled := o.WithDefaults()
	if h, w := filled.strides(); h > 1 || w > 1 {
		b.WriteString(" /" + pair(h, w))
	}
	if o.PadH != 0 || o.PadW != 0 {
		b.WriteString(" pad " + pair(o.PadH, o.PadW))
	}
	if o.Same {
		b.WriteString(" same")
	}
	if o.Dilation > 1 {
		fmt.Fprintf(&b, " dilation %d", o.Dilation)
	}
	if o.Groups > 1 {
		fmt.Fprintf(&b, " groups %d", o.Groups)
	}
	if o.Bias {
		b.WriteString(" +bias")
	}
	if o.Ceil {
		b.WriteString(" ceil")
	}
	if o.Fixed {
		b.WriteString(" fixed")
	}
	if o.Alpha != "" {
		b.WriteString(" by " + o.Alpha)
	}
	if o.Gate != "" && o.Gate != Softmax {
		fmt.Fprintf(&b, " (%s)", o.Gate)
	}
	if o.Size != 0 {
		fmt.Fprintf(&b, " size %d", o.Size)
	}
	if o.Rate != 0 {
		fmt.Fprintf(&b, " %g", o.Rate)
	}
	return b.String()
}

// pair is "3" for equal numbers and "3×1" for others.
func pair(h, w int) string {
	if h == w {
		return fmt.Sprint(h)
	}
	return fmt.Sprintf("%d×%d", h, w)
}

package grad

// kept is what an axis that is summed over becomes.
type kept bool

const (
	drop kept = false
	keep kept = true // a side of 1
)

// sum adds up the numbers along the axes of the set.
func (t *Tensor) sum(set []bool, k kept) *Tensor {
	l := layout{shape: t.shape, step: make([]int, len(t.shape))}
	var shape []int
	for i, d := range t.shape {
		if !set[i] {
			shape = append(shape, d)
		} else if k == keep {
			shape = append(shape, 1)
		}
	}
	steps, at := rowMajor(shape), 0
	for i := range t.shape {
		if !set[i] {
			l.step[i] = steps[at]
		}
		if !set[i] || k == keep {
			at++
		}
	}
	return t.add(l, shape)
}

// Sum adds up the numbers along the given axes, which disappear; without axes, all.
func (t *Tensor) Sum(axes ...int) *Tensor { return t.reduced("sum", drop, axes) }

// reduced is sum of axes that may be wrong.
func (t *Tensor) reduced(op string, k kept, axes []int) *Tensor {
	if b := broken(op, t); b != nil {
		return b
	}
	set, err := t.axisSet(axes)
	if err != nil {
		return fail(op, "%w", err)
	}
	return t.sum(set, k)
}

// Mean is the mean of the numbers along the given axes, which disappear; without axes, of
// all.
func (t *Tensor) Mean(axes ...int) *Tensor { return t.mean(drop, axes) }

func (t *Tensor) mean(k kept, axes []int) *Tensor {
	s := t.reduced("mean", k, axes)
	if s.err != nil {
		return s
	}
	return s.Times(float64(len(s.data)) / float64(len(t.data)))
}

// Max is the largest number along the given axes, which disappear; without axes, of all.
// Of equal ones the first has the gradient. A NaN counts as the largest.
func (t *Tensor) Max(axes ...int) *Tensor { return t.max("max", drop, axes) }

// Min is the smallest number along the given axes, in all else as Max.
func (t *Tensor) Min(axes ...int) *Tensor { return t.Neg().max("min", drop, axes).Neg() }

func (t *Tensor) max(op string, k kept, axes []int) *Tensor {
	if b := broken(op, t); b != nil {
		return b
	}
	set, err := t.axisSet(axes)
	if err != nil {
		return fail(op, "%w", err)
	}
	// The axes that stay go to the front, so that each row has one largest number.
	var order, gone, shape, long []int
	for i, d := range t.shape {
		if set[i] {
			gone = append(gone, i)
			long = append(long, 1)
		} else {
			order, shape = append(order, i), append(shape, d)
			long = append(long, d)
		}
	}
	if k == keep {
		shape = long
	}
	if len(t.shape) > 0 {
		t = t.Transpose(append(order, gone...)...)
	}
	n, _ := elems(shape) // as t has more
	rows := make([]int, n)
	width := len(t.data) / n
	for i := range rows {
		best := i * width
		for j, v := range t.data[i*width : (i+1)*width] {
			if v > t.data[best] || v != v {
				best = i*width + j
			}
		}
		rows[i] = best
	}
	return t.take(rows, 1, shape)
}

// take picks blocks of width numbers: block i of the result, whose shape is given, is
// block at[i] of t.
func (t *Tensor) take(at []int, width int, shape []int) *Tensor {
	data := make([]float64, len(at)*width)
	for i, from := range at {
		copy(data[i*width:(i+1)*width], t.data[from*width:])
	}
	return result(shape, data, func(_ int, g *Tensor) *Tensor { return g.put(at, width, t.shape) }, t)
}

// put is the transpose of take: block i is added to block at[i] of zeros of the given shape.
func (t *Tensor) put(at []int, width int, shape []int) *Tensor {
	out := Zeros(shape...)
	for i, to := range at {
		into := out.data[to*width : (to+1)*width]
		for j, v := range t.data[i*width : (i+1)*width] {
			into[j] += v
		}
	}
	return result(out.shape, out.data, func(_ int, g *Tensor) *Tensor { return g.take(at, width, t.shape) }, t)
}

// Gather takes rows, the parts of the first axis, by their number, in the order of rows;
// a row may be taken more than once. The result has the shape len(rows)×(rest of t's).
func (t *Tensor) Gather(rows []int) *Tensor {
	const op = "gather"
	if b := broken(op, t); b != nil {
		return b
	}
	if len(t.shape) == 0 || len(rows) == 0 {
		return fail(op, "%d rows of a tensor of shape %s; take one row or more of a tensor that has axes", len(rows), sides(t.shape))
	}
	for i, r := range rows {
		if r < 0 || r >= t.shape[0] {
			return fail(op, "number %d of those to take is row %d; shape %s has rows 0 to %d", i, r, sides(t.shape), t.shape[0]-1)
		}
	}
	shape := append([]int{len(rows)}, t.shape[1:]...)
	if _, err := elems(shape); err != nil {
		return fail(op, "%w", err)
	}
	own := append([]int(nil), rows...)
	return t.take(own, len(t.data)/t.shape[0], shape)
}

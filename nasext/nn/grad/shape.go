package grad

import (
	"fmt"
	"slices"
)

// Reshape gives the numbers another shape, in the same order. One side may be -1: it is
// what the others leave.
func (t *Tensor) Reshape(shape ...int) *Tensor {
	const op = "reshape"
	if b := broken(op, t); b != nil {
		return b
	}
	full := slices.Clone(shape)
	if free := slices.Index(full, -1); free >= 0 {
		full[free] = 1
		if n, err := elems(full); err == nil && len(t.data)%n == 0 {
			full[free] = len(t.data) / n
		}
	}
	n, err := elems(full)
	if err != nil {
		return fail(op, "of %s: %w", sides(t.shape), err)
	}
	if n != len(t.data) {
		return fail(op, "%s has %d numbers, which the shape %s does not take", sides(t.shape), len(t.data), sides(shape))
	}
	return result(full, t.data, func(_ int, g *Tensor) *Tensor { return g.Reshape(t.shape...) }, t)
}

// ExpandDims inserts a side of 1 before the given axis; -1 adds it at the end.
func (t *Tensor) ExpandDims(axis int) *Tensor {
	const op = "expand dims"
	if b := broken(op, t); b != nil {
		return b
	}
	rank := len(t.shape)
	if axis < -rank-1 || axis > rank {
		return fail(op, "axis %d of shape %s; it may be 0 to %d, or -1 to %d from the end", axis, sides(t.shape), rank, -rank-1)
	}
	if axis < 0 {
		axis += rank + 1
	}
	return t.Reshape(slices.Insert(slices.Clone(t.shape), axis, 1)...)
}

// Transpose puts the axes into the given order: axis i of the result is axis axes[i].
// Without axes it swaps the last two.
func (t *Tensor) Transpose(axes ...int) *Tensor {
	const op = "transpose"
	if b := broken(op, t); b != nil {
		return b
	}
	rank := len(t.shape)
	if len(axes) == 0 {
		if rank < 2 {
			return fail(op, "shape %s has no two axes to swap", sides(t.shape))
		}
		for i := range rank - 2 {
			axes = append(axes, i)
		}
		axes = append(axes, rank-1, rank-2)
	}
	if len(axes) != rank {
		return fail(op, "%d axes for the shape %s; give each of its %d once", len(axes), sides(t.shape), rank)
	}
	if _, err := t.axisSet(axes); err != nil {
		return fail(op, "%w", err)
	}
	steps := rowMajor(t.shape)
	var l layout
	for _, a := range axes {
		if a < 0 {
			a += rank
		}
		l.shape, l.step = append(l.shape, t.shape[a]), append(l.step, steps[a])
	}
	return t.read(l)
}

// BroadcastTo repeats the tensor until it has the given shape.
func (t *Tensor) BroadcastTo(shape ...int) *Tensor {
	const op = "broadcast"
	if b := broken(op, t); b != nil {
		return b
	}
	if slices.Equal(t.shape, shape) {
		return t
	}
	if _, err := elems(shape); err != nil {
		return fail(op, "of %s: %w", sides(t.shape), err)
	}
	l := layout{shape: slices.Clone(shape), step: make([]int, len(shape))}
	missing := len(shape) - len(t.shape)
	steps := rowMajor(t.shape)
	for i, d := range t.shape {
		at := missing + i
		switch {
		case missing < 0 || d != 1 && d != shape[at]:
			return fail(op, "%s does not go into %s; aligned at the last axis, each side has to be equal or 1", sides(t.shape), sides(shape))
		case d != 1:
			l.step[at] = steps[i]
		}
	}
	return t.read(l)
}

// common is the shape that shapes broadcast to.
func common(shapes ...[]int) ([]int, error) {
	var out []int
	for _, s := range shapes {
		if grow := len(s) - len(out); grow > 0 {
			out = append(slices.Repeat([]int{1}, grow), out...)
		}
		for i, d := range s {
			at := len(out) - len(s) + i
			if out[at] == 1 {
				out[at] = d
			}
			if d != 1 && d != out[at] {
				return nil, fmt.Errorf("shapes %s do not broadcast; aligned at the last axis, each side has to be equal or 1", listed(shapes))
			}
		}
	}
	return out, nil
}

// listed writes shapes: "2×3 and 4".
func listed(shapes [][]int) string {
	text := ""
	for i, s := range shapes {
		switch {
		case i == 0:
		case i == len(shapes)-1:
			text += " and "
		default:
			text += ", "
		}
		text += sides(s)
	}
	return text
}

// Slice takes the positions from to to-1 of an axis.
func (t *Tensor) Slice(axis, from, to int) *Tensor {
	const op = "slice"
	if b := broken(op, t); b != nil {
		return b
	}
	a, err := t.axis(axis)
	if err != nil {
		return fail(op, "%w", err)
	}
	if from < 0 || to <= from || to > t.shape[a] {
		return fail(op, "positions %d to %d of axis %d of shape %s; take at least one of 0 to %d", from, to-1, axis, sides(t.shape), t.shape[a]-1)
	}
	return t.read(t.part(a, from, to))
}

// part is the layout of the positions from to to-1 of an axis.
func (t *Tensor) part(axis, from, to int) layout {
	l := layout{shape: slices.Clone(t.shape), step: rowMajor(t.shape)}
	l.shape[axis] = to - from
	l.offset = from * l.step[axis]
	return l
}

// Pad puts zeros before and after the numbers along an axis.
func (t *Tensor) Pad(axis, before, after int) *Tensor { return t.PadWith(0, axis, before, after) }

// PadWith is Pad with another number than 0.
func (t *Tensor) PadWith(v float64, axis, before, after int) *Tensor {
	const op = "pad"
	if b := broken(op, t); b != nil {
		return b
	}
	a, err := t.axis(axis)
	if err != nil {
		return fail(op, "%w", err)
	}
	if before < 0 || after < 0 || before > maxElems || after > maxElems {
		return fail(op, "%d before and %d after axis %d of shape %s; they have to be 0 to %d", before, after, axis, sides(t.shape), maxElems)
	}
	if before == 0 && after == 0 {
		return t
	}
	shape := slices.Clone(t.shape)
	shape[a] += before + after
	if _, err := elems(shape); err != nil {
		return fail(op, "of %s: %w", sides(t.shape), err)
	}
	l := layout{shape: t.shape, step: rowMajor(shape)}
	l.offset = before * l.step[a]
	if v == 0 {
		return t.add(l, shape)
	}
	return Where(Ones(t.shape...).add(l, shape), t.add(l, shape), Scalar(v))
}

// Concat joins tensors along an axis; their other sides are equal.
func Concat(axis int, parts ...*Tensor) *Tensor {
	const op = "concat"
	if len(parts) == 0 {
		return fail(op, "of no tensors; give at least one")
	}
	if b := broken(op, parts...); b != nil {
		return b
	}
	a, err := parts[0].axis(axis)
	if err != nil {
		return fail(op, "%w", err)
	}
	shape := slices.Clone(parts[0].shape)
	shape[a] = 0
	for i, p := range parts {
		want := slices.Clone(p.shape)
		if len(want) == len(shape) {
			want[a] = shape[a]
		}
		if !slices.Equal(want, shape) {
			return fail(op, "along axis %d: tensor 0 has shape %s, tensor %d %s; the other sides have to be equal", axis, sides(parts[0].shape), i, sides(p.shape))
		}
		shape[a] += p.shape[a]
	}
	n, err := elems(shape)
	if err != nil {
		return fail(op, "%w", err)
	}
	whole := &Tensor{shape: shape, data: make([]float64, n)}
	at := make([]int, len(parts)+1)
	for i, p := range parts {
		at[i+1] = at[i] + p.shape[a]
		whole.part(a, at[i], at[i+1]).add(whole.data, p.data)
	}
	return result(shape, whole.data, func(i int, g *Tensor) *Tensor { return g.Slice(a, at[i], at[i+1]) }, parts...)
}

// Stack puts tensors of one shape side by side along a new first axis.
func Stack(parts ...*Tensor) *Tensor {
	rows := make([]*Tensor, len(parts))
	for i, p := range parts {
		rows[i] = p.ExpandDims(0)
	}
	return Concat(0, rows...)
}

package grad

import "slices"

// layout says where the numbers of a row-major block lie in other memory: the number at
// index (i, j, …) lies at offset + i·step[0] + j·step[1] + …. Broadcasting, transposing,
// slicing and the windows of a convolution are layouts to read with; sums, padding and
// the gradients of all of these are layouts to add with.
type layout struct {
	shape, step []int
	offset      int
}

// rowMajor are the steps of a row-major block.
func rowMajor(shape []int) []int {
	step := make([]int, len(shape))
	n := 1
	for i, d := range slices.Backward(shape) {
		step[i] = n
		n *= d
	}
	return step
}

// short is the same layout with as few axes as possible.
func (l layout) short() layout {
	s := layout{offset: l.offset}
	for i, d := range l.shape {
		last := len(s.shape) - 1
		switch {
		case d == 1:
		case last >= 0 && s.step[last] == d*l.step[i]:
			s.shape[last] *= d
			s.step[last] = l.step[i]
		default:
			s.shape, s.step = append(s.shape, d), append(s.step, l.step[i])
		}
	}
	if len(s.shape) == 0 {
		s.shape, s.step = []int{1}, []int{1}
	}
	return s
}

// rows visits the block row by row: where each begins in the block and where in the
// other memory.
func (l layout) rows(visit func(at, other int)) {
	outer := len(l.shape) - 1
	index := make([]int, outer)
	at, other := 0, l.offset
	for {
		visit(at, other)
		at += l.shape[outer]
		i := outer - 1
		for ; i >= 0; i-- {
			index[i]++
			other += l.step[i]
			if index[i] < l.shape[i] {
				break
			}
			other -= index[i] * l.step[i]
			index[i] = 0
		}
		if i < 0 {
			return
		}
	}
}

// read copies from memory to the block.
func (l layout) read(block, memory []float64) {
	l = l.short()
	n, step := l.shape[len(l.shape)-1], l.step[len(l.step)-1]
	l.rows(func(at, from int) {
		row := block[at : at+n]
		switch step {
		case 0:
			fill(row, memory[from])
		case 1:
			copy(row, memory[from:from+n])
		default:
			for i := range row {
				row[i] = memory[from+i*step]
			}
		}
	})
}

// add adds the block to memory.
func (l layout) add(memory, block []float64) {
	l = l.short()
	n, step := l.shape[len(l.shape)-1], l.step[len(l.step)-1]
	l.rows(func(at, to int) {
		row := block[at : at+n]
		switch step {
		case 0:
			sum := 0.0
			for _, v := range row {
				sum += v
			}
			memory[to] += sum
		case 1:
			into := memory[to : to+n]
			for i, v := range row {
				into[i] += v
			}
		default:
			for i, v := range row {
				memory[to+i*step] += v
			}
		}
	})
}

// read is the block that the layout reads from the tensor.
func (t *Tensor) read(l layout) *Tensor {
	n, err := elems(l.shape)
	if err != nil {
		return fail("layout", "%w", err)
	}
	data := make([]float64, n)
	l.read(data, t.data)
	return result(l.shape, data, func(_ int, g *Tensor) *Tensor { return g.add(l, t.shape) }, t)
}

// add is a tensor of the given shape that is 0 but for what the layout adds to it: the
// transpose of read.
func (t *Tensor) add(l layout, shape []int) *Tensor {
	n, err := elems(shape)
	if err != nil {
		return fail("layout", "%w", err)
	}
	data := make([]float64, n)
	l.add(data, t.data)
	return result(shape, data, func(_ int, g *Tensor) *Tensor { return g.read(l) }, t)
}

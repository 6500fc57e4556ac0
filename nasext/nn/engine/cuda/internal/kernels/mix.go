//go:build cuda && cgo && linux && amd64

package kernels

import (
	"fmt"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/driver"
)

// Part is one input of a mix.
type Part struct {
	X             driver.Memory
	Norm          driver.Memory // of what normalises X on the way, as Norm.Train makes it; the zero Memory if nothing does
	DX            driver.Memory // where its gradient goes; the zero Memory if nobody wants it
	Add           bool          // to DX, else in its place
	DGamma, DBeta driver.Memory // the gradients of a norm
	Back          driver.Memory // of a norm, Norm.BackBytes
	Place         int           // of its weight among those of all mixtures
}

// PartWords is how many words one part takes in a table.
const PartWords = 7

// Table is a table of parts, as Mix takes it in device memory.
func Table(parts []Part) (words []uint64) {
	for _, p := range parts {
		for _, m := range []driver.Memory{p.X, p.Norm, p.DX, p.DGamma, p.DBeta, p.Back} {
			words = append(words, m.Address())
		}
		words = append(words, uint64(number(p.Add))|uint64(p.Place)<<32)
	}
	return words
}

// gates are those of mix.cuh, by number.
var gates = [...]arch.Gate{arch.Softmax, arch.Logistic, arch.AsIs, arch.Sparse}

// GateNumber is the number of a gate in the table of gates.
func GateNumber(g arch.Gate) (int32, error) {
	for i, known := range gates {
		if g == known {
			return int32(i), nil
		}
	}
	return 0, fmt.Errorf("the CUDA engine has no gate %q", g)
}

// Mixtures are the mixing numbers of a network in device memory: those of all mixtures one behind the other, where each begins, and where the last ends, as int32, and
// the number of each one's gate, as int32.
type Mixtures struct {
	Alpha, Starts, Gates driver.Memory
	Count                int
	W, DW                driver.Memory // weights, and gradients by them, float64
}

// Weigh makes the weights, and zeros of the gradients by them.
func (m Mixtures) Weigh() Launch {
	return flat("mix_weights", m.Count, 1, m.Alpha, m.Starts, m.Gates, m.Count, m.W, m.DW)
}

// Learn makes the gradients by the mixing numbers.
func (m Mixtures) Learn(dalpha driver.Memory) Launch {
	return flat("mix_alpha", m.Count, 1, m.W, m.DW, m.Starts, m.Gates, m.Count, dalpha)
}

// Mix is a sum of Count parts of so many rows (samples × height × width) of C channels, weighted by W. Of a sparse one, parts whose weight is 0 are left out.
type Mix struct {
	Parts          driver.Memory // a Table
	Count, Rows, C int
	Sparse         bool
	W              driver.Memory // of all mixtures
}

func (m Mix) size() int { return m.Rows * m.C }

func (m Mix) channels() []any { return join([]any{m.size(), m.C}, divisors(quads(m.C))) }

// Forward computes the sum, rectified if asked for.
func (m Mix) Forward(y driver.Memory, rectify bool) Launch {
	return flat("mix", m.size(), m.C, join([]any{m.Parts, m.Count, m.W, number(m.Sparse), y, number(rectify)}, m.channels())...)
}

// Work is how many bytes of scratch memory Back needs.
func (m Mix) Work() int64 {
	return 4 * int64(1+m.Count) * int64(m.C) * int64(chunksOf(m.Rows, m.C).count)
}

// Back computes the gradients of the parts and of their norms, and adds those by the weights to dw. y is what Forward has rectified, else the zero Memory.
func (m Mix) Back(dy, y, dw, work driver.Memory) []Launch {
	k := chunksOf(m.Rows, m.C)
	const atOnce = 8 // AT_ONCE of mix.cuh
	return []Launch{
		k.launch("mix_sums", ceil(m.Count, atOnce), m.Parts, m.Count, m.W, number(m.Sparse), dy, y, m.Rows, m.C, k.lanes, k.size, work),
		{"mix_learn", driver.Dim{X: m.Count}, driver.Dim{X: threads}, []any{m.Parts, m.Count, m.W, number(m.Sparse), work, k.count, k.lanes, m.Rows, m.C, dw}},
		flat("mix_back", m.size(), m.C, join([]any{m.Parts, m.Count, m.W, number(m.Sparse), dy, y}, m.channels())...),
	}
}

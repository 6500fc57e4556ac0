package predict

import (
	"math"
	"math/rand/v2"

	"github.com/nascent-go/nascent/nasext/vec"
)

// entry is a number of a row that is not 0.
type entry struct {
	at    int
	value float64
}

// mlp is a network of rectified layers and one linear output. All its parameters lie
// in one slice, and so do their gradients. What vec's loops go along is padded with
// zeros, which stay zeros.
type mlp struct {
	layers        []dense
	w, g, m, v    []float64 // parameters, gradients, and the moments of Adam
	updates       int
	units         int         // of a hidden layer, padded
	outputs, back [][]float64 // of each layer, row after row of a batch, and their gradients
	across        []float64   // room for transposed weights
}

// dense is one layer: weights lie input by input, so that a row is what one input does
// to all units.
type dense struct {
	in, out     int // as they lie in memory: padded, but for the rows of the first layer
	w, b        []float64
	gw, gb      []float64
	fanIn, fanO int
}

const adamBeta1, adamBeta2, adamEps = .9, .999, 1e-7 // as in Keras

// newMLP draws weights as Glorot and Bengio 2010 do; biases are 0.
func newMLP(width, layers, units int, rng *rand.Rand) *mlp {
	n := &mlp{units: vec.Pad(units)}
	sizes := make([]dense, 0, layers+1)
	in, fan := width, width
	for range layers {
		sizes = append(sizes, dense{in: in, out: n.units, fanIn: fan, fanO: units})
		in, fan = n.units, units
	}
	sizes = append(sizes, dense{in: in, out: vec.Pad(1), fanIn: fan, fanO: 1})
	n.across = make([]float64, n.units*n.units)
	total := 0
	for _, l := range sizes {
		total += (l.in + 1) * l.out
	}
	all := make([]float64, 4*total)
	n.w, n.g, n.m, n.v = all[:total], all[total:2*total], all[2*total:3*total], all[3*total:]
	at := 0
	for _, l := range sizes {
		weights, biases := at+l.in*l.out, at+(l.in+1)*l.out
		l.w, l.gw = n.w[at:weights], n.g[at:weights]
		l.b, l.gb = n.w[weights:biases], n.g[weights:biases]
		at = biases
		limit := math.Sqrt(6 / float64(l.fanIn+l.fanO))
		for k := range l.fanIn {
			for u := range l.fanO {
				l.w[k*l.out+u] = limit * (2*rng.Float64() - 1)
			}
		}
		n.layers = append(n.layers, l)
	}
	return n
}

// reserve makes room for a batch.
func (n *mlp) reserve(rows int) {
	if len(n.outputs) > 0 && len(n.outputs[0]) >= rows*n.units {
		return
	}
	n.outputs, n.back = make([][]float64, len(n.layers)), make([][]float64, len(n.layers))
	for i, l := range n.layers {
		n.outputs[i], n.back[i] = make([]float64, rows*l.out), make([]float64, rows*l.out)
	}
}

// forward is the output for each row.
func (n *mlp) forward(rows [][]entry) []float64 {
	n.reserve(len(rows))
	for i, l := range n.layers {
		y := n.outputs[i][:len(rows)*l.out]
		for r := range rows {
			copy(y[r*l.out:], l.b)
		}
		if i == 0 {
			for r, row := range rows {
				for _, e := range row {
					addTimes(y[r*l.out:][:l.out], l.w[e.at*l.out:], e.value)
				}
			}
		} else {
			vec.Multiply(y, l.out, n.outputs[i-1], l.in, 1, l.w, l.out, len(rows), l.out, l.in)
		}
		if i < len(n.layers)-1 {
			for u, v := range y {
				y[u] = max(v, 0)
			}
		}
	}
	last := n.layers[len(n.layers)-1]
	out := make([]float64, len(rows))
	for r := range out {
		out[r] = n.outputs[len(n.layers)-1][r*last.out]
	}
	return out
}

// backward adds up the gradients of a loss whose derivative by each output of the last
// forward pass is given.
func (n *mlp) backward(rows [][]entry, slope []float64) {
	clear(n.g)
	last := len(n.layers) - 1
	for r, s := range slope {
		d := n.back[last][r*n.layers[last].out:][:n.layers[last].out]
		clear(d)
		d[0] = s
	}
	for i := last; i >= 0; i-- {
		l, dy := n.layers[i], n.back[i]
		for r := range rows {
			addTimes(l.gb, dy[r*l.out:], 1)
		}
		if i == 0 {
			for r, row := range rows {
				for _, e := range row {
					addTimes(l.gw[e.at*l.out:][:l.out], dy[r*l.out:], e.value)
				}
			}
			break
		}
		x, dx := n.outputs[i-1], n.back[i-1]
		vec.Multiply(l.gw, l.out, x, 1, l.in, dy, l.out, l.in, l.out, len(rows))
		for k := range l.in {
			for u, v := range l.w[k*l.out:][:l.out] {
				n.across[u*l.in+k] = v
			}
		}
		clear(dx[:len(rows)*l.in])
		vec.Multiply(dx, l.in, dy, l.out, 1, n.across, l.in, len(rows), l.in, l.out)
		for k, v := range x[:len(rows)*l.in] {
			if v <= 0 {
				dx[k] = 0
			}
		}
	}
}

// addTimes adds f·x to y.
func addTimes(y, x []float64, f float64) {
	for i, v := range x[:len(y)] {
		y[i] += float64(f * v)
	}
}

// train makes the mean absolute error of the outputs small.
func (n *mlp) train(rows [][]entry, y []float64, epochs, batch int, rate float64, rng *rand.Rand) {
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	batch = min(batch, len(rows))
	x, slope := make([][]entry, batch), make([]float64, batch)
	for range epochs {
		rng.Shuffle(len(order), func(i, k int) { order[i], order[k] = order[k], order[i] })
		for from := 0; from < len(order); from += batch {
			some := order[from:min(from+batch, len(order))]
			for r, i := range some {
				x[r] = rows[i]
			}
			for r, out := range n.forward(x[:len(some)]) {
				slope[r] = sign(out-y[some[r]]) / float64(len(some))
			}
			n.backward(x[:len(some)], slope[:len(some)])
			n.step(rate)
		}
	}
}

// sign is the derivative of the absolute value.
func sign(v float64) float64 {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

// step is an update of Adam.
func (n *mlp) step(rate float64) {
	n.updates++
	vec.Adam(n.w, n.g, n.m, n.v, vec.NewAdamStep(rate, adamBeta1, adamBeta2, adamEps, n.updates))
}

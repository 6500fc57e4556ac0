package oneshot

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/exact"
	"github.com/nascent-go/nascent/nasext/nn/grad"
	"github.com/nascent-go/nascent/nasext/space"
)

// bilevel is a small second-order problem in double precision: a supernet, two batches,
// and an optimiser that is on its way.
type bilevel struct {
	net            *nn.Network64
	trainX, validX []float64
	trainY, validY []int
	step           sgdStep[float64]
}

func supernets(t *testing.T) map[string]*arch.Arch {
	t.Helper()
	in := arch.Shape{C: 1, H: 6, W: 6}
	s, err := space.NASBench201(space.NASBench201Config{C: 2, N: 1, Input: in, Classes: 3})
	if err != nil {
		t.Fatal(err)
	}
	nb201, err := s.Supernet(cell.Mixing{})
	if err != nil {
		t.Fatal(err)
	}
	darts, err := cell.DARTSSupernet{Net: cell.DARTSNet{C: 2, Layers: 3, Input: in, Classes: 3}, Nodes: 2}.Build()
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*arch.Arch{"NB201": nb201, "DARTS": darts}
}

func newBilevel(t *testing.T, a *arch.Arch) *bilevel {
	t.Helper()
	n, err := nn.New64(a, 3)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	normal := func(count int) []float64 {
		v := make([]float64, count)
		for i := range v {
			v[i] = rng.NormFloat64()
		}
		return v
	}
	for _, p := range n.Alphas() {
		copy(p.W, normal(len(p.W)))
	}
	const samples = 6
	b := &bilevel{
		net: n, trainX: normal(samples * a.Input.Elems()), validX: normal(samples * a.Input.Elems()),
		step: sgdStep[float64]{0.05, &nn.SGD64{Momentum: .9, WeightDecay: 3e-2}},
	}
	for i := range samples {
		b.trainY, b.validY = append(b.trainY, i%3), append(b.validY, i*i%3)
	}
	for _, p := range b.step.sgd.State(n.Params()).Slots[0] {
		for i, v := range normal(len(p.W)) {
			p.W[i] = v / 10
		}
	}
	return b
}

// gradient is that of α by the code under test.
func (b *bilevel) gradient(t *testing.T, epsilon float64) []float64 {
	t.Helper()
	u := newUnrolled(b.net)
	u.epsilon = epsilon
	if _, err := u.gradient(b.trainX, b.trainY, b.validX, b.validY, b.step); err != nil {
		t.Fatal(err)
	}
	var all []float64
	for _, p := range b.net.Alphas() {
		all = append(all, p.G...)
	}
	return all
}

// look sets the weights to w' = w − ξ(μ·velocity + ∇w L_train + λ·w) for a while.
func (b *bilevel) look(t *testing.T, do func()) {
	t.Helper()
	if _, err := b.net.Gradients(b.trainX, b.trainY); err != nil {
		t.Fatal(err)
	}
	before := room(b.net.Params())
	save(before, b.net.Params())
	for i, p := range b.net.Params() {
		for k, w := range p.W {
			p.W[k] = w - b.step.rate*(b.step.sgd.Momentum*b.step.sgd.State(nil).Slots[0][i].W[k]+p.G[k]+b.step.sgd.WeightDecay*w)
		}
	}
	do()
	restore(b.net.Params(), before)
}

// distance is ‖x − y‖/‖y‖.
func distance(x, y []float64) float64 {
	var off, size float64
	for i := range y {
		off, size = off+(x[i]-y[i])*(x[i]-y[i]), size+y[i]*y[i]
	}
	return math.Sqrt(off / size)
}

func numbers(t *testing.T, list []*grad.Tensor) (all []float64) {
	t.Helper()
	for _, x := range list {
		v, err := x.Data()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, v...)
	}
	return all
}

// The second-order gradient is the derivative of α ↦ L_val(w'(α), α), by central
// differences.
func TestSecondOrderIsTheDerivative(t *testing.T) {
	for name, a := range supernets(t) {
		b := newBilevel(t, a)
		got := b.gradient(t, 1e-5)
		var want []float64
		for _, p := range b.net.Alphas() {
			for k, at := range p.W {
				const h = 1e-5
				var loss [2]float64
				for i, by := range []float64{h, -h} {
					p.W[k] = at + by
					b.look(t, func() {
						s, err := b.net.Gradients(b.validX, b.validY)
						if err != nil {
							t.Fatal(err)
						}
						loss[i] = s.Loss
					})
				}
				p.W[k] = at
				want = append(want, (loss[0]-loss[1])/(2*h))
			}
		}
		if d := distance(got, want); !(d < 1e-6) {
			t.Errorf("%s: second-order gradient is off by %.2g of central differences", name, d)
		}
	}
}

// The second-order gradient less the first-order one at w' is the finite-difference term
// of equation 8, with gradients from package exact, which shares no code with the engine.
// For small ε it is −ξ·∇²α,w L_train(w, α)·v with v = ∇w' L_val(w', α), which exact
// computes without differences.
func TestSecondOrderTerm(t *testing.T) {
	for name, a := range supernets(t) {
		b := newBilevel(t, a)
		shape := []int{len(b.trainY), a.Input.C, a.Input.H, a.Input.W}
		var first []float64
		var v []*grad.Tensor
		var length float64
		b.look(t, func() {
			m := exact.New64(b.net)
			loss := m.Loss(grad.Const(b.validX, shape...), b.validY)
			first = numbers(t, grad.Grad(loss, m.Alphas()...))
			for _, g := range grad.Grad(loss, m.Params()...) {
				n := numbers(t, []*grad.Tensor{g})
				length = math.Hypot(length, norm([][]float64{n}))
				v = append(v, grad.Const(n, g.Shape()...))
			}
		})
		// alphasAt are ∇α L_train(w + δ·v, α).
		alphasAt := func(delta float64) []float64 {
			before := room(b.net.Params())
			save(before, b.net.Params())
			defer restore(b.net.Params(), before)
			for i, p := range b.net.Params() {
				for k, d := range numbers(t, v[i:i+1]) {
					p.W[k] += delta * d
				}
			}
			m := exact.New64(b.net)
			return numbers(t, grad.Grad(m.Loss(grad.Const(b.trainX, shape...), b.trainY), m.Alphas()...))
		}
		const paper, small = 0.01, 1e-6
		eps := paper / length
		up, down := alphasAt(eps), alphasAt(-eps)
		var difference []float64
		for i := range up {
			difference = append(difference, -b.step.rate*(up[i]-down[i])/(2*eps))
		}
		m := exact.New64(b.net)
		dot := grad.Scalar(0)
		for i, g := range grad.Grad(m.Loss(grad.Const(b.trainX, shape...), b.trainY), m.Params()...) {
			dot = dot.Add(g.Mul(v[i]).Sum())
		}
		var product []float64
		for _, h := range numbers(t, grad.Grad(dot, m.Alphas()...)) {
			product = append(product, -b.step.rate*h)
		}
		for _, c := range []struct {
			what    string
			epsilon float64
			want    []float64
			off     float64
		}{{"finite difference", paper, difference, 1e-9}, {"product with the Hessian", small, product, 1e-6}} {
			got := b.gradient(t, c.epsilon)
			for i := range got {
				got[i] -= first[i]
			}
			if d := distance(got, c.want); !(d < c.off) {
				t.Errorf("%s: the second-order term is off by %.2g of the %s", name, d, c.what)
			}
		}
	}
}

// Looking ahead leaves weights and running moments as they were.
func TestUnrolledLeavesNoTrace(t *testing.T) {
	b := newBilevel(t, supernets(t)["NB201"])
	blocks := append(b.net.Params(), b.net.Moments()...)
	before := room(blocks)
	save(before, blocks)
	b.gradient(t, 0.01)
	for i, p := range blocks {
		if distance(p.W, before[i]) > 0 {
			t.Errorf("%s has changed", p.Name)
		}
	}
}

// TestAlphaGradient: the gradients of α are those of the loss by central differences.
func TestAlphaGradient(t *testing.T) {
	for name, a := range supernets(t) {
		b := newBilevel(t, a)
		if _, err := b.net.Gradients(b.validX, b.validY); err != nil {
			t.Fatal(err)
		}
		got := room(b.net.Alphas())
		saveG(got, b.net.Alphas())
		for i, p := range b.net.Alphas() {
			var want []float64
			for k, at := range p.W {
				const h = 1e-5
				p.W[k] = at + h
				up, err1 := b.net.Gradients(b.validX, b.validY)
				p.W[k] = at - h
				down, err2 := b.net.Gradients(b.validX, b.validY)
				if err1 != nil || err2 != nil {
					t.Fatal(err1, err2)
				}
				p.W[k] = at
				want = append(want, (up.Loss-down.Loss)/(2*h))
			}
			if d := distance(got[i], want); !(d < 1e-6) {
				t.Errorf("%s: the gradient of %s is off by %.2g", name, p.Name, d)
			}
		}
	}
}

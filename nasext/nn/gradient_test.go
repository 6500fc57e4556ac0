package nn

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/internal/opcase"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
	"github.com/nascent-go/nascent/nasext/seed"
)

// inputs are those for an operation, in the precision of an engine.
func inputs[T engine.Float](d *rand.Rand, k arch.Kind, n int) []T {
	x := make([]T, n)
	for i, v := range opcase.Inputs(d, k, n) {
		x[i] = T(v)
	}
	return x
}

func randomise[T engine.Float](d *rand.Rand, n *NetworkOf[T]) {
	for _, p := range slices.Concat(n.Params(), n.Alphas(), n.Moments()) {
		for j := range p.W {
			p.W[j] = T(0.3 + d.Float64())
			if d.IntN(2) == 0 && p.G != nil {
				p.W[j] = -p.W[j]
			}
		}
	}
}

func TestForwardMatchesDefinition(t *testing.T) {
	for _, k := range opcase.Kinds() {
		for trial := range 25 {
			d := seed.Stream(uint64(trial), "forward", string(k))
			a, batch := opcase.Around(d, k)
			n, err := New(a, 1, opcase.Funcs())
			if err != nil {
				t.Fatal(err)
			}
			randomise(d, n)
			x := inputs[float32](d, k, batch*a.Input.Elems())
			got, err := n.Forward(x, false)
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range reference(n, x) {
				if math.Abs(float64(got[i])-want) > 1e-5*math.Max(math.Abs(want), 10) {
					t.Fatalf("%s on %v, %d samples: output %d is %v, want %v", a.Nodes[1].Op, a.Input, batch, i, got[i], want)
				}
			}
		}
	}
}

// TestGradients compares the gradients of a random linear function of the outputs with
// central differences, for every operation: in double precision to 1e-6, in single
// precision as far as differences can be trusted.
func TestGradients(t *testing.T) {
	for _, k := range opcase.Kinds() {
		for _, e := range cpu.Every(1) {
			for trial := range 12 {
				checkGradients(t, e, k, uint64(trial), 0.005, 0.01)
			}
		}
		for _, e := range cpu.Every64(1) {
			for trial := range 40 {
				checkGradients(t, e, k, uint64(trial), 1e-5, 1e-6)
			}
		}
	}
}

// checkGradients takes differences over twice eps and compares them to a tolerance, which
// is relative for gradients above 1.
func checkGradients[T engine.Float](t *testing.T, e engine.EngineOf[T], k arch.Kind, trial uint64, eps T, tolerance float64) {
	t.Helper()
	d := seed.Stream(trial, "gradient", string(k))
	a, batch := opcase.Around(d, k)
	n, err := newOn(e, a, 1, opcase.Funcs())
	if err != nil {
		t.Fatal(err)
	}
	randomise(d, n)
	x := inputs[T](d, k, batch*a.Input.Elems())
	forward := func() []T {
		n.passes = 7 // the same draws each time
		y, err := n.Forward(x, true)
		if err != nil {
			t.Fatal(err)
		}
		return y
	}
	out := len(forward())
	dout := make([]T, out)
	for i := range dout {
		dout[i] = T(d.NormFloat64())
	}
	value := func() (s float64) {
		for i, v := range forward() {
			s += float64(v) * float64(dout[i])
		}
		return s
	}
	dx := make([]T, len(x))
	forward()
	if err := n.Backward(dout, dx); err != nil {
		t.Fatal(err)
	}
	check := func(what string, w, g []T) {
		for range min(12, len(w)) {
			i := d.IntN(len(w))
			grad, old := float64(g[i]), w[i]
			w[i] = old + eps
			up := value()
			w[i] = old - eps
			down := value()
			w[i] = old
			want := (up - down) / (2 * float64(eps))
			if math.Abs(grad-want) > tolerance*math.Max(math.Abs(want), 1) {
				t.Fatalf("%s, %s on %v, %d samples, trial %d: the gradient of %s at %d is %v, differences say %v",
					e.Name(), a.Nodes[1].Op, a.Input, batch, trial, what, i, grad, want)
			}
		}
	}
	check("the input", x, dx)
	grads := map[*engine.ParamOf[T]][]T{}
	learned := append(n.Params(), n.Alphas()...)
	for _, p := range learned {
		grads[p] = append([]T(nil), p.G...)
	}
	for _, p := range learned {
		check(p.Name, p.W, grads[p])
	}
}

// TestDeadBranches: what the output does not depend on has gradient 0, and a network
// whose output depends on nothing can still be trained.
func TestDeadBranches(t *testing.T) {
	n := newNet(2, 4, 4)
	n.op("dead", convOp(3, 3, 1, 1, true), 0)
	n.op("dead norm", kind(arch.BatchNorm))
	n.op("zero", arch.Op{Kind: arch.Zero}, 0)
	n.op("pool", kind(arch.GlobalPool))
	n.op("fc", linearOp(3))
	net, err := New(&n.Arch, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range net.Params() {
		for i := range p.G {
			p.G[i] = 99
		}
	}
	if _, err := net.Gradients(images(5*32), []int{0, 1, 2, 0, 1}); err != nil {
		t.Fatal(err)
	}
	for _, p := range net.Params() {
		if got := GradNorm([]*Param{p}); (got != 0) != (p.Name == "fc.bias") {
			t.Errorf("gradient of %s has norm %v", p.Name, got)
		}
	}
	for _, m := range net.Moments() { // 0 and 1 at the beginning
		if m.W[0] != m.W[1] {
			t.Errorf("%s has moved to %v, though nothing needs it", m.Name, m.W)
		}
	}
	dx := make([]float32, 5*32)
	dx[3] = 99
	if err := net.Backward(make([]float32, 15), dx); err != nil {
		t.Fatal(err)
	}
	if dx[3] != 0 {
		t.Errorf("the input has gradient %v, though nothing depends on it", dx[3])
	}
}

func TestBatchNormOfOneNumber(t *testing.T) {
	n := newNet(3, 1, 1)
	n.op("bn", kind(arch.BatchNorm))
	net, err := New(&n.Arch, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := net.Forward([]float32{1, 2, 3}, true); err == nil || !strings.Contains(err.Error(), "batch norm \"bn\" sees one number a channel") {
		t.Errorf("got %v, want an error that names the layer", err)
	}
	out, err := net.Forward([]float32{1, 2, 3}, false)
	if err != nil {
		t.Fatal(err)
	}
	within(t, "with the running moments", out, []float64{1, 2, 3}, 2e-5)
	// Two samples: mean 2, 3, 4 and variance 1, the unbiased one 2.
	if _, err := net.Forward([]float32{1, 2, 3, 3, 4, 5}, true); err != nil {
		t.Fatal(err)
	}
	within(t, "running variance", net.Moments()[1].W, []float64{1.1, 1.1, 1.1}, 1e-6)
}

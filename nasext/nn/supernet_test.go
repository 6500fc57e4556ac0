package nn

import (
	"math"
	"slices"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
)

// supernet is DARTS's of 4 channels and 4 cells.
func supernet(t testing.TB) *arch.Arch {
	a, err := searched()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// architectureStep is a step of first-order DARTS (Liu et al. 2019, algorithm 1 with ξ = 0).
func architectureStep[T engine.Float](t testing.TB, n *NetworkOf[T], alphas, weights OptimizerOf[T], x []T, y []int) (loss float64) {
	t.Helper()
	if _, err := n.GradientsOf(hardCrossEntropy[T], x, y); err != nil {
		t.Fatal(err)
	}
	if err := alphas.Step(n.Alphas(), 3e-4); err != nil {
		t.Fatal(err)
	}
	s, err := n.GradientsOf(hardCrossEntropy[T], x, y)
	if err != nil {
		t.Fatal(err)
	}
	if err := weights.Step(n.Params(), 1e-3); err != nil {
		t.Fatal(err)
	}
	return s.Loss
}

func optimisers[T engine.Float]() (alphas *AdamOf[T], weights *SGDOf[T]) {
	return &AdamOf[T]{Beta1: .5, Beta2: .999, Eps: 1e-8, WeightDecay: 1e-3}, &SGDOf[T]{Momentum: .9, WeightDecay: 5e-4}
}

// TestSupernetThreads: a supernet learns the same to the last bit on any number of threads,
// and in single precision what it learns in double.
func TestSupernetThreads(t *testing.T) {
	a := supernet(t)
	learn := func(threads int) ([]float64, *Network) {
		n, err := NewOn(cpu.New(threads), a, 1)
		if err != nil {
			t.Fatal(err)
		}
		alphas, weights := optimisers[float32]()
		var losses []float64
		for range 3 {
			losses = append(losses, architectureStep(t, n, alphas, weights, images(8*a.Input.Elems()), labels(8)))
		}
		return losses, n
	}
	one, n := learn(1)
	two, m := learn(2)
	if !slices.Equal(one, two) {
		t.Errorf("losses %v on one thread and %v on two", one, two)
	}
	for i, p := range n.Alphas() {
		if !slices.Equal(p.W, m.Alphas()[i].W) {
			t.Errorf("%s is %v on one thread and %v on two", p.Name, p.W, m.Alphas()[i].W)
		}
	}
	truth, err := newOn(cpu.New64(1), a, 1)
	if err != nil {
		t.Fatal(err)
	}
	alphas, weights := optimisers[float64]()
	for step, got := range one {
		want := architectureStep(t, truth, alphas, weights, imagesOf[float64](8*a.Input.Elems()), labels(8))
		if math.Abs(got-want) > 1e-4 {
			t.Errorf("loss %v at step %d, %v in double precision", got, step, want)
		}
	}
}

// TestSupernetAllocatesNothing: a step of the supernet, once memory is there.
func TestSupernetAllocatesNothing(t *testing.T) {
	a := supernet(t)
	n, err := NewOn(cpu.New(1), a, 1)
	if err != nil {
		t.Fatal(err)
	}
	alphas, weights := optimisers[float32]()
	x, y := images(8*a.Input.Elems()), labels(8)
	if got := testing.AllocsPerRun(3, func() { architectureStep(t, n, alphas, weights, x, y) }); got != 0 {
		t.Errorf("a step makes %v allocations", got)
	}
}

// BenchmarkSupernet is a step of DARTS: of α, then of the weights.
func BenchmarkSupernet(b *testing.B) {
	a := supernet(b)
	n, err := NewOn(cpu.New(1), a, 1)
	if err != nil {
		b.Fatal(err)
	}
	alphas, weights := optimisers[float32]()
	x, y := images(32*a.Input.Elems()), labels(32)
	b.ReportAllocs()
	for b.Loop() {
		architectureStep(b, n, alphas, weights, x, y)
	}
}

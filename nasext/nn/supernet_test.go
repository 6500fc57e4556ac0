package nn

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
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

// searchedGolden is what testdata/supernet.py says.
type searchedGolden struct {
	Batch, Side, Channels, Layers, Nodes int
	Part                                 int // of the channels one is mixed
	Rate, Momentum, Decay                float64
	AlphaRate                            float64 `json:"alpha_rate"`
	AlphaDecay                           float64 `json:"alpha_decay"`
	Params                               int
	AlphaLoss                            []float64    `json:"alpha_loss"` // before each step of α
	Loss, Norm                           []float64    // before each step of the weights; of their gradients
	AlphaGrad0                           []float64    `json:"alpha_grad0"`
	AlphaAfter                           []float64    `json:"alpha_after"`
	Grad0                                [][2]float64 // norm and first number of each parameter
	ParamAfter                           [][2]float64 `json:"param_after"`
	LossEvalAfter                        float64      `json:"loss_eval_after"`
}

// TestSupernetGolden: weights and mixing numbers of supernets learn what they learn in the
// code of the authors of DARTS and PC-DARTS.
func TestSupernetGolden(t *testing.T) {
	for _, name := range []string{"supernet", "pcdarts"} {
		data, err := os.ReadFile("testdata/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var want searchedGolden
		if err := json.Unmarshal(data, &want); err != nil {
			t.Fatal(err)
		}
		for _, e := range append(cpu.Every(1), cpu.New(2)) {
			t.Run(name+"/"+e.Name(), func(t *testing.T) { testSupernetGolden(t, want, e, single) })
		}
		e := cpu.New64(2)
		t.Run(name+"/"+e.Name(), func(t *testing.T) { testSupernetGolden(t, want, e, double) })
	}
}

func testSupernetGolden[T engine.Float](t *testing.T, want searchedGolden, e engine.EngineOf[T], tol tolerances) {
	in := arch.Shape{C: 3, H: want.Side, W: want.Side}
	a, err := cell.DARTSSupernet{
		Net: cell.DARTSNet{C: want.Channels, Layers: want.Layers, Input: in}, Nodes: want.Nodes,
		Mixing: cell.Mixing{Part: want.Part, Edges: want.Part > 1},
	}.Build()
	if err != nil {
		t.Fatal(err)
	}
	n, err := newOn(e, a, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got := wave(n); got != want.Params {
		t.Fatalf("%d parameters, want %d", got, want.Params)
	}
	// Alphas in the order of the edges, normal ones first; then those of nodes, too.
	alphas := slices.Clone(n.Alphas())
	slices.SortStableFunc(alphas, func(p, q *engine.ParamOf[T]) int {
		place := func(name string) string { return fmt.Sprint(strings.Contains(name, "node"), name[:len("normal")]) }
		return strings.Compare(place(p.Name), place(q.Name))
	})
	i := 0
	for _, p := range alphas {
		for k := range p.W {
			i++
			p.W[k] = T(math.Sin(float64(i)) / 2)
		}
	}
	near := nearIn(t)
	checkAlphas := func(what string, want []float64, tolerance float64, of func(*engine.ParamOf[T]) []T) {
		i := 0
		for _, p := range alphas {
			for k, got := range of(p) {
				near(fmt.Sprintf("%s %d of %s", what, k, p.Name), float64(got), want[i], tolerance)
				i++
			}
		}
	}
	checkParams := func(what string, want [][2]float64, tolerance float64, of func(*engine.ParamOf[T]) []T) {
		for i, p := range n.Params() {
			got := momentsOf(of(p))
			near("norm of "+what+" of "+p.Name, got.L2, want[i][0], tolerance*math.Max(want[i][0], 1))
			near("first "+what+" of "+p.Name, got.First, want[i][1], tolerance*math.Max(want[i][0], 1))
		}
	}
	weights := func(p *engine.ParamOf[T]) []T { return p.W }
	grads := func(p *engine.ParamOf[T]) []T { return p.G }

	size := want.Batch * in.Elems()
	x, held, y := imagesFrom[T](0, size), imagesFrom[T](size, size), labels(want.Batch)
	adam := &AdamOf[T]{Beta1: .5, Beta2: .999, Eps: 1e-8, WeightDecay: want.AlphaDecay}
	sgd := &SGDOf[T]{Momentum: want.Momentum, WeightDecay: want.Decay}
	for step := range want.Loss {
		s, err := n.Gradients(held, y)
		if err != nil {
			t.Fatal(err)
		}
		near(fmt.Sprint("loss that α descends, at step ", step), s.Loss, want.AlphaLoss[step], tol.loss)
		if step == 0 {
			checkAlphas("gradient", want.AlphaGrad0, tol.grads/10, grads)
		}
		if err := adam.Step(n.Alphas(), want.AlphaRate); err != nil {
			t.Fatal(err)
		}
		if s, err = n.Gradients(x, y); err != nil {
			t.Fatal(err)
		}
		near(fmt.Sprint("loss at step ", step), s.Loss, want.Loss[step], tol.loss)
		if step == 0 {
			checkParams("gradient", want.Grad0, tol.grads, grads)
		}
		near(fmt.Sprint("norm of the gradients at step ", step), gradNorm(n.Params()), want.Norm[step], tol.grads*want.Norm[step])
		if err := sgd.Step(n.Params(), want.Rate); err != nil {
			t.Fatal(err)
		}
	}
	checkAlphas("number", want.AlphaAfter, tol.weights, weights)
	checkParams("weight", want.ParamAfter, tol.weights, weights)
	s, err := n.Evaluate(x, y)
	if err != nil {
		t.Fatal(err)
	}
	near("loss in evaluation mode", s.Loss, want.LossEvalAfter, tol.loss)
}

// pathOf is the supernet with one operation on each edge, mixed by the numbers themselves.
func pathOf(t testing.TB, gate arch.Gate) *Network {
	t.Helper()
	a, err := cell.DARTSSupernet{Net: cell.DARTSNet{Input: arch.Shape{C: 3, H: 16, W: 16}, C: 4, Layers: 4}, Mixing: cell.Mixing{Gate: gate}}.Build()
	if err != nil {
		t.Fatal(err)
	}
	n, err := NewOn(cpu.New(1), a, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range n.Alphas() {
		clear(p.W)
		p.W[i%len(p.W)] = 0.5 + float32(i)/20
	}
	return n
}

// A sparse mix computes what it would compute without the inputs whose numbers are 0, and
// leaves them and their running moments alone.
func TestSparseMix(t *testing.T) {
	full, sparse := pathOf(t, arch.AsIs), pathOf(t, arch.Sparse)
	x, y := images(8*full.Arch().Input.Elems()), labels(8)
	for range 2 {
		want, err := full.Gradients(x, y)
		if err != nil {
			t.Fatal(err)
		}
		got, err := sparse.Gradients(x, y)
		if err != nil || got != want {
			t.Errorf("score %v, %v; want %v", got, err, want)
		}
		for i, p := range sparse.Params() {
			if !slices.Equal(p.G, full.Params()[i].G) {
				t.Errorf("the gradient of %s differs", p.Name)
			}
		}
		for i, p := range sparse.Alphas() {
			for k, g := range p.G {
				want := full.Alphas()[i].G[k]
				if p.W[k] == 0 {
					want = 0
				}
				if g != want {
					t.Errorf("the gradient of number %d of %s is %v, want %v", k, p.Name, g, want)
				}
			}
		}
		for _, n := range []*Network{full, sparse} { // another path
			for _, p := range n.Alphas() {
				p.W[0], p.W[1], p.W[2] = p.W[2], p.W[0], p.W[1]
			}
		}
	}
	// Running moments of what was computed are those of the whole network; others are new.
	moved, still := 0, 0
	fresh := pathOf(t, arch.Sparse)
	for i, p := range sparse.Moments() {
		switch {
		case slices.Equal(p.W, fresh.Moments()[i].W):
			still++
		case slices.Equal(p.W, full.Moments()[i].W):
			moved++
		}
	}
	if still == 0 || moved == 0 {
		t.Errorf("of %d running moments %d did not move and %d moved as in the whole network", len(sparse.Moments()), still, moved)
	}
}

// BenchmarkPath is a step of the weights of one path through the supernet, whose other
// operations are not computed.
func BenchmarkPath(b *testing.B) {
	for _, gate := range []arch.Gate{arch.AsIs, arch.Sparse} {
		b.Run(string(gate), func(b *testing.B) {
			n := pathOf(b, gate)
			x, y := images(32*n.Arch().Input.Elems()), labels(32)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := n.Gradients(x, y); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

package nn

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
	"github.com/nascent-go/nascent/nasext/space"
)

// TestInference: what is folded and shares memory computes what a runner for training does
// in evaluation mode, whatever was in the memory before, and the same bits for a sample in
// batches of any size and on any number of threads.
func TestInference(t *testing.T) {
	all := []*arch.Arch{mixed(), w3(), w4(t), supernet(t), dropping(t)}
	paths, err := cell.DARTSNet{C: 2, Layers: 4, Aux: true, DropPath: .3, Input: arch.Shape{C: 2, H: 24, W: 24}}.Build(cell.DARTSV2())
	if err != nil {
		t.Fatal(err)
	}
	all = append(all, paths)
	rng := rand.New(rand.NewPCG(3, 4))
	for _, s := range smallSpaces(t, arch.Shape{C: 3, H: 8, W: 8}) {
		for range 3 {
			g, err := space.Random(s, rng)
			if err != nil {
				t.Fatal(err)
			}
			a, err := s.Build(g)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, a)
		}
	}
	for _, a := range all {
		inference(t, cpu.New(2), cpu.New(1), a, 1e-4)
		inference(t, cpu.New64(2), cpu.New64(1), a, 1e-10)
	}
}

func inference[T engine.Float](t *testing.T, two, one engine.EngineOf[T], a *arch.Arch, tolerance float64) {
	t.Helper()
	n, err := newOn(two, a, 1)
	if err != nil {
		t.Fatal(err)
	}
	const batch = 20
	elems := a.Input.Elems()
	x, out := imagesOf[T](batch*elems), make([]T, batch*n.classes)
	if _, err := n.Forward(x, true); err != nil {
		t.Fatal(err)
	}
	// Moments that are no longer 0 and 1, and biases that are not 0.
	for _, p := range slices.Concat(n.Params(), n.Moments()) {
		for i := range p.W {
			p.W[i] += T(math.Abs(number(i)) / 4)
		}
	}
	r, err := n.engine.Build(n.plan, batch)
	if err != nil {
		t.Fatal(err)
	}
	alone, err := one.Inference(n.plan, batch)
	if err != nil {
		t.Fatal(err)
	}
	for _, count := range []int{batch, 5, batch} {
		for i := range x[:count*elems] {
			x[i] = -2 * x[i] / T(count)
		}
		if err := r.Forward(x[:count*elems], count, engine.Pass{}, out[:count*n.classes]); err != nil {
			t.Fatal(err)
		}
		y, err := n.Forward(x[:count*elems], false)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range out[:count*n.classes] {
			if d := math.Abs(float64(y[i] - want)); !(d <= tolerance*math.Max(1, math.Abs(float64(want)))) {
				t.Fatalf("%s, %s: output %d of %d samples is %v, for training %v", a.Name, two.Name(), i, count, y[i], want)
			}
		}
		all := slices.Clone(y)
		if y, err = n.Forward(x[:3*elems], false); err != nil {
			t.Fatal(err)
		}
		if err := alone.Forward(x[:count*elems], count, engine.Pass{}, out[:count*n.classes]); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(y, all[:3*n.classes]) || !slices.Equal(out[:count*n.classes], all) {
			t.Fatalf("%s, %s: other bits for 3 of %d samples, or on one thread", a.Name, two.Name(), count)
		}
	}
	if err := alone.Forward(x, batch, engine.Pass{Train: true}, out); err == nil {
		t.Errorf("%s, %s: a pass for training", a.Name, two.Name())
	}
}

// TestInferenceMemory: a deep network needs room for the few activations that are there at
// a time.
func TestInferenceMemory(t *testing.T) {
	a := nb201(arch.Shape{C: 3, H: 16, W: 16}, 8, 5)
	n, err := NewOn(cpu.New(1), a, 1)
	if err != nil {
		t.Fatal(err)
	}
	const batch = 32
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := n.Forward(images(batch*a.Input.Elems()), false); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	// An activation of the first stage is 8·16·16 numbers a sample, its input 3·16·16. A
	// cell has four at a time, and there are lists of pixels and folded weights.
	const activations = batch * (4*8 + 3) * 16 * 16 * 4
	if got := int64(after.TotalAlloc - before.TotalAlloc); got > 2*activations {
		t.Errorf("inference allocates %d bytes, its largest activations are %d", got, activations)
	}
}

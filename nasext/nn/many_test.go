package nn

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
	"github.com/nascent-go/nascent/nasext/space"
)

var architectures = flag.Int("architectures", 300, "how many different architectures TestManyArchitectures trains")

// smallSpaces is one space of each kind with small networks for a small image.
func smallSpaces(t *testing.T, in arch.Shape) []space.Space {
	t.Helper()
	var all []space.Space
	add := func(s space.Space, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	chain := space.DefaultGlobal(in, 10)
	chain.GlobalPool, chain.Activations = true, []string{"relu", "tanh"}
	chain.Channels, chain.Units, chain.Separable, chain.Skips, chain.Dropout = []int{2, 3, 5}, []int{4, 7}, true, true, []float64{0, .5}
	add(space.Global(chain))
	add(space.ZophLe2017(space.ZophLeConfig{Input: in, Layers: 4, Filters: []int{2, 3}, Strides: []int{1, 2, 3}}))
	add(space.MetaQNN2017(space.MetaQNNConfig{Input: in, Layers: 4, Filters: []int{2, 3, 5}, Units: []int{7, 4}}))
	add(space.NASNet(cell.NASNet{F: 2, N: 1, Input: in}))
	add(space.AmoebaNet(cell.NASNet{F: 2, N: 1, LongSkip: true, Input: in}))
	add(space.PNAS(cell.NASNet{F: 2, N: 1, InPlace: true, Input: in}))
	add(space.DARTS(cell.DARTSNet{C: 2, Layers: 3, Input: in}))
	add(space.ENASMicro(cell.ENASNet{C: 2, Layers: 3, Input: in}))
	add(space.NASBench101(space.NASBench101Config{C: 5, Modules: 1, Input: in}))
	add(space.NASBench201(space.NASBench201Config{C: 3, N: 1, Input: in}))
	add(space.NATSBenchSize(space.NATSSizeConfig{Channels: []int{1, 2, 3, 4, 5}, Input: in}))
	add(space.ENASMacro(space.ENASMacroConfig{Layers: 4, C: 3, Dropout: .1, Input: in}))
	add(space.New(fmt.Sprint("activations of ", in), func(c *space.Choices) (*arch.Arch, error) {
		b := arch.NewBuilder("activations", in)
		x := b.In()
		for i := range c.Int("layers", 1, 2, 3, 4) {
			kind := c.Pick(fmt.Sprint("activation ", i), "relu", "relu6", "tanh", "sigmoid", "hardsigmoid", "silu", "hardswish")
			x = b.Activation(b.Conv(x, c.Int(fmt.Sprint("filters ", i), 1, 3, 4), 3), arch.Kind(kind))
		}
		b.Classifier(x, 10)
		return b.Build()
	}))
	return all
}

// TestManyArchitectures: a search builds, trains and drops networks of every space one
// after the other; each learns something finite, and none leaves anything behind.
func TestManyArchitectures(t *testing.T) {
	spaces := append(smallSpaces(t, arch.Shape{C: 1, H: 8, W: 8}), smallSpaces(t, arch.Shape{C: 3, H: 8, W: 8})...)
	rng, e := rand.New(rand.NewPCG(1, 2)), cpu.New(2)
	seen := make(map[string]bool, *architectures)
	goroutines, begin, trainedOf := runtime.NumGoroutine(), uint64(0), make([]int, len(spaces))
	for i := 0; len(seen) < *architectures; i++ {
		if i > 10**architectures {
			t.Fatalf("only %d different architectures in %d draws", len(seen), i)
		}
		s := spaces[i%len(spaces)]
		g, err := space.Random(s, rng)
		if err != nil {
			t.Fatal(err)
		}
		a, err := s.Build(g)
		if err != nil {
			t.Fatalf("%s, %v: %v", s.Name(), g, err)
		}
		hash := a.Hash()
		if seen[hash] {
			continue
		}
		seen[hash] = true
		if err := trainOnce(e, a, 2+rng.IntN(20), uint64(i)); err != nil {
			t.Fatalf("%s, %v: %v", s.Name(), g, err)
		}
		trainedOf[i%len(spaces)]++
		if len(seen) == *architectures/10 {
			begin = liveHeap()
		}
	}
	for i, n := range trainedOf {
		if n == 0 {
			t.Errorf("no architecture of %s", spaces[i].Name())
		}
	}
	end := liveHeap()
	t.Logf("live heap %.2f MB after a tenth, %.2f MB after all of %d; of the spaces %v", float64(begin)/1e6, float64(end)/1e6, len(seen), trainedOf)
	if grown := int64(end) - int64(begin); grown > 3<<20 {
		t.Errorf("the live heap grew by %d bytes", grown)
	}
	// A helping thread that came too late for work is yet to see that there is none.
	for i := 0; runtime.NumGoroutine() > goroutines && i < 1e6; i++ {
		runtime.Gosched()
	}
	if n := runtime.NumGoroutine(); n > goroutines {
		t.Errorf("%d goroutines, at first %d", n, goroutines)
	}
}

// trainOnce makes a network and trains it one step.
func trainOnce(e *cpu.Engine, a *arch.Arch, batch int, seed uint64) error {
	n, err := NewOn(e, a, seed)
	if err != nil {
		return err
	}
	score, err := n.Gradients(images(batch*a.Input.Elems()), labels(batch))
	if err != nil {
		return err
	}
	if !score.Finite() {
		return fmt.Errorf("the loss is %v", score.Loss)
	}
	if err := NewSGD(.9, 5e-4).Step(n.Params(), .01); err != nil {
		return err
	}
	for _, p := range n.Params() {
		for i, w := range p.W {
			if v := float64(w); math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("after a step number %d of %s is %v", i, p.Name, v)
			}
		}
	}
	return nil
}

// liveHeap is how many bytes of memory are in use.
func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

package nn

import (
	"fmt"
	"math"
	"sync"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
)

// mixed is a network with every kind of operation that sums.
func mixed() *arch.Arch {
	n := newNet(3, 9, 9)
	a := n.op("stem", convOp(24, 3, 1, 1, true), 0)
	a = n.op("norm", kind(arch.BatchNorm), a)
	a = n.op("relu", kind(arch.ReLU), a)
	b := n.op("depthwise", arch.Op{Kind: arch.Conv, Out: 24, KH: 3, KW: 3, PadH: 2, PadW: 2, Dilation: 2, Groups: 24}, a)
	c := n.op("max", arch.Op{Kind: arch.MaxPool, KH: 3, KW: 3, Stride: 1, PadH: 1, PadW: 1}, a)
	d := n.op("avg", arch.Op{Kind: arch.AvgPool, KH: 3, KW: 3, Stride: 1, PadH: 1, PadW: 1}, a)
	s := n.op("sum", kind(arch.Add), b, c, d)
	s = n.op("cat", kind(arch.Concat), s, a)
	s = n.op("down", convOp(40, 3, 2, 1, false), s)
	s = n.op("norm 2", kind(arch.BatchNorm), s)
	s = n.op("tanh", kind(arch.Tanh), s)
	s = n.op("drop", arch.Op{Kind: arch.Dropout, Rate: .3}, s)
	n.op("flat", kind(arch.Flatten), s)
	n.op("fc", linearOp(10))
	return &n.Arch
}

// trained is a hash-like text of everything after a few steps with batches of changing size.
func trained[T engine.Float](e engine.EngineOf[T], first int) (string, error) {
	a := mixed()
	n, err := newOn(e, a, 3)
	if err != nil {
		return "", err
	}
	if first > 0 { // the first batch fixes the memory's layout
		if err := n.full.ready(first, true); err != nil {
			return "", err
		}
	}
	opt, text := &SGDOf[T]{Momentum: .9, WeightDecay: 1e-3}, ""
	for step := range 4 {
		batch := 40 - step
		s, err := n.Gradients(imagesOf[T](batch*a.Input.Elems()), labels(batch))
		if err != nil {
			return "", err
		}
		text += fmt.Sprintf("%016x ", math.Float64bits(s.Loss))
		if err := opt.Step(n.Params(), .01); err != nil {
			return "", err
		}
	}
	for _, p := range append(n.Params(), n.Moments()...) {
		var h uint64
		for _, w := range p.W {
			h = h*1099511628211 + math.Float64bits(float64(w))
		}
		text += fmt.Sprintf("%s %016x ", p.Name, h)
	}
	return text, nil
}

func TestSameBitsOnAnyNumberOfThreads(t *testing.T) {
	t.Run("float32", func(t *testing.T) { sameBits[float32](t, 1, 2, 3, 7, 0) })
	t.Run("float64", func(t *testing.T) { sameBits[float64](t, 2) })
}

func sameBits[T engine.Float](t *testing.T, threads ...int) {
	t.Helper()
	want, err := trained(cpu.NewOf[T](1), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, threads := range threads {
		for _, first := range []int{0, 41, 70} {
			got, err := trained(cpu.NewOf[T](threads), first)
			if err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Fatalf("%d threads, memory for %d samples: other bits than with one thread\n%s\n%s", threads, first, got, want)
			}
		}
	}
}

func TestSameBitsWhenNetworksTrainTogether(t *testing.T) {
	want, err := trained(cpu.New(1), 0)
	if err != nil {
		t.Fatal(err)
	}
	e := cpu.New(2)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if got, err := trained(e, 0); err != nil || got != want {
				t.Errorf("other bits (error %v)", err)
			}
		})
	}
	wg.Wait()
}

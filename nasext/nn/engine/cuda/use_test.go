//go:build cuda && cgo && linux && amd64

package cuda_test

import (
	"context"
	"errors"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gorgonia.org/tensor"

	"github.com/nascent-go/nascent/nasext"
	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/estimate"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/dense"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda"
	"github.com/nascent-go/nascent/nasext/nn/engine/enginetest"
	"github.com/nascent-go/nascent/nasext/oneshot"
	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
)

func newEngine(t testing.TB) cuda.Engine {
	t.Helper()
	e, err := cuda.New(cuda.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// noise is so many images of 1×5×5.
var noise = enginetest.Workload{Name: "noise", Arch: &arch.Arch{Input: arch.Shape{C: 1, H: 5, W: 5}}}.Images

// widths is a space of four networks for them, two of which take more than 40 MiB for a batch of 20.
func widths(t testing.TB) space.Space {
	t.Helper()
	s, err := space.New("widths", func(c *space.Choices) (*arch.Arch, error) {
		width := c.Int("width", 4, 20000, 8, 30000)
		b := arch.NewBuilder("", arch.Shape{C: 1, H: 5, W: 5})
		b.Linear(b.GlobalPool(b.ReLU(b.Conv(b.In(), width, 3, arch.Pad(1)))), 10)
		return b.Build()
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// searchOf is a search of all widths on an engine, two at a time.
func searchOf(t testing.TB, e engine.Engine, onEpoch func(*arch.Arch, estimate.Epoch)) nasext.Config {
	t.Helper()
	trainer, err := estimate.Train(estimate.TrainConfig{
		Train: noise(60), Valid: noise(40), Epochs: 3, Batch: 20, Rate: 0.05, Engine: e, OnEpoch: onEpoch,
	})
	if err != nil {
		t.Fatal(err)
	}
	s := widths(t)
	return nasext.Config{Space: s, Strategy: strategy.Grid(s), Estimator: trainer, Trials: 4, Workers: 2}
}

// TestSearchWithLittleMemory: candidates that are too large for the device fail, with the sizes named,
// and the others are tried. All memory comes back.
func TestSearchWithLittleMemory(t *testing.T) {
	e := newEngine(t)
	cuda.LeaveFree(t, e, 24<<20)
	before := cuda.Free(t, e)
	r, err := nasext.Search(context.Background(), searchOf(t, e, nil))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Trials) != 4 || r.Best == nil {
		t.Fatalf("%v", r)
	}
	for i, trial := range r.Trials {
		if tooLarge := i%2 == 1; trial.Failed != tooLarge {
			t.Errorf("trial %d: failed is %v, because: %s", trial.Number, trial.Failed, trial.Error)
		} else if tooLarge && !exhausted.MatchString(trial.Error) {
			t.Errorf("trial %d failed because: %s", trial.Number, trial.Error)
		} else if !tooLarge && len(trial.Estimate.Curve) != 3 {
			t.Errorf("trial %d: %+v", trial.Number, trial.Estimate)
		}
	}
	if left := cuda.Free(t, e); left != before {
		t.Errorf("%d bytes are free, %d were before", left, before)
	}
}

// exhausted is what is said where there is too little memory.
var exhausted = regexp.MustCompile(`^train: .*\d steps in batches of 20 samples: device memory exhausted: [\d.]+ MiB asked for, [\d.]+ [Mb]\w+ of [\d.]+ GiB free$`)

// TestStoppedSearches: what a search takes of the device comes back where its context ends in the
// middle of trainings, and the engine works on.
func TestStoppedSearches(t *testing.T) {
	e := newEngine(t)
	before := cuda.Free(t, e)
	clean := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s ends with %v", what, err)
		}
		if left := cuda.Free(t, e); left != before {
			t.Errorf("after %s %d bytes are free, %d were before", what, left, before)
		}
	}

	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	_, err := nasext.Search(ctx, searchOf(t, e, func(_ *arch.Arch, at estimate.Epoch) {
		if at.Epoch == 2 {
			stop()
		}
	}))
	clean("a search", err)

	ctx, stop = context.WithCancel(context.Background())
	defer stop()
	c := supernetOf(t, e, oneshot.DARTS{})
	c.OnEpoch = func(p oneshot.Snapshot) {
		if p.Epoch == 1 {
			stop()
		}
	}
	_, err = oneshot.Search(ctx, c)
	clean("a search on shared weights", err)

	if _, err := oneshot.Search(context.Background(), supernetOf(t, e, oneshot.GDAS{})); err != nil {
		t.Error(err)
	}
}

// supernetOf is a search on shared weights on an engine.
func supernetOf(t testing.TB, e engine.Engine, m oneshot.Method) oneshot.Config {
	t.Helper()
	s, err := space.NASBench201(space.NASBench201Config{C: 4, N: 1, Input: arch.Shape{C: 1, H: 5, W: 5}})
	if err != nil {
		t.Fatal(err)
	}
	return oneshot.Config{Space: s, Method: m, Train: noise(30), Valid: noise(20), Epochs: 2, Batch: 10, Seed: 1, Engine: e}
}

// TestOneShotMethods: each runs on the device, the same each time, and its supernet learns what it learns on
// the processor.
func TestOneShotMethods(t *testing.T) {
	e := newEngine(t)
	for _, m := range []oneshot.Method{
		oneshot.DARTS{}, oneshot.DARTS{SecondOrder: true}, oneshot.GDAS{}, oneshot.SNAS{Price: 0.1}, oneshot.PCDARTS{},
		oneshot.RandomSearch{Samples: 4, Batches: 1, Finalists: 2}, oneshot.SinglePath{Population: 4, Generations: 1, Parents: 2}, oneshot.ENAS{Updates: 1, Samples: 2},
	} {
		var got [3][]oneshot.Snapshot
		for i, on := range []engine.Engine{cpu.New(1), e, e} {
			r, err := oneshot.Search(context.Background(), supernetOf(t, on, m))
			if err != nil {
				t.Fatalf("%s on %s: %v", m.Name(), on.Name(), err)
			}
			if got[i] = r.Epochs; r.Arch == nil || len(r.Epochs) != 3 {
				t.Errorf("%s on %s: %d epochs, architecture %v", m.Name(), on.Name(), len(r.Epochs)-1, r.Arch)
			}
		}
		if !reflect.DeepEqual(got[1], got[2]) {
			t.Errorf("%s: two searches on the device differ:\n%+v\n%+v", m.Name(), got[1], got[2])
		}
		if reflect.DeepEqual(got[0], got[1]) {
			t.Errorf("%s: not even the rounding is that of a device", m.Name())
		}
		if want, loss := got[0][1].Loss, got[1][1].Loss; !(math.Abs(loss-want) <= 1e-4*want) {
			t.Errorf("%s: the loss of the first epoch is %v, on the processor %v", m.Name(), loss, want)
		}
	}
}

// TestAutoML: all trainings are on the engine, and so is the model.
func TestAutoML(t *testing.T) {
	e := newEngine(t)
	r, err := nasext.AutoML(context.Background(), noise(150), nasext.AutoBudget{Time: time.Millisecond, Engine: e})
	if err != nil {
		t.Fatal(err)
	}
	if p := r.Search.Programs; len(p) != 1 || p[0].Engine != e.Name() || r.Search.Best.Failed {
		t.Errorf("searched by %+v: %v", p, r)
	}
	before := e.Counts()
	if _, err := r.Model.Evaluate(noise(20)); err != nil || e.Counts() == before {
		t.Errorf("the model doesn't compute on the device: %v", err)
	}
}

// TestLatency: passes on the device are timed.
func TestLatency(t *testing.T) {
	e := newEngine(t)
	s, err := estimate.Latency(estimate.LatencyConfig{Passes: 3, Warmup: 1, Engine: e})
	if err != nil {
		t.Fatal(err)
	}
	a, err := widths(t).Build(space.Genotype{0})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.Estimate(context.Background(), a, 1); err != nil || !(got.Latency > 0) || e.Counts().Graphs != 4 || !strings.Contains(s.Name(), "on cuda/") {
		t.Errorf("%s: %+v, %v; %+v on the device", s.Name(), got, err, e.Counts())
	}
}

// TestTensors: values of gorgonia.org/tensor go in and come out.
func TestTensors(t *testing.T) {
	e, border := newEngine(t), dense.New(1)
	a, err := widths(t).Build(space.Genotype{0})
	if err != nil {
		t.Fatal(err)
	}
	set := noise(6)
	x, err := border.Images(set)
	if err != nil {
		t.Fatal(err)
	}
	var weights, outputs, gradients [2][]float32
	for i, on := range []engine.Engine{cpu.New(1), e} {
		n, err := nn.NewOn(on, a, 1)
		if err != nil {
			t.Fatal(err)
		}
		w, err := border.Weights(n.Params()[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.MulScalar(float32(2), true, tensor.UseUnsafe()); err != nil { // the network's weights change with it
			t.Fatal(err)
		}
		logits, err := n.Forward(x.Float32s(), false)
		if err != nil {
			t.Fatal(err)
		}
		out, err := border.View(logits, set.Len(), 10)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := n.Gradients(x.Float32s(), set.Y); err != nil {
			t.Fatal(err)
		}
		g, err := border.Gradient(n.Params()[0])
		if err != nil {
			t.Fatal(err)
		}
		weights[i], outputs[i], gradients[i] = slices.Clone(w.Float32s()), out.Float32s(), g.Float32s()
	}
	if !slices.Equal(weights[0], weights[1]) {
		t.Error("the weights differ")
	}
	for what, of := range map[string][2][]float32{"outputs": outputs, "gradients": gradients} {
		for i, want := range of[0] {
			if got := of[1][i]; !(math.Abs(float64(got-want)) <= 1e-5) || len(of[0]) != len(of[1]) {
				t.Fatalf("%s: number %d is %v, on the processor %v", what, i, got, want)
			}
		}
	}
}

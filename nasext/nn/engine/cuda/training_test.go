//go:build cuda && cgo && linux && amd64

package cuda

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/driver"
	"github.com/nascent-go/nascent/nasext/nn/engine/enginetest"
	"github.com/nascent-go/nascent/nasext/nn/grad"
)

// small is a network of 2×5×5 images and ten classes.
func small(t testing.TB, channels int) *arch.Arch {
	t.Helper()
	b := arch.NewBuilder("small", arch.Shape{C: 2, H: 5, W: 5})
	x := b.ReLU(b.BatchNorm(b.Conv(b.In(), channels, 3, arch.Pad(1))))
	b.Linear(b.Dropout(b.GlobalPool(x), .1), 10)
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// noise is something to learn for these networks.
var noise = enginetest.Workload{Name: "noise", Arch: &arch.Arch{Input: arch.Shape{C: 2, H: 5, W: 5}}}.Images

// Free is how much of the device's memory is free once garbage has been collected.
func Free(t testing.TB, e engine.Engine) (bytes int64) {
	t.Helper()
	collect()
	collect()
	err := e.(*gpu).Do(func(th *driver.Thread) (err error) {
		bytes, _, err = th.Memory()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}

// LeaveFree takes all of the device's memory but so many bytes until the test ends.
func LeaveFree(t testing.TB, e engine.Engine, bytes int64) {
	t.Helper()
	var taken driver.Memory
	err := e.(*gpu).Do(func(th *driver.Thread) (err error) {
		free, _, err := th.Memory()
		if err == nil {
			taken, err = th.Alloc(free - bytes)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.(*gpu).Do(func(th *driver.Thread) error { return th.Free(taken) }); err != nil {
			t.Error(err)
		}
	})
}

func train(e engine.Engine, a *arch.Arch, sd uint64, c nn.FitConfig) (*nn.Network, error) {
	n, err := nn.NewOn(e, a, sd)
	if err != nil {
		return nil, err
	}
	_, err = nn.Fit(context.Background(), n, c)
	return n, err
}

func bits(t testing.TB, n *nn.Network) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := n.Save(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestAStepIsOneGraph: what a step does is launched at once.
func TestAStepIsOneGraph(t *testing.T) {
	e := newEngine(t).(*gpu)
	if _, err := train(e, small(t, 4), 1, nn.FitConfig{Train: noise(60), Epochs: 2, Batch: 10}); err != nil {
		t.Fatal(err)
	}
	if c := e.Counts(); c.Graphs != 12 || c.Launches < 12*12 {
		t.Errorf("12 steps launched %d graphs of %d launches in all", c.Graphs, c.Launches)
	}
}

// TestTogether: candidates that train at the same time learn what they learn one after the other.
func TestTogether(t *testing.T) {
	e := newEngine(t)
	set := noise(40)
	var want, got [4][]byte
	alone := func(to *[4][]byte, i int) {
		n, err := train(e, small(t, 3+i), uint64(i), nn.FitConfig{Train: set, Valid: set, Epochs: 2, Batch: 9})
		if err != nil {
			t.Error(err)
			return
		}
		to[i] = bits(t, n)
	}
	for i := range want {
		alone(&want, i)
	}
	var all sync.WaitGroup
	for i := range got {
		all.Go(func() { alone(&got, i) })
	}
	all.Wait()
	for i := range got {
		if !bytes.Equal(got[i], want[i]) {
			t.Errorf("network %d learns something else beside others", i)
		}
	}
}

// TestNothingIsLeft: trainings that end, are stopped or fail give their memory back.
func TestNothingIsLeft(t *testing.T) {
	e := newEngine(t)
	set := noise(40)
	before := Free(t, e)
	for range 3 {
		if _, err := train(e, small(t, 8), 1, nn.FitConfig{Train: set, Valid: set, Epochs: 1, Batch: 10}); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(context.Background())
		n, err := nn.NewOn(e, small(t, 8), 1)
		if err != nil {
			t.Fatal(err)
		}
		_, err = nn.Fit(ctx, n, nn.FitConfig{Train: set, Epochs: 5, Batch: 10, OnStep: func(p nn.Progress) {
			if p.Step == 3 {
				stop()
			}
		}})
		stop()
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("a training that is stopped ends with %v", err)
		}
		if left := Free(t, e); left != before {
			t.Errorf("%d bytes are free, %d were before", left, before)
		}
		if _, err := n.Evaluate(set.X, set.Y); err != nil {
			t.Errorf("a network whose training was stopped: %v", err)
		}
	}
}

// TestMemoryIsExhausted: the error names the sizes, and what follows works.
func TestMemoryIsExhausted(t *testing.T) {
	e := newEngine(t)
	b := arch.NewBuilder("large", arch.Shape{C: 1, H: 64, W: 64})
	b.Linear(b.GlobalPool(b.ReLU(b.Conv(b.In(), 512, 3, arch.Pad(1)))), 2)
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	n, err := nn.NewOn(e, a, 1)
	if err != nil {
		t.Fatal(err)
	}
	const batch = 300
	before := Free(t, e)
	_, err = n.Gradients(make([]float32, batch*64*64), make([]int, batch))
	var full *driver.OutOfMemoryError
	if !errors.As(err, &full) || full.Asked < n.Memory(batch) || !strings.Contains(err.Error(), "5 steps in batches of 300 samples: device memory exhausted: ") {
		t.Errorf("got %v, want an error with the %d bytes that are needed", err, n.Memory(batch))
	}
	if left := Free(t, e); left != before {
		t.Errorf("%d bytes are free, %d were before", left, before)
	}
	if _, err := n.Gradients(make([]float32, 2*64*64), make([]int, 2)); err != nil {
		t.Errorf("a smaller batch: %v", err)
	}
	runtime.KeepAlive(n)
}

// TestFunctionsOfOnesOwn: they can't run here, and who they are is said.
func TestFunctionsOfOnesOwn(t *testing.T) {
	b := arch.NewBuilder("own", arch.Shape{C: 2, H: 1, W: 1})
	b.Flatten(b.Custom(b.In(), "swap", arch.Shape{C: 2, H: 1, W: 1}, 0, arch.Named("twist")))
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	n, err := nn.NewOn(newEngine(t), a, 1, nn.Funcs{"swap": func(x, _ *grad.Tensor) *grad.Tensor { return x.Neg() }})
	if err != nil {
		t.Fatal(err)
	}
	const want = `step "twist": the function "swap" is Go, which a device can't run; train this architecture on the processor`
	if _, err := n.Forward([]float32{1, 2}, true); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestOrderOfWeights: the device's order and the host's are each other's way back, whatever the
// shapes, and blocks do not overlap.
func TestOrderOfWeights(t *testing.T) {
	var learn []*engine.Param
	var decays []bool
	p := &engine.Plan{}
	param := func(name string, shape ...int) *engine.Param {
		b := nn.NewParam(name, shape...)
		learn, decays = append(learn, b), append(decays, len(shape) > 1)
		return b
	}
	p.Steps = append(p.Steps,
		engine.Step{Op: arch.Op{Kind: arch.Input}},
		engine.Step{Op: arch.Op{Kind: arch.Conv}, Weight: param("a", 3, 2, 5, 1), Bias: param("b", 3)},
		engine.Step{Op: arch.Op{Kind: arch.BatchNorm}, Weight: nn.NewParam("fixed", 7), Bias: param("c", 7), Mean: nn.NewParam("mean", 7), Var: nn.NewParam("var", 7)},
		engine.Step{Op: arch.Op{Kind: arch.Mix}, Alpha: nn.NewParam("α", 3)},
		engine.Step{Op: arch.Op{Kind: arch.Mix}, Alpha: nn.NewParam("β", 2)},
		engine.Step{Op: arch.Op{Kind: arch.Linear}, Weight: param("d", 4, 6)},
	)
	w := weightsOf(p)
	w.order(p, learn, decays)
	there, back := w.tableOf(false), w.tableOf(true)
	for i, j := range there {
		if j >= 0 && back[j] != int32(i) {
			t.Errorf("number %d goes to %d, which comes back to %d", i, j, back[j])
		}
	}
	taken := make([]int, w.size)
	for _, b := range w.blocks {
		for i := range b.W {
			taken[b.at+i]++
		}
	}
	if slices.Max(taken) > 1 {
		t.Error("blocks overlap")
	}
	at := func(name string) int {
		return w.blocks[slices.IndexFunc(w.blocks, func(b block) bool { return b.Name == name })].at
	}
	if at("β") != at("α")+3 || at("a") >= w.decayed || at("d") >= w.decayed || at("b") < w.decayed || at("c") >= w.learned || at("fixed") >= w.graded || at("mean") < w.graded {
		t.Errorf("order %+v: %d decay, %d learn, %d have gradients", w.blocks, w.decayed, w.learned, w.graded)
	}
	// Output 1, input 1, row 3 of five: number (1·2+1)·5+3 of the host, (3·2+1)·3+1 of the device.
	if got := there[at("a")+22]; got != int32(at("a")+18) {
		t.Errorf("filters with the outputs last: number 22 stands at %d, want 18", got-int32(at("a")))
	}
}

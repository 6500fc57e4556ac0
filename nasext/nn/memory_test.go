package nn

import (
	"context"
	"runtime"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
)

// TestMemory compares what is said to be needed with what a first step allocates.
func TestMemory(t *testing.T) {
	own := between(customOp("project", 20, 5, 5, 4))
	own.Input.H, own.Input.W, own.Nodes[2].Op.KH, own.Nodes[2].Op.KW = 32, 32, 32, 32
	for _, c := range []struct {
		name  string
		arch  *arch.Arch
		batch int
	}{{"own", own, 64}, {"w1", w1(), 64}, {"w3", w3(), 64}, {"w4", w4(t), 32}, {"w7", w7(), 128}, {"mixed", mixed(), 40}} {
		n, err := NewOn(cpu.New(1), c.arch, 1, Funcs{"project": project})
		if err != nil {
			t.Fatal(err)
		}
		x, y := images(c.batch*c.arch.Input.Elems()), labels(c.batch)
		if got := testing.AllocsPerRun(3, func() { n.Memory(c.batch) }); got != 0 {
			t.Errorf("%s: to say what is needed allocates %v times", c.name, got)
		}
		most := n.Memory(c.batch)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := n.Gradients(x, y); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		got := int64(after.TotalAlloc - before.TotalAlloc)
		t.Logf("%s: at most %d, in truth %d", c.name, most, got)
		if got > most || most > 4*got {
			t.Errorf("%s: a step allocates %d bytes, it is said to need %d at most", c.name, got, most)
		}
	}
}

func TestMemoryLimit(t *testing.T) {
	train, _ := digits(t, 100, 10)
	n := digitNet(t, 1)
	c := FitConfig{Train: train, Epochs: 1, Batch: 100, Memory: n.Memory(40)}
	// 33 to 48 samples are three lanes of 16.
	if _, err := Fit(context.Background(), n, c); err == nil || !strings.Contains(err.Error(), "choose a Batch of at most 48") {
		t.Errorf("got %v", err)
	}
	if n.full.runner != nil {
		t.Error("memory was allocated before the limit was looked at")
	}
	c.Batch = 48
	fit(t, n, c)
	c.Memory = 10
	if _, err := Fit(context.Background(), n, c); err == nil || !strings.Contains(err.Error(), "choose a smaller network") {
		t.Errorf("got %v", err)
	}
	c.Memory = -1
	if _, err := Fit(context.Background(), n, c); err == nil || !strings.Contains(err.Error(), "a memory limit of -1 bytes") {
		t.Errorf("got %v", err)
	}
}

// TestStepAllocatesNothing: a training step on one thread takes no memory after the first.
func TestStepAllocatesNothing(t *testing.T) {
	train, _ := digits(t, 64, 10)
	n := newNet(1, 8, 8)
	n.op("conv", convOp(8, 3, 1, 1, false))
	n.op("bn", kind(arch.BatchNorm))
	n.op("relu", kind(arch.ReLU))
	n.op("pool", kind(arch.GlobalPool))
	n.op("fc", linearOp(10))
	for _, o := range []Optimizer{NewSGD(.9, 5e-4), NewAdamW(.01), NewRMSprop()} {
		net, err := NewOn(cpu.New(1), &n.Arch, 1)
		if err != nil {
			t.Fatal(err)
		}
		training, err := NewTraining(net, FitConfig{Train: train, Batch: 32, Optimizer: o, Rate: .01, Clip: 1, Average: .9})
		if err != nil {
			t.Fatal(err)
		}
		x, y, _ := training.batches.Next()
		step := func() {
			if err := training.step(x, y); err != nil {
				t.Fatal(err)
			}
		}
		step()
		if got := testing.AllocsPerRun(10, step); got != 0 {
			t.Errorf("%s: a step allocates %v times", o.Name(), got)
		}
	}
}

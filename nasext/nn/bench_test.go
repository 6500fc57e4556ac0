package nn

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
)

// BenchmarkStep is a training step of the workloads by which other frameworks are
// compared: forward, backward and SGD, or sampling and REINFORCE.
func BenchmarkStep(b *testing.B) {
	for _, name := range []string{"W1", "W2", "W3", "W4", "W6", "W6b8", "W7"} {
		for threads := 1; threads <= 2; threads++ {
			b.Run(fmt.Sprintf("%s/threads=%d", name, threads), func(b *testing.B) {
				w, err := newWorkload(name, threads)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				for b.Loop() {
					if err := w.train(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkInfer is a forward pass of the workloads in evaluation mode, or sampling.
func BenchmarkInfer(b *testing.B) {
	for _, name := range []string{"W1", "W2", "W3", "W4", "W6", "W7"} {
		b.Run(name, func(b *testing.B) {
			w, err := newWorkload(name, 1)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := w.infer(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSideBySide is 20 training steps of two candidates on one thread each, one after
// the other and then at the same time: speedup is how many times as long the former takes.
func BenchmarkSideBySide(b *testing.B) {
	for _, name := range []string{"W1", "W3", "W4"} {
		b.Run(name, func(b *testing.B) {
			var candidates [2]workload
			for i := range candidates {
				w, err := newWorkload(name, 1)
				if err != nil {
					b.Fatal(err)
				}
				candidates[i] = w
			}
			train := func(w workload) {
				for range 20 {
					if err := w.train(); err != nil {
						b.Error(err)
						return
					}
				}
			}
			var alone, together time.Duration
			for b.Loop() {
				begin := time.Now()
				for _, w := range candidates {
					train(w)
				}
				middle := time.Now()
				var wg sync.WaitGroup
				for _, w := range candidates {
					wg.Go(func() { train(w) })
				}
				wg.Wait()
				alone += middle.Sub(begin)
				together += time.Since(middle)
			}
			b.ReportMetric(alone.Seconds()/together.Seconds(), "speedup")
		})
	}
}

// BenchmarkPlan is what stands before the first step of a candidate: weights, and the plan
// with its memory. W3 and W2 are networks of NAS-Bench-201, of 1 and of 5 cells a stage.
func BenchmarkPlan(b *testing.B) {
	for _, c := range []struct {
		name string
		arch *arch.Arch
	}{{"W3", w3()}, {"W2", w2()}} {
		n, err := NewOn(cpu.New(1), c.arch, 1)
		if err != nil {
			b.Fatal(err)
		}
		for task, run := range map[string]func() error{
			"weights":   func() error { _, err := NewOn(n.engine, c.arch, 1); return err },
			"build":     func() error { _, err := n.engine.Build(n.plan, 64); return err },
			"inference": func() error { _, err := n.engine.Inference(n.plan, 64); return err },
		} {
			b.Run(c.name+"/"+task, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := run(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkOptimizer is an update of the 269 322 parameters of W7.
func BenchmarkOptimizer(b *testing.B) {
	mean, err := NewAverage(.99)
	if err != nil {
		b.Fatal(err)
	}
	by := func(o Optimizer) func([]*Param) error {
		return func(params []*Param) error { return o.Step(params, 1e-3) }
	}
	for _, c := range []struct {
		name   string
		update func([]*Param) error
	}{
		{"SGD", by(NewSGD(.9, 5e-4))}, {"AdamW", by(NewAdamW(.01))}, {"RMSprop", by(NewRMSprop())},
		{"Average", mean.Update}, {"ClipNorm", func(params []*Param) error { ClipNorm(params, 1); return nil }},
	} {
		b.Run(c.name, func(b *testing.B) {
			n, err := New(w7(), 1)
			if err != nil {
				b.Fatal(err)
			}
			for _, p := range n.Params() {
				for j := range p.G {
					p.G[j] = float32(number(j))
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := c.update(n.Params()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkFit is the training of TestDigits: 30 epochs of 1 437 digits.
func BenchmarkFit(b *testing.B) {
	c, _ := digitsRecipe(b, 1)
	b.ReportAllocs()
	for b.Loop() {
		fit(b, plainConvNet(b, 1), c)
	}
}

package nn

import (
	"fmt"
	"testing"
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

package nn

import (
	"fmt"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
)

// w4 is the cell of NASNet-A in a network of five cells.
func w4(t testing.TB) *arch.Arch {
	a, err := cell.DARTSNet{Input: arch.Shape{C: 3, H: 16, W: 16}, C: 8, Layers: 5}.Build(cell.NASNetADARTS())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// BenchmarkStep is a training step, forward, backward and SGD, of the workloads whose
// numbers are compared with other frameworks.
func BenchmarkStep(b *testing.B) {
	for _, w := range []struct {
		name  string
		arch  *arch.Arch
		batch int
	}{{"W1", w1(), 64}, {"W2", w2(), 64}, {"W3", w3(), 64}, {"W4", w4(b), 32}, {"W7", w7(), 128}} {
		for threads := 1; threads <= 2; threads++ {
			b.Run(fmt.Sprintf("%s/threads=%d", w.name, threads), func(b *testing.B) {
				n, err := NewOn(cpu.New(threads), w.arch, 1)
				if err != nil {
					b.Fatal(err)
				}
				x, y, opt := images(w.batch*w.arch.Input.Elems()), labels(w.batch), NewSGD(.9, 5e-4)
				b.ReportAllocs()
				for b.Loop() {
					if _, err := n.Gradients(x, y); err != nil {
						b.Fatal(err)
					}
					if err := opt.Step(n.Params(), .001); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

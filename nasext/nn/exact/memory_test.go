package exact

import (
	"runtime"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/grad"
)

// TestMemory compares the estimate with what is allocated.
func TestMemory(t *testing.T) {
	b := arch.NewBuilder("wide", arch.Shape{C: 3, H: 16, W: 16})
	x := b.ConvBNReLU(b.In(), 16, 3)
	for range 3 {
		x = b.Add(x, b.BatchNorm(b.Conv(b.ReLU(x), 16, 3, arch.Pad(1))))
	}
	b.Linear(b.GlobalPool(x), 4)
	residual, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	b = arch.NewBuilder("separable", arch.Shape{C: 3, H: 16, W: 16})
	x = b.Conv(b.In(), 24, 1)
	for range 3 {
		x = b.BatchNorm(b.Conv(b.Conv(b.ReLU(x), 24, 5, arch.Groups(24), arch.Pad(2)), 24, 1))
	}
	b.Linear(b.GlobalPool(x), 4)
	separable, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []*arch.Arch{residual, separable} {
		n, err := nn.New64(a, 1)
		if err != nil {
			t.Fatal(err)
		}
		const batch = 8
		m, images, labels := New64(n), grad.Normal(1, "x", 1, batch, 3, 16, 16), []int{0, 1, 2, 3, 0, 1, 2, 3}
		for order := 1; order <= 2; order++ {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			loss := m.Loss(images, labels)
			g := grad.Grad(loss, m.Params()...)
			if order == 2 {
				g = grad.HessianVector(loss, m.Params(), g)
			}
			runtime.ReadMemStats(&after)
			if err := g[0].Err(); err != nil {
				t.Fatal(err)
			}
			took := float64(after.TotalAlloc - before.TotalAlloc)
			if says := float64(m.Memory(batch, order)); says < 0.7*took || says > 1.6*took {
				t.Errorf("%s, order %d: %.0f MB were allocated, the estimate is %.0f", a.Name, order, took/1e6, says/1e6)
			}
		}
	}
}

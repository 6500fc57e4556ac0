package proxy

import (
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/exact"
	"github.com/nascent-go/nascent/nasext/nn/grad"
)

// cells is like the network of NAS-Bench-201 with 3×3 convolutions only, of the published
// depth and width, for images of 8×8.
func cells(b *testing.B) *arch.Arch {
	b.Helper()
	net := arch.NewBuilder("cells", arch.Shape{C: 3, H: 8, W: 8})
	width := 16
	block := func(x, stride int) int {
		return net.BatchNorm(net.Conv(net.ReLU(x), width, 3, arch.Pad(1), arch.Stride(stride)))
	}
	x := net.BatchNorm(net.Conv(net.In(), width, 3, arch.Pad(1)))
	for stage := range 3 {
		if stage > 0 {
			width *= 2
			x = block(x, 2)
		}
		for range 5 {
			one := block(x, 1)
			two := net.Add(block(x, 1), block(one, 1))
			x = net.Add(x, block(one, 1), block(two, 1))
		}
	}
	net.Linear(net.GlobalPool(net.ReLU(net.BatchNorm(x))), 10)
	a, err := net.Build()
	if err != nil {
		b.Fatal(err)
	}
	return a
}

// BenchmarkMeasures scores a network of 79 convolutions with 16 images.
func BenchmarkMeasures(b *testing.B) {
	a := cells(b)
	n, err := nn.New(a, 1)
	if err != nil {
		b.Fatal(err)
	}
	m, batch := exact.New(n), Batch{grad.Normal(1, "images", 1, 16, 3, 8, 8), make([]int, 16)}
	for _, f := range Measures() {
		b.Run(f.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f.Score(b.Context(), m, batch, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
		if f.Fast == nil {
			continue
		}
		b.Run(f.Name+"/fast", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f.Fast(b.Context(), n, batch, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

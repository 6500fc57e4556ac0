package enginetest

import (
	"fmt"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/seed"
)

// Networks are small networks in which operations follow on one another as an engine may
// join them, or may be misled by: one that is rectified for two others, or for the output, an
// edge of zeros, a branch that leads nowhere, an auxiliary head.
func Networks() (all []Case) {
	for _, n := range []struct {
		name  string
		build func(b *arch.Builder)
	}{
		{"separable convolution", func(b *arch.Builder) {
			x := b.ReLU(b.Conv(b.In(), 6, 1))
			x = b.BatchNorm(b.Conv(b.Conv(x, 6, 3, arch.Pad(1), arch.Stride(2), arch.Groups(6)), 8, 1))
			b.Flatten(b.ReLU(x))
		}},
		{"residual block", func(b *arch.Builder) {
			x := b.ReLU(b.BatchNorm(b.Conv(b.In(), 8, 3, arch.Pad(1))))
			y := b.BatchNorm(b.Conv(b.ReLU(b.BatchNorm(b.Conv(x, 8, 3, arch.Pad(1)))), 8, 3, arch.Pad(1)))
			b.Flatten(b.GlobalPool(b.ReLU(b.Add(x, y))))
		}},
		{"one rectified, for two", func(b *arch.Builder) {
			x := b.BatchNorm(b.Conv(b.In(), 4, 1))
			y, z := b.ReLU(x), b.ReLU(x)
			b.Flatten(b.Concat(b.Conv(y, 3, 3, arch.Pad(1)), z, x, b.MaxPool(z, 3, arch.Stride(1), arch.Pad(1))))
		}},
		{"rectified and pooled", func(b *arch.Builder) {
			x := b.MaxPool(b.ReLU(b.Conv(b.In(), 5, 3, arch.Pad(1), arch.Bias(true))), 2)
			b.Linear(b.Flatten(b.AvgPool(x, 3, arch.Stride(1), arch.Pad(1))), 10)
		}},
		{"squeeze and excitation", func(b *arch.Builder) {
			x := b.HardSwish(b.BatchNorm(b.Conv(b.In(), 6, 3, arch.Pad(1))))
			gate := b.HardSigmoid(b.Conv(b.ReLU(b.Conv(b.GlobalPool(x), 3, 1, arch.Bias(true))), 6, 1, arch.Bias(true)))
			b.Flatten(b.Mul(x, gate))
		}},
		{"mixed operations of a supernet", func(b *arch.Builder) {
			s := b.ReLU(b.Conv(b.In(), 4, 1))
			edge := func(name string, x int) int {
				return b.Mix(name, arch.Softmax, []int{b.Zero(x), b.Identity(x), b.BatchNorm(b.MaxPool(x, 3, arch.Stride(1), arch.Pad(1)), arch.Fixed()),
					b.BatchNorm(b.AvgPool(x, 3, arch.Stride(1), arch.Pad(1)), arch.Fixed()), b.BatchNorm(b.Conv(b.ReLU(x), 4, 3, arch.Pad(1)))})
			}
			y := edge("a", s)
			z := b.Add(edge("b", s), edge("a", y))
			b.Flatten(b.Concat(y, z))
		}},
		{"sparse mix whose half is off", func(b *arch.Builder) {
			x := b.Conv(b.In(), 3, 1)
			b.Flatten(b.Mix("a", arch.Sparse, []int{b.BatchNorm(b.Conv(x, 3, 3, arch.Pad(1))), b.BatchNorm(b.Conv(b.ReLU(x), 3, 1)), b.Tanh(x), b.ReLU(b.BatchNorm(x))}))
		}},
		{"drop path on edges", func(b *arch.Builder) {
			x := b.Conv(b.In(), 4, 1)
			y := b.DropPath(b.BatchNorm(b.Conv(b.ReLU(x), 4, 3, arch.Pad(1))), .3)
			z := b.DropPath(b.AvgPool(x, 3, arch.Stride(1), arch.Pad(1)), .3)
			b.Linear(b.Dropout(b.Flatten(b.Add(x, y, z)), .5), 6)
		}},
		{"zeros, and a branch to nowhere", func(b *arch.Builder) {
			x := b.Conv(b.In(), 4, 3, arch.Pad(1))
			b.BatchNorm(b.Conv(x, 5, 3))
			b.Flatten(b.Concat(b.Add(b.Zero(x), x), b.Zero(x, arch.Stride(1)), b.MaxPool(b.Zero(x), 3, arch.Stride(1), arch.Pad(1))))
		}},
		{"an output that is nothing but zeros", func(b *arch.Builder) { b.Flatten(b.Zero(b.Conv(b.In(), 2, 1))) }},
		{"auxiliary heads", func(b *arch.Builder) {
			x := b.ReLU(b.BatchNorm(b.Conv(b.In(), 4, 3, arch.Pad(1))))
			b.Aux(b.Linear(b.Flatten(b.AvgPool(x, 2)), 7))
			b.Linear(b.Flatten(b.GlobalPool(b.Conv(x, 6, 3, arch.Stride(2)))), 7)
		}},
	} {
		all = append(all, Case{"network " + n.name, func(e engine.Engine) error { return network(e, n.name, n.build) }})
	}
	return all
}

func network(e engine.Engine, name string, build func(b *arch.Builder)) error {
	d := seed.Stream(1, "engine suite", name)
	b := arch.NewBuilder(name, arch.Shape{C: 3, H: 6, W: 5})
	build(b)
	a, err := b.Build()
	if err != nil {
		return fmt.Errorf("building it: %w", err)
	}
	p, err := newPair(e, a, d)
	if err != nil {
		return err
	}
	for _, al := range p.Alphas() { // sparse mixes: one half of the inputs is left out
		for k := range al.W {
			if k%2 == 1 && name == "sparse mix whose half is off" {
				al.W[k] = 0
			}
		}
	}
	for i, al := range p.judge.Alphas() {
		for k, v := range p.Alphas()[i].W {
			al.W[k] = float64(v)
		}
	}
	for _, samples := range []int{9, 4, 17} {
		x := make([]float64, samples*a.Input.Elems())
		for i := range x {
			x[i] = d.NormFloat64()
		}
		if err := p.pass(exact(x), d); err != nil {
			return fmt.Errorf("%d samples: %w", samples, err)
		}
	}
	return nil
}

package morph_test

import (
	"fmt"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/morph"
	"github.com/nascent-go/nascent/nasext/nn"
)

func ExampleModelOf_Apply() {
	b := arch.NewBuilder("small", arch.Shape{C: 1, H: 8, W: 8})
	b.Classifier(b.ReLU(b.Conv(b.In(), 4, 3, arch.Named("first")), arch.Named("act")), 3)
	a, err := b.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	n, err := nn.New64(a, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	offers, err := morph.Offers(a, morph.Limits{})
	fmt.Println(offers, err)

	m := morph.Of64(n)
	for i, what := range offers[:2] {
		if m, err = m.Apply(what, uint64(i)); err != nil {
			fmt.Println(err)
			return
		}
	}
	larger, err := nn.New64(m.Arch, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := m.Give(larger); err != nil {
		fmt.Println(err)
		return
	}
	before, _ := a.Params()
	after, _ := m.Arch.Params()
	x := make([]float64, 64)
	x[27] = 1
	y, _ := n.Forward(x, false)
	z, _ := larger.Forward(x, false)
	fmt.Printf("%d parameters and %d say the same: %t\n", before, after, apart(y, z) < 1e-12)
	// Output:
	// [widen first enlarge first deepen act] <nil>
	// 51 parameters and 227 say the same: true
}

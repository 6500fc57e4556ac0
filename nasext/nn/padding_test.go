package nn

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
)

// The two paddings of NASNet are two ways to compute one function. Weights are drawn
// by name and the names are the same, so the outputs must be, too.
func TestPaddingsOfNASNetAgree(t *testing.T) {
	d := rand.New(rand.NewPCG(3, 4))
	for _, inPlace := range []bool{false, true} {
		s := cell.NASNet{F: 4, N: 1, InPlace: inPlace, Input: arch.Shape{C: 2, H: 12, W: 12}, Classes: 3}
		genotype := cell.NASNetA()
		if inPlace {
			genotype = cell.PNASNet5()
		}
		x := make([]float32, 5*s.Input.Elems())
		for i := range x {
			x[i] = float32(d.NormFloat64())
		}
		var outputs [2][]float32
		var nodes [2]int
		for i, p := range []cell.Padding{cell.Same, cell.Explicit} {
			s.Padding = p
			a, err := s.Build(genotype)
			if err != nil {
				t.Fatal(err)
			}
			n, err := New(a, 1)
			if err != nil {
				t.Fatal(err)
			}
			y, err := n.Forward(x, false)
			if err != nil {
				t.Fatal(err)
			}
			outputs[i], nodes[i] = append([]float32(nil), y...), len(a.Nodes)
		}
		if nodes[0] == nodes[1] {
			t.Error("the paddings give one network; nothing was compared")
		}
		for i, y := range outputs[0] {
			if z := outputs[1][i]; math.Abs(float64(y-z)) > 1e-4*math.Max(1, math.Abs(float64(y))) {
				t.Errorf("output %d is %v with SAME padding and %v with explicit padding", i, y, z)
			}
		}
	}
}

package oneshot

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/nn"
)

// golden is what of nn/testdata/supernet.json and pcdarts.json is needed here. How they are
// made is said there.
type golden struct {
	Batch, Side, Channels, Layers, Nodes, Part int
	Rate, Momentum, Decay                      float64
	AlphaRate                                  float64 `json:"alpha_rate"`
	AlphaDecay                                 float64 `json:"alpha_decay"`
	Loss                                       []float64
	UnrolledAfter                              []float64 `json:"unrolled_after"`
}

// The second-order gradient of α is that of the code of the authors of DARTS and PC-DARTS,
// in the middle of a search.
func TestSecondOrderGolden(t *testing.T) {
	for _, name := range []string{"supernet", "pcdarts"} {
		text, err := os.ReadFile("../nn/testdata/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var want golden
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		var got []float64
		for _, p := range want.run(t) {
			got = append(got, p.G...)
		}
		if len(got) != len(want.UnrolledAfter) {
			t.Fatalf("%s: %d numbers, want %d", name, len(got), len(want.UnrolledAfter))
		}
		off := distance(got, want.UnrolledAfter)
		t.Logf("%s: off by %.2g", name, off)
		if !(off < 1e-8) {
			t.Errorf("%s: the second-order gradient is off by %.2g", name, off)
		}
	}
}

// run searches as the script does, and gives the alphas in its order, with the gradients
// of the step that follows.
func (g golden) run(t *testing.T) []*nn.Param64 {
	t.Helper()
	in := arch.Shape{C: 3, H: g.Side, W: g.Side}
	a, err := cell.DARTSSupernet{
		Net: cell.DARTSNet{C: g.Channels, Layers: g.Layers, Input: in}, Nodes: g.Nodes,
		Mixing: cell.Mixing{Part: g.Part, Edges: g.Part > 1},
	}.Build()
	if err != nil {
		t.Fatal(err)
	}
	n, err := nn.New64(a, 1)
	if err != nil {
		t.Fatal(err)
	}
	wave(n)
	alphas := slices.Clone(n.Alphas()) // of edges, then of nodes; normal ones first
	slices.SortStableFunc(alphas, func(p, q *nn.Param64) int {
		place := func(name string) string { return fmt.Sprint(strings.Contains(name, "node"), name[:len("normal")]) }
		return strings.Compare(place(p.Name), place(q.Name))
	})
	i := 0
	for _, p := range alphas {
		for k := range p.W {
			i++
			p.W[k] = math.Sin(float64(i)) / 2
		}
	}
	size := g.Batch * in.Elems()
	pictures, y := images(2*size), make([]int, g.Batch)
	for b := range y {
		y[b] = (7*b + b/10 + 3) % 10
	}
	x, held := pictures[:size], pictures[size:]
	adam := &nn.Adam64{Beta1: .5, Beta2: .999, Eps: 1e-8, WeightDecay: g.AlphaDecay}
	sgd := &nn.SGD64{Momentum: g.Momentum, WeightDecay: g.Decay}
	for range g.Loss {
		_, err1 := n.Gradients(held, y)
		err2 := adam.Step(n.Alphas(), g.AlphaRate)
		_, err3 := n.Gradients(x, y)
		err4 := sgd.Step(n.Params(), g.Rate)
		for _, err := range []error{err1, err2, err3, err4} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := newUnrolled(n).gradient(x, y, held, y, sgdStep[float64]{g.Rate, sgd}); err != nil {
		t.Fatal(err)
	}
	return alphas
}

// wave makes number i of all parameters sin(i+1), divided by the root of what a filter
// takes, or by 10; scales of batch norm are around 1.
func wave(n *nn.Network64) {
	count := 0
	for _, p := range n.Params() {
		scale, shift := 0.1, 0.0
		if len(p.Shape) > 1 {
			scale = 1 / math.Sqrt(float64(len(p.W)/p.Shape[0]))
		} else if p.W[0] == 1 {
			shift = 1
		}
		for k := range p.W {
			count++
			p.W[k] = shift + scale*math.Sin(float64(count))
		}
	}
}

// images are numbers between -0.5 and 0.5.
func images(count int) []float64 {
	x := make([]float64, count)
	for i := range x {
		x[i] = float64(uint32(uint64(1000003+i)*2654435761))/(1<<32) - 0.5
	}
	return x
}

package strategy

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
)

// chain is a network of convolutions of some widths, and a linear layer of 2.
func chain(t testing.TB, widths ...int) *arch.Arch {
	t.Helper()
	b := arch.NewBuilder("chain", arch.Shape{C: 1, H: 4, W: 4})
	x := b.In()
	for _, w := range widths {
		x = b.ReLU(b.Conv(x, w, 3))
	}
	b.Classifier(x, 2)
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// skipping is four convolutions; pairs of activations, of which 0 is the first, are connected.
func skipping(t testing.TB, pairs ...[2]int) *arch.Arch {
	t.Helper()
	b := arch.NewBuilder("skipping", arch.Shape{C: 4, H: 4, W: 4})
	x := []int{b.ReLU(b.Conv(b.In(), 4, 3))}
	for i := 1; i < 4; i++ {
		y := b.Conv(x[i-1], 4, 3)
		for _, p := range pairs {
			if p[1] == i {
				y = b.Add(y, x[p[0]])
			}
		}
		x = append(x, b.ReLU(y))
	}
	b.Classifier(x[3], 2)
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func distance(t testing.TB, a, b *arch.Arch) float64 {
	t.Helper()
	d, err := EditDistance(a, b)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestEditDistanceByHand(t *testing.T) {
	kernel := chain(t, 4, 8)
	for i, n := range kernel.Nodes {
		if n.Op.Kind == arch.Conv && n.Op.Out == 8 {
			kernel.Nodes[i].Op.KH, kernel.Nodes[i].Op.KW, kernel.Nodes[i].Op.PadH, kernel.Nodes[i].Op.PadW = 5, 5, 2, 2
		}
	}
	for _, c := range []struct {
		what string
		a, b *arch.Arch
		want float64
	}{
		{"itself", chain(t, 4, 8), chain(t, 4, 8), 0},
		{"a layer of twice the width", chain(t, 4, 8), chain(t, 8, 8), .5},
		{"two layers of other widths", chain(t, 4, 8), chain(t, 3, 6), .25 + .25},
		{"a layer more", chain(t, 4, 8), chain(t, 4, 4, 8), 1},
		{"a layer more and one wider", chain(t, 4, 8), chain(t, 4, 5, 10), 1 + .2},
		{"a filter of 5×5", chain(t, 4, 8), kernel, 16. / 25},
		{"a skip more", skipping(t), skipping(t, [2]int{0, 2}), 1},
		// From behind layer 1, past 2 layers or 3: (0+1)/(2+3).
		{"a longer skip", skipping(t, [2]int{0, 2}), skipping(t, [2]int{0, 3}), .2},
		// From behind layer 1 or 2, each past 2: (1+0)/(3+2).
		{"a later skip", skipping(t, [2]int{0, 2}), skipping(t, [2]int{1, 3}), .2},
		// The longer stays the longer, and the shorter becomes the later.
		{"skips in pairs", skipping(t, [2]int{0, 2}, [2]int{0, 3}), skipping(t, [2]int{0, 3}, [2]int{1, 3}), .2},
	} {
		if got := distance(t, c.a, c.b); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: distance %v, want %v", c.what, got, c.want)
		}
		if got := distance(t, c.b, c.a); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: the way back is %v, want %v", c.what, got, c.want)
		}
	}
	if _, err := EditDistance(nil, chain(t, 1)); err == nil || !strings.Contains(err.Error(), "no architecture (nil)") {
		t.Errorf("error is %v", err)
	}
	if _, err := EditDistance(chain(t, 1), &arch.Arch{}); err == nil {
		t.Error("an empty architecture has a distance")
	}
}

// Layers' distance is a metric: no detour is shorter.
func TestEditDistanceOfChainsIsAMetric(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var list []*arch.Arch
	for range 12 {
		widths := make([]int, rng.IntN(5))
		for i := range widths {
			widths[i] = 1 + rng.IntN(9)
		}
		list = append(list, chain(t, widths...))
	}
	for _, a := range list {
		for _, b := range list {
			for _, c := range list {
				if direct, detour := distance(t, a, c), distance(t, a, b)+distance(t, b, c); direct > detour+1e-12 {
					t.Fatalf("distance %v, by a detour %v", direct, detour)
				}
			}
		}
	}
}

func TestAssignmentAgainstAllPermutations(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		n := 1 + rng.IntN(4)
		m := n + rng.IntN(3)
		costs := make([][]float64, n)
		for i := range costs {
			for range m {
				costs[i] = append(costs[i], float64(rng.IntN(20))/4)
			}
		}
		least := math.Inf(1)
		var try func(row int, used []bool, sum float64)
		try = func(row int, used []bool, sum float64) {
			if row == n {
				least = min(least, sum)
				return
			}
			for j := range m {
				if !used[j] {
					next := slices.Clone(used)
					next[j] = true
					try(row+1, next, sum+costs[row][j])
				}
			}
		}
		try(0, make([]bool, m), 0)
		if got := assignment(costs); math.Abs(got-least) > 1e-12 {
			t.Errorf("the least cost of %v is %v, want %v", costs, got, least)
		}
	}
}

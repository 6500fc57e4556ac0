package oneshot

import (
	"context"
	"os"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/space"
)

// coarse are the first images of a set at a quarter of their size, standardised.
func coarse(t *testing.T, s *data.Set, count int) *data.Set {
	t.Helper()
	const k = 4
	in := s.Shape
	small := &data.Set{Name: s.Name + "/4", Shape: arch.Shape{C: 1, H: in.H / k, W: in.W / k}, Classes: s.Classes, Y: s.Y[:count]}
	for i := range count {
		from, to := s.Image(i), make([]float32, small.Shape.Elems())
		for y := range in.H {
			for x := range in.W {
				to[y/k*small.Shape.W+x/k] += from[y*in.W+x] / (k * k)
			}
		}
		small.X = append(small.X, to...)
	}
	small, err := small.Standardise(small.Moments())
	if err != nil {
		t.Fatal(err)
	}
	return small
}

// DARTS collapses on the supernet of NAS-Bench-201: skip connections win most edges, as in
// Dong and Yang 2020, table 5, where it ends with all six. Rates are larger than the
// paper's, because there are 32 times 40 steps here where it takes 20 000.
func TestDARTSCollapses(t *testing.T) {
	const folder = "/usr/share/datasets/fashion-mnist"
	if _, err := os.Stat(folder); err != nil {
		t.Skip("Debian's package dataset-fashion-mnist is not installed")
	}
	if testing.Short() {
		t.Skip("it takes some 20 seconds")
	}
	p, err := data.FashionMNIST(folder)
	if err != nil {
		t.Fatal(err)
	}
	set := coarse(t, p.Train, 4000)
	parts, err := set.Split(1, 0.5, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	s, err := space.NASBench201(space.NASBench201Config{C: 4, N: 3, Input: set.Shape})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Search(context.Background(), Config{
		Space: s, Method: DARTS{Alphas: Alphas{Rate: .005}}, Weights: Weights{Rate: .1},
		Train: parts[0], Valid: parts[1], Epochs: 40, Batch: 64, Seed: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	first, last := r.Epochs[1], r.Epochs[40]
	t.Logf("after one epoch %d skip connections, after 40 %d: %s", first.Skips, last.Skips, r.Text)
	if r.Skips < 4 || r.Collapse == "" || last.ValidLoss > first.ValidLoss {
		t.Errorf("%s has %d skip connections (%q); validation loss from %v to %v", r.Text, r.Skips, r.Collapse, first.ValidLoss, last.ValidLoss)
	}
}

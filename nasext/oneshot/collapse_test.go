package oneshot

import (
	"context"
	"os"
	"testing"

	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/space"
)

// DARTS collapses on the supernet of NAS-Bench-201: skip connections win most edges, as in
// Dong and Yang 2020, table 5, where it ends with all six of them. Here it has six with
// three seeds of five, and five and four with the others. Rates are larger than the paper's,
// because there are 40·32 steps here and 20 000 there.
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
	set, err := p.Train.First(4000)
	if err != nil {
		t.Fatal(err)
	}
	if set, err = set.Shrink(4); err != nil {
		t.Fatal(err)
	}
	if set, err = set.Standardise(set.Moments()); err != nil {
		t.Fatal(err)
	}
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
		Train: parts[0], Valid: parts[1], Epochs: 40, Batch: 64,
	})
	if err != nil {
		t.Fatal(err)
	}
	first, last := r.Epochs[1], r.Epochs[40]
	t.Logf("after one epoch %d skip connections, after 40 %d: %s", first.Skips, last.Skips, r.Text)
	if r.Skips < 5 || r.Collapse == "" || last.ValidLoss > first.ValidLoss {
		t.Errorf("%s has %d skip connections (%q); validation loss from %v to %v", r.Text, r.Skips, r.Collapse, first.ValidLoss, last.ValidLoss)
	}
}

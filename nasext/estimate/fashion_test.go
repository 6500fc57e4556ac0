package estimate

import (
	"context"
	"os"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/data"
)

// A small network reaches 91 % on the published test images of Fashion-MNIST.
func TestFashionMNIST(t *testing.T) {
	const folder = "/usr/share/datasets/fashion-mnist"
	if _, err := os.Stat(folder); err != nil {
		t.Skip("Debian's package dataset-fashion-mnist is not installed")
	}
	if testing.Short() {
		t.Skip("it takes up to two minutes")
	}
	set, err := data.FashionMNIST(folder)
	if err != nil {
		t.Fatal(err)
	}
	p, err := set.Parts(1, 1./60)
	if err != nil {
		t.Fatal(err)
	}
	b := arch.NewBuilder("four convolutions", p.Train.Shape)
	block := func(x, c int) int { return b.ReLU(b.BatchNorm(b.Conv(x, c, 3))) }
	x := b.MaxPool(block(b.In(), 12), 2)
	x = b.MaxPool(block(x, 24), 2)
	x = block(block(x, 48), 48)
	b.Linear(b.GlobalPool(x), 10)
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	tr := trainer(t, TrainConfig{Train: p.Train, Valid: p.Valid, Epochs: 7, Batch: 64, Rate: .1, Momentum: .9, WeightDecay: 5e-4})
	n, e, err := tr.Fit(context.Background(), a, 1)
	if err != nil {
		t.Fatal(err)
	}
	s, err := n.Evaluate(p.Test.X, p.Test.Y)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("held out %.2f %%, %d parameters, %.0f s on %s", 100*s.Accuracy(), e.Params, e.Seconds, n.Engine())
	if s.Accuracy() < .91 {
		t.Errorf("accuracy %v, want 0.91", s.Accuracy())
	}
}

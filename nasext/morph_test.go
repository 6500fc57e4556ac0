package nasext

import (
	"context"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/estimate"
	"github.com/nascent-go/nascent/nasext/morph"
	"github.com/nascent-go/nascent/nasext/strategy"
)

// growth is a search of networks that grow out of a small one and inherit its weights.
func growth(t *testing.T, workers int) Config {
	t.Helper()
	parts, err := data.Digits().Parts(1)
	if err != nil {
		t.Fatal(err)
	}
	b := arch.NewBuilder("seed", parts.Train.Shape)
	b.Linear(b.Flatten(b.MaxPool(b.ReLU(b.Conv(b.In(), 4, 3, arch.Bias(true))), 2)), 10)
	start, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	nets, err := morph.NewSpace(morph.SpaceConfig{Start: start, Steps: 5, Limits: morph.Limits{Params: 5000}})
	if err != nil {
		t.Fatal(err)
	}
	train, err := estimate.Train(estimate.TrainConfig{Train: parts.Train, Valid: parts.Valid, Epochs: 1, Batch: 64, Rate: 0.05})
	if err != nil {
		t.Fatal(err)
	}
	inherit, err := morph.Inherit(morph.InheritConfig{Space: nets, Train: train, Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	search, err := strategy.NetworkMorphism(nets, 3, strategy.MorphismTree{Coldest: 0.2})
	if err != nil {
		t.Fatal(err)
	}
	return Config{Space: nets, Strategy: search, Estimator: inherit, Trials: 11, Batch: 3, Workers: workers}
}

// A search that grows networks is the same on any number of workers, and after it was
// resumed with nothing in memory of what the stored trials have learned.
func TestGrowthResumes(t *testing.T) {
	timeless := func(r *Result, err error) []Trial {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		for i := range r.Trials {
			r.Trials[i].Seconds, r.Trials[i].Estimate.Seconds, r.Trials[i].Started = 0, 0, time.Time{}
		}
		return r.Trials
	}
	ctx := context.Background()
	want := timeless(Search(ctx, growth(t, 1)))
	path := filepath.Join(t.TempDir(), "growth.db")
	stopped := growth(t, 2)
	stopped.Path, stopped.Trials = path, 6
	timeless(Search(ctx, stopped))
	if got := timeless(Resume(ctx, path, growth(t, 2))); !reflect.DeepEqual(got, want) {
		t.Errorf("resumed, the trials are\n%+v\nand in one run\n%+v", got, want)
	}
	if len(want) != 11 || want[0].Score < .3 {
		t.Errorf("the search made %d trials, the first of which scored %v", len(want), want[0].Score)
	}
}

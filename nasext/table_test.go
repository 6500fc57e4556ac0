package nasext

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/estimate/table"
	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
)

// A search looks its trials up by their genotypes, whatever the architectures are
// called; a trial without a row fails and says so.
func TestSearchLooksUpByGenotype(t *testing.T) {
	nets, err := space.Global(space.GlobalConfig{
		Input: arch.Shape{C: 1, H: 8, W: 8}, Classes: 3, MinLayers: 1, MaxLayers: 1, FilterSizes: []int{1, 3, 5}, Channels: []int{4},
	})
	if err != nil {
		t.Fatal(err)
	}
	const text = "net,error\n\"1, conv 1×1, 4\",0.5\n\"1, conv 3×3, 4\",0.25\n"
	b, err := table.CSV(strings.NewReader(text), nets, table.Config{Genotype: "net"})
	if err != nil {
		t.Fatal(err)
	}
	lookup, err := b.Lookup(table.LookupConfig{Lower: true})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Search(context.Background(), Config{Space: nets, Strategy: strategy.Grid(nets), Estimator: lookup, Trials: 3})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Trials) != 3 || r.Trials[0].Score != -0.5 || r.Best.Number != 2 || r.Best.Score != -0.25 {
		t.Errorf("the trials are %+v, the best %+v; want -0.5, then -0.25", r.Trials, r.Best)
	}
	if last := r.Trials[2]; !last.Failed || !strings.Contains(last.Error, "there is no row for 1, conv 5×5, 4") {
		t.Errorf("the trial without a row is %+v", last)
	}
}

// The first cells of NAS-Bench-201, of which some are the same network, but have rows of
// their own: every trial has the accuracy of its row and carries the note on what the
// table holds.
func TestSearchOnNASBench201(t *testing.T) {
	b, err := table.NASBench201()
	if err != nil {
		t.Fatal(err)
	}
	lookup, err := b.Lookup(table.LookupConfig{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Search(context.Background(), Config{Space: b.Space(), Strategy: strategy.Grid(b.Space()), Estimator: lookup, Trials: 150})
	if err != nil {
		t.Fatal(err)
	}
	for _, trial := range r.Trials {
		want, err := b.Value(trial.Genotype, table.NB201Accuracy)
		if err != nil || trial.Failed || math.Float64bits(trial.Score) != math.Float64bits(want) || !strings.Contains(trial.Estimate.Note, "rounded to 0.01") {
			t.Fatalf("trial %+v has the value %v, %v in the table", trial, want, err)
		}
	}
	if r.Trials[26].Hash != r.Trials[30].Hash || r.Trials[26].Score == r.Trials[30].Score {
		t.Errorf("the cells 26 and 30 are one network with two rows, but have %+v and %+v", r.Trials[26], r.Trials[30])
	}
}

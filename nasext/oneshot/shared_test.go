package oneshot

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
)

// Architectures have the score that they were judged by in the search, in any order, and
// when several are asked for at a time.
func TestSharedWeights(t *testing.T) {
	r := searched(t, SinglePath{Population: 8, Generations: 2}, 3)
	e, err := r.Estimator()
	if err != nil {
		t.Fatal(err)
	}
	if want := "shared weights of single path one-shot(population 8"; !strings.HasPrefix(e.Name(), want) {
		t.Errorf("name is %q", e.Name())
	}
	var all sync.WaitGroup
	for i := range r.Judged {
		j := r.Judged[len(r.Judged)-1-i]
		all.Go(func() {
			a, err := spaces(t)[0].Build(j.Genotype)
			if err != nil {
				t.Error(err)
				return
			}
			got, err := e.EstimateGenotype(context.Background(), j.Genotype, a, 1)
			macs, _ := a.MACs()
			if err != nil || got.Score != j.Accuracy || got.MACs != macs || got.Params == 0 {
				t.Errorf("%s: %+v, %v; want the accuracy %v and %d MACs", j.Text, got, err, j.Accuracy, macs)
			}
		})
	}
	all.Wait()
	if _, err := e.Estimate(context.Background(), r.Arch, 1); err == nil || !strings.Contains(err.Error(), "by their genotypes") {
		t.Errorf("error is %v", err)
	}
	if _, err := e.EstimateGenotype(context.Background(), r.Genotype[1:], r.Arch, 1); err == nil {
		t.Error("an incomplete genotype is no error")
	}
}

func TestNoSharedWeights(t *testing.T) {
	if _, err := searched(t, DARTS{}, 1).Estimator(); err == nil || !strings.Contains(err.Error(), "mixes operations") {
		t.Errorf("error is %v", err)
	}
	if _, err := (&Result{}).Estimator(); err == nil || !strings.Contains(err.Error(), "no finished search") {
		t.Errorf("error is %v", err)
	}
}

// In the end the supernet is the architecture that was chosen.
func TestSupernetIsTheChoice(t *testing.T) {
	for _, m := range methods() {
		if m.mixing().Gate != arch.Sparse {
			continue
		}
		r := searched(t, m, 1)
		path, err := spaces(t)[0].Path(r.Genotype)
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range r.Edges {
			for k, w := range r.search.mix[e.Name].W {
				if (w == 1) != (k == path[i]) || w != 0 && w != 1 {
					t.Errorf("%s: %s is %v in the end, and the path has %d", m.Name(), e.Name, r.search.mix[e.Name].W, path[i])
					break
				}
			}
		}
	}
}

package strategy_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
)

// leading and trailing: the ones at the beginning are the score, the parameters grow
// with the zeros that are missing at the end. The Pareto front of n bits is the n + 1
// strings of ones and then zeros (Laumanns et al. 2004, LOTZ).
func lotz(p strategy.Proposal) strategy.Observation {
	g := p.Genotype
	ones := slices.Index(append(slices.Clone(g), 0), 0)
	zeros := 0
	for i := len(g) - 1; i >= 0 && g[i] == 0; i-- {
		zeros++
	}
	return strategy.Observation{Proposal: p, Score: float64(ones), Params: int64(1 + len(g) - zeros), MACs: 1}
}

func TestNSGA2FindsTheFront(t *testing.T) {
	const n = 10
	m := made(t, strategy.NSGAII, bits{n}, 1, strategy.NSGA2{Population: 44})
	for trials := 0; trials < 6000; {
		batch, err := m.Ask(16)
		if err != nil {
			t.Fatal(err)
		}
		trials += len(batch)
		told := make([]strategy.Observation, len(batch))
		for i, p := range batch {
			told[i] = lotz(p)
		}
		if err := m.Tell(told); err != nil {
			t.Fatal(err)
		}
	}
	front := m.Front()
	if len(front) != n+1 {
		t.Fatalf("the front has %d solutions, want %d: %v", len(front), n+1, front)
	}
	for i, s := range front {
		if want := []float64{float64(i - n), float64(1 + n - i)}; !slices.Equal(s.Values, want) {
			t.Errorf("solution %d of the front has %v, want %v", i, s.Values, want)
		}
	}
	for _, s := range m.Population() {
		if s.Rank != 1 {
			t.Errorf("after so many generations a parent has rank %d", s.Rank)
		}
	}
}

// Of parents and children those survive that a selection written another way chooses,
// whatever the batches; children come from parents; failures join nothing.
func TestNSGA2Generations(t *testing.T) {
	const n = 12
	settings := strategy.NSGA2{Population: n, Objectives: []strategy.Objective{strategy.HighScore, strategy.FewParams, strategy.FewMACs, strategy.LowLatency}}
	m := made(t, strategy.NSGAII, bits{16}, 3, settings)
	tell := func(p strategy.Proposal) strategy.Observation {
		o := lotz(p)
		o.MACs, o.Latency = int64(1+p.Genotype[3]+p.Genotype[7]), float64(1+p.Genotype[1])
		o.Failed = p.Genotype[5] == 1 && p.Genotype[9] == 1
		return o
	}
	known := map[int]strategy.Solution{}
	var parents []strategy.Solution
	for generation := range 8 {
		var all [][]float64
		for _, s := range parents {
			all = append(all, s.Values)
		}
		left := n
		for left > 0 {
			batch, err := m.Ask(1 + generation)
			if err != nil || len(batch) != min(1+generation, left) {
				t.Fatalf("asked for %d where %d are left: %d, %v", 1+generation, left, len(batch), err)
			}
			left -= len(batch)
			var told []strategy.Observation
			for _, p := range batch {
				o := tell(p)
				told = append(told, o)
				if !o.Failed {
					all = append(all, []float64{-o.Score, float64(o.Params), float64(o.MACs), o.Latency})
				}
			}
			if err := m.Tell(told); err != nil {
				t.Fatal(err)
			}
		}
		var want []string // ranks of those that survive
		for rank, front := range peel(all) {
			for range front {
				if len(want) < n {
					want = append(want, fmt.Sprint(rank+1))
				}
			}
		}
		before := map[int]bool{}
		for _, s := range parents {
			before[s.Number] = true
		}
		parents = m.Population()
		var got []string
		for _, s := range parents {
			got = append(got, fmt.Sprint(s.Rank))
			if s.Number <= n*generation {
				continue
			}
			if generation > 0 && !before[s.Parent] || s.Other > 0 && !before[s.Other] {
				t.Errorf("generation %d: number %d has parents %d and %d, which are not of the last generation", generation, s.Number, s.Parent, s.Other)
			}
			if o := tell(strategy.Proposal{Genotype: s.Genotype}); o.Failed {
				t.Errorf("%v failed and lives", s)
			}
			known[s.Number] = s
		}
		if !slices.Equal(got, want) {
			t.Errorf("generation %d: the ranks are %v, want %v", generation, got, want)
		}
	}
	if len(known) < 2*n {
		t.Errorf("only %d of all children ever survived", len(known))
	}
}

func TestNSGA2Distinct(t *testing.T) {
	m := made(t, strategy.NSGAII, bits{12}, 3, strategy.NSGA2{Population: 20, Distinct: true})
	var all []space.Genotype
	for len(all) < 400 {
		batch, err := m.Ask(20)
		if err != nil {
			t.Fatal(err)
		}
		var told []strategy.Observation
		for _, p := range batch {
			all = append(all, p.Genotype)
			told = append(told, lotz(p))
		}
		if err := m.Tell(told); err != nil {
			t.Fatal(err)
		}
	}
	if n := unique(all); n != len(all) {
		t.Errorf("%d of %d were different", n, len(all))
	}
}

func TestNSGA2Errors(t *testing.T) {
	refuses(t, strategy.NSGAII, []refused[strategy.NSGA2]{
		{nil, strategy.NSGA2{}, "needs a space"},
		{bits{2}, strategy.NSGA2{Population: 1}, "a population of 1; it must be at least 2, or 0 for 100"},
		{bits{2}, strategy.NSGA2{Crossover: 1.5}, "a probability 1.5 of crossover"},
		{bits{2}, strategy.NSGA2{Mutation: math.NaN()}, "a probability NaN of mutation"},
		{bits{2}, strategy.NSGA2{Objectives: []strategy.Objective{"beauty"}}, `an objective "beauty"; there are score, params, macs and latency`},
		{bits{2}, strategy.NSGA2{Objectives: []strategy.Objective{"score", "score"}}, "the objective score twice"},
	})
	for objective, want := range map[strategy.Objective]string{
		strategy.LowLatency: "the latency of [0 0] is not known; take an estimator that measures it",
		strategy.FewMACs:    "the parameters and MACs of [0 0] are not known; take an estimator that counts them",
		"beauty":            `there is no objective "beauty"`,
	} {
		o := strategy.Observation{Proposal: strategy.Proposal{Genotype: space.Genotype{0, 0}}}
		if objective == "beauty" {
			o.Params = 1
		}
		if _, err := objective.Value(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want it to hold %q", err, want)
		}
	}
}

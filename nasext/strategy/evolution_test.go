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

func TestEvolutionSettings(t *testing.T) {
	refuses(t, strategy.RegularizedEvolution, []refused[strategy.Evolution]{
		{nil, strategy.Evolution{}, "needs a space"},
		{bits{2}, strategy.Evolution{Population: -1}, "a population of -1; it must be at least 1, or 0 for 100"},
		{bits{2}, strategy.Evolution{Identity: .5, Crossover: .6}, "probabilities 0.5 of identity and 0.6 of crossover; they must be at least 0, and at most 1 together"},
		{bits{2}, strategy.Evolution{Identity: -.1}, "at least 0"},
		{bits{2}, strategy.Evolution{Crossover: math.NaN()}, "at least 0"},
		{bits{2}, strategy.Evolution{Sample: -1}, "tournaments of -1; they must be at least 1, or 0 for 25"},
	})
	for want, settings := range map[string]strategy.Evolution{
		"evolution(population 100 sample 25 seed 1)": {},
		"evolution(population 10 sample 10 seed 1)":  {Population: 10},
		"evolution(population 2 sample 4 seed 1)":    {Population: 2, Sample: 4},
	} {
		if got := made(t, strategy.RegularizedEvolution, bits{2}, 1, settings).Name(); got != want {
			t.Errorf("with %+v it is %q, want %q", settings, got, want)
		}
	}
}

// The history has everyone who was told and did not fail, dead or alive.
func TestEvolutionHistory(t *testing.T) {
	e := made(t, strategy.RegularizedEvolution, bits{4}, 1, strategy.Evolution{Population: 3, Sample: 2})
	for i := range 10 {
		asked, err := e.Ask(1)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Tell([]strategy.Observation{{Proposal: asked[0], Score: float64(i), Failed: i == 5}}); err != nil {
			t.Fatal(err)
		}
	}
	h, alive := e.History(), e.Population()
	if len(h) != 9 || h[0].Number != 1 || h[0].Parent != 0 || h[8].Number != 10 {
		t.Fatalf("the history is %+v", h)
	}
	for i, m := range alive {
		if last := h[len(h)-len(alive)+i]; last.Number != m.Number || last.Parent != m.Parent || last.Score != m.Score {
			t.Errorf("member %+v lives, and the history has %+v in its place", m, last)
		}
	}
	for _, m := range h[3:] {
		if m.Parent < 1 || m.Parent >= m.Number {
			t.Errorf("the parent of %d is %d", m.Number, m.Parent)
		}
	}
	h[8].Genotype[0] = 9
	if e.History()[8].Genotype[0] == 9 || e.Population()[2].Genotype[0] == 9 {
		t.Error("the caller's copy is the strategy's own")
	}
}

// Of a population in which the worst dies, the best stays for ever.
func TestEvolutionKillsTheWorst(t *testing.T) {
	e := made(t, strategy.RegularizedEvolution, bits{20}, 3, strategy.Evolution{Population: 5, Sample: 3, Worst: true})
	turns(t, e, ones, 5)
	for step := range 40 {
		before := e.Population()
		child := turns(t, e, ones, 1)[0]
		scores := []float64{ones(child)}
		for _, m := range before {
			scores = append(scores, m.Score)
		}
		slices.Sort(scores)
		var left []float64
		for _, m := range e.Population() {
			left = append(left, m.Score)
		}
		slices.Sort(left)
		if !slices.Equal(left, scores[1:]) {
			t.Fatalf("step %d: of scores %v are left %v", step, scores, left)
		}
	}
	// Of equals the oldest dies.
	e = made(t, strategy.RegularizedEvolution, bits{20}, 3, strategy.Evolution{Population: 3, Sample: 3, Worst: true})
	turns(t, e, func(space.Genotype) float64 { return 1 }, 3, 1, 2)
	for i, m := range e.Population() {
		if m.Number != 4+i {
			t.Errorf("member %d is number %d", i, m.Number)
		}
	}
}

// Children are copies, crossovers or mutations, as often as is said.
func TestEvolutionVariants(t *testing.T) {
	e := made(t, strategy.RegularizedEvolution, bits{60}, 3, strategy.Evolution{Population: 50, Sample: 2, Identity: .2, Crossover: .5})
	if got, want := e.Name(), "evolution(population 50 sample 2 identity 0.2 crossover 0.5 seed 3)"; got != want {
		t.Errorf("it is called %q, want %q", got, want)
	}
	flat := func(space.Genotype) float64 { return 0 }
	turns(t, e, flat, 50)
	parents := map[int]strategy.Member{}
	for _, m := range e.Population() {
		parents[m.Number] = m
	}
	const n = 2000
	batch, err := e.Ask(n)
	if err != nil {
		t.Fatal(err)
	}
	told := observe(batch, flat)
	for i := range told[:n-50] {
		told[i].Failed = true // so that the population has those of one batch
	}
	if err := e.Tell(told); err != nil {
		t.Fatal(err)
	}
	for _, m := range e.Population() {
		a, b := parents[m.Parent], parents[m.Other]
		for i, o := range m.Genotype {
			if m.Other > 0 && o != a.Genotype[i] && o != b.Genotype[i] {
				t.Fatalf("the child %v has a choice of neither parent, %v and %v", m, a, b)
			}
		}
		if d := differ(m.Genotype, a.Genotype); m.Other == 0 && d > 1 {
			t.Errorf("the child %v is %d mutations away from %v", m, d, a)
		}
	}
	copies, mutants := 0, 0
	for _, p := range batch {
		near := 60
		for _, m := range parents {
			near = min(near, differ(p.Genotype, m.Genotype))
		}
		switch near {
		case 0:
			copies++
		case 1:
			mutants++
		}
	}
	// A crossover is a copy where both tournaments have one winner, once in fifty.
	if c, m := float64(copies)/n, float64(mutants)/n; math.Abs(c-.21) > .03 || math.Abs(m-.3) > .03 {
		t.Errorf("%.3f of the children are copies and %.3f mutants, want 0.21 and 0.3", c, m)
	}
}

// differ is the number of choices in which two genotypes of one length differ.
func differ(a, b space.Genotype) (n int) {
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

// Children are one mutation away from a living parent, the oldest dies whatever
// its score, and the population never changes its size once it is full.
func TestEvolutionAges(t *testing.T) {
	e := made(t, strategy.RegularizedEvolution, bits{20}, 3, strategy.Evolution{Population: 5, Sample: 3})
	turns(t, e, ones, 5)
	byNumber := make(map[int]strategy.Member)
	for i, m := range e.Population() {
		if m.Number != i+1 || m.Parent != 0 || m.Score != ones(m.Genotype) {
			t.Errorf("of the first generation, member %d is %+v", i, m)
		}
		byNumber[m.Number] = m
	}
	for step := range 40 {
		before := e.Population()
		turns(t, e, ones, 1)
		after := e.Population()
		if len(after) != 5 {
			t.Fatalf("the population has %d members", len(after))
		}
		for i := range 4 {
			if after[i].Number != before[i+1].Number {
				t.Fatalf("step %d: it was not the oldest that died: %v became %v", step, before, after)
			}
		}
		child := after[4]
		parent, known := byNumber[child.Parent]
		if !known || child.Parent < before[0].Number {
			t.Fatalf("step %d: the parent %d was not alive", step, child.Parent)
		}
		if differ(child.Genotype, parent.Genotype) != 1 {
			t.Errorf("step %d: %v is not one mutation away from %v", step, child.Genotype, parent.Genotype)
		}
		byNumber[child.Number] = child
	}
}

// With tournaments as large as this, the parent is nearly always the best.
func TestEvolutionChoosesTheBest(t *testing.T) {
	e := made(t, strategy.RegularizedEvolution, bits{20}, 3, strategy.Evolution{Population: 6, Sample: 200})
	turns(t, e, ones, 6)
	for range 20 {
		best := e.Population()[0]
		for _, m := range e.Population() {
			if m.Score > best.Score {
				best = m
			}
		}
		turns(t, e, ones, 1)
		all := e.Population()
		child := all[len(all)-1]
		for _, m := range append(all, best) {
			if m.Number == child.Parent && m.Score != best.Score {
				t.Errorf("the parent scored %v, the best %v", m.Score, best.Score)
			}
		}
	}
}

// A batch is tournaments in the population as told: none of its children has a
// parent in the same batch. What is missing in the population is drawn at random.
func TestEvolutionBatches(t *testing.T) {
	e := made(t, strategy.RegularizedEvolution, bits{20}, 3, strategy.Evolution{Population: 10, Sample: 2})
	parents := func() (list []int) {
		for _, m := range e.Population() {
			list = append(list, m.Parent)
		}
		return list
	}
	turns(t, e, ones, 8)
	if got, want := fmt.Sprint(parents()), "[0 0 0 0 0 0 0 0]"; got != want {
		t.Errorf("parents of the first batch are %s, want %s", got, want)
	}
	turns(t, e, ones, 8) // two are missing, six come from tournaments among the first eight
	all := parents()     // proposals 7 to 16
	if len(all) != 10 || all[2] != 0 || all[3] != 0 {
		t.Errorf("parents are %v, want ten, of which those of proposals 9 and 10 are 0", all)
	}
	for _, p := range all[4:] {
		if p < 1 || p > 8 {
			t.Errorf("parents are %v, want 1 to 8 for proposals 11 to 16", all)
		}
	}
	// A first batch that is larger than the population has nobody to hold tournaments among.
	e = made(t, strategy.RegularizedEvolution, bits{20}, 3, strategy.Evolution{Population: 3, Sample: 2})
	turns(t, e, ones, 7)
	if got, want := fmt.Sprint(parents()), "[0 0 0]"; got != want {
		t.Errorf("parents after a large first batch are %s, want %s", got, want)
	}
}

// Failures join nothing: while the population is not full they are replaced by
// random draws, afterwards nobody dies for them.
func TestEvolutionFailures(t *testing.T) {
	e := made(t, strategy.RegularizedEvolution, bits{20}, 3, strategy.Evolution{Population: 4, Sample: 2})
	tell := func(failed ...bool) {
		t.Helper()
		batch, err := e.Ask(len(failed))
		if err != nil {
			t.Fatal(err)
		}
		o := observe(batch, ones)
		for i := range o {
			o[i].Failed = failed[i]
		}
		if err := e.Tell(o); err != nil {
			t.Fatal(err)
		}
	}
	numbers := func() string {
		var list []string
		for _, m := range e.Population() {
			list = append(list, fmt.Sprintf("%d<%d", m.Number, m.Parent))
		}
		return strings.Join(list, " ")
	}
	tell(true, true, true) // all fail: only random draws are left
	tell(false, true, false, false)
	if got, want := numbers(), "4<0 6<0 7<0"; got != want {
		t.Errorf("population is %s, want %s", got, want)
	}
	tell(false)
	if got, want := numbers(), "4<0 6<0 7<0 8<0"; got != want {
		t.Errorf("population is %s, want %s", got, want)
	}
	tell(true)
	if got, want := numbers(), "4<0 6<0 7<0 8<0"; got != want {
		t.Errorf("after a failed child the population is %s, want %s", got, want)
	}
	tell(false)
	if got := numbers(); !strings.HasPrefix(got, "6<0 7<0 8<0 10<") {
		t.Errorf("after a child the population is %s", got)
	}
}

func TestEvolutionDistinct(t *testing.T) {
	free := made(t, strategy.RegularizedEvolution, bits{12}, 3, strategy.Evolution{Population: 10, Sample: 5})
	if n := unique(turns(t, free, ones, 10, 30, 30, 30)); n == 100 {
		t.Error("without Distinct nothing was repeated in 100 of 4096, so the test says nothing")
	}
	distinct := made(t, strategy.RegularizedEvolution, bits{12}, 3, strategy.Evolution{Population: 10, Sample: 5, Distinct: true})
	if n := unique(turns(t, distinct, ones, 10, 30, 30, 30)); n != 100 {
		t.Errorf("with Distinct %d of 100 were different", n)
	}
	// When everything is known, repeats are accepted rather than searching for ever.
	tiny := made(t, strategy.RegularizedEvolution, bits{2}, 3, strategy.Evolution{Population: 2, Sample: 2, Distinct: true})
	if n := unique(turns(t, tiny, ones, 2, 10, 10)); n != 4 {
		t.Errorf("of 4 architectures %d were proposed", n)
	}
}

func TestEvolutionOfASingleArchitecture(t *testing.T) {
	e := made(t, strategy.RegularizedEvolution, bits{0}, 1, strategy.Evolution{Population: 2, Sample: 1})
	turns(t, e, func(space.Genotype) float64 { return 0 }, 2)
	if _, err := e.Ask(1); err == nil || !strings.Contains(err.Error(), "nothing can be mutated: it holds a single architecture") {
		t.Errorf("error is %v", err)
	}
}

package strategy_test

import (
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
)

func TestMetaQNNSchedule(t *testing.T) {
	article := strategy.MetaQNNSchedule(0)
	sum := 0
	for _, e := range article {
		sum += e.Models
	}
	if sum != 2700 || article[0] != (strategy.Exploration{Epsilon: 1, Models: 1500}) || article[9] != (strategy.Exploration{Epsilon: .1, Models: 150}) {
		t.Errorf("the article's schedule is %v, of %d models", article, sum)
	}
	for _, models := range []int{1, 5, 27, 54, 5400} {
		got := strategy.MetaQNNSchedule(models)
		sum := 0
		for _, e := range got {
			sum += e.Models
		}
		if sum != models {
			t.Errorf("a schedule for %d models has %d: %v", models, sum, got)
		}
	}
	if got, want := fmt.Sprint(strategy.MetaQNNSchedule(54)), "[{1 30} {0.9 2} {0.8 2} {0.7 2} {0.6 3} {0.5 3} {0.4 3} {0.3 3} {0.2 3} {0.1 3}]"; got != want {
		t.Errorf("for 54 models it is %s, want %s", got, want)
	}
	a := made(t, strategy.MetaQNN, bits{2}, 1, strategy.QLearning{})
	for proposal, want := range map[int]float64{0: 1, 1499: 1, 1500: .9, 1799: .7, 1800: .6, 2549: .2, 2550: .1, 1e6: .1} {
		if got := a.Epsilon(proposal); got != want {
			t.Errorf("ε of proposal %d is %g, want %g", proposal, got, want)
		}
	}
}

// One trial, one replay: the last choice moves to the reward by α, the first to the
// larger of the second's values by α.
func TestMetaQNNUpdateByHand(t *testing.T) {
	for _, c := range []struct {
		settings    strategy.QLearning
		score       float64
		first, last float64
	}{
		{strategy.QLearning{Rate: .25}, .9, .75*.5 + .25*.6, .75*.5 + .25*.9},
		{strategy.QLearning{Rate: .25}, .1, .5, .75*.5 + .25*.1}, // the other option of the second stays at 0.5
		{strategy.QLearning{Rate: .5, Discount: .5, Initial: .2}, .6, .5*.2 + .5*.5*.4, .4},
		{strategy.QLearning{Rate: .5, Shaped: true}, .9, .5*.5 + .5*(.45+.7), .7},
	} {
		c.settings.Replay = 1
		a := made(t, strategy.MetaQNN, bits{2}, 1, c.settings)
		g := turns(t, a, func(space.Genotype) float64 { return c.score }, 1)[0]
		_, first, err := a.Values(nil)
		if err != nil {
			t.Fatal(err)
		}
		_, last, err := a.Values(g[:1])
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(first[g[0]]-c.first) > 1e-15 || math.Abs(last[g[1]]-c.last) > 1e-15 {
			t.Errorf("%+v: Q-values of the choices are %v and %v, want %v and %v", c.settings, first[g[0]], last[g[1]], c.first, c.last)
		}
	}
}

// With chances enough, the Q-value of a choice is the best score that can follow it.
func TestMetaQNNConverges(t *testing.T) {
	s := fork{}
	score := func(g space.Genotype) float64 {
		return map[string]float64{"[0]": .3, "[1 0]": .1, "[1 1]": .7, "[2 0 0]": .2, "[2 1 2]": .9, "[2 2 1]": .4}[fmt.Sprint(g)]
	}
	a := made(t, strategy.MetaQNN, s, 1, strategy.QLearning{Rate: .2, Schedule: []strategy.Exploration{{Epsilon: 1, Models: 1}}})
	turns(t, a, score, 20, 20, 20, 20, 20)
	best := map[string]float64{}
	err := space.Walk(s, func(g space.Genotype) bool {
		for i := range g {
			k := fmt.Sprint(g[:i+1])
			best[k] = max(best[k], score(g))
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, begin := range []space.Genotype{nil, {1}, {2}, {2, 0}, {2, 1}, {2, 2}} {
		d, values, err := a.Values(begin)
		if err != nil || len(values) != len(d.Options) {
			t.Fatalf("Q-values after %v: %v, %v", begin, values, err)
		}
		for o, v := range values {
			if want := best[fmt.Sprint(append(begin[:len(begin):len(begin)], o))]; math.Abs(v-want) > 1e-3 {
				t.Errorf("the Q-value of %d after %v is %.4f, want %.4f", o, begin, v, want)
			}
		}
	}
	if g, err := a.Greedy(); err != nil || fmt.Sprint(g) != "[2 1 2]" {
		t.Errorf("the greedy architecture is %v, %v", g, err)
	}
	if d, values, err := a.Values(space.Genotype{0}); err != nil || len(values) != 0 || len(d.Options) != 0 {
		t.Errorf("after the last choice follow %v, %v, %v", d, values, err)
	}
}

// On the space of the article, with a score that likes depth, the late proposals are
// far better than the first, and they come again.
func TestMetaQNNOnItsSpace(t *testing.T) {
	s, err := space.MetaQNN2017(space.MetaQNNConfig{Layers: 6})
	if err != nil {
		t.Fatal(err)
	}
	a := made(t, strategy.MetaQNN, s, 1, strategy.QLearning{Rate: .1, Schedule: strategy.MetaQNNSchedule(400)})
	depth := func(g space.Genotype) float64 { return float64(len(g)) / 7 }
	sizes := make([]int, 50)
	for i := range sizes {
		sizes[i] = 8
	}
	all := turns(t, a, depth, sizes...)
	mean := func(list []space.Genotype) (sum float64) {
		for _, g := range list {
			sum += depth(g) / float64(len(list))
		}
		return sum
	}
	if early, late := mean(all[:200]), mean(all[360:]); late < early+.2 || late < .9 {
		t.Errorf("the mean score is %.3f at first and %.3f at last", early, late)
	}
}

// Failures are worth what the worst success is.
func TestMetaQNNFailures(t *testing.T) {
	tell := func(a *strategy.QAgent, failedScore float64, fail bool) {
		t.Helper()
		for range 20 {
			batch, err := a.Ask(2)
			if err != nil {
				t.Fatal(err)
			}
			o := observe(batch, func(g space.Genotype) float64 { return .2 + ones(g) })
			for i := range o {
				if o[i].Genotype[0] == 1 {
					o[i].Score, o[i].Failed = failedScore, fail
				}
			}
			if err := a.Tell(o); err != nil {
				t.Fatal(err)
			}
		}
	}
	failing, poor := made(t, strategy.MetaQNN, bits{3}, 1, strategy.QLearning{}), made(t, strategy.MetaQNN, bits{3}, 1, strategy.QLearning{})
	for _, a := range []*strategy.QAgent{failing, poor} {
		batch, err := a.Ask(1)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Tell(observe(batch, func(space.Genotype) float64 { return .2 })); err != nil {
			t.Fatal(err)
		}
	}
	tell(failing, math.NaN(), true)
	tell(poor, .2, false)
	_, f, _ := failing.Values(nil)
	_, p, _ := poor.Values(nil)
	if !reflect.DeepEqual(f, p) {
		t.Errorf("with failures the first Q-values are %v, with the worst score instead %v", f, p)
	}
}

// stateless is a space without capabilities.
type stateless struct{}

func (stateless) Name() string { return "stateless" }
func (stateless) Next(g space.Genotype) (space.Decision, bool, error) {
	return space.Decision{Name: "a", Options: []string{"x", "y"}}, len(g) == 0, nil
}
func (stateless) Build(space.Genotype) (*arch.Arch, error) { return nil, nil }

func TestMetaQNNErrors(t *testing.T) {
	refuses(t, strategy.MetaQNN, []refused[strategy.QLearning]{
		{nil, strategy.QLearning{}, "needs a space"},
		{stateless{}, strategy.QLearning{}, "needs a space that tells its states (space.Stater), and stateless does not; MetaQNN2017, Global"},
		{bits{2}, strategy.QLearning{Rate: 2}, "a rate of 2; it must be above 0 and at most 1, or 0 for 0.01"},
		{bits{2}, strategy.QLearning{Discount: -1}, "a discount of -1"},
		{bits{2}, strategy.QLearning{Initial: math.NaN()}, "begin as NaN"},
		{bits{2}, strategy.QLearning{Replay: -1}, "-1 replays"},
		{bits{2}, strategy.QLearning{Schedule: []strategy.Exploration{{Epsilon: .5, Models: 1}, {Epsilon: 1.5, Models: 1}}}, "as stage 1 of its schedule"},
	})
}

package nasext

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/controller"
	"github.com/nascent-go/nascent/nasext/estimate"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
	"github.com/nascent-go/nascent/nasext/study"
)

// toy is a space of small networks: one linear layer for each decision, with as
// many units as the option says. Those that end in narrow cannot be built.
type toy struct{ layers int }

func (s toy) Name() string { return fmt.Sprintf("toy(%d)", s.layers) }

func (s toy) Next(g space.Genotype) (space.Decision, bool, error) {
	if len(g) == s.layers {
		return space.Decision{}, false, nil
	}
	return space.Decision{Name: fmt.Sprintf("layer %d", len(g)+1), Options: []string{"2", "3", "4", "narrow"}}, true, nil
}

func (s toy) Build(g space.Genotype) (*arch.Arch, error) {
	if g[len(g)-1] == 3 {
		return nil, errors.New("the last layer is too narrow")
	}
	b := arch.NewBuilder("toy", arch.Shape{C: 4, H: 1, W: 1})
	x := b.In()
	for _, choice := range g {
		x = b.Linear(x, 2+choice%3) // narrow is another name for 2, so some architectures are equal
	}
	return b.Build()
}

// noisy scores an architecture by its parameters and noise from the seed. Every
// fifth seed fails.
type noisy struct {
	calls *atomic.Int64
	each  func(context.Context) // called in each estimate, if set
}

func (noisy) Name() string { return "noisy" }

func (n noisy) Estimate(ctx context.Context, a *arch.Arch, s uint64) (estimate.Estimate, error) {
	if n.calls != nil {
		n.calls.Add(1)
	}
	if n.each != nil {
		n.each(ctx)
	}
	if err := ctx.Err(); err != nil {
		return estimate.Estimate{}, err
	}
	if s%5 == 0 {
		return estimate.Estimate{}, errors.New("an unlucky seed")
	}
	params, err := a.Params()
	if err != nil {
		return estimate.Estimate{}, err
	}
	noise := seed.Stream(s, "noise").NormFloat64()
	return estimate.Estimate{
		Score: float64(params)/100 + 0.1*noise, Params: params, Seconds: noise,
		Curve: []estimate.Epoch{{Epoch: 1, TrainLoss: noise}},
	}, nil
}

// reinforced is a configuration with a strategy that has much to forget: the
// parameters, moments and baseline of a controller, and its random stream.
func reinforced(t testing.TB, trials int) Config {
	t.Helper()
	s := toy{4}
	rl, err := strategy.Reinforce(s, 3, controller.Config{Hidden: 6, Rate: 0.05})
	if err != nil {
		t.Fatal(err)
	}
	return Config{Space: s, Strategy: rl, Estimator: noisy{}, Trials: trials, Batch: 5, Seed: 11}
}

// essence is what must be equal between runs of one search: all but wall time.
func essence(trials []Trial) []Trial {
	out := append([]Trial(nil), trials...)
	for i := range out {
		out[i].Started, out[i].Seconds, out[i].Estimate.Seconds = time.Time{}, 0, 0
	}
	return out
}

func search(t *testing.T, cfg Config) *Result {
	t.Helper()
	r, err := Search(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func sameTrials(t *testing.T, what string, got, want []Trial) {
	t.Helper()
	g, w := essence(got), essence(want)
	if len(g) != len(w) {
		t.Fatalf("%s: %d trials, want %d", what, len(g), len(w))
	}
	for i := range g {
		if !reflect.DeepEqual(g[i], w[i]) {
			t.Fatalf("%s: trial is\n%+v\nwant\n%+v", what, g[i], w[i])
		}
	}
}

func TestSearch(t *testing.T) {
	var told []Trial
	cfg := reinforced(t, 43) // the last batch is short
	cfg.Name = "toy search"
	cfg.OnTrial = func(trial Trial) { told = append(told, trial) }
	r := search(t, cfg)
	if r.Status != study.Done || len(r.Trials) != 43 || r.Spec.Name != "toy search" {
		t.Fatalf("status %s, %d trials, name %q", r.Status, len(r.Trials), r.Spec.Name)
	}
	if !reflect.DeepEqual(told, r.Trials) {
		t.Error("OnTrial was told other trials, or in another order, than there are")
	}
	kinds := map[string]int{}
	for i, trial := range r.Trials {
		if trial.Number != i+1 || trial.Batch != i/5+1 {
			t.Fatalf("trial %d has number %d and batch %d", i+1, trial.Number, trial.Batch)
		}
		switch {
		case trial.CopyOf != 0:
			kinds["copy"]++
			first := r.Trials[trial.CopyOf-1]
			if first.CopyOf != 0 || first.Number >= trial.Number || first.Hash != trial.Hash || first.Score != trial.Score || first.Failed != trial.Failed || first.Seed != trial.Seed {
				t.Errorf("trial %+v is no copy of %+v", trial, first)
			}
		case trial.Failed && trial.Hash == "":
			kinds["not built"]++
			if !strings.Contains(trial.Error, "too narrow") {
				t.Errorf("trial %d failed with %q", trial.Number, trial.Error)
			}
		case trial.Failed:
			kinds["not estimated"]++
		default:
			kinds["estimated"]++
			if trial.Seed != seed.Derive(11, "trial", fmt.Sprint(trial.Number)) {
				t.Errorf("trial %d has seed %d", trial.Number, trial.Seed)
			}
		}
		if trial.Number > 1 && !trial.Failed && r.Best.Score < trial.Score {
			t.Errorf("trial %d is better than the best", trial.Number)
		}
	}
	for _, kind := range []string{"copy", "not built", "not estimated", "estimated"} {
		if kinds[kind] == 0 {
			t.Errorf("no trial of the kind %q: this test does not show what it should (%v)", kind, kinds)
		}
	}
	if r.Arch == nil || r.Arch.Hash() != r.Best.Hash {
		t.Error("the architecture of the result is not that of the best trial")
	}
	if text := r.String(); !strings.Contains(text, "done: 43 trials") || !strings.Contains(text, "best") {
		t.Errorf("the result says %q", text)
	}
	shown, _ := r.Display().Data[display.MIMEPlain].(string)
	for _, want := range []string{"done: 43 trials", "architecture", "narrow, "} {
		if !strings.Contains(shown, want) {
			t.Errorf("the result shows as\n%s\nwant %q in it", shown, want)
		}
	}
}

func TestWorkersDoNotMatter(t *testing.T) {
	for _, repeat := range []bool{false, true} {
		var want []Trial
		for _, workers := range []int{1, 2, 7} {
			cfg := reinforced(t, 40)
			cfg.Workers, cfg.Repeat = workers, repeat
			got := search(t, cfg).Trials
			if want == nil {
				want = got
			}
			sameTrials(t, fmt.Sprintf("%d workers, repeat %v", workers, repeat), got, want)
		}
	}
}

// Without Repeat each architecture is estimated once.
func TestRepeat(t *testing.T) {
	for _, repeat := range []bool{false, true} {
		var calls atomic.Int64
		cfg := reinforced(t, 60)
		cfg.Estimator, cfg.Repeat = noisy{calls: &calls}, repeat
		built, distinct := 0, map[string]bool{}
		for _, trial := range search(t, cfg).Trials {
			if trial.Hash != "" {
				built++
				distinct[trial.Hash] = true
			}
			if repeat && trial.CopyOf != 0 {
				t.Errorf("trial %d is a copy though Repeat is set", trial.Number)
			}
		}
		want := len(distinct)
		if repeat {
			want = built
		}
		if int(calls.Load()) != want || len(distinct) == built {
			t.Errorf("repeat %v: %d estimates of %d architectures in %d trials", repeat, calls.Load(), len(distinct), built)
		}
	}
}

// Estimates run at the same time: here each waits for the others.
func TestWorkersRunAtTheSameTime(t *testing.T) {
	var meet sync.WaitGroup
	meet.Add(3)
	cfg := Config{Space: toy{2}, Trials: 3, Workers: 3, Batch: 3}
	cfg.Strategy = &listed{[]space.Genotype{{0, 0}, {1, 1}, {2, 2}}}
	cfg.Estimator = noisy{each: func(context.Context) { meet.Done(); meet.Wait() }}
	if n := len(search(t, cfg).Trials); n != 3 {
		t.Errorf("%d trials, want 3", n)
	}
}

func TestCancelKeepsWhatIsFinished(t *testing.T) {
	path := filepath.Join(t.TempDir(), "study.db")
	ctx, cancel := context.WithCancel(context.Background())
	var calls atomic.Int64
	cfg := reinforced(t, 60)
	cfg.Path, cfg.Workers = path, 2
	cfg.Estimator = noisy{each: func(ctx context.Context) {
		if calls.Add(1) == 13 {
			cancel()
		}
		if calls.Load() > 13 {
			<-ctx.Done()
		}
	}}
	r, err := Search(ctx, cfg)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error is %v, want that of the context", err)
	}
	if r.Status != study.Stopped || len(r.Trials) < 12 || len(r.Trials) >= 60 || r.Best == nil {
		t.Fatalf("status %s, %d trials, best %v", r.Status, len(r.Trials), r.Best)
	}
	for _, trial := range r.Trials {
		if strings.Contains(trial.Error, "canceled") {
			t.Errorf("trial %d is recorded as failed because the search was stopped", trial.Number)
		}
	}
	got, err := Resume(context.Background(), path, reinforced(t, 60))
	if err != nil {
		t.Fatal(err)
	}
	sameTrials(t, "stopped and resumed", got.Trials, search(t, reinforced(t, 60)).Trials)
	if got.Status != study.Done {
		t.Errorf("status is %s, want done", got.Status)
	}

	again, err := Search(ctx, reinforced(t, 5))
	if !errors.Is(err, context.Canceled) || len(again.Trials) != 0 {
		t.Errorf("a search with an ended context gives %v and %d trials", err, len(again.Trials))
	}
}

// A finished study is not estimated again, and can be continued beyond what was
// first wanted, with the trials that a longer search would have had.
func TestResumeExtends(t *testing.T) {
	path := filepath.Join(t.TempDir(), "study.db")
	cfg := reinforced(t, 22) // ends within a batch
	cfg.Path = path
	search(t, cfg)

	var calls atomic.Int64
	cfg = reinforced(t, 22)
	cfg.Estimator = noisy{calls: &calls}
	cfg.Batch = 0 // that of the study
	told := 0
	cfg.OnTrial = func(Trial) { told++ }
	if _, err := Resume(context.Background(), path, cfg); err != nil {
		t.Fatal(err)
	}
	if calls.Load() != 0 || told != 0 {
		t.Errorf("%d estimates and %d calls of OnTrial for a finished study", calls.Load(), told)
	}
	rl := cfg.Strategy.(*strategy.PolicyGradient)
	if n := len(rl.History()); n != 5 {
		t.Errorf("the strategy was told %d batches, want 5", n)
	}

	got, err := Resume(context.Background(), path, reinforced(t, 40))
	if err != nil {
		t.Fatal(err)
	}
	sameTrials(t, "extended", got.Trials, search(t, reinforced(t, 40)).Trials)
	if _, err := Resume(context.Background(), path, reinforced(t, 39)); err == nil || !strings.Contains(err.Error(), "has trial 40 already") {
		t.Errorf("error is %v, want one that says that there is trial 40", err)
	}
}

// listed proposes what is given, and then is exhausted.
type listed struct{ rest []space.Genotype }

func (*listed) Name() string { return "listed" }

func (l *listed) Ask(n int) ([]strategy.Proposal, error) {
	n = min(n, len(l.rest))
	batch := make([]strategy.Proposal, n)
	for i, g := range l.rest[:n] {
		batch[i].Genotype = g
	}
	l.rest = l.rest[n:]
	if len(l.rest) == 0 {
		return batch, strategy.ErrExhausted
	}
	return batch, nil
}

func (l *listed) Tell([]strategy.Observation) error { return nil }

// spending gives its budget as the score.
type spending struct{ budget estimate.Budget }

func (spending) Name() string                            { return "spending" }
func (spending) At(b estimate.Budget) estimate.Estimator { return spending{b} }
func (s spending) Estimate(context.Context, *arch.Arch, uint64) (estimate.Estimate, error) {
	return estimate.Estimate{Score: float64(1000*s.budget.Epochs + s.budget.Samples)}, nil
}

// rungs proposes one architecture with ever larger budgets.
type rungs struct{ next int }

func (*rungs) Name() string { return "rungs" }

func (r *rungs) Ask(int) ([]strategy.Proposal, error) {
	r.next++
	return []strategy.Proposal{{Genotype: space.Genotype{0, 0}, Budget: r.next}}, nil
}

func (*rungs) Tell([]strategy.Observation) error { return nil }

// What a proposal may spend reaches the estimator in the units of the study, and
// an architecture is estimated anew with each budget.
func TestBudgetOfATrial(t *testing.T) {
	for _, test := range []struct {
		unit estimate.Budget
		want []float64
	}{
		{estimate.Budget{}, []float64{1000, 2000, 3000}},
		{estimate.Budget{Epochs: 2, Samples: 50}, []float64{2050, 4100, 6150}},
	} {
		r := search(t, Config{Space: toy{2}, Strategy: &rungs{}, Estimator: spending{}, Trials: 3, Unit: test.unit})
		for i, trial := range r.Trials {
			if trial.Score != test.want[i] || trial.CopyOf != 0 || trial.Budget != i+1 {
				t.Errorf("unit %+v: trial %d with budget %d scores %g and is a copy of %d; want budget %d, %g, and no copy",
					test.unit, trial.Number, trial.Budget, trial.Score, trial.CopyOf, i+1, test.want[i])
			}
		}
	}
	_, err := Search(context.Background(), Config{Space: toy{2}, Strategy: &rungs{}, Estimator: noisy{}, Trials: 3})
	if err == nil || !strings.Contains(err.Error(), "strategy rungs gives each trial a budget, but estimator noisy always spends the same") {
		t.Errorf("an estimator without budgets: %v", err)
	}
}

func TestExhausted(t *testing.T) {
	cfg := Config{Space: toy{2}, Estimator: noisy{}, Trials: 100, Batch: 2}
	cfg.Strategy = &listed{[]space.Genotype{{0, 0}, {1, 1}, {2, 2}}}
	if r := search(t, cfg); r.Status != study.Exhausted || len(r.Trials) != 3 {
		t.Errorf("status %s and %d trials, want exhausted and 3", r.Status, len(r.Trials))
	}
}

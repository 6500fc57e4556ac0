package nasext

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/controller"
	"github.com/nascent-go/nascent/nasext/estimate"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
	"github.com/nascent-go/nascent/nasext/study"
)

// scores returns scores in turn.
type scores struct{ list []float64 }

func (scores) Name() string { return "scores" }
func (s scores) Estimate(_ context.Context, _ *arch.Arch, seedOf uint64) (estimate.Estimate, error) {
	for i := range s.list {
		if seedOf == seed.Derive(0, "trial", fmt.Sprint(i+1)) {
			return estimate.Estimate{Score: s.list[i]}, nil
		}
	}
	return estimate.Estimate{}, errors.New("no score left")
}

func TestScoresThatCannotBeCompared(t *testing.T) {
	cfg := Config{Space: toy{2}, Estimator: scores{[]float64{math.NaN(), math.Inf(1), 1}}, Trials: 3, Workers: 1}
	cfg.Strategy = &listed{[]space.Genotype{{0, 0}, {1, 1}, {2, 2}}}
	r := search(t, cfg)
	for i, want := range []string{"the estimator's score is NaN", "the estimator's score is +Inf", ""} {
		if trial := r.Trials[i]; trial.Failed != (want != "") || !strings.Contains(trial.Error, want) {
			t.Errorf("trial %d: failed %v, error %q, want %q", i+1, trial.Failed, trial.Error, want)
		}
	}
	if r.Best.Number != 3 {
		t.Errorf("the best trial is %d, want 3", r.Best.Number)
	}
}

func TestAllFail(t *testing.T) {
	cfg := Config{Space: toy{1}, Estimator: noisy{}, Trials: 2}
	cfg.Strategy = &listed{[]space.Genotype{{3}, {3}}}
	r, err := Search(context.Background(), cfg)
	if !errors.Is(err, ErrNoSuccess) || !strings.Contains(err.Error(), "all 2 trials failed, trial 1 because: the last layer is too narrow") {
		t.Errorf("error is %v", err)
	}
	if r == nil || len(r.Trials) != 2 || r.Best != nil {
		t.Errorf("result is %+v", r)
	}
}

// A trial whose estimate panics has failed, with what the panic says and where it began,
// and the search goes on as if it had returned the error.
func TestEstimatorPanic(t *testing.T) {
	for _, test := range []struct {
		fail func()
		want string
	}{
		{func() { panic("no such layer") }, "panic: no such layer (nasext.TestEstimatorPanic.func1, errors_test.go:"},
		{func() { panic(errors.New("an error")) }, "panic: an error (nasext.TestEstimatorPanic.func2, errors_test.go:"},
		{func() { _ = make([]int, 0)[len(os.Args)+2] }, "panic: runtime error: index out of range ["},
		{func() { var p *Trial; p.Number++ }, "panic: runtime error: invalid memory address or nil pointer dereference (nasext.TestEstimatorPanic.func4, errors_test.go:"},
	} {
		for _, workers := range []int{1, 3} {
			path := filepath.Join(t.TempDir(), "study.db")
			cfg := reinforced(t, 40)
			cfg.Path, cfg.Workers, cfg.Estimator = path, workers, panics{test.fail}
			r := search(t, cfg)
			failed := 0
			for _, trial := range r.Trials {
				if strings.HasPrefix(trial.Error, "panic: ") {
					failed++
					if !trial.Failed || !strings.HasPrefix(trial.Error, test.want) {
						t.Errorf("trial %d: failed %t, %q; want %q", trial.Number, trial.Failed, trial.Error, test.want)
					}
				}
			}
			if failed == 0 || r.Best == nil {
				t.Errorf("%d trials failed, best %v: this test does not show what it should", failed, r.Best)
			}
			again, err := Resume(context.Background(), path, cfg.with(reinforced(t, 40).Strategy))
			if err != nil {
				t.Fatal(err)
			}
			sameTrials(t, "read again", again.Trials, r.Trials)
		}
	}
}

// panics is noisy, but fails by a panic.
type panics struct{ fail func() }

func (panics) Name() string { return "panics" }

func (p panics) Estimate(ctx context.Context, a *arch.Arch, s uint64) (estimate.Estimate, error) {
	e, err := noisy{}.Estimate(ctx, a, s)
	if err != nil {
		p.fail()
	}
	return e, err
}

// with is the configuration with another strategy.
func (c Config) with(s strategy.Strategy) Config {
	c.Strategy = s
	return c
}

// An estimator that ends its goroutine, as a test's FailNow does, ends the search and
// not the program, and no worker waits for ever.
func TestEstimatorEndsItsGoroutine(t *testing.T) {
	cfg := reinforced(t, 40)
	cfg.Workers = 3
	cfg.Estimator = panics{runtime.Goexit}
	r, err := Search(context.Background(), cfg)
	if err == nil || !strings.Contains(err.Error(), "estimator panics has ended its goroutine; it has to return") || r.Status != study.Stopped {
		t.Errorf("status %s, error %v", r.Status, err)
	}
}

// failing fails the trials from the given number on.
type failing struct{ from int }

func (failing) Name() string { return "failing" }

func (f failing) Estimate(_ context.Context, _ *arch.Arch, s uint64) (estimate.Estimate, error) {
	for i := 1; i < f.from; i++ {
		if s == seed.Derive(11, "trial", fmt.Sprint(i)) {
			return estimate.Estimate{Score: 1}, nil
		}
	}
	return estimate.Estimate{}, errors.New("the disk is gone")
}

// Failures in a row end a search at the same trial on any number of workers, and when it
// is resumed; what can't be built counts neither as failure nor as success.
func TestMaxFailures(t *testing.T) {
	for _, test := range []struct {
		set, most int
	}{{0, 30}, {2, 2}, {-1, -1}} {
		for _, workers := range []int{1, 4} {
			path := filepath.Join(t.TempDir(), "study.db")
			cfg := Config{
				Space: toy{4}, Strategy: strategy.Grid(toy{4}), Estimator: failing{4}, Trials: 60, Batch: 1, Seed: 11,
				Repeat: true, Workers: workers, MaxFailures: test.set, Path: path,
			}
			check := func(r *Result, err error) {
				t.Helper()
				if test.most < 0 {
					if err != nil || len(r.Trials) != 60 {
						t.Errorf("%d trials, error %v", len(r.Trials), err)
					}
					return
				}
				want := fmt.Sprintf("all %d estimates failed, the last because: the disk is gone; Config.MaxFailures", test.most)
				if !errors.Is(err, ErrFailing) || !strings.Contains(err.Error(), want) {
					t.Errorf("error is %v, want one that says %q", err, want)
				}
				estimated := 0
				for _, trial := range r.Trials {
					if trial.Hash != "" {
						estimated++
					}
				}
				if want := 3 + test.most; estimated != want || r.Status != study.Stopped {
					t.Errorf("%d estimates and status %s, want %d", estimated, r.Status, want)
				}
			}
			check(Search(context.Background(), cfg))
			check(Resume(context.Background(), path, cfg.with(strategy.Grid(toy{4}))))
		}
	}
}

// endless is a space in which no architecture is ever complete.
type endless struct{ toy }

func (endless) Next(space.Genotype) (space.Decision, bool, error) {
	return space.Decision{Name: "empty"}, true, nil
}

// stutter is a space that asks the same twice.
type stutter struct{ toy }

func (stutter) Next(g space.Genotype) (space.Decision, bool, error) {
	return space.Decision{Name: "again", Options: []string{"a", "b"}}, len(g) < 2, nil
}

func TestErrors(t *testing.T) {
	dir := t.TempDir()
	stored := filepath.Join(dir, "stored.db")
	cfg := reinforced(t, 10)
	cfg.Path = stored
	search(t, cfg)
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte("not a study"), 0o644); err != nil {
		t.Fatal(err)
	}

	searchErr := func(change func(*Config)) error {
		cfg := reinforced(t, 10)
		change(&cfg)
		_, err := Search(context.Background(), cfg)
		return err
	}
	resumeErr := func(path string, change func(*Config)) error {
		cfg := reinforced(t, 10)
		change(&cfg)
		_, err := Resume(context.Background(), path, cfg)
		return err
	}
	other, err := strategy.Reinforce(toy{4}, 3, controller.Config{Hidden: 7, Rate: 0.05})
	if err != nil {
		t.Fatal(err)
	}
	used := reinforced(t, 10)
	if _, err := Search(context.Background(), used); err != nil {
		t.Fatal(err)
	}
	nothing := func(*Config) {}
	for _, test := range []struct {
		err  error
		is   error
		want string
	}{
		{searchErr(func(c *Config) { c.Space = nil }), nil, "Config.Space is nil"},
		{searchErr(func(c *Config) { c.Space = (*space.GlobalSpace)(nil) }), nil, "Config.Space is nil"},
		{searchErr(func(c *Config) { c.Estimator = (*estimate.Counter)(nil) }), nil, "Config.Estimator is nil"},
		{searchErr(func(c *Config) { c.Strategy = nil }), nil, "Config.Strategy is nil"},
		{searchErr(func(c *Config) { c.Estimator = nil }), nil, "Config.Estimator is nil"},
		{searchErr(func(c *Config) { c.Trials = 0 }), nil, "Config.Trials is 0; it must be at least 1"},
		{searchErr(func(c *Config) { c.Limit.Epochs = -1 }), nil, "a limit is above 0, or 0 for none"},
		{searchErr(func(c *Config) { c.Batch = -1 }), nil, "Config.Batch is -1"},
		{searchErr(func(c *Config) { c.MaxFailures = -2 }), nil, "Config.MaxFailures is -2"},
		{searchErr(func(c *Config) { c.Workers = -1 }), nil, "Config.Workers is -1"},
		{searchErr(func(c *Config) { c.Space = endless{} }), nil, "it holds no architecture"},
		{searchErr(func(c *Config) { c.Space = stutter{} }), nil, `decisions 0 and 1 of [0 0] are both called "again"`},
		{searchErr(func(c *Config) { c.Path = stored }), study.ErrExists, "resume it, or choose another path"},
		{searchErr(func(c *Config) { c.Path = filepath.Join(dir, "no", "folder.db") }), nil, "there is no folder"},
		{searchErr(func(c *Config) { c.Strategy = &listed{} }), ErrNoSuccess, "proposed none"},
		{resumeErr("", nothing), nil, "there is no path"},
		{resumeErr(filepath.Join(dir, "nowhere.db"), nothing), fs.ErrNotExist, "there is no file"},
		{resumeErr(text, nothing), study.ErrNoStudy, "is no study"},
		{resumeErr(stored, func(c *Config) { c.Path = text }), nil, "leave Path empty"},
		{resumeErr(stored, func(c *Config) { c.Seed = 12 }), study.ErrMismatch, "its seed is 11, not 12"},
		{resumeErr(stored, func(c *Config) { c.Space = toy{5} }), study.ErrMismatch, "its space is toy(4), not toy(5)"},
		{resumeErr(stored, func(c *Config) { c.Strategy = other }), study.ErrMismatch, "its strategy is reinforce(lstm 2×6"},
		{resumeErr(stored, func(c *Config) { c.Estimator = scores{} }), study.ErrMismatch, "its estimator is noisy, not scores"},
		{resumeErr(stored, func(c *Config) { c.Trials = 0 }), nil, "Config.Trials is 0"},
		{resumeErr(stored, func(c *Config) { c.Strategy = used.Strategy }), nil, "each search needs a fresh one: make reinforce("},
		{searchErr(func(c *Config) { c.Strategy = used.Strategy }), nil, "has proposed architectures before"},
		{resumeErr(stored, func(c *Config) { c.Strategy = struct{ strategy.Strategy }{used.Strategy} }), nil, "trial 1 is stored as"},
	} {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) || !strings.HasPrefix(test.err.Error(), "nasext: ") {
			t.Errorf("error is %v, want one that says %q", test.err, test.want)
		}
		if test.is != nil && !errors.Is(test.err, test.is) {
			t.Errorf("error %v does not wrap %v", test.err, test.is)
		}
	}
}

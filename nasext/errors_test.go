package nasext

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
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

// A panic of the estimator reaches the caller of Search, with its trace, and
// leaves the study in order.
func TestEstimatorPanic(t *testing.T) {
	path := filepath.Join(t.TempDir(), "study.db")
	var calls atomic.Int64
	cfg := reinforced(t, 40)
	cfg.Path = path
	cfg.Estimator = noisy{each: func(context.Context) {
		if calls.Add(1) == 9 {
			panic("index out of range")
		}
	}}
	func() {
		defer func() {
			v := fmt.Sprint(recover())
			if !strings.Contains(v, "estimating trial") || !strings.Contains(v, "index out of range") || !strings.Contains(v, "search_test.go") {
				t.Errorf("Search panicked with %s", v)
			}
		}()
		r, err := Search(context.Background(), cfg)
		t.Errorf("Search returned %v, %v in spite of the panic", r, err)
	}()
	got, err := Resume(context.Background(), path, reinforced(t, 40))
	if err != nil {
		t.Fatal(err)
	}
	sameTrials(t, "resumed after a panic", got.Trials, search(t, reinforced(t, 40)).Trials)
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
		{searchErr(func(c *Config) { c.Batch = -1 }), nil, "Config.Batch is -1"},
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
		{resumeErr(stored, func(c *Config) { c.Strategy = used.Strategy }), nil, "trial 1 is stored as"},
	} {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) || !strings.HasPrefix(test.err.Error(), "nasext: ") {
			t.Errorf("error is %v, want one that says %q", test.err, test.want)
		}
		if test.is != nil && !errors.Is(test.err, test.is) {
			t.Errorf("error %v does not wrap %v", test.err, test.is)
		}
	}
}

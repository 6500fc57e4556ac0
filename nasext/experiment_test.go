package nasext

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
	"github.com/nascent-go/nascent/nasext/study"
)

// courses is an experiment of searches with the given scores; NaN is a failure.
func courses(all ...[]float64) *Experiment {
	e := &Experiment{Name: "toy"}
	for i, scores := range all {
		var trials []Trial
		for n, s := range scores {
			trials = append(trials, Trial{Number: n + 1, Score: s, Failed: math.IsNaN(s)})
		}
		e.Seeds, e.Results = append(e.Seeds, uint64(i)), append(e.Results, &Result{Trials: trials})
	}
	return e
}

// The spreads are those of NumPy: mean, and percentile with 25, 50 and 75, of the columns of
//
//	[[1,2,2,5],[0,3,4,4],[2,2,2,2],[-1,0,7,7],[3,3,3,3.5]]
//
// but for the first, before which a seed has only failed.
func TestCourse(t *testing.T) {
	nan := math.NaN()
	e := courses([]float64{1, 2, 1.5, 5}, []float64{nan, 3, 4, 3}, []float64{2, 2, 2, 2}, []float64{-1, 0, 7, 6, 9}, []float64{3, 2, nan, 3.5})
	want := []Spread{{2, 2, 2, 2, 3}, {3, 3.6, 2, 3, 4}, {4, 4.3, 3.5, 4, 5}}
	if got := e.Course(); !reflect.DeepEqual(got, want) {
		t.Errorf("the course is %v, want %v", got, want)
	}
	want = []Spread{{2, 5, 4, 5, 5}, {3, 3.4, 3, 4, 5}, {4, 2.7, 2, 3, 3.5}}
	got, err := e.Regret(7)
	if err == nil || !strings.Contains(err.Error(), "seed 3 has the score 9 in trial 5, so 7 is not the optimum") {
		t.Errorf("error is %v, regret %v", err, got)
	}
	e.Results[3].Trials = e.Results[3].Trials[:4]
	if got, err := e.Regret(7); err != nil || !near(got, want) {
		t.Errorf("the regret is %v, %v, want %v", got, err, want)
	}
	if text := e.String(); text != "toy, 5 seeds: best after 4 trials in the mean 4.3, in the middle half 3.5 to 5" {
		t.Errorf("it says %q", text)
	}
	if e := (&Experiment{}); e.Course() != nil || e.String() != "0 seeds: no scores" {
		t.Errorf("an empty one says %q", e)
	}
	four := courses([]float64{0.1}, []float64{0.7}, []float64{0.2}, []float64{0.4})
	if got, want := four.Course(), []Spread{{1, 0.35, 0.175, 0.3, 0.475}}; !near(got, want) {
		t.Errorf("the course is %v, want %v", got, want)
	}
}

func near(a, b []Spread) bool {
	ok := len(a) == len(b)
	for i := range min(len(a), len(b)) {
		for _, d := range []float64{a[i].Mean - b[i].Mean, a[i].Low - b[i].Low, a[i].Median - b[i].Median, a[i].High - b[i].High} {
			ok = ok && math.Abs(d) < 1e-12
		}
		ok = ok && a[i].Trial == b[i].Trial
	}
	return ok
}

// evolved makes the search of a seed.
func evolved(calls *atomic.Int64) func(seed uint64) (Config, error) {
	return func(seed uint64) (Config, error) {
		s, err := strategy.RegularizedEvolution(toy{4}, seed, strategy.Evolution{Population: 5, Sample: 2})
		return Config{Space: toy{4}, Strategy: s, Estimator: noisy{calls: calls}, Trials: 20, Batch: 5}, err
	}
}

// An experiment is the searches of its seeds; stopped, it goes on where it was, and done,
// it estimates nothing again.
func TestExperiment(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "an", "experiment")
	cfg := ExperimentConfig{Name: "toy", Seeds: []uint64{3, 1, 2}, New: evolved(nil), Folder: folder}
	ctx, cancel := context.WithCancel(context.Background())
	cfg.New = func(seed uint64) (Config, error) {
		c, err := evolved(nil)(seed)
		c.OnTrial = func(trial Trial) {
			if seed == 1 && trial.Number == 7 {
				cancel()
			}
		}
		return c, err
	}
	e, err := RunExperiment(ctx, cfg)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "seed 1") || len(e.Results) != 2 || e.Results[0].Status != study.Done {
		t.Fatalf("error %v, %d results", err, len(e.Results))
	}
	var calls atomic.Int64
	cfg.New = evolved(&calls)
	if e, err = RunExperiment(context.Background(), cfg); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(e.Seeds, cfg.Seeds) || calls.Load() == 0 || calls.Load() > 33 {
		t.Errorf("seeds %v, %d estimates after it was stopped", e.Seeds, calls.Load())
	}
	for i, seed := range cfg.Seeds {
		c, err := evolved(nil)(seed)
		if err != nil {
			t.Fatal(err)
		}
		c.Seed = seed
		sameTrials(t, fmt.Sprint("seed ", seed), e.Trials()[i], search(t, c).Trials)
	}
	calls.Store(0)
	again, err := RunExperiment(context.Background(), cfg)
	if err != nil || calls.Load() != 0 || again.String() != e.String() {
		t.Errorf("done, it makes %d estimates: %v, %v", calls.Load(), again, err)
	}
	cfg.Folder = ""
	memory, err := RunExperiment(context.Background(), cfg)
	if err != nil || !reflect.DeepEqual(memory.Course(), e.Course()) {
		t.Errorf("in memory it is %v, %v; want %v", memory, err, e)
	}
	if runs := e.Runs(); runs.Name != "toy" || !reflect.DeepEqual(runs.Seeds, e.Trials()) {
		t.Errorf("the runs are %+v", runs)
	}
	shown, _ := e.Display().Data[display.MIMEPlain].(string)
	for _, want := range []string{"toy, 3 seeds", "best score", "done"} {
		if !strings.Contains(shown, want) {
			t.Errorf("it shows as\n%s\nwant %q in it", shown, want)
		}
	}
}

func TestExperimentErrors(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	three := []uint64{1, 2, 3}
	for _, test := range []struct {
		cfg  ExperimentConfig
		want string
	}{
		{ExperimentConfig{New: evolved(nil)}, "there are no seeds"},
		{ExperimentConfig{Seeds: three}, "New is nil"},
		{ExperimentConfig{Seeds: []uint64{1, 2, 1}, New: evolved(nil)}, "seed 1 is there twice"},
		{ExperimentConfig{Seeds: three, New: evolved(nil), Folder: file}, "not a directory"},
		{ExperimentConfig{Seeds: three, New: func(uint64) (Config, error) { return Config{}, errors.New("no luck") }}, "seed 1: no luck"},
		{ExperimentConfig{Seeds: three, New: func(uint64) (Config, error) { return Config{Path: file}, nil }}, "leave it empty, and give the experiment a Folder"},
		{ExperimentConfig{Seeds: three, New: func(uint64) (Config, error) { return Config{}, nil }}, "seed 1: nasext: Config.Space is nil"},
		{ExperimentConfig{Seeds: three, New: func(uint64) (Config, error) {
			return Config{Space: toy{1}, Strategy: &listed{[]space.Genotype{{3}}}, Estimator: noisy{}, Trials: 1}, nil
		}}, "all 1 trials failed"},
	} {
		if _, err := RunExperiment(context.Background(), test.cfg); err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "nasext: experiment: ") {
			t.Errorf("error is %v, want one that says %q", err, test.want)
		}
	}
	var none context.Context
	if _, err := RunExperiment(none, ExperimentConfig{Seeds: three, New: evolved(nil)}); err == nil {
		t.Error("without a context there is no error")
	}
}

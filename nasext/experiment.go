package nasext

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/study"
	"github.com/nascent-go/nascent/nasext/viz"
)

// ExperimentConfig is a search that is made once for each of several seeds, since one
// search says little about its method.
type ExperimentConfig struct {
	Name  string   // for people
	Seeds []uint64 // such as seed.First(10)
	// New makes the search of a seed: its strategy has to be fresh and to have the seed.
	// If Config.Seed is 0, it becomes the seed too. Path stays empty.
	New func(seed uint64) (Config, error)
	// Folder holds the study of each seed, in a file seed-N.db, and is made if need be.
	// What is there already is resumed. Empty keeps the studies in memory.
	Folder string
	Live   bool // shows how many seeds are done
}

// Experiment is what the searches of several seeds have found.
type Experiment struct {
	Name    string
	Seeds   []uint64
	Results []*Result // one for each seed
}

// RunExperiment makes the searches of an experiment one after the other. It ends with the
// first error, which names the seed, and the searches until then; called again with the
// same folder, it goes on.
func RunExperiment(ctx context.Context, cfg ExperimentConfig) (*Experiment, error) {
	if err := cfg.validate(ctx); err != nil {
		return nil, fmt.Errorf("nasext: experiment: %w", err)
	}
	var bar *display.Progress
	if cfg.Live {
		label := cfg.Name
		if label == "" {
			label = "seeds"
		}
		bar = display.NewProgress(label, len(cfg.Seeds))
		defer bar.Done()
	}
	e := &Experiment{Name: cfg.Name}
	for i, seed := range cfg.Seeds {
		r, err := cfg.search(ctx, seed)
		if r != nil {
			e.Seeds, e.Results = append(e.Seeds, seed), append(e.Results, r)
		}
		if err != nil {
			return e, fmt.Errorf("nasext: experiment: seed %d: %w", seed, err)
		}
		if bar != nil {
			bar.Set(i + 1)
		}
	}
	return e, nil
}

func (c ExperimentConfig) validate(ctx context.Context) error {
	switch {
	case ctx == nil:
		return errNoContext
	case len(c.Seeds) == 0:
		return errors.New("there are no seeds; give at least one, such as []uint64{1, 2, 3}")
	case c.New == nil:
		return errors.New("New is nil; give a function that makes the search of a seed")
	}
	for i, seed := range c.Seeds {
		if slices.Contains(c.Seeds[:i], seed) {
			return fmt.Errorf("seed %d is there twice, which would be the same search", seed)
		}
	}
	if c.Folder == "" {
		return nil
	}
	return os.MkdirAll(c.Folder, 0o777)
}

// search makes, or goes on with, the search of a seed.
func (c ExperimentConfig) search(ctx context.Context, seed uint64) (*Result, error) {
	cfg, err := c.New(seed)
	if err != nil {
		return nil, err
	}
	if cfg.Path != "" {
		return nil, fmt.Errorf("its path is %s; leave it empty, and give the experiment a Folder", cfg.Path)
	}
	if cfg.Seed == 0 {
		cfg.Seed = seed
	}
	if c.Folder == "" {
		return Search(ctx, cfg)
	}
	cfg.Path = filepath.Join(c.Folder, fmt.Sprintf("seed-%d.db", seed))
	switch info, err := os.Stat(cfg.Path); {
	case err == nil && info.Size() > 0:
		return Resume(ctx, cfg.Path, cfg)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	return Search(ctx, cfg)
}

// Trials are those of each seed.
func (e *Experiment) Trials() [][]Trial {
	var all [][]Trial
	for _, r := range e.Results {
		all = append(all, r.Trials)
	}
	return all
}

// Runs are the trials under the name of the experiment, for viz.BestOverSeeds and viz.Regret.
func (e *Experiment) Runs() viz.Runs { return viz.Runs{Name: e.Name, Seeds: e.Trials()} }

// Spread is how far the searches are that differ in their seeds only: the mean, the
// median, and the quartiles, between which the middle half of them lies. Between two
// values quartiles are interpolated, as NumPy does.
type Spread struct {
	Trial                   int // after so many trials
	Mean, Low, Median, High float64
}

// Course is the spread of the best score after each trial, as study.Course has it: from
// the first after which every seed has one, to the end of the shortest search.
func (e *Experiment) Course() []Spread {
	return e.spreads(func(score float64) float64 { return score })
}

// Regret is the spread of how far the best score after each trial falls short of the
// optimum of a space in which it is known. It is an error if a score is above that.
func (e *Experiment) Regret(optimum float64) ([]Spread, error) {
	for i, r := range e.Results {
		for _, t := range r.Trials {
			if !t.Failed && t.Score > optimum {
				return nil, fmt.Errorf("nasext: experiment: seed %d has the score %g in trial %d, so %g is not the optimum", e.Seeds[i], t.Score, t.Number, optimum)
			}
		}
	}
	return e.spreads(func(score float64) float64 { return optimum - score }), nil
}

func (e *Experiment) spreads(of func(score float64) float64) []Spread {
	var courses [][]float64
	shortest := math.MaxInt
	for _, r := range e.Results {
		c := study.Course(r.Trials)
		courses, shortest = append(courses, c), min(shortest, len(c))
	}
	if len(courses) == 0 {
		return nil
	}
	var all []Spread
	for i := range shortest {
		values := make([]float64, len(courses))
		sum := 0.0
		for k, c := range courses {
			values[k] = of(c[i])
			sum += values[k]
		}
		if math.IsNaN(sum) {
			continue // a seed has no score yet
		}
		slices.Sort(values)
		all = append(all, Spread{
			Trial: i + 1, Mean: sum / float64(len(values)),
			Low: quantile(values, 0.25), Median: quantile(values, 0.5), High: quantile(values, 0.75),
		})
	}
	return all
}

// quantile of sorted values, the seventh kind of Hyndman and Fan 1996.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 == len(sorted) {
		return sorted[i]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// String says in a line what the searches have found in the end.
func (e *Experiment) String() string {
	text := fmt.Sprintf("%d seeds", len(e.Results))
	if e.Name != "" {
		text = e.Name + ", " + text
	}
	course := e.Course()
	if len(course) == 0 {
		return text + ": no scores"
	}
	last := course[len(course)-1]
	return fmt.Sprintf("%s: best after %d trials in the mean %.6g, in the middle half %.6g to %.6g", text, last.Trial, last.Mean, last.Low, last.High)
}

// Display shows a table with a row for each seed.
func (e *Experiment) Display() display.Bundle {
	t := display.NewTable("seed", "status", "trials", "best score", "in trial", "parameters").Captioned(e.String())
	for i, r := range e.Results {
		row := []any{fmt.Sprint(e.Seeds[i]), string(r.Status), len(r.Trials), nil, nil, nil}
		if r.Best != nil {
			row[3], row[4], row[5] = r.Best.Score, r.Best.Number, r.Best.Estimate.Params
		}
		t.Add(row...)
	}
	return t.Display()
}

// Package nasext searches for neural architectures. It ties together what its
// subpackages hold: a search space (space), a search strategy (strategy) and a
// performance estimator (estimate), and records every trial in a study (study).
//
//	nets, err := space.Global(space.DefaultGlobal(digits.Shape, 10))
//	counter, err := estimate.Count(estimate.CountConfig{Target: 5000})
//	result, err := nasext.Search(ctx, nasext.Config{
//		Space: nets, Strategy: strategy.Random(nets, 1), Estimator: counter, Trials: 100,
//	})
//	viz.BestSoFar(result.Trials)
//
// AutoML does all of it in one call, from samples to a trained model.
//
// A search is a function of its configuration: it gives the same trials, to the
// last bit, on any number of workers, and also if it is killed and resumed.
package nasext

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"strings"
	"time"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/estimate"
	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
	"github.com/nascent-go/nascent/nasext/study"
)

// Trial is one architecture that was tried.
type Trial = study.Trial

// ErrNoSuccess is what a search ends with if every trial has failed.
var ErrNoSuccess = errors.New("no architecture could be built and estimated")

// ErrFailing is what a search ends with if too many estimates in a row have failed.
var ErrFailing = errors.New("the estimator keeps failing")

var errNoContext = errors.New("nasext: the context is nil; give context.Background(), or one that can be cancelled")

// Config says what is searched, and how.
type Config struct {
	Space     space.Space
	Strategy  strategy.Strategy // fresh: one that has proposed something, and says so by a method Used() bool, is an error
	Estimator estimate.Estimator

	// Trials is how many architectures are tried: at least 1, or 0 for as many as
	// Limit allows.
	Trials int
	Limit  Limit // what else ends the search
	// Batch is how many architectures the strategy proposes before it learns how
	// they did; 0 means 8, and on Resume that of the study. It changes the
	// result: a batch of 1 learns from every trial, a larger one keeps more
	// workers busy.
	Batch int
	// Workers is how many architectures are estimated at the same time; 0
	// means one for each processor, as far as the batch allows. It never
	// changes the result.
	Workers int
	Seed    uint64 // of the estimates; the strategy has a seed of its own

	// Unit is what one unit of the budget is that strategies such as Hyperband give
	// each proposal; the zero value is one epoch.
	Unit estimate.Budget

	// MaxFailures is how many estimates may fail one after the other, by number;
	// the search ends with an error that wraps ErrFailing if as many have. 0
	// means 30; -1 sets no limit. Architectures that can't be built and copies
	// don't count.
	MaxFailures int

	// Repeat estimates an architecture again if it is proposed again, with the
	// seed of the new trial. Without it the new trial is a copy of the first
	// one of the same architecture, which costs nothing: see Trial.CopyOf.
	Repeat bool

	Path string // file of the study; empty keeps it in memory
	Name string // of the study, for people

	// Control, if not nil, pauses and stops the search.
	Control *Control

	// OnTrial is called with each new trial, one at a time and by number.
	// The search waits for it.
	OnTrial func(Trial)
	// Live shows the progress and the best score so far while the search runs.
	Live bool
}

// defaultBatch is the number of children in the batches of Zoph and Le 2017.
const defaultBatch = 8

const defaultMaxFailures = 30

// unlimited is the number of trials if only a Limit ends the search.
const unlimited = math.MaxInt

// Result is what a search has found.
type Result struct {
	Spec   study.Spec   // what was searched
	Path   string       // file of the study; empty if it was in memory
	Status study.Status // whether everything was tried
	Trials []Trial      // by number
	Notes  []string     // what is worth knowing of how they came about

	Created  time.Time       // when the study was made
	Programs []study.Program // what has worked on it, in order
	Best     *Trial          // the highest score, the first of equals; nil if none succeeded
	Arch     *arch.Arch      // the architecture of Best

	space space.Space // puts choices in words
}

// Search makes a study and runs all its trials. If the context ends, or
// something goes wrong midway, it returns the trials finished until then
// together with the error. A trial whose estimate fails, panics or is no finite number
// is recorded as failed with the reason, and the search goes on: until MaxFailures in a
// row have failed, and if all have, the error wraps ErrNoSuccess.
//
// The seed of trial n is seed.Derive(cfg.Seed, "trial", n). An architecture is
// known by its hash, or by its genotype if the estimator goes by that: one that was
// already estimated, or fails, in an earlier trial or one of a lower number of the same
// batch is not estimated again, unless Repeat says so.
func Search(ctx context.Context, cfg Config) (*Result, error) {
	if ctx == nil {
		return nil, errNoContext
	}
	if cfg.Batch == 0 {
		cfg.Batch = defaultBatch
	}
	cfg.setDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	record, err := create(cfg)
	if err != nil {
		return nil, fmt.Errorf("nasext: %w", err)
	}
	return finish(ctx, cfg, record)
}

// Resume goes on with the study in a file, which was stopped or killed at any
// point, as if nothing had happened. The configuration has to be that of the
// study, with a fresh strategy; Trials may be more than before. The stored
// trials are not estimated again: the strategy proposes them once more, which is
// checked, and is told the stored outcomes.
func Resume(ctx context.Context, path string, cfg Config) (*Result, error) {
	if ctx == nil {
		return nil, errNoContext
	}
	if path == "" {
		return nil, errors.New("nasext: there is no path to resume from; give the file of the study")
	}
	if cfg.Path != "" && cfg.Path != path {
		return nil, fmt.Errorf("nasext: resuming %s with a configuration whose path is %s; leave Path empty", path, cfg.Path)
	}
	cfg.Path = path
	record, err := study.Open(path)
	if err != nil {
		return nil, fmt.Errorf("nasext: %w", err)
	}
	if cfg.Batch == 0 {
		cfg.Batch = record.Spec().Batch
	}
	notes, err := cfg.goOn(record)
	if err != nil {
		record.Close()
		return nil, err
	}
	r, err := finish(ctx, cfg, record)
	r.Notes = notes
	return r, err
}

// goOn says why a search can't go on with a study; if it can, it says what is worth
// knowing about that.
func (c *Config) goOn(record *study.Study) (notes []string, err error) {
	c.setDefaults()
	if err := c.validate(); err != nil {
		return nil, err
	}
	if err := record.Check(c.spec()); err != nil {
		return nil, fmt.Errorf("nasext: %w", err)
	}
	if all := record.Trials(); len(all) > 0 && all[len(all)-1].Number > c.Trials {
		return nil, fmt.Errorf("nasext: %s has trial %d already; resume it with Trials of at least that, not %d",
			c.Path, all[len(all)-1].Number, c.Trials)
	}
	differs, err := record.Continue(estimate.ProvenanceOf(c.Estimator).Engine)
	if err != nil {
		return nil, fmt.Errorf("nasext: %w", err)
	}
	if differs != nil {
		notes = []string{"resumed by another program, so that new trials may differ in their last bits from what the first one would have found: " + strings.Join(differs, "; ")}
	}
	return notes, nil
}

// setDefaults fills in what a unit of budget is, and what ends a search.
func (c *Config) setDefaults() {
	if c.Trials == 0 && c.Limit != (Limit{}) {
		c.Trials = unlimited
	}
	if c.MaxFailures == 0 {
		c.MaxFailures = defaultMaxFailures
	}
	if c.Unit == (estimate.Budget{}) {
		c.Unit.Epochs = 1
	}
}

// validate says what is wrong with the configuration, or nil.
func (c Config) validate() error {
	switch {
	case missing(c.Space):
		return errors.New("nasext: Config.Space is nil; give a search space, such as space.Global")
	case missing(c.Strategy):
		return errors.New("nasext: Config.Strategy is nil; give a strategy, such as strategy.Random")
	case used(c.Strategy):
		return fmt.Errorf("nasext: Config.Strategy has proposed architectures before; each search needs a fresh one: make %s anew", c.Strategy.Name())
	case missing(c.Estimator):
		return errors.New("nasext: Config.Estimator is nil; give an estimator from package estimate")
	case c.Trials < 1:
		return fmt.Errorf("nasext: Config.Trials is %d; it must be at least 1, or 0 with a Limit", c.Trials)
	case c.Batch < 1:
		return fmt.Errorf("nasext: Config.Batch is %d; it must be at least 1, or 0 for %d", c.Batch, defaultBatch)
	case c.Unit.Epochs < 0 || c.Unit.Samples < 0:
		return fmt.Errorf("nasext: Config.Unit is %+v; a unit of budget is a number of epochs or samples, or both", c.Unit)
	case c.MaxFailures < -1:
		return fmt.Errorf("nasext: Config.MaxFailures is %d; it must be at least 1, or 0 for %d, or -1 for no limit", c.MaxFailures, defaultMaxFailures)
	case c.Workers < 0:
		return fmt.Errorf("nasext: Config.Workers is %d; it must be at least 1, or 0 for one for each processor", c.Workers)
	}
	if err := c.Limit.check(); err != nil {
		return err
	}
	g, err := space.First(c.Space)
	if err == nil {
		err = space.Check(c.Space, g)
	}
	if err != nil {
		return fmt.Errorf("nasext: %w", err)
	}
	return nil
}

// used says whether a strategy has been through a search, or a part of one.
func used(s strategy.Strategy) bool {
	u, ok := s.(interface{ Used() bool })
	return ok && u.Used()
}

// missing says whether v is nil or a nil pointer, which is what is left of a value
// whose error was not looked at.
func missing(v any) bool {
	r := reflect.ValueOf(v)
	return !r.IsValid() || r.Kind() == reflect.Pointer && r.IsNil()
}

func (c Config) spec() study.Spec {
	return study.Spec{
		Name: c.Name, Space: c.Space.Name(), Strategy: c.Strategy.Name(), Estimator: c.Estimator.Name(),
		Data: estimate.ProvenanceOf(c.Estimator).Data,
		Seed: c.Seed, Batch: c.Batch, Unit: c.Unit, Repeat: c.Repeat,
	}
}

func (c Config) workers() int {
	if c.Workers > 0 {
		return c.Workers
	}
	return runtime.GOMAXPROCS(0)
}

func create(cfg Config) (*study.Study, error) {
	engine := estimate.ProvenanceOf(cfg.Estimator).Engine
	if cfg.Path == "" {
		return study.InMemory(cfg.spec(), engine)
	}
	return study.Create(cfg.Path, cfg.spec(), engine)
}

// finish runs a study to its end, records how it ended and closes it.
func finish(ctx context.Context, cfg Config, record *study.Study) (*Result, error) {
	// Also if a strategy or a callback panics, what is stored is left in order.
	defer record.Close()
	status, err := newRun(cfg, record).all(ctx)
	if e := record.SetStatus(status); e != nil {
		err = errors.Join(err, fmt.Errorf("nasext: %w", e))
	}
	if e := record.Close(); e != nil {
		err = errors.Join(err, fmt.Errorf("nasext: %w", e))
	}
	result, e := summarise(cfg, record)
	if err == nil {
		err = e
	}
	return result, err
}

// summarise reads the result off a study.
func summarise(cfg Config, record *study.Study) (*Result, error) {
	all := record.Record()
	r := &Result{Spec: all.Spec, Path: record.Path(), Status: all.Status, Trials: all.Trials, Created: all.Created, Programs: all.Programs, space: cfg.Space}
	best, ok := study.Best(r.Trials)
	if !ok {
		switch {
		case len(r.Trials) == 0 && r.Status != study.Exhausted:
			return r, fmt.Errorf("nasext: %w: the search has ended before its first trial", ErrNoSuccess)
		case len(r.Trials) == 0:
			return r, fmt.Errorf("nasext: %w: the strategy proposed none", ErrNoSuccess)
		}
		return r, fmt.Errorf("nasext: %w: all %d trials failed, trial %d because: %s",
			ErrNoSuccess, len(r.Trials), r.Trials[0].Number, r.Trials[0].Error)
	}
	r.Best = &best
	var err error
	if r.Arch, err = cfg.Space.Build(best.Genotype); err != nil {
		return r, fmt.Errorf("nasext: building the best architecture again (trial %d, %v): %w", best.Number, best.Genotype, err)
	}
	return r, nil
}

// finite says whether a score can be compared.
func finite(score float64) bool { return !math.IsNaN(score) && !math.IsInf(score, 0) }

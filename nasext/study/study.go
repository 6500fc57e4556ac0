// Package study is the record of a search: what was searched, by which strategy,
// and every trial. It lives in one SQLite file, in which each finished trial is
// durable at once, or in memory.
package study

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nascent-go/nascent/nasext/estimate"
	"github.com/nascent-go/nascent/nasext/space"
)

// What can be wrong with a file or a study; the errors that wrap these say more.
var (
	ErrExists   = errors.New("exists already")
	ErrNoStudy  = errors.New("is no study")
	ErrSchema   = errors.New("has another schema version")
	ErrMismatch = errors.New("belongs to another search")
	ErrLocked   = errors.New("is in use")
	ErrDamaged  = errors.New("is damaged")
)

// Spec says what a study searches and how. Two searches with an equal Spec, Name
// apart, have the same trials.
type Spec struct {
	Name      string // for people; any text
	Space     string // the names of the three components, which say their settings
	Strategy  string
	Estimator string
	Data      string // what the estimator learns from, with checksums; empty if nothing
	Seed      uint64
	Batch     int             // trials asked for at a time
	Unit      estimate.Budget // what one unit of a trial's budget is; zero if no trial has one
	Repeat    bool            // whether an architecture that comes again is estimated again
}

// Status says how far a study is.
type Status string

// The states of a study. One that is Running and that nobody works on was killed.
const (
	Running   Status = "running"
	Stopped   Status = "stopped"   // by its control, a cancelled context or an error
	Spent     Status = "spent"     // a limit of the search is reached
	Done      Status = "done"      // all trials that were wanted are there
	Exhausted Status = "exhausted" // the strategy has proposed everything it can
)

// Trial is one architecture that was tried.
type Trial struct {
	Number   int            // from 1
	Batch    int            // from 1
	Genotype space.Genotype // its choices
	Budget   int            // how much the estimator could spend, in units of the study; 0: as it is set
	Hash     string         // of the architecture; empty if it could not be built
	Seed     uint64         // what it was estimated with
	Score    float64        // higher is better; 0 if Failed
	Failed   bool
	Error    string            // why it failed
	CopyOf   int               // trial of the same architecture whose estimate this is; 0 if it was estimated itself
	Estimate estimate.Estimate // zero if Failed
	Started  time.Time
	Seconds  float64 // wall time, which differs from run to run as Started does
}

// Study is a record of trials. It is safe for concurrent use.
type Study struct {
	path    string
	spec    Spec
	created time.Time
	reading bool // made by Read

	mu       sync.Mutex
	programs []Program
	status   Status
	trials   map[int]Trial
	file     *file // nil in memory, and when it is closed
}

// InMemory makes a study that is gone when the program ends. The engine is what
// computes its estimates; empty if none does.
func InMemory(spec Spec, engine string) (*Study, error) {
	if err := spec.validate(); err != nil {
		return nil, err
	}
	program := thisProgram(engine)
	return &Study{
		spec: spec, programs: []Program{program}, created: program.Since,
		status: Running, trials: map[int]Trial{},
	}, nil
}

func (s Spec) validate() error {
	for _, part := range []struct{ what, name string }{
		{"space", s.Space}, {"strategy", s.Strategy}, {"estimator", s.Estimator},
	} {
		if part.name == "" {
			return fmt.Errorf("study: the %s has no name; a study needs it to tell searches apart", part.what)
		}
	}
	if s.Batch < 1 {
		return fmt.Errorf("study: batch is %d; it must be at least 1", s.Batch)
	}
	return nil
}

// Path is the study's file; empty in memory.
func (s *Study) Path() string { return s.path }

// Spec is what the study searches.
func (s *Study) Spec() Spec { return s.spec }

// Programs are the programs that have worked on the study, in order: the one that
// made it, and those that went on with it and were another than the one before.
func (s *Study) Programs() []Program {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.programs)
}

// Continue records that this program goes on with the study, with an engine as in
// InMemory, and says what differs from the program before. Equal settings give equal
// trials, to the last bit, only if nothing does.
func (s *Study) Continue(engine string) (differs []string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := thisProgram(engine)
	if differs = s.programs[len(s.programs)-1].differs(now); differs == nil {
		return nil, nil
	}
	if err := s.writable(); err != nil {
		return nil, err
	}
	if s.file != nil {
		if err := s.file.insertProgram(len(s.programs)+1, now); err != nil {
			return nil, fmt.Errorf("study: storing the program in %s: %w", s.path, err)
		}
	}
	s.programs = append(s.programs, now)
	return differs, nil
}

// writable says why nothing can be added to the study, or nil.
func (s *Study) writable() error {
	switch {
	case s.reading:
		return fmt.Errorf("study: %s was opened by Read; use Open to add to it", s.path)
	case s.path != "" && s.file == nil:
		return fmt.Errorf("study: %s is closed; open it to add to it", s.path)
	}
	return nil
}

// Created is when the study was made.
func (s *Study) Created() time.Time { return s.created }

// Status is how far the study is.
func (s *Study) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status
}

// SetStatus records how far the study is.
func (s *Study) SetStatus(status Status) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.writable(); err != nil {
		return err
	}
	if s.file != nil {
		if err := s.file.setStatus(status); err != nil {
			return fmt.Errorf("study: storing the status in %s: %w", s.path, err)
		}
	}
	s.status = status
	return nil
}

// Append adds a finished trial. When it returns nil the trial is safe on disk.
// Trials may finish in any order; a number can be added once.
func (s *Study) Append(t Trial) error {
	if t.Number < 1 || t.Batch < 1 {
		return fmt.Errorf("study: trial %d of batch %d: both are counted from 1", t.Number, t.Batch)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.writable(); err != nil {
		return err
	}
	if _, ok := s.trials[t.Number]; ok {
		return fmt.Errorf("study: trial %d %w", t.Number, ErrExists)
	}
	t.Genotype = slices.Clone(t.Genotype)
	if s.file != nil {
		if err := s.file.insert(t); err != nil {
			return fmt.Errorf("study: storing trial %d in %s: %w", t.Number, s.path, err)
		}
	}
	s.trials[t.Number] = t
	return nil
}

// Trials are all finished trials, by number. Numbers can be missing where a
// search was killed, or is still at work.
func (s *Study) Trials() []Trial {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Trial, 0, len(s.trials))
	for _, t := range s.trials {
		t.Genotype = slices.Clone(t.Genotype)
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b Trial) int { return cmp.Compare(a.Number, b.Number) })
	return all
}

// Best is what the function Best finds in the trials of the study.
func (s *Study) Best() (Trial, bool) { return Best(s.Trials()) }

// String says what was searched and how far it is.
func (s *Study) String() string {
	spec, trials := s.Spec(), s.Trials()
	text := fmt.Sprintf("%s: %d trials, %s", cmp.Or(spec.Name, s.Path(), "study in memory"), len(trials), s.Status())
	if best, ok := Best(trials); ok {
		text += fmt.Sprintf(", best %.6g in trial %d", best.Score, best.Number)
	}
	return text + fmt.Sprintf("\nspace      %s\nstrategy   %s\nestimator  %s", spec.Space, spec.Strategy, spec.Estimator)
}

// Best is the trial with the highest score among those of the largest budget, the
// first of equals: what a short training promises is not held against a long one. It
// is false if none has succeeded.
func Best(trials []Trial) (Trial, bool) {
	best := -1
	for i, t := range trials {
		if !t.Failed && (best < 0 || t.beats(trials[best])) {
			best = i
		}
	}
	if best < 0 {
		return Trial{}, false
	}
	return trials[best], true
}

// Course is the score of the best trial, as Best has it, after each of the trials, which
// come by number; NaN until one has succeeded.
func Course(trials []Trial) []float64 {
	course := make([]float64, len(trials))
	best, score := -1, math.NaN()
	for i, t := range trials {
		if !t.Failed && (best < 0 || t.beats(trials[best])) {
			best, score = i, t.Score
		}
		course[i] = score
	}
	return course
}

// beats: the trial had the larger budget, or the same and the higher score.
func (t Trial) beats(other Trial) bool {
	more := cmp.Compare(t.spent(), other.spent())
	return more > 0 || more == 0 && t.Score > other.Score
}

// spent orders budgets: none of its own is the whole one.
func (t Trial) spent() uint { return uint(t.Budget) - 1 }

// Check says what differs between the study and a search that wants to go on
// with it, in an error that wraps ErrMismatch. Names may differ.
func (s *Study) Check(want Spec) error {
	var diffs []string
	differ := func(what string, have, want any) {
		if have == want {
			return
		}
		for _, side := range []*any{&have, &want} {
			if *side == "" {
				*side = "empty"
			}
		}
		diffs = append(diffs, fmt.Sprintf("its %s is %v, not %v", what, have, want))
	}
	differ("space", s.spec.Space, want.Space)
	differ("strategy", s.spec.Strategy, want.Strategy)
	differ("estimator", s.spec.Estimator, want.Estimator)
	differ("data", s.spec.Data, want.Data)
	differ("seed", s.spec.Seed, want.Seed)
	differ("batch", s.spec.Batch, want.Batch)
	differ("unit of budget", s.spec.Unit, want.Unit)
	differ("repeat", s.spec.Repeat, want.Repeat)
	if diffs == nil {
		return nil
	}
	where := s.path
	if where == "" {
		where = "in memory"
	}
	return fmt.Errorf("study: %s %w: %s", where, ErrMismatch, strings.Join(diffs, "; "))
}

// Close releases the file. The study can still be read.
func (s *Study) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	file := s.file
	s.file = nil
	if err := file.close(); err != nil {
		return fmt.Errorf("study: closing %s: %w", s.path, err)
	}
	return nil
}

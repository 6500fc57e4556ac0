package nasext

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/estimate"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/strategy"
	"github.com/nascent-go/nascent/nasext/study"
)

// run is a search under way.
type run struct {
	cfg    Config
	record *study.Study
	stored map[int]Trial    // finished before this run, by number
	first  map[string]Trial // the trial that estimated an architecture, by key
	live   *live            // nil if nothing is shown

	failures failures         // in a row, up to the last trial that was reported
	spent    spent            // by the batches that are finished
	deadline <-chan time.Time // of Limit.Time; nil if there is none
	late     bool             // the deadline has passed
}

func newRun(cfg Config, record *study.Study) *run {
	r := &run{cfg: cfg, record: record, stored: map[int]Trial{}, first: map[string]Trial{}}
	for _, t := range record.Trials() {
		r.stored[t.Number] = t
	}
	if cfg.Live {
		r.live = newLive(cfg, record)
	}
	return r
}

// errHalt ends a batch when Control or Limit.Time wants no more of it.
var errHalt = errors.New("no more is wanted")

// all runs batch after batch and says how the study ended.
func (r *run) all(ctx context.Context) (study.Status, error) {
	defer r.live.end()
	if limit := r.cfg.Limit.Time; limit > 0 {
		timer := time.NewTimer(limit)
		defer timer.Stop()
		r.deadline = timer.C
	}
	for batch, done := 1, 0; done < r.cfg.Trials; batch++ {
		if err := ctx.Err(); err != nil {
			return study.Stopped, err
		}
		if r.cfg.Control.Stopped() {
			return study.Stopped, nil
		}
		asked, err := r.cfg.Strategy.Ask(min(r.cfg.Batch, r.cfg.Trials-done))
		exhausted := errors.Is(err, strategy.ErrExhausted)
		if err != nil && !exhausted {
			return study.Stopped, fmt.Errorf("nasext: asking for batch %d: %w", batch, err)
		}
		if len(asked) > 0 {
			observed, err := r.batch(ctx, batch, done, asked)
			switch {
			case err == errHalt && r.late:
				return study.Spent, nil
			case err == errHalt:
				return study.Stopped, nil
			case err != nil:
				return study.Stopped, err
			}
			if err := r.cfg.Strategy.Tell(observed); err != nil {
				return study.Stopped, fmt.Errorf("nasext: telling how batch %d did: %w", batch, err)
			}
		}
		done += len(asked)
		switch {
		case exhausted:
			return study.Exhausted, nil
		case len(asked) == 0:
			return study.Stopped, fmt.Errorf("nasext: strategy %s proposed nothing for batch %d, and not that it is exhausted", r.cfg.Strategy.Name(), batch)
		case r.spent.reached(r.cfg.Limit):
			return study.Spent, nil
		}
	}
	return study.Done, nil
}

// observation is what the strategy is told of a trial.
func observation(t Trial) strategy.Observation {
	return strategy.Observation{
		Proposal: strategy.Proposal{Genotype: t.Genotype, Budget: t.Budget},
		Score:    t.Score, Failed: t.Failed,
		Params: t.Estimate.Params, MACs: t.Estimate.MACs, Latency: t.Estimate.Latency,
	}
}

// job is a trial of the batch at work.
type job struct {
	trial    Trial
	arch     *arch.Arch
	copyFrom int // index in the batch of the job to copy; -1 if none
	finished bool
}

// batch makes the trials that are proposed, as far as they are not stored, and
// returns how all of them did. before is the number of trials in earlier batches.
func (r *run) batch(ctx context.Context, batch, before int, asked []strategy.Proposal) ([]strategy.Observation, error) {
	jobs := make([]job, len(asked))
	fresh := map[string]int{} // index of the first job of an architecture, by key
	for i, p := range asked {
		if _, ok := r.cfg.Estimator.(estimate.Budgeted); p.Budget != 0 && !ok {
			return nil, fmt.Errorf("nasext: strategy %s gives each trial a budget, but estimator %s always spends the same; "+
				"use one that has the method At, such as estimate.Train", r.cfg.Strategy.Name(), r.cfg.Estimator.Name())
		}
		number := before + 1 + i
		if t, ok := r.stored[number]; ok {
			if stored := (strategy.Proposal{Genotype: t.Genotype, Budget: t.Budget}); !slices.Equal(t.Genotype, p.Genotype) || t.Budget != p.Budget {
				return nil, fmt.Errorf("nasext: resuming %s: trial %d is stored as %v, but the strategy proposes %v; "+
					"it has to be fresh and have the settings and the seed of the study", r.record.Path(), number, stored, p)
			}
			jobs[i] = job{trial: t, finished: true, copyFrom: -1}
			r.remember(t)
			continue
		}
		jobs[i] = r.prepare(number, batch, p, fresh, i)
	}
	if err := r.work(ctx, jobs); err != nil {
		return nil, err
	}
	observed := make([]strategy.Observation, len(jobs))
	for i, j := range jobs {
		observed[i] = observation(j.trial)
		r.spent.add(j.trial)
	}
	return observed, nil
}

// prepare builds an architecture and decides whether it has to be estimated: a
// job without arch is ready, or waits for the job it copies.
func (r *run) prepare(number, batch int, p strategy.Proposal, fresh map[string]int, index int) job {
	j := job{copyFrom: -1, trial: Trial{
		Number: number, Batch: batch, Genotype: slices.Clone(p.Genotype), Budget: p.Budget,
		Seed: seed.Derive(r.cfg.Seed, "trial", strconv.Itoa(number)), Started: time.Now(),
	}}
	a, err := r.cfg.Space.Build(slices.Clone(p.Genotype))
	if err == nil {
		err = a.Check()
	}
	if err != nil {
		j.trial.Failed, j.trial.Error = true, err.Error()
		return j
	}
	j.trial.Hash = a.Hash()
	if !r.cfg.Repeat {
		key := r.key(j.trial)
		if t, ok := r.first[key]; ok {
			j.copy(t)
			return j
		}
		if other, ok := fresh[key]; ok {
			j.copyFrom = other
			return j
		}
		fresh[key] = index
	}
	j.arch = a
	return j
}

// copy takes over the outcome of a trial of the same architecture.
func (j *job) copy(t Trial) {
	j.trial.CopyOf, j.trial.Seed = t.Number, t.Seed
	j.trial.Score, j.trial.Failed, j.trial.Error, j.trial.Estimate = t.Score, t.Failed, t.Error, t.Estimate
}

// remember keeps a trial that estimated its architecture for others to copy.
func (r *run) remember(t Trial) {
	if t.Hash == "" || t.CopyOf != 0 {
		return
	}
	if key := r.key(t); r.first[key].Number == 0 {
		r.first[key] = t
	}
}

// key tells what is estimated apart: architectures, or genotypes if the estimator goes
// by them, each with what may be spent on it. A table may have several rows for one
// network, each measured by itself.
func (r *run) key(t Trial) string {
	what := t.Hash
	if _, ok := r.cfg.Estimator.(estimate.ByGenotype); ok {
		what = fmt.Sprint(t.Genotype)
	}
	return fmt.Sprintf("%s with %d", what, t.Budget)
}

// outcome is how an estimate has ended.
type outcome struct {
	index   int
	trial   Trial
	skipped bool  // the context ended first
	err     error // not of the trial, but of the search
}

// work estimates what has to be estimated, stores each trial as soon as it is
// finished, and reports new ones by number.
func (r *run) work(ctx context.Context, jobs []job) error {
	ctx, cancel := context.WithCancel(ctx)
	b := &atWork{run: r, jobs: jobs, cancel: cancel}
	defer func() { // also if a callback panics, nothing is left at work
		cancel()
		b.workers.Wait()
	}()
	for i := range jobs {
		if jobs[i].arch != nil {
			b.todo = append(b.todo, i)
		}
	}
	b.outcomes = make(chan outcome, len(b.todo))
	b.settle()
	for b.done < len(b.todo) && b.failure == nil {
		b.wait(ctx)
	}
	if b.failure == nil && b.reported < len(jobs) {
		b.failure = ctx.Err() // an end of the context that comes later doesn't matter for this batch
	}
	return b.failure
}

// atWork is a batch whose jobs are at work.
type atWork struct {
	*run
	jobs     []job
	todo     []int // the jobs that have to be estimated
	started  int   // of todo
	done     int   // of those, how many have ended
	reported int   // of jobs
	failure  error // what ends the search
	cancel   context.CancelFunc
	workers  sync.WaitGroup
	outcomes chan outcome
}

// wait gives workers something to do and waits for what comes next: an outcome, a change of
// the control, or the end of the time or, if nobody is at work, of the context.
func (b *atWork) wait(ctx context.Context) {
	paused, stopped, changed := b.cfg.Control.state()
	b.live.paused(paused)
	halted := stopped || b.late
	if !paused && !halted {
		b.start(ctx)
	}
	var ended <-chan struct{}
	if b.done == b.started {
		if halted {
			b.failure = errHalt
			return
		}
		ended = ctx.Done()
	}
	select {
	case o := <-b.outcomes:
		b.done++
		if o.err != nil {
			b.stop(o.err)
			break
		}
		if !paused && !halted {
			b.start(ctx) // before the disk is waited for
		}
		if !o.skipped {
			b.jobs[o.index].trial, b.jobs[o.index].arch = o.trial, nil
			b.settle()
		}
	case <-changed:
	case <-b.deadline:
		b.late = true
	case <-ended:
		b.failure = ctx.Err()
	}
}

// start gives every idle worker something to do.
func (b *atWork) start(ctx context.Context) {
	for ; b.started < len(b.todo) && b.started-b.done < b.cfg.workers(); b.started++ {
		i := b.todo[b.started]
		t, a := b.jobs[i].trial, b.jobs[i].arch
		b.workers.Go(func() { b.estimate(ctx, i, t, a, b.outcomes) })
	}
}

// stop ends the search with an error, the first one.
func (b *atWork) stop(err error) {
	if b.failure == nil {
		b.failure = err
	}
	b.cancel()
}

// settle stores the trials that are ready and reports them in order.
func (b *atWork) settle() {
	for i := range b.jobs {
		j := &b.jobs[i]
		if b.failure != nil || j.finished || j.arch != nil {
			continue
		}
		if j.copyFrom >= 0 {
			if !b.jobs[j.copyFrom].finished {
				continue
			}
			j.copy(b.jobs[j.copyFrom].trial)
		}
		if err := b.record.Append(j.trial); err != nil {
			b.stop(fmt.Errorf("nasext: %w", err))
			continue
		}
		j.finished = true
		b.remember(j.trial)
	}
	for ; b.failure == nil && b.reported < len(b.jobs) && b.jobs[b.reported].finished; b.reported++ {
		t := b.jobs[b.reported].trial
		if _, old := b.stored[t.Number]; !old {
			b.report(t)
		}
		if err := b.failures.count(t, b.cfg.MaxFailures); err != nil {
			b.stop(err)
		}
	}
}

// estimate makes one trial and sends how it ended, whatever the estimator does.
func (r *run) estimate(ctx context.Context, index int, t Trial, a *arch.Arch, outcomes chan<- outcome) {
	o := outcome{index: index, trial: t}
	if ctx.Err() != nil {
		o.skipped = true
		outcomes <- o
		return
	}
	o.err = fmt.Errorf("nasext: trial %d %v: estimator %s has ended its goroutine; it has to return", t.Number, t.Genotype, r.cfg.Estimator.Name())
	o.trial.Started = time.Now()
	defer func() {
		o.trial.Seconds = time.Since(o.trial.Started).Seconds()
		if ctx.Err() != nil && (o.err != nil || o.trial.Failed) {
			o.skipped, o.err = true, nil // stopped, not failed
		}
		outcomes <- o
	}()
	var e estimate.Estimate
	err := guard(func() (err error) {
		e, err = r.score(ctx, t, a)
		return err
	})
	switch {
	case err != nil:
		o.trial.Failed, o.trial.Error = true, err.Error()
	case !finite(e.Score):
		o.trial.Failed, o.trial.Error = true, fmt.Sprintf("the estimator's score is %g; a score is a finite number", e.Score)
	default:
		o.trial.Score, o.trial.Estimate = e.Score, e
	}
	o.err = nil
}

func (r *run) score(ctx context.Context, t Trial, a *arch.Arch) (estimate.Estimate, error) {
	e := r.cfg.Estimator
	if t.Budget != 0 {
		e = e.(estimate.Budgeted).At(r.cfg.Unit.Times(t.Budget))
	}
	if e, ok := e.(estimate.ByGenotype); ok {
		return e.EstimateGenotype(ctx, t.Genotype, a, t.Seed)
	}
	return e.Estimate(ctx, a, t.Seed)
}

// report tells whoever listens of a new trial.
func (r *run) report(t Trial) {
	if r.cfg.OnTrial != nil {
		r.cfg.OnTrial(t)
	}
	r.live.trial(t)
}

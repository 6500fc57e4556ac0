package limit

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/session"
)

// How often the memory is measured.
const (
	runningTick = 50 * time.Millisecond  // while a cell runs
	idleTick    = 500 * time.Millisecond // otherwise: of goroutines that cells have left behind
)

// Guard is an environment whose cells are stopped when the memory goes over the
// limit. What the session holds is kept. It watches until ctx is done. stopLeft stops
// what cells have left running after they have ended.
func Guard(ctx context.Context, env session.Environment, m *Memory, stopLeft func(why error)) session.Environment {
	g := &guard{Environment: env, memory: m, stopLeft: stopLeft, cells: map[*run]bool{}, tick: time.NewTimer(idleTick), due: time.Now().Add(idleTick), pressed: scarce}
	go g.watch(ctx)
	return g
}

type guard struct {
	session.Environment
	memory   *Memory
	stopLeft func(why error)
	pressed  func(used Bytes) bool // the machine itself has hardly any memory left

	mu    sync.Mutex
	tick  *time.Timer   // measures next
	due   time.Time     // when
	cells map[*run]bool // that run
	base  Bytes         // in use when the last cell had ended, or what was left running was stopped
}

// run is a cell that runs.
type run struct {
	stop context.CancelCauseFunc
	base Bytes // in use when it began
}

// Run implements session.Environment.
func (g *guard) Run(ctx context.Context, in cell.Input) (out cell.Outcome, err error) {
	err = g.run(ctx, func(ctx context.Context) error {
		out, err = g.Environment.Run(ctx, in)
		return err
	})
	return out, err
}

// Call implements session.Environment.
func (g *guard) Call(ctx context.Context, in cell.Input, f func()) error {
	return g.run(ctx, func(ctx context.Context) error { return g.Environment.Call(ctx, in, f) })
}

// run calls what runs a cell, under watch.
func (g *guard) run(ctx context.Context, call func(context.Context) error) error {
	inner, stop := context.WithCancelCause(ctx)
	r := &run{stop: stop, base: g.memory.Used()}
	g.mu.Lock()
	g.cells[r] = true
	if time.Until(g.due) > runningTick {
		g.lookIn(runningTick)
	}
	g.mu.Unlock()
	err := call(inner)
	g.mu.Lock()
	delete(g.cells, r)
	g.mu.Unlock()
	used := g.memory.Used()
	var over *Exceeded
	stopped := err != nil && errors.As(context.Cause(inner), &over)
	if limit := g.memory.Limit(); stopped || limit != None && used > limit {
		used = g.memory.Free() // it may have freed what was too much
	}
	g.mu.Lock()
	g.base = used
	g.mu.Unlock()
	if !stopped {
		return err
	}
	told := *over
	told.Kept = used
	return &told
}

// watch stops cells when the memory goes over the limit.
func (g *guard) watch(ctx context.Context) {
	defer g.tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-g.tick.C:
		}
		g.look()
		g.mu.Lock()
		if len(g.cells) > 0 {
			g.lookIn(runningTick)
		} else {
			g.lookIn(idleTick)
		}
		g.mu.Unlock()
	}
}

// lookIn sets when the memory is measured next. A cell that has ended by then wakes
// nothing. g.mu is held.
func (g *guard) lookIn(d time.Duration) {
	g.due = time.Now().Add(d)
	g.tick.Reset(d)
}

// look measures, and stops cells that have made what is too much, or what cells have
// left running. What seems too much may be garbage, unless it comes fast.
func (g *guard) look() {
	limit, used := g.memory.Limit(), g.memory.Used()
	over := limit != None && used > limit
	scarce := !over && g.pressed(used)
	if !over && !scarce || len(g.guilty(used)) == 0 && !g.left(used) {
		return
	}
	if scarce || used < limit+limit/20 {
		used = g.memory.Free()
		if over && used <= limit || scarce && !g.pressed(used) {
			return
		}
	}
	why := &Exceeded{Limit: limit, Used: used, Machine: scarce}
	guilty := g.guilty(used)
	for _, r := range guilty {
		r.stop(why)
	}
	if len(guilty) == 0 && g.left(used) {
		g.stopLeft(errors.New(why.why()))
		used = g.memory.Free()
		g.mu.Lock()
		g.base = used
		g.mu.Unlock()
	}
}

// left says whether what cells have left running has made much of what is in use.
func (g *guard) left(used Bytes) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return used > g.base+g.base/32
}

// guilty are the cells that run and have made much of what is in use: one that
// begins with the memory full must be able to free some.
func (g *guard) guilty(used Bytes) []*run {
	g.mu.Lock()
	defer g.mu.Unlock()
	var list []*run
	for r := range g.cells {
		if used > r.base+r.base/32 {
			list = append(list, r)
		}
	}
	return list
}

// Exceeded is the failure of a cell that was stopped because memory was short.
type Exceeded struct {
	Limit   Bytes
	Used    Bytes // when that was found
	Kept    Bytes // after the cell had stopped
	Machine bool  // the machine has none left, whatever the limit
}

// Name implements cell.Failure.
func (e *Exceeded) Name() string { return "out of memory" }

func (e *Exceeded) why() string {
	if e.Machine {
		return fmt.Sprintf("the machine has hardly any memory left, and the session used %v", e.Used)
	}
	return fmt.Sprintf("the session went over its limit of %v", e.Limit)
}

func (e *Exceeded) Error() string {
	text := fmt.Sprintf("%s while this cell ran, so the cell was stopped; the session is kept and uses %v now", e.why(), e.Kept)
	if e.Limit != None && e.Kept > e.Limit/10*9 {
		text += ": set what holds it to nil or remove it with %reset NAME, or raise the limit with %memory"
	}
	return text
}

// Traceback implements cell.Failure.
func (e *Exceeded) Traceback(color bool) []string {
	name := e.Name()
	if color {
		name = "\x1b[1m" + name + "\x1b[0m"
	}
	return []string{name + ": " + e.Error()}
}

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
// limit. What the session holds is kept. It watches until ctx is done.
func Guard(ctx context.Context, env session.Environment, m *Memory) session.Environment {
	g := &guard{Environment: env, memory: m, cells: map[*run]bool{}, begun: make(chan struct{}, 1), pressed: scarce}
	go g.watch(ctx)
	return g
}

type guard struct {
	session.Environment
	memory  *Memory
	begun   chan struct{}         // a cell has begun
	pressed func(used Bytes) bool // the machine itself has hardly any memory left

	mu    sync.Mutex
	cells map[*run]bool // that run
}

// run is a cell that runs.
type run struct {
	stop context.CancelCauseFunc
	base Bytes // in use when it began
}

// Run implements session.Environment.
func (g *guard) Run(ctx context.Context, in cell.Input) (cell.Outcome, error) {
	inner, stop := context.WithCancelCause(ctx)
	r := &run{stop: stop, base: g.memory.Used()}
	g.mu.Lock()
	g.cells[r] = true
	g.mu.Unlock()
	select {
	case g.begun <- struct{}{}:
	default: // the watch has not seen the one before yet
	}
	out, err := g.Environment.Run(inner, in)
	g.mu.Lock()
	delete(g.cells, r)
	g.mu.Unlock()
	var over *Exceeded
	if err == nil || !errors.As(context.Cause(inner), &over) {
		return out, err
	}
	told := *over
	told.Kept = g.memory.Free()
	return cell.Outcome{Warnings: out.Warnings}, &told
}

// watch stops cells when the memory goes over the limit.
func (g *guard) watch(ctx context.Context) {
	tick := time.NewTimer(idleTick)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-g.begun:
		case <-tick.C:
			g.look()
		}
		if g.running() {
			tick.Reset(runningTick)
		} else {
			tick.Reset(idleTick)
		}
	}
}

func (g *guard) running() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.cells) > 0
}

// look measures, and stops cells that have made what is too much. What seems too
// much may be garbage, unless it comes fast.
func (g *guard) look() {
	limit, used := g.memory.Limit(), g.memory.Used()
	over := limit != None && used > limit
	scarce := !over && g.pressed(used)
	if !over && !scarce || len(g.guilty(used)) == 0 {
		return
	}
	if scarce || used < limit+limit/20 {
		used = g.memory.Free()
		if over && used <= limit || scarce && !g.pressed(used) {
			return
		}
	}
	for _, r := range g.guilty(used) {
		r.stop(&Exceeded{Limit: limit, Used: used, Machine: scarce})
	}
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

func (e *Exceeded) Error() string {
	why := fmt.Sprintf("this cell went over the limit of %v and was stopped", e.Limit)
	if e.Machine {
		why = fmt.Sprintf("the machine has hardly any left, so this cell was stopped at %v", e.Used)
	}
	return fmt.Sprintf("%s; the session is kept and uses %v now", why, e.Kept)
}

// Traceback implements cell.Failure.
func (e *Exceeded) Traceback(color bool) []string {
	name := e.Name()
	if color {
		name = "\x1b[1m" + name + "\x1b[0m"
	}
	return []string{name + ": " + e.Error()}
}

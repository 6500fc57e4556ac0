// Package pace keeps those who show something from doing so more often than anybody
// can see.
package pace

import (
	"sync"
	"sync/atomic"
	"time"
)

// share is how many times as long as a call the pause after it is at least, so that
// showing something slow takes little of a program's time.
const share = 9

// Pacer calls a function when it is asked to, but at most once in a pause, and once
// more after the last time that it was asked. It is safe for concurrent use.
type Pacer struct {
	do    func()
	atEnd func(func()) bool
	asked atomic.Bool // the function will be called

	mu    sync.Mutex // held while the function is called
	pause time.Duration
	next  time.Time // when it may be called again
	timer *time.Timer
	told  bool // atEnd has been given something that it has not called
	done  bool
}

// New makes a pacer of a function. What atEnd is given is called when there may be
// nobody left to see anything later, as at the end of a cell; it may be nil.
func New(pause time.Duration, atEnd func(func()) bool, do func()) *Pacer {
	return &Pacer{do: do, pause: pause, atEnd: atEnd}
}

// Ask calls the function: at once if there was a pause, otherwise at its end or when
// atEnd says so. What it reads may have changed further until then. While it waits
// another Ask takes nanoseconds.
func (p *Pacer) Ask() {
	if p.asked.Load() || !p.asked.CompareAndSwap(false, true) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done {
		return
	}
	wait := time.Until(p.next)
	if wait <= 0 {
		p.call()
		return
	}
	p.timer = time.AfterFunc(wait, p.Flush)
	if p.atEnd != nil && !p.told {
		p.told = p.atEnd(p.end)
	}
}

// end is what atEnd is given.
func (p *Pacer) end() {
	p.mu.Lock()
	p.told = false
	p.mu.Unlock()
	p.Flush()
}

// Flush calls the function now if it has been asked for.
func (p *Pacer) Flush() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.asked.Load() && !p.done {
		p.call()
	}
}

// Done calls the function a last time, unless it was done before.
func (p *Pacer) Done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.done {
		p.call()
		p.done = true
	}
}

// Stop ends it without a last call.
func (p *Pacer) Stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done = true
	p.halt()
}

// call calls the function; p.mu is held.
func (p *Pacer) call() {
	p.halt()
	p.asked.Store(false) // before the function reads: who changes something later asks again
	begin := time.Now()
	p.do()
	end := time.Now()
	p.next = end.Add(max(p.pause, share*end.Sub(begin)))
}

func (p *Pacer) halt() {
	if p.timer != nil {
		p.timer.Stop()
		p.timer = nil
	}
}

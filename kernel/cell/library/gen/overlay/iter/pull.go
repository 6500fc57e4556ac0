// Package iter replaces what package iter of the standard library does with
// coroutines of the run time, by goroutines. It is part of no program: gen puts
// it into the source of iter that is interpreted.
package iter

import "runtime"

// Seq is declared by the standard library; gen leaves this declaration out.
type Seq[V any] func(yield func(V) bool)

// Seq2 is declared by the standard library; gen leaves this declaration out.
type Seq2[K, V any] func(yield func(K, V) bool)

// Pull runs seq in a goroutine of its own, which starts with the first call of
// next and waits between calls.
func Pull[V any](seq Seq[V]) (next func() (V, bool), stop func()) {
	var (
		v  V
		ok bool
	)
	p := &puller{resume: make(chan bool), ready: make(chan bool)}
	run := func() {
		seq(func(v1 V) bool {
			p.yielding()
			v, ok = v1, true
			return p.pause()
		})
		var zero V
		v, ok = zero, false
	}
	next = func() (V, bool) {
		if !p.next(run) {
			var zero V
			return zero, false
		}
		return v, ok
	}
	return next, p.stop
}

// Pull2 is Pull for pairs.
func Pull2[K, V any](seq Seq2[K, V]) (next func() (K, V, bool), stop func()) {
	var (
		k  K
		v  V
		ok bool
	)
	p := &puller{resume: make(chan bool), ready: make(chan bool)}
	run := func() {
		seq(func(k1 K, v1 V) bool {
			p.yielding()
			k, v, ok = k1, v1, true
			return p.pause()
		})
		var zeroK K
		var zeroV V
		k, v, ok = zeroK, zeroV, false
	}
	next = func() (K, V, bool) {
		if !p.next(run) {
			var zeroK K
			var zeroV V
			return zeroK, zeroV, false
		}
		return k, v, ok
	}
	return next, p.stop
}

// puller hands control to and fro between the caller of next and the goroutine
// that runs the sequence: only one of the two runs at any time.
type puller struct {
	resume   chan bool // to the sequence: go on
	ready    chan bool // to the caller: a value is there, or the sequence has ended
	started  bool
	done     bool
	waiting  bool // next waits for a value
	returned bool // the sequence ended by itself, not by a panic or Goexit
	failure  any  // what it panicked with
}

// next lets the sequence run up to its next value. It returns false if there is nothing to run.
func (p *puller) next(run func()) bool {
	if p.done {
		return false
	}
	if p.waiting {
		panic("iter.Pull: next called again before yield")
	}
	p.waiting = true
	if p.started {
		p.resume <- true
	} else {
		p.started = true
		go p.run(run)
	}
	p.await()
	return true
}

func (p *puller) stop() {
	if p.done {
		return
	}
	p.done = true
	if p.started {
		p.resume <- true
		p.await()
	}
}

// await waits until the sequence pauses or ends, and takes over its panic or Goexit.
func (p *puller) await() {
	if <-p.ready {
		return
	}
	if p.failure != nil {
		panic(p.failure)
	}
	if !p.returned {
		runtime.Goexit()
	}
}

func (p *puller) run(run func()) {
	defer func() {
		if !p.returned {
			p.failure = recover()
		}
		p.done = true
		p.waiting = false
		p.ready <- false
	}()
	run()
	p.returned = true
}

// yielding is called by the sequence before it hands over a value.
func (p *puller) yielding() {
	if p.done {
		return
	}
	if !p.waiting {
		panic("iter.Pull: yield called again before next")
	}
	p.waiting = false
}

// pause hands control to the caller of next and says whether to go on.
func (p *puller) pause() bool {
	if p.done {
		return false
	}
	p.ready <- true
	<-p.resume
	return !p.done
}

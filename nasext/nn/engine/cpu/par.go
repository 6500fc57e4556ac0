package cpu

import (
	"runtime"
	"sync/atomic"
)

// region is a loop whose turns are taken by whichever thread is free. A turn writes
// only what no other turn writes and sums in an order of its own, so who takes it
// changes nothing.
type region struct {
	n    int32
	turn func(i int)
	next atomic.Int32
	done atomic.Int32
	end  chan struct{}
}

func (r *region) work() {
	for {
		i := r.next.Add(1) - 1
		if i >= r.n {
			return
		}
		r.turn(int(i))
		if r.done.Add(1) == r.n {
			close(r.end)
		}
	}
}

// spins is how often a thread that ran out of turns looks again before it sleeps:
// the others are busy with their last turns, some 20 µs.
const spins = 100

// parallel takes the turns 0 to n-1 on up to the given number of threads. It doesn't
// wait for a helper that has not begun: the caller then does everything itself.
func parallel(threads, n int, turn func(i int)) {
	if threads < 2 || n < 2 {
		for i := range n {
			turn(i)
		}
		return
	}
	r := &region{n: int32(n), turn: turn, end: make(chan struct{})}
	for range min(threads, n) - 1 {
		go r.work()
	}
	r.work()
	for range spins {
		if r.done.Load() == r.n {
			return
		}
		runtime.Gosched()
	}
	<-r.end
}

// cut is the i-th of parts ranges that cover [0, n).
func cut(n, parts, i int) (from, to int) {
	return i * n / parts, (i + 1) * n / parts
}

// pieces is into how many turns work of the given cost is cut, at most most. Costs
// are in operations on single numbers; a turn of vectorWork of them takes 20 to 60 µs,
// so that waking a thread pays.
func pieces(cost, most int) int {
	return max(1, min(cost/vectorWork, most))
}

const vectorWork = 1 << 18

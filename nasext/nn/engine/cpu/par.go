package cpu

import (
	"runtime"
	"sync/atomic"
	"time"
)

// team is a caller and helpers that share the turns of one loop after the other. A turn
// writes only what no other turn writes and sums in an order of its own, so who takes it
// changes nothing.
//
// Loops of small networks last some 10 µs, less than it takes to wake a thread. So a
// helper that runs out of turns looks for the next loop for a while before it ends; and
// the caller never waits for a helper that has not begun.
//
// Where other programs want the processors too, a helper may lose its own in the middle of
// a turn, and the caller waits. If that takes longer than turns do, it does the next loops
// alone, the more of them the more often it happens.
type team struct {
	turn    func(i int)
	state   atomic.Uint64 // of the present loop: its number, how many turns it has, how many are taken
	done    atomic.Int32  // turns
	helpers atomic.Int32  // that look for turns

	alone   int // how many loops the caller is to do alone
	penalty int // and how many after the next time that it is held up
}

// A state has turnBits for each number of turns; the number of the loop is above them, so
// that no helper takes a turn by the state of a loop that is over.
const (
	turnBits  = 20
	mostTurns = 1<<turnBits - 1
)

// looks is how often a helper looks in vain before it ends, which takes some 200 µs: longer
// than what lies between two loops of a step, shorter than anyone would mind.
const looks = 1000

// share takes the turns 0 to n-1, at most mostTurns, on up to the given number of threads.
func (t *team) share(threads, n int, turn func(i int)) {
	t.turn = turn
	t.done.Store(0)
	t.state.Store((t.state.Load()>>(2*turnBits)+1)<<(2*turnBits) | uint64(n)<<turnBits)
	for t.helpers.Load() < int32(min(threads, n)-1) {
		t.helpers.Add(1)
		go t.help()
	}
	begun, own := time.Now(), 0
	for t.take() {
		own++
	}
	if t.done.Load() == int32(n) {
		return
	}
	ended := time.Now()
	for t.done.Load() < int32(n) {
		runtime.Gosched()
	}
	if time.Since(ended) > slack+2*ended.Sub(begun)/time.Duration(max(own, 1)) {
		t.penalty = min(2*t.penalty+8, 2048)
		t.alone = t.penalty
	} else {
		t.penalty /= 2
	}
}

// slack is how much longer than two turns the caller may wait without being held up.
const slack = 20 * time.Microsecond

// busy says whether the caller is to do this loop alone.
func (t *team) busy() bool {
	if t.alone == 0 {
		return false
	}
	t.alone--
	return true
}

// take takes a turn, if one is left.
func (t *team) take() bool {
	for {
		s := t.state.Load()
		i := s & mostTurns
		if i >= s>>turnBits&mostTurns {
			return false
		}
		if t.state.CompareAndSwap(s, s+1) {
			t.turn(int(i))
			t.done.Add(1)
			return true
		}
	}
}

func (t *team) help() {
	for i := 0; i < looks; i++ {
		if t.take() {
			i = 0
		} else {
			runtime.Gosched()
		}
	}
	t.helpers.Add(-1)
}

// parallel takes the turns 0 to n-1 on up to the given number of threads.
func parallel(threads, n int, turn func(i int)) {
	if threads < 2 || n < 2 {
		for i := range n {
			turn(i)
		}
		return
	}
	t := new(team)
	for from := 0; from < n; from += mostTurns {
		t.share(threads, min(mostTurns, n-from), func(i int) { turn(from + i) })
	}
}

// cut is the i-th of parts ranges that cover [0, n).
func cut(n, parts, i int) (from, to int) {
	return i * n / parts, (i + 1) * n / parts
}

// pieces is into how many turns work of the given cost is cut, at most most. Costs
// are in operations on single numbers; a turn of vectorWork of them takes some 5 µs.
func pieces(cost, most int) int {
	return max(1, min(cost/vectorWork, most))
}

const vectorWork = 1 << 15

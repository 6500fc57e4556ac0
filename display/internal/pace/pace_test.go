package pace

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Whatever is asked, the function is called at most once a pause and sees the last
// change.
func TestPacer(t *testing.T) {
	var n, seen, calls atomic.Int64
	last := make(chan struct{})
	p := New(20*time.Millisecond, nil, func() {
		calls.Add(1)
		if seen.Store(n.Load()); n.Load() == 40_000 {
			close(last)
		}
	})
	begin := time.Now()
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 10_000 {
				n.Add(1)
				p.Ask()
			}
		})
	}
	all.Wait()
	<-last
	if most := int64(time.Since(begin)/(20*time.Millisecond)) + 2; seen.Load() != 40_000 || calls.Load() > most {
		t.Errorf("saw %d in %d calls; want 40000 in at most %d", seen.Load(), calls.Load(), most)
	}
}

// A function that takes long is called less often.
func TestSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		p := New(50*time.Millisecond, nil, func() { calls++; time.Sleep(time.Second) })
		p.Ask()
		p.Ask()
		if time.Sleep(8999 * time.Millisecond); calls != 1 {
			t.Errorf("%d calls of a second within ten, want 1", calls)
		}
		time.Sleep(time.Millisecond)
		if synctest.Wait(); calls != 2 {
			t.Errorf("%d calls of a second after ten, want 2", calls)
		}
		time.Sleep(time.Second)
		p.Stop()
	})
}

// The end of a cell comes before the pause is over.
func TestAtEnd(t *testing.T) {
	var end func()
	calls := 0
	p := New(time.Hour, func(f func()) bool { end = f; return true }, func() { calls++ })
	p.Ask()
	p.Ask()
	if calls != 1 || end == nil {
		t.Fatalf("%d calls, want 1 and one that waits", calls)
	}
	end()
	end()
	if calls != 2 {
		t.Errorf("%d calls after the end, want 2", calls)
	}
	p.Ask()
	p.Done()
	p.Done()
	p.Ask()
	p.Flush()
	if calls != 3 {
		t.Errorf("%d calls after it was done, want 3", calls)
	}
	q := New(time.Hour, nil, func() { calls = -1 })
	q.Stop()
	q.Ask()
	q.Flush()
	if calls != 3 {
		t.Error("a pacer that was stopped has called its function")
	}
}

func BenchmarkAsk(b *testing.B) {
	p := New(50*time.Millisecond, nil, func() {})
	for b.Loop() {
		p.Ask()
	}
}

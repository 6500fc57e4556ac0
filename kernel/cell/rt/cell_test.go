package rt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// lockedBuffer is a bytes.Buffer for several goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// await waits for ch, for a time that only a failing test needs.
func await[T any](t *testing.T, what string, ch <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-ch:
	case <-time.After(20 * time.Second):
		t.Fatalf("%s: it doesn't come", what)
	}
	return v
}

// TestLabelLayout: labels set by runtime/pprof are read right, ours and others'. The
// layout is not promised: see goroutineLabels.
func TestLabelLayout(t *testing.T) {
	r := New(library{})
	if c := r.Current(); c != nil {
		t.Errorf("a goroutine without labels belongs to cell %d", c.Number)
	}
	pprof.Do(context.Background(), pprof.Labels("a", "b", "cell", "7", "z", ""), func(context.Context) {
		if c := r.Current(); c != nil {
			t.Errorf("a goroutine with other labels belongs to cell %d", c.Number)
		}
	})
	c := r.NewCell(context.Background(), 123, "", nil, nil, nil, nil)
	pprof.Do(c.labels, pprof.Labels("a", "b", "zz", "y"), func(ctx context.Context) {
		if r.Current() != c {
			t.Error("more labels hide the cell")
		}
		if v, _ := pprof.Label(ctx, "cell"); v != "123" {
			t.Errorf("the cell's label is %q", v)
		}
		if New(library{}).Current() != nil {
			t.Error("the cell belongs to another Runtime as well")
		}
	})
}

// TestCurrent: goroutines inherit their cell, also those of compiled code.
func TestCurrent(t *testing.T) {
	r := New(library{})
	a, b := testCell(r), testCell(r)
	got := make(chan *Cell, 8)
	release := make(chan struct{})
	err := r.Do(a, func() {
		got <- r.Current()
		r.Go(func() {
			<-release
			got <- r.Current()
		})
		var wg sync.WaitGroup
		wg.Go(func() { got <- r.Current() })
		wg.Wait()
		r.inside(nil, func() { got <- r.Current() })
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if c := await(t, "Current", got); c != a {
			t.Errorf("a goroutine of cell a belongs to %v", c)
		}
	}
	if err := r.Do(b, func() { close(release); got <- r.Current() }); err != nil {
		t.Fatal(err)
	}
	if x, y := await(t, "Current", got), await(t, "Current", got); !(x == a && y == b || x == b && y == a) {
		t.Error("a goroutine that outlives its cell changes it")
	}
	await(t, "the end of cell a", a.idle())
}

// TestInterrupt: whatever a cell does, it leaves when its context is cancelled, and so
// do its goroutines; the flag that loops poll goes back to false.
func TestInterrupt(t *testing.T) {
	var nilChan chan int
	never := func() chan int { return make(chan int) }
	loop := func(r *Runtime, flag *atomic.Bool) {
		for {
			runtime.Gosched()
			if flag.Load() {
				r.Poll()
			}
		}
	}
	tests := map[string]func(r *Runtime, flag *atomic.Bool){
		"loop":          loop,
		"receive":       func(r *Runtime, _ *atomic.Bool) { r.Recv(never()) },
		"receive, ok":   func(r *Runtime, _ *atomic.Bool) { r.Recv2(make(chan [2]int)) },
		"send":          func(r *Runtime, _ *atomic.Bool) { r.Send(never(), 1) },
		"send, reflect": func(r *Runtime, _ *atomic.Bool) { r.Send(make(chan int8), int8(1)) },
		"nil channels":  func(r *Runtime, _ *atomic.Bool) { r.Recv(nilChan) },
		"nil receive":   func(r *Runtime, _ *atomic.Bool) { r.Recv((chan int8)(nil)) },
		"nil send":      func(r *Runtime, _ *atomic.Bool) { r.Send((chan int8)(nil), int8(1)) },
		"select":        func(r *Runtime, _ *atomic.Bool) { r.Select(true, 2, never(), nil, 1, make(chan int8), int8(2)) },
		"empty select":  func(r *Runtime, _ *atomic.Bool) { r.Select(true) },
		"sleep":         func(r *Runtime, _ *atomic.Bool) { r.Call("time", "Sleep", time.Hour) },
		"goroutines": func(r *Runtime, flag *atomic.Bool) {
			for range 10 {
				r.Go(func() { r.Go(func() { r.Recv(never()) }); loop(r, flag) })
			}
			r.Recv(never())
		},
		"recovering": func(r *Runtime, _ *atomic.Bool) {
			l := lowered{Runtime: r}
			l.fn(func(ds *DS) { ds.Push(l.catch("never")); r.Recv(never()) })
			panic(strings.Join(l.log, ""))
		},
		"a loop in a deferred function": func(r *Runtime, flag *atomic.Bool) {
			l := lowered{Runtime: r}
			l.fn(func(ds *DS) { ds.PushPlain(func() { loop(r, flag) }); r.Recv(never()) })
		},
		"a receive in a deferred function": func(r *Runtime, flag *atomic.Bool) {
			l := lowered{Runtime: r}
			l.fn(func(ds *DS) { ds.PushPlain(func() { r.Recv(never()) }); r.Recv(never()) })
		},
	}
	for name, f := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := New(library{})
			r.grace = 10 * time.Second
			if strings.HasPrefix(name, "a ") {
				r.grace = 3 * time.Second // half of it is theirs
			}
			flag := new(atomic.Bool)
			r.SetStop(flag.Store)
			cause := errors.New("interrupted")
			ctx, cancel := context.WithCancelCause(context.Background())
			c := r.NewCell(ctx, 1, "", io.Discard, io.Discard, nil, nil)
			started := make(chan bool)
			go func() {
				<-started
				cancel(cause)
			}()
			err := r.Do(c, func() { close(started); f(r, flag) })
			if err != cause {
				t.Errorf("Do returned %v", err)
			}
			await(t, "the end of all goroutines", c.idle())
			if flag.Load() {
				t.Error("the flag stays set")
			}
			if err := r.Do(c, func() { t.Error("a stopped cell runs") }); err != cause {
				t.Errorf("Do of a stopped cell returned %v", err)
			}
			if n := r.active.Load(); n != 0 {
				t.Errorf("%d panics are still in progress", n)
			}
		})
	}
}

// TestDeferredOnInterrupt: deferred functions run to their end if they clean up quickly.
func TestDeferredOnInterrupt(t *testing.T) {
	l := &lowered{Runtime: New(library{})}
	ctx, cancel := context.WithCancel(context.Background())
	c := l.NewCell(ctx, 1, "", nil, nil, nil, nil)
	ready, done := make(chan int, 1), make(chan any, 1)
	err := l.Do(c, func() {
		l.fn(func(ds *DS) {
			ds.PushPlain(func() {
				for range 100 {
					l.Poll()
				}
				l.Send(done, "x")
				l.note("%v", l.Recv(ready))
			})
			ds.Push(l.catch("recover"))
			ready <- 5
			cancel()
			l.Recv(make(chan int))
		})
	})
	if !errors.Is(err, context.Canceled) || strings.Join(l.log, " ") != "recover <nil> 5" {
		t.Errorf("%v, noted %v", err, l.log)
	}
}

// TestOtherCellsGoOn: the flag is set for all, but only the stopped cell leaves.
func TestOtherCellsGoOn(t *testing.T) {
	r := New(library{})
	flag := new(atomic.Bool)
	r.SetStop(flag.Store)
	a, b := testCell(r), testCell(r)
	held, next := make(chan int), make(chan int)
	r.grace = time.Nanosecond
	ended := make(chan error, 2)
	go func() {
		ended <- r.Do(a, func() { next <- 1; <-held }) // in compiled code
	}()
	await(t, "cell a", next)
	a.Stop(context.DeadlineExceeded)
	var gone *Abandoned
	if err := await(t, "the end of Do", ended); !errors.As(err, &gone) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Do returned %v", err)
	}
	if !flag.Load() {
		t.Error("the flag isn't set while a goroutine of the stopped cell is there")
	}
	if err := r.Do(b, func() { r.Poll() }); err != nil {
		t.Errorf("another cell is stopped too: %v", err)
	}
	close(held)
	await(t, "the end of cell a", a.idle())
	if flag.Load() {
		t.Error("the flag stays set")
	}
}

// TestManyCells runs cells side by side while types are added, for the race detector.
func TestManyCells(t *testing.T) {
	w := newWorld(t, library{})
	flag := new(atomic.Bool)
	w.SetStop(flag.Store)
	iface := w.named("Stringy")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			var out lockedBuffer
			c := w.NewCell(ctx, i, "", &out, &out, nil, nil)
			ch := make(chan int)
			err := w.Do(c, func() {
				w.Go(func() {
					for j := range 50 {
						w.Send(ch, j)
					}
					if i%2 == 0 {
						panic(i)
					}
					w.Recv(make(chan int))
				})
				for j := range 50 {
					id := w.AddType(w.typ("Level"), nil)
					w.Reg(id, "String", func(x any) string { return fmt.Sprint("level ", x) })
					x := w.B(id, w.Recv(ch))
					if !w.Is(x, id) || !w.Impl(x, iface) {
						t.Error("a value doesn't have its type")
					}
					w.Call("fmt", "Println", []any{x})
					if j%10 == 0 {
						w.Replace(id, w.typ("Level"))
					}
				}
				if i%2 == 1 {
					cancel()
				}
				w.Recv(ch)
			})
			if err == nil {
				t.Error("the cell ended well")
			}
			await(t, "the end of the cell", c.idle())
			if n := strings.Count(out.String(), "level "); n != 50 {
				t.Errorf("cell %d printed %d lines", i, n)
			}
		})
	}
	wg.Wait()
	if flag.Load() {
		t.Error("the flag stays set")
	}
}

// A context that a cell makes ends when the cell is interrupted, so that compiled
// code that works for the cell ends too.
func TestBackgroundEndsWithTheCell(t *testing.T) {
	w := newWorld(t, library{})
	ctx, cancel := context.WithCancel(context.Background())
	c := w.NewCell(ctx, 1, "", io.Discard, io.Discard, strings.NewReader(""), noSink{})
	var got context.Context
	err := w.Do(c, func() {
		got = w.Call("context", "Background")[0].(context.Context)
		if got.Err() != nil {
			t.Error("the context has ended before the cell was interrupted")
		}
		cancel()
		<-got.Done()
	})
	if !errors.Is(err, context.Canceled) || got.Err() == nil {
		t.Errorf("Do returned %v, the context says %v; want both to be cancelled", err, got.Err())
	}
	again := w.NewCell(context.Background(), 2, "", io.Discard, io.Discard, strings.NewReader(""), noSink{})
	if err := w.Do(again, func() {
		if err := w.Call("context", "TODO")[0].(context.Context).Err(); err != nil {
			t.Errorf("the next cell's context has ended: %v", err)
		}
	}); err != nil {
		t.Error(err)
	}
}

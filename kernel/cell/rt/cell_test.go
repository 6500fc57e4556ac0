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
	full := make(chan int)
	loop := func(r *Runtime, flag *bool) {
		for {
			runtime.Gosched()
			if pollFlag(flag) {
				r.Poll()
			}
		}
	}
	tests := map[string]func(r *Runtime, flag *bool){
		"loop":          loop,
		"receive":       func(r *Runtime, _ *bool) { r.Recv(full) },
		"receive, ok":   func(r *Runtime, _ *bool) { r.Recv2(make(chan [2]int)) },
		"send":          func(r *Runtime, _ *bool) { r.Send(full, 1) },
		"send, reflect": func(r *Runtime, _ *bool) { r.Send(make(chan int8), int8(1)) },
		"nil channels":  func(r *Runtime, _ *bool) { r.Recv(nilChan) },
		"nil receive":   func(r *Runtime, _ *bool) { r.Recv((chan int8)(nil)) },
		"nil send":      func(r *Runtime, _ *bool) { r.Send((chan int8)(nil), int8(1)) },
		"select":        func(r *Runtime, _ *bool) { r.Select(true, 2, full, nil, 1, make(chan int8), int8(2)) },
		"empty select":  func(r *Runtime, _ *bool) { r.Select(true) },
		"sleep":         func(r *Runtime, _ *bool) { r.Call("time", "Sleep", time.Hour) },
		"goroutines": func(r *Runtime, flag *bool) {
			for range 10 {
				r.Go(func() { r.Go(func() { r.Recv(full) }); loop(r, flag) })
			}
			r.Recv(full)
		},
		"recovering": func(r *Runtime, _ *bool) {
			l := lowered{Runtime: r}
			l.fn(func(ds *DS) { ds.Push(l.catch("never")); r.Recv(full) })
			panic(strings.Join(l.log, ""))
		},
		"a loop in a deferred function": func(r *Runtime, flag *bool) {
			l := lowered{Runtime: r}
			l.fn(func(ds *DS) { ds.PushPlain(func() { loop(r, flag) }); r.Recv(full) })
		},
		"a receive in a deferred function": func(r *Runtime, flag *bool) {
			l := lowered{Runtime: r}
			l.fn(func(ds *DS) { ds.PushPlain(func() { r.Recv(full) }); r.Recv(full) })
		},
	}
	for name, f := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := New(library{})
			r.grace = 10 * time.Second
			if strings.HasPrefix(name, "a ") {
				r.grace = 300 * time.Millisecond
			}
			flag := new(bool)
			r.SetStop(flag)
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
			if pollFlag(flag) {
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

// pollFlag reads the flag as interpreted code does.
//
//go:norace
//go:noinline
func pollFlag(p *bool) bool { return *p }

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
	flag := new(bool)
	r.SetStop(flag)
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
	if !pollFlag(flag) {
		t.Error("the flag isn't set while a goroutine of the stopped cell is there")
	}
	if err := r.Do(b, func() { r.Poll() }); err != nil {
		t.Errorf("another cell is stopped too: %v", err)
	}
	close(held)
	await(t, "the end of cell a", a.idle())
	if pollFlag(flag) {
		t.Error("the flag stays set")
	}
}

func TestGoroutinePanics(t *testing.T) {
	t.Run("while main runs", func(t *testing.T) {
		r := New(library{})
		c := testCell(r)
		c.OnLatePanic = func(p *Panic) { t.Errorf("reported as late: %v", p) }
		err := r.Do(c, func() {
			r.Go(func(s string) { panic(s) }, "boom")
			r.Recv(make(chan int))
		})
		if p, ok := err.(*Panic); !ok || p.Text != "boom" {
			t.Errorf("Do returned %v", err)
		}
	})
	t.Run("after main", func(t *testing.T) {
		r := New(library{})
		c := testCell(r)
		late := make(chan *Panic, 1)
		c.OnLatePanic = func(p *Panic) { late <- p }
		hold := make(chan int)
		if err := r.Do(c, func() { r.Go(func() { r.Recv(hold); panic(fmt.Errorf("boom")) }) }); err != nil {
			t.Fatal(err)
		}
		hold <- 1
		if p := await(t, "the late panic", late); p.Text != "boom" || p.Unwrap() == nil {
			t.Errorf("got %+v", p)
		}
		await(t, "the end", c.idle())
		if _, ok := c.Err().(*Panic); !ok {
			t.Errorf("the cell was stopped by %v", c.Err())
		}
	})
	t.Run("exit while main runs", func(t *testing.T) {
		r := New(library{})
		err := r.Do(testCell(r), func() {
			r.Go(func() { r.Call("os", "Exit", 2) })
			r.Recv(make(chan int))
		})
		if e, ok := err.(*Exit); !ok || e.Code != 2 {
			t.Errorf("Do returned %v", err)
		}
	})
	t.Run("exit after main", func(t *testing.T) {
		r := New(library{})
		c := testCell(r)
		late := make(chan *Exit, 1)
		c.OnLateExit = func(e *Exit) { late <- e }
		hold := make(chan int)
		if err := r.Do(c, func() { r.Go(func() { r.Recv(hold); r.Call("log", "Fatal", []any{"x"}) }) }); err != nil {
			t.Fatal(err)
		}
		hold <- 1
		if e := await(t, "the exit", late); e.Code != 1 {
			t.Errorf("got %v", e)
		}
	})
	t.Run("main panics", func(t *testing.T) {
		r := New(library{})
		c := testCell(r)
		err := r.Do(c, func() {
			r.Go(func() { r.Recv(make(chan int)) })
			panic(3)
		})
		if p, ok := err.(*Panic); !ok || p.Error() != "panic: 3" {
			t.Errorf("Do returned %v", err)
		}
		await(t, "the end of its goroutines", c.idle())
	})
	t.Run("in a goroutine of compiled code", func(t *testing.T) {
		r := New(library{})
		c := testCell(r)
		err := r.Do(c, func() {
			var wg sync.WaitGroup
			wg.Add(1)
			go func() { // it ends by Goexit
				defer wg.Done()
				r.inside(nil, func() { panic("inside") })
				t.Error("the caller of a callback that panicked goes on")
			}()
			wg.Wait()
			r.Recv(make(chan int))
		})
		if p, ok := err.(*Panic); !ok || p.Text != "inside" {
			t.Errorf("Do returned %v", err)
		}
		await(t, "the end", c.idle())
	})
	t.Run("in a goroutine without a cell", func(t *testing.T) {
		r := New(library{})
		c := testCell(r)
		late := make(chan *Panic, 1)
		c.OnLatePanic = func(p *Panic) { late <- p }
		current := make(chan *Cell, 1)
		go r.inside(c, func() { current <- r.Current(); panic("timer") })
		if await(t, "Current", current) != c {
			t.Error("a callback doesn't belong to its cell")
		}
		if p := await(t, "the panic", late); p.Text != "timer" {
			t.Errorf("got %v", p)
		}
	})
	t.Run("main exits by Goexit", func(t *testing.T) {
		r := New(library{})
		hold := make(chan int)
		time.AfterFunc(time.Millisecond, func() { close(hold) })
		err := r.Do(testCell(r), func() {
			r.Go(func() { <-hold; r.Call("os", "Exit", 0) })
			runtime.Goexit()
		})
		if e, ok := err.(*Exit); !ok || e.Code != 0 {
			t.Errorf("Do returned %v", err)
		}
	})
	t.Run("go nil", func(t *testing.T) {
		r := New(library{})
		err := r.Do(testCell(r), func() { r.Go((func())(nil)) })
		if p, ok := err.(*Panic); !ok || p.Text != "go of nil func value" {
			t.Errorf("Do returned %v", err)
		}
	})
}

// TestManyCells runs cells side by side while types are added, for the race detector.
func TestManyCells(t *testing.T) {
	w := newWorld(t, library{})
	flag := new(bool)
	w.SetStop(flag)
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
	if pollFlag(flag) {
		t.Error("the flag stays set")
	}
}

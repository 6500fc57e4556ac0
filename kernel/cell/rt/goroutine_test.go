package rt

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"
)

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

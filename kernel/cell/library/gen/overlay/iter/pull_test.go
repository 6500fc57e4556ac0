package iter

import (
	"runtime"
	"slices"
	"testing"
)

func count(n int) Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

func pairs(n int) Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for i := range n {
			if !yield(i, string(rune('a'+i))) {
				return
			}
		}
	}
}

func TestPull(t *testing.T) {
	next, stop := Pull(count(3))
	var got []int
	for v, ok := next(); ok; v, ok = next() {
		got = append(got, v)
	}
	if !slices.Equal(got, []int{0, 1, 2}) {
		t.Errorf("pulled %v", got)
	}
	if v, ok := next(); v != 0 || ok {
		t.Errorf("after the end: %d, %t", v, ok)
	}
	stop()
	stop()
}

func TestPull2(t *testing.T) {
	next, stop := Pull2(pairs(3))
	if k, v, ok := next(); k != 0 || v != "a" || !ok {
		t.Errorf("first pair: %d, %q, %t", k, v, ok)
	}
	if k, v, ok := next(); k != 1 || v != "b" || !ok {
		t.Errorf("second pair: %d, %q, %t", k, v, ok)
	}
	stop()
	if k, v, ok := next(); k != 0 || v != "" || ok {
		t.Errorf("after stop: %d, %q, %t", k, v, ok)
	}
}

func TestStopRunsDefers(t *testing.T) {
	cleaned := false
	next, stop := Pull(func(yield func(int) bool) {
		defer func() { cleaned = true }()
		for yield(1) {
		}
	})
	next()
	stop()
	if !cleaned {
		t.Error("stop returned before the sequence had")
	}
}

func TestStopBeforeNext(t *testing.T) {
	ran := false
	next, stop := Pull(func(yield func(int) bool) { ran = true })
	stop()
	if _, ok := next(); ok || ran {
		t.Error("the sequence ran after stop")
	}
}

func TestPanics(t *testing.T) {
	caught := func(f func()) (v any) {
		defer func() { v = recover() }()
		f()
		return nil
	}
	next, stop := Pull(func(yield func(int) bool) {
		yield(1)
		panic("boom")
	})
	next()
	if v := caught(func() { next() }); v != "boom" {
		t.Errorf("next after a panic of the sequence: recovered %v", v)
	}
	if _, ok := next(); ok {
		t.Error("the sequence goes on after it has panicked")
	}
	stop()

	next, stop = Pull(func(yield func(int) bool) {
		defer func() { panic("bang") }()
		yield(1)
	})
	next()
	if v := caught(stop); v != "bang" {
		t.Errorf("stop, when the sequence panics: recovered %v", v)
	}

	var again func() (int, bool)
	again, _ = Pull(func(yield func(int) bool) { again() })
	if v := caught(func() { again() }); v != "iter.Pull: next called again before yield" {
		t.Errorf("next within next: recovered %v", v)
	}
}

func TestGoexit(t *testing.T) {
	next, _ := Pull(func(yield func(int) bool) { runtime.Goexit() })
	ended := make(chan bool)
	go func() {
		returned := false
		defer func() { ended <- returned }()
		next()
		returned = true
	}()
	if <-ended {
		t.Error("next returned, though the sequence had ended its goroutine")
	}
}

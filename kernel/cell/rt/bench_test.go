package rt

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
)

// inCell runs a benchmark's loop as a cell.
func inCell(b *testing.B, w *world, f func()) {
	b.Helper()
	b.ReportAllocs()
	c := w.NewCell(context.Background(), 1, "", io.Discard, io.Discard, strings.NewReader(""), nil)
	if err := w.Do(c, func() {
		for b.Loop() {
			f()
		}
	}); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkB(b *testing.B) {
	w := newWorld(b, library{})
	id := w.named("Level")
	var x any
	inCell(b, w, func() { x = w.B(id, 3) })
	if !w.Is(x, id) {
		b.Fatal("no value")
	}
}

func BenchmarkIs(b *testing.B) {
	w := newWorld(b, library{})
	id := w.named("Level")
	x := w.B(id, 3)
	inCell(b, w, func() { w.Is(x, id) })
}

func BenchmarkImpl(b *testing.B) {
	w := newWorld(b, library{})
	id, x := w.named("Stringy"), w.box(Level(3))
	inCell(b, w, func() { w.Impl(x, id) })
}

func BenchmarkM(b *testing.B) {
	w := newWorld(b, library{})
	x := w.box(Level(3))
	sig := (func(any) string)(nil)
	inCell(b, w, func() { w.M(x, "String", sig) })
}

func BenchmarkMRaw(b *testing.B) {
	w := newWorld(b, library{})
	sig := (func(any, []byte) (int, any))(nil)
	r, p := strings.NewReader("x"), []byte{}
	inCell(b, w, func() { w.M(r, "Read", sig).(func(any, []byte) (int, any))(r, p) })
}

func BenchmarkPrintln(b *testing.B) {
	w := newWorld(b, library{})
	a := []any{"x", 1}
	b.Run("Call", func(b *testing.B) { inCell(b, w, func() { w.Call("fmt", "Println", a) }) })
	b.Run("fmt", func(b *testing.B) { inCell(b, w, func() { fmt.Fprintln(io.Discard, a...) }) })
}

func BenchmarkSprintf(b *testing.B) {
	w := newWorld(b, library{})
	p := w.box(Point{1, 2})
	b.Run("Call", func(b *testing.B) { inCell(b, w, func() { w.Call("fmt", "Sprintf", "%v", []any{p}) }) })
	b.Run("fmt", func(b *testing.B) { inCell(b, w, func() { _ = fmt.Sprintf("%v", Point{1, 2}) }) })
}

func BenchmarkCall(b *testing.B) {
	w := newWorld(b, library{"strings": {"Contains": reflect.ValueOf(strings.Contains)}})
	inCell(b, w, func() { w.Call("strings", "Contains", "abc", "c") })
}

func BenchmarkRecv(b *testing.B) {
	w := newWorld(b, library{})
	for _, ch := range []any{make(chan int, 1), make(chan int8, 1)} {
		x := reflect.Zero(reflect.TypeOf(ch).Elem()).Interface()
		b.Run(fmt.Sprintf("%T", ch), func(b *testing.B) {
			inCell(b, w, func() {
				w.Send(ch, x)
				w.Recv(ch)
			})
		})
	}
}

func BenchmarkPoll(b *testing.B) {
	w := newWorld(b, library{})
	inCell(b, w, func() { w.Poll() })
}

func BenchmarkRun(b *testing.B) {
	l := &lowered{Runtime: New(library{})}
	w := &world{Runtime: l.Runtime}
	f := func() {}
	b.Run("return", func(b *testing.B) {
		inCell(b, w, func() {
			ds := l.NewDS()
			ds.Push(f)
			l.Run(ds, func() { ds.Run() })
		})
	})
	b.Run("recover", func(b *testing.B) {
		inCell(b, w, func() {
			ds := l.NewDS()
			ds.Push(func() { l.Recover(l.Enter()) })
			l.Run(ds, func() { panic("x") })
		})
	})
}

func BenchmarkGo(b *testing.B) {
	w := newWorld(b, library{})
	done := make(chan struct{})
	f := func() { done <- struct{}{} }
	inCell(b, w, func() {
		w.Go(f)
		<-done
	})
}

package rt

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/display"
)

// lowered is a stand-in for lowered code: functions that defer, panic and recover.
type lowered struct {
	*Runtime
	log []string
}

func (l *lowered) note(format string, a ...any) { l.log = append(l.log, fmt.Sprintf(format, a...)) }

// fn calls a function that defers, as it is lowered; it returns whether it recovered.
func (l *lowered) fn(body func(ds *DS)) bool {
	ds := l.NewDS()
	return l.Run(ds, func() {
		body(ds)
		ds.Run()
	})
}

// catch is a deferred function that calls recover and notes what it gets.
func (l *lowered) catch(name string) func() {
	return func() {
		rc := l.Enter()
		l.note("%s %v", name, l.Recover(rc))
	}
}

// recoverer is a function that calls recover, to be called by a deferred one.
func (l *lowered) recoverer(name string) { l.catch(name)() }

func testCell(r *Runtime) *Cell {
	return r.NewCell(context.Background(), 1, "cell 1", io.Discard, io.Discard, strings.NewReader(""), noSink{})
}

type noSink struct{}

func (noSink) Emit(display.Event) error { return nil }

func TestRecover(t *testing.T) {
	tests := []struct {
		name string
		f    func(l *lowered)
		log  string // what is noted
		text string // of the panic that ends the cell
	}{
		{"direct", func(l *lowered) {
			ok := l.fn(func(ds *DS) { ds.Push(l.catch("a")); l.Panic("p") })
			l.note("%v", ok)
		}, "a p, true", ""},
		{"no panic", func(l *lowered) {
			ok := l.fn(func(ds *DS) { ds.Push(l.catch("a")) })
			l.note("%v", ok)
		}, "a <nil>, false", ""},
		{"called by the deferred function", func(l *lowered) {
			l.fn(func(ds *DS) { ds.PushPlain(func() { l.recoverer("a") }); l.Panic("p") })
		}, "a <nil>", "p"},
		{"by a deferred function that recovers itself", func(l *lowered) {
			l.fn(func(ds *DS) {
				ds.Push(func() {
					rc := l.Enter()
					l.recoverer("inner")
					l.note("outer %v", l.Recover(rc))
				})
				l.Panic("p")
			})
		}, "inner <nil>, outer p", ""},
		{"order", func(l *lowered) {
			ok := l.fn(func(ds *DS) {
				ds.PushPlain(func(s string) { l.note("%s", s) }, "1")
				ds.Push(l.catch("2"))
				ds.PushPlain(func(s string, n int) { l.note("%s%d", s, n) }, "3.", 1)
				l.Panic("p")
			})
			l.note("%v", ok)
		}, "3.1, 2 p, 1, true", ""},
		{"twice", func(l *lowered) {
			l.fn(func(ds *DS) {
				ds.Push(func() {
					rc := l.Enter()
					l.note("%v", l.Recover(rc))
					l.note("%v", l.Recover(rc))
				})
				ds.Push(l.catch("first"))
				l.Panic("p")
			})
		}, "first p, <nil>, <nil>", ""},
		{"panics anew", func(l *lowered) {
			ok := l.fn(func(ds *DS) {
				ds.Push(l.catch("a"))
				ds.PushPlain(func() { l.Panic("q") })
				l.Panic("p")
			})
			l.note("%v", ok)
		}, "a q, true", ""},
		{"panics anew, to the end", func(l *lowered) {
			l.fn(func(ds *DS) {
				ds.PushPlain(func() { l.Panic("q") })
				l.Panic("p")
			})
		}, "", "p\n\tpanic: q"},
		{"recovers and panics anew", func(l *lowered) {
			l.fn(func(ds *DS) {
				ds.Push(func() { l.catch("a")(); l.Panic("q") })
				l.Panic("p")
			})
		}, "a p", "p [recovered]\n\tpanic: q"},
		{"the caller recovers", func(l *lowered) {
			ok := l.fn(func(ds *DS) {
				ds.Push(l.catch("outer"))
				l.fn(func(ds *DS) {
					ds.PushPlain(func() { l.note("inner") })
					l.Panic("p")
				})
				l.note("not reached")
			})
			l.note("%v", ok)
		}, "inner, outer p, true", ""},
		{"defers of a function called by the deferred one", func(l *lowered) {
			l.fn(func(ds *DS) {
				ds.Push(l.catch("outer"))
				ds.PushPlain(func() { l.fn(func(ds *DS) { ds.Push(l.catch("shielded")) }) })
				l.Panic("p")
			})
		}, "shielded <nil>, outer p", ""},
		{"a panic inside of a deferred function stays there", func(l *lowered) {
			l.fn(func(ds *DS) {
				ds.Push(l.catch("outer"))
				ds.PushPlain(func() {
					l.fn(func(ds *DS) { ds.Push(l.catch("inner")); l.Panic("q") })
				})
				l.Panic("p")
			})
		}, "inner q, outer p", ""},
		{"recover deferred", func(l *lowered) {
			l.fn(func(ds *DS) {
				ds.Push(l.catch("outer"))
				ds.PushRecover(l.Enter())
				l.Panic("p")
			})
		}, "outer p", ""},
		{"recover deferred by a deferred function", func(l *lowered) {
			ok := l.fn(func(ds *DS) {
				ds.Push(func() {
					direct := l.Enter()
					l.fn(func(ds *DS) { ds.PushRecover(direct); ds.Run() })
				})
				l.Panic("p")
			})
			l.note("%v", ok)
		}, "true", ""},
		{"panics after recovery in the rest", func(l *lowered) {
			l.fn(func(ds *DS) {
				ds.Push(l.catch("outer"))
				l.fn(func(ds *DS) {
					ds.PushPlain(func() { l.Panic("q") })
					ds.Push(l.catch("inner"))
					l.Panic("p")
				})
			})
		}, "inner p, outer q", ""},
		{"panic(nil)", func(l *lowered) {
			l.fn(func(ds *DS) { ds.Push(l.catch("a")); l.Panic(nil) })
		}, "a panic called with nil argument", ""},
		{"run-time errors", func(l *lowered) {
			l.fn(func(ds *DS) { ds.Push(l.catch("nil")); Nil() })
			l.fn(func(ds *DS) { ds.Push(l.catch("index")); IA([]int8{1, 2}, 5) })
			l.fn(func(ds *DS) { ds.Push(l.catch("shift")); Shc(-1) })
			l.fn(func(ds *DS) { ds.Push(l.catch("reflect")); reflect.ValueOf([]int{}).Index(3) })
			l.fn(func(ds *DS) { ds.Push(l.catch("call")); ds.Push(nil) })
			var f func()
			l.fn(func(ds *DS) { ds.Push(f); ds.Push(l.catch("a")) })
		}, "nil runtime error: invalid memory address or nil pointer dereference, index runtime error: index out of range [5] with length 2, " +
			"shift runtime error: negative shift amount, reflect runtime error: index out of range, call runtime error: invalid memory address or nil pointer dereference, a <nil>",
			"runtime error: invalid memory address or nil pointer dereference"},
		{"Goexit", func(l *lowered) {
			l.fn(func(ds *DS) {
				ds.PushPlain(func() { l.note("deferred") })
				ds.Push(l.catch("a"))
				l.Call("runtime", "Goexit")
			})
			l.note("not reached")
		}, "a <nil>, deferred", "fatal error: no goroutines (main called runtime.Goexit) - deadlock!"},
		{"Exit", func(l *lowered) {
			l.fn(func(ds *DS) {
				ds.Push(l.catch("a"))
				l.Call("os", "Exit", 3)
			})
			l.note("not reached")
		}, "", "exit status 3"},
		{"Exit in a deferred function", func(l *lowered) {
			l.fn(func(ds *DS) {
				ds.Push(l.catch("a"))
				ds.PushPlain(func() { l.Call("os", "Exit", 4) })
				l.Panic("p")
			})
		}, "", "exit status 4"},
		{"log.Panic", func(l *lowered) {
			l.fn(func(ds *DS) { ds.Push(l.catch("a")); l.Call("log", "Panicf", "x %d", []any{1}) })
		}, "a x 1", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := &lowered{Runtime: New(library{})}
			err := l.Do(testCell(l.Runtime), func() { tt.f(l) })
			if got := strings.Join(l.log, ", "); got != tt.log {
				t.Errorf("noted %s, want %s", got, tt.log)
			}
			text := ""
			if err != nil {
				text = strings.TrimPrefix(err.Error(), "panic: ")
			}
			if text != tt.text {
				t.Errorf("ended with %q, want %q", text, tt.text)
			}
			if n := l.active.Load(); n != 0 {
				t.Errorf("%d panics are still in progress", n)
			}
			l.gs.Range(func(k, v any) bool { t.Errorf("a goroutine's state is left: %+v", v); return true })
		})
	}
}

// TestRecoverMatchesGo runs the same program of nested defers, panics and recovers with Go's own.
func TestRecoverMatchesGo(t *testing.T) {
	// Each program is a number: its digits say what each of three nested functions does
	// in its body and in its deferred function.
	for p := range 3 * 4 * 3 * 4 * 3 * 4 {
		want := goProgram(p)
		l := &lowered{Runtime: New(library{})}
		err := l.Do(testCell(l.Runtime), func() { l.program(p, 0) })
		if err != nil {
			l.note("died %v", err.(*Panic).Value)
		}
		if got := strings.Join(l.log, ", "); got != want {
			t.Errorf("program %d: %s, Go: %s", p, got, want)
		}
	}
}

func digits(p int) (body, deferred, rest int) { return p % 3, p / 3 % 4, p / 12 }

func goProgram(p int) string {
	var log []string
	note := func(f string, a ...any) { log = append(log, fmt.Sprintf(f, a...)) }
	var run func(p, depth int)
	run = func(p, depth int) {
		if depth == 3 {
			return
		}
		body, deferred, rest := digits(p)
		defer func() { note("second %d", depth) }()
		defer func() {
			switch deferred {
			case 1:
				note("rec %d %v", depth, recover())
			case 2:
				panic(fmt.Sprint("deferred ", depth))
			case 3:
				run(rest, depth+1)
				note("rec %d %v", depth, recover())
			}
		}()
		switch body {
		case 1:
			panic(fmt.Sprint("body ", depth))
		case 2:
			run(rest, depth+1)
		}
		note("end %d", depth)
	}
	func() {
		defer func() {
			if e := recover(); e != nil {
				note("died %v", e)
			}
		}()
		run(p, 0)
	}()
	return strings.Join(log, ", ")
}

func (l *lowered) program(p, depth int) {
	if depth == 3 {
		return
	}
	body, deferred, rest := digits(p)
	l.fn(func(ds *DS) {
		ds.PushPlain(func() { l.note("second %d", depth) })
		ds.Push(func() {
			rc := l.Enter()
			switch deferred {
			case 1:
				l.note("rec %d %v", depth, l.Recover(rc))
			case 2:
				l.Panic(fmt.Sprint("deferred ", depth))
			case 3:
				l.program(rest, depth+1)
				l.note("rec %d %v", depth, l.Recover(rc))
			}
		})
		switch body {
		case 1:
			l.Panic(fmt.Sprint("body ", depth))
		case 2:
			l.program(rest, depth+1)
		}
		l.note("end %d", depth)
	})
}

// TestTrace: the lines of a recovered panic are forgotten, those of the last one stay.
func TestTrace(t *testing.T) {
	l := &lowered{Runtime: New(library{})}
	site := func(fn string) {
		fmt.Fprintf(l.TraceWriter(), "7/_.go:12:3: panic: main.%s(...)\n", fn)
	}
	// leave writes a line as the interpreter does when a panic takes a frame off the stack
	leave := func(fn string, f func()) {
		done := false
		defer func() {
			if !done {
				site(fn)
			}
		}()
		f()
		done = true
	}
	err := l.Do(testCell(l.Runtime), func() {
		leave("main", func() {
			l.fn(func(ds *DS) {
				ds.Push(l.catch("a"))
				leave("recovered", func() { l.Panic("p") })
			})
			l.callCompiled(reflect.ValueOf(func(f func()) { // it recovers
				defer func() { _ = recover() }()
				f()
			}), []reflect.Value{reflect.ValueOf(func() { leave("caught", func() { l.Panic("s") }) })}, boxed)
			l.afterCall()
			l.fn(func(ds *DS) {
				ds.PushPlain(func() {
					leave("deferred", func() {
						l.fn(func(ds *DS) {
							ds.Push(l.catch("b"))
							leave("recovered too", func() { l.Panic("q") })
						})
					})
				})
				leave("outer", func() { leave("inner", func() { l.Panic("r") }) })
			})
		})
	})
	want := []Site{{"7/_.go", 12, 3, "main.inner"}, {"7/_.go", 12, 3, "main.outer"}, {"7/_.go", 12, 3, "main.main"}}
	if p, ok := err.(*Panic); !ok || !reflect.DeepEqual(p.Trace, want) {
		t.Errorf("got %+v, want a trace %+v", err, want)
	}
}

func TestTraceWriter(t *testing.T) {
	r := New(library{})
	var out strings.Builder
	c := r.NewCell(context.Background(), 1, "", io.Discard, &out, nil, noSink{})
	err := r.Do(c, func() {
		fmt.Fprint(r.TraceWriter(), "1/_.go:3:4: panic: main.f(...)\nhello\n_.go:5: panic: main.g.func(...)\nworld")
		fmt.Fprintln(r.TraceWriter(), "10:20: panic: h(...)")
		panic("x")
	})
	if want := "hello\nworld"; out.String() != want {
		t.Errorf("stderr got %q, want %q", out.String(), want)
	}
	want := []Site{{"1/_.go", 3, 4, "main.f"}, {"_.go", 5, 0, "main.g.func"}, {"", 10, 20, "h"}}
	if p, ok := err.(*Panic); !ok || !reflect.DeepEqual(p.Trace, want) {
		t.Errorf("got %+v, want a trace %+v", err, want)
	}
}

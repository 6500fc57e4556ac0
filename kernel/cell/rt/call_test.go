package rt

import (
	"bufio"
	"bytes"
	"container/heap"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"os"
	"reflect"
	"sort"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"
)

// _fs_DirEntry and the like are wrappers as yaegi's extract makes them.
type _sort_Interface struct {
	IValue any
	WLen   func() int
	WLess  func(i, j int) bool
	WSwap  func(i, j int)
}

func (W _sort_Interface) Len() int           { return W.WLen() }
func (W _sort_Interface) Less(i, j int) bool { return W.WLess(i, j) }
func (W _sort_Interface) Swap(i, j int)      { W.WSwap(i, j) }

type _http_Handler struct {
	IValue     any
	WServeHTTP func(w http.ResponseWriter, r *http.Request)
}

func (W _http_Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { W.WServeHTTP(w, r) }

func stdTables() library {
	return library{
		"sort": {"Sort": reflect.ValueOf(sort.Sort), "Slice": reflect.ValueOf(sort.Slice), "Reverse": reflect.ValueOf(sort.Reverse),
			"_Interface": reflect.ValueOf((*_sort_Interface)(nil))},
		"strings":        {"Map": reflect.ValueOf(strings.Map), "NewReader": reflect.ValueOf(strings.NewReader)},
		"io":             {"ReadAll": reflect.ValueOf(io.ReadAll), "MultiReader": reflect.ValueOf(io.MultiReader), "MultiWriter": reflect.ValueOf(io.MultiWriter), "Copy": reflect.ValueOf(io.Copy), "WriteString": reflect.ValueOf(io.WriteString)},
		"errors":         {"Join": reflect.ValueOf(errors.Join), "Unwrap": reflect.ValueOf(errors.Unwrap), "New": reflect.ValueOf(errors.New)},
		"context":        {"WithValue": reflect.ValueOf(context.WithValue), "WithCancelCause": reflect.ValueOf(context.WithCancelCause), "Cause": reflect.ValueOf(context.Cause)},
		"encoding/json":  {"Marshal": reflect.ValueOf(json.Marshal), "Unmarshal": reflect.ValueOf(json.Unmarshal), "NewEncoder": reflect.ValueOf(json.NewEncoder)},
		"bufio":          {"NewScanner": reflect.ValueOf(bufio.NewScanner), "NewWriter": reflect.ValueOf(bufio.NewWriter)},
		"text/tabwriter": {"NewWriter": reflect.ValueOf(tabwriter.NewWriter)},
		"container/heap": {"Push": reflect.ValueOf(heap.Push), "Pop": reflect.ValueOf(heap.Pop), "Init": reflect.ValueOf(heap.Init)},
		"net/http":       {"_Handler": reflect.ValueOf((*_http_Handler)(nil))},
		"reflect":        {"TypeOf": reflect.ValueOf(reflect.TypeOf), "DeepEqual": reflect.ValueOf(reflect.DeepEqual)},
		"time":           {"AfterFunc": reflect.ValueOf(time.AfterFunc)},
		"log":            {"New": reflect.ValueOf(log.New)},
		"flag":           {"NewFlagSet": reflect.ValueOf(flag.NewFlagSet)},
		"os":             {"Stdout": reflect.ValueOf(&os.Stdout).Elem()},
		"test": {
			"Errors":   reflect.ValueOf(func(m map[string]error) string { return fmt.Sprint(len(m), m["a"]) }),
			"Pair":     reflect.ValueOf(func(a [2]fmt.Stringer) [2]fmt.Stringer { return [2]fmt.Stringer{a[1], a[0]} }),
			"Same":     reflect.ValueOf(func(m map[string]io.Reader) map[string]io.Reader { return m }),
			"Apply":    reflect.ValueOf(func(f func(error) (any, error), e error) (any, error) { return f(e) }),
			"Compose":  reflect.ValueOf(func(f func(io.Reader) io.Reader) func(io.Reader) io.Reader { return f }),
			"Typed":    reflect.ValueOf(func(x any) string { return fmt.Sprintf("%T", x) }),
			"Unnamed":  reflect.ValueOf(func(x interface{ Odd() }) {}),
			"Variadic": reflect.ValueOf(func(n int, s ...fmt.Stringer) string { return fmt.Sprint(n, len(s), s) }),
			"Once":     reflect.ValueOf(func(f func() int) int { return f() }),
			"Nil": reflect.ValueOf(func(e error, r io.Reader, f func(), s []error) bool {
				return e == nil && r == nil && f == nil && s == nil
			}),
		},
	}
}

// byN is a sort.Interface, a heap.Interface and an io.Reader of a cell.
func (w *world) byN(list *[]int) any {
	id := w.named("Grid") // a type of a cell, whatever it is
	for name, f := range map[string]any{
		"Len":  func(x any) int { return len(*x.(*[]int)) },
		"Less": func(x any, i, j int) bool { return (*x.(*[]int))[i] < (*x.(*[]int))[j] },
		"Swap": func(x any, i, j int) { l := *x.(*[]int); l[i], l[j] = l[j], l[i] },
		"Push": func(x, v any) { l := x.(*[]int); *l = append(*l, v.(int)) },
		"Pop":  func(x any) any { l := x.(*[]int); n := len(*l) - 1; v := (*l)[n]; *l = (*l)[:n]; return v },
		"Read": func(x any, p []byte) (int, any) {
			l := x.(*[]int)
			if len(*l) == 0 {
				return 0, io.EOF
			}
			p[0] = byte((*l)[0])
			*l = (*l)[1:]
			return 1, nil
		},
		"String": func(x any) string { return fmt.Sprint("list ", *x.(*[]int)) },
	} {
		w.Reg(id, name, f)
	}
	return w.B(id, list)
}

func TestCall(t *testing.T) {
	w := newWorld(t, stdTables())
	w.allMethods(reflect.TypeFor[MyErr](), map[reflect.Type]bool{})
	w.allMethods(reflect.TypeFor[Level](), map[reflect.Type]bool{})
	level, myErr := w.box(Level(2)), w.box(MyErr{7})
	tests := []struct {
		name string
		f    func() any
		want any
	}{
		{"callback of plain types", func() any {
			return w.Call("strings", "Map", func(r rune) rune { return r + 1 }, "abc")[0]
		}, "bcd"},
		{"sort.Slice", func() any {
			s := []int{3, 1, 2}
			w.Call("sort", "Slice", s, func(i, j int) bool { return s[i] < s[j] })
			return s
		}, []int{1, 2, 3}},
		{"sort.Sort of a cell's type", func() any {
			l := []int{3, 1, 2}
			w.Call("sort", "Sort", w.byN(&l))
			return l
		}, []int{1, 2, 3}},
		{"an interface that comes back", func() any {
			l := []int{3, 1, 2}
			w.Call("sort", "Sort", w.Call("sort", "Reverse", w.byN(&l))[0])
			return l
		}, []int{3, 2, 1}},
		{"heap", func() any {
			l := []int{3, 1, 2}
			h := w.byN(&l)
			w.Call("container/heap", "Init", h)
			w.Call("container/heap", "Push", h, 0)
			return []any{w.Call("container/heap", "Pop", h)[0], w.Call("container/heap", "Pop", h)[0]}
		}, []any{0, 1}},
		{"a reader of a cell, variadic", func() any {
			l := []int{'a', 'b'}
			r := w.Call("io", "MultiReader", []any{w.byN(&l), strings.NewReader("c")})[0]
			return string(w.Call("io", "ReadAll", r)[0].([]byte))
		}, "abc"},
		{"a map of interfaces", func() any { return w.Call("test", "Errors", map[string]any{"a": myErr, "b": nil})[0] }, "2 my error 7"},
		{"arrays both ways", func() any { return w.Call("test", "Pair", [2]any{level, level})[0] }, [2]any{level, level}},
		{"maps both ways", func() any {
			l := []int{}
			x := w.byN(&l)
			return w.Call("test", "Same", map[string]any{"x": x})[0].(map[string]any)["x"] == x
		}, true},
		{"callback of interfaces", func() any {
			return w.Call("test", "Apply", func(e any) (any, any) { return e == myErr, e }, myErr)
		}, []any{true, myErr}},
		{"a func that comes back", func() any {
			f := w.Call("test", "Compose", func(r any) any { return r })[0].(func(any) any)
			l := []int{}
			x := w.byN(&l)
			return f(x) == x
		}, true},
		{"variadic interfaces", func() any { return w.Call("test", "Variadic", 3, []any{level, level})[0] }, "3 2 [level 2 level 2]"},
		{"no variadic arguments", func() any { return w.Call("test", "Variadic", 3, []any(nil))[0] }, "3 0 []"},
		{"nil", func() any { return w.Call("test", "Nil", nil, nil, (func())(nil), []any(nil))[0] }, true},
		{"untyped nil", func() any { return w.Call("test", "Nil", nil, nil, nil, nil)[0] }, true},
		{"a func without parameters", func() any { return w.Call("test", "Once", func() int { return 5 })[0] }, 5},
		{"context keys and values", func() any {
			ctx := w.Call("context", "WithValue", context.Background(), level, myErr)[0]
			return w.CallM(ctx, "Value", level)[0]
		}, myErr},
		{"errors of cells in compiled errors", func() any {
			j := w.Call("errors", "Join", []any{myErr, errors.New("x")})[0]
			return []any{w.Call("errors", "Is", j, myErr)[0], w.unwrapped(j)[0], j.(error).Error()}
		}, []any{true, myErr, "my error 7\nx"}},
		{"Errorf", func() any {
			e := w.Call("fmt", "Errorf", "%d: %w", []any{1, myErr})[0]
			return []any{e.(error).Error(), w.Call("errors", "Unwrap", e)[0], w.Call("errors", "Is", e, myErr)[0], w.Call("errors", "Is", e, w.box(MyErr{8}))[0]}
		}, []any{"1: my error 7", myErr, true, false}},
		{"Unwrap of a cell's error", func() any {
			id := w.named("*PtrErr")
			w.Reg(id, "Error", func(any) string { return "outer" })
			w.Reg(id, "Unwrap", func(x any) any { return x.(*struct{ Err any }).Err })
			e := w.B(id, &struct{ Err any }{io.EOF})
			f := w.Call("fmt", "Errorf", "%w", []any{e})[0]
			return []any{errors.Is(f.(error), io.EOF), w.Call("errors", "Is", f, io.EOF)[0], w.Call("errors", "Unwrap", e)[0], w.Call("errors", "Unwrap", f)[0] == e}
		}, []any{true, true, io.EOF, true}},
		{"*os.File of its own type", func() any { return w.GetG("os", "Stdout") == any(os.Stdout) }, true},
		{"fmt", func() any {
			return []any{
				w.Call("fmt", "Sprintf", "%v %T %d", []any{level, level, level})[0], w.Call("fmt", "Sprint", []any{level, myErr, w.box(Name("x")), "y"})[0],
				string(w.Call("fmt", "Appendln", []byte("a"), []any{level})[0].([]byte)), w.Call("fmt", "Sprintf", "%[2]T %[1]v %[2]*[1]d|", []any{level, 3})[0],
				w.Call("fmt", "Sprintf", "%[1]T", []any{level})[0], w.Call("fmt", "Sprintf", "%T %T", []any{nil, 1})[0],
			}
		}, []any{"level 2 rt.Level 2", "level 2 my error 7xy", "alevel 2\n", "int level 2   2|", "rt.Level", "<nil> int"}},
		{"Sscan", func() any {
			n := 0
			w.Call("fmt", "Sscan", "42", []any{w.B(w.named("*Level"), &n)})
			return n
		}, 42},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.f(); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestErrorsAs(t *testing.T) {
	w := newWorld(t, stdTables())
	w.allMethods(reflect.TypeFor[MyErr](), map[reflect.Type]bool{})
	myErr := w.box(MyErr{7})
	wrapped := w.Call("fmt", "Errorf", "%w, %w", []any{io.EOF, myErr})[0]

	var e struct{ Code int }
	if !w.Call("errors", "As", wrapped, w.B(w.named("*MyErr"), &e))[0].(bool) || e.Code != 7 {
		t.Errorf("As of a cell's type: %+v", e)
	}
	var i any
	stringy := w.AddType(pointerTo("error"), nil)
	if !w.Call("errors", "As", myErr, w.B(stringy, &i))[0].(bool) || i != myErr {
		t.Errorf("As of an interface: %v", i)
	}
	if p, _ := try(func() { w.Call("errors", "As", wrapped, w.B(w.named("*Level"), new(int))) }); p == nil {
		t.Error("As of a type that is no error")
	}
	var pe *fs.PathError
	if w.Call("errors", "As", wrapped, &pe)[0].(bool) {
		t.Error("As of another type")
	}
	_, err := os.Open("/does/not/exist")
	if !w.Call("errors", "As", w.Call("fmt", "Errorf", "%w", []any{err})[0], &pe)[0].(bool) || pe.Op != "open" {
		t.Errorf("As of a compiled type: %+v", pe)
	}
	if w.Call("errors", "As", nil, &pe)[0].(bool) {
		t.Error("As of nil")
	}
	if p, _ := try(func() { w.Call("errors", "As", wrapped, nil) }); p == nil {
		t.Error("As with a nil target doesn't panic")
	}
}

func TestFieldsAndVariables(t *testing.T) {
	var hook func(error) string
	lib := library{"p": {"Hook": reflect.ValueOf(&hook).Elem(), "Const": reflect.ValueOf(1)}}
	w := newWorld(t, lib)
	w.allMethods(reflect.TypeFor[MyErr](), map[reflect.Type]bool{})
	type box struct {
		R    io.Writer
		Err  error
		List []fmt.Stringer
		F    func(error) error
		N    int
	}
	x := &box{}
	var out bytes.Buffer
	myErr := w.box(MyErr{1})
	w.SetF(x, "R", &out)
	w.SetF(x, "Err", myErr)
	w.SetF(x, "List", []any{w.box(Level(1)), nil})
	w.SetF(x, "F", func(e any) any { return e })
	w.SetF(x, "N", 5)
	if x.R != &out || x.Err.Error() != "my error 1" || x.List[1] != nil || x.F(io.EOF) != io.EOF || x.N != 5 {
		t.Errorf("set %+v", x)
	}
	if w.GetF(x, "R") != any(&out) || w.GetF(x, "Err") != myErr || w.GetF(x, "F").(func(any) any)(myErr) != myErr || w.GetF(x, "N") != 5 {
		t.Error("fields don't come back")
	}
	if l := w.GetF(x, "List").([]any); len(l) != 2 || l[1] != nil {
		t.Errorf("list %v", l)
	}
	w.SetF(x, "Err", nil)
	if x.Err != nil || w.GetF(x, "Err") != nil {
		t.Error("nil is not nil")
	}
	w.SetG("p", "Hook", func(e any) string { return "hook " + w.Text(e) })
	if got := hook(io.EOF); got != "hook EOF" {
		t.Errorf("hook: %q", got)
	}
	for name, f := range map[string]func(){
		"SetF of nil":   func() { w.SetF((*box)(nil), "N", 1) },
		"CallM of nil":  func() { w.CallM(nil, "Read") },
		"no func":       func() { w.Call("p", "None") },
		"no variable":   func() { w.SetG("p", "Const", 2) },
		"no method":     func() { w.CallM(&out, "None") },
		"M of nil":      func() { w.M(nil, "Read", (func(any))(nil)) },
		"M of none":     func() { w.M(&out, "None", (func(any))(nil)) },
		"not fit":       func() { w.SetF(x, "N", "s") },
		"no wrapper":    func() { w.SetF(&struct{ H http.Handler }{}, "H", w.box(Point{})) },
		"Is of garbage": func() { w.Is(1, 1<<20) },
	} {
		if p, how := try(f); how != panicked || p == nil {
			t.Errorf("%s: no panic", name)
		}
	}
}

// TestHandlerFunc: a func type of a compiled package and its lowered form.
func TestHandlerFunc(t *testing.T) {
	w := newWorld(t, stdTables())
	called := ""
	h := w.Conv(func(rw any, r *http.Request) { called = r.Method }, http.HandlerFunc(nil)).(http.HandlerFunc)
	h(nil, &http.Request{Method: "GET"})
	f := w.Conv(h, (func(any, *http.Request))(nil)).(func(any, *http.Request))
	f(nil, &http.Request{Method: called + "!"})
	if called != "GET!" {
		t.Errorf("called %q", called)
	}
	ch := make(chan int, 1)
	if w.Conv(ch, (<-chan int)(nil)) == nil || w.Conv(nil, (func())(nil)) == nil {
		t.Error("Conv lost a value")
	}
}

func TestSlowGoroutines(t *testing.T) {
	w := newWorld(t, library{"sync": {"OnceFunc": reflect.ValueOf(sync.OnceFunc)}})
	n := 0
	f := w.Call("sync", "OnceFunc", func() { n++ })[0].(func())
	f()
	f()
	if n != 1 {
		t.Errorf("called %d times", n)
	}
}

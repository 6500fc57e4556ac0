package rt

import (
	"container/heap"
	"context"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"reflect"
	"sort"
	"strings"
)

// wrapper is how a cell's value becomes a value of a compiled interface type: a struct
// with a func for each method, as yaegi's extract makes them.
type wrapper struct {
	t      reflect.Type
	fields []wrapperField
}

type wrapperField struct {
	index  int
	method string // "": the value itself
	t      reflect.Type
}

// wrapperValue is the field of a wrapper that holds the value itself.
const wrapperValue = "IValue"

// wrap is b as a value of interface type t.
func (r *Runtime) wrap(b Boxed, t reflect.Type) reflect.Value {
	if w := r.wrapFast(b, t); w != nil {
		return reflect.ValueOf(w)
	}
	for _, more := range extended(t) {
		if r.hasMethods(b.d, more) {
			return r.wrapPlain(b, more)
		}
	}
	return r.wrapPlain(b, t)
}

// wrapPlain is b as a value of interface type t that has no other methods.
func (r *Runtime) wrapPlain(b Boxed, t reflect.Type) reflect.Value {
	x, ok := r.calls.wrappers.Load(t)
	if !ok {
		x = r.wrapperOf(t)
		r.calls.wrappers.Store(t, x)
	}
	w := x.(*wrapper)
	if w.t == nil {
		panic("rt: a " + b.d.String() + " can't be passed to compiled code as " + t.String() + ": there is no wrapper for that interface")
	}
	s := reflect.New(w.t).Elem()
	recv := reflect.New(anyType).Elem()
	if b.V != nil {
		recv.Set(reflect.ValueOf(b.V))
	}
	for _, f := range w.fields {
		if f.method == "" {
			s.Field(f.index).Set(reflect.ValueOf(b))
			continue
		}
		m := b.d.method(f.method)
		if m == nil {
			panic("rt: " + b.d.String() + " has no method " + f.method + ", which " + t.String() + " has")
		}
		s.Field(f.index).Set(r.bound(reflect.ValueOf(m), recv, f.t))
	}
	return s
}

func (r *Runtime) wrapperOf(t reflect.Type) *wrapper {
	w := &wrapper{}
	if t.Name() == "" {
		return w
	}
	p, ok := r.lib.Values(t.PkgPath())["_"+t.Name()]
	if !ok || p.Kind() != reflect.Pointer || !p.Type().Elem().Implements(t) {
		return w
	}
	w.t = p.Type().Elem()
	for i := range w.t.NumField() {
		f := w.t.Field(i)
		n := ""
		if f.Name != wrapperValue {
			n = strings.TrimPrefix(f.Name, "W")
		}
		w.fields = append(w.fields, wrapperField{i, n, f.Type})
	}
	return w
}

// carrier is a wrapper of this package: it gives the value back.
type carrier interface{ boxed() Boxed }

// base is what the wrappers have in common that call methods without reflection.
type base struct {
	b    Boxed
	home *Cell
}

func (w base) boxed() Boxed { return w.b }

// Format prints the value, where compiled code does.
func (w base) Format(s fmt.State, verb rune) { w.b.Format(s, verb) }

func (w base) inside(f func()) { w.b.d.r.inside(w.home, f) }

// wrapFast is b as an interface that is used much, or of whose values compiled code asks
// more, nil for others.
func (r *Runtime) wrapFast(b Boxed, t reflect.Type) any {
	switch t {
	case writerType:
		return r.wrapWriter(b)
	case readerType:
		return r.wrapReader(b)
	case fsType:
		return r.wrapFS(b)
	case fileType:
		return r.wrapFile(b)
	case contextType:
		return r.wrapContext(b)
	case responseType:
		return r.wrapResponse(b)
	case stringerType:
		if m, ok := b.d.method("String").(func(any) string); ok {
			return &stringerW{base{b, r.Current()}, m}
		}
	case logValuerType:
		if m, ok := b.d.method("LogValue").(func(any) slog.Value); ok {
			return &logValuerW{base{b, r.Current()}, m}
		}
	case flagType:
		w := flagW{base: base{b, r.Current()}}
		var ok [2]bool
		w.str, ok[0] = b.d.method("String").(func(any) string)
		w.set, ok[1] = b.d.method("Set").(func(any, string) any)
		if !ok[0] || !ok[1] {
			return nil
		}
		if is, ok := b.d.method("IsBoolFlag").(func(any) bool); ok {
			return boolFlagW{w, is}
		}
		return w
	case sortType, heapType:
		w := sortW{base: base{b, r.Current()}}
		var ok [5]bool
		w.length, ok[0] = b.d.method("Len").(func(any) int)
		w.less, ok[1] = b.d.method("Less").(func(any, int, int) bool)
		w.swap, ok[2] = b.d.method("Swap").(func(any, int, int))
		if !ok[0] || !ok[1] || !ok[2] {
			return nil
		}
		if t == sortType {
			return &w
		}
		h := heapW{sortW: w}
		h.push, ok[3] = b.d.method("Push").(func(any, any))
		h.pop, ok[4] = b.d.method("Pop").(func(any) any)
		if ok[3] && ok[4] {
			return &h
		}
	}
	return nil
}

var (
	writerType    = reflect.TypeFor[io.Writer]()
	readerType    = reflect.TypeFor[io.Reader]()
	stringerType  = reflect.TypeFor[fmt.Stringer]()
	logValuerType = reflect.TypeFor[slog.LogValuer]()
	fsType        = reflect.TypeFor[fs.FS]()
	fileType      = reflect.TypeFor[fs.File]()
	contextType   = reflect.TypeFor[context.Context]()
	responseType  = reflect.TypeFor[http.ResponseWriter]()
	flagType      = reflect.TypeFor[flag.Value]()
	sortType      = reflect.TypeFor[sort.Interface]()
	heapType      = reflect.TypeFor[heap.Interface]()
)

type stringerW struct {
	base
	str func(any) string
}

func (w *stringerW) String() (s string) {
	w.inside(func() { s = w.str(w.b.V) })
	return s
}

type logValuerW struct {
	base
	value func(any) slog.Value
}

func (w *logValuerW) LogValue() (v slog.Value) {
	w.inside(func() { v = w.value(w.b.V) })
	return v
}

// flagW is a flag's value. A zero one, which package flag makes to see what it prints,
// has no text.
type flagW struct {
	base
	str func(any) string
	set func(any, string) any
}

func (w flagW) String() (s string) {
	if w.str != nil {
		w.inside(func() { s = w.str(w.b.V) })
	}
	return s
}

func (w flagW) Set(s string) (err error) {
	w.inside(func() { err = w.b.d.r.error(w.set(w.b.V, s)) })
	return err
}

type boolFlagW struct {
	flagW
	is func(any) bool
}

func (w boolFlagW) IsBoolFlag() (is bool) {
	w.inside(func() { is = w.is(w.b.V) })
	return is
}

type sortW struct {
	base
	length func(any) int
	less   func(any, int, int) bool
	swap   func(any, int, int)
}

func (w *sortW) Len() (n int) {
	w.inside(func() { n = w.length(w.b.V) })
	return n
}

func (w *sortW) Less(i, j int) (less bool) {
	w.inside(func() { less = w.less(w.b.V, i, j) })
	return less
}

func (w *sortW) Swap(i, j int) { w.inside(func() { w.swap(w.b.V, i, j) }) }

type heapW struct {
	sortW
	push func(any, any)
	pop  func(any) any
}

func (w *heapW) Push(x any) { w.inside(func() { w.push(w.b.V, x) }) }

func (w *heapW) Pop() (x any) {
	w.inside(func() { x = w.pop(w.b.V) })
	return x
}

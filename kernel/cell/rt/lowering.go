package rt

import (
	"go/types"
	"reflect"
	"runtime"
	"strings"
)

// Overridden says whether rt has a func of its own in place of a compiled package's,
// so that the lowering has to go through [Runtime.Call].
func (r *Runtime) Overridden(pkg, name string) bool {
	_, ok := r.calls.overrides[symbol{pkg, name}]
	return ok
}

// GetG is the variable name of a compiled package.
func (r *Runtime) GetG(pkg, name string) any { return r.FromBin(r.lib.Values(pkg)[name]) }

// AddTrace notes frames that a panic takes off the stack of this goroutine, innermost
// first. If the panic has just begun, what is left of one that compiled code has
// recovered is dropped. fault is what is known of the run-time error that it may be.
func (r *Runtime) AddTrace(sites []Site, begun bool, fault Fault) {
	g := r.state()
	g.fault = fault
	if begun {
		from := 0
		for i := len(g.recs) - 1; i >= 0 && from == 0; i-- {
			if x := g.recs[i]; x != nil {
				from = x.mark
			}
		}
		g.trace = g.trace[:min(from, len(g.trace))]
	}
	g.trace = append(append(g.trace, g.inner...), sites...)
	g.inner = nil
}

// Inner notes the innermost frames of a panic that is about to begin on this goroutine, in
// machine code, which has been left.
func (r *Runtime) Inner(sites []Site) { r.state().inner = sites }

// Fault is what is known of the operation that has failed, if the interpreter and Go's
// run time say less.
type Fault struct {
	Text string // what Go says of an index or of slice bounds
	Key  string // the type of a map's key that can't be hashed
	Set  bool   // an element of the map was to be set
}

// exact is panic p, which has just been caught on this goroutine, in Go's words.
func (r *Runtime) exact(p any) any {
	g := r.peek()
	if g == nil || g.fault == (Fault{}) {
		return p
	}
	switch e := p.(type) {
	case RTError:
		if g.fault.Text != "" && (e.msg == indexFault || e.msg == sliceFault) {
			p = rtError("runtime error: " + g.fault.Text)
		}
	case runtime.Error:
		text := e.Error()
		if g.fault.Key == "" || !strings.Contains(text, unhashable) {
			return p
		}
		if strings.HasPrefix(text, unhashable+": ") && !g.fault.Set {
			p = rtError(unhashable + ": " + g.fault.Key)
		} else {
			p = rtError("runtime error: " + unhashable + " " + g.fault.Key)
		}
	default:
		return p
	}
	g.fault = Fault{}
	return p
}

// unhashable is how the texts of Go's run time begin.
const unhashable = "hash of unhashable type"

// Unhashable is the name of the type for which key can't be that of a map; "" if it can.
func Unhashable(key reflect.Value) string {
	switch key.Kind() {
	case reflect.Interface:
		if key.IsNil() {
			return ""
		}
		if b, ok := key.Interface().(Boxed); ok {
			if !types.Comparable(b.d.typ()) {
				return b.d.String()
			}
			return Unhashable(reflect.ValueOf(b.V))
		}
		if e := key.Elem(); e.Comparable() {
			return ""
		} else if !e.Type().Comparable() {
			return e.Type().String()
		} else {
			return Unhashable(e)
		}
	case reflect.Struct:
		for i := range key.NumField() {
			if s := Unhashable(key.Field(i)); s != "" {
				return s
			}
		}
	case reflect.Array:
		for i := range key.Len() {
			if s := Unhashable(key.Index(i)); s != "" {
				return s
			}
		}
	}
	return ""
}

// what fix makes of the interpreter's words
const (
	indexFault = "runtime error: index out of range"
	sliceFault = "runtime error: slice bounds out of range"
)

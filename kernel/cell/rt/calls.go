package rt

import (
	"go/token"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"unsafe"
	"weak"
)

// What follows is for those who tell of the calls in progress on a goroutine's stack.

var (
	path     = reflect.TypeFor[Runtime]().PkgPath()
	runs     = path + ".(*Runtime).guard"
	deferred = path + ".(*unwinding).calls"
)

// Stack tells of the calls on the stack of the goroutine that asks.
type Stack interface {
	// Caller is the lowered or compiled function that is below skip others, as
	// runtime.Caller tells of it.
	Caller(skip int) (function, file string, line int, ok bool)
	// Between counts the lowered functions between the one that asks and the call of a
	// deferred function in the course of a panic.
	Between() int
	// Sites are those of the lowered functions on the stack of this goroutine, innermost
	// first; of a deep stack those at both ends.
	Sites() []Site
}

// SetStack makes known who can tell of the stack.
func (r *Runtime) SetStack(s Stack) { r.stack = s }

// EndsStack: below a call of the compiled function f there are none that have to do
// with the cell.
func EndsStack(f string) bool { return f == runs }

// Spawned: this goroutine is not the one that runs the cell's statements.
func (r *Runtime) Spawned() bool {
	g := r.peek()
	return g != nil && g.spawned
}

// MakesDeferredCalls: f makes the deferred calls in the course of a panic.
func MakesDeferredCalls(f string) bool { return f == deferred }

// InProgress is a panic in progress: functions of Go's run time that would be on the
// stack, innermost first, and the lowered ones that it has left.
type InProgress struct {
	Functions []string
	Trace     []Site
}

// Panics are those in progress on this goroutine whose deferred calls are being made,
// innermost first.
func (r *Runtime) Panics() (list []InProgress) {
	g := r.peek()
	if g == nil {
		return nil
	}
	for i := len(g.recs) - 1; i >= 0; i-- {
		x := g.recs[i]
		if x == nil {
			continue
		}
		from, _ := g.below(x)
		list = append(list, InProgress{raisers(x.val), g.trace[min(from, x.mark):x.mark]})
	}
	return list
}

// raisers are the functions with which Go's run time raises a panic.
func raisers(p any) []string {
	out := []string{"runtime.gopanic"}
	if _, ok := p.(runtime.Error); !ok {
		return out
	}
	text := p.(error).Error()
	for _, x := range [...]struct{ in, fn string }{
		{"nil pointer", "runtime.panicmem runtime.sigpanic"}, {"index out", "runtime.goPanicIndex"}, {"slice bounds", "runtime.goPanicSlice"},
		{"divide by", "runtime.panicdivide"}, {"interface conversion", "runtime.panicdottypeE"}, {"makeslice", "runtime.panicmakeslicelen runtime.makeslice"},
	} {
		if strings.Contains(text, x.in) {
			return append(out, strings.Fields(x.fn)...)
		}
	}
	return out
}

// funcTable knows lowered functions by the addresses of their values. It keeps none of
// them alive.
type funcTable struct {
	mu sync.Mutex
	m  map[uintptr]namedFunc
}

type namedFunc struct {
	name string
	pos  token.Pos
}

// Func tells the name and the place of a lowered function whose value is f.
func (r *Runtime) Func(f any, name string, pos int) {
	p := funcAddress(f)
	if p == nil {
		return
	}
	r.funcs.mu.Lock()
	defer r.funcs.mu.Unlock()
	if r.funcs.m == nil {
		r.funcs.m = map[uintptr]namedFunc{}
	}
	r.funcs.m[uintptr(p)] = namedFunc{name, token.Pos(pos)}
	owner := weak.Make(r) // which f belongs to: a strong pointer would keep both for ever
	runtime.AddCleanup((*byte)(p), func(at uintptr) {
		if r := owner.Value(); r != nil {
			r.funcs.mu.Lock()
			defer r.funcs.mu.Unlock()
			delete(r.funcs.m, at)
		}
	}, uintptr(p))
}

// funcAddress is the address of the func value that f holds.
func funcAddress(f any) unsafe.Pointer {
	if reflect.ValueOf(f).Kind() != reflect.Func {
		return nil
	}
	return (*[2]unsafe.Pointer)(unsafe.Pointer(&f))[1]
}

// FuncAddress tells a func value from others.
func FuncAddress(f any) uintptr { return uintptr(funcAddress(f)) }

// FuncAt is the lowered function whose value is at an address; "" if that is not known.
func (r *Runtime) FuncAt(address uintptr) (name string, pos token.Pos) {
	r.funcs.mu.Lock()
	defer r.funcs.mu.Unlock()
	f := r.funcs.m[address]
	return f.name, f.pos
}

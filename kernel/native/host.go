package native

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"slices"
	"time"
	"unsafe"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/nascent-go/nascent/kernel/native/wasm"
)

// hostName is the module of what compiled code calls.
const hostName = "go"

// Functions that compiled code calls.
const (
	hostFail = iota
	hostPoll
	hostAlloc
	hostGrow
	hostSet
	hostFrame
	hostUnframe
	hostDivide
	hostLib // and the following: libFuncs
)

// hostFunc is a function that compiled code calls. It takes its arguments from the
// stack and leaves its results there.
type hostFunc struct {
	name            string
	params, results []wasm.Type
	call            func(in *instance, stack []uint64)
}

func typesOf(s string) []wasm.Type {
	var ts []wasm.Type
	for _, c := range s {
		ts = append(ts, map[rune]wasm.Type{'i': wasm.I32, 'l': wasm.I64, 'f': wasm.F32, 'd': wasm.F64}[c])
	}
	return ts
}

// hostFuncs are the functions by number.
var hostFuncs = func() []hostFunc {
	fs := []hostFunc{
		hostFail:    {"fail", typesOf("illll"), nil, nil},
		hostPoll:    {"poll", nil, typesOf("i"), (*instance).poll},
		hostAlloc:   {"alloc", typesOf("ill"), typesOf("i"), (*instance).alloc},
		hostGrow:    {"grow", typesOf("iilll"), typesOf("il"), (*instance).grow},
		hostSet:     {"set", typesOf("ii"), nil, (*instance).store},
		hostFrame:   {"frame", typesOf("i"), typesOf("i"), (*instance).frame},
		hostUnframe: {"unframe", nil, nil, (*instance).unframe},
		hostDivide:  {"divide", typesOf("dddd"), typesOf("dd"), divideComplex},
	}
	fs[hostFail].call = (*instance).fail
	for _, f := range libFuncs {
		fs = append(fs, f.host())
	}
	return fs
}()

// host makes the module of what compiled code calls.
func (e *Engine) host() error {
	b := e.runtime.NewHostModuleBuilder(hostName)
	for _, f := range hostFuncs {
		b.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(ctx context.Context, _ api.Module, stack []uint64) {
			f.call(ctx.(*call).in, stack)
		}), valueTypes(f.params), valueTypes(f.results)).Export(f.name)
	}
	_, err := b.Instantiate(experimental.WithFunctionListenerFactory(e.ctx, tracer{}))
	return err
}

func valueTypes(ts []wasm.Type) []api.ValueType {
	var vs []api.ValueType
	for _, t := range ts {
		vs = append(vs, api.ValueType(t))
	}
	return vs
}

// call is the context of a call from outside.
type call struct {
	context.Context
	in *instance
}

// tracer notes where compiled code was when it failed.
type tracer struct{}

// NewFunctionListener implements experimental.FunctionListenerFactory.
func (t tracer) NewFunctionListener(f api.FunctionDefinition) experimental.FunctionListener {
	if slices.Contains(f.ExportNames(), hostFuncs[hostFail].name) {
		return t
	}
	return nil
}

// Before implements experimental.FunctionListener.
func (tracer) Before(ctx context.Context, _ api.Module, f api.FunctionDefinition, _ []uint64, stack experimental.StackIterator) {
	in := ctx.(*call).in
	in.trace = in.trace[:0]
	for stack.Next() {
		if f := stack.Function(); f.Definition().ModuleName() != hostName {
			in.trace = append(in.trace, f.SourceOffsetForPC(stack.ProgramCounter()))
		}
	}
}

// After implements experimental.FunctionListener.
func (tracer) After(context.Context, api.Module, api.FunctionDefinition, []uint64) {}

// Abort implements experimental.FunctionListener.
func (tracer) Abort(context.Context, api.Module, api.FunctionDefinition, error) {}

// leave ends the call with an error.
func (in *instance) leave(err error) {
	in.failure = err
	panic(err)
}

// fuel is about how many instructions are run between two polls: a millisecond's, or less.
const fuel = 1 << 19

// slice is for how long others wait for a processor that machine code keeps. Go's run
// time would ask for it after 10 ms, if its monitor has a processor itself.
const slice = 4 * time.Millisecond

func (in *instance) poll(stack []uint64) {
	if now := time.Now(); now.Sub(in.yielded) > slice {
		runtime.Gosched()
		in.yielded = now
	}
	if poll := in.engine.options.Poll; poll != nil {
		if err := poll(); err != nil {
			in.leave(err)
		}
	}
	in.polls++
	stack[0] = fuel
}

// alloc makes a slice: type, length, capacity → address, 0 if it is refused.
func (in *instance) alloc(stack []uint64) {
	t := in.types[uint32(stack[0])] // what else is in the 64 bits is not ours
	stack[0] = uint64(in.make(t, int(stack[1]), int(stack[2])))
}

// make makes a slice of a type, or refuses it, as make of Go does.
func (in *instance) make(slice reflect.Type, length, capacity int) uint32 {
	size := int(slice.Elem().Size())
	if err := wrongSize(length, capacity, size); err != nil {
		in.refused = err
		return 0
	}
	if !in.count(capacity, size) {
		return 0
	}
	v := reflect.MakeSlice(slice, length, capacity)
	p := v.UnsafePointer()
	if capacity == 0 {
		return 1
	}
	return in.keep(p, uintptr(size)*uintptr(capacity))
}

// count counts memory that is made. It says whether there may be so much.
func (in *instance) count(n, size int) (ok bool) {
	room := in.engine.options.Room
	if room == nil || n == 0 {
		return true
	}
	in.made += n * size
	if in.made < 64<<20 {
		return true
	}
	defer func() {
		if r := recover(); r != nil {
			in.refused, ok = r, false
		}
	}()
	room(in.made, 1)
	return true
}

// keep holds an object that was made until the call from outside ends. The address is 0
// if compiled code does not see it.
func (in *instance) keep(p unsafe.Pointer, size uintptr) uint32 {
	at, ok := in.engine.window.offset(p, size)
	if !ok {
		in.refused = errFull
		return 0
	}
	in.held = append(in.held, p)
	return at
}

// wrongSize is the error of Go's run time for a call of make.
func wrongSize(length, capacity, size int) error {
	const most = math.MaxInt >> 16 // bytes
	switch {
	case length < 0 || size > 0 && length > most/size:
		return raised(func() { escapeBytes(make([]byte, hide(-1))) })
	case capacity < length || size > 0 && capacity > most/size:
		return raised(func() { escapeBytes(make([]byte, 0, hide(-1))) })
	}
	return nil
}

// grow makes room for n more elements: type, address, length, capacity, n → address,
// capacity; 0 if it is refused.
func (in *instance) grow(stack []uint64) {
	t := in.types[uint32(stack[0])] // what else is in the 64 bits is not ours
	size := t.Elem().Size()
	v := reflect.New(t).Elem()
	*(*header)(v.Addr().UnsafePointer()) = header{in.pointer(uint32(stack[1])), int(stack[2]), int(stack[3])}
	if !in.count(int(stack[2]+stack[4]), int(size)) {
		stack[0], stack[1] = 0, 0
		return
	}
	v.Grow(int(stack[4]))
	stack[0], stack[1] = uint64(in.keep(v.UnsafePointer(), size*uintptr(v.Cap()))), uint64(v.Cap())
}

// header is a slice in memory.
type header struct {
	at       unsafe.Pointer
	len, cap int
}

// pointer is an address of compiled code as one of Go's: nil for 0, and that of
// something without a size for 1.
func (in *instance) pointer(at uint32) unsafe.Pointer {
	switch at {
	case 0:
		return nil
	case 1:
		return unsafe.Pointer(&nothing)
	}
	return in.engine.window.at(at)
}

// nothing is what slices without capacity point to.
var nothing struct{}

// store writes an address to memory in a way that Go's collector sees: where, address.
// What was there is held, since compiled code may still have it, but not if the new address
// holds it: that of a slice which begins behind, as a queue does each time.
func (in *instance) store(stack []uint64) {
	h, at := (*header)(in.engine.window.at(uint32(stack[0]))), in.pointer(uint32(stack[1]))
	if h.at != nil && uintptr(at)-uintptr(h.at) >= uintptr(h.cap) {
		in.lost[h.at] = true
	}
	h.at = at
}

// frame makes room for local variables that do not fit where such are: bytes → address.
func (in *instance) frame(stack []uint64) {
	n := int(uint32(stack[0]))
	if in.extras == len(in.extra) {
		in.extra = append(in.extra, nil)
	}
	b := &in.extra[in.extras]
	if len(*b) <= n/8 {
		if !in.count(n/8+1, 8) {
			in.leave(&Panic{Value: in.refused})
		}
		*b = make([]uint64, n/8+1)
	}
	at, ok := in.engine.window.offset(unsafe.Pointer(&(*b)[0]), uintptr(n))
	if !ok {
		in.leave(&Panic{Value: errFull})
	}
	in.extras++
	stack[0] = uint64(at)
}

// unframe ends the use of the room that was made last.
func (in *instance) unframe([]uint64) { in.extras-- }

func divideComplex(_ *instance, s []uint64) {
	f := math.Float64frombits
	q := complex(f(s[0]), f(s[1])) / complex(f(s[2]), f(s[3]))
	s[0], s[1] = math.Float64bits(real(q)), math.Float64bits(imag(q))
}

// Panic is a panic in compiled code.
type Panic struct {
	Value any     // a runtime.Error, or what was given to panic
	Trace []Frame // innermost first
}

func (p *Panic) Error() string { return fmt.Sprintf("panic: %v", p.Value) }

// Unwrap is the value, if that is an error.
func (p *Panic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

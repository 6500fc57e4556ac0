package native

import (
	"errors"
	"fmt"
	"go/types"
	"reflect"
	"runtime"
	"sync/atomic"
	"unsafe"

	"github.com/tetratelabs/wazero"
)

// Func is a compiled function. It is safe for concurrent use.
type Func struct {
	module  *module
	numbers int // room that arguments and results need

	// What looking at slices in slices has cost must not be more than what machine code
	// has saved, both in slices looked at. Where it is, only some calls are tried.
	saved atomic.Int64
	tries atomic.Uint32
}

const (
	saves    = 25      // slices are looked at while one instruction is interpreted
	few      = 256     // slices cost nothing
	tryEvery = 64      // calls are one that is tried
	mostGain = 1 << 26 // is remembered: a tenth of a second
)

// Load makes machine code of code. vars are the addresses of the variables that it uses,
// as [Analysis.Globals] lists them. An error is [ErrOutside] if one of them can't be
// seen by compiled code. The machine code goes when the function is not used any more.
func (e *Engine) Load(c *Code, vars []unsafe.Pointer) (*Func, error) {
	m := &module{Code: c, engine: e, variables: vars}
	for i, s := range c.vars {
		at, ok := e.window.offset(vars[i], uintptr(s.size))
		if !ok {
			return nil, ErrOutside
		}
		m.addresses = append(m.addresses, at)
	}
	compiled, err := e.compile(c.binary)
	if err != nil {
		return nil, fmt.Errorf("compiling: %w", err)
	}
	m.compiled = compiled
	in, out := 0, 0
	for _, s := range c.params {
		in += s.count
	}
	for _, s := range c.results {
		out += s.count
	}
	f := &Func{module: m, numbers: max(in, out)}
	runtime.AddCleanup(f, func(m *module) { _ = m.close() }, m) // nobody is there to hear of an error
	return f, nil
}

func (e *Engine) compile(binary []byte) (m wazero.CompiledModule, err error) {
	defer func() { // the compiler panics where it finds a fault of its own
		if r := recover(); r != nil {
			err = fmt.Errorf("the compiler fails: %v", r)
		}
	}()
	return e.runtime.CompileModule(e.ctx, binary)
}

// ErrOutside is returned by [Func.Call] if something that the function can reach lies
// where compiled code does not see it, or if what it makes might. Nothing has happened then.
var ErrOutside = errors.New("a variable lies outside of what compiled code can see")

// ErrOverflow is the value of the panic that a full stack is.
var ErrOverflow = errors.New("stack overflow")

// ErrDear is returned by [Func.Call] if looking at slices in slices would take longer than
// what the function does, as far as earlier calls tell. Nothing has happened then.
var ErrDear = errors.New("to look at slices in slices takes longer than to use them")

// settle notes what a call was worth that has looked at slices and run instructions.
func (f *Func) settle(looked, ran int) {
	if looked >= few {
		f.saved.Store(min(max(f.saved.Load(), 0)+int64(saves*ran)-int64(looked), mostGain))
	}
}

// Call calls the function. Arguments are addressable variables of the types of the
// parameters or of types with the same layout, and results are set to variables of such.
// An error is ErrOutside, ErrDear, a *Panic, or what Options.Poll has returned.
func (f *Func) Call(args, results []unsafe.Pointer) error {
	if f.saved.Load() < 0 && f.tries.Add(1)%tryEvery != 0 {
		return ErrDear
	}
	in, err := f.module.take()
	if errors.Is(err, errFull) {
		return ErrOutside
	}
	if err != nil {
		return err
	}
	if in.sizes != nil && !roomy(in.sizes) {
		f.module.give(in)
		return ErrOutside
	}
	if cap(in.room) < f.numbers {
		in.room = make([]uint64, f.numbers)
	}
	in.looked = 0
	stack := in.room[:0]
	for i, s := range f.module.params {
		var ok bool
		if stack, ok = in.encode(stack, args[i], s); !ok {
			f.module.give(in)
			return ErrOutside
		}
	}
	for i, s := range f.module.vars {
		if !in.visible(f.module.variables[i], 1, s) {
			f.module.give(in)
			return ErrOutside
		}
	}
	in.failure, in.extras, in.trace = nil, 0, in.trace[:0]
	stack = stack[:f.numbers]
	before := in.left()
	if err := in.main.CallWithStack(&in.call, stack); err != nil {
		return in.failed(err)
	}
	for i, s := range f.module.results {
		for _, l := range s.leaves {
			in.decode(unsafe.Add(results[i], l.offset), l.kind, stack[0])
			stack = stack[1:]
		}
	}
	f.settle(in.looked, before-in.left())
	runtime.KeepAlive(f)
	runtime.KeepAlive(args)
	f.module.give(in)
	return nil
}

// failed is the error of a call that has failed.
func (in *instance) failed(err error) error {
	failure := in.failure
	var p *Panic
	if errors.As(failure, &p) {
		p.Trace = in.frames()
	}
	if p != nil {
		in.reset()
		in.module.give(in)
		return p
	}
	if cerr := in.mod.Close(in.engine.ctx); cerr != nil {
		return fmt.Errorf("unloading compiled code: %w", cerr)
	}
	switch {
	case failure != nil:
		return failure
	case err.Error() == "stack overflow":
		return &Panic{Value: ErrOverflow}
	}
	return fmt.Errorf("compiled code failed: %w", err)
}

// encode appends the numbers of what lies at p. It fails if they lead to what lies
// outside of the window.
func (in *instance) encode(stack []uint64, p unsafe.Pointer, s *shape) ([]uint64, bool) {
	for i, l := range s.leaves {
		at := unsafe.Add(p, l.offset)
		if l.kind != kindPointer {
			stack = append(stack, readNumber(at, l.kind))
			continue
		}
		to := *(*unsafe.Pointer)(at)
		length, capacity := 1, 1
		if l.role != ofPointer {
			length = *(*int)(unsafe.Add(p, s.leaves[i+1].offset))
			capacity = length
		}
		size := uintptr(1)
		if l.role == ofSlice {
			capacity = *(*int)(unsafe.Add(p, s.leaves[i+2].offset))
		}
		if l.elem != nil {
			size = uintptr(l.elem.size)
		}
		offset, ok := in.engine.window.offset(to, size*uintptr(capacity))
		switch {
		case to == nil:
			offset = 0
		case capacity == 0:
			offset = 1
		case !ok && l.role == ofString: // it does not change: a copy will do
			b := []byte(*(*string)(at))
			if offset, ok = in.engine.window.offset(unsafe.Pointer(&b[0]), uintptr(length)); !ok {
				return stack, false
			}
			in.held = append(in.held, b)
		case !ok:
			return stack, false
		case l.elem != nil && l.elem.pointers:
			if !in.visible(to, capacity, l.elem) {
				return stack, false
			}
		}
		stack = append(stack, uint64(offset))
	}
	return stack, true
}

// visible says whether all that what lies at p, n times, leads to lies in the window. It
// looks at all slices in slices before every call.
func (in *instance) visible(p unsafe.Pointer, n int, s *shape) bool {
	switch {
	case !s.pointers:
		return true
	case s.leaves == nil && s.elem != nil:
		return in.visible(p, n*int(s.n), s.elem)
	case s.leaves == nil:
		return false
	}
	for _, l := range s.leaves {
		if l.kind != kindPointer {
			continue
		}
		if l.role != ofSlice { // others do not lie in memory
			return false
		}
		in.looked += n
		size, w := uintptr(l.elem.size), in.engine.window
		for i := range n {
			h := (*header)(unsafe.Add(p, l.offset+int64(i)*s.size))
			if h.at == nil || h.cap == 0 {
				continue
			}
			if _, ok := w.offset(h.at, size*uintptr(h.cap)); !ok {
				return false
			}
			if l.elem.pointers && !in.visible(h.at, h.cap, l.elem) {
				return false
			}
		}
	}
	return true
}

// decode writes a number to memory.
func (in *instance) decode(p unsafe.Pointer, k kind, x uint64) {
	switch k {
	case kindPointer:
		*(*unsafe.Pointer)(p) = in.pointer(uint32(x))
	default:
		writeNumber(p, k, x)
	}
}

func readNumber(p unsafe.Pointer, k kind) uint64 {
	switch k {
	case kindBool, kindUint8:
		return uint64(*(*uint8)(p))
	case kindInt8:
		return uint64(uint32(*(*int8)(p)))
	case kindInt16:
		return uint64(uint32(*(*int16)(p)))
	case kindUint16:
		return uint64(*(*uint16)(p))
	case kindInt32, kindUint32, kindFloat32:
		return uint64(*(*uint32)(p))
	}
	return *(*uint64)(p)
}

func writeNumber(p unsafe.Pointer, k kind, x uint64) {
	switch k {
	case kindBool, kindUint8, kindInt8:
		*(*uint8)(p) = uint8(x)
	case kindInt16, kindUint16:
		*(*uint16)(p) = uint16(x)
	case kindInt32, kindUint32, kindFloat32:
		*(*uint32)(p) = uint32(x)
	default:
		*(*uint64)(p) = x
	}
}

// panicValue makes a value that was given to panic of its numbers.
func panicValue(w window, b *types.Basic) func(x, y uint64) any {
	r, k := basicTypes[b.Kind()], basicKinds[b.Kind()]
	return func(x, y uint64) any {
		v := reflect.New(r)
		switch {
		case b.Info()&types.IsString == 0:
			writeNumber(v.UnsafePointer(), k, x)
		case y > 0:
			v.Elem().SetString(string(unsafe.Slice((*byte)(w.at(uint32(x))), int(y))))
		}
		return v.Elem().Interface()
	}
}

package native

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"
)

// fault is why compiled code fails.
type fault int32

const (
	faultNil      fault = iota
	faultDivide         // by zero
	faultShift          // by a negative number
	faultIndex          // index, length
	faultIndexU         // the same with an unsigned index
	faultSlice          // low, high, capacity
	faultSlice3         // low, high, max, capacity
	faultString         // low, high, length: of a string or an array
	faultMake           // length, capacity, size of an element
	faultPanic          // panic: number of the kind of value, value
	faultOverflow       // of the stack
	faultOutside        // a slice lies where compiled code can't see it
	faultRefused        // an object is not made
)

// fail ends the call with a panic: fault and what belongs to it.
func (in *instance) fail(s []uint64) {
	var err any
	a, b, c, d := int(s[1]), int(s[2]), int(s[3]), int(s[4])
	switch fault(s[0]) {
	case faultNil:
		err = raised(func() { *(*int)(unsafe.Pointer(hide[*int](nil))) = 1 })
	case faultDivide:
		err = raised(func() { _ = 1 / hide(0) })
	case faultShift:
		err = raised(func() { _ = 1 << hide(-1) })
	case faultIndex:
		err = raised(func() { _ = fake(b)[a] })
	case faultIndexU:
		err = raised(func() { _ = fake(b)[uint(a)] })
	case faultSlice:
		err = raised(func() { escapeBytes(fake(c)[a:b]) })
	case faultSlice3:
		err = raised(func() { escapeBytes(fake(d)[a:b:c]) })
	case faultString:
		err = raised(func() { escapeString(unsafe.String(&someByte, c)[a:b]) })
	case faultMake:
		err = wrongSize(a, b, c)
	case faultPanic:
		err = in.panics[a](uint64(b), uint64(c))
	case faultOverflow:
		err = ErrOverflow
	case faultOutside:
		err = errFull
	case faultRefused:
		err = in.refused
	default:
		err = fmt.Errorf("machine code failed in a way that is not known: %d", fault(s[0]))
	}
	in.leave(&Panic{Value: err})
}

var someByte byte

// fake is a slice with a length, of which no element may be touched.
func fake(n int) []byte {
	h := header{unsafe.Pointer(&someByte), n, n}
	return *(*[]byte)(unsafe.Pointer(&h))
}

// hide is a value that the compiler knows nothing of.
//
//go:noinline
func hide[T any](x T) T { return x }

//go:noinline
func escapeBytes([]byte) {}

//go:noinline
func escapeString(string) {}

// raised is the error that Go's run time raises in f.
func raised(f func()) (err error) {
	defer func() {
		e, ok := recover().(runtime.Error)
		if err = e; !ok {
			err = errors.New("compiled code failed without a reason")
		}
	}()
	f()
	return nil
}

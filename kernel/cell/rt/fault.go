package rt

import (
	"fmt"
	"reflect"
	"runtime/debug"
	"strings"
	"unsafe"
)

// RTError is a run-time error that this package raises in place of Go's run time.
type RTError struct{ msg string }

func rtError(msg string) RTError { return RTError{msg} }

// Error is the text that Go's run time has for it.
func (e RTError) Error() string { return e.msg }

// RuntimeError marks it as a runtime.Error.
func (e RTError) RuntimeError() {}

// typeName is that of the type which Go's run time has for the error.
func (e RTError) typeName() string {
	text, isRuntime := strings.CutPrefix(e.msg, "runtime error: ")
	has := func(prefix string) bool { return strings.HasPrefix(text, prefix) }
	switch {
	case has("index out of range"), has("slice bounds out of range"), has("cannot convert slice"):
		return "runtime.boundsError"
	case has("interface conversion"):
		return "*runtime.TypeAssertionError"
	case isRuntime:
		return "runtime.errorString"
	case has(unhashable):
		return "maps.unhashableTypeError"
	}
	return "runtime.plainError"
}

// Room panics if n values of a size are more memory than this process may have:
// Go's run time would not survive the attempt.
func Room(n, size int) {
	const gib = 1 << 30
	limit := debug.SetMemoryLimit(-1)
	if n > int(limit)/size {
		panic(rtError(fmt.Sprintf("runtime error: out of memory: %.4g GiB are asked for at once, and there may be %.4g",
			float64(n)*float64(size)/gib, float64(limit)/gib)))
	}
}

// Nil panics as a nil dereference does.
func Nil() { panic(nilError()) }

func nilError() any {
	return runtimeError(func() {
		var p *int
		*p = 1
	})
}

// runtimeError is the error that Go's run time raises in f.
func runtimeError(f func()) (err any) {
	defer func() { err = recover() }()
	f()
	return nil
}

// checkIndex panics as s[i] does if s has n elements.
func checkIndex(i, n int) {
	if uint(i) < uint(n) {
		return
	}
	var b byte
	s := unsafe.Slice(&b, n) // its header only: the element is never reached
	_ = s[i]
}

// Fits panics as make of a slice does if the length or the capacity is out of range,
// for elements of a size, and as Room does if it is too much.
func Fits(length, capacity, size int) {
	const most = 1 << 48 // bytes that Go's run time can think of
	fits := func(n int) bool { return n >= 0 && (size == 0 || n <= most/size) }
	switch {
	case !fits(length):
		panic(rtError("runtime error: makeslice: len out of range"))
	case !fits(capacity) || length > capacity:
		panic(rtError("runtime error: makeslice: cap out of range"))
	case size > 0:
		Room(capacity, size)
	}
}

// fix makes of the interpreter's and reflect's panics what compiled code raises.
func fix(p any) any {
	if v, ok := p.(reflect.Value); ok && v.IsValid() && v.CanInterface() {
		p = v.Interface()
	}
	switch e := p.(type) {
	case *reflect.ValueError:
		return nilError()
	case string:
		if strings.Contains(e, "reflect") {
			return fixText(e)
		}
	}
	return p
}

func fixText(e string) any {
	has := func(s string) bool { return strings.Contains(e, s) }
	switch {
	case has("index out of range"), has("index out of"), has("out of bounds"):
		if has("lice") && (has("bounds") || has("slice slice")) {
			return rtError(sliceFault)
		}
		return rtError(indexFault)
	case has("MakeSlice: negative len"), has("MakeSlice: len > cap"):
		return rtError("runtime error: makeslice: len out of range")
	case has("MakeSlice: negative cap"):
		return rtError("runtime error: makeslice: cap out of range")
	case has("MakeChan: negative"):
		return rtError("makechan: size out of range")
	case has("slice overflow"):
		return rtError("runtime error: growslice: len out of range")
	case has("cannot convert slice with length"):
		e = e[strings.Index(e, "cannot convert"):]
		e = strings.NewReplacer(" to pointer to array ", " to array or pointer to array ", " to array ", " to array or pointer to array ").Replace(e)
		return rtError("runtime error: " + e)
	case has("reflect: call of"), has("call of nil function"), has("on zero Value"), has("nil pointer"), has("through nil"):
		return nilError()
	}
	return e
}

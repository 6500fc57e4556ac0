package callsite

import (
	"reflect"
	"unsafe"
)

// Shortcut stands for the body of a function.
type Shortcut struct {
	Variables int // how many results and parameters the function has
	// Call is given the variables that hold the results, and then those of the
	// parameters. If it returns false it has done nothing, and the body is run.
	Call func(variables []reflect.Value) bool
}

// shorten puts a shortcut before the body of a function, and returns what the body
// begins with, and its own first step. A frame has room for what the shortcut needs, and
// gets that for the body when the body is run.
func (l layout) shorten(fs frames, function unsafe.Pointer, s Shortcut) (first unsafe.Pointer, body step) {
	if !fs.ok {
		return nil, nil
	}
	children := *(*[]unsafe.Pointer)(unsafe.Add(function, l.offset(l.child)))
	types := (*[]reflect.Type)(unsafe.Add(function, l.offset(l.types)))
	if first = *(*unsafe.Pointer)(unsafe.Add(children[bodyOf], l.offset(l.start))); first == nil || len(*types) < s.Variables {
		return nil, nil
	}
	exec := (*step)(unsafe.Add(first, l.offset(l.exec)))
	body, all := *exec, *types
	*types = all[:s.Variables]
	*exec = func(frame unsafe.Pointer) step {
		data := (*[]reflect.Value)(unsafe.Add(frame, fs.data))
		if len(*data) != s.Variables { // a loop goes back to the first step
			return body
		}
		if s.Call(*data) {
			return nil
		}
		more := make([]reflect.Value, len(all)+1) // one more, so that no frame looks as at first
		for i := copy(more, *data); i < len(all); i++ {
			more[i] = reflect.New(all[i]).Elem()
		}
		*data = more
		return body
	}
	return first, body
}

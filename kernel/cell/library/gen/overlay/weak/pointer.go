// Package weak holds package weak, which is generic as a whole.
package weak

import (
	"unsafe"

	"github.com/nascent-go/nascent/kernel/cell/library/internal/instance"
)

// Pointer is a compiled weak pointer that remembers its type.
type Pointer[T any] struct {
	_ [0]*T
	w any // what instance.MakeWeak returns
}

// Make makes a weak pointer of a pointer.
func Make[T any](ptr *T) Pointer[T] {
	return Pointer[T]{w: instance.MakeWeak(unsafe.Pointer(ptr))}
}

// Value returns the pointer, or nil once the object is gone.
func (p Pointer[T]) Value() *T { return (*T)(instance.WeakValue(p.w)) }

// Package atomic holds the generic types of package sync/atomic.
package atomic

import "sync"

// Pointer is guarded by a mutex: interpreted code has no atomic access to a
// pointer of any type.
type Pointer[T any] struct {
	_  [0]*T
	mu sync.Mutex
	p  *T
}

// Load returns the pointer.
func (x *Pointer[T]) Load() *T {
	x.mu.Lock()
	p := x.p
	x.mu.Unlock()
	return p
}

// Store sets the pointer.
func (x *Pointer[T]) Store(val *T) {
	x.mu.Lock()
	x.p = val
	x.mu.Unlock()
}

// Swap sets the pointer and returns the old one.
func (x *Pointer[T]) Swap(new *T) (old *T) {
	x.mu.Lock()
	old, x.p = x.p, new
	x.mu.Unlock()
	return old
}

// CompareAndSwap sets the pointer if it is old.
func (x *Pointer[T]) CompareAndSwap(old, new *T) (swapped bool) {
	x.mu.Lock()
	swapped = x.p == old
	if swapped {
		x.p = new
	}
	x.mu.Unlock()
	return swapped
}

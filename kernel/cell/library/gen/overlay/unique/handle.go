// Package unique holds package unique, which is generic as a whole.
package unique

import "sync"

// Handle is a pointer that is the same for equal values.
type Handle[T comparable] struct {
	value *T
}

// Value returns the value that the handle was made from.
func (h Handle[T]) Value() T { return *h.value }

var (
	mu      sync.Mutex
	handles map[any]any // [1]T → *T; the array keeps values of different types apart
)

// Make keeps every value for ever: interpreted code cannot know when its last handle is gone.
func Make[T comparable](value T) Handle[T] {
	key := any([1]T{value})
	mu.Lock()
	defer mu.Unlock()
	if p, ok := handles[key].(*T); ok {
		return Handle[T]{p}
	}
	if handles == nil {
		handles = map[any]any{}
	}
	p := new(T)
	*p = value
	handles[key] = p
	return Handle[T]{p}
}

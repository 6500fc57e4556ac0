package widget

import (
	"encoding/json"
	"sync"
)

// valued is a control with a value of type T.
type valued[T comparable] struct {
	*model
	key string
	fit func(T) T // the nearest value that the control can have

	mu       sync.Mutex
	now      T
	watchers []func(T)
}

func newValued[T comparable](m *model, key string, now T, fit func(T) T) *valued[T] {
	v := &valued[T]{model: m, key: key, now: fit(now), fit: fit}
	m.state[key] = v.now
	m.taken[key] = func(raw json.RawMessage) error {
		var got T
		if err := json.Unmarshal(raw, &got); err != nil {
			return err
		}
		v.change(got, false)
		return nil
	}
	return v
}

// Value is where the control stands.
func (v *valued[T]) Value() T {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.now
}

// Any is Value for those who don't know its type.
func (v *valued[T]) Any() any { return v.Value() }

// Set moves the control, to the nearest value that it can have.
func (v *valued[T]) Set(value T) { v.change(value, true) }

// change is a change by one of the two ends; those who watch hear of it if it is one.
func (v *valued[T]) change(value T, tell bool) {
	value = v.fit(value)
	v.mu.Lock()
	if value == v.now {
		v.mu.Unlock()
		return
	}
	v.now = value
	watchers := v.watchers
	v.mu.Unlock()
	if tell {
		v.set(v.key, value)
	} else {
		v.model.mu.Lock()
		v.state[v.key] = value
		v.model.mu.Unlock()
	}
	for _, f := range watchers {
		f(value)
	}
}

// OnChange calls f with the new value after each change, whoever made it.
func (v *valued[T]) OnChange(f func(T)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.watchers = append(v.watchers[:len(v.watchers):len(v.watchers)], f)
}

// Bind ties the control to a variable: it takes the variable's value now, and from
// then on the variable takes the control's. A cell that runs while the reader moves
// the control, and reads the variable, reads beside another goroutine that writes;
// there Value is the safe way.
func (v *valued[T]) Bind(variable *T) {
	v.Set(*variable)
	*variable = v.Value()
	v.OnChange(func(value T) { *variable = value })
}

func (v *valued[T]) watch(f func()) { v.OnChange(func(T) { f() }) }

package rt

import (
	"go/types"
	"reflect"
)

// errW is an error of a cell type in compiled code.
type errW struct {
	r *Runtime
	b Boxed
}

func (e errW) boxed() Boxed { return e.b }

func (e errW) Error() string {
	return e.r.M(e.b, "Error", (func(any) string)(nil)).(func(any) string)(e.b.V)
}

// Unwrap, Is and As are those of the cell type, if it has them.
func (e errW) Unwrap() error {
	if m, ok := e.b.d.method("Unwrap").(func(any) any); ok {
		return e.r.error(m(e.b.V))
	}
	return nil
}

func (e errW) Is(target error) bool {
	if m, ok := e.b.d.method("Is").(func(any, any) bool); ok {
		return m(e.b.V, e.r.FromBin(reflect.ValueOf(target)))
	}
	return false
}

func (e errW) As(target any) bool {
	if m, ok := e.b.d.method("As").(func(any, any) bool); ok {
		return m(e.b.V, target)
	}
	return false
}

// joinW is an error of a cell type that wraps several.
type joinW struct{ e errW }

func (j joinW) boxed() Boxed         { return j.e.b }
func (j joinW) Error() string        { return j.e.Error() }
func (j joinW) Is(target error) bool { return j.e.Is(target) }
func (j joinW) As(target any) bool   { return j.e.As(target) }

func (j joinW) Unwrap() []error {
	var out []error
	for _, x := range j.e.b.d.method("Unwrap").(func(any) []any)(j.e.b.V) {
		out = append(out, j.e.r.error(x))
	}
	return out
}

// errorOf is b as an error.
func (r *Runtime) errorOf(b Boxed) error {
	e := errW{r, b}
	if _, ok := b.d.method("Unwrap").(func(any) []any); ok {
		return joinW{e}
	}
	_, timeout := b.d.method("Timeout").(func(any) bool)
	_, temporary := b.d.method("Temporary").(func(any) bool)
	switch {
	case timeout && temporary:
		return netW{timeoutW{e}}
	case timeout:
		return timeoutW{e}
	}
	return e
}

// timeoutW is an error of a cell type that says whether it is a timeout, and netW one
// that implements net.Error.
type (
	timeoutW struct{ errW }
	netW     struct{ timeoutW }
)

func (w timeoutW) Timeout() bool { return w.b.d.method("Timeout").(func(any) bool)(w.b.V) }
func (w netW) Temporary() bool   { return w.b.d.method("Temporary").(func(any) bool)(w.b.V) }

// error is a lowered value of type error in compiled code.
func (r *Runtime) error(x any) error {
	if b, ok := x.(Boxed); ok {
		return r.errorOf(b)
	}
	e, _ := x.(error)
	return e
}

// unwrapped are the lowered errors that lowered error x wraps.
func (r *Runtime) unwrapped(x any) []any {
	b, ok := x.(Boxed)
	if ok {
		switch m := b.d.method("Unwrap").(type) {
		case func(any) any:
			return []any{m(b.V)}
		case func(any) []any:
			return m(b.V)
		}
	}
	switch e := x.(type) {
	case interface{ Unwrap() error }:
		return []any{r.FromBin(reflect.ValueOf(e.Unwrap()))}
	case interface{ Unwrap() []error }:
		var out []any
		for _, w := range e.Unwrap() {
			out = append(out, r.FromBin(reflect.ValueOf(w)))
		}
		return out
	}
	return nil
}

// errorsIs is errors.Is of lowered values.
func (r *Runtime) errorsIs(err, target any) bool {
	if err == nil || target == nil {
		return err == target
	}
	return r.errorTree(err, func(e any) bool {
		if isComparable(target) && isComparable(e) && Eq(e, target) {
			return true
		}
		if b, ok := e.(Boxed); ok {
			m, ok := b.d.method("Is").(func(any, any) bool)
			return ok && m(b.V, target)
		}
		m, ok := e.(interface{ Is(error) bool })
		return ok && m.Is(r.error(target))
	})
}

func isComparable(x any) bool {
	if b, ok := x.(Boxed); ok {
		return types.Comparable(b.d.typ()) && reflect.ValueOf(b.V).Comparable()
	}
	return reflect.ValueOf(x).Comparable()
}

// errorTree calls f for err and what it wraps until f returns true.
func (r *Runtime) errorTree(err any, f func(any) bool) bool {
	if f(err) {
		return true
	}
	for _, e := range r.unwrapped(err) {
		if e != nil && r.errorTree(e, f) {
			return true
		}
	}
	return false
}

// errorsAs is errors.As of lowered values: target is a pointer to a variable of a cell
// type or interface (a Boxed value), or of a compiled type.
func (r *Runtime) errorsAs(err, target any) bool {
	if target == nil {
		panic("errors: target cannot be nil")
	}
	b, boxed := target.(Boxed)
	p := reflect.ValueOf(V(target))
	if p.Kind() != reflect.Pointer || p.IsNil() {
		panic("errors: target must be a non-nil pointer")
	}
	var elem types.Type
	if boxed {
		ptr, ok := b.d.under().(*types.Pointer)
		if !ok {
			panic("errors: target must be a non-nil pointer")
		}
		elem = ptr.Elem()
	}
	if !boxed && p.Type().Elem().Kind() != reflect.Interface && !p.Type().Elem().Implements(errorType) ||
		boxed && !types.IsInterface(elem) && !types.Implements(elem, types.Universe.Lookup("error").Type().Underlying().(*types.Interface)) {
		panic("errors: *target must be interface or implement error")
	}
	if err == nil {
		return false
	}
	return r.errorTree(err, func(e any) bool {
		if boxed && r.assignable(e, elem) {
			set := e
			if !types.IsInterface(elem) {
				set = V(e)
			}
			p.Elem().Set(toType(reflect.ValueOf(set), p.Type().Elem()))
			return true
		}
		if _, ok := e.(Boxed); !ok && !boxed && reflect.TypeOf(e).AssignableTo(p.Type().Elem()) {
			p.Elem().Set(reflect.ValueOf(e))
			return true
		}
		if be, ok := e.(Boxed); ok {
			m, ok := be.d.method("As").(func(any, any) bool)
			return ok && m(be.V, target)
		}
		m, ok := e.(interface{ As(any) bool })
		return ok && m.As(target)
	})
}

// assignable: the dynamic value e can be assigned to a variable of type t.
func (r *Runtime) assignable(e any, t types.Type) bool {
	iface, isInterface := t.Underlying().(*types.Interface)
	if b, ok := e.(Boxed); ok {
		if isInterface {
			return types.Implements(b.d.typ(), iface)
		}
		return types.Identical(b.d.typ(), t)
	}
	if isInterface {
		return rawImplements(reflect.TypeOf(e), iface)
	}
	return sameType(reflect.TypeOf(e), t)
}

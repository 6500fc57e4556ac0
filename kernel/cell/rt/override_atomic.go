package rt

import (
	"reflect"
	"sync/atomic"
)

// atomicMethods are the methods of atomic.Value, which looks at the types of what it
// holds: those of cells are in their boxes.
func (r *Runtime) atomicMethods(m map[recvKey]methodOverride) {
	t := reflect.TypeFor[*atomic.Value]()
	check := func(v *atomic.Value, doing string, x any) {
		b, ok := x.(Boxed)
		if held, isHeld := v.Load().(Boxed); ok && isHeld && held.d != b.d && held.d.typ() != b.d.typ() {
			panic("sync/atomic: " + doing + " of inconsistently typed value into Value")
		}
	}
	m[recvKey{t, "Store"}] = func(v any, a []any) []any {
		check(v.(*atomic.Value), "store", a[0])
		v.(*atomic.Value).Store(a[0])
		return nil
	}
	m[recvKey{t, "Swap"}] = func(v any, a []any) []any {
		check(v.(*atomic.Value), "swap", a[0])
		return []any{v.(*atomic.Value).Swap(a[0])}
	}
	m[recvKey{t, "CompareAndSwap"}] = func(v any, a []any) []any {
		value, old, new := v.(*atomic.Value), a[0], a[1]
		check(value, "compare and swap", new)
		if o, ok := old.(Boxed); ok {
			if n, ok := new.(Boxed); ok && o.d != n.d && o.d.typ() != n.d.typ() {
				panic("sync/atomic: compare and swap of inconsistently typed values")
			}
		}
		if held := value.Load(); held != nil && !Eq(held, old) {
			return []any{false}
		}
		return []any{value.CompareAndSwap(old, new)}
	}
}

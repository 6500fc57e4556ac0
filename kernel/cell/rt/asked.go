package rt

import (
	"database/sql"
	"database/sql/driver"
	"encoding"
	"encoding/json"
	"fmt"
	"go/types"
	"reflect"
)

// Some compiled code takes empty interfaces and asks what is in them for methods. Here
// are those that it asks for, the first choice first, by the code's package.
var (
	askedToScan  = []reflect.Type{reflect.TypeFor[fmt.Scanner](), reflect.TypeFor[sql.Scanner]()}
	askedToStore = []reflect.Type{reflect.TypeFor[driver.Valuer]()}
	askedBySlog  = []reflect.Type{logValuerType, jsonType, reflect.TypeFor[encoding.TextMarshaler](), errorType}

	jsonType = reflect.TypeFor[json.Marshaler]()
)

// asked is b as a value of the first of the interfaces that its type implements, or
// other if there is none.
func (r *Runtime) asked(b Boxed, interfaces []reflect.Type, other any) reflect.Value {
	for _, t := range interfaces {
		if !r.hasMethods(b.d, t) {
			continue
		}
		switch t {
		case errorType:
			return reflect.ValueOf(r.errorOf(b))
		case jsonType: // which Boxed implements
			return reflect.ValueOf(b)
		}
		return r.wrap(b, t)
	}
	return reflect.ValueOf(other)
}

// scanArgs are the places that lowered arguments point to, for compiled code that scans.
func (r *Runtime) scanArgs(a []any) []any {
	out := make([]any, len(a))
	for i, x := range a {
		out[i] = x
		if b, ok := x.(Boxed); ok {
			out[i] = r.asked(b, askedToScan, b.V).Interface()
		}
	}
	return out
}

// methodsKey is a question to hasMethods. A type that gets another method is a new Type.
type methodsKey struct {
	t     *Type
	iface reflect.Type
}

// hasMethods: values of the type have the methods of a compiled interface type.
func (r *Runtime) hasMethods(d *desc, t reflect.Type) bool {
	k := methodsKey{d.cur.Load(), t}
	if has, ok := r.calls.implement.Load(k); ok {
		return has.(bool)
	}
	set := types.NewMethodSet(k.t.T)
	has := true
	for i := 0; i < t.NumMethod() && has; i++ {
		m := t.Method(i)
		s := set.Lookup(nil, m.Name)
		has = s != nil && d.method(m.Name) != nil && sameSignature(m.Type, s.Obj().(*types.Func).Signature(), 0)
	}
	r.calls.implement.Store(k, has)
	return has
}

package rt

import (
	"fmt"
	"go/types"
	"io"
	"reflect"
	"strings"
)

// Mirror is what stands for package reflect in cells: see the package beside this one.
type Mirror interface {
	// ToReal turns a Type or a Value of the mirror into one of package reflect;
	// FromReal does the reverse. Other values stay what they are.
	ToReal(x any) any
	FromReal(x any) any
}

// SetMirror makes known what stands for package reflect.
func (r *Runtime) SetMirror(m Mirror) { r.mirror = m }

// mirrorPath is the import path of the package that stands for package reflect.
var mirrorPath = strings.TrimSuffix(reflect.TypeFor[Boxed]().PkgPath(), "rt") + "reflect"

var (
	reflectType  = reflect.TypeFor[reflect.Type]()
	reflectValue = reflect.TypeFor[reflect.Value]()
)

// declaredIn is the import path of a compiled type's package, as cells know it.
func declaredIn(t reflect.Type) string {
	if p := t.PkgPath(); p != mirrorPath {
		return p
	}
	return "reflect"
}

// The following is for the mirror.

// Erase is the form that a type of compiled code has in lowered code.
func (r *Runtime) Erase(t reflect.Type) reflect.Type { return r.erase(t) }

// Box is the lowered form of an interface that holds a value of type t, which erasing changes.
func (r *Runtime) Box(t types.Type, v any) any { return Boxed{r.descOf(t), v} }

// ToBin is a lowered value as compiled code wants it: of type t.
func (r *Runtime) ToBin(x any, t reflect.Type) reflect.Value {
	return toType(r.toBin(reflect.ValueOf(x), t, boxed), t)
}

// MethodOf is the lowered function of a method of t, whose first parameter is the
// receiver as an interface{}; nil if it has not been lowered.
func (r *Runtime) MethodOf(t types.Type, name string) any {
	if d := r.find(t); d != nil {
		return d.method(name)
	}
	return nil
}

// Wait is reflect.Select without a default case, for a goroutine that can be stopped.
func (r *Runtime) Wait(cases []reflect.SelectCase) (int, reflect.Value, bool) { return r.wait(cases) }

// Fprintf is fmt.Fprintf for lowered arguments.
func (r *Runtime) Fprintf(w io.Writer, format string, a ...any) {
	f, l := r.fmtFormat(format, a)
	fmt.Fprintf(w, f, l...)
}

// TypeString is the name of a type as package reflect writes it.
func TypeString(t types.Type) string { return typeString(t) }

// Implements reports whether a compiled type implements an interface of go/types.
func Implements(t reflect.Type, i *types.Interface) bool { return rawImplements(t, i) }

// SameSignature reports whether a method of a compiled interface has the signature s.
func SameSignature(t reflect.Type, s *types.Signature) bool { return sameSignature(t, s, 0) }

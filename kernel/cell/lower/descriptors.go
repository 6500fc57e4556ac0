package lower

import (
	"fmt"
	"go/types"
	"reflect"
	"strings"

	"github.com/nascent-go/nascent/kernel/cell/gotype"
)

// id is the descriptor number of a type.
func (l *Lowerer) id(t types.Type) int {
	t = types.Unalias(t)
	if v, ok := l.ids.At(t).(int); ok {
		l.chunk.types[v] = true
		return v
	}
	var raw reflect.Type
	if !l.erases(t) {
		raw = gotype.Reflect(t, func(n *types.Named) reflect.Type {
			if name := gotype.NameOf(n); name != nil {
				return l.lib.TypeOf(name)
			}
			return nil
		})
	}
	erased := raw == nil && !l.unnamed(t)
	n := l.rt.AddType(t, raw)
	l.chunk.types[n] = true
	l.ids.Set(t, n)
	l.later(func() { l.ids.Delete(t) })
	if erased && !types.IsInterface(t) {
		l.chunk.methods = append(l.chunk.methods, t)
		l.parts(t)
		if l.reflects != notReflecting {
			l.reflect(t)
		}
	}
	return n
}

// What Lowerer.reflects says.
const (
	notReflecting   = iota
	startReflecting // types that are known already are to be seen too
	reflecting
)

// Reflect makes cells look at their types from now on: methods that only reflection
// calls are lowered too.
func (l *Lowerer) Reflect() { l.reflects = max(l.reflects, startReflecting) }

// reflectAll makes the types seen that were known before.
func (l *Lowerer) reflectAll() {
	if l.reflects != startReflecting {
		return
	}
	l.reflects = reflecting
	l.later(func() { l.reflects = startReflecting })
	for _, t := range l.ids.Keys() {
		l.reflect(t)
	}
}

// reflect lowers the methods of a pointer to t, which reflection finds by Addr, and
// those of the parameters and results of a func type.
func (l *Lowerer) reflect(t types.Type) {
	if s, ok := t.Underlying().(*types.Signature); ok {
		for _, tuple := range []*types.Tuple{s.Params(), s.Results()} {
			for v := range tuple.Variables() {
				l.part(v.Type())
			}
		}
	}
	if n, ok := types.Unalias(t).(*types.Named); ok && !types.IsInterface(n) && n.Obj().Pkg() != nil && l.bodies[n.Obj().Pkg()] {
		l.id(types.NewPointer(n))
	}
}

// parts makes descriptors for the types inside of a type that have methods: printing
// a value calls the methods of what it holds.
func (l *Lowerer) parts(t types.Type) {
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		l.part(u.Elem())
	case *types.Slice:
		l.part(u.Elem())
	case *types.Array:
		l.part(u.Elem())
	case *types.Map:
		l.part(u.Key())
		l.part(u.Elem())
	case *types.Struct:
		for v := range u.Fields() {
			l.part(v.Type())
		}
	}
}

// part makes the descriptors for a type inside of another.
func (l *Lowerer) part(t types.Type) {
	t = types.Unalias(t)
	e := t
	if p, ok := t.(*types.Pointer); ok {
		e = types.Unalias(p.Elem())
	}
	switch n := e.(type) {
	case *types.Named:
		if !types.IsInterface(n) && n.Obj().Pkg() != nil && l.bodies[n.Obj().Pkg()] && (n.NumMethods() > 0 || l.prog.MethodSets.MethodSet(t).Len() > 0 || hasParts(n)) {
			l.id(t)
			if p := types.NewPointer(n); e == t && l.hasTexts(p) {
				l.id(p)
			}
		}
	case *types.Slice, *types.Array, *types.Map, *types.Struct:
		l.parts(t)
	}
}

// hasTexts: package json finds methods of p in values that have addresses.
func (l *Lowerer) hasTexts(p *types.Pointer) bool {
	for sel := range l.prog.MethodSets.MethodSet(p).Methods() {
		switch sel.Obj().Name() {
		case "MarshalJSON", "MarshalText", "UnmarshalJSON", "UnmarshalText":
			return true
		}
	}
	return false
}

// hasParts: values of the type hold others.
func hasParts(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Slice, *types.Array, *types.Map, *types.Struct:
		return true
	}
	return false
}

// methodTable emits a function for each method of a type, with the receiver as
// interface{}, and registers it with the type's descriptor.
func (l *Lowerer) methodTable(t types.Type) {
	id := l.id(t)
	ms := l.prog.MethodSets.MethodSet(t)
	for i := range ms.Len() {
		sel := ms.At(i)
		if !sel.Obj().Exported() && !l.bodies[sel.Obj().Pkg()] {
			continue
		}
		fn := l.prog.MethodValue(sel)
		if fn == nil {
			continue
		}
		sg := sel.Type().(*types.Signature)
		w := fmt.Sprintf("M%d_%s", l.fresh(), sanitize(sel.Obj().Name()))
		recv := t
		if r := fn.Signature.Recv(); r != nil {
			recv = r.Type()
		}
		args := []string{"r.(" + l.typ(recv) + ")"}
		if l.typ(recv) == "interface{}" {
			args[0] = "r"
		} else if emptyStruct(recv) {
			args[0] = l.zero(recv)
		}
		params := []string{"r interface{}"}
		for j, p := range l.params(sg) {
			params = append(params, fmt.Sprintf("a%d %s", j, p))
			args = append(args, fmt.Sprintf("a%d", j))
		}
		l.emit(sel.Obj().Pos(), "func %s(%s)%s {\n%s\n}", w, strings.Join(params, ", "), l.results(sg), l.forward(fn, args, sg.Results().Len() > 0))
		l.tables = append(l.tables, w)
		l.register("rt.Reg(%d, %q, %s)", id, sel.Obj().Name(), w)
	}
}

func emptyStruct(t types.Type) bool {
	st, ok := t.Underlying().(*types.Struct)
	return ok && st.NumFields() == 0
}

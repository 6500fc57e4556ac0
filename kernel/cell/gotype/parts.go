// Package gotype has what is needed of types in more than one place: what they are made
// of, and what of go/types is what of package reflect.
package gotype

import "go/types"

// Parts are the types that t is written with: those of elements, fields, parameters,
// results and methods, type arguments; what it is declared to be is no part of a named type.
func Parts(t types.Type) (parts []types.Type) {
	add := func(t types.Type) { parts = append(parts, t) }
	switch t := t.(type) {
	case *types.Alias:
		add(types.Unalias(t))
	case *types.Named:
		for a := range t.TypeArgs().Types() {
			add(a)
		}
	case *types.TypeParam:
		add(t.Constraint())
	case *types.Map:
		add(t.Key())
		add(t.Elem())
	case interface{ Elem() types.Type }: // pointers, slices, arrays, channels
		add(t.Elem())
	case *types.Signature:
		add(t.Params())
		add(t.Results())
		for p := range t.TypeParams().TypeParams() {
			add(p)
		}
	case *types.Tuple:
		for v := range t.Variables() {
			add(v.Type())
		}
	case *types.Struct:
		for f := range t.Fields() {
			add(f.Type())
		}
	case *types.Interface:
		for m := range t.ExplicitMethods() {
			add(m.Type())
		}
		for e := range t.EmbeddedTypes() {
			add(e)
		}
	case *types.Union:
		for term := range t.Terms() {
			add(term.Type())
		}
	}
	return parts
}

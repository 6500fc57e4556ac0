package gotype

import "go/types"

// NameOf is what a type is called where it is declared: its own name, or for an instance
// of a generic type that of an exported alias beside it, as in
//
//	type Network = NetworkOf[float32]
//
// It is nil for instances without an alias.
func NameOf(t *types.Named) *types.TypeName {
	if t.TypeArgs().Len() == 0 {
		return t.Obj()
	}
	if t.Obj().Pkg() == nil {
		return nil
	}
	scope := t.Obj().Pkg().Scope()
	for _, name := range scope.Names() {
		if n, ok := scope.Lookup(name).(*types.TypeName); ok && n.IsAlias() && n.Exported() && types.Identical(n.Type(), t) {
			return n
		}
	}
	return nil
}

package prune

import (
	"go/types"
	"maps"
	"reflect"
)

// Scope takes out of a package's scope what other packages have declared: a cell is
// checked with all that it could mention in it.
func Scope(pkg *types.Package) {
	if elems := pointer[map[string]types.Object](reflect.ValueOf(pkg.Scope()), "elems"); elems != nil {
		maps.DeleteFunc(*elems, func(_ string, obj types.Object) bool { return obj.Pkg() != pkg })
	}
}

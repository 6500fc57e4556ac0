package cell

import (
	"go/types"
	goreflect "reflect"

	"github.com/nascent-go/nascent/kernel/cell/library"
	"github.com/nascent-go/nascent/kernel/cell/reflect"
	"github.com/nascent-go/nascent/kernel/cell/rt"
)

// symbols are those of a library, but for package reflect, in whose place cells get one
// that sees their types.
type symbols struct {
	*library.Library
	reflect map[string]goreflect.Value
}

func newSymbols(lib *library.Library) (*symbols, *rt.Runtime) {
	s := &symbols{Library: lib}
	r := rt.New(s)
	s.reflect = reflect.NewMirror(r, s.TypeOf).Symbols(lib.Values("reflect"))
	return s, r
}

// Values implements rt.Library and lower.Values.
func (s *symbols) Values(path string) map[string]goreflect.Value {
	if path == "reflect" {
		return s.reflect
	}
	return s.Library.Values(path)
}

// TypeOf implements lower.Values.
func (s *symbols) TypeOf(obj *types.TypeName) goreflect.Type {
	if obj.Pkg() != nil && obj.Pkg().Path() == "reflect" {
		if v, ok := s.reflect[obj.Name()]; ok && v.Kind() == goreflect.Pointer {
			return v.Type().Elem()
		}
	}
	return s.Library.TypeOf(obj)
}

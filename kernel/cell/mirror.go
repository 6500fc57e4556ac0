package cell

import (
	"go/types"
	goreflect "reflect"

	"github.com/nascent-go/nascent/kernel/cell/library"
	"github.com/nascent-go/nascent/kernel/cell/reflect"
	"github.com/nascent-go/nascent/kernel/cell/rt"
	"github.com/nascent-go/nascent/kernel/cell/runtime"
)

// symbols are those of a library, but for package reflect and parts of package runtime,
// in whose place cells get ones that see their types and their stacks.
type symbols struct {
	*library.Library
	own map[string]map[string]goreflect.Value // of the packages that cells get others for
}

func newSymbols(lib *library.Library) (*symbols, *rt.Runtime) {
	s := &symbols{Library: lib}
	r := rt.New(s)
	s.own = map[string]map[string]goreflect.Value{"reflect": reflect.NewMirror(r, s.TypeOf).Symbols(lib.Values("reflect"))}
	return s, r
}

// setStacks makes s those of the stacks that package runtime tells of.
func (s *symbols) setStacks(stacks *runtime.Stacks) {
	s.own["runtime"] = stacks.Symbols(s.Library.Values("runtime"))
	s.own["runtime/debug"] = stacks.DebugSymbols(s.Library.Values("runtime/debug"))
}

// Values implements rt.Library and lower.Values.
func (s *symbols) Values(path string) map[string]goreflect.Value {
	if own := s.own[path]; own != nil {
		return own
	}
	return s.Library.Values(path)
}

// TypeOf implements lower.Values.
func (s *symbols) TypeOf(obj *types.TypeName) goreflect.Type {
	if obj.Pkg() != nil && s.own[obj.Pkg().Path()] != nil {
		if v, ok := s.own[obj.Pkg().Path()][obj.Name()]; ok && v.Kind() == goreflect.Pointer {
			return v.Type().Elem()
		}
	}
	return s.Library.TypeOf(obj)
}

package toolchain

import (
	"cmp"
	"fmt"
	"go/types"
	"slices"
)

// Callable says why a function or method cannot be called from another process; nil if it can.
func Callable(f *types.Func) error {
	sig := f.Signature()
	if sig.TypeParams().Len() > 0 || sig.RecvTypeParams().Len() > 0 {
		return fmt.Errorf("it is generic")
	}
	if r := sig.Recv(); r != nil {
		if why := foreign(r.Type(), nil); why != "" {
			return fmt.Errorf("its receiver is %s", why)
		}
	}
	for v := range sig.Params().Variables() {
		if why := foreign(v.Type(), nil); why != "" {
			return fmt.Errorf("its parameter %s is %s", cmp.Or(v.Name(), "_"), why)
		}
	}
	for v := range sig.Results().Variables() {
		if why := foreign(v.Type(), nil); why != "" {
			return fmt.Errorf("its result is %s", why)
		}
	}
	return nil
}

// foreign says what keeps the values of a type from being given to another process, as the
// end of a sentence; "" if nothing does. open are the types that it is a part of.
func foreign(t types.Type, open []*types.Named) string {
	name := types.TypeString(t, func(p *types.Package) string {
		if p.Path() == "main" {
			return ""
		}
		return p.Name()
	})
	inside := func(parts ...types.Type) string {
		for _, p := range parts {
			if why := foreign(p, open); why != "" {
				if len(parts) == 1 || why == name {
					return why
				}
				return fmt.Sprintf("%s, in which there is %s", name, why)
			}
		}
		return ""
	}
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		if t.Kind() == types.UnsafePointer {
			return name
		}
		return ""
	case *types.Named:
		if types.Identical(t, types.Universe.Lookup("error").Type()) {
			return ""
		}
		if p := t.Obj().Pkg(); p != nil && p.Path() == "time" && t.Obj().Name() == "Time" {
			return ""
		}
		if slices.Contains(open, t) {
			return name + ", which contains itself"
		}
		open = append(slices.Clone(open), t)
		if s, ok := t.Underlying().(*types.Struct); ok {
			for f := range s.Fields() {
				if !f.Exported() && f.Pkg() != nil && f.Pkg().Path() != "main" {
					return name + ", whose fields are not exported"
				}
				if why := foreign(f.Type(), open); why != "" {
					return fmt.Sprintf("%s, in which %s is %s", name, f.Name(), why)
				}
			}
			return ""
		}
		if why := foreign(t.Underlying(), open); why != "" {
			return name
		}
		return ""
	case *types.Pointer:
		return inside(t.Elem())
	case *types.Slice:
		return inside(t.Elem())
	case *types.Array:
		return inside(t.Elem())
	case *types.Map:
		return inside(t.Key(), t.Elem())
	case *types.Struct:
		var parts []types.Type
		for f := range t.Fields() {
			parts = append(parts, f.Type())
		}
		return inside(parts...)
	case *types.Interface:
		return "an interface (" + name + ")"
	}
	return "a " + name
}

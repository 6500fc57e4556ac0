package lower

import (
	"go/types"

	"github.com/nascent-go/nascent/kernel/cell/gotype"
)

// unnamed: a struct of a compiled package that cannot be named, or a pointer to one.
// Its values are kept as they are, and rt finds their methods and fields.
func (l *Lowerer) unnamed(t types.Type) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || l.bodies[n.Obj().Pkg()] || n.TypeArgs().Len() > 0 || l.hasSymbol(n.Obj().Pkg(), n.Obj().Name()) {
		return false
	}
	_, ok = n.Underlying().(*types.Struct)
	return ok
}

func (l *Lowerer) compiledNamed(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && !l.bodies[n.Obj().Pkg()]
}

func (l *Lowerer) hasSymbol(p *types.Package, name string) bool {
	return l.lib.Values(p.Path())[name].IsValid()
}

// symbolOf is the name by which lowered code reaches a compiled type, "" if it can't.
func (l *Lowerer) symbolOf(t *types.Named) string {
	if n := gotype.NameOf(t); n != nil && l.hasSymbol(n.Pkg(), n.Name()) {
		return n.Name()
	}
	return ""
}

// erases says whether the lowered form of a type loses something: then a value
// of it carries its descriptor when it is put into an interface.
func (l *Lowerer) erases(t types.Type) bool { return l.erasesIn(t, map[types.Type]bool{}) }

func (l *Lowerer) erasesIn(t types.Type, seen map[types.Type]bool) bool {
	t = types.Unalias(t)
	if seen[t] || l.unnamed(t) {
		return false
	}
	seen[t] = true
	switch t := t.(type) {
	case *types.Basic:
		return false
	case *types.Named:
		p := t.Obj().Pkg()
		return p == nil || l.bodies[p] || types.IsInterface(t) || l.symbolOf(t) == ""
	case *types.Pointer:
		return l.erasesIn(t.Elem(), seen)
	case *types.Slice:
		return l.erasesIn(t.Elem(), seen)
	case *types.Array:
		return l.erasesIn(t.Elem(), seen)
	case *types.Chan:
		return l.erasesIn(t.Elem(), seen)
	case *types.Map:
		return l.erasesIn(t.Key(), seen) || l.erasesIn(t.Elem(), seen)
	case *types.Interface:
		return !t.Empty()
	case *types.Signature:
		if t.Variadic() {
			return true
		}
		for _, tuple := range []*types.Tuple{t.Params(), t.Results()} {
			for v := range tuple.Variables() {
				if l.erasesIn(v.Type(), seen) {
					return true
				}
			}
		}
		return false
	}
	return true // structs
}

// plain says whether yaegi passes values of a type to and from compiled code by itself.
func (l *Lowerer) plain(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		return t.Kind() != types.UnsafePointer
	case *types.Slice:
		return l.plain(t.Elem())
	case *types.Array:
		return l.plain(t.Elem())
	case *types.Named:
		p := t.Obj().Pkg()
		if p == nil || l.bodies[p] || l.symbolOf(t) == "" {
			return false
		}
		switch t.Underlying().(type) {
		case *types.Basic, *types.Struct:
			return true
		}
	case *types.Pointer:
		if n, ok := types.Unalias(t.Elem()).(*types.Named); ok {
			return l.plain(n) && !isFile(n)
		}
	}
	return false
}

// isFile: the standard files stand for the cell's own streams, which only rt knows.
func isFile(n *types.Named) bool {
	return n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "os" && n.Obj().Name() == "File"
}

// shared: a map or slice of interfaces of compiled packages, which compiled code has as
// another type. Package rt says the same of the types of reflect.
func (l *Lowerer) shared(t types.Type) bool {
	switch t := t.Underlying().(type) {
	case *types.Map:
		return l.compiledInterface(t.Key()) || l.compiledInterface(t.Elem())
	case *types.Slice:
		return l.compiledInterface(t.Elem())
	}
	return false
}

func (l *Lowerer) compiledInterface(t types.Type) bool {
	i, ok := t.Underlying().(*types.Interface)
	return ok && l.compiledNamed(t) && i.NumMethods() > 0
}

func isMap(t types.Type) bool {
	_, ok := t.Underlying().(*types.Map)
	return ok
}

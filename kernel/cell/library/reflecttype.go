package library

import (
	"go/types"
	"reflect"

	"github.com/nascent-go/nascent/kernel/cell/library/archive"
)

// TypeOf returns the run-time type of a type that a compiled package declares.
// It finds types that have no symbol too, such as those that are not exported
// (binary.LittleEndian is a value of one) or that an internal package declares, if an
// exported function, variable, field or method of a package whose [Library.Values]
// have been asked for leads to them. It returns nil for what it does not find, for
// generic types, and for types that come from source.
func (l *Library) TypeOf(obj *types.TypeName) reflect.Type {
	pkg := obj.Pkg()
	if pkg == nil || l.fromSource(pkg) {
		return nil
	}
	if v, ok := l.Values(pkg.Path())[obj.Name()]; ok && obj.Exported() {
		if obj.Parent() != pkg.Scope() || v.Kind() != reflect.Pointer {
			return nil
		}
		return v.Type().Elem()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.hidden == nil {
		l.hidden = map[typeKey]reflect.Type{}
		l.walked = map[reflect.Type]bool{}
		l.walkedPackages = map[string]bool{}
	}
	key := typeKey{pkg.Path(), obj.Name()}
	for path, values := range l.values {
		if l.walkedPackages[path] {
			continue
		}
		l.walkedPackages[path] = true
		for _, v := range values {
			l.walk(v.Type())
		}
	}
	return l.hidden[key]
}

// fromSource says whether a package comes from source as a whole.
func (l *Library) fromSource(pkg *types.Package) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.checked[pkg.Path()]
	s := l.find(pkg.Path())
	return c != nil && c.Package == pkg && (s == nil || s.archive.SourceKind(pkg.Path()) == archive.WholeSource)
}

// typeKey names a declared type.
type typeKey struct{ path, name string }

// walk records the declared types that a type leads to.
func (l *Library) walk(t reflect.Type) {
	todo := []reflect.Type{t}
	for len(todo) > 0 {
		t := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if l.walked[t] {
			continue
		}
		l.walked[t] = true
		if t.Name() != "" && t.PkgPath() != "" {
			l.hidden[typeKey{t.PkgPath(), t.Name()}] = t
			todo = append(todo, reflect.PointerTo(t)) // it has more methods
		}
		for m := range t.Methods() {
			todo = append(todo, m.Type)
		}
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan:
			todo = append(todo, t.Elem())
		case reflect.Map:
			todo = append(todo, t.Key(), t.Elem())
		case reflect.Struct:
			for f := range t.Fields() {
				todo = append(todo, f.Type)
			}
		case reflect.Func:
			for in := range t.Ins() {
				todo = append(todo, in)
			}
			for out := range t.Outs() {
				todo = append(todo, out)
			}
		}
	}
}

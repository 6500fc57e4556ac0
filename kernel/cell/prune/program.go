package prune

import (
	"go/types"
	"reflect"
	"slices"
	"unsafe"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"
)

// Program prunes a program in the form of go/ssa. It must not be used while a
// package is built.
type Program struct {
	prog       *ssa.Program
	packages   *map[*types.Package]*ssa.Package
	imported   *map[string]*ssa.Package
	methods    *map[*types.Func]*ssa.Function
	methodSets *typeutil.Map        // type → its methods' functions
	parameters *map[types.Type]bool // a cache
	interfaces reflect.Value        // a list of types that is never read; invalid: not known
	canonical  *typeutil.Map        // type → the first that was identical to it
	lists      *map[uint32][]*[]types.Type
	context    **types.Context // a cache
}

// NewProgram prunes prog.
func NewProgram(prog *ssa.Program) *Program {
	v := reflect.ValueOf(prog)
	p := &Program{
		prog:     prog,
		packages: pointer[map[*types.Package]*ssa.Package](v, "packages"), imported: pointer[map[string]*ssa.Package](v, "imported"),
		methods: pointer[map[*types.Func]*ssa.Function](v, "objectMethods"), methodSets: pointer[typeutil.Map](v, "methodSets"),
		parameters: pointer[map[types.Type]bool](v, "hasParams", "seen"),
	}
	if f, ok := place(v, "map[types.Type]ssa.unit", "makeInterfaceTypes"); ok {
		p.interfaces = f
	}
	p.canonical, p.context = pointer[typeutil.Map](v, "canon", "types"), pointer[*types.Context](v, "ctxt")
	if f, ok := place(v, "map[uint32][]*ssa.typeList", "canon", "lists", "buckets"); ok {
		p.lists = (*map[uint32][]*[]types.Type)(f.Addr().UnsafePointer())
	}
	return p
}

// Known says whether all was found that is pruned.
func (p *Program) Known() bool {
	return p.packages != nil && p.imported != nil && p.methods != nil && p.methodSets != nil && p.parameters != nil && p.interfaces.IsValid() &&
		p.canonical != nil && p.lists != nil && p.context != nil
}

// Forget takes packages out, and what there is of types that mention them.
func (p *Program) Forget(gone func(*types.Package) bool, mentions func(types.Type) bool) {
	p.prog.MethodSets = typeutil.MethodSetCache{}
	if p.interfaces.IsValid() {
		p.interfaces.Clear()
	}
	if p.parameters != nil {
		clear(*p.parameters)
	}
	if p.packages != nil {
		for pkg := range *p.packages {
			if gone(pkg) {
				delete(*p.packages, pkg)
			}
		}
	}
	if p.imported != nil {
		for path, pkg := range *p.imported {
			if gone(pkg.Pkg) {
				delete(*p.imported, path)
			}
		}
	}
	if p.methods != nil {
		for f := range *p.methods {
			if f.Pkg() != nil && gone(f.Pkg()) {
				delete(*p.methods, f)
			}
		}
	}
	for _, m := range []*typeutil.Map{p.methodSets, p.canonical} {
		if m != nil {
			Types(m, mentions)
		}
	}
	if p.lists != nil {
		for h, lists := range *p.lists {
			lists = slices.DeleteFunc(lists, func(l *[]types.Type) bool { return slices.ContainsFunc(*l, mentions) })
			if (*p.lists)[h] = lists; len(lists) == 0 {
				delete(*p.lists, h)
			}
		}
	}
	if p.context != nil {
		*p.context = types.NewContext()
	}
}

// Instance makes a generic function forget its instance fn.
func (p *Program) Instance(fn *ssa.Function) {
	if fn.Origin() == nil || fn.Origin() == fn {
		return
	}
	instances, ok := place(reflect.ValueOf(fn.Origin()), "map[*ssa.typeList]*ssa.Function", "generic", "instances")
	if !ok {
		return
	}
	for _, k := range instances.MapKeys() {
		if instances.MapIndex(k).UnsafePointer() == unsafe.Pointer(fn) {
			instances.SetMapIndex(k, reflect.Value{})
		}
	}
}

// Types takes types out of a map, which typeutil.Map.Delete leaves a trace of.
func Types(m *typeutil.Map, gone func(types.Type) bool) {
	left := new(typeutil.Map)
	m.Iterate(func(t types.Type, v any) {
		if !gone(t) {
			left.Set(t, v)
		}
	})
	*m = *left
}

package prune

import (
	"go/types"
	"reflect"

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
	return p
}

// Known says whether all was found that is pruned.
func (p *Program) Known() bool {
	return p.packages != nil && p.imported != nil && p.methods != nil && p.methodSets != nil && p.parameters != nil && p.interfaces.IsValid()
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
	if p.methodSets != nil {
		for _, t := range p.methodSets.Keys() {
			if mentions(t) {
				p.methodSets.Delete(t)
			}
		}
	}
}

package lower

import (
	"go/token"
	"go/types"
	"strconv"

	"golang.org/x/tools/go/ssa"

	"github.com/nascent-go/nascent/kernel/cell/gotype"
)

// nameLocalTypes makes the types that are declared in an instance of a generic function
// tell of which: go/ssa makes a new type for each instance, which has no scope. It gets
// one that holds the type arguments, under their numbers, where rt finds them for the
// type's name.
func nameLocalTypes(fn *ssa.Function) {
	o, ok := fn.Origin().Object().(*types.Func)
	if !ok || !declaresTypes(o.Scope()) {
		return
	}
	n := localNamer{o.Scope(), fn.TypeArgs(), map[types.Type]bool{}}
	n.function(fn)
}

func declaresTypes(s *types.Scope) bool {
	for _, name := range s.Names() {
		if o, ok := s.Lookup(name).(*types.TypeName); ok {
			if _, param := o.Type().(*types.TypeParam); !param {
				return true
			}
		}
	}
	for c := range s.Children() {
		if declaresTypes(c) {
			return true
		}
	}
	return false
}

type localNamer struct {
	body *types.Scope
	args []types.Type
	seen map[types.Type]bool
}

// function visits the types of a function and of the literals in it.
func (n localNamer) function(fn *ssa.Function) {
	for _, p := range fn.Params {
		n.visit(p.Type())
	}
	for _, b := range fn.Blocks {
		for _, in := range b.Instrs {
			var vs [8]*ssa.Value
			for _, v := range in.Operands(vs[:0]) {
				if *v != nil {
					n.visit((*v).Type())
				}
			}
			if v, ok := in.(ssa.Value); ok {
				n.visit(v.Type())
			}
			if a, ok := in.(*ssa.TypeAssert); ok {
				n.visit(a.AssertedType)
			}
		}
	}
	for _, f := range fn.AnonFuncs {
		n.function(f)
	}
}

func (n localNamer) visit(t types.Type) {
	if n.seen[t] {
		return
	}
	n.seen[t] = true
	if t, ok := t.(*types.Named); ok {
		if o := t.Obj(); o.Parent() == nil && o.Pos().IsValid() && n.body.Contains(o.Pos()) {
			s := types.NewScope(nil, token.NoPos, token.NoPos, "instance")
			for i, a := range n.args {
				s.Insert(types.NewTypeName(token.NoPos, o.Pkg(), strconv.Itoa(i), a))
			}
			s.Insert(o)
			n.visit(t.Underlying())
		}
	}
	for _, p := range gotype.Parts(t) {
		n.visit(p)
	}
}

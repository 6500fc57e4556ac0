package lower

import (
	"fmt"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// goName is what Go's run time calls a function: main.f, main.(*T).M, main.main.func1.
// The statements of a cell are main.main.
func goName(f *ssa.Function) string {
	if p := f.Parent(); p != nil {
		n, outer := closureNumber(f), unranged(p)
		switch {
		case isPart(f):
			return goName(p)
		case isLoopBody(f):
			return goName(outer) + "-range" + strconv.Itoa(n)
		case outer.Parent() != nil:
			return goName(outer) + "." + strconv.Itoa(n)
		}
		return goName(outer) + ".func" + strconv.Itoa(n)
	}
	pkg := ""
	if f.Pkg != nil {
		pkg = f.Pkg.Pkg.Path() + "."
	} else if o := f.Origin(); o != nil && o.Pkg != nil {
		pkg = o.Pkg.Pkg.Path() + "."
	}
	name := f.Name()
	switch {
	case name == StatementsName:
		return "main.main"
	case f.Origin() != nil:
		name = f.Origin().Name()
	}
	if r := f.Signature.Recv(); r != nil {
		t, pointer := types.Unalias(r.Type()), false
		if p, ok := t.(*types.Pointer); ok {
			t, pointer = types.Unalias(p.Elem()), true
		}
		recv := ""
		if n, ok := t.(*types.Named); ok {
			if recv = n.Obj().Name(); n.TypeArgs().Len() > 0 {
				recv += "[...]"
			}
		}
		if pointer {
			recv = "(*" + recv + ")"
		}
		return pkg + recv + "." + name
	}
	if n, ok := strings.CutPrefix(name, "init#"); ok { // Go counts from 0
		i, _ := strconv.Atoi(n)
		return fmt.Sprintf("%sinit.%d", pkg, i-1)
	}
	if f.Origin() != nil {
		name += "[...]"
	}
	return pkg + name
}

// unranged is the function that a loop body is in, or f itself.
func unranged(f *ssa.Function) *ssa.Function {
	for isLoopBody(f) || isPart(f) {
		f = f.Parent()
	}
	return f
}

// closureNumber is the number of a function literal, or of the body of a loop over a
// function, among those of the function that it is in.
func closureNumber(f *ssa.Function) int {
	n := 0
	var count func(p *ssa.Function) bool
	count = func(p *ssa.Function) bool {
		for _, a := range p.AnonFuncs {
			if isLoopBody(a) == isLoopBody(f) && !isPart(a) {
				n++
			}
			if a == f || (isLoopBody(a) || isPart(a)) && count(a) {
				return true
			}
		}
		return false
	}
	count(unranged(f.Parent()))
	return n
}

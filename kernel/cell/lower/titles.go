package lower

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// funcTitle is what a traceback calls a function.
func funcTitle(f *ssa.Function) string {
	if p := f.Parent(); p != nil {
		if isLoopBody(f) || isPart(f) {
			return funcTitle(p)
		}
		for p.Parent() != nil {
			p = p.Parent()
		}
		if title := funcTitle(p); title != "" {
			return "func literal in " + title
		}
		return "func literal"
	}
	if r := f.Signature.Recv(); r != nil {
		t := r.Type()
		if p, ok := t.(*types.Pointer); ok {
			return "(*" + typeTitle(p.Elem()) + ")." + f.Name()
		}
		return typeTitle(t) + "." + f.Name()
	}
	if o := f.Origin(); o != nil {
		return o.Name()
	}
	if f.Name() == StatementsName || isInitializer(f) {
		return ""
	}
	if strings.HasPrefix(f.Name(), "init#") {
		return "init"
	}
	return f.Name()
}

// isLoopBody: the function is the body of a range loop over a function.
func isLoopBody(f *ssa.Function) bool { return f.Synthetic == "range-over-func yield" }

// isPart: the function is a part of the one that it is in, and stands nowhere in the source.
// The call of it has no position either.
func isPart(f *ssa.Function) bool {
	return f.Parent() != nil && f.Synthetic == "" && !f.Pos().IsValid()
}

// isInitializer: the function initialises the variables of a package.
func isInitializer(f *ssa.Function) bool { return f.Synthetic == "package initializer" }

// shown: a traceback shows calls of the function, which somebody has written.
func shown(f *ssa.Function) bool {
	return f.Synthetic == "" || isLoopBody(f) || f.Origin() != nil || isInitializer(f)
}

func typeTitle(t types.Type) string {
	return types.TypeString(t, func(*types.Package) string { return "" })
}

package lower

import (
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Native has functions as machine code.
type Native interface {
	// Code says whether there is code for a function that is about to be lowered: its
	// number, and the variables that it uses, all of them such as own accepts. What is
	// lowered calls rt.Native with the number and the addresses of the variables.
	Code(fn *ssa.Function, own func(*ssa.Global) bool) (id int, vars []*ssa.Global, ok bool)
}

// SetNative gives the functions that run as machine code.
func (l *Lowerer) SetNative(n Native) { l.native = n }

// native notes that there is machine code for the function, if so.
func (f *function) native() {
	if f.Lowerer.native == nil || len(f.fn.FreeVars) > 0 || !shown(f.fn) || isInitializer(f.fn) {
		return
	}
	id, vars, ok := f.Lowerer.native.Code(f.fn, func(g *ssa.Global) bool { return f.bodies[g.Pkg.Pkg] })
	if !ok {
		return
	}
	f.chunk.native[f.funcs[f.fn]] = id
	var addresses []string
	for _, g := range vars {
		addresses = append(addresses, "&"+f.global(g))
	}
	f.register("rt.Native(%d, []interface{}{%s})", id, strings.Join(addresses, ", "))
}

// FuncOf is what a traceback says of a function; nil if it does not show it.
func FuncOf(fn *ssa.Function) *Func {
	if !shown(fn) {
		return nil
	}
	return &Func{funcTitle(fn), goName(fn), len(fn.Params) > 0, fn.Pos()}
}

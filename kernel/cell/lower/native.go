package lower

import (
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Native has functions as machine code.
type Native interface {
	// Code says whether there is code for a function that is about to be lowered: its
	// number, and the variables that it uses, all of them such as own accepts. What is
	// lowered calls rt.Native with the number, a nil function of the type of the
	// original with one more result, a bool, and the addresses of the variables, for a
	// function of that type. If that returns false, it has done nothing.
	Code(fn *ssa.Function, own func(*ssa.Global) bool) (id int, vars []*ssa.Global, ok bool)
}

// SetNative gives the functions that run as machine code.
func (l *Lowerer) SetNative(n Native) { l.native = n }

// native is what a function does first if there is machine code for it: it leaves the rest to that.
func (f *function) native() (first []line) {
	if f.Lowerer.native == nil || f.defers || len(f.fn.FreeVars) > 0 || !shown(f.fn) || isInitializer(f.fn) {
		return nil
	}
	id, vars, ok := f.Lowerer.native.Code(f.fn, func(g *ssa.Global) bool { return f.bodies[g.Pkg.Pkg] })
	if !ok {
		return nil
	}
	var params, args, addresses, to, results []string
	for _, p := range f.fn.Params {
		args = append(args, f.names[p])
		params = append(params, f.typ(p.Type()))
	}
	for r := range f.fn.Signature.Results().Variables() {
		t := f.typ(r.Type())
		results = append(results, t)
		to = append(to, f.temp(t))
	}
	done := f.temp("bool")
	ty := "func(" + strings.Join(params, ", ") + ") (" + strings.Join(append(results, "bool"), ", ") + ")"
	name := f.nativeVar(f.fn, ty)
	for _, g := range vars {
		addresses = append(addresses, "&"+f.global(g))
	}
	f.register("%s = rt.Native(%d, %s, []interface{}{%s}).(%s)", name, id, f.zeroVar(ty), strings.Join(addresses, ", "), ty)
	// No line of it is one of the function's own, which a traceback would show.
	add := func(s string) { first = append(first, line{text: s}) }
	add("\t" + strings.Join(append(to, done), ", ") + " = " + name + "(" + strings.Join(args, ", ") + ")")
	if len(to) > 0 {
		add("\tif " + done + " {\n\t\treturn " + strings.Join(to, ", ") + "\n\t}")
		return first
	}
	add("\tif !" + done + " {\n\t\tgoto N1\n\t}\n\tgoto N0\nN0:\n\treturn\nN1:\n\t" + done + " = false") // a label of its own: the next line may have one
	return first
}

// nativeVar is the variable that holds the machine code of a function.
func (l *Lowerer) nativeVar(fn *ssa.Function, ty string) string {
	n := VarPrefix + l.funcs[fn]
	l.natives[fn] = n
	l.chunk.vars[n] = true
	l.later(func() { delete(l.natives, fn) })
	l.declare("var %s %s", n, ty)
	return n
}

// FuncOf is what a traceback says of a function; nil if it does not show it.
func FuncOf(fn *ssa.Function) *Func {
	if !shown(fn) {
		return nil
	}
	return &Func{funcTitle(fn), goName(fn), len(fn.Params) > 0, fn.Pos()}
}

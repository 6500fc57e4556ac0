package lower

import (
	"fmt"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

func (f *function) call(v *ssa.Call) {
	c := v.Common()
	if b, ok := c.Value.(*ssa.Builtin); ok {
		f.builtin(v, b)
		return
	}
	fn, args := f.invoked(c)
	callee := c.StaticCallee()
	switch {
	case c.IsInvoke():
	case callee != nil && compiled(callee):
		f.results1(v, f.callCompiled(callee, args))
		return
	case f.instance(callee) != "":
		fn = "rt." + f.instance(callee)
	case callee != nil:
		if mc, ok := c.Value.(*ssa.MakeClosure); ok {
			fn = f.open(mc)
		} else {
			fn = f.funcName(callee)
		}
	default:
		fn = f.open(c.Value)
		if f.compiledNamed(c.Value.Type()) { // a func type of compiled code: rt converts what goes in and out
			ty := f.signature(c.Signature())
			t := f.temp(ty)
			f.p("%s = rt.Conv(%s, %s).(%s)", t, fn, f.zeroVar(ty), ty)
			fn = t
		}
	}
	rest := "(" + strings.Join(args, ", ") + ")"
	switch zero := f.zeroArgs(c, args); zero {
	case "":
	case "true":
		fn = f.funcValue(callee)
	default:
		target := ""
		switch res := c.Signature().Results(); {
		case res.Len() == 1 && f.names[v] != "":
			target = f.names[v] + " = "
		case res.Len() > 1:
			target = strings.Join(f.resultTuple(v, res), ", ") + " = "
		}
		f.p("if %s {\n\t\t%s%s%s\n\t} else {\n\t\t%s%s%s\n\t}", zero, target, f.funcValue(callee), rest, target, fn, rest)
		return
	}
	call := fn + rest
	switch res := c.Signature().Results(); {
	case res.Len() == 0 || res.Len() == 1 && f.names[v] == "" && !f.nested[v]:
		f.p("%s", call)
	case res.Len() == 1:
		f.set(v, "%s", call)
	default:
		f.p("%s = %s", strings.Join(f.resultTuple(v, res), ", "), call)
	}
}

// instance is the name of rt's compiled instance of a function of slices; "" if it has none.
func (f *function) instance(fn *ssa.Function) string {
	if fn == nil || fn.Origin() == nil || fn.Origin().Pkg == nil || len(fn.TypeArgs()) != 2 {
		return ""
	}
	elem := f.typ(fn.TypeArgs()[1])
	if f.typ(fn.TypeArgs()[0]) != "[]"+elem {
		return ""
	}
	return f.rt.Instance(fn.Origin().Pkg.Pkg.Path(), fn.Origin().Name(), elem)
}

// resultTuple are the variables of the results of a call.
func (f *function) resultTuple(v *ssa.Call, res *types.Tuple) []string {
	var ns []string
	for i := range res.Len() {
		ns = append(ns, f.tuple(v, i, f.typ(res.At(i).Type())))
	}
	return ns
}

// results1 hands on the variables that hold the results of a compiled call.
func (f *function) results1(v *ssa.Call, res []string) {
	if len(res) == 1 && f.names[v] != "" {
		f.set(v, "%s", res[0])
	}
	if len(res) > 1 {
		for i, r := range res {
			f.tuples[tuplePart{v, i}] = r
		}
	}
}

// method finds the method of an interface value at run time; the receiver becomes the first argument.
func (f *function) method(c *ssa.CallCommon) (fn, recv string) {
	x := f.val(c.Value)
	sg := c.Signature()
	ty := "func(" + strings.Join(append([]string{"interface{}"}, f.params(sg)...), ", ") + ")" + f.Lowerer.results(sg)
	m := f.temp(ty)
	f.p("%s = rt.M(%s, %q, %s).(%s)", m, x, c.Method.Name(), f.zeroVar(ty), ty)
	return m, "rt.V(" + x + ")"
}

// callCompiled calls a compiled function and returns the variables that receive
// its results. Signatures that yaegi gets right are called directly; interfaces,
// functions and variadic arguments go through rt, which wraps and unwraps them.
func (f *function) callCompiled(fn *ssa.Function, args []string) []string {
	sg, obj := fn.Signature, fn.Object()
	if obj == nil || obj.Pkg() == nil {
		return nil // the initialisation of a compiled package
	}
	res := sg.Results()
	path := obj.Pkg().Path()
	if f.bodies[obj.Pkg()] {
		panic(&Unsupported{f.pos, fmt.Sprintf("function %s.%s has no body in Go (%s): it may be written in assembly", path, fn.Name(), f.prog.Fset.Position(obj.Pos()))})
	}
	if path == "rt" { // the cell's own hooks
		f.p("rt.%s(%s)", fn.Name(), strings.Join(args, ", "))
		return nil
	}
	if of := f.embeds[obj.Pkg()]; of != "" {
		return f.assign(fmt.Sprintf("rt.Embedded(%q, %q).(%s)", of, fn.Name(), f.typ(res.At(0).Type())), res)
	}
	direct := !sg.Variadic()
	for _, tuple := range []*types.Tuple{sg.Params(), res} {
		for v := range tuple.Variables() {
			direct = direct && f.plain(v.Type())
		}
	}
	var call string
	if sg.Recv() == nil {
		if !f.hasSymbol(obj.Pkg(), fn.Name()) && !f.rt.Overridden(path, fn.Name()) {
			panic(&Unsupported{f.pos, path + "." + fn.Name() + " is not among the compiled symbols"})
		}
		if direct && !f.rt.Overridden(path, fn.Name()) {
			return f.assign(f.use(obj.Pkg())+"."+fn.Name()+"("+strings.Join(args, ", ")+")", res)
		}
		call = "rt.Call(" + strings.Join(append([]string{strconv.Quote(path), strconv.Quote(fn.Name())}, args...), ", ") + ")"
	} else {
		if direct && f.plain(sg.Recv().Type()) {
			return f.assign(args[0]+"."+fn.Name()+"("+strings.Join(args[1:], ", ")+")", res)
		}
		call = "rt.CallM(" + strings.Join(append([]string{args[0], strconv.Quote(fn.Name())}, args[1:]...), ", ") + ")"
	}
	if res.Len() == 0 {
		f.p("%s", call)
		return nil
	}
	r := f.temp("[]interface{}")
	f.p("%s = %s", r, call)
	var out []string
	for i := range res.Len() {
		t := res.At(i).Type()
		n := f.temp(f.typ(t))
		f.p("%s = %s", n, f.asserted(fmt.Sprintf("%s[%d]", r, i), t))
		out = append(out, n)
	}
	return out
}

func (f *function) assign(call string, res *types.Tuple) []string {
	if res.Len() == 0 {
		f.p("%s", call)
		return nil
	}
	var out []string
	for v := range res.Variables() {
		out = append(out, f.temp(f.typ(v.Type())))
	}
	f.p("%s = %s", strings.Join(out, ", "), call)
	return out
}

// invoked is the method that a call through an interface calls, or "", and the arguments, with the
// method's receiver before them.
func (f *function) invoked(c *ssa.CallCommon) (fn string, args []string) {
	if c.IsInvoke() {
		recv := ""
		fn, recv = f.method(c)
		args = append(args, recv)
	}
	for _, a := range c.Args {
		args = append(args, f.val(f.outer(a)))
	}
	return fn, args
}

// callee is the function value and the arguments of a go or defer statement.
func (f *function) callee(c *ssa.CallCommon) (string, []string) {
	fn, args := f.invoked(c)
	if c.IsInvoke() {
		return fn, args
	}
	switch v := c.Value.(type) {
	case *ssa.Builtin:
		if n, ok := strings.CutPrefix(v.Name(), "print"); ok {
			return "rt.Print", []string{strconv.FormatBool(n == "ln"), "[]interface{}{" + strings.Join(args, ", ") + "}"}
		}
		return "rt." + map[string]string{"close": "Close", "delete": "Delete", "panic": "Panic", "recover": "RecoverD", "copy": "Copy", "clear": "Clear"}[v.Name()], args
	case *ssa.Function:
		return f.funcValue(v), args
	}
	return f.open(c.Value), args
}

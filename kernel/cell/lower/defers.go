package lower

import (
	"fmt"
	"go/token"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

func hasDefers(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		for _, in := range b.Instrs {
			switch in := in.(type) {
			case *ssa.Defer:
				if in.DeferStack == nil || in.DeferStack.Parent() == fn && !isCaptured(in.DeferStack) {
					return true
				}
			case *ssa.Call:
				if b, ok := in.Call.Value.(*ssa.Builtin); ok && b.Name() == "ssa:deferstack" {
					return true
				}
			}
		}
	}
	return false
}

// isCaptured: the stack of defers is that of an enclosing function.
func isCaptured(stack ssa.Value) bool {
	u, ok := stack.(*ssa.UnOp)
	if !ok {
		return false
	}
	_, ok = u.X.(*ssa.FreeVar)
	return ok
}

// recovers: the function calls recover itself, or is a wrapper of one that does. known
// is false if it is a wrapper of one that only turns out at run time.
func recovers(fn *ssa.Function) (asks, known bool) {
	if fn.Synthetic == "" || isLoopBody(fn) || fn.Origin() != nil {
		return callsRecover(fn), true
	}
	for _, b := range fn.Blocks {
		for _, in := range b.Instrs {
			if c, ok := in.(ssa.CallInstruction); ok {
				if _, builtin := c.Common().Value.(*ssa.Builtin); builtin {
					continue
				}
				if callee := c.Common().StaticCallee(); callee != nil && !compiled(callee) {
					return recovers(callee)
				}
			}
		}
	}
	return false, false
}

// callsRecover: recover is called in the text of the function.
func callsRecover(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		for _, in := range b.Instrs {
			if c, ok := in.(ssa.CallInstruction); ok {
				if b, ok := c.Common().Value.(*ssa.Builtin); ok && b.Name() == "recover" {
					return true
				}
			}
		}
	}
	return false
}

// deferring emits the body of a function that defers as a closure of its own,
// which rt.Run calls, and returns the outer body: it holds the results in cells
// and, if a deferred function has recovered, runs go/ssa's recover block.
func (f *function) deferring(name string, params []string, freeNames []string) []line {
	fn := f.fn
	var outer []line
	out := func(format string, a ...any) { outer = append(outer, line{text: "\t" + fmt.Sprintf(format, a...)}) }
	var args []string
	for _, p := range fn.Params {
		args = append(args, f.names[p])
	}
	args = append(args, freeNames...)
	pass := func(n, ty string) {
		args = append(args, n)
		params = append(params, n+" "+ty)
	}
	if shown(fn) && callsRecover(fn) {
		out("rc := rt.Enter()")
		pass("rc", "bool")
	}
	out("ds := rt.NewDS()")
	pass("ds", "*rt.DS")
	res := fn.Signature.Results()
	for i := range res.Len() {
		ty := f.typ(res.At(i).Type())
		out("r%d := new(%s)", i, ty)
		pass("r"+strconv.Itoa(i), "*"+ty)
	}
	for i, a := range recoverReads(fn) {
		n := "q" + strconv.Itoa(i)
		delete(f.locals, a)
		f.names[a] = n
		ty := f.typ(elem(a.Type()))
		out("%s := new(%s)", n, ty)
		pass(n, "*"+ty)
	}
	var rescue []line
	if fn.Recover != nil {
		saved := f.vars
		f.vars = nil
		for _, in := range fn.Recover.Instrs {
			if v, ok := in.(ssa.Value); ok && f.names[v] != "" {
				f.vars = append(f.vars, variable{f.names[v], f.typ(v.Type())})
			}
		}
		f.blocks(fn.Recover)
		rescue = f.code
		outer = append(outer, f.varLines()...)
		f.code, f.vars = nil, saved
	} else if res.Len() > 0 {
		rescue = []line{{text: "\treturn " + f.zeros(res)}}
	}
	f.inBody = true
	f.blocks(fn.Blocks[0])
	f.emit(fn.Pos(), "func %s_body(%s) func() {\n\treturn func() {", name, strings.Join(params, ", "))
	f.chunk.code = append(f.chunk.code, f.varLines()...)
	f.chunk.code = append(f.chunk.code, f.code...)
	f.emit(fn.Pos(), "\t}\n}")
	out("if rt.Run(ds, %s_body(%s)) {", name, strings.Join(args, ", "))
	outer = append(outer, rescue...)
	out("}")
	if res.Len() > 0 {
		var rs []string
		for i := range res.Len() {
			rs = append(rs, "*r"+strconv.Itoa(i))
		}
		out("return %s", strings.Join(rs, ", "))
	}
	return outer
}

// recoverReads are the allocations that the recover block reads: named results.
func recoverReads(fn *ssa.Function) []*ssa.Alloc {
	if fn.Recover == nil {
		return nil
	}
	var as []*ssa.Alloc
	seen := map[*ssa.Alloc]bool{}
	for _, in := range fn.Recover.Instrs {
		if u, ok := in.(*ssa.UnOp); ok && u.Op == token.MUL {
			if a, ok := u.X.(*ssa.Alloc); ok && !seen[a] {
				seen[a] = true
				as = append(as, a)
			}
		}
	}
	return as
}

package lower

import (
	"fmt"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// function is one function while it is emitted.
type function struct {
	*Lowerer
	fn      *ssa.Function
	code    []line
	pos     token.Pos // of the instruction being emitted
	names   map[ssa.Value]string
	locals  map[*ssa.Alloc]string // allocations that are plain variables
	inPlace map[ssa.Value]bool
	fused   map[ssa.Value]bool
	nested  map[ssa.Value]bool
	tuples  map[tuplePart]string
	vars    []variable
	temps   int
	defers  bool // has defer statements: the body is a closure that rt.Run calls
	inBody  bool // in that closure: results go to cells
	exit    bool // needs the label at the end
}

type variable struct{ name, typ string }

type tuplePart struct {
	tuple ssa.Value
	index int
}

func (l *Lowerer) newFunction(fn *ssa.Function) *function {
	return &function{
		Lowerer: l, fn: fn, names: map[ssa.Value]string{}, locals: map[*ssa.Alloc]string{}, inPlace: map[ssa.Value]bool{},
		fused: map[ssa.Value]bool{}, nested: map[ssa.Value]bool{}, tuples: map[tuplePart]string{},
	}
}

// p adds a statement.
func (f *function) p(format string, a ...any) {
	f.code = append(f.code, f.line("\t"+fmt.Sprintf(format, a...), f.pos))
}

func (f *function) label(name string) { f.code = append(f.code, f.line(name+":", f.pos)) }

// line is a line of the function's own, which a traceback shows.
func (f *function) line(text string, pos token.Pos) line {
	if !shown(f.fn) {
		return line{text: text}
	}
	return line{text, pos, f.fn}
}

// temp makes a temporary variable.
func (f *function) temp(ty string) string {
	f.temps++
	n := "x" + strconv.Itoa(f.temps)
	f.vars = append(f.vars, variable{n, ty})
	return n
}

func compiled(fn *ssa.Function) bool { return len(fn.Blocks) == 0 }

// function emits a function, as a maker of functions if it has free variables.
func (l *Lowerer) function(fn *ssa.Function) {
	if compiled(fn) {
		panic(&Unsupported{fn.Pos(), "function " + fn.Name() + " has no body"})
	}
	f := l.newFunction(fn)
	f.pos, f.at = fn.Pos(), fn.Pos()
	name := l.funcs[fn]
	var params, free, freeNames []string
	for i, p := range fn.Params {
		n := "p" + strconv.Itoa(i)
		f.names[p] = n
		params = append(params, n+" "+l.typ(p.Type()))
	}
	for i, v := range fn.FreeVars {
		n := "v" + strconv.Itoa(i)
		f.names[v] = n
		free = append(free, n+" "+l.typ(v.Type()))
		freeNames = append(freeNames, n)
	}
	f.defers = hasDefers(fn)
	f.prepare()
	var body []line
	if f.defers {
		body = f.deferring(name, append(append([]string{}, params...), free...), freeNames)
	} else {
		f.blocks(fn.Blocks)
		if fn.Synthetic == "" && callsRecover(fn) {
			body = append(body, line{text: "\trc := rt.Enter()"})
		}
		body = append(body, f.varLines()...)
		if l.loopsBack(fn) {
			body = append(body, f.line("\tif stop {\n\t\trt.Poll()\n\t}", fn.Pos()))
		}
		body = append(body, f.code...)
	}
	head := "func(" + strings.Join(params, ", ") + ")" + l.results(fn.Signature)
	if len(fn.FreeVars) > 0 {
		l.emit(fn.Pos(), "func %s(%s) func(%s)%s {\n\treturn %s {", name, strings.Join(free, ", "), strings.Join(typesOf(params), ", "), l.results(fn.Signature), head)
		l.chunk.code = append(l.chunk.code, body...)
		l.emit(fn.Pos(), "\t}\n}")
		return
	}
	l.emit(fn.Pos(), "func %s(%s)%s {", name, strings.Join(params, ", "), l.results(fn.Signature))
	l.chunk.code = append(l.chunk.code, body...)
	l.emit(fn.Pos(), "}")
}

func typesOf(params []string) []string {
	var out []string
	for _, p := range params {
		_, t, _ := strings.Cut(p, " ")
		out = append(out, t)
	}
	return out
}

func (f *function) varLines() []line {
	var out []line
	for _, v := range f.vars {
		out = append(out, line{text: "\tvar " + v.name + " " + v.typ})
	}
	return out
}

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

// callsRecover: the function calls recover itself, or is a wrapper that may.
func callsRecover(fn *ssa.Function) bool {
	if fn.Synthetic != "" {
		return true
	}
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

// loopsBack: a call of the function can lead to another call of it, so that it
// has to look for an interruption at its start. Calls through values are not followed.
func (l *Lowerer) loopsBack(fn *ssa.Function) bool {
	if b, ok := l.loops[fn]; ok {
		return b
	}
	seen := map[*ssa.Function]bool{}
	var visit func(g *ssa.Function) bool
	visit = func(g *ssa.Function) bool {
		if seen[g] {
			return false
		}
		seen[g] = true
		for _, b := range g.Blocks {
			for _, in := range b.Instrs {
				if c, ok := in.(ssa.CallInstruction); ok {
					callee := c.Common().StaticCallee()
					if callee == nil && !compiled(g) && c.Common().Method == nil {
						if _, ok := c.Common().Value.(*ssa.Builtin); !ok {
							return true // a function value: it may be this one
						}
					}
					if callee == fn || callee != nil && visit(callee) {
						return true
					}
				}
			}
		}
		return false
	}
	b := visit(fn)
	l.loops[fn] = b
	return b
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
	if fn.Synthetic == "" && callsRecover(fn) {
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
		f.blocks([]*ssa.BasicBlock{fn.Recover})
		rescue = f.code
		outer = append(outer, f.varLines()...)
		f.code, f.vars = nil, saved
	} else if res.Len() > 0 {
		rescue = []line{{text: "\treturn " + f.zeros(res)}}
	}
	f.inBody = true
	var blocks []*ssa.BasicBlock
	for _, b := range fn.Blocks {
		if b != fn.Recover {
			blocks = append(blocks, b)
		}
	}
	f.blocks(blocks)
	f.emit(fn.Pos(), "func %s_body(%s) func() {\n\treturn func() {", name, strings.Join(params, ", "))
	f.chunk.code = append(f.chunk.code, f.varLines()...)
	if f.loopsBack(fn) {
		f.emit(fn.Pos(), "\tif stop {\n\t\trt.Poll()\n\t}")
	}
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

func (f *function) blocks(bl []*ssa.BasicBlock) {
	for i, b := range bl {
		var next *ssa.BasicBlock
		if i+1 < len(bl) {
			next = bl[i+1]
		}
		if len(b.Preds) > 0 && !(i > 0 && fallsInto(bl[i-1], b)) {
			f.label("L" + strconv.Itoa(b.Index))
		}
		for _, in := range b.Instrs {
			if in.Pos().IsValid() {
				f.pos = in.Pos()
				f.at = f.pos
			}
			f.instr(in, next)
		}
	}
	if f.exit { // yaegi loops for ever on a bare return that is reached twice
		f.vars = append(f.vars, variable{"xe", "int"})
		f.label("LE")
		f.p("xe = 0")
		f.exit = false
	}
}

// leave ends the function without a value.
func (f *function) leave() {
	f.p("goto LE")
	f.exit = true
}

// fallsInto: control runs from a into b, which follows it and has no other way in.
func fallsInto(a, b *ssa.BasicBlock) bool {
	return len(b.Preds) == 1 && b.Preds[0] == a && a.Succs[len(a.Succs)-1] == b && !(len(a.Succs) == 2 && a.Succs[0] == b)
}

// edge is the way from one block to another: its phis as assignments, a look for
// an interruption if it goes back, the jump.
func (f *function) edge(from, to, next *ssa.BasicBlock) {
	k := -1
	for i, p := range to.Preds {
		if p == from {
			k = i
		}
	}
	type copy struct {
		dst, src string
		typ      types.Type
	}
	var copies []copy
	for _, in := range to.Instrs {
		phi, ok := in.(*ssa.Phi)
		if !ok {
			break
		}
		if n := f.names[phi]; n != "" {
			if src := f.val(phi.Edges[k]); src != n {
				copies = append(copies, copy{n, src, phi.Type()})
			}
		}
	}
	conflict := false
	for i, c := range copies {
		for _, d := range copies[:i] {
			conflict = conflict || mentions(c.src, d.dst)
		}
	}
	if conflict {
		for i, c := range copies {
			hit := false
			for _, d := range copies {
				hit = hit || mentions(c.src, d.dst)
			}
			if hit {
				t := f.temp(f.typ(c.typ))
				f.p("%s = %s", t, c.src)
				copies[i].src = t
			}
		}
	}
	for _, c := range copies {
		f.p("%s", assignment(c.dst, c.src))
	}
	if to.Dominates(from) {
		f.p("if stop {\n\t\trt.Poll()\n\t}")
	}
	if to != next || !fallsInto(from, to) {
		f.p("goto L%d", to.Index)
	}
}

// assignment writes x = (x + y) as x += y, which saves yaegi a slot.
func assignment(dst, src string) string {
	if s := strings.TrimSuffix(strings.TrimPrefix(src, "("), ")"); len(s) == len(src)-2 {
		for _, op := range []string{"+", "-", "*"} {
			if rest, ok := strings.CutPrefix(s, dst+" "+op+" "); ok {
				return dst + " " + op + "= " + rest
			}
		}
	}
	return dst + " = " + src
}

// mentions: the expression names the variable.
func mentions(expr, name string) bool {
	for i := 0; ; {
		j := strings.Index(expr[i:], name)
		if j < 0 {
			return false
		}
		j += i
		k := j + len(name)
		if (j == 0 || !isWord(expr[j-1])) && (k == len(expr) || !isWord(expr[k])) {
			return true
		}
		i = k
	}
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

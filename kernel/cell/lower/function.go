package lower

import (
	"fmt"
	"go/token"
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
	locals  map[ssa.Value]string // addresses of what is a plain variable
	inPlace map[ssa.Value]bool
	fused   map[ssa.Value]bool
	nested  map[ssa.Value]bool
	tuples  map[tuplePart]string
	vars    []variable
	temps   int
	defers  bool // has defer statements: the body is a closure that rt.Run calls
	inBody  bool // in that closure: results go to cells
	exits   int  // ends without a value

	met     map[*ssa.BasicBlock]bool // blocks that have a label, or will
	waiting []waiting
	depth   int // of braces
}

type variable struct{ name, typ string }

type tuplePart struct {
	tuple ssa.Value
	index int
}

func (l *Lowerer) newFunction(fn *ssa.Function) *function {
	return &function{
		Lowerer: l, fn: fn, names: map[ssa.Value]string{}, locals: map[ssa.Value]string{}, inPlace: map[ssa.Value]bool{},
		fused: map[ssa.Value]bool{}, nested: map[ssa.Value]bool{}, tuples: map[tuplePart]string{},
		met: map[*ssa.BasicBlock]bool{},
	}
}

// p adds a statement.
func (f *function) p(format string, a ...any) {
	f.code = append(f.code, f.line("\t"+fmt.Sprintf(format, a...), f.pos))
}

// library: the function is one of a package that is not the cells'.
func (f *function) library() bool { return f.fn.Pkg != nil && f.fn.Pkg.Pkg.Path() != "main" }

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
	if len(fn.TypeArgs()) > 0 && fn.Parent() == nil && fn.Origin() != nil {
		nameLocalTypes(fn)
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
		t := v.Type()
		if l.holds(v) {
			t = elem(t)
			f.locals[v] = n
		} else {
			f.names[v] = n
		}
		free = append(free, n+" "+l.typ(t))
		freeNames = append(freeNames, n)
	}
	f.defers = hasDefers(fn)
	f.prepare()
	f.native()
	var body []line
	if f.defers {
		body = f.deferring(name, append(append([]string{}, params...), free...), freeNames)
	} else {
		f.blocks(fn.Blocks[0])
		if shown(fn) && callsRecover(fn) {
			body = append(body, line{text: "\trc := rt.Enter()"})
		}
		body = append(body, f.varLines()...)
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

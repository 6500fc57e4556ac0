package lower

import (
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// waiting is a block that is yet to be emitted, and where the way to it comes from.
type waiting struct {
	block *ssa.BasicBlock
	pos   token.Pos
}

// blocks emits all blocks that entry leads to. One that a single way leads to stands
// at the end of that way, in the braces of an if too, as in a program that somebody has
// written: each jump costs time. All others have labels, outside of braces.
func (f *function) blocks(entry *ssa.BasicBlock) {
	f.met[entry] = true
	f.waiting = append(f.waiting, waiting{entry, f.pos})
	for len(f.waiting) > 0 {
		w := f.waiting[0]
		f.waiting = f.waiting[1:]
		f.pos = w.pos
		if len(w.block.Preds) > 0 {
			f.label(labelOf(w.block))
		}
		f.block(w.block)
	}
}

func (f *function) block(b *ssa.BasicBlock) {
	for i := 0; i < len(b.Instrs); i++ {
		in := b.Instrs[i]
		if n := f.table(b.Instrs[i:]); n > 0 {
			i += n - 1
			continue
		}
		if pos := placeOf(in); pos.IsValid() {
			f.pos = pos
			f.at = f.pos
		}
		if call, ok := in.(*ssa.Call); ok && call.Call.StaticCallee() != nil && isPart(call.Call.StaticCallee()) {
			f.pos = token.NoPos
		}
		f.instr(in)
	}
}

func labelOf(b *ssa.BasicBlock) string { return "L" + strconv.Itoa(b.Index) }

// placeOf is where an instruction comes from; the call that a range over a function
// is has no position of its own.
func placeOf(in ssa.Instruction) token.Pos {
	if call, ok := in.(*ssa.Call); ok && !call.Pos().IsValid() && len(call.Call.Args) == 1 {
		if c, ok := call.Call.Args[0].(*ssa.MakeClosure); ok && isLoopBody(c.Fn.(*ssa.Function)) {
			return c.Fn.Pos()
		}
	}
	return in.Pos()
}

// leave ends the function without a value. yaegi loops for ever on a bare return to
// which two ways lead, so each way gets its own; the jump is there for callsite, which
// knows a statement by what comes next.
func (f *function) leave() {
	f.exits++
	f.p("goto R%d", f.exits)
	f.label("R" + strconv.Itoa(f.exits))
	f.p("return")
}

// edge is the way from one block to another: its phis as assignments, then the
// other, or a jump to it.
func (f *function) edge(from, to *ssa.BasicBlock) {
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
	switch {
	case f.met[to]:
		f.p("goto %s", labelOf(to))
	case len(to.Preds) == 1:
		f.block(to)
	case f.depth > 0 || len(f.code) > 0 && strings.HasSuffix(f.code[len(f.code)-1].text, ":"): // yaegi doesn't know a label of a label
		f.met[to] = true
		f.waiting = append(f.waiting, waiting{to, f.pos})
		f.p("goto %s", labelOf(to))
	default:
		f.met[to] = true
		f.label(labelOf(to))
		f.block(to)
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

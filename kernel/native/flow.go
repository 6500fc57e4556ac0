package native

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/nascent-go/nascent/kernel/native/wasm"
)

// WebAssembly has blocks and loops where SSA has jumps. The way from one to the other is
// that of Ramsey, "Beyond Relooper" (ICFP 2022): the code follows the dominator tree.

// graph is the order of a function's blocks.
type graph struct {
	number map[*ssa.BasicBlock]int // in reverse postorder
	order  []*ssa.BasicBlock
	merge  map[*ssa.BasicBlock]bool // several ways forward lead to it
	loop   map[*ssa.BasicBlock]int  // it begins a loop, of about so many instructions
	inLoop map[*ssa.BasicBlock]bool
}

// newGraph orders the blocks, which weigh some instructions each. It fails if a loop has
// two beginnings.
func newGraph(fn *ssa.Function, weigh func(*ssa.BasicBlock) int) (*graph, bool) {
	g := &graph{map[*ssa.BasicBlock]int{}, nil, map[*ssa.BasicBlock]bool{}, map[*ssa.BasicBlock]int{}, map[*ssa.BasicBlock]bool{}}
	seen := map[*ssa.BasicBlock]bool{}
	var walk func(b *ssa.BasicBlock)
	walk = func(b *ssa.BasicBlock) {
		seen[b] = true
		for _, s := range b.Succs {
			if !seen[s] {
				walk(s)
			}
		}
		g.order = append(g.order, b)
	}
	walk(fn.Blocks[0])
	slices.Reverse(g.order)
	for i, b := range g.order {
		g.number[b] = i
	}
	for _, b := range g.order {
		forward := 0
		for _, p := range b.Preds {
			n, reached := g.number[p]
			switch {
			case !reached:
			case n < g.number[b]:
				forward++
			case !b.Dominates(p):
				return nil, false
			default:
				weight := 0
				for x := range loopOf(b, p) {
					weight += weigh(x)
					g.inLoop[x] = true
				}
				g.loop[b] = max(g.loop[b], weight)
			}
		}
		g.merge[b] = forward > 1
	}
	return g, true
}

// loopOf are the blocks of the loop from first to last, which jumps back.
func loopOf(first, last *ssa.BasicBlock) map[*ssa.BasicBlock]bool {
	in := map[*ssa.BasicBlock]bool{first: true, last: true}
	for todo := []*ssa.BasicBlock{last}; len(todo) > 0; {
		b := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if b == first {
			continue
		}
		for _, p := range b.Preds {
			if !in[p] {
				in[p] = true
				todo = append(todo, p)
			}
		}
	}
	return in
}

// scope is a construct that encloses the code being written.
type scope struct {
	target *ssa.BasicBlock // where a br to it leads; nil for an if
}

// tree writes a block and all that it dominates.
func (t *translator) tree(b *ssa.BasicBlock) {
	var merges []*ssa.BasicBlock
	for _, c := range b.Dominees() {
		if t.graph.merge[c] {
			merges = append(merges, c)
		}
	}
	slices.SortFunc(merges, func(x, y *ssa.BasicBlock) int { return t.graph.number[y] - t.graph.number[x] })
	if _, ok := t.graph.loop[b]; !ok {
		t.within(b, merges)
		return
	}
	t.code.Loop()
	t.scopes = append(t.scopes, scope{b})
	t.within(b, merges)
	t.scopes = t.scopes[:len(t.scopes)-1]
	t.code.Op(wasm.End)
}

// within writes a block with those after it that several ways lead to.
func (t *translator) within(b *ssa.BasicBlock, merges []*ssa.BasicBlock) {
	if len(merges) > 0 {
		t.code.Block()
		t.scopes = append(t.scopes, scope{merges[0]})
		t.within(b, merges[1:])
		t.scopes = t.scopes[:len(t.scopes)-1]
		t.code.Op(wasm.End)
		t.tree(merges[0])
		return
	}
	t.block = b
	for _, in := range b.Instrs {
		if p := in.Pos(); p.IsValid() {
			t.pos = p
		}
		t.instr(in)
	}
	switch in := b.Instrs[len(b.Instrs)-1].(type) {
	case *ssa.Jump:
		t.edge(b, b.Succs[0], 0)
	case *ssa.If:
		pos := t.pos
		t.push(in.Cond)
		t.code.If()
		t.scopes = append(t.scopes, scope{})
		t.edge(b, b.Succs[0], 0)
		t.code.Op(wasm.Else)
		t.pos = pos
		t.edge(b, b.Succs[1], 1)
		t.scopes = t.scopes[:len(t.scopes)-1]
		t.code.Op(wasm.End)
	}
}

// edge writes the way from a block to its successor with a number.
func (t *translator) edge(from, to *ssa.BasicBlock, succ int) {
	// If both ways of an if lead to one block, the phis differ by the number of the way.
	k, skip := -1, 0
	for i := range succ {
		if from.Succs[i] == to {
			skip++
		}
	}
	for i, p := range to.Preds {
		if p == from {
			if skip == 0 {
				k = i
				break
			}
			skip--
		}
	}
	var set []uint32
	for _, in := range to.Instrs {
		phi, ok := in.(*ssa.Phi)
		if !ok {
			break
		}
		if phi.Edges[k] == ssa.Value(phi) {
			continue
		}
		t.push(phi.Edges[k])
		set = append(set, t.result(phi)...)
	}
	for _, l := range slices.Backward(set) {
		t.code.Set(l)
	}
	back := t.graph.number[to] <= t.graph.number[from]
	if !back && !t.graph.merge[to] {
		t.tree(to)
		return
	}
	depth := len(t.scopes) - 1 - lastIndex(t.scopes, scope{to})
	if depth == len(t.scopes) {
		t.unfit(token.NoPos, "its control flow")
	}
	if back {
		// The usual way back has no call and no way that comes from one, since values
		// don't stay in registers there.
		t.spend(t.graph.loop[to], wasm.I32GeS)
		t.code.BrIf(depth)
		t.poll()
	}
	t.code.Br(depth)
}

func lastIndex(scopes []scope, s scope) int {
	for i, x := range slices.Backward(scopes) {
		if x == s {
			return i
		}
	}
	return -1
}

package viz

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/nascent-go/nascent/nasext/arch"
)

// Level is how much of an architecture one box of its picture stands for.
type Level int

// The levels. A block is what arch.Node.Block names; if that is a path such as
// "stage 2/unit 1", the stage is its beginning.
const (
	Auto       Level = iota // the finest level on which the picture can be read at a glance
	Operations              // one operation, with the activations around it
	Blocks                  // one block; of equal ones in a row one is drawn
	Stages                  // one stage
)

// Boxes that a picture may have on the automatic level: of operations and of blocks.
const (
	fewOperations = 20
	fewBlocks     = 24
	manyBoxes     = 300 // above it a picture says nothing on any level
)

// box is one node of the graph: nodes of the architecture that belong together.
type box struct {
	nodes []int // in order
	main  int   // what the box is named after; -1 for a whole block
	block string
	last  string // of equal blocks in a row the last one's name
	times int    // how many equal blocks it stands for; 0 means 1
}

// parts is the level of an architecture without blocks that has more boxes than can
// be drawn: what stands together in its list of nodes is one box.
const parts = Stages + 1

// automatic is the finest level on which the architecture can be read.
func automatic(a *arch.Arch) Level {
	best, fewest := Operations, 0
	for l := Operations; l <= Stages; l++ {
		boxes, _ := folded(a, l)
		if l == Operations && len(boxes) <= fewOperations || l > Operations && len(boxes) <= fewBlocks {
			return l
		}
		if l == Operations || len(boxes) < fewest {
			best, fewest = l, len(boxes)
		}
	}
	if fewest > manyBoxes {
		return parts
	}
	return best
}

// folded puts each node into a box on the given level, and says which box each node is in.
func folded(a *arch.Arch, l Level) (boxes []box, of []int) {
	switch l {
	case Operations:
		return operations(a)
	case Blocks:
		return merged(a, blocks(a, func(i int) string { return a.Nodes[i].Block }))
	case Stages:
		return merged(a, blocks(a, func(i int) string {
			stage, _, _ := strings.Cut(a.Nodes[i].Block, "/")
			return stage
		}))
	case parts:
		n := (len(a.Nodes) + fewBlocks - 2) / (fewBlocks - 1)
		return merged(a, blocks(a, func(i int) string {
			from := (i-1)/n*n + 1
			return fmt.Sprintf("nodes %d–%d", from, min(from+n, len(a.Nodes))-1)
		}))
	}
	return folded(a, automatic(a))
}

// operations gives each operation a box, to which what follows a convolution or a
// linear layer and nothing else takes belongs, and an activation right before it.
func operations(a *arch.Arch) (boxes []box, of []int) {
	takers := make([]int, len(a.Nodes)) // how many nodes take each
	for _, n := range a.Nodes {
		for _, from := range n.In {
			takers[from]++
		}
	}
	of = make([]int, len(a.Nodes))
	for i, n := range a.Nodes {
		if len(n.In) == 1 {
			from := n.In[0]
			b := &boxes[of[from]]
			before := a.Nodes[b.main].Op.Kind
			alone := takers[from] == 1 && from == b.nodes[len(b.nodes)-1] && b.block == n.Block
			// What is activated before is not activated behind as well: that
			// activation belongs to what follows.
			light := kindOf(n.Op.Kind) == "activation" && (!n.Op.Kind.Activation() || b.nodes[0] == b.main)
			heavy := n.Op.Kind == arch.Conv || n.Op.Kind == arch.Linear
			switch {
			case alone && light && before != arch.Input && kindOf(before) != "join",
				alone && heavy && len(b.nodes) == 1 && before.Activation():
				if heavy {
					b.main = i
				}
				b.nodes = append(b.nodes, i)
				of[i] = of[from]
				continue
			}
		}
		of[i] = len(boxes)
		boxes = append(boxes, box{nodes: []int{i}, main: i, block: n.Block})
	}
	return boxes, of
}

// blocks makes one box of nodes in a row for which name gives the same; the input and
// nodes without a name stay alone.
func blocks(a *arch.Arch, name func(i int) string) []box {
	var boxes []box
	for i, n := range a.Nodes {
		block := name(i)
		last := len(boxes) - 1
		switch {
		case block == "" || n.Op.Kind == arch.Input:
			boxes = append(boxes, box{main: i})
			last++
		case last < 0 || boxes[last].block != block:
			boxes = append(boxes, box{main: -1, block: block})
			last++
		}
		boxes[last].nodes = append(boxes[last].nodes, i)
	}
	return boxes
}

// merged makes one box of equal blocks in a row.
func merged(a *arch.Arch, all []box) (boxes []box, of []int) {
	of = make([]int, len(a.Nodes))
	for k, b := range all {
		for _, i := range b.nodes {
			of[i] = k
		}
	}
	place := make([]int, len(all)) // of each block among the merged ones
	before := uint64(0)
	for k, b := range all {
		print := fingerprint(a, all, of, k)
		if k > 0 && print == before && b.main < 0 && parent(b.block) == parent(all[k-1].block) {
			run := &boxes[len(boxes)-1]
			run.nodes = append(run.nodes, b.nodes...)
			run.times, run.last = max(run.times, 1)+1, b.block
		} else {
			b.nodes = slices.Clip(b.nodes) // all goes on holding what is each block's
			boxes = append(boxes, b)
		}
		before = print
		place[k] = len(boxes) - 1
	}
	for i, k := range of {
		of[i] = place[k]
	}
	return boxes, of
}

// parent is the path of a block without its last part.
func parent(block string) string {
	if i := strings.LastIndex(block, "/"); i >= 0 {
		return block[:i]
	}
	return ""
}

// fingerprint is the same for blocks of equal operations with equal wiring. What
// comes from other blocks is told apart by how many blocks back they lie and how
// far from their end, so that a block is equal to the next if both take, say, the
// results of the two blocks before them.
func fingerprint(a *arch.Arch, all []box, of []int, k int) uint64 {
	h := fnv.New64a()
	for at, i := range all[k].nodes {
		n := a.Nodes[i]
		fmt.Fprintf(h, "%+v", n.Op.WithDefaults())
		for _, from := range n.In {
			source := all[of[from]].nodes
			where, _ := slices.BinarySearch(source, from)
			if of[from] == k {
				fmt.Fprint(h, " in", at-where)
			} else {
				fmt.Fprint(h, " out", k-of[from], len(source)-where)
			}
		}
	}
	return h.Sum64()
}

// name is what a block's box is called: "unit 2", and "unit 2–4" of several.
func (b box) name() string {
	name := b.block[len(parent(b.block)):]
	name = strings.TrimPrefix(name, "/")
	if b.times < 2 {
		return name
	}
	last := strings.TrimPrefix(b.last[len(parent(b.last)):], "/")
	stem := strings.TrimRight(name, "0123456789")
	if number, ok := strings.CutPrefix(last, stem); ok && stem != name {
		if _, err := strconv.Atoi(number); err == nil {
			last = number
		}
	}
	return name + "–" + last + " ×" + strconv.Itoa(b.times)
}

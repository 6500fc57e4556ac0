package viz

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/arch"
)

// Compare draws two architectures side by side, on the finest level on which both
// can be read. What they have in common is without colour. Boxes that stand in the
// same place and differ are marked with the number of the change, boxes and
// connections without counterpart as only here. Names do not count.
func Compare(a, b *arch.Arch) *display.Graph {
	if a == nil || b == nil {
		return display.NewGraph("no two architectures yet")
	}
	sides := [2]*side{{arch: a, id: "a"}, {arch: b, id: "b"}}
	level := Operations
	for i, s := range sides {
		var err error
		if s.infos, err = s.arch.Infer(); err != nil {
			return undrawable("architectures that cannot be drawn", fmt.Sprintf("the %s is no architecture", [2]string{"first", "second"}[i]), err)
		}
		level = max(level, automatic(s.arch))
	}
	for _, s := range sides {
		s.boxes, s.of = folded(s.arch, level)
		s.edges = edges(s.arch, s.of)
	}
	changes := align(sides[0], sides[1])

	g := display.NewGraph("")
	g.Kinds, g.Direction = []string{onlyHere, "changed"}, display.TB
	noun := "block"
	if level == Operations {
		noun = "operation"
	}
	var found []string
	if changes > 0 {
		found = append(found, count(changes, "change"))
	}
	for i, s := range sides {
		boxes, links := s.draw(g, sides[1-i])
		var alone []string
		if boxes > 0 {
			alone = append(alone, count(boxes, noun))
		}
		if links > 0 {
			alone = append(alone, count(links, "connection"))
		}
		if len(alone) > 0 {
			found = append(found, strings.Join(alone, " and ")+" only on the "+[2]string{"left", "right"}[i])
		}
	}
	if len(found) == 0 {
		found = []string{"no difference"}
	}
	g.Name = strings.Join(found, ", ")
	return g
}

const onlyHere = "only here"

// side is one of two architectures that are compared.
type side struct {
	arch    *arch.Arch
	id      string // begins the IDs of its boxes
	infos   []arch.Info
	boxes   []box
	of      []int
	edges   []edge
	partner []int // of each box the one on the other side; -1 for none
	change  []int // of each box the number of its change; 0 for none
}

// align finds the boxes that are the same on both sides and between those the ones
// that differ and stand in the same place. It returns how many these are.
func align(a, b *side) (changes int) {
	for _, s := range []*side{a, b} {
		s.partner, s.change = slices.Repeat([]int{-1}, len(s.boxes)), make([]int, len(s.boxes))
	}
	prints := [2][]string{a.contents(), b.contents()}
	same := common(prints[0], prints[1])
	at := [2]int{}
	for _, p := range append(same, [2]int{len(a.boxes), len(b.boxes)}) {
		for _, c := range common(a.places(at[0], p[0]), b.places(at[1], p[1])) {
			changes++
			i, j := at[0]+c[0], at[1]+c[1]
			a.partner[i], b.partner[j] = j, i
			a.change[i], b.change[j] = changes, changes
		}
		if p[0] < len(a.boxes) {
			a.partner[p[0]], b.partner[p[1]] = p[1], p[0]
		}
		at = [2]int{p[0] + 1, p[1] + 1}
	}
	return changes
}

// contents is for each box the same as for another one that does the same.
func (s *side) contents() []string {
	all := make([]string, len(s.boxes))
	for k, b := range s.boxes {
		h := fnv.New64a()
		for at, i := range b.nodes {
			n := s.arch.Nodes[i]
			fmt.Fprintf(h, "%+v%d", n.Op.WithDefaults(), s.infos[i].Params)
			for _, from := range n.In {
				if where, inside := slices.BinarySearch(b.nodes, from); inside {
					fmt.Fprint(h, " in", at-where)
				} else {
					fmt.Fprint(h, " out")
				}
			}
		}
		all[k] = fmt.Sprint(h.Sum64(), b.times, s.infos[b.nodes[len(b.nodes)-1]].Out)
	}
	return all
}

// places is for each box from i to before j the same as for one that can stand in its
// place: one of its kind, and of its stage if it is a block.
func (s *side) places(i, j int) []string {
	var all []string
	for _, b := range s.boxes[i:j] {
		place := b.node(s.arch, s.infos).Kind
		if b.main < 0 {
			place += " " + parent(b.block)
		}
		all = append(all, place)
	}
	return all
}

// common is a longest common subsequence, as pairs of indices.
func common(a, b []string) [][2]int {
	// longest[i][j] is the length of that of a[i:] and b[j:].
	longest := make([][]int, len(a)+1)
	for i := range longest {
		longest[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	var pairs [][2]int
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			pairs = append(pairs, [2]int{i, j})
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
	return pairs
}

// draw adds the side to the graph, and says how many of its boxes and of the
// connections between the others the other side has not.
func (s *side) draw(g *display.Graph, other *side) (boxes, links int) {
	g.AddGroup(display.Group{ID: s.id, Label: title(s.arch) + ": " + totals(s.infos)})
	for i, b := range s.boxes {
		n := b.node(s.arch, s.infos)
		n.ID, n.Group, n.Kind = s.id+strconv.Itoa(i), s.id, ""
		if stage := parent(b.block); stage != "" && b.main < 0 {
			n.Label = stage + "/" + n.Label
		}
		switch {
		case s.partner[i] < 0:
			boxes++
			n.Kind, n.Lines = onlyHere, append(n.Lines, onlyHere)
		case s.change[i] > 0:
			n.Kind, n.Lines = "changed", append(n.Lines, fmt.Sprintf("change %d", s.change[i]))
		}
		g.AddNode(n)
	}
	for _, e := range s.edges {
		drawn := display.Edge{From: s.id + strconv.Itoa(e.from), To: s.id + strconv.Itoa(e.to)}
		from, to := s.partner[e.from], s.partner[e.to]
		if from >= 0 && to >= 0 && !slices.Contains(other.edges, edge{from, to}) {
			links++
			drawn.Label, drawn.Dashed = onlyHere, true
		}
		g.Edges = append(g.Edges, drawn)
	}
	return boxes, links
}

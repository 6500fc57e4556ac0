package arch

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// Canonical is the architecture in canonical form. Two architectures have equal forms
// exactly if they are isomorphic: if their nodes can be paired such that paired nodes
// have the same operation with the same settings and take paired nodes, in the same
// order where order counts, and that the inputs, the outputs and the auxiliary outputs
// are pairs. Order does not count for a sum and for a product of equal shapes; it does
// for a concatenation.
//
// An identity counts as what it takes, unless it is the output or an auxiliary one.
// Nodes whose output nobody takes count. Names, blocks and whether a default was
// written out do not: the form has no blocks and names its nodes by kind and number,
// and mixing numbers by number. Which mixes share their numbers counts.
//
// The form is found by refining colours and, where that leaves nodes alike, by trying
// them one after the other, with those left out that a symmetry makes equal. A graph
// that is regular without being symmetric may take more tries than there is time for,
// which is an error; the networks of the literature take a millisecond to a
// tenth of a second.
func (a *Arch) Canonical() (*Arch, error) {
	s, err := newSearch(a)
	if err != nil {
		return nil, err
	}
	colours := slices.Clone(s.start)
	s.refine(colours)
	best, err := s.visit(colours, nil)
	if err != nil {
		return nil, fmt.Errorf("arch: canonical form of %d nodes: %w", len(s.nodes), err)
	}
	form := s.build(best.order)
	return &form, nil
}

// CanonicalHash is the fingerprint of the canonical form: architectures have the same
// one exactly if they are isomorphic, by the rules of Canonical.
func (a *Arch) CanonicalHash() (string, error) {
	form, err := a.Canonical()
	if err != nil {
		return "", err
	}
	return form.Hash(), nil
}

// search looks for the order of nodes whose encoding is the smallest.
type search struct {
	input Shape
	nodes []Node // without identities
	aux   []bool // whether a node is an auxiliary output

	commutes []bool   // whether the order of a node's inputs does not count
	takers   [][]edge // who takes each node, and as what
	class    []int    // equal for nodes with equal operations, outputs and auxiliary outputs apart
	start    []uint64 // colours of the classes
	symmetry [][]int  // automorphisms that were found
	budget   int      // visits of nodes and edges that are left
	scratch  []uint64 // for counting colours
	byColour [2][]int // for pairing
}

// edge is a taker of a node, with the place among its inputs, from 1; 0 if order does not count.
type edge struct{ to, place int }

// leaf is an order of the nodes, and the architecture's encoding in it.
type leaf struct {
	order []int
	code  []byte
}

// budgetOfSearch bounds the work of a search to about a second.
const budgetOfSearch = 1 << 28

// costOfSorting is what sorting nodes by colour costs for each of them, in visits.
const costOfSorting = 30

func newSearch(a *Arch) (*search, error) {
	infos, err := a.Infer()
	if err != nil {
		return nil, err
	}
	s := &search{input: a.Input, budget: budgetOfSearch}
	last := len(a.Nodes) - 1
	becomes := make([]int, len(a.Nodes)) // the node of the search
	classes := map[class]int{}
	for i, n := range a.Nodes {
		aux := slices.Contains(a.Aux, i)
		if n.Op.Kind == Identity && i != last && !aux {
			becomes[i] = becomes[n.In[0]]
			continue
		}
		v := len(s.nodes)
		becomes[i] = v
		in := make([]int, len(n.In))
		for k, from := range n.In {
			in[k] = becomes[from]
		}
		commutes := n.Op.Kind == Add || n.Op.Kind == Mul && infos[n.In[0]].Out == infos[n.In[1]].Out
		node := Node{Op: n.Op.WithDefaults(), In: in}
		class := class{node.Op, i == last, aux}
		if _, known := classes[class]; !known {
			classes[class] = len(classes)
		}
		s.nodes = append(s.nodes, node)
		s.aux = append(s.aux, aux)
		s.commutes = append(s.commutes, commutes)
		s.takers = append(s.takers, nil)
		s.class = append(s.class, classes[class])
		s.start = append(s.start, class.colour())
		for k, from := range in {
			place := k + 1
			if commutes {
				place = 0
			}
			s.takers[from] = append(s.takers[from], edge{v, place})
		}
	}
	return s, nil
}

// class is what tells nodes apart before their neighbours are looked at.
type class struct {
	op          Op
	output, aux bool
}

// colour is a number for a class: FNV-1a of its encoding.
func (c class) colour() uint64 {
	h := uint64(14695981039346656037)
	for _, b := range c.op.encode(nil) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	for _, v := range [...]int{c.op.From, c.op.StrideW, bit(c.op.Same), bit(c.op.Fixed), bit(c.output), bit(c.aux)} {
		h = (h ^ uint64(v)) * 1099511628211
	}
	return mix(h)
}

// mix spreads the bits of a number over all of it (the finaliser of splitmix64).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// refine tells nodes apart by the colours of what they take and of what takes them,
// until that tells no more apart. A colour depends on the colours at the beginning and
// on the graph alone, not on the order of its nodes. Two nodes whose colours are equal
// by chance stay alike, which costs time but makes no mistake.
func (s *search) refine(colours []uint64) {
	for before, now := 0, s.count(colours); now > before; {
		for v, n := range s.nodes {
			sum := uint64(0)
			for k, from := range n.In {
				place := uint64(k + 1)
				if s.commutes[v] {
					place = 0
				}
				sum += mix(colours[from] + place)
			}
			colours[v] = mix(colours[v]*3 + sum)
			s.budget -= 2 + 2*len(n.In)
		}
		for v := len(s.nodes) - 1; v >= 0; v-- {
			sum := uint64(0)
			for _, e := range s.takers[v] {
				sum += mix(colours[e.to] + uint64(e.place))
			}
			colours[v] = mix(colours[v]*5 + sum)
		}
		before, now = now, s.count(colours)
	}
}

// count is the number of different colours.
func (s *search) count(colours []uint64) int {
	s.scratch = append(s.scratch[:0], colours...)
	slices.Sort(s.scratch)
	return len(slices.Compact(s.scratch))
}

// cell is the smallest set of several nodes of one colour, of those the one of the
// smallest colour; nil if there is none.
func (s *search) cell(colours []uint64) []int {
	sorted := s.sorted(0, colours)
	s.budget -= costOfSorting * len(sorted)
	var best []int
	for from := 0; from < len(sorted); {
		to := from + 1
		for to < len(sorted) && colours[sorted[to]] == colours[sorted[from]] {
			to++
		}
		if to-from > 1 && (best == nil || to-from < len(best)) {
			best = sorted[from:to]
		}
		from = to
	}
	return slices.Clone(best)
}

// sorted lists the nodes by colour, then by number. The list is used again by the next call with the same which.
func (s *search) sorted(which int, colours []uint64) []int {
	list := s.byColour[which][:0]
	for v := range colours {
		list = append(list, v)
	}
	slices.SortFunc(list, func(v, w int) int {
		switch {
		case colours[v] < colours[w]:
			return -1
		case colours[v] > colours[w]:
			return 1
		}
		return v - w
	})
	s.byColour[which] = list
	return list
}

// visit finds the leaf with the smallest encoding among the orders that refined colours
// leave open. The nodes in fixed were told apart by trying.
func (s *search) visit(colours []uint64, fixed []int) (leaf, error) {
	cell := s.cell(colours)
	if cell == nil {
		return s.leaf(colours), nil
	}
	var best leaf
	var tried []int
	var refined [][]uint64 // for each that was tried
	for _, v := range cell {
		if s.symmetric(v, tried, fixed) {
			continue
		}
		child := slices.Clone(colours)
		child[v] = mix(child[v] + 1)
		s.refine(child)
		if s.budget < 0 {
			return leaf{}, errors.New("it is too regular to be found in reasonable time")
		}
		if slices.ContainsFunc(refined, func(other []uint64) bool { return s.swap(other, child, fixed) }) {
			continue
		}
		l, err := s.visit(child, append(fixed, v))
		if err != nil {
			return leaf{}, err
		}
		switch order := bytes.Compare(l.code, best.code); {
		case best.order == nil || order < 0:
			best = l
		case order == 0:
			image := make([]int, len(s.nodes))
			for i, w := range best.order {
				image[w] = l.order[i]
			}
			s.symmetry = append(s.symmetry, image)
		}
		tried, refined = append(tried, v), append(refined, child)
	}
	return best, nil
}

// symmetric says whether known automorphisms that leave the fixed nodes where they are
// bring v to one that was tried.
func (s *search) symmetric(v int, tried, fixed []int) bool {
	if len(tried) == 0 {
		return false
	}
	images := slices.DeleteFunc(slices.Clone(s.symmetry), func(image []int) bool { return !leaves(image, fixed) })
	s.budget -= len(s.symmetry) * len(fixed)
	reached, seen := []int{v}, make([]bool, len(s.nodes))
	for i := 0; i < len(reached); i++ {
		if slices.Contains(tried, reached[i]) {
			return true
		}
		s.budget -= len(tried) + len(images)
		for _, image := range images {
			if w := image[reached[i]]; !seen[w] {
				seen[w] = true
				reached = append(reached, w)
			}
		}
	}
	return false
}

// leaves says whether a map of nodes leaves those in fixed where they are.
func leaves(image, fixed []int) bool {
	return !slices.ContainsFunc(fixed, func(v int) bool { return image[v] != v })
}

// swap looks for an automorphism that leaves the fixed nodes where they are and that
// turns one colouring into another, and keeps it. It tries the one that moves as few
// nodes as possible, which is right for branches that are alike.
func (s *search) swap(from, to []uint64, fixed []int) bool {
	a, b := s.sorted(0, from), s.sorted(1, to)
	image := make([]int, len(s.nodes))
	s.budget -= costOfSorting * len(a)
	for i := 0; i < len(a); {
		j := i
		for j < len(a) && from[a[j]] == from[a[i]] {
			j++
		}
		for k := i; k < j; k++ {
			if to[b[k]] != from[a[i]] {
				return false
			}
		}
		match(image, a[i:j], b[i:j])
		i = j
	}
	if !leaves(image, fixed) || !s.isAutomorphism(image) {
		return false
	}
	s.symmetry = append(s.symmetry, image)
	return true
}

// match maps the nodes of one set, in order, to those of another of the same size:
// those in both to themselves, the others one after the other.
func match(image, from, to []int) {
	k := 0
	for _, v := range from {
		if _, both := slices.BinarySearch(to, v); both {
			image[v] = v
			continue
		}
		for {
			w := to[k]
			k++
			if _, both := slices.BinarySearch(from, w); !both {
				image[v] = w
				break
			}
		}
	}
}

// isAutomorphism says whether a map of nodes, which pairs them, keeps operations and wiring.
func (s *search) isAutomorphism(image []int) bool {
	var mapped, there []int
	for v, n := range s.nodes {
		w := image[v]
		if s.class[v] != s.class[w] || len(n.In) != len(s.nodes[w].In) {
			return false
		}
		mapped, there = mapped[:0], append(there[:0], s.nodes[w].In...)
		for _, from := range n.In {
			mapped = append(mapped, image[from])
		}
		if s.commutes[v] {
			slices.Sort(mapped)
			slices.Sort(there)
		}
		if !slices.Equal(mapped, there) {
			return false
		}
	}
	return true
}

// leaf is the order that colours give which tell all nodes apart: of the nodes whose
// inputs have been placed the one of the smallest colour comes next, and the output last.
func (s *search) leaf(colours []uint64) leaf {
	missing := make([]int, len(s.nodes))
	for v, n := range s.nodes {
		missing[v] = len(n.In)
	}
	var order []int
	ready := []int{0}
	output := len(s.nodes) - 1
	for len(ready) > 0 {
		least := 0
		for k, v := range ready {
			if colours[v] < colours[ready[least]] {
				least = k
			}
		}
		v := ready[least]
		ready = slices.Delete(ready, least, least+1)
		order = append(order, v)
		for _, e := range s.takers[v] {
			if missing[e.to]--; missing[e.to] == 0 && e.to != output {
				ready = append(ready, e.to)
			}
		}
	}
	if output > 0 {
		order = append(order, output)
	}
	form := s.build(order)
	return leaf{order, form.encode()}
}

// build is the architecture with its nodes in an order.
func (s *search) build(order []int) Arch {
	place := make([]int, len(order))
	for i, v := range order {
		place[v] = i
	}
	form := Arch{Input: s.input, Nodes: make([]Node, len(order))}
	numbers := map[Kind]int{}
	alphas := map[string]string{}
	for i, v := range order {
		n := s.nodes[v]
		numbers[n.Op.Kind]++
		form.Nodes[i] = Node{Name: string(n.Op.Kind) + " " + strconv.Itoa(numbers[n.Op.Kind]), Op: n.Op}
		if alpha := n.Op.Alpha; alpha != "" {
			if alphas[alpha] == "" {
				alphas[alpha] = "alpha " + strconv.Itoa(len(alphas)+1)
			}
			form.Nodes[i].Op.Alpha = alphas[alpha]
		}
		for _, from := range n.In {
			form.Nodes[i].In = append(form.Nodes[i].In, place[from])
		}
		if s.commutes[v] {
			slices.Sort(form.Nodes[i].In)
		}
		if s.aux[v] {
			form.Aux = append(form.Aux, i)
		}
	}
	return form
}

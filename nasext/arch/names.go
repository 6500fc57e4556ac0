package arch

import (
	"hash/maphash"
	"math/bits"
)

// nameSet finds nodes by their names. It is a table of node numbers, each at the place
// to which the name hashes or the next free one after it: several times faster than a
// map, since it does not keep the names.
type nameSet struct {
	seed  maphash.Seed
	table []int32 // a power of two of places: a node's number + 1, or free, or gone
	taken int     // places that are not free
}

const (
	free = 0
	gone = -1 // a node that was here has another name now
)

// room makes the table large enough for n nodes, of which those given are in it.
func (s *nameSet) room(nodes []Node, n int) {
	if 2*max(n, s.taken+1) <= len(s.table) {
		return
	}
	if s.table == nil {
		s.seed = maphash.MakeSeed()
	}
	s.table, s.taken = make([]int32, 1<<bits.Len(uint(2*n))), 0
	for i := range nodes {
		_, place := s.find(nodes, nodes[i].Name)
		s.put(place, i)
	}
}

// find is the node called name and its place, or −1 and the place where it would be.
func (s *nameSet) find(nodes []Node, name string) (node, place int) {
	last := len(s.table) - 1
	for place = int(maphash.String(s.seed, name)) & last; ; place = (place + 1) & last {
		switch i := s.table[place]; {
		case i == free:
			return -1, place
		case i != gone && nodes[i-1].Name == name:
			return int(i - 1), place
		}
	}
}

// put writes node i at a place that find gave.
func (s *nameSet) put(place, i int) {
	if s.table[place] == free {
		s.taken++
	}
	s.table[place] = int32(i + 1)
}

// drop takes out the node at a place that find gave.
func (s *nameSet) drop(place int) { s.table[place] = gone }

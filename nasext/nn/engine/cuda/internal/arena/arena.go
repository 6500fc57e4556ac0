// Package arena plans memory ahead: every piece gets a place in one block, and pieces that are
// never needed at the same moment may share it.
package arena

import (
	"cmp"
	"slices"
)

// Align is what places are multiples of, in bytes: the width of the widest loads of a warp.
const Align = 256

// Piece is memory that is needed for a while.
type Piece struct {
	Size     int64 // bytes; 0 needs no place
	From, To int   // the first and the last moment, which belong to it
	At       int64 // its place, once it is planned
}

// meets says whether two pieces are needed at the same moment.
func (p *Piece) meets(q *Piece) bool { return p.From <= q.To && q.From <= p.To }

// Plan gives the pieces their places and says how many bytes they take together. The largest come
// first, each in the tightest gap that it fits (Pisarchyk & Lee 2020, "Efficient Memory
// Management for Deep Neural Net Inference", section 5.2: greedy by size).
func Plan(pieces []*Piece) (total int64) {
	order := slices.Clone(pieces)
	slices.SortStableFunc(order, func(a, b *Piece) int { return cmp.Compare(b.Size, a.Size) })
	var placed []*Piece // by place
	for _, p := range order {
		if p.Size == 0 {
			continue
		}
		at, best, end := int64(-1), int64(0), int64(0) // end: of what is needed at the same time, so far
		for _, q := range placed {
			if !p.meets(q) {
				continue
			}
			if gap := q.At - end; gap >= p.Size && (at < 0 || gap < best) {
				at, best = end, gap
			}
			end = max(end, round(q.At+q.Size))
		}
		if at < 0 {
			at = end
		}
		p.At = at
		total = max(total, round(at+p.Size))
		i, _ := slices.BinarySearchFunc(placed, at, func(q *Piece, at int64) int { return cmp.Compare(q.At, at) })
		placed = slices.Insert(placed, i, p)
	}
	return total
}

func round(n int64) int64 { return (n + Align - 1) / Align * Align }

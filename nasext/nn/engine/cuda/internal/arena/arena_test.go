package arena

import (
	"testing"

	"github.com/nascent-go/nascent/nasext/seed"
)

// TestPlan: no two pieces that are needed at a moment overlap, and the block is between the most that
// is needed at one moment and not much more.
func TestPlan(t *testing.T) {
	var least, taken int64
	for trial := range 300 {
		d := seed.Stream(uint64(trial), "arena")
		pieces := make([]*Piece, 1+d.IntN(60))
		for i := range pieces {
			from := d.IntN(50)
			pieces[i] = &Piece{Size: int64(d.IntN(20)) * 100, From: from, To: from + d.IntN(10)}
		}
		total := Plan(pieces)
		for i, p := range pieces {
			if p.At%Align != 0 || p.At < 0 || p.At+p.Size > total {
				t.Fatalf("trial %d: %+v in a block of %d bytes", trial, *p, total)
			}
			for _, q := range pieces[:i] {
				if p.Size > 0 && q.Size > 0 && p.meets(q) && p.At < q.At+q.Size && q.At < p.At+p.Size {
					t.Fatalf("trial %d: %+v and %+v overlap", trial, *p, *q)
				}
			}
		}
		most := int64(0)
		for at := range 60 {
			var now int64
			for _, p := range pieces {
				if p.From <= at && at <= p.To {
					now += round(p.Size)
				}
			}
			most = max(most, now)
		}
		if total < most {
			t.Fatalf("trial %d: a block of %d bytes, of which %d are needed at a time", trial, total, most)
		}
		least, taken = least+most, taken+total
	}
	if waste := float64(taken) / float64(least); waste > 1.1 {
		t.Errorf("blocks are %.3f times as large as they have to be on average", waste)
	}
}

// TestChainSharesTwoBlocks: what lives from one operation to the next takes turns in two places.
func TestChainSharesTwoBlocks(t *testing.T) {
	var chain []*Piece
	for i := range 20 {
		chain = append(chain, &Piece{Size: 1024, From: i, To: i + 1})
	}
	if got := Plan(chain); got != 2048 {
		t.Errorf("%d bytes, want 2048", got)
	}
	if got := Plan(nil); got != 0 {
		t.Errorf("nothing takes %d bytes", got)
	}
}

package space_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/space"
)

func growing(t testing.TB, s *space.CellSpace) *space.GrowingCells {
	t.Helper()
	g, err := s.Growing()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// Liu et al. 2018, section 3.2: there are 136 cells of one block, and 300 ways to go on
// from each.
func TestGrowPNAS(t *testing.T) {
	s := growing(t, cellSpaces(t)["PNAS"])
	one, err := s.Grow(nil)
	if err != nil || len(one) != 136 {
		t.Fatalf("%d cells of one block, %v; want 136", len(one), err)
	}
	if tokens := s.Tokens(); !slices.Equal(tokens, []int{6, 6, 8, 8}) {
		t.Errorf("the numbers of a block can have %v values", tokens)
	}
	g := one[17]
	for _, want := range []int{300, 528, 820, 1176, 0} {
		more, err := s.Grow(g)
		if err != nil || len(more) != want {
			t.Fatalf("%v grows in %d ways, %v; want %d", g, len(more), err, want)
		}
		if want == 0 {
			break
		}
		seen := map[string]bool{}
		before, err := s.Blocks(g)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range more {
			blocks, err := s.Blocks(h)
			if err != nil || space.Check(s, h) != nil {
				t.Fatal(err, space.Check(s, h))
			}
			if !reflect.DeepEqual(blocks[:len(before)], before) || len(blocks) != len(before)+1 {
				t.Fatalf("%v grows to %v", before, blocks)
			}
			for i, v := range blocks[len(before)] {
				if v < 0 || v >= s.Tokens()[i] {
					t.Fatalf("the block %v has a number out of range", blocks[len(before)])
				}
			}
			text, err := s.Format(h)
			if err != nil || seen[text] {
				t.Fatalf("%s comes twice, %v", text, err)
			}
			seen[text] = true
		}
		g = more[len(more)/2]
	}
	if _, err := s.Build(g); err != nil {
		t.Error(err)
	}
}

// The blocks of a cell don't depend on the order of its edges, and their numbers mean
// the same at every node.
func TestBlocks(t *testing.T) {
	s := growing(t, cellSpaces(t)["PNAS"])
	a, errA := s.Blocks(space.Genotype{1, 1, 0, 5, 2, 2, 2, 7, 1})
	b, errB := s.Blocks(space.Genotype{1, 0, 1, 2, 5, 2, 2, 1, 7})
	if want := [][]int{{0, 1, 2, 5}, {2, 2, 1, 7}}; errA != nil || errB != nil || !reflect.DeepEqual(a, want) || !reflect.DeepEqual(b, want) {
		t.Errorf("the blocks are %v and %v, %v, %v; want %v", a, b, errA, errB, want)
	}
	unlike, err := space.Cells(space.CellConfig{Nodes: 3, Ops: cell.DARTSOps()[1:3], Unlike: true, OneCell: true, AllOut: true, Skeleton: cell.NASNet{F: 4, N: 1, Input: digits()}})
	if err != nil {
		t.Fatal(err)
	}
	u := growing(t, unlike)
	// State 1 with state 2 is the third pair of the second node, but the fourth of the third.
	blocks, err := u.Blocks(space.Genotype{2, 0, 0, 1, 2, 1, 1, 3, 0, 0})
	if want := [][]int{{0, 0, 1}, {3, 1, 1}, {3, 0, 0}}; err != nil || !reflect.DeepEqual(blocks, want) {
		t.Errorf("the blocks are %v, %v; want %v", blocks, err, want)
	}
	if more, err := u.Grow(space.Genotype{0, 0, 0, 1}); err != nil || len(more) != 3*2*2 {
		t.Errorf("it grows in %d ways, %v; want 12", len(more), err)
	}
}

// It holds the cells of each size, with what they have: numbers, texts, wirings.
func TestGrowingHoldsEverySize(t *testing.T) {
	of := cellSpaces(t)["PNAS"]
	s := growing(t, of)
	if s.Name() != "growing "+of.Name() {
		t.Errorf("it is called %s", s.Name())
	}
	e, err := space.Enumerate(s)
	if err != nil || e.Size().Cmp(s.Size()) != 0 || s.Size().Cmp(of.Size()) <= 0 {
		t.Fatalf("there are %v, by counting %v, %v; %v of them are of the largest size", s.Size(), e.Size(), err, of.Size())
	}
	rng := rand.New(rand.NewPCG(1, 1))
	sizes := map[int]bool{}
	paths, err := space.Paths(s, 40)
	if err != nil {
		t.Fatal(err)
	}
	for range 50 {
		g, err := space.Random(s, rng)
		if err != nil {
			t.Fatal(err)
		}
		sizes[g[0]] = true
		cells, err := s.Genotype(g)
		if err != nil || len(cells.Normal.Nodes) != g[0]+1 {
			t.Fatalf("%v has %d nodes, %v", g, len(cells.Normal.Nodes), err)
		}
		text, err := space.Format(s, g)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := space.Parse(s, text); err != nil || !slices.Equal(back, g) {
			t.Errorf("%v is written as %s, which is read as %v, %v", g, text, back, err)
		}
		if _, err := paths.Encode(g); err != nil {
			t.Error(err)
		}
	}
	if len(sizes) != 5 {
		t.Errorf("random draws have the sizes %v", sizes)
	}
}

func TestGrowingErrors(t *testing.T) {
	if _, err := cellSpaces(t)["DARTS"].Growing(); err == nil || !strings.Contains(err.Error(), "it cannot grow, because it has a normal and a reduction cell; a space of one cell for both can, such as PNAS") {
		t.Errorf("DARTS grows: %v", err)
	}
	s := growing(t, cellSpaces(t)["PNAS"])
	for _, c := range []struct {
		g    space.Genotype
		want string
	}{
		{space.Genotype{}, `"nodes" is undecided`},
		{space.Genotype{5}, "choice 0 (nodes) is option 5; there are options 0 to 4"},
		{space.Genotype{-1}, "choice 0 (nodes) is option -1"},
		{space.Genotype{0, 1}, "is not complete"},
		{space.Genotype{0, 0, 0, 0, 9}, "option 9"},
	} {
		_, grow := s.Grow(c.g)
		_, blocks := s.Blocks(c.g)
		_, build := s.Build(c.g)
		_, wirings := s.Wirings(c.g)
		for what, err := range map[string]error{"Grow": grow, "Blocks": blocks, "Build": build, "Wirings": wirings} {
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s(%v): error is %v, want it to hold %q", what, c.g, err, c.want)
			}
		}
	}
	if _, err := s.Parse("nonsense"); err == nil {
		t.Error("nonsense is read")
	}
}

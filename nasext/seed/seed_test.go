package seed

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

func draw(seed uint64, path ...string) []uint64 {
	r := Stream(seed, path...)
	return []uint64{r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64()}
}

func TestStreams(t *testing.T) {
	// SHA-256 and PCG-DXSM, computed in Python. Stored studies are resumed by drawing
	// the same numbers again, so these may never change.
	want := []uint64{0xa2dc9e974297b2f8, 0x68bfea762ba4dee5}
	if got := draw(1, "trial", "17")[:2]; !slices.Equal(got, want) {
		t.Errorf("the stream 1, trial, 17 begins with %#x, want %#x", got, want)
	}
	base := draw(1, "a", "b")
	if !slices.Equal(base, draw(1, "a", "b")) {
		t.Error("a stream that is opened again draws something else")
	}
	for name, other := range map[string][]uint64{
		"another seed": draw(2, "a", "b"), "another order": draw(1, "b", "a"), "words joined": draw(1, "ab"),
		"a word more": draw(1, "a", "b", ""), "no path": draw(1), "length in the word": draw(1, "a1:b"),
	} {
		if slices.Equal(base, other) {
			t.Errorf("%s: the same numbers", name)
		}
	}
}

func TestNumberedStreams(t *testing.T) {
	s := NewStreams(9, "augment", "3")
	for _, n := range []int{0, 7, 123456789, 7} {
		if r := rand.New(rand.NewPCG(s.State(n))); r.Uint64() != s.Open(n).Uint64() {
			t.Errorf("the state of stream %d begins another", n)
		}
		r, want := s.Open(n), Stream(9, "augment", "3", strconv.Itoa(n))
		for range 5 {
			if got, want := r.Uint64(), want.Uint64(); got != want {
				t.Fatalf("stream %d draws %#x, the one of that name %#x", n, got, want)
			}
		}
	}
	if n := testing.AllocsPerRun(100, func() { s.Open(4711).Uint64() }); n != 0 {
		t.Errorf("%v allocations to open a stream", n)
	}
}

func TestFirst(t *testing.T) {
	if got := First(3); !slices.Equal(got, []uint64{1, 2, 3}) {
		t.Errorf("the first three seeds are %v", got)
	}
	if got := append(First(0), First(-1)...); len(got) != 0 {
		t.Errorf("no seeds are %v", got)
	}
}

func TestDerive(t *testing.T) {
	seen := map[uint64]bool{}
	for s := range uint64(50) {
		for _, path := range [][]string{{}, {"a"}, {"b"}, {"a", "b"}} {
			d := Derive(s, path...)
			if seen[d] || d != Derive(s, path...) {
				t.Fatalf("Derive(%d, %q) = %d, which came before or does not come again", s, path, d)
			}
			seen[d] = true
		}
	}
	if r := Stream(3, "x"); r.Uint64() == Derive(3, "x") {
		t.Error("the derived seed is the stream's first number")
	}
}

package space_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/space"
)

// A cell whose edges are all 3×3 convolutions has the filters and norms of one operation
// an edge. The supernet has those of a 1×1 convolution more, C² weights, and no learned
// norms, 2C each, on six edges of N cells a stage.
func TestNB201Supernet(t *testing.T) {
	for _, c := range []space.NASBench201Config{{}, {C: 4, N: 1, Input: arch.Shape{C: 3, H: 8, W: 8}}} {
		s, err := space.NASBench201(c)
		if err != nil {
			t.Fatal(err)
		}
		single, err := s.Build(space.Genotype{3, 3, 3, 3, 3, 3})
		if err != nil {
			t.Fatal(err)
		}
		want, err := single.Params()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []int{1, 2, 4} {
			channels := int64(f * s.Config().C)
			want += 6 * int64(s.Config().N) * (channels*channels - 2*channels)
		}
		net, err := s.Supernet(cell.Mixing{})
		if err != nil {
			t.Fatal(err)
		}
		if p, err := net.Params(); p != want || err != nil {
			t.Errorf("%d parameters, %v; want %d", p, err, want)
		}
		if n, err := net.Alphas(); n != 6*5 || err != nil {
			t.Errorf("%d mixing numbers, %v; want 30", n, err)
		}
	}
}

func TestNB201Strongest(t *testing.T) {
	s, err := space.NASBench201(space.NASBench201Config{})
	if err != nil {
		t.Fatal(err)
	}
	alphas := map[string][]float64{
		"0→1": {0, 0, 0, 1, 0}, "0→2": {2, 1, 0, 0, 0}, "1→2": {-1, -2, -3, -4, 0}, "0→3": {0, 1, 1, 0, 0}, "1→3": {0, 0, 3, 0, 2}, "2→3": {1, 1, 1, 1, 1},
	}
	g, err := s.Strongest(alphas)
	if want := (space.Genotype{3, 0, 4, 1, 2, 0}); err != nil || !slices.Equal(g, want) {
		t.Errorf("%v, %v; want %v", g, err, want)
	}
	for _, c := range []struct {
		a    []float64
		want string
	}{
		{nil, `there are 0 mixing numbers "1→3"; give one for each of the 5 operations`},
		{[]float64{0, 0, math.Inf(1), 0, 0}, `mixing number 2 of "1→3" is +Inf; it must be finite`},
	} {
		alphas["1→3"] = c.a
		if _, err := s.Strongest(alphas); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error is %v, want it to hold %q", err, c.want)
		}
	}
}

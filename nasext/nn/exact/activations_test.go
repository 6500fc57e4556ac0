package exact

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/grad"
)

// TestActivations compares the outputs of all nodes with those of the engine.
func TestActivations(t *testing.T) {
	for i, a := range networks(t) {
		n, err := nn.New64(a, uint64(i))
		if err != nil {
			t.Fatal(err)
		}
		in := grad.Normal(uint64(i), "images", 1, 3, a.Input.C, a.Input.H, a.Input.W)
		x, err := in.Data()
		if err != nil {
			t.Fatal(err)
		}
		before, err := n.Forward(x, false)
		if err != nil {
			t.Fatal(err)
		}
		before = slices.Clone(before)
		var nodes []int
		for k := range a.Nodes {
			nodes = append(nodes, len(a.Nodes)-1-k)
		}
		for _, train := range []bool{false, true} {
			want, err := New64(n).Nodes(in, train)
			if err != nil {
				t.Fatal(err)
			}
			got, err := n.Activations(x, nodes, train)
			if err != nil {
				t.Fatal(err)
			}
			for k, node := range nodes {
				w, err := want[node].Data()
				if err != nil {
					t.Fatal(err)
				}
				if !slices.EqualFunc(got[k], w, func(a, b float64) bool { return math.Abs(a-b) <= 1e-11*max(1, math.Abs(b)) }) {
					t.Fatalf("%v: node %d (%s) in training %t: the engine says %v, exactly it is %v", a.Nodes[5].Op, node, a.Nodes[node].Name, train, got[k], w)
				}
			}
		}
		if after, err := n.Forward(x, false); err != nil || !slices.Equal(after, before) {
			t.Errorf("the network has changed: %v, %v, before %v", after, err, before)
		}
		if i > 0 {
			continue
		}
		for want, c := range map[string]struct {
			x     []float64
			nodes []int
		}{
			"there are no nodes": {x, nil}, "there is no node 99": {x, []int{0, 99}}, "there is no node -1": {x, []int{-1}},
			"no whole number of samples": {x[1:], []int{0}},
		} {
			if _, err := n.Activations(c.x, c.nodes, true); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %q", err, want)
			}
		}
	}
}

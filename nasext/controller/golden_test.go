package controller

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/vec"
)

// golden is what PyTorch computed in float64.
type golden struct {
	Actions  [][]int   `json:"actions"`
	Reward   []float64 `json:"reward"`
	Baseline float64   `json:"baseline"`
	Params   []struct {
		Name  string  `json:"name"`
		Shape []int   `json:"shape"`
		Start int     `json:"start"`
		Scale float64 `json:"scale"`
	} `json:"params"`
	LogP       [][]float64        `json:"logp"`
	Loss       []float64          `json:"loss_steps"`
	LogPSum    [][]float64        `json:"logp_sum_steps"`
	Grad0      map[string]summary `json:"grad0"`
	ParamAfter map[string]summary `json:"param_after"`
}

// summary is what the golden file keeps of a tensor.
type summary struct{ L2, Sum, First, Last float64 }

func summarise[T vec.Float](parts ...[]T) summary {
	var s summary
	square := 0.0
	for _, part := range parts {
		for _, x := range part {
			s.Sum += float64(x)
			square += float64(x) * float64(x)
		}
	}
	s.L2 = math.Sqrt(square)
	last := parts[len(parts)-1]
	s.First, s.Last = float64(parts[0][0]), float64(last[len(last)-1])
	return s
}

// numbers are those of a tensor in the order of the file, without padding.
func numbers[T vec.Float](t *tensor[T], padded []T) (all []T) {
	for _, i := range t.places() {
		all = append(all, padded[i])
	}
	return all
}

func TestGolden(t *testing.T) {
	t.Run("double", func(t *testing.T) { testGolden[float64](t, Double, 1e-9) })
	t.Run("single", func(t *testing.T) { testGolden[float32](t, Single, 1e-5) })
}

func testGolden[T vec.Float](t *testing.T, precision Precision, tolerance float64) {
	near := func(t *testing.T, what string, got, want float64) {
		t.Helper()
		within(t, what, got, want, tolerance)
	}
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var want golden
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	c, err := New(Config{Heads: PerOptions, Precision: precision}, 1)
	if err != nil {
		t.Fatal(err)
	}
	sizes := make([]int, len(want.Actions[0]))
	for i := range sizes {
		sizes[i] = 6
	}
	sp := chain{sizes}
	n := c.net.(*lstm[T])
	h := n.heads[c.head(0, decision(0, 6).Name, decision(0, 6).Options, nil)]

	// The tensors in the order of the file; the embedding's last row is the start token.
	tensors := [][]*tensor[T]{{h.embed, n.start}}
	for _, l := range n.layers {
		tensors = append(tensors, []*tensor[T]{l.wx}, []*tensor[T]{l.wh}, []*tensor[T]{l.bx}, []*tensor[T]{l.bh})
	}
	tensors = append(tensors, []*tensor[T]{h.weight}, []*tensor[T]{h.bias})
	n.ready = false
	for i, p := range want.Params {
		index := p.Start
		for _, part := range tensors[i] {
			for _, j := range part.places() {
				part.val[j] = T((float64(uint32(index)*2654435761)/4294967296 - 0.5) * p.Scale)
				index++
			}
		}
		elems := 1
		for _, n := range p.Shape {
			elems *= n
		}
		if index-p.Start != elems {
			t.Fatalf("%s has %d elements, want %d", p.Name, index-p.Start, elems)
		}
	}

	batch := make([]Episode, len(want.Actions))
	for b, actions := range want.Actions {
		if batch[b], err = c.Score(sp, space.Genotype(actions)); err != nil {
			t.Fatal(err)
		}
		batch[b].Reward = want.Reward[b]
		for i, s := range batch[b].Steps {
			near(t, "log probability", s.LogProb, want.LogP[b][i])
		}
	}
	if len(c.heads) != 1 {
		t.Fatalf("%d heads for decisions of the same options, want 1", len(c.heads))
	}
	for step, loss := range want.Loss {
		stats := c.gradient(batch, want.Baseline, nil)
		near(t, "loss", stats.Loss, loss)
		for b := range batch {
			e, err := c.Score(sp, batch[b].Genotype)
			if err != nil {
				t.Fatal(err)
			}
			near(t, "sum of log probabilities", e.LogProb(), want.LogPSum[step][b])
		}
		if step == 0 {
			for i, p := range want.Params {
				var parts [][]T
				for _, part := range tensors[i] {
					parts = append(parts, numbers(part, part.grad))
				}
				got, w := summarise(parts...), want.Grad0[p.Name]
				near(t, "gradient l2 of "+p.Name, got.L2, w.L2)
				near(t, "gradient sum of "+p.Name, got.Sum, w.Sum)
				near(t, "first gradient of "+p.Name, got.First, w.First)
				near(t, "last gradient of "+p.Name, got.Last, w.Last)
			}
		}
		c.step(stats.GradNorm)
	}
	for i, p := range want.Params {
		var parts [][]T
		for _, part := range tensors[i] {
			parts = append(parts, numbers(part, part.val))
		}
		got, w := summarise(parts...), want.ParamAfter[p.Name]
		near(t, "l2 after of "+p.Name, got.L2, w.L2)
		near(t, "sum after of "+p.Name, got.Sum, w.Sum)
		near(t, "first after of "+p.Name, got.First, w.First)
	}
}

// near wants a difference of at most 1e-9, relative for numbers above 1.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	within(t, what, got, want, 1e-9)
}

func within(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if diff := math.Abs(got - want); !(diff <= tolerance*math.Max(1, math.Abs(want))) {
		t.Errorf("%s is %.15g, want %.15g (difference %.2g)", what, got, want, diff)
	}
}

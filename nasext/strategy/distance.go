package strategy

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/nascent-go/nascent/nasext/arch"
)

// EditDistance is how much has to be changed to turn one architecture into another (Jin
// et al. 2019, section 4.1): the distance of their layers, in their order, plus that of
// their skip connections, so that both count alike (λ = 1).
//
// Layers are convolutions and linear layers. An inserted layer counts 1, and one that
// stays as much as its width differs, as a share of the larger. Here it counts at least as
// much as the area of its filter differs, and 1 if it becomes a layer of another kind.
//
// A skip connection is each further input of a sum, a product, a mix or a concatenation
// beside the deepest. It is known by how many layers lie before it and how many it passes;
// those of two architectures are matched in pairs at the least cost, and one that is left
// over counts 1.
func EditDistance(a, b *arch.Arch) (float64, error) {
	first, err := outlineOf(a)
	if err != nil {
		return 0, err
	}
	second, err := outlineOf(b)
	if err != nil {
		return 0, err
	}
	return first.distance(second), nil
}

// outline is what the distance sees of an architecture.
type outline struct {
	layers []layerOutline
	skips  []skipOutline
}

type layerOutline struct {
	kind  arch.Kind
	width float64
	area  float64 // of the filter
}

type skipOutline struct {
	start float64 // layers up to where it begins, and 1
	past  float64 // layers that it passes
}

func outlineOf(a *arch.Arch) (*outline, error) {
	if a == nil {
		return nil, errors.New("strategy: there is no architecture (nil)")
	}
	if err := a.Check(); err != nil {
		return nil, fmt.Errorf("strategy: the outline of an architecture: %w", err)
	}
	o := &outline{}
	depth := make([]int, len(a.Nodes)) // layers on the longest way to a node
	for i, n := range a.Nodes {
		deepest := -1 // of the inputs
		for k, from := range n.In {
			if deepest < 0 || depth[from] > depth[n.In[deepest]] {
				deepest = k
			}
		}
		if deepest < 0 {
			continue
		}
		depth[i] = depth[n.In[deepest]]
		for k, from := range n.In {
			if k != deepest {
				o.skips = append(o.skips, skipOutline{float64(1 + depth[from]), float64(depth[i] - depth[from])})
			}
		}
		if n.Op.Kind == arch.Conv || n.Op.Kind == arch.Linear {
			depth[i]++
			o.layers = append(o.layers, layerOutline{n.Op.Kind, float64(n.Op.Out), float64(max(n.Op.KH*n.Op.KW, 1))})
		}
	}
	return o, nil
}

func (o *outline) distance(to *outline) float64 {
	return layerDistance(o.layers, to.layers) + skipDistance(o.skips, to.skips)
}

// share is the difference of two numbers as a share of the larger.
func share(x, y float64) float64 {
	if x == y {
		return 0
	}
	return math.Abs(x-y) / max(x, y)
}

// layerDistance is D_l, by dynamic programming (equations 3 and 4).
func layerDistance(a, b []layerOutline) float64 {
	row := make([]float64, len(b)+1) // A of the article, from no layer of a on
	for j := range row {
		row[j] = float64(j)
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = float64(i + 1)
		for j, y := range b {
			morphed := 1.0
			if x.kind == y.kind {
				morphed = max(share(x.width, y.width), share(x.area, y.area))
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+morphed)
		}
	}
	return row[len(b)]
}

// skipDistance is D_s (equations 5 and 6).
func skipDistance(a, b []skipOutline) float64 {
	if len(a) > len(b) {
		a, b = b, a
	}
	costs := make([][]float64, len(a))
	for i, x := range a {
		for _, y := range b {
			costs[i] = append(costs[i], (math.Abs(x.start-y.start)+math.Abs(x.past-y.past))/(max(x.start, y.start)+max(x.past, y.past)))
		}
	}
	return assignment(costs) + float64(len(b)-len(a))
}

// assignment is the least cost of giving each row a column of its own; there are as many
// columns as rows or more. It is the Hungarian method (Kuhn 1955), row by row: u and v
// are the prices of rows and columns, and each new row shifts others along the
// cheapest path to a free column.
func assignment(costs [][]float64) float64 {
	if len(costs) == 0 {
		return 0
	}
	n, m := len(costs), len(costs[0])
	u, v := make([]float64, n+1), make([]float64, m+1)
	taken := make([]int, m+1) // the row that has a column, from 1; column 0 is where a row begins
	for i := 1; i <= n; i++ {
		taken[0] = i
		least := slices.Repeat([]float64{math.Inf(1)}, m+1)
		before := make([]int, m+1)
		done := make([]bool, m+1)
		at := 0
		for taken[at] != 0 {
			done[at] = true
			row, step, next := taken[at], math.Inf(1), 0
			for j := 1; j <= m; j++ {
				if done[j] {
					continue
				}
				if c := costs[row-1][j-1] - u[row] - v[j]; c < least[j] {
					least[j], before[j] = c, at
				}
				if least[j] < step {
					step, next = least[j], j
				}
			}
			for j := range done {
				if done[j] {
					u[taken[j]] += step
					v[j] -= step
				} else {
					least[j] -= step
				}
			}
			at = next
		}
		for at != 0 {
			taken[at] = taken[before[at]]
			at = before[at]
		}
	}
	sum := 0.0
	for j := 1; j <= m; j++ {
		if taken[j] != 0 {
			sum += costs[taken[j]-1][j-1]
		}
	}
	return sum
}

package predict

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/nascent-go/nascent/nasext/seed"
)

// Forest is a random forest of regression trees (Breiman 2001; the trees are those of
// Breiman et al. 1984). Each tree is grown on as many rows as there are, drawn with
// replacement, and splits where the squares of what is left are smallest, looking at
// Features numbers drawn for each split. The prediction is the mean of the trees, its
// deviation their spread. It needs no scaling and does well with little tuning; it
// never predicts more than the best score seen.
type Forest struct {
	Trees    int // 0 means 100
	Features int // to look at for each split; 0 means a third, rounded up
	Leaf     int // fewest rows in a leaf; 0 means 1
	Depth    int // most splits from the root to a leaf; 0: no limit

	trees []tree
	width int
}

// tree is the nodes of a tree; the first is the root.
type tree []node

// node sends a row to the node below if its number is at most the threshold, and
// otherwise to the one above. A leaf has below 0 and the mean of its scores.
type node struct {
	feature      int
	threshold    float64
	below, above int
	mean         float64
}

func (f *Forest) settings(width int) (Forest, error) {
	s := Forest{
		Trees: orDefault(f.Trees, 100), Leaf: orDefault(f.Leaf, 1),
		Features: orDefault(f.Features, (width+2)/3), Depth: f.Depth,
	}
	for _, v := range []struct {
		name  string
		value int
	}{{"Trees", s.Trees}, {"Features", s.Features}, {"Leaf", s.Leaf}, {"Depth", s.Depth}} {
		if v.value < 0 {
			return s, fmt.Errorf("predict: forest with %s = %d; it must be at least 1, or 0 for the default", v.name, v.value)
		}
	}
	if s.Features > width && width > 0 {
		return s, fmt.Errorf("predict: forest looks at %d numbers for each split, but the rows have %d", s.Features, width)
	}
	return s, nil
}

// Name says the settings.
func (f *Forest) Name() string {
	features := "a third"
	if f.Features != 0 {
		features = strconv.Itoa(f.Features)
	}
	depth := ""
	if f.Depth != 0 {
		depth = fmt.Sprintf(" depth %d", f.Depth)
	}
	return fmt.Sprintf("forest(%d trees features %s leaf %d%s)", orDefault(f.Trees, 100), features, orDefault(f.Leaf, 1), depth)
}

// Fit implements Predictor.
func (f *Forest) Fit(x [][]float64, y []float64, randomSeed uint64) error {
	width, err := checkFit("forest", x, y)
	if err != nil {
		return err
	}
	settings, err := f.settings(width)
	if err != nil {
		return err
	}
	trees := make([]tree, settings.Trees)
	order := ranked(x, width)
	for t := range trees {
		g := grower{
			Forest: settings, x: x, y: y, ranks: order,
			rng:   seed.Stream(randomSeed, "predict", "forest", strconv.Itoa(t)),
			order: make([]int, width),
		}
		rows := make([]int, len(x))
		for i := range rows {
			rows[i] = g.rng.IntN(len(x))
		}
		for k := range g.order {
			g.order[k] = k
		}
		g.grow(rows, 0)
		trees[t] = g.nodes
	}
	f.trees, f.width = trees, width
	return nil
}

// ranked says for each feature where its number of each row comes among all rows;
// equal numbers come at the same place.
func ranked(x [][]float64, width int) [][]uint32 {
	all, order := make([][]uint32, width), make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	for f := range all {
		slices.SortFunc(order, func(a, b int) int { return cmp.Compare(x[a][f], x[b][f]) })
		all[f] = make([]uint32, len(x))
		for i, r := range order[1:] {
			before := order[i]
			all[f][r] = all[f][before]
			if x[r][f] != x[before][f] {
				all[f][r]++
			}
		}
	}
	return all
}

// grower grows one tree.
type grower struct {
	Forest
	x     [][]float64
	y     []float64
	ranks [][]uint32 // of each row, feature by feature
	rng   *rand.Rand
	order []int // all features, in an order that is drawn anew for each split
	nodes tree
}

// grow adds the node of these rows, with all below it, and returns its index.
func (g *grower) grow(rows []int, depth int) int {
	at := len(g.nodes)
	scores := make([]float64, len(rows))
	for i, r := range rows {
		scores[i] = g.y[r]
	}
	g.nodes = append(g.nodes, node{mean: meanOf(scores)})
	if len(rows) < 2*g.Leaf || g.Depth > 0 && depth == g.Depth || slices.Min(scores) == slices.Max(scores) {
		return at
	}
	feature, threshold, found := g.split(rows)
	if !found {
		return at
	}
	var below, above []int
	for _, r := range rows {
		if g.x[r][feature] <= threshold {
			below = append(below, r)
		} else {
			above = append(above, r)
		}
	}
	g.nodes[at].feature, g.nodes[at].threshold = feature, threshold
	b, a := g.grow(below, depth+1), g.grow(above, depth+1)
	g.nodes[at].below, g.nodes[at].above = b, a
	return at
}

// split finds the best split among Features features that are drawn. Features that do
// not differ among the rows don't count.
func (g *grower) split(rows []int) (feature int, threshold float64, found bool) {
	sorted, keys := slices.Clone(rows), make([]uint64, len(rows))
	best := 0.0
	looked := 0
	for i := range g.order {
		if looked == g.Features {
			break
		}
		k := i + g.rng.IntN(len(g.order)-i)
		g.order[i], g.order[k] = g.order[k], g.order[i]
		f := g.order[i]
		for i, r := range rows {
			keys[i] = uint64(g.ranks[f][r])<<32 | uint64(r)
		}
		slices.Sort(keys)
		for i, key := range keys {
			sorted[i] = int(uint32(key))
		}
		if g.x[sorted[0]][f] == g.x[sorted[len(sorted)-1]][f] {
			continue
		}
		looked++
		if gain, t, ok := g.cut(sorted, f); ok && gain > best {
			best, feature, threshold, found = gain, f, t, true
		}
	}
	return feature, threshold, found
}

// cut is where rows that are sorted by a feature are best cut in two: where
// (sum below)²/n + (sum above)²/n is largest, and so the squares that are left are
// smallest. The gain is by how much these squares get smaller.
func (g *grower) cut(sorted []int, f int) (gain, threshold float64, found bool) {
	n := len(sorted)
	mean := 0.0
	for _, r := range sorted {
		mean += g.y[r] / float64(n)
	}
	total := 0.0
	for _, r := range sorted {
		total += g.y[r] - mean
	}
	below := 0.0
	for i := 1; i < n; i++ {
		below += g.y[sorted[i-1]] - mean
		left, right := g.x[sorted[i-1]][f], g.x[sorted[i]][f]
		if left == right || i < g.Leaf || n-i < g.Leaf {
			continue
		}
		above := total - below
		if now := float64(below*below)/float64(i) + float64(above*above)/float64(n-i); now > gain {
			gain, threshold, found = now, left+(right-left)/2, true
			if threshold >= right { // neighbours among the numbers
				threshold = left
			}
		}
	}
	return gain, threshold, found
}

// predict is the mean of the leaf that a row ends in.
func (t tree) predict(row []float64) float64 {
	n := t[0]
	for n.below != 0 {
		if row[n.feature] <= n.threshold {
			n = t[n.below]
		} else {
			n = t[n.above]
		}
	}
	return n.mean
}

// Predict implements Predictor.
func (f *Forest) Predict(x [][]float64) (mean, deviation []float64, err error) {
	if err := checkPredict("forest", x, f.width); err != nil {
		return nil, nil, err
	}
	mean, deviation = vote(len(f.trees), len(x), func(t, row int) float64 { return f.trees[t].predict(x[row]) })
	return mean, deviation, nil
}

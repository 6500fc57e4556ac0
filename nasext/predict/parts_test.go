package predict

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"testing"
)

func TestCut(t *testing.T) {
	for _, c := range []struct {
		x, y            []float64
		leaf            int
		gain, threshold float64
		found           bool
	}{
		{[]float64{1, 2, 3, 4}, []float64{1, 2, 10, 11}, 1, 81, 2.5, true},   // 82 squares, of which 1 is left
		{[]float64{1, 2, 3, 4}, []float64{0, 0, 0, 12}, 1, 108, 3.5, true},   // 108, of which none
		{[]float64{1, 2, 3, 4}, []float64{0, 0, 0, 12}, 2, 36, 2.5, true},    // 72 are left
		{[]float64{1, 1, 1, 4}, []float64{12, 0, 0, 0}, 1, 12, 2.5, true},    // 96 are left
		{[]float64{1, 1, 1, 4}, []float64{12, 0, 0, 0}, 2, 0, 0, false},      // no cut has two on either side
		{[]float64{1, 2}, []float64{3, 3}, 1, 0, 0, false},                   // nothing is gained
		{[]float64{1, math.Nextafter(1, 2)}, []float64{0, 2}, 1, 2, 1, true}, // nothing lies between
	} {
		g := grower{Forest: Forest{Leaf: c.leaf}, y: c.y}
		sorted := make([]int, len(c.x))
		for i, v := range c.x {
			g.x = append(g.x, []float64{v})
			sorted[i] = i
		}
		if gain, threshold, found := g.cut(sorted, 0); math.Abs(gain-c.gain) > 1e-12 || threshold != c.threshold || found != c.found {
			t.Errorf("%v with scores %v and leaves of %d: a gain of %v at %v, %v; want %v at %v", c.x, c.y, c.leaf, gain, threshold, found, c.gain, c.threshold)
		}
	}
}

// A tree that looks at everything, grown on the rows as they are.
func TestTree(t *testing.T) {
	x := [][]float64{{0, 5}, {0, 6}, {1, 5}, {1, 6}}
	g := grower{Forest: Forest{Leaf: 1, Features: 2}, x: x, y: []float64{0, 1, 10, 13}, ranks: ranked(x, 2), rng: rand.New(rand.NewPCG(1, 1)), order: []int{0, 1}}
	g.grow([]int{0, 1, 2, 3}, 0)
	want := tree{
		{feature: 0, threshold: .5, below: 1, above: 4, mean: 6},
		{feature: 1, threshold: 5.5, below: 2, above: 3, mean: .5}, {mean: 0}, {mean: 1},
		{feature: 1, threshold: 5.5, below: 5, above: 6, mean: 11.5}, {mean: 10}, {mean: 13},
	}
	if !reflect.DeepEqual(g.nodes, want) {
		t.Errorf("the tree is %+v, want %+v", g.nodes, want)
	}
	for _, limited := range []Forest{{Leaf: 1, Features: 2, Depth: 1}, {Leaf: 2, Features: 2}} {
		g.Forest, g.nodes = limited, nil
		g.grow([]int{0, 1, 2, 3}, 0)
		if want := (tree{{feature: 0, threshold: .5, below: 1, above: 2, mean: 6}, {mean: .5}, {mean: 11.5}}); !reflect.DeepEqual(g.nodes, want) {
			t.Errorf("with %+v the tree is %+v, want %+v", limited, g.nodes, want)
		}
	}
}

// Trees neither invent scores nor mind the scale of a number.
func TestForestKeepsToTheScores(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	draw := func(n int) (x, doubled [][]float64) {
		for range n {
			row := []float64{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()}
			x, doubled = append(x, row), append(doubled, []float64{2 * row[0], 8 * row[1], row[2] / 4})
		}
		return x, doubled
	}
	x, doubled := draw(60)
	y := make([]float64, len(x))
	for i, row := range x {
		y[i] = row[0] * row[1]
	}
	low, high := y[0], y[0]
	for _, v := range y {
		low, high = min(low, v), max(high, v)
	}
	asked, askedDoubled := draw(200)
	var f, g Forest
	if err := f.Fit(x, y, 1); err != nil {
		t.Fatal(err)
	}
	if err := g.Fit(doubled, y, 1); err != nil {
		t.Fatal(err)
	}
	mean, deviation, _ := f.Predict(asked)
	other, otherDeviation, _ := g.Predict(askedDoubled)
	if !reflect.DeepEqual(mean, other) || !reflect.DeepEqual(deviation, otherDeviation) {
		t.Error("on another scale the forest is another")
	}
	for i, v := range mean {
		if v < low || v > high || deviation[i] > (high-low)/2 {
			t.Errorf("row %d is predicted as %v ± %v; the scores are %v to %v", i, v, deviation[i], low, high)
		}
	}
}

// The gradients by central differences, and the padding that must not learn.
func TestGradients(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 1))
	n := newMLP(4, 3, 6, rng)
	for i := range n.layers {
		for k := range n.layers[i].fanO {
			n.layers[i].b[k] = .1 * rng.NormFloat64()
		}
	}
	rows := [][]entry{{{0, 1}, {3, -.5}}, {{1, .7}}, {}, {{0, .2}, {1, .3}, {2, .4}}}
	y := []float64{1, -2, .5, .1}
	loss := func() (sum float64) {
		for i, out := range n.forward(rows) {
			sum += math.Abs(out-y[i]) / float64(len(y))
		}
		return sum
	}
	slope := make([]float64, len(y))
	for i, out := range n.forward(rows) {
		slope[i] = sign(out-y[i]) / float64(len(y))
	}
	n.backward(rows, slope)
	const step = 1e-6
	learns := 0
	for i, g := range n.g {
		w := n.w[i]
		n.w[i] = w + step
		up := loss()
		n.w[i] = w - step
		down := loss()
		n.w[i] = w
		if d := (up - down) / (2 * step); math.Abs(d-g) > 1e-8 {
			t.Errorf("parameter %d has the gradient %v, by differences %v", i, g, d)
		}
		if g != 0 {
			learns++
		}
	}
	if learns < 60 {
		t.Errorf("only %d of %d gradients are not 0", learns, len(n.g))
	}
	n.train(rows, y, 50, 3, .01, rng)
	for i, l := range n.layers {
		for k := range l.in {
			for u := range l.out {
				if padding := k >= l.fanIn || u >= l.fanO; padding && l.w[k*l.out+u] != 0 {
					t.Fatalf("layer %d: the weight from %d to %d is padding, and %v", i, k, u, l.w[k*l.out+u])
				}
			}
		}
	}
	if after := loss(); after > .2 {
		t.Errorf("after training the error is %v", after)
	}
}

func readJSON(t *testing.T, file string, into any) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Trees that look at everything, grown on the rows as they are, are those of scikit-learn.
func TestTreeGolden(t *testing.T) {
	var golden struct {
		X, Asked [][]float64
		Y        []float64
		Trees    []struct {
			Leaf, Depth, Leaves int
			Predicted           []float64
		}
	}
	readJSON(t, "testdata/tree.json", &golden)
	rows := make([]int, len(golden.X))
	for i := range rows {
		rows[i] = i
	}
	for _, want := range golden.Trees {
		g := grower{
			Forest: Forest{Leaf: want.Leaf, Depth: want.Depth, Features: 3},
			x:      golden.X, y: golden.Y, ranks: ranked(golden.X, 3), rng: rand.New(rand.NewPCG(1, 1)), order: []int{0, 1, 2},
		}
		g.grow(rows, 0)
		if leaves := (len(g.nodes) + 1) / 2; leaves != want.Leaves {
			t.Errorf("%+v: %d leaves, want %d", g.Forest, leaves, want.Leaves)
		}
		for i, row := range golden.Asked {
			if got := g.nodes.predict(row); math.Abs(got-want.Predicted[i]) > 1e-12 {
				t.Errorf("%+v: row %d is predicted as %v, want %v", g.Forest, i, got, want.Predicted[i])
			}
		}
	}
}

// A network trains as PyTorch trains it.
func TestTrainingGolden(t *testing.T) {
	var golden struct {
		Sizes           []int
		X               [][]float64
		Y               []float64
		Losses, Outputs []float64
	}
	readJSON(t, "testdata/mlp.json", &golden)
	s := golden.Sizes
	n := newMLP(s[0], len(s)-2, s[1], rand.New(rand.NewPCG(1, 1)))
	at := 0
	for _, l := range n.layers {
		for u := range l.fanO {
			l.b[u] = .1 * math.Cos(float64(at+u))
		}
		for k := range l.fanIn {
			for u := range l.fanO {
				l.w[k*l.out+u] = .6 * math.Sin(float64(at))
				at++
			}
		}
	}
	rows := make([][]entry, len(golden.X))
	for i, row := range golden.X {
		for k, v := range row {
			if v != 0 {
				rows[i] = append(rows[i], entry{k, v})
			}
		}
	}
	slope := make([]float64, len(rows))
	for step, want := range golden.Losses {
		loss := 0.0
		for i, out := range n.forward(rows) {
			loss += math.Abs(out-golden.Y[i]) / float64(len(rows))
			slope[i] = sign(out-golden.Y[i]) / float64(len(rows))
		}
		if math.Abs(loss-want) > 1e-9 {
			t.Fatalf("before step %d the error is %.12f, want %.12f", step, loss, want)
		}
		n.backward(rows, slope)
		n.step(.01)
	}
	for i, out := range n.forward(rows) {
		if math.Abs(out-golden.Outputs[i]) > 1e-9 {
			t.Errorf("row %d gives %.12f, want %.12f", i, out, golden.Outputs[i])
		}
	}
}

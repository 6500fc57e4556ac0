package predict_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/predict"
)

// kinds is one of each predictor, with few and small parts.
func kinds() map[string]predict.Predictor {
	return map[string]predict.Predictor{
		"ridge":            &predict.Ridge{},
		"gaussian process": &predict.GaussianProcess{},
		"forest":           &predict.Forest{Trees: 30},
		"ensemble":         &predict.Ensemble{Members: 3, Layers: 3, Epochs: 60},
	}
}

// sample draws rows of zeros and ones, and scores them.
func sample(n, width int, seed uint64, score func([]float64) float64) (x [][]float64, y []float64) {
	rng := rand.New(rand.NewPCG(seed, 1))
	for range n {
		row := make([]float64, width)
		for k := range row {
			row[k] = float64(rng.IntN(2))
		}
		x, y = append(x, row), append(y, score(row))
	}
	return x, y
}

// weighted is linear.
func weighted(row []float64) float64 {
	sum := 50.0
	for k, v := range row {
		sum += float64(k+1) * v
	}
	return sum
}

// parity of the first two numbers, with a little of the third: nothing linear sees it.
func parity(row []float64) float64 { return 2*math.Abs(row[0]-row[1]) + .1*row[2] }

func TestPredictorsRankWhatTheyHaveNotSeen(t *testing.T) {
	x, y := sample(60, 8, 1, weighted)
	px, py := sample(120, 4, 2, parity)
	for name, p := range kinds() {
		v, err := predict.CrossValidate(p, x, y, 5, 3)
		if err != nil {
			t.Fatal(err)
		}
		if least := map[string]float64{"ridge": .97, "gaussian process": .97, "forest": .8, "ensemble": .85}[name]; v.Spearman < least || v.Kendall > v.Spearman {
			t.Errorf("%s ranks a linear score with ρ = %.3f and τ = %.3f", name, v.Spearman, v.Kendall)
		}
		if v, err = predict.CrossValidate(p, px, py, 5, 3); err != nil {
			t.Fatal(err)
		}
		if name == "ridge" && v.Spearman > .7 || name != "ridge" && v.Spearman < .9 {
			t.Errorf("%s ranks a parity with ρ = %.3f", name, v.Spearman)
		}
	}
}

func TestEqualArgumentsEqualPredictors(t *testing.T) {
	x, y := sample(40, 6, 1, weighted)
	asked, _ := sample(10, 6, 2, weighted)
	again := kinds()
	for name, p := range kinds() {
		mean, deviation := fitted(t, p, x, y, asked)
		if half, _ := fitted(t, again[name], x[:20], y[:20], asked); reflect.DeepEqual(mean, half) {
			t.Errorf("%s predicts the same from half of the rows", name)
		}
		m, d := fitted(t, again[name], x, y, asked)
		if !reflect.DeepEqual(mean, m) || !reflect.DeepEqual(deviation, d) {
			t.Errorf("%s: fitted again, it predicts something else", name)
		}
		for i, d := range deviation {
			if !(d >= 0) || math.IsInf(d, 0) {
				t.Errorf("%s: deviation %d is %v", name, i, d)
			}
		}
		if err := again[name].Fit(x, y, 2); err != nil {
			t.Fatal(err)
		}
		other, _, err := again[name].Predict(asked)
		if random := name == "forest" || name == "ensemble"; err != nil || reflect.DeepEqual(mean, other) == random {
			t.Errorf("%s: with another seed it predicts %v, %v", name, other, err)
		}
		if m, d, err := p.Predict(nil); len(m) != 0 || len(d) != 0 || err != nil {
			t.Errorf("%s: no rows are %v, %v, %v", name, m, d, err)
		}
	}
}

// Scores on another scale are predicted on that scale.
func TestScaleOfScores(t *testing.T) {
	x, y := sample(40, 6, 1, weighted)
	asked, _ := sample(10, 6, 2, weighted)
	large := make([]float64, len(y))
	for i, v := range y {
		large[i] = 1024 * v
	}
	for name, p := range kinds() {
		mean, deviation := fitted(t, p, x, y, asked)
		m, d := fitted(t, p, x, large, asked)
		for i := range m {
			if math.Abs(m[i]-1024*mean[i]) > 1e-6*math.Abs(m[i]) || math.Abs(d[i]-1024*deviation[i]) > 1e-6*d[i] {
				t.Errorf("%s: %v ± %v became %v ± %v", name, mean[i], deviation[i], m[i], d[i])
			}
		}
	}
}

// Far from all rows a Gaussian process knows the mean only, at a row nearly everything.
func TestGaussianProcessKnowsWhatItKnows(t *testing.T) {
	x, y := [][]float64{{0}, {1}, {2}, {3}}, []float64{0, 1, 0, -3}
	g := &predict.GaussianProcess{Kernel: predict.RBF, Length: .5, Noise: 1e-8}
	mean, deviation := fitted(t, g, x, y, [][]float64{{1}, {1000}})
	h := g.Hyperparameters()
	if math.Abs(mean[0]-1) > 1e-6 || deviation[0] > 1e-3*h.Signal || math.Abs(mean[1]+.5) > 1e-12 || math.Abs(deviation[1]-h.Signal) > 1e-12 {
		t.Errorf("at a row %v ± %v, far away %v ± %v, with %+v", mean[0], deviation[0], mean[1], deviation[1], h)
	}
}

// A distance of things that are no vectors.
func TestGaussianProcessOfWords(t *testing.T) {
	words := []string{"a", "ab", "abc", "abcd", "abcde", "abcdef", "abcdefg"}
	g := &predict.GaussianProcess{Kernel: predict.Exponential, Distance: predict.Distance{Name: "length", Between: func(a, b []float64) float64 {
		return math.Abs(float64(len(words[int(a[0])]) - len(words[int(b[0])])))
	}}}
	mean, _ := fitted(t, g, [][]float64{{0}, {1}, {3}, {5}, {6}}, []float64{1, 2, 4, 6, 7}, [][]float64{{2}, {4}})
	if math.Abs(mean[0]-3) > .2 || math.Abs(mean[1]-5) > .2 {
		t.Errorf("words of 3 and 5 letters are predicted as %v", mean)
	}
}

// With many rows the hyperparameters are chosen by some of them, and all are learnt from.
func TestGaussianProcessOfManyRows(t *testing.T) {
	wave := func(v float64) float64 { return math.Sin(v) + math.Sin(3*v) }
	var x [][]float64
	var y []float64
	for i := range 700 {
		v := float64(i*389%700) / 100
		x, y = append(x, []float64{v}), append(y, wave(v))
	}
	g := &predict.GaussianProcess{Kernel: predict.RBF, Noise: 1e-6}
	mean, _ := fitted(t, g, x, y, [][]float64{{.005}, {3.3333}, {6.985}})
	for i, v := range []float64{.005, 3.3333, 6.985} {
		if math.Abs(mean[i]-wave(v)) > 1e-3 {
			t.Errorf("at %v it predicts %v, want %v, with %+v", v, mean[i], wave(v), g.Hyperparameters())
		}
	}
}

func TestErrors(t *testing.T) {
	x, y := sample(10, 3, 1, weighted)
	nan, inf := math.NaN(), math.Inf(1)
	broken := func(v float64) [][]float64 {
		z, _ := sample(10, 3, 1, weighted)
		z[4][1] = v
		return z
	}
	for name, p := range kinds() {
		fails := func(what string, err error, want string) {
			t.Helper()
			if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "predict: "+name) {
				t.Errorf("%s: %s: error is %v, want it to hold %q", name, what, err, want)
			}
		}
		_, _, err := p.Predict(x)
		fails("before Fit", err, "has learnt nothing yet; call Fit first")
		if err := p.Fit(x, y, 1); err != nil {
			t.Fatal(err)
		}
		before, _, _ := p.Predict(x)
		fails("lengths", p.Fit(x, y[:9], 1), "10 rows with 9 scores")
		fails("nothing", p.Fit(nil, nil, 1), "0 rows; at least 2")
		fails("one", p.Fit(x[:1], y[:1], 1), "1 rows; at least 2")
		fails("empty", p.Fit([][]float64{{}, {}}, []float64{1, 2}, 1), "the rows are empty")
		fails("ragged", p.Fit(append(x[:9:9], []float64{1}), y, 1), "row 9 has 1 numbers where the first had 3")
		fails("NaN", p.Fit(broken(nan), y, 1), "number 1 of row 4 is NaN")
		fails("Inf", p.Fit(broken(inf), y, 1), "number 1 of row 4 is +Inf")
		fails("NaN score", p.Fit(x, append(y[:9:9], nan), 1), "score 9 is NaN")
		flat := p.Fit(x[:2], []float64{7, 7}, 1)
		fails("flat", flat, "all scores are equal")
		if !errors.Is(flat, predict.ErrFlat) {
			t.Errorf("%s: flat scores are not ErrFlat: %v", name, flat)
		}
		_, _, err = p.Predict([][]float64{{1, 2}})
		fails("narrow", err, "row 0 has 2 numbers where the first had 3")
		_, _, err = p.Predict(broken(nan))
		fails("NaN asked", err, "number 1 of row 4 is NaN")
		if after, _, err := p.Predict(x); err != nil || !reflect.DeepEqual(before, after) {
			t.Errorf("%s: what failed to fit changed the predictions: %v", name, err)
		}
	}
}

func TestSettings(t *testing.T) {
	x, y := sample(10, 3, 1, weighted)
	far := predict.Distance{Name: "far", Between: func(a, b []float64) float64 { return math.NaN() }}
	for _, c := range []struct {
		p    predict.Predictor
		want string
	}{
		{&predict.Ridge{Penalty: -1}, "a penalty of -1; it must be positive, or 0 for 1"},
		{&predict.Ridge{Penalty: math.NaN()}, "a penalty of NaN"},
		{&predict.GaussianProcess{Kernel: "cubic"}, `there is no kernel "cubic"; there are "rbf", "matern52" and "exponential"`},
		{&predict.GaussianProcess{Length: -1}, "a length of -1; it must be positive, or 0 for the likeliest"},
		{&predict.GaussianProcess{Noise: -1}, "noise of -1; it must be at least 1e-10"},
		{&predict.GaussianProcess{Distance: predict.Distance{Name: "x"}}, `the distance "x" has no function Between`},
		{&predict.GaussianProcess{Distance: far}, "the far distance of rows 0 and 1 is NaN"},
		{&predict.Forest{Trees: -1}, "Trees = -1; it must be at least 1, or 0 for the default"},
		{&predict.Forest{Features: 4}, "looks at 4 numbers for each split, but the rows have 3"},
		{&predict.Forest{Depth: -2}, "Depth = -2"},
		{&predict.Ensemble{Layers: -1}, "Layers = -1; it must be at least 1"},
		{&predict.Ensemble{Rate: -1}, "a Rate of -1; it must be positive"},
		{&predict.Ensemble{Rate: 1e300, Members: 1, Layers: 3}, "network 0 diverged; lower Rate, which is 1e+300"},
	} {
		if err := c.p.Fit(x, y, 1); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error is %v, want it to hold %q", c.p.Name(), err, c.want)
		}
	}
	equal := [][]float64{{1, 2}, {1, 2}, {1, 2}}
	if err := (&predict.GaussianProcess{}).Fit(equal, []float64{1, 2, 3}, 1); err == nil || !strings.Contains(err.Error(), "all 3 rows are equal") {
		t.Errorf("equal rows: %v", err)
	}
}

func TestCrossValidation(t *testing.T) {
	x, y := sample(11, 3, 1, weighted)
	v, err := predict.CrossValidate(&predict.Ridge{}, x, y, 4, 1)
	if err != nil {
		t.Fatal(err)
	}
	sizes := make([]int, 4)
	for i, f := range v.Fold {
		sizes[f]++
		var known [][]float64
		var scores []float64
		for k := range x {
			if v.Fold[k] != f {
				known, scores = append(known, x[k]), append(scores, y[k])
			}
		}
		mean, deviation := fitted(t, &predict.Ridge{}, known, scores, x[i:i+1])
		if mean[0] != v.Mean[i] || deviation[0] != v.Deviation[i] {
			t.Errorf("row %d is predicted as %v ± %v, and %v ± %v by what was fitted without its fold", i, v.Mean[i], v.Deviation[i], mean[0], deviation[0])
		}
	}
	if !reflect.DeepEqual(sizes, []int{3, 3, 3, 2}) {
		t.Errorf("the folds have %v rows", sizes)
	}
	for _, c := range []struct {
		p     predict.Predictor
		y     []float64
		folds int
		want  string
	}{
		{nil, y, 4, "needs a predictor, not nil"},
		{&predict.Ridge{}, y, 1, "1 folds of 11 rows; there must be 2 to 11"},
		{&predict.Ridge{}, y, 12, "12 folds of 11 rows"},
		{&predict.Ridge{}, make([]float64, 11), 2, "all scores are equal"},
		{&predict.Ridge{Penalty: -1}, y, 4, "without fold 0: predict: ridge with a penalty of -1"},
		{&predict.Ridge{}, append([]float64{1}, make([]float64, 10)...), 11, "all scores are equal"},
	} {
		if _, err := predict.CrossValidate(c.p, x, c.y, c.folds, 1); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error is %v, want it to hold %q", err, c.want)
		}
	}
}

func TestNames(t *testing.T) {
	for want, p := range map[string]predict.Predictor{
		"ridge(penalty 1)": &predict.Ridge{},
		"gaussian process(matern52 of euclidean distance length likeliest noise likeliest)": &predict.GaussianProcess{},
		"gaussian process(rbf of hamming distance length 2 noise 0.1)":                      &predict.GaussianProcess{Kernel: predict.RBF, Distance: predict.Hamming(), Length: 2, Noise: .1},
		"forest(100 trees features a third leaf 1)":                                         &predict.Forest{},
		"forest(5 trees features 2 leaf 3 depth 4)":                                         &predict.Forest{Trees: 5, Features: 2, Leaf: 3, Depth: 4},
		"ensemble(5 networks of 10 layers of 20 units, 150 epochs batch 32 rate 0.01)":      &predict.Ensemble{},
	} {
		if p.Name() != want {
			t.Errorf("it is called %q, want %q", p.Name(), want)
		}
	}
}

func BenchmarkFit(b *testing.B) {
	// As many rows as BANANAS has at its end, as sparse as the paths of a cell.
	x, y := sample(150, 155, 1, weighted)
	rng := rand.New(rand.NewPCG(1, 2))
	for i, row := range x {
		clear(row)
		for range 8 {
			row[rng.IntN(len(row))] = 1
		}
		y[i] = weighted(row)
	}
	for name, p := range map[string]predict.Predictor{
		"ridge": &predict.Ridge{}, "gaussian process": &predict.GaussianProcess{}, "forest": &predict.Forest{}, "ensemble": &predict.Ensemble{},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := p.Fit(x, y, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

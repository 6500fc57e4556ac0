package predict

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"sync"

	"github.com/nascent-go/nascent/nasext/seed"
)

// Ensemble is several small networks that differ only in the weights they start with
// and in the order in which they see the rows (Lakshminarayanan et al. 2017): where
// they disagree, too little is known. Its defaults are those of BANANAS (White et al.
// 2021, section 5): five networks of ten layers of twenty rectified units, trained with
// Adam on the mean absolute error.
//
// Each number of a row is scaled to 0 … 1 over the rows that are learnt from, so
// encodings in zeros and ones stay as they are, and scores to mean 0 and deviation 1.
type Ensemble struct {
	Members int     // 0 means 5
	Layers  int     // 0 means 10
	Units   int     // of a layer; 0 means 20
	Epochs  int     // 0 means 150
	Batch   int     // 0 means 32
	Rate    float64 // of learning; 0 means 0.01

	members []*mlp
	low     []float64 // what is 0 in the scaled rows
	scale   []float64 // what a number is multiplied by then; 0 if it never differed
	mean    float64   // of the scores
	spread  float64
}

func (e *Ensemble) settings() (Ensemble, error) {
	s := Ensemble{
		Members: orDefault(e.Members, 5), Layers: orDefault(e.Layers, 10), Units: orDefault(e.Units, 20),
		Epochs: orDefault(e.Epochs, 150), Batch: orDefault(e.Batch, 32), Rate: orDefault(e.Rate, .01),
	}
	for _, v := range []struct {
		name  string
		value int
	}{{"Members", s.Members}, {"Layers", s.Layers}, {"Units", s.Units}, {"Epochs", s.Epochs}, {"Batch", s.Batch}} {
		if v.value < 0 {
			return s, fmt.Errorf("predict: ensemble with %s = %d; it must be at least 1, or 0 for the default", v.name, v.value)
		}
	}
	if !(s.Rate > 0) || math.IsInf(s.Rate, 1) {
		return s, fmt.Errorf("predict: ensemble with a Rate of %g; it must be positive, or 0 for 0.01", s.Rate)
	}
	return s, nil
}

// Name says the settings.
func (e *Ensemble) Name() string {
	s, _ := e.settings()
	return fmt.Sprintf("ensemble(%d networks of %d layers of %d units, %d epochs batch %d rate %g)", s.Members, s.Layers, s.Units, s.Epochs, s.Batch, s.Rate)
}

// Fit implements Predictor.
func (e *Ensemble) Fit(x [][]float64, y []float64, randomSeed uint64) error {
	s, err := e.settings()
	if err != nil {
		return err
	}
	width, err := checkFit("ensemble", x, y)
	if err != nil {
		return err
	}
	s.learnScale(x, width)
	s.mean, s.spread = spread(y)
	rows := s.sparse(x)
	targets := make([]float64, len(y))
	for i, v := range y {
		targets[i] = (v - s.mean) / s.spread
	}
	s.members = make([]*mlp, s.Members)
	var all sync.WaitGroup
	for m := range s.members {
		all.Go(func() {
			rng := seed.Stream(randomSeed, "predict", "ensemble", strconv.Itoa(m))
			s.members[m] = newMLP(width, s.Layers, s.Units, rng)
			s.members[m].train(rows, targets, s.Epochs, s.Batch, s.Rate, rng)
		})
	}
	all.Wait()
	for i, m := range s.members {
		if !finite(m.forward(rows[:1])[0]) {
			return fmt.Errorf("predict: ensemble: network %d diverged; lower Rate, which is %g", i, s.Rate)
		}
	}
	e.members, e.low, e.scale, e.mean, e.spread = s.members, s.low, s.scale, s.mean, s.spread
	return nil
}

// learnScale finds the smallest and largest of each number.
func (e *Ensemble) learnScale(x [][]float64, width int) {
	e.low, e.scale = slices.Clone(x[0]), slices.Clone(x[0])
	for _, row := range x {
		for k, v := range row {
			e.low[k], e.scale[k] = min(e.low[k], v), max(e.scale[k], v)
		}
	}
	for k := range width {
		if e.low[k] == 0 && e.scale[k] == 1 {
			continue
		}
		if d := e.scale[k] - e.low[k]; d > 0 {
			e.scale[k] = 1 / d
		} else {
			e.scale[k] = 0
		}
	}
}

// sparse scales rows.
func (e *Ensemble) sparse(x [][]float64) [][]entry {
	out := make([][]entry, len(x))
	for i, row := range x {
		for k, v := range row {
			if s := (v - e.low[k]) * e.scale[k]; s != 0 {
				out[i] = append(out[i], entry{k, s})
			}
		}
	}
	return out
}

// Predict implements Predictor.
func (e *Ensemble) Predict(x [][]float64) (mean, deviation []float64, err error) {
	if err := checkPredict("ensemble", x, len(e.low)); err != nil {
		return nil, nil, err
	}
	rows := e.sparse(x)
	votes := make([][]float64, len(e.members))
	for m, net := range e.members {
		votes[m] = net.forward(rows)
	}
	mean, deviation = vote(len(votes), len(x), func(m, row int) float64 { return e.mean + e.spread*votes[m][row] })
	return mean, deviation, nil
}

var _ = []Predictor{(*Ridge)(nil), (*GaussianProcess)(nil), (*Forest)(nil), (*Ensemble)(nil)}

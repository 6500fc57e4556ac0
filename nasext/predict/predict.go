// Package predict learns scores from vectors: given what some architectures scored,
// it says what others will, and how sure that is.
//
// A Predictor is fitted to rows of numbers, such as the encodings of package space or
// scores that cost nothing, and the score of each row. Ridge, GaussianProcess, Forest
// and Ensemble are predictors; the zero value of each has the usual settings:
//
//	var p predict.Forest
//	err := p.Fit(x, y, 1)
//	mean, deviation, err := p.Predict(more)
//
// CrossValidate tells how well a predictor ranks what it has not seen.
package predict

import (
	"errors"
	"fmt"
	"math"
)

// Predictor learns to predict a number from a vector. Fit and Predict must not run at
// the same time; calls of Predict may.
type Predictor interface {
	// Name says what it is, with its settings.
	Name() string
	// Fit learns from rows x, all of one length, with the score y of each. What it
	// knew before is replaced; with an error it is kept. Equal arguments give an equal
	// predictor, to the last bit. ErrFlat means that all scores are equal.
	Fit(x [][]float64, y []float64, seed uint64) error
	// Predict says what the rows x are expected to score, and the standard deviation
	// of that expectation: how unsure it is, without the noise of a single score.
	Predict(x [][]float64) (mean, deviation []float64, err error)
}

// ErrFlat says that there is nothing to learn, because all scores are equal.
var ErrFlat = errors.New("all scores are equal, so there is nothing to learn from them")

// fewest is how many rows are needed to tell scores apart.
const fewest = 2

// checkFit says what is wrong with rows and their scores, and how long the rows are.
func checkFit(who string, x [][]float64, y []float64) (width int, err error) {
	switch {
	case len(x) != len(y):
		return 0, fmt.Errorf("predict: %s: %d rows with %d scores; each row needs one", who, len(x), len(y))
	case len(x) < fewest:
		return 0, fmt.Errorf("predict: %s: %d rows; at least %d are needed to learn from", who, len(x), fewest)
	case len(x[0]) == 0:
		return 0, fmt.Errorf("predict: %s: the rows are empty; they need at least one number", who)
	}
	if err := checkRows(who, x, len(x[0])); err != nil {
		return 0, err
	}
	flat := true
	for i, v := range y {
		if !finite(v) {
			return 0, fmt.Errorf("predict: %s: score %d is %g; scores are finite numbers", who, i, v)
		}
		flat = flat && v == y[0]
	}
	if flat {
		return 0, fmt.Errorf("predict: %s: %w (%d times %g)", who, ErrFlat, len(y), y[0])
	}
	return len(x[0]), nil
}

// checkPredict says what is wrong with rows that are to be predicted by what was
// fitted to rows of the given width; 0: to none.
func checkPredict(who string, x [][]float64, width int) error {
	if width == 0 {
		return fmt.Errorf("predict: %s has learnt nothing yet; call Fit first", who)
	}
	return checkRows(who, x, width)
}

func checkRows(who string, x [][]float64, width int) error {
	for i, row := range x {
		if len(row) != width {
			return fmt.Errorf("predict: %s: row %d has %d numbers where the first had %d; all rows have the same length", who, i, len(row), width)
		}
		for k, v := range row {
			if !finite(v) {
				return fmt.Errorf("predict: %s: number %d of row %d is %g; rows hold finite numbers", who, k, i, v)
			}
		}
	}
	return nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// meanOf is the mean of numbers.
func meanOf(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// spread is the mean of numbers and their standard deviation as a population.
func spread(x []float64) (mean, deviation float64) {
	mean = meanOf(x)
	sum := 0.0
	for _, v := range x {
		d := v - mean
		sum += float64(d * d)
	}
	return mean, math.Sqrt(sum / float64(len(x)))
}

// vote is the mean and the spread of what several members predict for each row.
func vote(members, rows int, predict func(member, row int) float64) (mean, deviation []float64) {
	mean, deviation = make([]float64, rows), make([]float64, rows)
	votes := make([]float64, members)
	for i := range rows {
		for m := range votes {
			votes[m] = predict(m, i)
		}
		mean[i], deviation[i] = spread(votes)
	}
	return mean, deviation
}

// orDefault is v, or what 0 stands for.
func orDefault[T int | float64](v, otherwise T) T {
	if v == 0 {
		return otherwise
	}
	return v
}

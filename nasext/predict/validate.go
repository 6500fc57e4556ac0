package predict

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/nascent-go/nascent/nasext/seed"
)

// Validation is how well a predictor ranks rows that it has not learnt from.
type Validation struct {
	Spearman, Kendall float64
	Mean, Deviation   []float64 // predicted for each row by what was fitted without it
	Fold              []int     // of each row, from 0
}

// CrossValidate fits a predictor to all but one of so many folds of the rows and
// predicts that one, fold by fold, and compares all predictions with the scores by
// their ranks. There are 2 folds at least, and at most as many as rows, which leaves
// out one row at a time. Rows are dealt to folds by the seed. Afterwards the predictor
// is fitted to all but the last fold.
func CrossValidate(p Predictor, x [][]float64, y []float64, folds int, randomSeed uint64) (Validation, error) {
	if p == nil {
		return Validation{}, errors.New("predict: cross-validation needs a predictor, not nil")
	}
	if _, err := checkFit("cross-validation", x, y); err != nil {
		return Validation{}, err
	}
	n := len(x)
	if folds < 2 || folds > n {
		return Validation{}, fmt.Errorf("predict: cross-validation with %d folds of %d rows; there must be 2 to %d", folds, n, n)
	}
	v := Validation{Mean: make([]float64, n), Deviation: make([]float64, n), Fold: make([]int, n)}
	for i, row := range seed.Stream(randomSeed, "predict", "folds").Perm(n) {
		v.Fold[row] = i % folds
	}
	for fold := range folds {
		var known, asked [][]float64
		var scores []float64
		var rows []int
		for i, row := range x {
			if v.Fold[i] == fold {
				asked, rows = append(asked, row), append(rows, i)
			} else {
				known, scores = append(known, row), append(scores, y[i])
			}
		}
		if err := p.Fit(known, scores, seed.Derive(randomSeed, "predict", "fold", strconv.Itoa(fold))); err != nil {
			return Validation{}, fmt.Errorf("predict: cross-validation without fold %d: %w", fold, err)
		}
		mean, deviation, err := p.Predict(asked)
		if err != nil {
			return Validation{}, fmt.Errorf("predict: cross-validation of fold %d: %w", fold, err)
		}
		for k, i := range rows {
			v.Mean[i], v.Deviation[i] = mean[k], deviation[k]
		}
	}
	var err error
	if v.Spearman, err = Spearman(v.Mean, y); err == nil {
		v.Kendall, err = Kendall(v.Mean, y)
	}
	if err != nil {
		return Validation{}, fmt.Errorf("predict: cross-validation: the predictions cannot be ranked: %w", err)
	}
	return v, nil
}

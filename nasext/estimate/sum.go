package estimate

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// Term is an estimator and how much its score counts.
type Term struct {
	Of     Estimator
	Weight float64 // of the score; below 0, large scores are bad, and 0 takes only what else is said, such as a latency
}

// Sum is the estimator whose score is the weighted sum of others'. With Count and Latency it
// is a penalty for size or time:
//
//	accurate, err := estimate.Train(…)
//	small, err := estimate.Count(estimate.CountConfig{})
//	both, err := estimate.Sum(estimate.Term{Of: accurate, Weight: 1}, estimate.Term{Of: small, Weight: 0.05})
//
// takes a twentieth, five points of accuracy, for ten times the parameters. All parts have
// the seed of the trial. What the first part that knows says of size, time and learning curve
// is the sum's.
func Sum(terms ...Term) (Estimator, error) {
	if len(terms) == 0 {
		return nil, errors.New("sum: there are no terms; give at least one, such as estimate.Term{Of: e, Weight: 1}")
	}
	weights := make([]float64, len(terms))
	parts := make([]Estimator, len(terms))
	for i, t := range terms {
		if !finite(t.Weight) {
			return nil, fmt.Errorf("sum: weight %d is %v; it has to be a finite number", i+1, t.Weight)
		}
		parts[i], weights[i] = t.Of, t.Weight
	}
	e, err := combine(combined{
		parts: parts,
		name: func(parts []Estimator) string {
			var words []string
			for i, p := range parts {
				words = append(words, fmt.Sprintf("%g × %s", weights[i], p.Name()))
			}
			return "sum(" + strings.Join(words, " + ") + ")"
		},
		join: func(of func(int) (Estimate, error)) (Estimate, error) {
			var sum Estimate
			for i, w := range weights {
				e, err := of(i)
				if err != nil {
					return Estimate{}, fmt.Errorf("sum: term %d: %w", i+1, err)
				}
				sum.Score += w * e.Score
				sum.also(e)
			}
			return sum, nil
		},
	})
	if err != nil {
		return nil, fmt.Errorf("sum: %w", err)
	}
	return e, nil
}

// finite says whether x is a number that can be compared.
func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

package estimate

import "fmt"

// ScreenConfig is what a cheap estimate has to be for a dear one to be made.
type ScreenConfig struct {
	Cheap   Estimator // such as ZeroCost, Count or a predictor
	AtLeast float64   // its score, for Then to be asked
	Then    Estimator // such as Train
	// Else is the score of an architecture that is not good enough: the worst that Then can
	// give, such as 0 for an accuracy.
	Else float64
}

// Screen is the estimator that looks with a cheap one first and asks a dear one only about
// architectures that are good enough: predict, then train. Equal architectures have equal
// scores whatever was estimated before.
func Screen(c ScreenConfig) (Estimator, error) {
	if !finite(c.AtLeast) || !finite(c.Else) {
		return nil, fmt.Errorf("screen: at least %v, else %v; both have to be finite numbers", c.AtLeast, c.Else)
	}
	e, err := combine(combined{
		parts: []Estimator{c.Cheap, c.Then},
		name: func(parts []Estimator) string {
			return fmt.Sprintf("screen(%s at least %g, then %s, else %g)", parts[0].Name(), c.AtLeast, parts[1].Name(), c.Else)
		},
		join: func(of func(int) (Estimate, error)) (Estimate, error) {
			cheap, err := of(0)
			if err != nil {
				return Estimate{}, fmt.Errorf("screen: %w", err)
			}
			if !(cheap.Score >= c.AtLeast) {
				cheap.Note = fmt.Sprintf("screened out: %.4g is below %.4g", cheap.Score, c.AtLeast)
				cheap.Score = c.Else
				return cheap, nil
			}
			e, err := of(1)
			if err != nil {
				return Estimate{}, fmt.Errorf("screen: %w", err)
			}
			e.also(cheap)
			return e, nil
		},
	})
	if err != nil {
		return nil, fmt.Errorf("screen: %w", err)
	}
	return e, nil
}

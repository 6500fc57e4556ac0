package estimate

import (
	"errors"
	"fmt"
	"math"
)

// RewardConfig is how a cost changes a score.
type RewardConfig struct {
	// Cost is "params", "macs" or "latency": what the estimate says of it. Latency is measured,
	// as with a zero LatencyConfig, if the estimator does not say it.
	Cost   string
	Target float64 // the cost T₀ that one may have, above 0; seconds for latency
	// Below and Above are the exponents w of (T/T₀)ʷ for costs T up to the target and above it.
	// 0 and −1 make the target a limit, −0.07 and −0.07, the paper's choice, a matter of
	// degree.
	Below, Above float64
}

// Reward is the estimator whose score is that of another times (T/T₀)ʷ, for a cost T (Tan et
// al. 2019, "MnasNet", eq. 2 and 3). The other's scores have to be at least 0, as accuracies
// are.
func Reward(e Estimator, c RewardConfig) (Estimator, error) {
	switch {
	case c.Cost != "params" && c.Cost != "macs" && c.Cost != "latency":
		return nil, fmt.Errorf("reward: there is no cost %q; Cost is \"params\", \"macs\" or \"latency\"", c.Cost)
	case !(c.Target > 0) || math.IsInf(c.Target, 1):
		return nil, fmt.Errorf("reward: target %v; it has to be a finite number above 0", c.Target)
	case !finite(c.Below) || !finite(c.Above):
		return nil, fmt.Errorf("reward: exponents %v and %v; they have to be finite numbers, such as -0.07", c.Below, c.Above)
	case c.Below == 0 && c.Above == 0:
		return nil, errors.New("reward: both exponents are 0, so the cost would not count; set Above, such as to -0.07")
	}
	watch, err := Latency(LatencyConfig{})
	if err != nil {
		return nil, err
	}
	r, err := combine(combined{
		parts: []Estimator{e, watch},
		name: func(parts []Estimator) string {
			return fmt.Sprintf("reward(%s, %s target %g, exponents %g below and %g above)", parts[0].Name(), c.Cost, c.Target, c.Below, c.Above)
		},
		join: func(of func(int) (Estimate, error)) (Estimate, error) {
			e, err := of(0)
			if err != nil {
				return Estimate{}, fmt.Errorf("reward: %w", err)
			}
			if e.Score < 0 {
				return Estimate{}, fmt.Errorf("reward: the score is %v; only scores of at least 0, such as accuracies, can be multiplied", e.Score)
			}
			if c.Cost == "latency" && e.Latency == 0 {
				timed, err := of(1)
				if err != nil {
					return Estimate{}, fmt.Errorf("reward: %w", err)
				}
				e.also(timed)
			}
			e.Score *= c.factor(e)
			return e, nil
		},
	})
	if err != nil {
		return nil, fmt.Errorf("reward: %w", err)
	}
	return r, nil
}

// factor is (T/T₀)ʷ. What has no parameters, or MACs, counts as having 1.
func (c RewardConfig) factor(e Estimate) float64 {
	cost := e.Latency
	switch c.Cost {
	case "params":
		cost = float64(max(e.Params, 1))
	case "macs":
		cost = float64(max(e.MACs, 1))
	}
	w := c.Below
	if cost > c.Target {
		w = c.Above
	}
	return math.Pow(cost/c.Target, w)
}

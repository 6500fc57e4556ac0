package viz

import (
	"fmt"
	"math"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/strategy"
	"github.com/nascent-go/nascent/nasext/study"
)

// Cost is what an architecture costs: less is better.
type Cost struct {
	Name string // what is counted, for the axis
	Of   func(study.Trial) float64
}

// Parameters is the cost in parameters.
func Parameters() Cost {
	return Cost{"parameters", func(t study.Trial) float64 { return float64(t.Estimate.Params) }}
}

// MACs is the cost in multiplications with addition.
func MACs() Cost {
	return Cost{"MACs", func(t study.Trial) float64 { return float64(t.Estimate.MACs) }}
}

// Latency is the cost in seconds for a sample.
func Latency() Cost {
	return Cost{"latency, seconds", func(t study.Trial) float64 { return t.Estimate.Latency }}
}

// priced are the costs and scores of the trials that have both: did not fail, and cost
// more than nothing.
func priced(trials []study.Trial, c Cost) (costs, scores []float64, of []study.Trial) {
	for _, t := range byNumber(trials) {
		if cost := c.Of(t); !t.Failed && cost > 0 && !math.IsInf(cost, 1) {
			costs, scores, of = append(costs, cost), append(scores, t.Score), append(of, t)
		}
	}
	return costs, scores, of
}

// Front plots the score over a cost, on a logarithmic axis, with the Pareto front: the
// architectures that no cheaper or equally cheap one beats. Trials that failed or whose
// cost is not known are left out.
func Front(trials []study.Trial, c Cost) *display.Plot {
	costs, scores, of := priced(trials, c)
	if len(of) == 0 {
		return display.Pareto(c.Name+" and score: no trials yet", nil, nil).XLabel(c.Name).YLabel("score").LogX()
	}
	best, _ := study.Best(of)
	p := display.Pareto(fmt.Sprintf("%s and score of %s", c.Name, count(len(of), "architecture")), costs, scores).
		XLabel(c.Name).LogX().Note(c.Of(best), best.Score, fmt.Sprintf("trial %d", best.Number))
	cheapest := math.Inf(-1) // the best of the cheapest, with which the front begins
	low, _ := span(costs)
	for i := range of {
		if costs[i] == low {
			cheapest = max(cheapest, scores[i])
		}
	}
	return scoreAxis(p, scores, cheapest)
}

// Hypervolume plots how the Pareto front of scores and a cost grew, trial by trial: the
// share of the rectangle between the best and the worst values of all trials, made a
// tenth larger at the worst, that the front so far dominates (Zitzler and Thiele 1999).
func Hypervolume(trials []study.Trial, c Cost) *display.Plot {
	costs, scores, of := priced(trials, c)
	if len(of) == 0 {
		return display.Steps("hypervolume: no trials yet").XLabel("trial").YLabel("share dominated")
	}
	low, high := span(costs)
	worst, best := span(scores)
	// As shares of their ranges, less is better, from 0 to 1.
	share := func(v, from, to float64) float64 {
		if from == to {
			return 0
		}
		return (v - from) / (to - from)
	}
	var x, volumes []float64
	var front [][]float64
	volume := 0.0
	for i, t := range of {
		point := []float64{share(costs[i], low, high), share(scores[i], best, worst)}
		if kept, grew := join(front, point); grew {
			front = kept
			v, err := strategy.Hypervolume(front, []float64{worstShare, worstShare})
			if err != nil {
				return display.Steps("hypervolume: " + err.Error())
			}
			volume = v / (worstShare * worstShare)
		}
		x, volumes = append(x, float64(t.Number)), append(volumes, volume)
	}
	return display.Steps(fmt.Sprintf("hypervolume of %s and score: %s, front of %d", c.Name, short(volume), len(front)), display.XY("", x, volumes)).
		XLabel("trial").YLabel("share dominated")
}

// worstShare is the reference of the hypervolume: a tenth beyond the worst values, so
// that the best of one objective counts that is the worst of the other.
const worstShare = 1.1

// join adds a point to a front, without those that it dominates; it is false if the
// front has one as good.
func join(front [][]float64, point []float64) ([][]float64, bool) {
	var kept [][]float64
	for _, q := range front {
		if q[0] <= point[0] && q[1] <= point[1] {
			return front, false
		}
		if !strategy.Dominates(point, q) {
			kept = append(kept, q)
		}
	}
	return append(kept, point), true
}

package viz

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/predict"
)

// Predictions draws predicted scores over the true ones, with the line on which they
// are equal, and in the title the rank correlations τ (Kendall) and ρ (Spearman) and
// the root mean square error. Deviations, if there are any, are error bars of one
// standard deviation. Pairs with a number that is not finite are left out and counted.
func Predictions(truth, predicted, deviations []float64) *display.Plot {
	if len(truth) != len(predicted) || deviations != nil && len(deviations) != len(truth) {
		return display.Scatter(fmt.Sprintf("predictions: %d true scores, %d predicted, %d deviations do not match", len(truth), len(predicted), len(deviations)))
	}
	var x, y, low, high []float64
	for i := range truth {
		if !finite(truth[i]) || !finite(predicted[i]) {
			continue
		}
		x, y = append(x, truth[i]), append(y, predicted[i])
		if deviations != nil {
			low, high = append(low, predicted[i]-deviations[i]), append(high, predicted[i]+deviations[i])
		}
	}
	if len(x) == 0 {
		return display.Scatter("predictions: none yet").XLabel("true score").YLabel("predicted score")
	}
	from, to := span(append(slices.Clone(x), y...))
	square := 0.0
	for i := range x {
		square += (x[i] - y[i]) * (x[i] - y[i]) / float64(len(x))
	}
	title := fmt.Sprintf("predicted and true: %s, RMSE %s, %s", correlations(x, y), short(math.Sqrt(square)), count(len(x), "architecture"))
	if left := len(truth) - len(x); left > 0 {
		title += fmt.Sprintf(" (%d left out)", left)
	}
	return display.Scatter(title,
		display.XY("equal", []float64{from, to}, []float64{from, to}).Line().Dash().Tint(8),
		display.XY("predicted", x, y).Band(low, high).Tint(1),
	).XLabel("true score").YLabel("predicted score")
}

// Proxy is a cheap estimate of architectures, with a name.
type Proxy struct {
	Name   string
	Scores []float64 // one for each true score
}

// mostProxies is how many proxies have a panel.
const mostProxies = 12

// Ranks draws for each proxy the rank that it gives to an architecture over the rank
// that the truth gives, both from 1 for the best, with τ (Kendall) and ρ (Spearman); the
// proxies with the largest |τ| come first. On the diagonal a proxy is right. Pairs with
// a number that is not finite are left out.
func Ranks(truth []float64, proxies ...Proxy) *display.Panels {
	type panel struct {
		plot *display.Plot
		tau  float64
	}
	var all []panel
	for _, p := range proxies {
		plot, tau := ranksOf(truth, p)
		all = append(all, panel{plot, math.Abs(tau)})
	}
	slices.SortStableFunc(all, func(a, b panel) int { return cmp.Compare(b.tau, a.tau) })
	var plots []*display.Plot
	for _, p := range all[:min(len(all), mostProxies)] {
		plots = append(plots, p.plot)
	}
	title := "ranks by proxies and by the truth"
	switch {
	case len(plots) == 0:
		return display.Grid(display.Scatter("")).Title("ranks by proxies: none yet")
	case len(plots) < len(all):
		title += fmt.Sprintf(": the first %d of %d", len(plots), len(all))
	}
	return display.Grid(plots...).Columns(min(3, len(plots))).Title(title)
}

// ranksOf is the panel of a proxy, with its τ; 0 if it has none.
func ranksOf(truth []float64, p Proxy) (*display.Plot, float64) {
	if len(truth) != len(p.Scores) {
		return display.Scatter(fmt.Sprintf("%s: %d scores for %d true ones", p.Name, len(p.Scores), len(truth))), 0
	}
	var x, y []float64
	for i := range truth {
		if finite(truth[i]) && finite(p.Scores[i]) {
			x, y = append(x, truth[i]), append(y, p.Scores[i])
		}
	}
	tau, err := predict.Kendall(x, y)
	if err != nil {
		tau = 0
	}
	n := float64(len(x))
	return display.Scatter(p.Name+": "+correlations(x, y),
		display.XY("", []float64{1, n}, []float64{1, n}).Line().Dash().Tint(8),
		display.XY("", places(x), places(y)).Tint(1).Pale(),
	).XLabel("rank by truth").YLabel("rank by proxy"), tau
}

// correlations are τ and ρ in words.
func correlations(x, y []float64) string {
	tau, err := predict.Kendall(x, y)
	if err != nil {
		return "no order"
	}
	rho, err := predict.Spearman(x, y)
	if err != nil {
		return "no order"
	}
	return fmt.Sprintf("τ %s, ρ %s", correlation(tau), correlation(rho))
}

// correlation is one with two decimals and the sign of digits.
func correlation(r float64) string {
	s := fmt.Sprintf("%.2f", math.Abs(r))
	if r < 0 && s != "0.00" {
		s = "−" + s
	}
	return s
}

// places are the ranks from 1 for the largest.
func places(values []float64) []float64 {
	out := predict.Ranks(values)
	for i, r := range out {
		out[i] = float64(len(values)+1) - r
	}
	return out
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

package viz

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/study"
)

// Runs are searches that differ in their seeds only, with a name for the legend.
type Runs struct {
	Name  string
	Seeds [][]study.Trial // the trials of each
}

// BestOverSeeds plots the best score after each trial: for every kind of search the
// median over its seeds, and behind it from which quartile to which the middle half of
// them lies. It begins where every seed has a score, and ends with the shortest search.
func BestOverSeeds(runs ...Runs) *display.Plot {
	var all []display.Series
	var ends []string
	for i, r := range runs {
		if s := r.best(); len(s.Y) > 0 {
			all = append(all, s.Step().Tint(i+1))
			ends = append(ends, strings.TrimSpace(r.Name+" "+short(s.Y[len(s.Y)-1])))
		}
	}
	title := "best so far over seeds: no trials yet"
	if len(all) > 0 {
		title = "best so far, median and middle half: " + strings.Join(ends, ", ")
	}
	return display.Line(title, all...).XLabel("trial").YLabel("best score")
}

// Regret plots on a logarithmic axis how much the best score after each trial falls
// short of the optimum of a space in which it is known: the median and the middle half
// over seeds, as BestOverSeeds does. Where nothing is missing any more, the line runs on
// at the bottom.
func Regret(optimum float64, runs ...Runs) *display.Plot {
	var all []display.Series
	least := math.Inf(1)
	for i, r := range runs {
		s := r.best()
		if len(s.Y) == 0 {
			continue
		}
		s.Name += fmt.Sprintf(", %d found it", r.found(optimum))
		s.Low, s.High = s.High, s.Low // the best score falls short of least
		for _, list := range [][]float64{s.Low, s.Y, s.High} {
			for k := range list {
				if list[k] = optimum - list[k]; list[k] > 0 {
					least = min(least, list[k])
				}
			}
		}
		if slices.Min(slices.Concat(s.Low, s.Y)) < 0 {
			return display.Line(fmt.Sprintf("no regret: scores of %q are above %s, which cannot be the optimum", r.Name, short(optimum)))
		}
		all = append(all, s.Step().Tint(i+1))
	}
	if len(all) == 0 {
		return display.Line("regret: no trials yet").XLabel("trial").YLabel("regret")
	}
	p := display.Line("regret against " + short(optimum) + ", median and middle half").XLabel("trial").YLabel("regret").LogY()
	if math.IsInf(least, 1) {
		least = 1 // nobody ever missed anything
	}
	reached := false
	for _, s := range all {
		for _, list := range [][]float64{s.Low, s.Y, s.High} {
			for k, v := range list {
				reached = reached || v == 0
				list[k] = max(v, least/2)
			}
		}
	}
	if reached {
		p.HLine(least/2, "nothing missing")
	}
	return p.Add(all...)
}

// best is the course of the best score, by its quartiles over the seeds.
func (r Runs) best() display.Series {
	var all [][]float64
	n := math.MaxInt
	for _, trials := range r.Seeds {
		all = append(all, bests(trials))
		n = min(n, len(all[len(all)-1]))
	}
	var x []float64
	var groups [][]float64
	for i := range n {
		var now []float64
		for _, best := range all {
			now = append(now, best[i])
		}
		if len(now) == 0 {
			break
		}
		if !slices.ContainsFunc(now, math.IsNaN) {
			x, groups = append(x, float64(i+1)), append(groups, now)
		}
	}
	return display.Quartiles(strings.TrimSpace(fmt.Sprintf("%s (%s)", r.Name, count(len(r.Seeds), "seed"))), x, groups)
}

// found counts the searches that have the optimum.
func (r Runs) found(optimum float64) int {
	n := 0
	for _, trials := range r.Seeds {
		if slices.ContainsFunc(trials, func(t study.Trial) bool { return !t.Failed && t.Score >= optimum }) {
			n++
		}
	}
	return n
}

// bests are the best scores after each trial, NaN before the first one.
func bests(trials []study.Trial) []float64 {
	var all []float64
	best := math.NaN()
	for _, t := range byNumber(trials) {
		if !t.Failed && !(t.Score <= best) {
			best = t.Score
		}
		all = append(all, best)
	}
	return all
}

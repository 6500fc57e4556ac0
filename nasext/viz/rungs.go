package viz

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/study"
)

// Rungs draws a search that compares architectures at several budgets, such as
// Hyperband. On the left each architecture climbs from the budget at which it began to
// those that it was promoted to, by its scores; those that began at the same budget, a
// bracket, have one colour. On the right stands how many of each bracket came to each
// budget. An architecture that begins anew at a budget no higher than its last one
// counts as another one. Trials without a budget are left out, and those that failed
// count on the right only.
func Rungs(trials []study.Trial) *display.Panels {
	climbs := climbsOf(trials)
	if len(climbs) == 0 {
		return display.Grid(display.Line("rungs: no trials with budgets yet")).Columns(1)
	}
	byStart := map[int][]climb{}
	seen := map[int]bool{}
	for _, c := range climbs {
		byStart[c[0].Budget] = append(byStart[c[0].Budget], c)
		for _, t := range c {
			seen[t.Budget] = true
		}
	}
	starts, budgets := slices.Sorted(maps.Keys(byStart)), slices.Sorted(maps.Keys(seen))
	var rows, columns []string
	for _, b := range budgets {
		columns = append(columns, fmt.Sprint(b))
	}
	scores := display.Line("score over budget").XTicks(columns...).XLabel("budget").YLabel("score")
	counts := make([][]float64, len(starts))
	for i, start := range starts {
		lines, points, reached := drawClimbs(byStart[start], budgets)
		scores.Add(lines.Tint(i+1).Pale(), points.Tint(i+1))
		counts[i] = reached
		rows = append(rows, fmt.Sprintf("from %d", start))
	}
	return display.Grid(scores, display.Heatmap("architectures", counts).YTicks(rows...).XTicks(columns...).XLabel("budget")).
		Title(fmt.Sprintf("%s of %s, %s", count(len(starts), "bracket"), count(len(climbs), "architecture"), count(len(budgets), "budget")))
}

// climb are the trials of one architecture, with growing budgets.
type climb []study.Trial

// climbsOf are the climbs of all architectures, in the order of their first trials.
func climbsOf(trials []study.Trial) []climb {
	var all []climb
	at := map[string]int{} // of a genotype its last climb
	for _, t := range byNumber(trials) {
		if t.Budget < 1 {
			continue
		}
		key := fmt.Sprint([]int(t.Genotype))
		if i, ok := at[key]; ok && t.Budget > all[i][len(all[i])-1].Budget {
			all[i] = append(all[i], t)
			continue
		}
		at[key] = len(all)
		all = append(all, climb{t})
	}
	return all
}

// drawClimbs are the lines and points of the climbs of a bracket, and how many of them
// came to each budget.
func drawClimbs(climbs []climb, budgets []int) (lines, points display.Series, reached []float64) {
	reached = make([]float64, len(budgets))
	for i := range reached {
		reached[i] = math.NaN()
	}
	for _, c := range climbs {
		for _, t := range c {
			i := slices.Index(budgets, t.Budget)
			if !(reached[i] > 0) {
				reached[i] = 0
			}
			reached[i]++
			if t.Failed {
				continue
			}
			lines.X, lines.Y = append(lines.X, float64(i+1)), append(lines.Y, t.Score)
			points.X, points.Y = append(points.X, float64(i+1)), append(points.Y, t.Score)
			points.Tips = append(points.Tips, fmt.Sprintf("trial %d: %s with %d", t.Number, short(t.Score), t.Budget))
		}
		lines.X, lines.Y = append(lines.X, math.NaN()), append(lines.Y, math.NaN())
	}
	lines.Mark, points.Mark = display.MarkLine, display.MarkPoints
	points.Name = fmt.Sprintf("from %d", climbs[0][0].Budget)
	return lines, points, reached
}

// bestCurves is how many learning curves are told apart.
const bestCurves = 3

// TrialCurves plots the learning curves of all trials, by the validation accuracy if
// there is one, else the training accuracy: those of the best three by name, the others
// pale. Trials without a curve are left out.
func TrialCurves(trials []study.Trial) *display.Plot {
	var of []study.Trial
	for _, t := range byNumber(trials) {
		if !t.Failed && len(t.Estimate.Curve) > 0 {
			of = append(of, t)
		}
	}
	slices.SortStableFunc(of, func(a, b study.Trial) int { return cmp.Compare(b.Score, a.Score) })
	data := "validation"
	var best []display.Series
	var others display.Series
	for i, t := range of {
		x, c := columns(t.Estimate.Curve)
		y := c.validAcc
		if !c.validated {
			y, data = c.trainAcc, "training"
		}
		if i < bestCurves {
			best = append(best, series(fmt.Sprintf("trial %d", t.Number), x, y).Tint(i+1))
			continue
		}
		others.X, others.Y = append(append(others.X, x...), math.NaN()), append(append(others.Y, y...), math.NaN())
	}
	if len(of) == 0 {
		return display.Line("learning curves: nothing was trained yet").XLabel("epoch").YLabel("accuracy")
	}
	p := display.Line("learning curves of " + count(len(of), "trial")).XLabel("epoch").YLabel("accuracy on " + data)
	if len(of) > bestCurves {
		others.Name = "others"
		p.Add(others.Tint(8).Pale())
	}
	return p.Add(best...)
}

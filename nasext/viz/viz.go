// Package viz draws what a search knows: studies, architectures, training,
// controllers. Every function is pure, from plain data to a value of package
// display, which a notebook shows as a picture and a program can save:
//
//	viz.BestSoFar(result.Trials)
//	viz.Architecture(result.Arch)             // folded so that it can be read at a glance
//	viz.Block(result.Arch, "cell 1")          // one block of it, operation by operation
//	viz.Compare(result.Arch, other)           // two of them, the difference marked
//	viz.Genotype(cell.NASNetA())              // cells as in the papers
//	viz.Controller(rl.History())
//	viz.Regret(94.37, random.Runs(), evolution.Runs()) // two experiments, each of several seeds
//	viz.FamilyTree(evolution.History())       // who descends from whom
//	viz.Importance(result.Trials, space)      // which decisions matter
//
// Empty data are no mistake: the picture says that there is nothing yet.
package viz

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/nascent-go/nascent/display"
)

// series is a line, or a point where a line would not be seen.
func series(name string, x, y []float64) display.Series {
	s := display.XY(name, x, y)
	if len(x) == 1 {
		return s.Points()
	}
	return s
}

// scoreAxis labels the axis of the scores. A few that are far worse than the others would
// press these together: those that lie more than three lengths of the middle half below
// it (far out, in Tukey's words) are cut off, which the label says;
// those from kept on are not.
func scoreAxis(p *display.Plot, scores []float64, kept float64) *display.Plot {
	low, below := fence(scores, kept)
	_, high := span(scores)
	top := high + (high-low)/8
	if below == 0 || !(low < high) || !finite(top) {
		return p.YLabel("score")
	}
	return p.YLabel(fmt.Sprintf("score (%d below %s not shown)", below, short(low))).YRange(low, top)
}

// fence is the score below which scores are far out, at most kept, and how many are.
func fence(scores []float64, kept float64) (low float64, below int) {
	q := display.Quartiles("", nil, [][]float64{scores})
	low = min(q.Low[0]-3*(q.High[0]-q.Low[0]), kept)
	for _, v := range scores {
		if v < low {
			below++
		}
	}
	return low, below
}

// count writes a number of things with its noun: "1 trial", "3 trials".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// short writes a number with four digits that count.
func short(x float64) string {
	return strings.Replace(strconv.FormatFloat(x, 'g', 4, 64), "-", "−", 1)
}

// magnitude writes a count with a prefix: 950, 12.3k, 4.5M, 1.2G.
func magnitude(n int64) string {
	x := float64(n)
	for _, unit := range []string{"", "k", "M", "G", "T"} {
		if math.Abs(x) < 999.5 {
			if unit == "" {
				return strconv.FormatInt(n, 10)
			}
			return strconv.FormatFloat(x, 'g', 3, 64) + unit
		}
		x /= 1000
	}
	return strconv.FormatFloat(float64(n), 'g', 3, 64)
}

// clip shortens a text to n characters.
func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

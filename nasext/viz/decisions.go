package viz

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/predict"
	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/study"
)

// How many decisions a picture has at most, the most important ones.
const (
	mostBars = 30
	mostAxes = 11
)

// Importance draws which decisions of a space matter, judged by the trials: on the left
// the share of the scores' variance that each decision explains alone, on the right the
// mean score of each option.
//
// The share is ε² (Kelley 1935): (B − (k−1)·W/(n−k)) / T for n scores in k groups, one for
// each option that was taken and one for not having come to the decision. T is the sum
// of the squared distances of the scores from their mean, W of those from the means of
// their groups, and B = T − W. The second term takes away what chance would explain; a
// share below 0 counts as 0. Over all architectures of a space whose decisions do not
// depend on each other, B/T is the main effect of functional ANOVA (Hutter, Hoos and
// Leyton-Brown 2014). What the shares lack of 1 comes from decisions together and from
// noise; shares of decisions that a strategy chose together overlap.
func Importance(trials []study.Trial, s space.Space) *display.Panels {
	d, err := decide(trials, s)
	if err != nil {
		return display.Grid(display.Line("importance: " + err.Error()))
	}
	if len(d.scores) == 0 {
		return display.Grid(display.Line("importance of decisions: no trials yet"))
	}
	all := d.columns
	sum := 0.0
	for _, c := range all {
		sum += c.share
	}
	title := fmt.Sprintf("importance of %s in %s: alone they explain %.0f %%", count(len(all), "decision"), count(len(d.scores), "trial"), 100*sum)
	shown := d.most(mostBars)
	if len(shown) < len(all) {
		title += fmt.Sprintf(" (the first %d)", len(shown))
	}
	var names []string
	var shares []float64
	var options [][]string
	for _, c := range shown {
		names, shares, options = append(names, c.name), append(shares, math.Round(1000*c.share)/10), append(options, c.options)
	}
	header, named := optionColumns(options)
	ticks := make([]string, len(header))
	for i, h := range header {
		ticks[i] = optionLabel(h)
	}
	means := make([][]float64, len(shown))
	for i, c := range shown {
		for j, h := range header {
			k := j
			if named {
				k = slices.Index(c.options, h)
			}
			mean := math.NaN()
			if k >= 0 && k < len(c.options) {
				mean = c.mean(k, d.scores)
			}
			means[i] = append(means[i], mean)
		}
	}
	return display.Grid(
		display.Bars("share of the variance, %", names, display.Values("", shares)),
		display.Heatmap("mean score of each option", means).XTicks(ticks...).YTicks(names...),
	).Title(title)
}

// ParallelChoices draws each trial as a line through its decisions and its score. Its
// colour is the share of the others that it beats, 0 to 1, so that a few bad ones do not
// take all colours; those far out stand at the foot of the score's axis. Of more than eleven decisions it takes those that Importance finds the
// most important, in the order in which the space asks. Trials that failed are left out;
// a line has a gap where its trial did not come to a decision.
func ParallelChoices(trials []study.Trial, s space.Space) *display.Plot {
	d, err := decide(trials, s)
	if err != nil {
		return display.Parallel("choices and scores: "+err.Error(), nil, nil, nil)
	}
	if len(d.scores) == 0 {
		return display.Parallel("choices and scores: no trials yet", nil, nil, nil)
	}
	title := "choices and scores of " + count(len(d.scores), "trial") + ", by rank"
	if n := len(d.columns); n > mostAxes {
		title += fmt.Sprintf(", the %d most important of %d decisions", mostAxes, n)
	}
	shown := d.most(mostAxes)
	slices.SortFunc(shown, func(a, b *column) int { return cmp.Compare(a.place, b.place) })
	var axes []display.Axis
	rows := make([][]float64, len(d.scores))
	for _, c := range shown {
		labels := make([]string, len(c.options))
		for i, o := range c.options {
			labels[i] = optionLabel(o)
		}
		axes = append(axes, display.Axis{Name: c.name, Ticks: labels})
		for i, option := range c.taken {
			v := float64(option)
			if option < 0 {
				v = math.NaN()
			}
			rows[i] = append(rows[i], v)
		}
	}
	low, below := fence(d.scores, math.Inf(1))
	for i, score := range d.scores {
		rows[i] = append(rows[i], max(score, low))
	}
	if below > 0 {
		title += fmt.Sprintf("; %d below %s at the foot", below, short(low))
	}
	return display.Parallel(title, append(axes, display.Axis{Name: "score"}), rows, beaten(d.scores))
}

// beaten is for each score the share of the others that are worse.
func beaten(scores []float64) []float64 {
	shares := predict.Ranks(scores)
	for i, r := range shares {
		shares[i] = (r - 1) / float64(max(len(scores)-1, 1))
	}
	return shares
}

// decisions are the trials that did not fail, decision by decision.
type decisions struct {
	scores  []float64
	columns []*column
}

// column is one decision in all trials. What was never in question, because there was
// one option only, is none.
type column struct {
	name    string
	place   int      // in the order in which spaces ask
	options []string // in the order in which they are offered
	taken   []int    // by trial; −1 where it was not asked
	share   float64  // of the variance
}

// decide reads the choices of the trials.
func decide(trials []study.Trial, s space.Space) (*decisions, error) {
	if s == nil || missing(s) {
		return nil, errors.New("there is no space that knows the decisions")
	}
	d := &decisions{}
	byName := map[string]*column{}
	for _, t := range byNumber(trials) {
		if t.Failed || !finite(t.Score) {
			continue
		}
		n := len(d.scores)
		d.scores = append(d.scores, t.Score)
		for i := range t.Genotype {
			asked, more, err := s.Next(t.Genotype[:i])
			if err != nil || !more || t.Genotype[i] < 0 || t.Genotype[i] >= len(asked.Options) {
				return nil, fmt.Errorf("trial %d, %v, is no architecture of the space %s", t.Number, []int(t.Genotype), s.Name())
			}
			if len(asked.Options) < 2 {
				continue
			}
			c := byName[asked.Name]
			if c == nil {
				c = &column{name: asked.Name, place: i}
				byName[asked.Name] = c
				d.columns = append(d.columns, c)
			}
			c.take(n, asked.Options, t.Genotype[i])
		}
	}
	for _, c := range d.columns {
		c.pad(len(d.scores))
		c.share = c.explained(d.scores)
	}
	return d, nil
}

// take notes that the n-th trial took an option.
func (c *column) take(n int, options []string, choice int) {
	for _, o := range options {
		if !slices.Contains(c.options, o) {
			c.options = append(c.options, o)
		}
	}
	c.pad(n)
	c.taken = append(c.taken, slices.Index(c.options, options[choice]))
}

// pad notes for the trials up to the n-th that they did not come to the decision.
func (c *column) pad(n int) {
	for len(c.taken) < n {
		c.taken = append(c.taken, -1)
	}
}

// mean is the mean score of an option, NaN if it was never taken.
func (c *column) mean(option int, scores []float64) float64 {
	sum, n := 0.0, 0.0
	for i, o := range c.taken {
		if o == option {
			sum, n = sum+scores[i], n+1
		}
	}
	return sum / n
}

// explained is the share of the variance of the scores that the decision explains
// alone, as Importance says.
func (c *column) explained(scores []float64) float64 {
	mean := 0.0
	for _, v := range scores {
		mean += v / float64(len(scores))
	}
	total, within, groups := 0.0, 0.0, 0.0
	means := map[int]float64{}
	for i, v := range scores {
		o := c.taken[i]
		if _, known := means[o]; !known {
			means[o] = c.mean(o, scores)
			groups++
		}
		total += (v - mean) * (v - mean)
		within += (v - means[o]) * (v - means[o])
	}
	n := float64(len(scores))
	if total == 0 || !finite(total) || n <= groups {
		return 0 // nothing to be explained, or nothing to judge it by
	}
	return max(0, (total-within-(groups-1)*within/(n-groups))/total)
}

// most are the n most important decisions, the most important first.
func (d *decisions) most(n int) []*column {
	sorted := slices.Clone(d.columns)
	slices.SortStableFunc(sorted, func(a, b *column) int { return cmp.Compare(b.share, a.share) })
	return sorted[:min(n, len(sorted))]
}

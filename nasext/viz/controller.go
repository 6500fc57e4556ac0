package viz

import (
	"fmt"
	"math"
	"slices"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/controller"
)

// Controller draws how a controller learned: the rewards with the baseline, the
// advantages (rewards less the baseline) that weigh what it did, with their root mean
// square, the entropy of its decisions, and the length of the gradient.
func Controller(history []controller.Record) *display.Panels {
	reward := display.Line("reward").XLabel("update")
	entropy := display.Line("entropy of a decision").XLabel("update").YLabel("nats")
	advantage, gradient := display.Line("advantage").XLabel("update"), display.Line("length of the gradient").XLabel("update").LogY()
	panels := display.Grid(reward, advantage, entropy, gradient)
	if len(history) == 0 {
		return panels.Title("controller: no updates yet")
	}
	var x, mean, baseline, nats, eachX, each, weights, spread, norm []float64
	for _, r := range history {
		u := float64(r.Update)
		x, mean = append(x, u), append(mean, r.Stats.Reward)
		baseline, nats = append(baseline, r.Stats.Baseline), append(nats, r.Stats.Entropy)
		square := 0.0
		for i, v := range r.Rewards {
			eachX, each = append(eachX, u), append(each, v)
			weights = append(weights, v-r.Stats.Baseline)
			if i < len(r.Advantages) {
				weights[len(weights)-1] = r.Advantages[i]
			}
			square += weights[len(weights)-1] * weights[len(weights)-1]
		}
		spread = append(spread, math.Sqrt(square/float64(max(len(r.Rewards), 1))))
		norm = append(norm, r.Stats.GradNorm)
	}
	advantage.Add(display.XY("each", eachX, weights).Points().Tint(5).Pale(), series("root mean square", x, spread).Tint(1)).HLine(0, "")
	gradient.Add(series("", x, norm).Tint(4))
	if len(each) > len(history) { // with batches of one they are the means
		reward.Add(display.XY("each", eachX, each).Points().Tint(5).Pale())
	}
	reward.Add(series("mean", x, mean).Tint(1), series("baseline", x, baseline).Tint(2).Dash())
	entropy.Add(series("", x, nats).Tint(3))
	low, high := span(nats)
	if most := uniform(history[len(history)-1].Policy); most > 0 {
		entropy.HLine(most, "all options equally likely")
		high = max(high, most)
	}
	entropy.YRange(min(0, low), min(max(high, 0)*1.08+1e-9, math.MaxFloat64))
	return panels
}

// uniform is the mean entropy of decisions whose options are all equally likely;
// 0 if it is not one number, because not every architecture comes to all decisions.
func uniform(policy []controller.Odds) float64 {
	sum := 0.0
	for _, o := range policy {
		if o.Reached < 1-1e-9 {
			return 0
		}
		sum += math.Log(float64(len(o.Options)))
	}
	return sum / float64(max(len(policy), 1))
}

func span(values []float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			low, high = min(low, v), max(high, v)
		}
	}
	if low > high {
		return 0, 1
	}
	return low, high
}

// How much a picture of probabilities holds.
const (
	maxRows    = 40 // decisions, those that are reached most
	maxColumns = 16 // different options; with more, columns are numbers of options
	smallMap   = 8  // options up to which several maps fit side by side
)

// Probabilities draws how likely the controller takes each option of each
// decision: at the start, at two times between and at the last update; of a space
// with many different options at the last one only. Probabilities are means over
// the paths that were sampled, and over neighbouring updates where there are many.
// A cell is blank where a decision does not offer the option.
func Probabilities(history []controller.Record) *display.Panels {
	if len(history) == 0 {
		return display.Grid(display.Heatmap("", nil)).Title("probabilities: no updates yet")
	}
	around := max(1, len(history)/20)
	rows := mostReached(window(history, len(history)-around, len(history)))
	var options [][]string
	for _, o := range rows {
		options = append(options, o.Options)
	}
	header, names := optionColumns(options)
	var maps []*display.Plot
	ticks := make([]string, len(header))
	for i, h := range header {
		ticks[i] = optionLabel(h)
	}
	for _, at := range moments(len(history), len(header) <= smallMap) {
		policy := window(history, 0, 1)
		if at > 0 {
			from := min(max(0, at-around/2), len(history)-around)
			policy = window(history, from, from+around)
		}
		values, texts := make([][]float64, len(rows)), make([][]string, len(rows))
		labels := make([]string, len(rows))
		for r, row := range rows {
			labels[r] = row.Decision
			values[r], texts[r] = line(row, policy, header, names)
		}
		title := "at the start"
		if done := history[at].Update - 1; done > 0 {
			title = "after " + count(done, "update")
		}
		p := display.Heatmap(title, values).ColorRange(0, 1).YTicks(labels...).XTicks(ticks...)
		if !names {
			p.CellTexts(texts).XLabel("option")
		}
		maps = append(maps, p)
	}
	return display.Grid(maps...).Title("probability of each option")
}

// moments are the updates that are drawn, of n: up to four if there is room.
func moments(n int, several bool) []int {
	switch {
	case !several || n == 1:
		return []int{n - 1}
	case n < 4:
		return []int{0, n - 1}
	}
	return []int{0, (n - 1) / 3, 2 * (n - 1) / 3, n - 1}
}

// window averages the policies of the updates from to (exclusive), by how many
// episodes came to each decision.
func window(history []controller.Record, from, to int) []controller.Odds {
	var all []controller.Odds
	for _, r := range history[from:to] {
		at := -1 // where the decision before stands
		for _, o := range r.Policy {
			i := find(all, o)
			if i < 0 {
				i = at + 1
				all = slices.Insert(all, i, controller.Odds{Decision: o.Decision, Options: o.Options, Probs: make([]float64, len(o.Probs))})
			}
			at = i
			all[i].Reached += o.Reached
			for j, p := range o.Probs {
				all[i].Probs[j] += p * o.Reached
			}
		}
	}
	for i := range all {
		for j := range all[i].Probs {
			all[i].Probs[j] /= all[i].Reached
		}
	}
	return all
}

func find(policy []controller.Odds, o controller.Odds) int {
	return slices.IndexFunc(policy, func(p controller.Odds) bool {
		return p.Decision == o.Decision && slices.Equal(p.Options, o.Options)
	})
}

// mostReached keeps the decisions that are reached most, in their order.
func mostReached(policy []controller.Odds) []controller.Odds {
	if len(policy) <= maxRows {
		return policy
	}
	reached := make([]float64, len(policy))
	for i, o := range policy {
		reached[i] = o.Reached
	}
	slices.Sort(reached)
	least := reached[len(reached)-maxRows]
	var kept []controller.Odds
	for _, o := range policy {
		if o.Reached >= least && len(kept) < maxRows {
			kept = append(kept, o)
		}
	}
	return kept
}

// optionColumns are the columns of the map: the options by name, or, if there
// are too many, by number.
func optionColumns(rows [][]string) (header []string, names bool) {
	most := 0
	for _, options := range rows {
		most = max(most, len(options))
		for _, option := range options {
			if !slices.Contains(header, option) {
				header = append(header, option)
			}
		}
	}
	if len(header) <= maxColumns {
		return header, true
	}
	header = nil
	for i := range most {
		header = append(header, fmt.Sprint(i+1))
	}
	return header, false
}

// line is one row of the map; NaN where the decision has no such option or was
// not reached.
func line(row controller.Odds, policy []controller.Odds, header []string, names bool) (values []float64, texts []string) {
	values, texts = make([]float64, len(header)), make([]string, len(header))
	at := find(policy, row)
	for i, h := range header {
		values[i] = math.NaN()
		k := i
		if names {
			k = slices.Index(row.Options, h)
		}
		if k < 0 || k >= len(row.Options) {
			continue
		}
		texts[i] = row.Options[k]
		if at >= 0 {
			values[i] = policy[at].Probs[k]
		}
	}
	return values, texts
}

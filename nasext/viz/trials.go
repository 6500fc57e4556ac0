package viz

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/study"
)

// BestSoFar plots the score of every trial and the best one until then.
func BestSoFar(trials []study.Trial) *display.Plot {
	var x, score, best []float64
	failed := 0
	top := math.Inf(-1)
	var winner study.Trial
	for _, t := range byNumber(trials) {
		if t.Failed {
			failed++
			continue
		}
		if len(x) == 0 || t.Score > top {
			top, winner = t.Score, t
		}
		x, score, best = append(x, float64(t.Number)), append(score, t.Score), append(best, top)
	}
	if len(x) == 0 {
		title := "best so far: no trials yet"
		if failed > 0 {
			title = fmt.Sprintf("best so far: none, %s failed", count(failed, "trial"))
		}
		return display.Line(title).XLabel("trial").YLabel("score")
	}
	// The best holds until the last trial, also if the last ones failed.
	if end := float64(byNumber(trials)[len(trials)-1].Number); end > x[len(x)-1] {
		x, score, best = append(x, end), append(score, math.NaN()), append(best, top)
	}
	title := fmt.Sprintf("best so far: %s after %s", short(top), count(len(trials), "trial"))
	if failed > 0 {
		title += fmt.Sprintf(", %d failed", failed)
	}
	return display.Line(title,
		display.XY("each trial", x, score).Points().Tint(5),
		display.XY("best so far", x, best).Step().Tint(1),
	).XLabel("trial").YLabel("score").Note(float64(winner.Number), top, fmt.Sprintf("trial %d", winner.Number))
}

// Trials lists trials by number. The space puts their choices in words; nil
// leaves them as numbers.
func Trials(trials []study.Trial, s space.Space) *display.Table {
	return table(byNumber(trials), s).Captioned(count(len(trials), "trial"))
}

// Top lists the n best trials, the best first and each architecture once. The
// space puts their choices in words; nil leaves them as numbers.
func Top(trials []study.Trial, n int, s space.Space) *display.Table {
	sorted := byNumber(trials)
	slices.SortStableFunc(sorted, func(a, b study.Trial) int { return cmp.Compare(b.Score, a.Score) })
	var all []study.Trial
	seen := map[string]bool{}
	for _, t := range sorted {
		if !t.Failed && !seen[t.Hash] {
			all = append(all, t)
			seen[t.Hash] = t.Hash != ""
		}
	}
	n = min(max(n, 0), len(all))
	return table(all[:n], s).Captioned(fmt.Sprintf("the best %d of %s", n, count(len(trials), "trial")))
}

// table has a row for each trial. Times are left out, so that equal searches give
// equal tables, and so is the column of remarks if there are none.
func table(trials []study.Trial, s space.Space) *display.Table {
	t := display.NewTable("trial", "score", "parameters", "MACs", "architecture", "remark")
	remarks := false
	for _, trial := range trials {
		row := []any{trial.Number, trial.Score, trial.Estimate.Params, trial.Estimate.MACs, choices(trial, s), ""}
		switch {
		case trial.Failed:
			row[1], row[2], row[3], row[5] = nil, nil, nil, "failed: "+trial.Error
		case trial.CopyOf != 0:
			row[5] = fmt.Sprintf("same as trial %d", trial.CopyOf)
		case trial.Estimate.Note != "":
			row[5] = trial.Estimate.Note
		}
		remarks = remarks || row[5] != ""
		t.Add(row...)
	}
	if !remarks {
		t.Columns = t.Columns[:5]
		for i := range t.Rows {
			t.Rows[i] = t.Rows[i][:5]
		}
	}
	return t
}

// choices puts a genotype in words, if the space knows it.
func choices(t study.Trial, s space.Space) string {
	if s != nil {
		if text, err := space.Format(s, t.Genotype); err == nil {
			return text
		}
	}
	return fmt.Sprint([]int(t.Genotype))
}

func byNumber(trials []study.Trial) []study.Trial {
	return slices.SortedStableFunc(slices.Values(trials), func(a, b study.Trial) int { return cmp.Compare(a.Number, b.Number) })
}

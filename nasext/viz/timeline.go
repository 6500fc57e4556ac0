package viz

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/study"
)

// Timeline draws when each trial was estimated: one lane for each worker that was busy
// at a time, from the first trial's start on. A trial does not say who worked on it, so
// it stands in the first lane that is free. Trials that failed have a colour of their
// own; copies of others took no time and are counted.
func Timeline(trials []study.Trial) *display.Plot {
	timed := slices.DeleteFunc(slices.Clone(trials), func(t study.Trial) bool { return t.Started.IsZero() || !(t.Seconds >= 0) })
	slices.SortStableFunc(timed, func(a, b study.Trial) int { return a.Started.Compare(b.Started) })
	copies := 0
	for _, t := range trials {
		if t.CopyOf != 0 {
			copies++
		}
	}
	if len(timed) == 0 {
		return display.Spans("timeline: no trials yet", nil).XLabel("seconds")
	}
	lane, workers := lanes(timed)
	first := timed[0].Started
	end, busy := 0.0, 0.0
	for _, t := range timed {
		end, busy = max(end, t.Started.Sub(first).Seconds()+t.Seconds), busy+t.Seconds
	}
	unit, name := timeUnit(end)
	var kinds [2]struct {
		lane, from, to []float64
		tips           []string
	}
	for i, t := range timed {
		k := &kinds[0]
		tip := fmt.Sprintf("trial %d: %s in %s s", t.Number, short(t.Score), short(t.Seconds))
		if t.Failed {
			k, tip = &kinds[1], fmt.Sprintf("trial %d failed after %s s: %s", t.Number, short(t.Seconds), t.Error)
		}
		from := t.Started.Sub(first).Seconds()
		k.lane, k.from, k.to = append(k.lane, float64(lane[i])), append(k.from, from/unit), append(k.to, (from+t.Seconds)/unit)
		k.tips = append(k.tips, tip)
	}
	title := fmt.Sprintf("%s by %s in %s %s", count(len(timed), "trial"), count(workers, "worker"), short(end/unit), name)
	if end > 0 {
		title += fmt.Sprintf(", busy for %.0f %%", 100*busy/end/float64(workers))
	}
	if copies > 0 {
		title += fmt.Sprintf(", %d copied", copies)
	}
	var names []string
	for i := range workers {
		names = append(names, fmt.Sprintf("worker %d", i+1))
	}
	p := display.Spans(title, names).XLabel(name)
	for i, k := range kinds {
		if len(k.lane) > 0 {
			p.Add(display.FromTo([]string{"estimated", "failed"}[i], k.lane, k.from, k.to).Tip(k.tips).Tint([]int{1, 7}[i]))
		}
	}
	return p
}

// lanes puts trials, by their start, into lanes from 1 in which they do not overlap.
func lanes(sorted []study.Trial) (lane []int, n int) {
	const slack = time.Microsecond // of a start and a duration that were rounded
	var free []time.Time           // when each lane is
	for _, t := range sorted {
		i := slices.IndexFunc(free, func(at time.Time) bool { return !at.After(t.Started.Add(slack)) })
		if i < 0 {
			i = len(free)
			free = append(free, time.Time{})
		}
		free[i] = t.Started.Add(time.Duration(min(t.Seconds, math.MaxInt64/1e10) * 1e9))
		lane = append(lane, i+1)
	}
	return lane, len(free)
}

// timeUnit is the unit, in seconds, in which a duration has a readable axis.
func timeUnit(seconds float64) (unit float64, name string) {
	switch {
	case seconds >= 3*3600:
		return 3600, "hours"
	case seconds >= 180:
		return 60, "minutes"
	case seconds < 0.1 && seconds > 0:
		return 1e-3, "milliseconds"
	}
	return 1, "seconds"
}

package nasext

import (
	"fmt"
	"strings"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/study"
	"github.com/nascent-go/nascent/nasext/viz"
)

// live shows a search while it runs: a bar that counts trials, and the plot of
// the best score so far. A nil live shows nothing.
type live struct {
	record *study.Study
	bar    *display.Progress
	plot   *display.Live
	done   int     // trials
	best   []Trial // the best of them; none yet if empty
	pause  bool    // the search waits for its Control
}

func newLive(cfg Config, record *study.Study) *live {
	label := cfg.Name
	if label == "" {
		label = "trials"
	}
	total := cfg.Trials
	if total == unlimited {
		total = 0
	}
	trials := record.Trials()
	l := &live{record: record, bar: display.NewProgress(label, total), done: len(trials)}
	l.keep(trials...)
	l.plot = display.NewLive(viz.BestSoFar(trials))
	l.note()
	return l
}

// trial shows that a trial is finished.
func (l *live) trial(t Trial) {
	if l == nil {
		return
	}
	l.done++
	l.keep(append(l.best, t)...)
	l.note()
	l.plot.SetFunc(func() any { return viz.BestSoFar(l.record.Trials()) })
}

// keep keeps the best of some trials, which come by number.
func (l *live) keep(trials ...Trial) {
	if best, ok := study.Best(trials); ok {
		l.best = []Trial{best}
	}
}

// paused shows whether the search waits.
func (l *live) paused(yes bool) {
	if l != nil && l.pause != yes {
		l.pause = yes
		l.note()
	}
}

// end shows the last state. What a front end cannot show any more is no reason
// to fail a search, so errors of showing end here.
func (l *live) end() {
	if l == nil {
		return
	}
	trials := l.record.Trials() // also those that came after one that was still at work
	l.done = len(trials)
	l.keep(trials...)
	l.note()
	l.plot.Set(viz.BestSoFar(trials))
	_ = l.plot.Done()
	_ = l.bar.Done()
}

func (l *live) note() {
	l.bar.Set(l.done)
	note := ""
	if len(l.best) > 0 {
		note = fmt.Sprintf("best %.4g", l.best[0].Score)
	}
	if l.pause {
		note += ", paused"
	}
	l.bar.Note("%s", strings.TrimPrefix(note, ", "))
}

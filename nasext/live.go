package nasext

import (
	"fmt"
	"strings"
	"time"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/study"
	"github.com/nascent-go/nascent/nasext/viz"
)

// livePause is the least time between two drawings of the plot. It decides what
// is seen and never what is found.
const livePause = 500 * time.Millisecond

// live shows a search while it runs: a bar that counts trials, and the plot of
// the best score so far. A nil live shows nothing.
type live struct {
	record *study.Study
	bar    *display.Progress
	plot   *display.Handle
	drawn  time.Time
	pause  bool // the search waits for its Control
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
	l := &live{record: record, bar: display.NewProgress(label, total)}
	l.plot = display.ShowLive(viz.BestSoFar(record.Trials()))
	l.drawn = time.Now()
	l.count()
	return l
}

// trial shows that a trial is finished.
func (l *live) trial() {
	if l == nil {
		return
	}
	l.count()
	if time.Since(l.drawn) >= livePause {
		l.draw()
	}
}

// paused shows whether the search waits.
func (l *live) paused(yes bool) {
	if l != nil && l.pause != yes {
		l.pause = yes
		l.count()
	}
}

// done shows the last state. What a front end cannot show any more is no reason
// to fail a search, so errors of showing end here.
func (l *live) done() {
	if l == nil {
		return
	}
	l.count()
	l.draw()
	_ = l.bar.Done()
}

func (l *live) count() {
	l.bar.Set(len(l.record.Trials()))
	note := ""
	if best, ok := l.record.Best(); ok {
		note = fmt.Sprintf("best %.4g", best.Score)
	}
	if l.pause {
		note += ", paused"
	}
	l.bar.Note("%s", strings.TrimPrefix(note, ", "))
}

func (l *live) draw() {
	_ = l.plot.Update(viz.BestSoFar(l.record.Trials()))
	l.drawn = time.Now()
}

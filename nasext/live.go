package nasext

import (
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
}

func newLive(cfg Config, record *study.Study) *live {
	label := cfg.Name
	if label == "" {
		label = "trials"
	}
	l := &live{record: record, bar: display.NewProgress(label, cfg.Trials)}
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
	if best, ok := l.record.Best(); ok {
		l.bar.Note("best %.4g", best.Score)
	}
}

func (l *live) draw() {
	_ = l.plot.Update(viz.BestSoFar(l.record.Trials()))
	l.drawn = time.Now()
}

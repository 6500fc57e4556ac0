package nasext

import (
	"context"
	"time"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/viz"
)

// Fit is nn.Fit, which it shows while it trains: a bar that counts steps, and the
// learning curve. What is shown changes nothing of what is learned.
func Fit(ctx context.Context, n *nn.Network, c nn.FitConfig) (*nn.History, error) {
	l := &liveFit{}
	onStep, onEpoch := c.OnStep, c.OnEpoch
	c.OnStep = func(p nn.Progress) {
		l.step(p)
		if onStep != nil {
			onStep(p)
		}
	}
	c.OnEpoch = func(p nn.Progress) {
		l.epoch(p)
		if onEpoch != nil {
			onEpoch(p)
		}
	}
	h, err := nn.Fit(ctx, n, c)
	if h != nil {
		l.done(h)
	}
	return h, err
}

// liveFit shows a training. Nothing is shown before its first step, since a wrong
// configuration shows nothing but its error.
type liveFit struct {
	bar   *display.Progress
	plot  *display.Handle
	drawn time.Time
}

func (l *liveFit) step(p nn.Progress) {
	if l.bar == nil {
		l.bar = display.NewProgress("steps", p.Steps)
		l.plot = display.ShowLive(viz.LearningCurve(p.History))
		l.drawn = time.Now()
	}
	l.bar.Set(p.Step)
	l.bar.Note("epoch %d of %d, loss %.4g, %.2f %% right", p.Epoch, p.Epochs, p.Train.Loss, 100*p.Train.Accuracy())
}

func (l *liveFit) epoch(p nn.Progress) {
	if l.plot != nil && time.Since(l.drawn) >= livePause {
		l.draw(p.History)
	}
}

// done shows the last state, as live.done does.
func (l *liveFit) done(h *nn.History) {
	if l.bar == nil {
		if len(h.Epochs) > 0 { // a checkpoint had all of it
			_ = display.Show(viz.LearningCurve(h.Epochs))
		}
		return
	}
	l.draw(h.Epochs)
	_ = l.bar.Done()
}

func (l *liveFit) draw(epochs []nn.Epoch) {
	_ = l.plot.Update(viz.LearningCurve(epochs))
	l.drawn = time.Now()
}

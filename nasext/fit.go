package nasext

import (
	"context"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/viz"
)

// Fit is nn.Fit, which it shows while it trains: a bar that counts steps, and the
// learning curve. What is shown changes nothing of what is learned.
func Fit(ctx context.Context, n *nn.Network, c nn.FitConfig) (*nn.History, error) {
	return fit(ctx, n, c, nn.Fit)
}

// Fit64 is Fit in double precision.
func Fit64(ctx context.Context, n *nn.Network64, c nn.FitConfig64) (*nn.History, error) {
	return fit(ctx, n, c, nn.Fit64)
}

func fit[T engine.Float](ctx context.Context, n *nn.NetworkOf[T], c nn.FitConfigOf[T], train func(context.Context, *nn.NetworkOf[T], nn.FitConfigOf[T]) (*nn.History, error)) (*nn.History, error) {
	l := &liveFit[T]{}
	onBatch, onEpoch := c.OnBatch, c.OnEpoch
	c.OnBatch = func(p nn.ProgressOf[T]) {
		l.step(p)
		if onBatch != nil {
			onBatch(p)
		}
	}
	c.OnEpoch = func(p nn.ProgressOf[T]) {
		l.epoch(p)
		if onEpoch != nil {
			onEpoch(p)
		}
	}
	h, err := train(ctx, n, c)
	if h != nil {
		l.done(h)
	}
	return h, err
}

// liveFit shows a training. Nothing is shown before its first step, since a wrong
// configuration shows nothing but its error.
type liveFit[T engine.Float] struct {
	bar  *display.Progress
	plot *display.Live
}

func (l *liveFit[T]) step(p nn.ProgressOf[T]) {
	if l.bar == nil {
		l.bar = display.NewProgress("steps", p.Steps)
		l.plot = display.NewLive(viz.LearningCurve(p.History))
	}
	l.bar.Set(p.Step)
	l.bar.Note("epoch %d of %d, loss %.4g, %.2f %% right", p.Epoch, p.Epochs, p.Train.Loss, 100*p.Train.Accuracy())
}

func (l *liveFit[T]) epoch(p nn.ProgressOf[T]) {
	if l.plot != nil {
		epochs := p.History
		l.plot.SetFunc(func() any { return viz.LearningCurve(epochs) })
	}
}

// done shows the last state, as live.end does.
func (l *liveFit[T]) done(h *nn.History) {
	if l.bar == nil {
		if len(h.Epochs) > 0 { // a checkpoint had all of it
			_ = display.Show(viz.LearningCurve(h.Epochs))
		}
		return
	}
	l.plot.Set(viz.LearningCurve(h.Epochs))
	_ = l.plot.Done()
	_ = l.bar.Done()
}

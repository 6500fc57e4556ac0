package widget

// Runner is something that runs for a while, such as a search, and can be held up.
type Runner interface {
	Pause()
	Resume()
	Stop()
}

// NewTransport makes the buttons of a player for something that runs: one that pauses
// it and lets it go on, and one that stops it.
//
//	control := &nasext.Control{}
//	display.Show(widget.NewTransport(control))
//	nasext.Search(ctx, nasext.Config{Control: control, …})
func NewTransport(r Runner) *Box {
	const pause, resume = "⏸ pause", "⏵ resume"
	paused := false // only clicks touch it, and they come one at a time
	hold, stop := NewButton(pause, nil), NewButton("⏹ stop", nil)
	hold.OnClick(func() {
		if paused = !paused; paused {
			hold.SetLabel(resume)
			r.Pause()
		} else {
			hold.SetLabel(pause)
			r.Resume()
		}
	})
	stop.OnClick(func() {
		hold.Enable(false)
		stop.Enable(false)
		r.Stop()
	})
	return HBox(hold, stop)
}

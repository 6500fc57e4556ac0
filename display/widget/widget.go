// Package widget holds controls that a reader of a notebook moves: sliders,
// buttons, fields, tabs. A program reads their values, hears of their changes and
// moves them itself, also while a cell runs.
//
//	rate := widget.NewSlider("rate", 0, 1, 0.01)
//	rate.OnChange(func(v float64) { fmt.Fprintln(out, v) })
//	widget.VBox(rate, out)                       // shown, as any value that ends a cell
//	rate.Value()                                 // where it stands
//	widget.Interact(func(k int) any { … }, widget.NewIntSlider("k", 1, 9))
//
// They speak the protocol of Jupyter's widgets, version 2.1 (models of
// @jupyter-widgets/controls 2.0), so a front end needs its widget extension, as
// JupyterLab's jupyterlab_widgets, and nothing else. Where there is no such front end
// a widget is a line of text that says where it stands.
//
// A widget lives as long as the session: in a notebook that is opened again later
// only its text is left, so results that should stay are to be shown on their own.
// All methods are safe for concurrent use. Functions that are called on a change run
// beside the cell, as goroutines do.
package widget

import (
	"github.com/nascent-go/nascent/display"
)

// Widget is a control, or a box of controls, that can be shown.
type Widget interface {
	display.Displayer
	// Close takes it from the page.
	Close() error
	part() *model
}

// Control is a widget that has a value, which the reader and the program can change.
type Control interface {
	Widget
	// Any is the value.
	Any() any
	// watch calls f after each change.
	watch(f func())
}

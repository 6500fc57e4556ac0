package display

import "sync/atomic"

// pictures is what Render asks about values that do not know themselves. Like the
// default sink it belongs to the program, which knows both this package and the
// packages of the values.
var pictures atomic.Pointer[func(v any) (Displayer, bool)]

// SetPictures sets what [Render] asks about values whose types do not know this
// package and yet have pictures. The function gives false for values that it does
// not know; nil asks nobody. A program sets it once at start, as it does the default
// sink. It is safe for concurrent use.
func SetPictures(of func(v any) (Displayer, bool)) { pictures.Store(&of) }

// drawnElsewhere is what the program knows to draw of a value.
func drawnElsewhere(v any) (Displayer, bool) {
	if of := pictures.Load(); of != nil && *of != nil {
		return (*of)(v)
	}
	return nil, false
}

// Plain is the text form that [Render] gives of a value, without the work of drawing
// what is set by [SetPictures]: of such a value it is what the value says of itself.
func Plain(v any) string {
	s, _ := render(v, 0, false).Data[MIMEPlain].(string)
	return s
}

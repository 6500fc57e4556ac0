// Package display says what a value looks like: as a plot, a graph, a table, an
// image, a line of text. A cell shows values through it, and so does any Go
// program: where there is no notebook, the text form is printed.
//
//	display.Show(x)                                        // any value, by Render
//	display.Show(display.Line("loss", display.Values("train", loss)).LogY())
//	h := display.ShowLive(x); h.Update(y)                  // in place
//	l := display.NewLive(x); l.Set(y); l.Done()            // the same, for what changes all the time
//	bar := display.NewProgress("epoch", 30); bar.Add(1)
//	c := display.NewComm("chart"); c.Open(x, nil)          // a channel to the front end
//	display.To(sink).Show(x)                               // not on the default sink
//	display.Interactive(plot)                              // a chart to zoom into; display.Inline speaks, too
//
// Pictures (Plot, Panels, Graph, Figure) are SVG that switches with the page
// between light and dark, PNG for pages that show no SVG, and one line of text.
// Tables are HTML without styles of their own, and aligned text.
package display

// MIME types that this package makes. The constructors [Text], [HTML], [Markdown],
// [LaTeX], [SVG], [PNG], [JPEG] and [JSON] make bundles of them.
const (
	MIMEPlain    = "text/plain"
	MIMEHTML     = "text/html"
	MIMEMarkdown = "text/markdown"
	MIMELaTeX    = "text/latex"
	MIMESVG      = "image/svg+xml"
	MIMEPNG      = "image/png"
	MIMEJPEG     = "image/jpeg"
	MIMEJSON     = "application/json"
)

// Bundle is one value in several forms; a front end shows the richest that it
// knows. Text forms are strings, binary forms (PNG, JPEG) are base64 strings,
// JSON forms are values that encoding/json can write. MIMEPlain is always there.
type Bundle struct {
	Data     map[string]any // MIME type → data
	Metadata map[string]any // MIME type → object, such as {"width": 640, "height": 400}
}

// Display makes a bundle a [Displayer]: what a constructor returns can be shown as it is.
func (b Bundle) Display() Bundle { return b }

// Displayer is implemented by values that know what they look like.
type Displayer interface {
	Display() Bundle
}

// Event is one thing to be done on the front end.
type Event struct {
	Op     Op
	ID     string // display id: set if the output can be updated later
	Bundle Bundle // for Show and Update
	Wait   bool   // for Clear: not before the next output
}

// Op says what an event does.
type Op int

// What an Event can do.
const (
	OpShow   Op = iota // a new output
	OpUpdate           // replace the outputs that have this ID
	OpClear            // remove the outputs of the cell
)

// Sink takes events: a notebook's cell, a terminal, a test. It is safe for concurrent use.
type Sink interface {
	Emit(Event) error
}

// Router is a sink that stands for others, such as that of the cell which runs.
type Router interface {
	Sink
	// Route is the sink for what is shown here and now, nil if there is none.
	Route() Sink
}

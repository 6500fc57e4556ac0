package widget

import (
	"bytes"
	"fmt"
	"html"
	"image"
	"image/png"
	"sync/atomic"
)

// HTML is a piece of a page that the program can replace.
type HTML struct{ *model }

// NewHTML shows text as HTML. What comes from elsewhere is to be escaped first, with
// html.EscapeString.
func NewHTML(text string) *HTML {
	h := &HTML{newModel(controls("HTML"), map[string]any{"value": text})}
	h.text = func() string { return text }
	return h
}

// NewLabel shows text as it is.
func NewLabel(text string) *HTML {
	h := NewHTML(html.EscapeString(text))
	h.text = func() string { return text }
	return h
}

// Set replaces the HTML.
func (h *HTML) Set(text string) {
	h.mu.Lock()
	h.text = func() string { return text }
	h.mu.Unlock()
	h.set("value", text)
}

// Image is a picture that the program can replace.
type Image struct{ *model }

// NewImage shows a picture.
func NewImage(picture image.Image) *Image {
	i := &Image{newModel(controls("Image"), map[string]any{"format": "png"})}
	// As large as it is, as far as there is room: boxes stretch what they hold.
	i.setPart("layout", false, newModel(kind{"@jupyter-widgets/base", "2.0.0", "LayoutModel", "LayoutView"},
		map[string]any{"align_self": "flex-start", "max_width": "100%"}))
	i.Set(picture)
	return i
}

// Set replaces the picture. One that is nil or has no pixels shows nothing.
func (i *Image) Set(picture image.Image) {
	var data bytes.Buffer
	text := "no image"
	if picture != nil {
		size := picture.Bounds().Size()
		if err := png.Encode(&data, picture); err == nil {
			text = fmt.Sprintf("image, %d×%d", size.X, size.Y)
		} else {
			data.Reset()
		}
	}
	i.mu.Lock()
	i.text = func() string { return text }
	i.mu.Unlock()
	i.set("value", data.Bytes())
}

// Progress is a bar that fills. A loop may move it millions of times: what is shown
// follows twenty times a second.
type Progress struct {
	*model
	n       atomic.Int64
	pending atomic.Bool // where it stands will be sent
}

// NewProgress makes a bar over total steps, at least 1.
func NewProgress(label string, total int) *Progress {
	total = max(total, 1)
	state := labelled(label)
	state["min"], state["max"], state["value"] = 0, total, 0
	k := controls("IntProgress")
	k.view = "ProgressView"
	p := &Progress{model: newModel(k, state).whole("Progress")}
	p.text = func() string { return fmt.Sprintf("%s: %d of %d", label, p.n.Load(), total) }
	p.read = func() {
		p.pending.Store(false) // before the count is read: whoever adds later asks again
		p.state["value"] = min(p.n.Load(), int64(total))
	}
	return p
}

// Add goes n steps further.
func (p *Progress) Add(n int) {
	p.n.Add(int64(n))
	p.ask()
}

// Set goes to step n.
func (p *Progress) Set(n int) {
	p.n.Store(int64(n))
	p.ask()
}

// ask sees to it that the front end hears of a change.
func (p *Progress) ask() {
	if p.pending.Load() || !p.pending.CompareAndSwap(false, true) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tell("value")
}

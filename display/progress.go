package display

import (
	"crypto/rand"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"
)

// How often a bar is drawn, and how wide it is.
const (
	progressPause = 100 * time.Millisecond // least time between two drawings
	progressLine  = 5 * time.Second        // the same where each drawing is a line of a log
	progressCells = 30
)

// Progress is a bar that follows a loop. In a notebook it is an output of one
// line of text that is updated in place: it needs neither script nor style, so
// it looks the same live, in a saved notebook and on GitHub, and its last line
// ("epoch 30/30, loss 0.21") remains. On a terminal the line is redrawn.
//
// It is drawn at most ten times a second; the last state is always delivered,
// also if nothing follows. All methods are safe for concurrent use.
type Progress struct {
	sink  Sink
	id    string
	label string
	pause time.Duration

	mu    sync.Mutex
	total int
	n     int
	note  string
	done  bool
	shown bool      // the first drawing has been made
	drawn time.Time // of the last drawing
	timer *time.Timer
	err   error
}

// NewProgress starts a progress bar on the printer's sink, over total steps,
// or a counter if total is 0 or less.
func (p Printer) NewProgress(label string, total int) *Progress {
	b := &Progress{sink: p.target(), id: rand.Text(), label: oneLine(label), total: max(total, 0), pause: progressPause}
	if t, ok := b.sink.(*terminal); ok && !t.interactive {
		b.pause = progressLine
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.draw()
	return b
}

// Add goes n steps further.
func (b *Progress) Add(n int) { b.change(func() { b.n += n }) }

// Set goes to step n. A value beyond the total is shown as it is.
func (b *Progress) Set(n int) { b.change(func() { b.n = n }) }

// Note sets what is said beside the count, such as "loss 0.21". It is formatted
// as fmt.Sprintf does.
func (b *Progress) Note(format string, args ...any) {
	note := format
	if len(args) > 0 {
		note = fmt.Sprintf(format, args...)
	}
	b.change(func() { b.note = oneLine(note) })
}

// Done ends the bar where it stands, delivers that and returns the first error
// that the sink has reported. Later changes have no effect; further calls
// return the same error.
func (b *Progress) Done() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.done {
		b.done = true
		if b.timer != nil {
			b.timer.Stop()
		}
		b.draw()
	}
	return b.err
}

// change changes the state and draws it, now or when the pause is over.
func (b *Progress) change(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.done {
		return
	}
	f()
	wait := b.pause - time.Since(b.drawn)
	switch {
	case wait <= 0:
		b.draw()
	case b.timer == nil:
		b.timer = time.AfterFunc(wait, b.late)
	}
}

// late draws what came during the pause.
func (b *Progress) late() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.done && b.timer != nil {
		b.draw()
	}
}

// draw emits the state; b.mu is held, so that drawings arrive in order.
func (b *Progress) draw() {
	if b.timer != nil {
		b.timer.Stop()
		b.timer = nil
	}
	b.drawn = time.Now()
	var err error
	if t, ok := b.sink.(*terminal); ok {
		line := b.text()
		if t.interactive {
			line = clipColumns(b.bar(), 79)
		}
		err = t.progress(b.id, line, b.done)
	} else {
		op := OpUpdate
		if !b.shown {
			op = OpShow
		}
		err = b.sink.Emit(Event{Op: op, ID: b.id, Bundle: b.bundle()})
	}
	b.shown = true
	if err != nil && b.err == nil {
		b.err = fmt.Errorf("show the progress of %s: %w", b.label, err)
	}
}

// Display returns the bar as it stands, so that it can be shown again.
func (b *Progress) Display() Bundle {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bundle()
}

func (b *Progress) bundle() Bundle { return Text(b.bar()) }

// text says how far it is: "epoch 3/30, loss 0.21".
func (b *Progress) text() string {
	s := fmt.Sprintf("%d/%d", b.n, b.total)
	if b.total == 0 {
		s = fmt.Sprint(b.n)
	}
	if b.label != "" {
		s = b.label + " " + s
	}
	if b.note != "" {
		s += ", " + b.note
	}
	return s
}

// bar is text behind a bar of line characters, which join in every monospaced
// font and have the colour of the page's text.
func (b *Progress) bar() string {
	if b.total == 0 {
		return b.text()
	}
	share := min(max(float64(b.n)/float64(b.total), 0), 1)
	full := int(math.Floor(share * progressCells))
	return strings.Repeat("━", full) + strings.Repeat("┄", progressCells-full) + "  " + b.text()
}

package display

import (
	"crypto/rand"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nascent-go/nascent/display/internal/pace"
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
// ("epoch 30/30, loss 0.21") remains. On a terminal the line is redrawn. While it
// runs it also says how fast it goes and how long the rest will take.
//
// It is drawn at most ten times a second, so a loop may tell it each of millions of
// steps; the last state is always delivered, also if nothing follows. All methods are
// safe for concurrent use.
type Progress struct {
	sink  Sink
	id    string
	label string
	total int
	start time.Time
	pacer *pace.Pacer
	n     atomic.Int64
	done  atomic.Bool

	mu    sync.Mutex
	note  string
	shown bool // the first drawing has been made
	err   error
}

// NewProgress starts a progress bar on the printer's sink, over total steps,
// or a counter if total is 0 or less.
func (p Printer) NewProgress(label string, total int) *Progress {
	b := &Progress{sink: p.target(), id: rand.Text(), label: oneLine(label), total: max(total, 0), start: time.Now()}
	pause := progressPause
	if t, ok := b.sink.(*terminal); ok && !t.interactive {
		pause = progressLine
	}
	b.pacer = pace.New(pause, ending(b.sink), b.draw)
	b.pacer.Ask()
	return b
}

// Add goes n steps further.
func (b *Progress) Add(n int) {
	if !b.done.Load() {
		b.n.Add(int64(n))
		b.pacer.Ask()
	}
}

// Set goes to step n. A value beyond the total is shown as it is.
func (b *Progress) Set(n int) {
	if !b.done.Load() {
		b.n.Store(int64(n))
		b.pacer.Ask()
	}
}

// Note sets what is said beside the count, such as "loss 0.21". It is formatted
// as fmt.Sprintf does.
func (b *Progress) Note(format string, args ...any) {
	if b.done.Load() {
		return
	}
	note := format
	if len(args) > 0 {
		note = fmt.Sprintf(format, args...)
	}
	b.mu.Lock()
	b.note = oneLine(note)
	b.mu.Unlock()
	b.pacer.Ask()
}

// Done ends the bar where it stands, delivers that and returns the first error
// that the sink has reported. Later changes have no effect; further calls
// return the same error.
func (b *Progress) Done() error {
	b.done.Store(true)
	b.pacer.Done()
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

// draw emits the state. The pacer calls it, once at a time, so that drawings arrive
// in order.
func (b *Progress) draw() {
	b.mu.Lock()
	defer b.mu.Unlock()
	var err error
	if t, ok := b.sink.(*terminal); ok {
		line := b.text()
		if t.interactive {
			line = clipColumns(b.bar(), 79)
		}
		err = t.progress(b.id, line, b.done.Load())
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
	n := int(b.n.Load())
	s := fmt.Sprintf("%d/%d", n, b.total)
	if b.total == 0 {
		s = strconv.Itoa(n)
	}
	if b.label != "" {
		s = b.label + " " + s
	}
	if b.note != "" {
		s += ", " + b.note
	}
	if !b.done.Load() {
		s += speed(n, b.total, time.Since(b.start))
	}
	return s
}

// speed says how fast n steps went and how long the rest will take, if that can be
// known; it is for the eye and left out in the end, so that what is saved says the
// same after every run.
func speed(n, total int, took time.Duration) string {
	if n < 1 || took < 2*time.Second || total > 0 && n >= total {
		return ""
	}
	each := took.Seconds() / float64(n)
	s := fmt.Sprintf(", %.3g/s", 1/each)
	if each > 1 {
		s = fmt.Sprintf(", %.3g s each", each)
	}
	if total > 0 {
		left := time.Duration(each * float64(total-n) * float64(time.Second))
		s += ", " + max(time.Second, left.Round(time.Second)).String() + " left"
	}
	return s
}

// bar is text behind a bar of line characters, which join in every monospaced
// font and have the colour of the page's text.
func (b *Progress) bar() string {
	if b.total == 0 {
		return b.text()
	}
	share := min(max(float64(b.n.Load())/float64(b.total), 0), 1)
	full := int(math.Floor(share * progressCells))
	return strings.Repeat("━", full) + strings.Repeat("┄", progressCells-full) + "  " + b.text()
}

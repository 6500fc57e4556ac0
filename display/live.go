package display

import (
	"reflect"
	"sync"
	"time"

	"github.com/nascent-go/nascent/display/internal/pace"
)

// livePause is the least time between two drawings of a Live: the eye sees no more. What
// takes long to draw is drawn less often, so that a program keeps nine tenths of its time.
const livePause = 50 * time.Millisecond

// Live is an output that follows a value which changes all the time, such as the plot
// of a loss. However often it is set, it is drawn at most twenty times a second, and
// in the end as it is then: a loop may set it in every step, from any goroutine.
//
//	curve := display.NewLive(nil)
//	for … {
//		curve.Set(display.Line("loss", display.Values("train", loss)))
//	}
//	curve.Done()
//
// A [Handle] is for outputs that change now and then: its Update is drawn at once.
type Live struct {
	handle *Handle
	pacer  *pace.Pacer

	mu    sync.Mutex
	value func() any
	ends  bool // finish will be called
	final bool // what is drawn now stays
	err   error
}

// NewLive shows a value that will change; nil shows nothing yet.
func NewLive(v any) *Live { return To(Default()).NewLive(v) }

// NewLive shows a value that will change; nil shows nothing yet.
func (p Printer) NewLive(v any) *Live {
	if v == nil {
		v = Text("")
	}
	l := &Live{handle: p.ShowLive(v), value: func() any { return v }}
	l.err = l.handle.Err()
	l.pacer = pace.New(livePause, ending(l.handle.sink), l.draw)
	return l
}

// Set replaces the value. It may be drawn later, so what a value refers to is not to
// be changed any more; a new one is made instead.
func (l *Live) Set(v any) { l.SetFunc(func() any { return v }) }

// SetFunc is Set for a value that takes time to make: f makes it when it is drawn, if it
// is, perhaps on another goroutine.
func (l *Live) SetFunc(f func() any) {
	l.mu.Lock()
	l.value = f
	l.mu.Unlock()
	l.pacer.Ask()
}

// Done draws the last value, and returns the first error of showing one. After it Set
// has no effect.
func (l *Live) Done() error {
	l.mu.Lock()
	l.final = true
	l.mu.Unlock()
	l.pacer.Done()
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// draw shows the value as it is now. While more may come a picture is drawn without
// the forms that only a saved page needs, which take most of the time.
func (l *Live) draw() {
	l.mu.Lock()
	value := l.value
	l.mu.Unlock()
	v := value()
	p, draft := v.(picture)
	l.mu.Lock()
	if draft = draft && !reflect.ValueOf(v).IsNil(); draft && !l.final && !l.ends {
		end := ending(l.handle.sink)
		l.ends = end != nil && end(l.finish)
	}
	draft = draft && !l.final && l.ends
	l.mu.Unlock()
	if draft {
		v = pictureDraft(p)
	}
	if err := l.handle.Update(v); err != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.err == nil {
			l.err = err
		}
	}
}

// finish draws all forms at the end of the cell.
func (l *Live) finish() {
	l.mu.Lock()
	was := l.final
	l.final = true
	l.mu.Unlock()
	if !was {
		l.pacer.Ask()
		l.pacer.Flush()
	}
}

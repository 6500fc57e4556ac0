package display

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
)

// defaultSink is where Show writes. It is the one piece of state of the
// process that this package keeps: user code calls Show without saying where,
// and only the program that runs it (a kernel, a command) knows. It is set once
// at start, as slog.SetDefault is; code that wants several places at once uses
// a [Printer].
var defaultSink atomic.Pointer[Sink]

func init() {
	s := NewTerminal(os.Stdout, false)
	defaultSink.Store(&s)
}

// SetDefault sets the sink that Show, ShowLive, Clear and NewProgress use. A nil
// sink is refused with a panic, as it could only fail later and elsewhere. It
// is safe for concurrent use.
func SetDefault(s Sink) {
	if s == nil {
		panic("display: SetDefault(nil); give it a Sink such as NewTerminal(os.Stdout, false)")
	}
	defaultSink.Store(&s)
}

// Default returns the sink that Show uses: a terminal on standard output until
// SetDefault sets another.
func Default() Sink { return *defaultSink.Load() }

// Show shows values one after the other.
func Show(values ...any) error { return To(Default()).Show(values...) }

// ShowLive shows a value that can be replaced later.
func ShowLive(v any) *Handle { return To(Default()).ShowLive(v) }

// Clear removes the outputs of the cell so far; with wait not before the next
// one comes, which avoids flicker.
func Clear(wait bool) error { return To(Default()).Clear(wait) }

// NewProgress starts a progress bar over total steps, or a counter if total is
// 0 or less.
func NewProgress(label string, total int) *Progress { return To(Default()).NewProgress(label, total) }

// Printer shows values on a sink of its own, for code that must not depend on
// the process's default. The zero Printer uses the default.
type Printer struct{ sink Sink }

// To returns a printer for a sink.
func To(s Sink) Printer { return Printer{s} }

// target is where the printer writes now.
func (p Printer) target() Sink { return p.targetOr(p.base()) }

// targetOr is where the printer writes now, if a cell is here, and otherwise elsewhere.
func (p Printer) targetOr(elsewhere Sink) Sink { return currentOf(p.base(), elsewhere) }

func (p Printer) base() Sink {
	if p.sink == nil {
		return Default()
	}
	return p.sink
}

// currentOf is the sink of the cell that is here, if s is a Router and there is one.
func currentOf(s, otherwise Sink) Sink {
	if r, ok := s.(Router); ok {
		if now := r.Route(); now != nil {
			return now
		}
	}
	return otherwise
}

// Show shows values one after the other. It goes on after a failure and
// returns all errors.
func (p Printer) Show(values ...any) error {
	s := p.target()
	var errs []error
	for _, v := range values {
		if err := s.Emit(Event{Op: OpShow, Bundle: Render(v)}); err != nil {
			errs = append(errs, fmt.Errorf("show %T: %w", v, err))
		}
	}
	return errors.Join(errs...)
}

// ShowLive shows a value that can be replaced later. An error of the sink is
// kept for [Handle.Err] and the next Update.
func (p Printer) ShowLive(v any) *Handle {
	h := &Handle{printer: p, sink: p.target(), id: rand.Text()}
	if err := h.sink.Emit(Event{Op: OpShow, ID: h.id, Bundle: Render(v)}); err != nil {
		h.err = fmt.Errorf("show %T: %w", v, err)
	}
	return h
}

// Clear removes the outputs of the cell so far; with wait not before the next
// one comes.
func (p Printer) Clear(wait bool) error {
	if err := p.target().Emit(Event{Op: OpClear, Wait: wait}); err != nil {
		return fmt.Errorf("clear the output: %w", err)
	}
	return nil
}

// Handle stands for an output that can be replaced. It is safe for concurrent
// use as far as its sink is.
type Handle struct {
	printer Printer
	sink    Sink // where it was shown
	id      string
	err     error // of the first Show; never changed afterwards
}

// Ender is implemented by a [Sink] that comes to an end, as a cell does.
type Ender interface {
	// AtEnd calls f before the end. It is false if that is over.
	AtEnd(f func()) bool
}

// AtEnd calls f before the cell that runs here ends, so that what waits to be shown is
// shown with it. It is false where there is no such cell.
func AtEnd(f func()) bool {
	end := ending(To(Default()).target())
	return end != nil && end(f)
}

// ending is the AtEnd of a sink, or of the one that it stands before; nil if it has none.
func ending(s Sink) func(func()) bool {
	if e, ok := behind[Ender](s); ok {
		return e.AtEnd
	}
	return nil
}

// target is where an update goes: through the cell that makes it, if there is one,
// since front ends listen to the cell that runs; from a timer or a goroutine of
// nobody's through the cell that showed the value.
func (h *Handle) target() Sink { return h.printer.targetOr(h.sink) }

// ID returns the display id, unique in all sessions.
func (h *Handle) ID() string { return h.id }

// Err returns the error of the first showing, if there was one.
func (h *Handle) Err() error { return h.err }

// Update replaces the output with another value.
func (h *Handle) Update(v any) error {
	if h.err != nil {
		return h.err
	}
	if err := h.target().Emit(Event{Op: OpUpdate, ID: h.id, Bundle: Render(v)}); err != nil {
		return fmt.Errorf("update with %T: %w", v, err)
	}
	return nil
}

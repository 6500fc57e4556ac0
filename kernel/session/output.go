package session

import (
	"errors"
	"fmt"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/wire"
)

// Text is gathered for so long or up to so much before it is sent.
const (
	flushDelay = 50 * time.Millisecond
	flushSize  = 8 << 10 // bytes
)

// Streams of a cell.
const (
	stdout = iota
	stderr
	streamCount
)

var streamNames = [streamCount]string{wire.Stdout, wire.Stderr}

// output sends what one cell writes and shows, in order, as the output of that
// cell. It stays usable after the cell has ended, for the goroutines it started.
type output struct {
	s      *Session
	parent *wire.Message // the execute_request
	number int           // execution count; 0: the cell is not counted
	input  *input        // where the user can be asked; nil: nowhere

	mu      sync.Mutex
	pending [streamCount][]byte // text to be sent: whole for current, at most a part of one character for the other
	current int                 // the stream that was written last
	timer   *time.Timer         // sends the pending text; nil: not running
	left    int                 // bytes that may still be sent; -1: none, and the user knows
	atEnd   []func()            // called before the end
	ended   bool
	cut     cut
}

// newOutput makes the output of a cell. number is its execution count, 0 if it has
// none of its own.
func (s *Session) newOutput(parent *wire.Message, number int) *output {
	return &output{s: s, parent: parent, number: number, left: s.opts.OutputLimit}
}

// stream is one of an output's streams as a writer.
type stream struct {
	out  *output
	name int
}

// Write takes text, after what the process has written past the session. It fails
// only when the session has ended.
func (w stream) Write(p []byte) (int, error) {
	w.out.s.bypass.take(w.out)
	return w.out.append(w.name, p)
}

func (o *output) append(name int, p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if name != o.current {
		if err := o.send(false); err != nil {
			return 0, err
		}
		o.current = name
	}
	kept := p
	if room := max(o.left, 0); len(kept) > room {
		kept = kept[:room]
		kept = kept[:len(kept)-partial(kept)]
	}
	o.left -= len(kept)
	o.pending[name] = append(o.pending[name], kept...)
	if err := o.drop(p[len(kept):]); err != nil {
		return 0, err
	}
	switch {
	case len(o.pending[name]) >= flushSize:
		if err := o.send(false); err != nil {
			return 0, err
		}
	case o.timer == nil && len(o.pending[name]) > 0:
		o.timer = time.AfterFunc(flushDelay, o.flushLate)
	}
	return len(p), nil
}

// flushLate sends text that has waited long enough. If that fails the session
// has ended, and the next write says so.
func (o *output) flushLate() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.timer = nil
	_ = o.send(false)
}

// send sends the pending text of the current stream, but keeps the beginning of a
// character at its end, unless all is wanted.
func (o *output) send(all bool) error {
	text := o.pending[o.current]
	keep := 0
	if !all {
		keep = partial(text)
	}
	if len(text) == keep {
		return nil
	}
	if o.timer != nil {
		o.timer.Stop()
		o.timer = nil
	}
	err := o.s.publish(o.parent, wire.TypeStream, wire.Stream{
		Name: streamNames[o.current], Text: string(text[:len(text)-keep]),
	})
	o.pending[o.current] = append(text[:0], text[len(text)-keep:]...)
	return err
}

// flush sends all text that is pending.
func (o *output) flush() error {
	o.s.bypass.take(o)
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.flushLocked()
}

func (o *output) flushLocked() error {
	for range streamCount {
		if err := o.send(true); err != nil {
			return err
		}
		o.current = (o.current + 1) % streamCount
	}
	return nil
}

// callLast calls what waits for the end. After that nothing else may wait, if it is
// the end.
func (o *output) callLast(end bool) {
	for {
		o.mu.Lock()
		last := o.atEnd
		o.atEnd, o.ended = nil, end && len(last) == 0
		o.mu.Unlock()
		if len(last) == 0 {
			return
		}
		for _, f := range last {
			f()
		}
	}
}

// finish sends what is pending at the end of the cell, and says what was cut.
func (o *output) finish() error {
	o.callLast(true)
	if err := o.s.bypass.mend(o); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.flushLocked(); err != nil {
		return err
	}
	return o.tellCut()
}

var _ display.Ender = (*output)(nil)

// AtEnd implements display.Ender.
func (o *output) AtEnd(f func()) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.ended {
		o.atEnd = append(o.atEnd, f)
	}
	return !o.ended
}

// Emit does a display event, after the text that was written before it.
func (o *output) Emit(e display.Event) error {
	o.s.bypass.take(o)
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.flushLocked(); err != nil {
		return err
	}
	switch e.Op {
	case display.OpShow, display.OpUpdate:
		return o.show(e)
	case display.OpClear:
		o.uncut()
		return o.s.publish(o.parent, wire.TypeClearOutput, wire.ClearOutput{Wait: e.Wait})
	}
	return fmt.Errorf("display event with the unknown operation %d", e.Op)
}

// show sends a bundle. An update takes the place of an output, so it uses up
// nothing of the limit, but must be within it.
func (o *output) show(e display.Event) error {
	msgType := wire.TypeDisplayData
	if e.Op == display.OpUpdate {
		if e.ID == "" {
			return errors.New("updating a display: it has no id, so nothing can be found to replace")
		}
		msgType = wire.TypeUpdateDisplayData
	}
	m, err := o.s.sender.Publish(o.parent, msgType, wire.DisplayData{
		Data: e.Bundle.Data, Metadata: e.Bundle.Metadata, Transient: wire.Transient{DisplayID: e.ID},
	})
	if err != nil {
		return fmt.Errorf("showing a value: %w", err)
	}
	if !o.allow(len(m.Content), e.Op == display.OpUpdate) {
		return o.tellLimit()
	}
	return o.s.emit(m)
}

// allow reports whether so many bytes are within the limit, and takes them from
// it unless they replace others.
func (o *output) allow(bytes int, replacing bool) bool {
	switch {
	case replacing && bytes <= o.s.opts.OutputLimit:
		return true
	case replacing || bytes > o.left:
		o.cut.shows++
		return false
	}
	o.left -= bytes
	return true
}

// result sends the value of the cell's last expression.
func (o *output) result(count int, b display.Bundle) error {
	o.s.bypass.take(o)
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.flushLocked(); err != nil {
		return err
	}
	m, err := o.s.sender.Publish(o.parent, wire.TypeExecuteResult, wire.ExecuteResult{
		ExecutionCount: count, Data: b.Data, Metadata: b.Metadata,
	})
	if err != nil {
		return fmt.Errorf("showing the result: %w", err)
	}
	if !o.allow(len(m.Content), false) {
		return o.tellLimit()
	}
	return o.s.emit(m)
}

// partial is the length of an unfinished UTF-8 character at the end of p: 0 to 3.
func partial(p []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(p); n++ {
		if tail := p[len(p)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}

//go:build cuda && cgo && linux && amd64

package driver

import (
	"fmt"
	"time"

	"gorgonia.org/cu"
)

// Stream is a queue of work for the device, done in order and beside other streams.
// The zero Stream is the context's own, which waits for no stream of NewStream.
type Stream struct{ s cu.Stream }

// NewStream makes a stream.
func (*Thread) NewStream() (Stream, error) {
	s, err := cu.MakeStream(cu.NonBlocking)
	if err != nil {
		return Stream{}, fmt.Errorf("making a stream: %w", err)
	}
	return Stream{s}, nil
}

// CloseStream gives a stream back; its work is done nevertheless.
func (*Thread) CloseStream(s Stream) error {
	if err := s.s.Destroy(); err != nil {
		return fmt.Errorf("closing a stream: %w", err)
	}
	return nil
}

// Wait waits for all work in the stream, and says if some of it failed.
func (*Thread) Wait(s Stream) error {
	if err := s.s.Synchronize(); err != nil {
		return fmt.Errorf("waiting for the work in a stream: %w", err)
	}
	return nil
}

// Event is a point in a stream's work.
type Event struct{ e cu.Event }

// NewEvent makes an event that no stream has been asked for yet.
func (*Thread) NewEvent() (Event, error) {
	e, err := cu.MakeEvent(cu.BlockingSyncEvent)
	if err != nil {
		return Event{}, fmt.Errorf("making an event: %w", err)
	}
	return Event{e}, nil
}

// CloseEvent gives an event back.
func (*Thread) CloseEvent(e Event) error {
	if err := cu.DestroyEvent(&e.e); err != nil {
		return fmt.Errorf("closing an event: %w", err)
	}
	return nil
}

// Record makes e the point behind all work that s has now.
func (*Thread) Record(e Event, s Stream) error {
	if err := e.e.Record(s.s); err != nil {
		return fmt.Errorf("recording an event: %w", err)
	}
	return nil
}

// WaitFor lets what s is given from now on wait for e.
func (*Thread) WaitFor(s Stream, e Event) error {
	if err := s.s.Wait(e.e, 0); err != nil {
		return fmt.Errorf("letting a stream wait for an event: %w", err)
	}
	return nil
}

// WaitEvent waits until e is reached.
func (*Thread) WaitEvent(e Event) error {
	if err := e.e.Synchronize(); err != nil {
		return fmt.Errorf("waiting for an event: %w", err)
	}
	return nil
}

// Between is the device's time from event a to event b, which both are reached.
func (*Thread) Between(a, b Event) (time.Duration, error) {
	ms, err := a.e.Elapsed(b.e)
	if err != nil {
		return 0, fmt.Errorf("the time between two events: %w", err)
	}
	return time.Duration(ms * float64(time.Millisecond)), nil
}

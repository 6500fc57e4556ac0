package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Errors says what the errors of one end are; the zero Errors is for errors of Go itself.
type Errors struct {
	Text func(err any) string
	Is   func(err any, target error) bool
}

func (e *Errors) text(err any) (text string) {
	defer func() {
		if p := recover(); p != nil {
			text = fmt.Sprintf("%T (its method panicked: %v)", err, p)
		}
	}()
	if e != nil && e.Text != nil {
		return e.Text(err)
	}
	return err.(error).Error()
}

func (e *Errors) is(err any, target error) bool {
	if e != nil && e.Is != nil {
		return e.Is(err, target)
	}
	return errors.Is(err.(error), target)
}

// known are errors that programs compare others with.
func known() []error {
	return []error{
		io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, fs.ErrNotExist, fs.ErrExist, fs.ErrPermission, fs.ErrInvalid, fs.ErrClosed,
		os.ErrDeadlineExceeded, context.Canceled, context.DeadlineExceeded, errors.ErrUnsupported,
	}
}

// Error is an error that has come from the other end, and that is one of Go's known ones.
type Error struct {
	text string
	is   []error
}

func (e *Error) Error() string { return e.text }

// Unwrap are the known ones.
func (e *Error) Unwrap() []error { return e.is }

// error writes an error: its text, and which known ones it is.
func (w *writer) error(err any) {
	if err == nil {
		w.text = append(w.text, 0)
		return
	}
	w.text = append(w.text, 1)
	w.string(w.errors.text(err))
	mask := 0
	for i, target := range known() {
		if w.errors.is(err, target) {
			mask |= 1 << i
		}
	}
	w.uint(mask)
}

func (r *reader) error() error {
	switch mark := r.byte(); mark {
	case 0:
		return nil
	case 1:
	default:
		r.fail("a message has the mark %d for an error", mark)
		return nil
	}
	e := &Error{text: r.string()}
	all := known()
	mask := r.uint(1<<len(all) - 1)
	for i, target := range all {
		if mask>>i&1 == 0 {
			continue
		}
		if target.Error() == e.text {
			return target
		}
		e.is = append(e.is, target)
	}
	if e.is == nil {
		return errors.New(e.text)
	}
	return e
}

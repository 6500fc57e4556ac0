package nasext

import (
	"errors"
	"fmt"
	"path"
	"runtime"
	"strings"
)

// failures counts the estimates that have failed one after the other, by number.
type failures struct{ first, row int }

// count takes note of the next trial. It is an error if most, unless that is below 0,
// have failed in a row.
func (f *failures) count(t Trial, most int) error {
	switch {
	case t.CopyOf != 0 || t.Hash == "":
		return nil // it says nothing of the estimator
	case !t.Failed:
		f.row = 0
		return nil
	}
	if f.row++; f.row == 1 {
		f.first = t.Number
	}
	if most < 0 || f.row < most {
		return nil
	}
	return fmt.Errorf("nasext: %w: from trial %d to %d all %d estimates failed, the last because: %s; Config.MaxFailures allows that many",
		ErrFailing, f.first, t.Number, f.row, t.Error)
}

// placed is a panic that knows where it began: one in a cell, of whose code the stack
// knows nothing.
type placed interface {
	error
	Place() string // file and line
}

// guard calls f; that f panics is an error like another, which says where.
func guard(f func() error) (err error) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		text, place := fmt.Sprintf("panic: %v", v), ""
		if p, ok := v.(placed); ok {
			text, place = p.Error(), p.Place()
		} else {
			place = origin()
		}
		if place != "" {
			text += " (" + place + ")"
		}
		err = errors.New(text)
	}()
	return f()
}

// origin says where the panic began that a deferred function has recovered: the
// function, and the line without its folder, which differs from machine to machine.
func origin() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	panicking := false
	for {
		f, more := frames.Next()
		switch {
		case strings.HasPrefix(f.Function, "runtime."): // also the panics of an index or a nil pointer
			panicking = panicking || f.Function == "runtime.gopanic"
		case panicking:
			return fmt.Sprintf("%s, %s:%d", path.Base(f.Function), path.Base(f.File), f.Line)
		}
		if !more {
			return ""
		}
	}
}

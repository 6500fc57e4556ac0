package magic

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nascent-go/nascent/kernel/cell"
)

// UsageError says what is wrong with the commands of a cell. Nothing of it has run.
type UsageError struct{ cell.CompileError }

// Name is "command error".
func (e *UsageError) Name() string { return "command error" }

// CommandError is the failure of a command that was run.
type CommandError struct {
	Cell    string // "cell 3"
	Line    int    // from 1
	Command string // its first line, as written
	Err     error
}

func (e *CommandError) Error() string { return e.Err.Error() }

// Unwrap is what went wrong.
func (e *CommandError) Unwrap() error { return e.Err }

// Name is "command error".
func (e *CommandError) Name() string { return "command error" }

// Traceback shows where the command stands, and what went wrong.
func (e *CommandError) Traceback(color bool) []string {
	bold, red, off := "", "", ""
	if color {
		bold, red, off = "\x1b[1m", "\x1b[31m", "\x1b[0m"
	}
	return []string{
		fmt.Sprintf("%s%s%s, line %d", bold, e.Cell, off, e.Line),
		"    " + e.Command,
		red + e.Name() + ": " + off + e.Error(),
	}
}

// failure is an error of a command as the session is told: failures of Go and
// interruptions as they are.
func (p *parsed) failure(in cell.Input, err error) error {
	var f cell.Failure
	if errors.As(err, &f) || errors.Is(err, context.Canceled) {
		return err
	}
	text := in.Source
	at := min(p.at, len(text))
	return &CommandError{
		Cell: cellName(in), Line: strings.Count(text[:at], "\n") + 1, Command: strings.TrimSpace(firstLine(text[at:])), Err: err,
	}
}

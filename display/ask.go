package display

import (
	"errors"
	"fmt"
)

// Asker is implemented by a [Sink] whose front end can ask the user for a line, as
// that of a notebook's cell does.
type Asker interface {
	// Ask asks for a line; a password is not shown while it is typed. At the end of the
	// input the error is io.EOF.
	Ask(prompt string, password bool) (string, error)
}

// Input asks the user for a line, behind a prompt such as "name: ". At the end of
// the input the error is io.EOF.
func Input(prompt string) (string, error) { return To(Default()).Input(prompt) }

// Password is as Input, and what is typed is not shown.
func Password(prompt string) (string, error) { return To(Default()).Password(prompt) }

// Input asks the user of the printer's sink for a line.
func (p Printer) Input(prompt string) (string, error) { return p.ask(prompt, false) }

// Password is as Input, and what is typed is not shown.
func (p Printer) Password(prompt string) (string, error) { return p.ask(prompt, true) }

var errNobody = errors.New("nobody is here who can be asked: it needs a front end such as JupyterLab, and a cell that runs in it; a program reads os.Stdin")

func (p Printer) ask(prompt string, password bool) (string, error) {
	a, ok := behind[Asker](p.target())
	if !ok {
		return "", fmt.Errorf("asking %q: %w", prompt, errNobody)
	}
	return a.Ask(prompt, password)
}

// behind finds what a sink can do, or the one that it stands before.
func behind[T any](s Sink) (able T, ok bool) {
	for {
		if able, ok = s.(T); ok {
			return able, true
		}
		w, ok := s.(interface{ Unwrap() Sink })
		if !ok {
			return able, false
		}
		s = w.Unwrap()
	}
}

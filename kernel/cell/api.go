// Package cell turns the text of a notebook cell into a running program: it
// parses it, checks it with go/types, lowers it through go/ssa to the Go that the
// interpreter runs right, and runs it. An [Env] holds what the cells so far have
// defined, and can be asked: for completions, for documentation, for what it holds.
package cell

import (
	"fmt"
	"io"

	"github.com/nascent-go/nascent/display"
)

// Input is one cell to run.
type Input struct {
	Number int    // execution count, from 1
	Name   string // what tracebacks call it; "cell N" if empty
	Source string
	// Whole is the text of the cell that Source is a part of, on the same lines;
	// tracebacks quote it. Empty: Source is all.
	Whole string
	// Around, if set, is called with what runs the cell once it is compiled, and has to
	// call that once: to measure it.
	Around func(run func())

	// Where the cell's output goes and its input comes from. They stay in use
	// after Run has returned, by goroutines that the cell has started.
	Stdout, Stderr io.Writer
	Stdin          io.Reader
	Display        display.Sink
}

func (in Input) name() string {
	if in.Name == "" {
		return fmt.Sprintf("cell %d", in.Number)
	}
	return in.Name
}

func (in Input) whole() string {
	if in.Whole == "" {
		return in.Source
	}
	return in.Whole
}

// Outcome is what a cell leaves to be shown.
type Outcome struct {
	// Values of the last expression, ready for display.Render: several if it is
	// a call with several results, none if there is nothing to show.
	Values []any
	// Warnings say, a line each, what no longer compiles after a redefinition, and
	// which variables a cell that failed has not set.
	Warnings []string
	// Payloads are what the front end is asked to do besides, in order.
	Payloads []Payload
}

// Failure is an error that is the cell's own: it does not compile, it panicked,
// an error it did not take reached the top level, it left the process.
type Failure interface {
	error
	// Name is the short name of the failure, such as "panic" or "compile error".
	Name() string
	// Traceback is the failure told in lines, with the cell's own frames.
	Traceback(color bool) []string
}

// Completion is what can be written at a place in a cell.
type Completion struct {
	Start, End int // byte offsets of the text that an item replaces
	Items      []CompletionItem
}

// CompletionItem is one way to go on.
type CompletionItem struct {
	Text      string // replaces the text
	Type      string // function, method, field, var, const, type, package, keyword, builtin
	Signature string // Go declaration, if there is one
}

// Inspection is what is known of the name at a place in a cell. It is zero where nothing is.
type Inspection struct {
	Plain    string
	Markdown string
}

// Completeness says whether a front end should run the text or wait for more.
type Completeness struct {
	Status string // complete, incomplete, invalid
	Indent string // of the next line, if incomplete
}

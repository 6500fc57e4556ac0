package cell

import "github.com/nascent-go/nascent/display"

// Payload is something that a cell asks of the front end besides showing outputs:
// a [Page], a [NextInput] or an [ExitFrontEnd]. Front ends may ignore it.
type Payload interface{ payload() }

// Page is to be shown in the pager, or, where there is none, as text.
type Page struct {
	Bundle display.Bundle
	Start  int // the line to begin with, from 0
}

// NextInput is text for a new cell below, or for the cell that ran.
type NextInput struct {
	Text    string
	Replace bool // it takes the place of the cell that ran
}

// ExitFrontEnd asks a console to leave.
type ExitFrontEnd struct {
	KeepKernel bool // the kernel goes on
}

func (Page) payload()         {}
func (NextInput) payload()    {}
func (ExitFrontEnd) payload() {}

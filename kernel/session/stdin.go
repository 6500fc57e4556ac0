package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/nascent-go/nascent/kernel/wire"
)

// endOfInput is what a front end sends when the user ends the input (Ctrl-D).
const endOfInput = "\x04"

// Why a cell gets no input.
var (
	errNoStdin = errors.New("reading standard input: whoever runs this cell cannot be asked for input " +
		"(the request says allow_stdin: false); give the value in the code, or run the cell in a notebook or a console")
	errNotACell  = errors.New("asking the user: only a cell can, not what a message of the front end has called")
	errCellEnded = errors.New("reading standard input: the cell has ended; input can be asked for only while it runs")
)

// Prompter is implemented by the Stdin that a cell is given: it asks the user for
// one line. A password is not shown while it is typed. At the end of the input
// the error is io.EOF; an interrupt ends the wait with context.Canceled.
type Prompter interface {
	Prompt(prompt string, password bool) (string, error)
}

// input is the standard input of one cell: a line at a time, each asked from the
// user who runs the cell. Reading is safe for concurrent use.
type input struct {
	out     *output
	ctx     context.Context // cancelled by an interrupt
	ended   chan struct{}   // closed when the cell has returned
	allowed bool            // the front end answers input_request

	reading sync.Mutex
	rest    []byte // of the last line, not read yet
}

// Read gives the rest of the last line, or asks for one.
func (in *input) Read(p []byte) (int, error) {
	in.reading.Lock()
	defer in.reading.Unlock()
	if len(p) == 0 {
		return 0, nil
	}
	if len(in.rest) == 0 {
		line, err := in.Prompt("", false)
		if err != nil {
			return 0, err
		}
		in.rest = append(in.rest[:0], line...)
		in.rest = append(in.rest, '\n')
	}
	n := copy(p, in.rest)
	in.rest = in.rest[n:]
	return n, nil
}

// Prompt implements Prompter.
func (in *input) Prompt(prompt string, password bool) (string, error) {
	if !in.allowed {
		return "", errNoStdin
	}
	s := in.out.s
	answer, forget := s.asked.begin() // after what another cell has asked
	defer forget()
	select {
	case <-in.ended:
		return "", errCellEnded
	case <-in.ctx.Done():
		return "", in.interrupted()
	default:
	}
	if err := in.out.flush(); err != nil { // a question that the cell has printed
		return "", err
	}
	m, err := s.sender.Ask(in.out.parent, wire.TypeInputRequest, wire.InputRequest{Prompt: prompt, Password: password})
	if err != nil {
		return "", err
	}
	if err := s.emit(m); err != nil {
		return "", err
	}
	select {
	case line := <-answer:
		if line == endOfInput {
			return "", io.EOF
		}
		return line, nil
	case <-in.ended:
		return "", errCellEnded
	case <-in.ctx.Done():
		return "", in.interrupted()
	}
}

// Ask implements display.Asker.
func (o *output) Ask(prompt string, password bool) (string, error) {
	if o.input == nil {
		return "", errNotACell
	}
	return o.input.Prompt(prompt, password)
}

func (in *input) interrupted() error {
	return fmt.Errorf("reading standard input: interrupted: %w", in.ctx.Err())
}

// question is the one that the user has been asked and has not answered.
type question struct {
	asking sync.Mutex // one question at a time

	mu     sync.Mutex
	answer chan string // nil: nothing is asked
}

// begin waits until no other question is open, and opens one; forget closes it.
func (q *question) begin() (answer <-chan string, forget func()) {
	q.asking.Lock()
	ch := make(chan string, 1)
	q.mu.Lock()
	q.answer = ch
	q.mu.Unlock()
	return ch, func() {
		q.mu.Lock()
		q.answer = nil
		q.mu.Unlock()
		q.asking.Unlock()
	}
}

// take gives the answer to who has asked, and reports whether somebody has.
func (q *question) take(line string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.answer == nil {
		return false
	}
	q.answer <- line
	q.answer = nil // a second answer is stale
	return true
}

// takeInput gives an input_reply to the cell. One that nobody waits for is
// stale: the cell was interrupted, or somebody else has answered.
func (s *Session) takeInput(m *wire.Message) {
	var reply wire.InputReply
	if err := m.DecodeContent(&reply); err != nil {
		s.opts.Logf("%v", err)
		return
	}
	if !s.asked.take(reply.Value) {
		s.opts.Logf("dropping an input_reply: no cell waits for input")
	}
}

package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"sync/atomic"

	"github.com/nascent-go/nascent/kernel/wire"
)

// Serve runs a session on a pair of pipes: messages from r, as a wire.Conn writes
// them, are handled, and what the session sends is written to w. It is what a
// worker process does. opts.Emit is not used. Without opts.Logf, what would be
// logged is sent on [wire.Log]: on the standard error of the process it would be
// taken for a cell's output.
//
// Serve returns nil when r ends or the session was shut down, and an error if a
// pipe breaks or ctx is cancelled. A read from r that is under way goes on then:
// the process is expected to end.
func Serve(ctx context.Context, r io.Reader, w io.Writer, opts Options) error {
	conn := wire.NewConn(r, w)
	broken := make(chan error, 1)
	var failed atomic.Bool
	opts.Emit = func(m *wire.Message) {
		err := conn.WriteMessage(m)
		if errors.Is(err, wire.ErrTooLarge) {
			err = writeInstead(conn, m, err)
		}
		if err != nil && failed.CompareAndSwap(false, true) {
			broken <- err
		}
	}
	if opts.Logf == nil {
		opts.Logf = func(format string, args ...any) { sendLog(conn, fmt.Sprintf(format, args...)) }
	}
	s := New(opts)
	defer s.Close()

	ended := make(chan error, 1)
	go func() {
		for {
			m, err := conn.ReadMessage()
			if err != nil {
				ended <- err
				return
			}
			s.Handle(m)
		}
	}()
	select {
	case err := <-ended:
		if err == io.EOF {
			return nil
		}
		return fmt.Errorf("session: %w", err)
	case err := <-broken:
		return fmt.Errorf("session: %w", err)
	case <-s.Done():
		return nil
	case <-ctx.Done():
		return fmt.Errorf("session: %w", context.Cause(ctx))
	}
}

// sendLog sends a line of the log.
func sendLog(conn *wire.Conn, text string) {
	m, err := wire.Sender{}.Publish(nil, wire.TypeStream, wire.Stream{Name: wire.Stderr, Text: text})
	if err == nil {
		m.Channel, m.Identities = wire.Log, nil
		err = conn.WriteMessage(m)
	}
	if err != nil {
		log.Print(text)
	}
}

// writeInstead tells the front end of a message that is too large for the pipe.
func writeInstead(conn *wire.Conn, m *wire.Message, why error) error {
	sender := wire.Sender{Session: m.Header.Session, User: m.Header.Username}
	note, err := sender.Publish(nil, wire.TypeStream, wire.Stream{Name: wire.Stderr, Text: "[" + why.Error() + "]\n"})
	if err != nil {
		return err
	}
	note.Parent = m.Parent
	return conn.WriteMessage(note)
}

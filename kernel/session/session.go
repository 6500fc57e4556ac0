// Package session is one notebook session: Jupyter requests go in, replies and
// outputs come out, as decoded messages. It counts cells, keeps the history, asks
// for input and says what happens while a cell runs. It knows no socket and no
// process: ZeroMQ, a pipe or a test carry the messages.
package session

import (
	"context"
	"errors"
	"fmt"
	"log"
	"sync"

	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/comm"
	"github.com/nascent-go/nascent/kernel/history"
	"github.com/nascent-go/nascent/kernel/spill"
	"github.com/nascent-go/nascent/kernel/wire"
)

// Environment is what runs the cells and knows what they have defined. Its methods
// are safe for concurrent use: each subshell runs cells, and questions are answered
// while they run. *cell.Env is one.
type Environment interface {
	// Run runs a cell. If ctx is cancelled it stops and returns an error that
	// wraps context.Canceled; an error that is the cell's fault is a cell.Failure.
	Run(ctx context.Context, in cell.Input) (cell.Outcome, error)
	// Complete says what can stand at byte offset pos of src.
	Complete(ctx context.Context, src string, pos int) cell.Completion
	// Inspect says what stands at byte offset pos of src; detail 1 asks for its source too.
	Inspect(ctx context.Context, src string, pos, detail int) cell.Inspection
	// IsComplete says whether src can run or lacks lines.
	IsComplete(src string) cell.Completeness
	// Call calls f, which a cell has made to be called later, as a small cell of its
	// own, also while Run runs.
	Call(ctx context.Context, in cell.Input, f func()) error
}

// DefaultOutputLimit is how many bytes of output one cell may send.
const DefaultOutputLimit = 16 << 20

// Options say what a session runs on. Env and Emit must be set.
type Options struct {
	Env Environment
	// Emit sends a message to the front ends. The session calls it from one
	// goroutine at a time, in the order in which messages have to arrive. While it
	// blocks, cells that write block too.
	Emit func(*wire.Message)

	SessionID  string               // in the header of every message; default: a new one
	User       string               // in the header of every message; default: kernel
	FirstCount int                  // execution count of the first cell; default: 1
	History    history.Book         // where cells are recorded; default: in memory
	KernelInfo wire.KernelInfoReply // answer to kernel_info_request; status and protocol version are filled in

	OutputLimit int                              // bytes of output of one cell; default: DefaultOutputLimit
	Spill       *spill.Store                     // keeps the text that is over it; default: one of spill.DefaultLimit
	Bypass      Bypass                           // text that comes past the session; default: none
	Logf        func(format string, args ...any) // what is wrong with a request; default: log.Printf
}

// Session is a running session. Its methods are safe for concurrent use.
type Session struct {
	opts   Options
	sender wire.Sender

	emitting sync.Mutex // held while Emit runs: it keeps messages in order

	control, questions queue
	asked              question // what a cell has asked the user
	comms              *comm.Manager
	states             states
	bypass             bypass

	mu      sync.Mutex
	shells  []*subshell // the main one first; those that are deleted until the last of their requests is answered
	made    int         // how many shells there have been
	closing bool        // no requests are taken any more
	closed  bool        // nothing is sent any more
	clocks  clocks

	done     chan struct{} // closed when the session has ended
	stopping sync.Once
}

// Why a running cell's context is cancelled.
var (
	errInterrupted = errors.New("interrupted")
	errClosed      = errors.New("the session has ended")
)

// New starts a session. Close ends it.
func New(opts Options) *Session {
	if opts.Env == nil || opts.Emit == nil {
		panic("session.New: Options.Env and Options.Emit must be set")
	}
	if opts.SessionID == "" {
		opts.SessionID = wire.NewID()
	}
	if opts.User == "" {
		opts.User = "kernel"
	}
	if opts.History == nil {
		opts.History = history.NewMemory()
	}
	if opts.OutputLimit <= 0 {
		opts.OutputLimit = DefaultOutputLimit
	}
	if opts.Spill == nil {
		opts.Spill = spill.New(spill.DefaultLimit)
	}
	if opts.Logf == nil {
		opts.Logf = log.Printf
	}
	opts.KernelInfo.Status = wire.StatusOK
	if opts.KernelInfo.ProtocolVersion == "" {
		opts.KernelInfo.ProtocolVersion = wire.ProtocolVersion
	}
	s := &Session{
		opts:   opts,
		sender: wire.Sender{Session: opts.SessionID, User: opts.User},
		done:   make(chan struct{}),
		bypass: bypass{from: opts.Bypass, logf: opts.Logf},
	}
	if opts.Bypass != nil {
		go s.bypass.follow(s.done)
	}
	s.comms = comm.New(s.publishComm)
	s.mu.Lock()
	defer s.mu.Unlock()
	for q, answer := range map[*queue]func(request){&s.control: s.answerControl, &s.questions: s.answerQuestion} {
		q.init()
		go s.serve(q, answer)
	}
	s.newSubshell("", opts.History, max(opts.FirstCount, 1))
	return s
}

// Handle takes a message that came from a front end. It never blocks: cells wait
// for their turn in their subshell, all else is looked at while cells run; see
// [request.isAside] for what questions wait for. After Close it does nothing.
func (s *Session) Handle(m *wire.Message) {
	switch {
	case m.Header.MsgType == wire.TypeInputReply:
		s.takeInput(m)
	case m.Header.MsgType == wire.TypeInterruptRequest: // of old clients it comes on shell, as shutdown does
		s.interrupt(errInterrupted)
		s.control.push(request{Message: m})
	case isComm(m.Header.MsgType) && (m.Channel == wire.Shell || m.Channel == wire.Control):
		s.takeComm(m)
	case m.Channel == wire.Control && ofShell(m.Header.MsgType):
		s.takeShell(m)
	case m.Header.MsgType == wire.TypeShutdownRequest, m.Header.MsgType == wire.TypeCommInfoRequest, m.Channel == wire.Control:
		s.control.push(request{Message: m})
	case m.Channel == wire.Shell:
		s.takeShell(m)
	default:
		s.opts.Logf("ignoring a %s message on channel %q: a kernel receives on shell, control and stdin", m.Header.MsgType, m.Channel)
	}
}

// Done is closed when the session has ended: by shutdown_request or Close.
func (s *Session) Done() <-chan struct{} { return s.done }

// Close ends the session: open comms are closed, running cells are cancelled and
// what is queued is dropped. It does not wait for the cells, which may be in code
// that cannot be stopped, and nothing is sent any more.
func (s *Session) Close() {
	s.stopping.Do(func() {
		s.endComms()
		s.mu.Lock()
		s.closing = true
		s.mu.Unlock()
		for _, q := range s.queues() {
			q.close()
		}
		s.emitting.Lock() // a message that is being sent goes out whole
		s.mu.Lock()
		s.closed = true
		s.mu.Unlock()
		s.emitting.Unlock()
		s.interrupt(errClosed)
		close(s.done)
	})
}

// queues are all queues of the session.
func (s *Session) queues() []*queue {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []*queue{&s.control, &s.questions}
	for _, sh := range s.shells {
		all = append(all, &sh.cells, &sh.handlers)
	}
	return all
}

// publish sends a message about a request to all front ends.
func (s *Session) publish(parent *wire.Message, msgType string, content any) error {
	m, err := s.sender.Publish(parent, msgType, content)
	if err != nil {
		return err
	}
	return s.emit(m)
}

// tell publishes what nobody waits for; a failure is logged.
func (s *Session) tell(parent *wire.Message, msgType string, content any) {
	if err := s.publish(parent, msgType, content); err != nil && !errors.Is(err, errClosed) {
		s.opts.Logf("%v", err)
	}
}

// reply answers a request. What cannot be written is answered with an error,
// because a front end waits for ever for a reply that is missing.
func (s *Session) reply(parent *wire.Message, msgType string, content, metadata any) {
	m, err := s.sender.Reply(parent, msgType, content)
	if err != nil {
		s.opts.Logf("%v", err)
		failed := wire.NewErrorReply(wire.ErrorContent{Name: "kernel error", Value: err.Error()})
		if m, err = s.sender.Reply(parent, msgType, failed); err != nil {
			s.opts.Logf("no reply to %s: %v", parent.Header.MsgType, err)
			return
		}
	}
	if metadata != nil {
		if m.Metadata, err = object(metadata); err != nil {
			s.opts.Logf("writing the metadata of %s: %v", msgType, err)
		}
	}
	if err := s.emit(m); err != nil && !errors.Is(err, errClosed) {
		s.opts.Logf("no reply to %s: %v", parent.Header.MsgType, err)
	}
}

// emit sends a message unless the session has been closed.
func (s *Session) emit(m *wire.Message) error {
	s.emitting.Lock()
	defer s.emitting.Unlock()
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	if closed {
		return fmt.Errorf("sending %s: %w", m.Header.MsgType, errClosed)
	}
	s.opts.Emit(m)
	return nil
}

package session

import (
	"encoding/json"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/nascent-go/nascent/kernel/wire"
)

// serve answers the requests of a queue one after the other.
func (s *Session) serve(q *queue, answer func(request)) {
	for {
		r, ok := q.pop()
		if !ok {
			return
		}
		s.answer(r, answer)
		q.answered()
	}
}

// answer looks at one request, between busy and idle.
func (s *Session) answer(r request, do func(request)) {
	m := r.Message
	s.busy(m)
	defer s.idle(m)
	defer func() {
		if p := recover(); p != nil { // a fault of ours must not cost the user the session
			s.opts.Logf("kernel error at %s: panic: %v\n%s", m.Header.MsgType, p, debug.Stack())
			s.fail(m, fmt.Errorf("the kernel failed at this request (a bug of the kernel): %v", p))
		}
	}()
	do(r)
}

// answerControl looks at the requests that wait for no cell.
func (s *Session) answerControl(r request) {
	m := r.Message
	switch m.Header.MsgType {
	case wire.TypeInterruptRequest: // Handle has done it
		s.reply(m, wire.TypeInterruptReply, wire.InterruptReply{Status: wire.StatusOK}, nil)
		return
	case wire.TypeShutdownRequest:
		s.shutdown(m)
		return
	case wire.TypeCommInfoRequest:
		s.commInfo(m)
		return
	case wire.TypeCommOpen, wire.TypeCommMsg, wire.TypeCommClose:
		s.commDropped(m)
		return
	}
	if m.Channel == wire.Shell {
		s.noSubshell(m)
		return
	}
	switch m.Header.MsgType {
	case wire.TypeKernelInfoRequest:
		s.kernelInfo(m)
	case wire.TypeCreateSubshellRequest:
		s.createSubshell(m)
	case wire.TypeDeleteSubshellRequest:
		s.deleteSubshell(m)
	case wire.TypeListSubshellRequest:
		s.listSubshells(m)
	default:
		s.unknown(m)
	}
}

// answerCell runs a cell.
func (sh *subshell) answerCell(r request) {
	if r.Header.MsgType != wire.TypeExecuteRequest {
		sh.unknown(r.Message)
		return
	}
	sh.execute(r)
}

// unknown logs a request of a type that this kernel doesn't have. The protocol
// wants no reply to it.
func (s *Session) unknown(m *wire.Message) {
	s.opts.Logf("ignoring a request of the unknown type %q on %s", m.Header.MsgType, m.Channel)
}

// decode reads the content of a request, and answers it with the error if it can't.
func (s *Session) decode(m *wire.Message, into any) bool {
	if err := m.DecodeContent(into); err != nil {
		s.fail(m, err)
		return false
	}
	return true
}

// fail answers a request with an error.
func (s *Session) fail(m *wire.Message, err error) {
	if m.Header.MsgType == wire.TypeExecuteRequest {
		s.failCell(m, err, 0)
		return
	}
	s.opts.Logf("%v", err)
	kind, isRequest := strings.CutSuffix(m.Header.MsgType, "_request")
	if !isRequest {
		return // no message of a comm has a reply
	}
	s.reply(m, kind+"_reply", wire.NewErrorReply(kernelError(err)), nil)
}

// failCell answers an execute_request that can't be looked at. count is the
// execution count of the last cell, if that is known.
func (s *Session) failCell(m *wire.Message, err error, count int) {
	s.opts.Logf("%v", err)
	s.reply(m, wire.TypeExecuteReply, wire.ExecuteReply{Status: wire.StatusError, ExecutionCount: count, Error: kernelError(err)}, nil)
}

func kernelError(err error) wire.ErrorContent {
	return wire.ErrorContent{Name: "kernel error", Value: err.Error(), Traceback: wire.Strings{err.Error()}}
}

// interrupt stops all cells that run, the handler of a comm message and the question
// that is being answered.
func (s *Session) interrupt(cause error) {
	for _, q := range s.queues() {
		q.interrupt(cause)
	}
}

func (s *Session) shutdown(m *wire.Message) {
	var req wire.ShutdownRequest
	if !s.decode(m, &req) {
		return
	}
	s.endComms()
	content := wire.ShutdownReply{Status: wire.StatusOK, Restart: req.Restart}
	s.reply(m, wire.TypeShutdownReply, content, nil)
	s.tell(m, wire.TypeShutdownReply, content)
	s.status(m, wire.Idle)
	s.Close() // so the idle that answer sends is dropped: the one above is the last message
}

// object writes the fields of a struct as a JSON object.
func object(v any) (json.RawMessage, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage("{}"), err
	}
	return raw, nil
}

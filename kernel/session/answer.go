package session

import (
	"encoding/json"
	"fmt"
	"runtime/debug"
	"strings"
	"unicode/utf8"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/wire"
)

// answer looks at one request, between busy and idle.
func (s *Session) answer(r request) {
	m := r.Message
	s.status(m, wire.Busy)
	defer s.status(m, wire.Idle)
	defer func() {
		if p := recover(); p != nil { // a fault of ours must not cost the user the session
			s.opts.Logf("kernel error at %s: panic: %v\n%s", m.Header.MsgType, p, debug.Stack())
			s.fail(m, fmt.Errorf("the kernel failed at this request (a bug of the kernel): %v", p))
		}
	}()

	switch m.Header.MsgType {
	case wire.TypeKernelInfoRequest:
		s.reply(m, wire.TypeKernelInfoReply, s.opts.KernelInfo, nil)
	case wire.TypeInterruptRequest: // Handle has done it
		s.reply(m, wire.TypeInterruptReply, wire.InterruptReply{Status: wire.StatusOK}, nil)
	case wire.TypeShutdownRequest:
		s.shutdown(m)
	case wire.TypeCommInfoRequest:
		s.commInfo(m)
	case wire.TypeCommOpen, wire.TypeCommMsg, wire.TypeCommClose:
		s.handleComm(r)
	default:
		if m.Channel == wire.Control {
			s.unknown(m)
			return
		}
		s.answerCell(r)
	}
}

// answerCell looks at the requests that need the environment, which only the
// shell goroutine may use.
func (s *Session) answerCell(r request) {
	switch m := r.Message; m.Header.MsgType {
	case wire.TypeExecuteRequest:
		s.execute(r)
	case wire.TypeCompleteRequest:
		s.complete(r)
	case wire.TypeInspectRequest:
		s.inspect(r)
	case wire.TypeIsCompleteRequest:
		s.isComplete(m)
	case wire.TypeHistoryRequest:
		s.findHistory(r)
	default:
		s.unknown(m)
	}
}

// unknown logs a request of a type that this kernel doesn't have. The protocol
// wants no reply to it.
func (s *Session) unknown(m *wire.Message) {
	s.opts.Logf("ignoring a request of the unknown type %q on %s", m.Header.MsgType, m.Channel)
}

func (s *Session) status(m *wire.Message, state wire.ExecutionState) {
	s.tell(m, wire.TypeStatus, wire.Status{ExecutionState: state})
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
	s.opts.Logf("%v", err)
	kind, isRequest := strings.CutSuffix(m.Header.MsgType, "_request")
	if !isRequest {
		return // no message of a comm has a reply
	}
	content := wire.ErrorContent{Name: "kernel error", Value: err.Error(), Traceback: wire.Strings{err.Error()}}
	s.reply(m, kind+"_reply", wire.NewErrorReply(content), nil)
}

// interruptCell stops the handler of a comm message that runs, and what the shell
// goroutine does, or, if it does nothing yet, what it has been asked to do so far.
func (s *Session) interruptCell() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.handler != nil {
		s.handler(errInterrupted)
	}
	if s.interrupt == nil {
		s.interrupts++
		return
	}
	s.interrupt(errInterrupted)
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

func (s *Session) complete(r request) {
	m := r.Message
	var req wire.CompleteRequest
	if !s.decode(m, &req) {
		return
	}
	ctx, end := s.begin(r)
	defer end()
	c := s.opts.Env.Complete(ctx, req.Code, byteOffset(req.Code, req.CursorPos))
	start, stop := runeOffset(req.Code, c.Start), runeOffset(req.Code, c.End)
	reply := wire.CompleteReply{Status: wire.StatusOK, CursorStart: start, CursorEnd: stop}
	if len(c.Items) == 0 {
		reply.CursorStart, reply.CursorEnd = req.CursorPos, req.CursorPos
	}
	for _, item := range c.Items {
		reply.Matches = append(reply.Matches, item.Text)
		reply.Metadata.Types = append(reply.Metadata.Types, wire.CompletionType{
			Start: start, End: stop, Text: item.Text, Type: item.Type, Signature: item.Signature,
		})
	}
	s.reply(m, wire.TypeCompleteReply, reply, nil)
}

func (s *Session) inspect(r request) {
	m := r.Message
	var req wire.InspectRequest
	if !s.decode(m, &req) {
		return
	}
	ctx, end := s.begin(r)
	defer end()
	found := s.opts.Env.Inspect(ctx, req.Code, byteOffset(req.Code, req.CursorPos), req.DetailLevel)
	reply := wire.InspectReply{Status: wire.StatusOK}
	if found.Plain != "" || found.Markdown != "" {
		reply.Found = true
		reply.Data = wire.Data{}
		for mime, text := range map[string]string{display.MIMEPlain: found.Plain, display.MIMEMarkdown: found.Markdown} {
			if text != "" {
				reply.Data[mime] = text
			}
		}
	}
	s.reply(m, wire.TypeInspectReply, reply, nil)
}

func (s *Session) isComplete(m *wire.Message) {
	var req wire.IsCompleteRequest
	if !s.decode(m, &req) {
		return
	}
	c := s.opts.Env.IsComplete(req.Code)
	reply := wire.IsCompleteReply{Status: wire.Completeness(c.Status), Indent: c.Indent}
	if reply.Status == "" {
		reply.Status = wire.Unknown
	}
	s.reply(m, wire.TypeIsCompleteReply, reply, nil)
}

// findHistory answers with cells that ran.
func (s *Session) findHistory(r request) {
	var req wire.HistoryRequest
	if !s.decode(r.Message, &req) {
		return
	}
	ctx, end := s.begin(r)
	defer end()
	found, err := s.opts.History.Find(ctx, req)
	if err != nil {
		s.fail(r.Message, err)
		return
	}
	s.reply(r.Message, wire.TypeHistoryReply, wire.HistoryReply{Status: wire.StatusOK, History: found}, nil)
}

// byteOffset is where in text the code point with number n (from 0) begins.
// Jupyter counts code points, Go bytes. A number outside the text means its end.
func byteOffset(text string, n int) int {
	for i := range text {
		if n <= 0 {
			return i
		}
		n--
	}
	return len(text)
}

// runeOffset is how many code points lie before a byte offset.
func runeOffset(text string, offset int) int {
	return utf8.RuneCountInString(text[:max(0, min(offset, len(text)))])
}

// object writes the fields of a struct as a JSON object.
func object(v any) (json.RawMessage, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage("{}"), err
	}
	return raw, nil
}

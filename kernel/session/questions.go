package session

import (
	"unicode/utf8"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/wire"
)

// Front ends give up on most questions after a second, and reload while cells run
// for hours: so questions are answered beside the cells, on a goroutine of their
// own, in the order in which they come.

// isAside says whether a request is a question that is answered beside the cells.
// Completion, inspection and completeness are about what has been typed: they are
// answered at once. The history and the kernel's own description are answered when
// all cells that were sent before have begun: so the history has these cells, and
// who has sent cells and then asks for the kernel hears that their turn has come.
func (r request) isAside(cellsWait bool) bool {
	switch r.Header.MsgType {
	case wire.TypeCompleteRequest, wire.TypeInspectRequest, wire.TypeIsCompleteRequest:
		return true
	case wire.TypeHistoryRequest, wire.TypeKernelInfoRequest:
		return !cellsWait
	}
	return false
}

func (s *Session) answerQuestion(r request) {
	switch m := r.Message; m.Header.MsgType {
	case wire.TypeKernelInfoRequest:
		s.kernelInfo(m)
	case wire.TypeCompleteRequest:
		s.complete(r)
	case wire.TypeInspectRequest:
		s.inspect(r)
	case wire.TypeIsCompleteRequest:
		s.isComplete(m)
	case wire.TypeHistoryRequest:
		s.findHistory(r)
	}
}

func (s *Session) kernelInfo(m *wire.Message) {
	s.reply(m, wire.TypeKernelInfoReply, s.opts.KernelInfo, nil)
}

func (s *Session) complete(r request) {
	m := r.Message
	var req wire.CompleteRequest
	if !s.decode(m, &req) {
		return
	}
	ctx, end := s.questions.begin(r)
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
	ctx, end := s.questions.begin(r)
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
	ctx, end := s.questions.begin(r)
	defer end()
	found, err := r.shell.book.Find(ctx, req)
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

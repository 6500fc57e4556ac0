package session

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/wire"
)

// Messages of comms are handled in their order, but beside the cells: a slider that
// is moved while a cell runs is seen by that cell. A cell that was sent after a
// message waits until it has been handled. Each subshell has an order of its own, and
// its cells wait for none of another's.

// maxHandlers bounds what messages may take of memory that wait for handlers: they
// come as fast as somebody moves a slider, and a handler may hang. What opens and
// closes comms is kept in any case.
const maxHandlers = 64 << 20 // bytes

// isComm says whether a message is one of a comm.
func isComm(msgType string) bool {
	switch msgType {
	case wire.TypeCommOpen, wire.TypeCommMsg, wire.TypeCommClose:
		return true
	}
	return false
}

// takeComm takes a message of a comm that came from a front end. The main shell takes
// what is for a subshell that is gone: JupyterLab makes one for each target and goes
// on using it after a session has died, and no reply could tell it better.
func (s *Session) takeComm(m *wire.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := request{Message: m, shell: cmp.Or(s.find(m.Header.SubshellID), s.find(""))}
	if r.shell == nil {
		return // the session has ended
	}
	if _, bytes := r.shell.handlers.state(); bytes > maxHandlers && m.Header.MsgType == wire.TypeCommMsg {
		dropped := *m
		dropped.Content, dropped.Buffers = json.RawMessage("{}"), nil
		s.control.push(request{Message: &dropped})
		return
	}
	r.shell.handlers.push(r)
}

// handleComm gives a message of a comm to its handler.
func (sh *subshell) handleComm(r request) {
	m := r.Message
	call, err := sh.comms.Receive(m)
	if err != nil {
		sh.opts.Logf("%v", err)
	}
	if call == nil {
		return
	}
	if err := sh.callHandler(r, call); err != nil {
		sh.tell(m, wire.TypeError, errorContent(err))
		if err := sh.comms.Failed(m); err != nil && !errors.Is(err, errClosed) {
			sh.opts.Logf("%v", err)
		}
	}
}

// commDropped says that there was no room for a message of a comm.
func (s *Session) commDropped(m *wire.Message) {
	s.tell(m, wire.TypeStream, wire.Stream{Name: wire.Stderr, Text: fmt.Sprintf(
		"[%s dropped: handlers don't keep up with what the front end sends, and %s of messages wait for them]\n", m.Header.MsgType, size(maxHandlers))})
}

// callHandler calls the handler of a comm message, whose output belongs to that message.
func (sh *subshell) callHandler(r request, call func()) error {
	out := sh.newOutput(r.Message, 0)
	sh.bypass.begin(out)
	defer sh.bypass.end(out)
	ctx, end := sh.handlers.begin(r)
	defer end()
	err := ctx.Err()
	if err == nil {
		ended := make(chan struct{})
		err = sh.opts.Env.Call(ctx, cell.Input{
			Name:   "handler of " + r.Header.MsgType,
			Stdout: stream{out, stdout}, Stderr: stream{out, stderr},
			Stdin:   &input{out: out, ctx: ctx, ended: ended},
			Display: out,
		}, func() {
			call()
			out.callLast(false) // here, so that it belongs to the message too
		})
		close(ended)
	}
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		err = interruption{"the handler of the comm's message", context.Cause(ctx)}
	}
	if ferr := out.finish(); err == nil {
		err = ferr
	}
	return err
}

// commInfo says which comms are open.
func (s *Session) commInfo(m *wire.Message) {
	var req wire.CommInfoRequest
	if s.decode(m, &req) {
		s.reply(m, wire.TypeCommInfoReply, wire.CommInfoReply{Status: wire.StatusOK, Comms: s.comms.Info(req.TargetName)}, nil)
	}
}

// endComms closes the comms that are open at the end of the session.
func (s *Session) endComms() {
	if err := s.comms.End(); err != nil {
		s.opts.Logf("%v", err)
	}
}

// publishComm is how the session's comms send.
func (s *Session) publishComm(parent *wire.Message, msgType string, content any, metadata json.RawMessage, buffers [][]byte) error {
	m, err := s.sender.Publish(parent, msgType, content)
	if err != nil {
		return err
	}
	if len(metadata) > 0 {
		m.Metadata = metadata
	}
	m.Buffers = buffers
	return s.emit(m)
}

// An output's comms are those of the session, in the name of its request.
var _ display.Comms = (*output)(nil)

// OpenComm implements display.Comms, as the next three methods do.
func (o *output) OpenComm(id, target string, m display.CommMessage, h display.CommHandler) error {
	return o.inOrder(func() error { return o.s.comms.Open(o.parent, id, target, m, h) })
}

func (o *output) SendComm(id string, m display.CommMessage) error {
	return o.inOrder(func() error { return o.s.comms.Send(o.parent, id, m) })
}

func (o *output) CloseComm(id string, m display.CommMessage) error {
	return o.inOrder(func() error { return o.s.comms.Close(o.parent, id, m) })
}

func (o *output) RegisterTarget(name string, accept func(id string) display.CommHandler) error {
	return o.s.comms.Register(name, accept)
}

// inOrder sends what was written before, and then something else.
func (o *output) inOrder(send func() error) error {
	if err := o.flush(); err != nil {
		return err
	}
	return send()
}

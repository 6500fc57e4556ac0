package host

import (
	"strconv"

	"github.com/nascent-go/nascent/kernel/wire"
)

// known says whether a kernel takes a request on a channel, which is shell or
// control. As ipykernel, it takes those of shell on control too.
func known(c wire.Channel, msgType string) bool {
	switch msgType {
	case wire.TypeKernelInfoRequest, wire.TypeExecuteRequest, wire.TypeCompleteRequest, wire.TypeInspectRequest,
		wire.TypeIsCompleteRequest, wire.TypeHistoryRequest, wire.TypeCommInfoRequest,
		wire.TypeCommOpen, wire.TypeCommMsg, wire.TypeCommClose,
		wire.TypeShutdownRequest, wire.TypeInterruptRequest, // which old clients send on shell
		wire.TypeUsageRequest:
		return true
	case wire.TypeCreateSubshellRequest, wire.TypeDeleteSubshellRequest, wire.TypeListSubshellRequest:
		return c == wire.Control
	}
	return false
}

// receive takes what came through a socket. What is no message of this kernel's
// clients is dropped, and the log says why.
func (h *host) receive(channel wire.Channel, frames [][]byte) {
	m, err := wire.Decode(frames, h.signer)
	if err != nil {
		h.dropped("dropped a message on %s: %v", channel, err)
		return
	}
	m.Channel = channel
	if why := h.refuse(m, frames[len(m.Identities)+1]); why != "" {
		h.dropped("dropped %s on %s: %s", shownType(m), channel, why)
		return
	}
	if channel == wire.Stdin {
		h.worker.send(m, true)
		return
	}
	h.request(m)
}

// refuse says why a message is dropped, or "".
func (h *host) refuse(m *wire.Message, signature []byte) (why string) {
	switch {
	case h.replays.again(signature):
		return "its signature has been used before"
	case len(m.Identities) == 0: // a router puts the sender's in front of every message
		return "nobody has sent it"
	case h.ending != nil && m.Header.MsgType != wire.TypeShutdownRequest:
		return "the kernel is ending"
	case m.Channel == wire.Stdin && m.Header.MsgType != wire.TypeInputReply:
		return "only input_reply is received there"
	case m.Channel == wire.Stdin && h.worker == nil:
		return "nobody has asked for input"
	case m.Channel != wire.Stdin && !known(m.Channel, m.Header.MsgType):
		return "this kernel takes no such request there"
	}
	return ""
}

// shownType is a message's type as the log shows it, whatever a client put there.
func shownType(m *wire.Message) string {
	const most = 64
	t := m.Header.MsgType
	if len(t) > most {
		t = t[:most] + "…"
	}
	if q := strconv.Quote(t); q != `"`+t+`"` {
		return q
	}
	return t
}

// request takes a request on shell or control.
func (h *host) request(m *wire.Message) {
	switch m.Header.MsgType {
	case wire.TypeKernelInfoRequest:
		switch {
		case m.Channel != wire.Shell:
			h.answerInfo(m)
		case m.Header.SubshellID != "": // only the session knows whether there is such a subshell
			h.forward(m)
		case h.flight.waits(m):
			h.flight.add(m, true)
		default:
			h.answerInfo(m)
		}
	case wire.TypeUsageRequest:
		h.answerUsage(m)
	case wire.TypeShutdownRequest:
		var req wire.ShutdownRequest
		if err := m.DecodeContent(&req); err != nil {
			h.logf("%v", err)
		}
		h.shutdown(m, req.Restart)
	case wire.TypeInterruptRequest:
		h.interrupt(m)
	default:
		h.forward(m)
	}
}

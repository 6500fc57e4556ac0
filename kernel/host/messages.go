package host

import (
	"github.com/nascent-go/nascent/kernel/wire"
)

// forward hands a request to the worker. On control it overtakes what waits on shell.
func (h *host) forward(m *wire.Message) {
	h.noteComm(m)
	h.flight.add(m, false)
	if h.reachWorker() {
		h.worker.send(m, m.Channel != wire.Shell)
	}
}

// reachWorker starts a worker if there is none. If none can be started, all
// requests fail.
func (h *host) reachWorker() bool {
	if h.worker != nil {
		return true
	}
	if err := h.startWorker(); err != nil {
		h.logf("%v", err)
		h.failAll(wire.ErrorContent{Name: "WorkerDied", Value: err.Error(), Traceback: wire.Strings{err.Error()}}, noSessionText)
		return false
	}
	return true
}

// answerInfo answers kernel_info_request without the worker, which may still be
// starting: front ends show the kernel as ready when this has come.
func (h *host) answerInfo(m *wire.Message) {
	h.status(m, wire.Busy)
	h.reply(m, wire.TypeKernelInfoReply, h.opts.Info)
	h.idle(m)
}

// answerAll answers those kernel_info_requests whose turn it is.
func (h *host) answerAll(due []*wire.Message) {
	for _, m := range due {
		h.answerInfo(m)
	}
}

// idle says that the host has answered a request. Front ends take the newest state
// for the kernel's, so if a cell runs its busy is said again.
func (h *host) idle(m *wire.Message) {
	h.status(m, wire.Idle)
	if e := h.flight.cell(); e != nil {
		h.status(e.request, wire.Busy)
	}
}

// fromWorker passes a message on and learns from it which requests are finished.
func (h *host) fromWorker(w *link, m *wire.Message) {
	if h.worker != w {
		return
	}
	w.heard = true
	if m.Channel == wire.Log {
		h.logFromWorker(m)
		return
	}
	if h.ending != nil && h.ending.asked(m.ParentID()) {
		return // the host answers these itself, when the worker has ended
	}
	h.noteComm(m)
	switch m.Header.MsgType {
	case wire.TypeStatus:
		h.statusFromWorker(m)
		return
	case wire.TypeExecuteInput:
		var in wire.ExecuteInput
		if err := m.DecodeContent(&in); err != nil {
			h.logf("from the worker: %v", err)
		} else {
			h.counted(h.flight.find(m.ParentID()), in.ExecutionCount)
		}
	}
	if m.Channel == wire.Shell || m.Channel == wire.Control {
		if e := h.flight.find(m.ParentID()); e != nil {
			e.replied = true
		}
	}
	h.send(m)
}

// counted notes the execution count of a cell. Each subshell has a counter of its
// own; the main shell's is what the next worker goes on with.
func (h *host) counted(e *entry, count int) {
	if e != nil {
		e.count = count
	}
	if e == nil || e.lane.subshell == "" {
		h.nextCount = max(h.nextCount, count+1)
	}
}

func (h *host) logFromWorker(m *wire.Message) {
	var line wire.Stream
	if err := m.DecodeContent(&line); err != nil {
		h.logf("from the worker: %v", err)
		return
	}
	h.said.printf("%s", line.Text)
}

func (h *host) statusFromWorker(m *wire.Message) {
	var s wire.Status
	if err := m.DecodeContent(&s); err != nil {
		h.logf("from the worker: %v", err)
		return
	}
	e := h.flight.find(m.ParentID())
	switch s.ExecutionState {
	case wire.Starting:
		return // said once, by the host: a worker that replaces another starts no kernel
	case wire.Busy:
		h.send(m)
		if e == nil {
			return
		}
		defer h.answerAll(h.flight.begin(e))
		if e.cell() {
			h.lastCell = e.request
			if h.notice != "" {
				h.publish(e.request, wire.TypeStream, wire.Stream{Name: wire.Stderr, Text: h.notice})
				h.notice = ""
			}
		}
	case wire.Idle:
		h.send(m)
		if e == nil {
			return
		}
		h.answerAll(h.flight.remove(e))
	}
}

// send signs a message and sends it through the socket of its channel.
func (h *host) send(m *wire.Message) {
	socket := h.sockets.of(m.Channel)
	if socket == nil {
		h.logf("from the worker: %s on the unknown channel %q", m.Header.MsgType, m.Channel)
		return
	}
	if len(m.Identities) == 0 { // a topic, or whom to send it to
		if m.Channel != wire.IOPub {
			return // the answer to a request of the host's own
		}
		m.Identities = [][]byte{[]byte(m.Header.MsgType)}
	}
	frames, err := m.Encode(h.signer)
	if err != nil {
		h.logf("from the worker: %v", err)
		return
	}
	socket.Send(frames)
}

func (h *host) publish(parent *wire.Message, msgType string, content any) {
	h.made(h.sender.Publish(parent, msgType, content))
}

func (h *host) status(parent *wire.Message, state wire.ExecutionState) {
	h.publish(parent, wire.TypeStatus, wire.Status{ExecutionState: state})
}

func (h *host) reply(to *wire.Message, msgType string, content any) {
	h.made(h.sender.Reply(to, msgType, content))
}

// welcome makes the message with which a new subscription to IOPub begins
// (protocol 5.5, JEP 65). Its prefix is the topic, so that it reaches whoever
// subscribed to that. It is called on any goroutine.
func (h *host) welcome(topic string) [][]byte {
	m, err := h.sender.Publish(nil, wire.TypeIOPubWelcome, wire.IOPubWelcome{Subscription: topic})
	if err != nil {
		h.logf("%v", err)
		return nil
	}
	m.Identities = [][]byte{[]byte(topic)}
	frames, err := m.Encode(h.signer)
	if err != nil {
		h.logf("%v", err)
		return nil
	}
	return frames
}

// made sends a message of the host's own.
func (h *host) made(m *wire.Message, err error) {
	if err != nil {
		h.logf("%v", err)
		return
	}
	h.send(m)
}

// asked says whether a shutdown was asked for with a message id.
func (e *ending) asked(id string) bool {
	for _, m := range e.requests {
		if m.Header.MsgID == id {
			return true
		}
	}
	return false
}

package host

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nascent-go/nascent/kernel/wire"
	"github.com/nascent-go/nascent/kernel/worker"
)

// lostText tells the user what a dead worker means.
const lostText = "The session has ended: its variables, functions and imports are lost. A fresh session has started.\n"

// noSessionText tells the user that a worker did not even begin.
const noSessionText = "No session could be started. The next cell will try it again.\n"

// workerDied says why on all requests that the worker leaves behind, and starts
// another.
func (h *host) workerDied(w *link, d *worker.Death) {
	if h.worker != w {
		return
	}
	h.worker = nil
	h.closeComms()
	if h.ending != nil {
		h.finishShutdown()
		return
	}
	why := explain(d)
	h.logf("worker %d died: %s: %s", w.PID(), why.Name, why.Value)
	if d.Crash != "" {
		h.logf("its last words:\n%s", firstLines(strings.TrimSpace(d.Crash), maxLogged))
	}
	if !w.heard {
		// It may never have run at all. Another is started when there is
		// something to do, not in a circle.
		if said := strings.TrimSpace(d.Stderr); said != "" {
			why.Value += ": " + said
		}
		h.failAll(why, noSessionText)
		return
	}
	h.leftOver(wire.Stdout, d.Stdout)
	h.leftOver(wire.Stderr, d.Stderr)
	cell := h.failAll(why, lostText)
	if err := h.startWorker(); err != nil {
		h.logf("%v", err)
	}
	if !cell {
		h.notice = why.Name + ": " + why.Value + "\nThis happened after the last cell had ended. " + lostText
	}
}

// failAll ends all requests that are not finished: each running cell fails with
// why and shows the notice, cells that wait are aborted, and others fail. If
// there was no session at all, the first cell fails. It says whether a cell failed.
func (h *host) failAll(why wire.ErrorContent, notice string) (cell bool) {
	left := h.flight.all()
	h.flight = newFlight()
	blameFirst := notice == noSessionText
	for _, e := range left {
		if e.local {
			h.answerInfo(e.request)
			continue
		}
		ran := e.busy || blameFirst && !cell
		if !e.busy {
			h.status(e.request, wire.Busy)
		}
		switch {
		case e.replied:
		case e.cell() && ran:
			cell = true
			h.failCell(e, why, notice)
		case e.cell():
			h.reply(e.request, wire.TypeExecuteReply, wire.ExecuteReply{Status: wire.StatusAborted, ExecutionCount: h.nextCount - 1})
		case e.request.Header.MsgType == wire.TypeInterruptRequest:
			h.reply(e.request, wire.TypeInterruptReply, wire.InterruptReply{Status: wire.StatusOK})
		default:
			if kind, isRequest := strings.CutSuffix(e.request.Header.MsgType, "_request"); isRequest {
				h.reply(e.request, kind+"_reply", wire.NewErrorReply(why))
			} else if ran { // a handler of a comm; no reply can tell
				h.publish(e.request, wire.TypeError, why)
			}
		}
		h.status(e.request, wire.Idle)
	}
	return cell
}

func (h *host) failCell(e *entry, why wire.ErrorContent, notice string) {
	count := e.count
	if count == 0 { // it was not told, as of a silent cell
		count = h.nextCount - 1
	}
	h.publish(e.request, wire.TypeError, why)
	h.publish(e.request, wire.TypeStream, wire.Stream{Name: wire.Stderr, Text: notice})
	h.reply(e.request, wire.TypeExecuteReply, wire.ExecuteReply{Status: wire.StatusError, ExecutionCount: count, Error: why})
}

// interruptBySignal does what interrupt_request does, for whoever interrupts a
// kernel with SIGINT.
func (h *host) interruptBySignal() {
	if h.worker == nil || h.ending != nil {
		return
	}
	// Its reply goes to nobody.
	m := &wire.Message{Channel: wire.Control, Header: wire.NewHeader(h.sender.Session, h.sender.User, wire.TypeInterruptRequest), Content: []byte("{}")}
	h.worker.send(m, len(h.flight.running()) > 0)
	h.expectStop()
}

// interrupt hands an interrupt_request to the worker. It overtakes what waits,
// because it is meant for what runs; but if nothing runs yet it keeps its place,
// because then it is meant for what came before it.
func (h *host) interrupt(m *wire.Message) {
	running := len(h.flight.running()) > 0
	h.flight.add(m, false)
	if h.reachWorker() {
		h.worker.send(m, running)
		h.expectStop()
	}
}

// expectStop ends the worker if not all that runs now, on whichever subshell, has
// finished after the grace period: an interrupt is meant for all of it. If nothing
// runs, the worker has to begin what waits: one that was stopped never would.
func (h *host) expectStop() {
	w, interrupted, waiting := h.worker, h.flight.running(), h.flight.oldest()
	if w == nil || len(interrupted) == 0 && (waiting == nil || !w.heard) {
		return
	}
	time.AfterFunc(h.opts.Grace, func() {
		h.post(func() {
			if h.worker != w || w.Killed() {
				return
			}
			left := slices.DeleteFunc(interrupted, func(e *entry) bool { return !slices.Contains(h.flight.begun, e) })
			switch {
			case len(left) > 0:
				w.Kill(worker.Reason{Name: "interrupt", Text: fmt.Sprintf("the cell did not stop within %v of being interrupted, so its process was ended", h.opts.Grace)})
			case len(interrupted) == 0 && h.flight.oldest() == waiting:
				w.Kill(worker.Reason{Name: "interrupt", Text: fmt.Sprintf("the session did nothing within %v of being interrupted, so its process was ended", h.opts.Grace)})
			}
		})
	})
}

// shutdown asks the session to end. m is the request, or nil.
func (h *host) shutdown(m *wire.Message, restart bool) {
	if h.ending == nil {
		h.ending = &ending{}
		defer h.endWorker(m)
	}
	h.ending.restart = h.ending.restart || restart
	if m != nil {
		h.ending.requests = append(h.ending.requests, m)
		h.status(m, wire.Busy)
	}
}

func (h *host) endWorker(m *wire.Message) {
	w := h.worker
	if w == nil {
		h.finishShutdown()
		return
	}
	if m == nil {
		m = &wire.Message{
			Channel: wire.Control, Header: wire.NewHeader(h.sender.Session, h.sender.User, wire.TypeShutdownRequest),
			Content: []byte(`{"restart":false}`),
		}
	}
	w.send(m, true)
	time.AfterFunc(shutdownTime, func() {
		h.post(func() {
			if h.worker == w {
				w.Kill(worker.Reason{Name: "shutdown", Text: "the kernel ends"})
			}
		})
	})
}

// finishShutdown says that the kernel ends, when its worker has ended.
func (h *host) finishShutdown() {
	content := wire.ShutdownReply{Status: wire.StatusOK, Restart: h.ending.restart}
	for _, m := range h.ending.requests {
		h.reply(m, wire.TypeShutdownReply, content)
		h.publish(m, wire.TypeShutdownReply, content)
		h.status(m, wire.Idle)
	}
	h.ending.over = true
}

// maxLogged is how many lines of last words are logged.
const maxLogged = 40

// firstLines cuts a text after n lines, and says so.
func firstLines(text string, n int) string {
	lines := strings.Split(text, "\n")
	if len(lines) <= n {
		return text
	}
	return strings.Join(lines[:n], "\n") + fmt.Sprintf("\n… and %d more lines", len(lines)-n)
}

package host

import (
	"io"
	"strings"

	"github.com/nascent-go/nascent/kernel/wire"
	"github.com/nascent-go/nascent/kernel/worker"
)

// link is what ties the host to the worker that runs.
type link struct {
	*worker.Process
	queue *outbox // messages to it
	heard bool    // it has sent a message
}

func (l *link) send(m *wire.Message, urgent bool) { l.queue.put(m, urgent) }

// startWorker starts a worker process. What it sends is given to h.post as
// functions that run on the host's loop, and at last its death.
func (h *host) startWorker() error {
	p, err := h.family.Start(h.sender.Session, h.nextCount)
	if err != nil {
		return err
	}
	l := &link{Process: p, queue: newOutbox()}
	h.worker = l
	go l.queue.drain(p)
	go h.attend(l)
	return nil
}

// attend passes on what a worker sends until it has ended, at the pace of those who
// receive it.
func (h *host) attend(l *link) {
	silent := make(chan struct{})
	go func() {
		defer close(silent)
		for {
			m, err := l.Receive()
			switch {
			case err == io.EOF:
				return
			case err != nil:
				l.Kill(worker.Reason{Name: "WorkerDied", Text: "the session's process was ended, because what it sent was no message: " + err.Error()})
				return
			}
			h.sockets.iopub.WaitForRoom()
			h.post(func() { h.fromWorker(l, m) })
		}
	}()
	death := l.Wait()
	<-silent
	l.queue.close()
	l.Close()
	h.post(func() { h.workerDied(l, death) })
}

// leftOver shows what a dead worker had written and its session not taken, as
// output of the cell that runs or has run last. If there is none, it goes to the log.
func (h *host) leftOver(name, text string) {
	if text == "" {
		return
	}
	parent := h.lastCell
	if e := h.flight.cell(); e != nil {
		parent = e.request
	}
	if parent == nil {
		h.said.printf("worker, %s: %s", name, strings.TrimRight(text, "\n"))
		return
	}
	h.publish(parent, wire.TypeStream, wire.Stream{Name: name, Text: text})
}

// explain says why a worker died, as the error of the cell that it ran.
func explain(d *worker.Death) wire.ErrorContent {
	name, value, stack := d.Explain()
	return wire.ErrorContent{Name: name, Value: value, Traceback: append(wire.Strings{"\x1b[1m" + name + "\x1b[0m: " + value}, stack...)}
}

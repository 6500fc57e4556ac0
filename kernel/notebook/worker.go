package notebook

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/nascent-go/nascent/kernel/wire"
	"github.com/nascent-go/nascent/kernel/worker"
)

// InWorker is a kernel that runs in a worker of a family. The worker is started when
// there is something for it to do.
func InWorker(f *worker.Family) Kernel {
	return &inWorker{inbox: newInbox(), family: f}
}

type inWorker struct {
	*inbox
	family *worker.Family
	p      *worker.Process // nil: not started
	ended  func() error    // waits for the process and says how it has ended, unless all is well
}

func (k *inWorker) start() (err error) {
	if k.p, err = k.family.Start(wire.NewID(), 1); err != nil {
		return err
	}
	k.ended = sync.OnceValue(k.end)
	go k.read()
	return nil
}

func (k *inWorker) read() {
	for {
		m, err := k.p.Receive()
		if err == nil {
			k.put(m)
			continue
		}
		if err == io.EOF {
			err = nil
		}
		if how := errors.Join(err, k.ended()); how != nil {
			k.inbox.end(fmt.Errorf("the worker process has died: %w", how))
		} else {
			k.inbox.end(errors.New("the worker process has ended"))
		}
		return
	}
}

// endGrace is how long a worker may take to end once its input is closed.
const endGrace = 2 * time.Second

func (k *inWorker) end() error {
	// Without its pipes it has nothing left to do. One that stays is stuck.
	defer time.AfterFunc(endGrace, func() {
		k.p.Kill(worker.Reason{Name: "WorkerDied", Text: "the process did not end when it was told to, so it was killed"})
	}).Stop()
	death := k.p.Wait()
	if death.Killed == nil && death.State.Success() {
		return nil
	}
	return &Death{death}
}

// Send implements Kernel.
func (k *inWorker) Send(m *wire.Message) error {
	if k.p == nil {
		if err := k.start(); err != nil {
			return err
		}
	}
	return k.p.Send(m)
}

// Close ends the worker. It returns an error only if Receive has not returned it.
func (k *inWorker) Close() error {
	if k.p == nil {
		return nil
	}
	err := k.p.CloseInput()
	if how := k.ended(); !k.isTold() {
		err = errors.Join(err, how)
	}
	return err
}

// Death is how a worker process ended that should not have ended.
type Death struct{ *worker.Death }

// Error says how it ended and, in the Go runtime's words, why.
func (d *Death) Error() string {
	name, value, _ := d.Explain()
	if d.Crash == "" {
		return value
	}
	return name + ": " + value
}

const maxLines = 30 // of what a worker has left that are shown

// Report is what else helps the writer of a cell: what the process wrote last, and
// the calls that crashed.
func (d *Death) Report() []string {
	_, _, stack := d.Explain()
	said := strings.TrimSpace(d.Stderr)
	if said == "" {
		return stack
	}
	lines := strings.Split(said, "\n")
	return append(lines[max(0, len(lines)-maxLines):], stack...)
}

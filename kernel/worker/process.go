//go:build unix

package worker

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/nascent-go/nascent/kernel/wire"
)

const (
	// drainTime is for messages that a worker has left in its pipe, which may be
	// held open by others.
	drainTime = 500 * time.Millisecond

	// dumpTime is how long a worker may go on telling how it dies: first comes what
	// a user wants to know. A deep stack takes seconds, a million of them minutes.
	dumpTime = 200 * time.Millisecond

	// muteTime is how long a worker may live without a way to send messages.
	muteTime = time.Second
)

// Process is a running worker.
type Process struct {
	family *Family
	cmd    *exec.Cmd
	pipes  pipes
	conn   *wire.Conn
	words  words

	stdout, stderr remains
	receiving      atomic.Bool      // somebody waits for a message
	received       atomic.Int64     // messages
	done           chan struct{}    // closed when the process has ended
	state          *os.ProcessState // then
	gone           chan struct{}    // closed when all that it has started has ended too

	mu     sync.Mutex
	killed *Reason
}

// Reason is why a worker was killed, in words for the user.
type Reason struct{ Name, Text string }

func newProcess(f *Family, cmd *exec.Cmd, p pipes) *Process {
	w := &Process{family: f, cmd: cmd, pipes: p, conn: wire.NewConn(p.out.r, p.in.w), done: make(chan struct{}), gone: make(chan struct{})}
	w.stdout.open(p.stdout)
	w.stderr.open(p.stderr)
	told := make(chan struct{})
	go func() {
		w.words.read(p.words.r, func() { go w.dying() })
		close(told)
	}()
	go w.watch()
	go func() {
		_ = cmd.Wait() // the error only repeats how it ended, which the state says
		w.state = cmd.ProcessState
		close(w.done)
		f.ended(cmd.Process.Pid)
		for _, r := range []*os.File{p.out.r, p.words.r} { // somebody may still hold them open
			_ = r.SetReadDeadline(time.Now().Add(drainTime))
		}
		<-told
		close(w.gone)
	}()
	return w
}

// PID is the process's number.
func (w *Process) PID() int { return w.cmd.Process.Pid }

// Send writes a message to the session.
func (w *Process) Send(m *wire.Message) error { return w.conn.WriteMessage(m) }

// CloseInput tells the worker to end.
func (w *Process) CloseInput() error { return w.pipes.in.w.Close() }

// Receive reads the next message of the session. At the end, also after a
// worker's death, it returns io.EOF; any other error is the worker's fault.
func (w *Process) Receive() (*wire.Message, error) {
	for {
		w.receiving.Store(true)
		m, err := w.conn.ReadMessage()
		w.receiving.Store(false)
		switch {
		case err == nil:
		case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, os.ErrClosed), errors.Is(err, os.ErrDeadlineExceeded):
			go w.muted()
			return nil, io.EOF // a worker that dies may leave half a message
		case errors.Is(err, io.EOF):
			go w.muted()
			return nil, err
		default:
			return nil, err
		}
		w.received.Add(1)
		if m.Channel != internal {
			return m, nil
		}
		var c limitContent
		if err := m.DecodeContent(&c); err != nil {
			return nil, err
		}
		w.family.limit.Store(uint64(c.Limit))
	}
}

// muted ends a process that can send no more messages but lives on.
func (w *Process) muted() {
	select {
	case <-w.done:
	case <-time.After(muteTime):
		w.Kill(Reason{"WorkerDied", "the cell has replaced the process by another program, or has closed its connection to the kernel"})
	}
}

// Kill ends the process with all that it has started. The first reason is what
// its death is explained with.
func (w *Process) Kill(r Reason) {
	w.mu.Lock()
	if w.killed == nil {
		w.killed = &r
	}
	w.mu.Unlock()
	w.kill()
}

// Killed says whether Kill was called.
func (w *Process) Killed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.killed != nil
}

func (w *Process) kill() {
	select {
	case <-w.done: // its number may be another's
		return
	default:
	}
	// Errors say that it has ended already.
	_ = syscall.Kill(-w.cmd.Process.Pid, syscall.SIGKILL)
	_ = w.cmd.Process.Kill()
}

// dying is called when the worker has begun to say why it gives up. It no longer
// reads what it writes, so the host has to, and it may take very long.
func (w *Process) dying() {
	tick := time.NewTicker(alarmTime)
	defer tick.Stop()
	var enough <-chan time.Time
	for {
		w.stdout.read()
		w.stderr.read()
		if enough == nil && w.words.dumping() {
			enough = time.After(dumpTime)
		}
		select {
		case <-tick.C:
		case <-enough:
			w.kill()
		case <-w.done:
			return
		}
	}
}

// Wait waits until the process has ended, with all that it has started.
func (w *Process) Wait() *Death {
	<-w.gone
	w.stdout.read()
	w.stderr.read()
	w.mu.Lock()
	defer w.mu.Unlock()
	d := &Death{State: w.state, Killed: w.killed, Stdout: valid(w.stdout.String())}
	crash, shown := join(w.words.said(), w.stderr.String(), w.state.ExitCode() == crashStatus)
	d.Crash, d.Stderr = valid(crash), valid(shown)
	return d
}

// Close frees what the process has used, after Wait and the end of Receive.
func (w *Process) Close() { w.pipes.close() }

//go:build unix

package host

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/nascent-go/nascent/kernel/wire"
)

const (
	workerEnv = "NASCENT_WORKER" // session id and next execution count, for the worker

	// After a worker has ended, its pipes may be held open by processes that it
	// started; what they hold is waited for so long.
	drainTime = 500 * time.Millisecond
)

// worker is a running worker process.
type worker struct {
	cmd     *exec.Cmd
	conn    *wire.Conn
	queue   *outbox // messages to it
	heard   bool    // it has sent a message
	started time.Time
	killed  string // why the host killed it; "" if it didn't

	stdout, stderr *raw
	dead           chan struct{} // closed when all that it left has been handled
}

// death is how a worker ended.
type death struct {
	state  *os.ProcessState
	broken error  // why its messages could not be read, if they couldn't
	killed string // why the host killed it
	crash  string // what the Go runtime wrote when it gave up
	tail   string // the last of its stderr
}

// starter starts processes from one thread that lives as long as the host: on
// Linux the worker gets its signal when the thread that started it ends.
type starter struct {
	commands chan *exec.Cmd
	results  chan error
}

func newStarter() *starter {
	s := &starter{make(chan *exec.Cmd), make(chan error)}
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with this function
		for cmd := range s.commands {
			s.results <- cmd.Start()
		}
	}()
	return s
}

func (s *starter) start(cmd *exec.Cmd) error {
	s.commands <- cmd
	return <-s.results
}

func (s *starter) close() { close(s.commands) }

// startWorker starts a worker process. What it sends is given to h.post as
// functions that run on the host's loop, and at last its death.
func (h *host) startWorker() error {
	var files []*os.File // all ends of all pipes
	closeAll := func(from []*os.File) {
		for _, f := range from {
			f.Close()
		}
	}
	for range 4 {
		r, w, err := os.Pipe()
		if err != nil {
			closeAll(files)
			return fmt.Errorf("starting a worker: %w", err)
		}
		files = append(files, r, w)
	}
	toR, toW, fromR, fromW := files[0], files[1], files[2], files[3]
	outR, outW, errR, errW := files[4], files[5], files[6], files[7]

	cmd := exec.Command(h.opts.Command[0], h.opts.Command[1:]...)
	cmd.Env = append(h.opts.Env[:len(h.opts.Env):len(h.opts.Env)],
		WorkerEnv(h.sender.Session, h.nextCount))
	cmd.Stdout, cmd.Stderr = outW, errW
	cmd.ExtraFiles = []*os.File{toR, fromW} // 3 and 4
	cmd.SysProcAttr = workerAttributes()
	if err := h.starter.start(cmd); err != nil {
		closeAll(files)
		return fmt.Errorf("starting a worker with %q: %w", strings.Join(h.opts.Command, " "), err)
	}
	closeAll([]*os.File{toR, fromW, outW, errW})

	w := &worker{cmd: cmd, conn: wire.NewConn(fromR, toW), queue: newOutbox(), started: time.Now(), dead: make(chan struct{})}
	w.stdout, w.stderr = newRaw(wire.Stdout), newRaw(wire.Stderr)
	h.worker = w
	go w.queue.drain(w.conn, toW)
	go h.superviseWorker(w, fromR, outR, errR)
	return nil
}

// superviseWorker passes on what a worker sends until it has ended.
func (h *host) superviseWorker(w *worker, from, stdout, stderr *os.File) {
	var broken error
	messages := make(chan struct{})
	go func() {
		defer close(messages)
		if broken = h.readMessages(w); broken != nil {
			w.kill()
		}
	}()
	raws := make(chan struct{}, 2)
	for _, r := range []struct {
		file *os.File
		raw  *raw
	}{{stdout, w.stdout}, {stderr, w.stderr}} {
		go func() {
			h.readRaw(w, r.raw, r.file)
			raws <- struct{}{}
		}()
	}
	// The error only repeats how the process ended, which ProcessState says.
	_ = w.cmd.Wait()
	w.killGroup() // what it had started goes with it
	late := time.AfterFunc(drainTime, func() {
		for _, f := range []*os.File{from, stdout, stderr} {
			f.SetReadDeadline(time.Now())
		}
	})
	<-messages
	<-raws
	<-raws
	late.Stop()
	for _, f := range []*os.File{from, stdout, stderr} {
		f.Close()
	}
	w.queue.close()
	if errors.Is(broken, os.ErrDeadlineExceeded) {
		broken = nil
	}
	h.post(func() {
		h.workerDied(w, death{
			state: w.cmd.ProcessState, broken: broken, killed: w.killed,
			crash: w.stderr.crashText(), tail: w.stderr.tailText(),
		})
		close(w.dead)
	})
}

// readMessages passes on messages until the pipe ends, at the pace of those who
// receive them.
func (h *host) readMessages(w *worker) error {
	for {
		m, err := w.conn.ReadMessage()
		if err != nil {
			return endOfPipe(err)
		}
		h.sockets.iopub.WaitForRoom()
		h.post(func() { h.fromWorker(w, m) })
	}
}

// send queues a message. An urgent one overtakes those that are not.
func (w *worker) send(m *wire.Message, urgent bool) { w.queue.put(m, urgent) }

// kill ends the process and all that it has started.
func (w *worker) kill() {
	w.killGroup()
	// An error says that it has ended already.
	_ = w.cmd.Process.Kill()
}

func (w *worker) killGroup() {
	// An error says that there is no such group any more.
	_ = syscall.Kill(-w.cmd.Process.Pid, syscall.SIGKILL)
}

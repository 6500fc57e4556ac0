//go:build unix

package worker

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nascent-go/nascent/kernel/limit"
	"github.com/nascent-go/nascent/kernel/wire"
)

// Worker is a worker's end of what ties it to its host.
type Worker struct {
	In        io.Reader   // messages to the worker, as wire.Conn reads them
	Out       io.Writer   // messages from the worker, as wire.Conn writes them
	Session   string      // the kernel's session id, for the headers of messages
	NextCount int         // execution count of the next cell
	Limit     limit.Bytes // on its memory
	Streams   *Streams    // what is written past the session

	words *os.File
}

const (
	// exitTime is how long a worker may go on when its host has gone.
	exitTime = 300 * time.Millisecond

	// maxStack is how large a goroutine's stack may grow in a worker. Go's own limit
	// is four times that; but an endless recursion that fills a gigabyte before it
	// fails takes several seconds and more memory than a small machine has. Where
	// memory is limited it is an eighth of that, if that is less.
	maxStack = 256 << 20

	// aside is from where on descriptors are that cells should not meet by chance.
	aside = 200
)

// Open connects the process, if a host has started it, to that host. Signals do to
// it what they do to any program. The process ends by itself soon after the host
// has gone. Processes that it starts inherit none of the connection. What the Go
// runtime says when it gives up goes to the host too. The stacks of its goroutines
// are limited.
func Open() (*Worker, error) {
	s, err := readStart()
	if err != nil {
		return nil, err
	}
	signal.Reset()
	mostKilled()
	stack := maxStack
	if s.limit != limit.None {
		stack = min(stack, int(s.limit/8)) // the garbage collector has to read it all, again and again when memory is short
	}
	debug.SetMaxStack(stack)
	w := &Worker{Session: s.session, NextCount: s.nextCount, Limit: s.limit}
	var moved [endFD - inFD]int
	for i := range moved {
		if moved[i], err = moveAside(inFD + i); err != nil {
			return nil, fmt.Errorf("a pipe to the host, file descriptor %d: %w", inFD+i, err)
		}
	}
	if err := fillGap(); err != nil {
		return nil, err
	}
	w.In = untilHostEnds{os.NewFile(uintptr(moved[0]), "from host")}
	w.Out = os.NewFile(uintptr(moved[outFD-inFD]), "to host")
	w.words = os.NewFile(uintptr(moved[wordsFD-inFD]), "last words")
	if err := debug.SetCrashOutput(w.words, debug.CrashOptions{}); err != nil {
		return nil, fmt.Errorf("keeping a pipe for last words: %w", err)
	}
	w.Streams, err = newStreams(moved[stdoutFD-inFD], moved[stderrFD-inFD])
	return w, err
}

// moveAside gives a descriptor a number that cells don't meet by chance, and hides
// it from processes that they start.
func moveAside(fd int) (int, error) {
	to, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, aside)
	if err == unix.EINVAL || err == unix.EMFILE { // so many are not allowed
		to, err = unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, endFD)
	}
	return to, err
}

// fillGap leaves something harmless where the pipes were, so that a cell that
// closes file descriptors from 3 on, as programs do, closes nothing that matters.
func fillGap() error {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	for fd := inFD; fd < endFD; fd++ {
		if err := put(int(null.Fd()), fd, false); err != nil {
			return fmt.Errorf("file descriptor %d: %w", fd, err)
		}
	}
	return nil
}

// SetLimit tells the host of a new limit on memory.
func (w *Worker) SetLimit(b limit.Bytes) error {
	m, err := wire.Sender{Session: w.Session}.Publish(nil, typeLimit, limitContent{b})
	if err != nil {
		return err
	}
	m.Channel, m.Identities = internal, nil
	// A message is one write, so it doesn't get between those of the session.
	return wire.NewConn(nil, w.Out).WriteMessage(m)
}

// Failed tells the host why the session can't go on. The process has to end then.
func (w *Worker) Failed(err error) {
	// If the cell has closed this pipe too, nobody can be told.
	_, _ = fmt.Fprintf(w.words, "fatal error: %v\n", err)
}

// untilHostEnds reads from the host and sees to it that the process ends after it,
// with all that it has started. What it can't find any more, the guard does.
type untilHostEnds struct{ f *os.File }

func (r untilHostEnds) Read(p []byte) (int, error) {
	n, err := r.f.Read(p)
	if err == io.EOF {
		killDescendants()
		time.AfterFunc(exitTime, func() { os.Exit(0) })
	}
	return n, err
}

// writeFile writes what need not be written.
func writeFile(name, text string) { _ = os.WriteFile(name, []byte(text), 0) }

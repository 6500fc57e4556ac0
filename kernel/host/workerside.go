//go:build unix

package host

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Worker is a worker's end of what ties it to its host.
type Worker struct {
	In        io.Reader // messages to the worker, as wire.Conn reads them
	Out       io.Writer // messages from the worker, as wire.Conn writes them
	Session   string    // the kernel's session id, for the headers of messages
	NextCount int       // execution count of the next cell
}

// exitTime is how long a worker may go on when its host has gone.
const exitTime = 300 * time.Millisecond

// maxStack is how large a goroutine's stack may grow in a worker. Go's own limit
// is four times that; but an endless recursion that fills a gigabyte before it
// fails takes several seconds and more memory than a small machine has.
const maxStack = 256 << 20

// WorkerEnv is the environment variable with which a process that starts a worker
// tells it its session id and the execution count of its next cell.
func WorkerEnv(session string, nextCount int) string {
	return workerEnv + "=" + session + ":" + strconv.Itoa(nextCount)
}

// OpenWorker connects the process, if a host has started it, to that host. The
// process ends by itself soon after the host has gone. Processes that it starts
// inherit none of the connection. The stacks of its goroutines are limited to
// 256 MiB.
func OpenWorker() (*Worker, error) {
	id, next, _ := strings.Cut(os.Getenv(workerEnv), ":")
	count, err := strconv.Atoi(next)
	if id == "" || err != nil {
		return nil, fmt.Errorf("a session is started by the kernel's host only: use nascent kernel -f FILE")
	}
	if err := os.Unsetenv(workerEnv); err != nil {
		return nil, fmt.Errorf("hiding %s from cells: %w", workerEnv, err)
	}
	debug.SetMaxStack(maxStack)
	in, out := os.NewFile(3, "from host"), os.NewFile(4, "to host")
	for _, f := range []*os.File{in, out} {
		syscall.CloseOnExec(int(f.Fd()))
		if _, err := f.Stat(); err != nil {
			return nil, fmt.Errorf("the pipe %s is not open: %w", f.Name(), err)
		}
	}
	return &Worker{In: untilHostEnds{in}, Out: out, Session: id, NextCount: count}, nil
}

// untilHostEnds reads from the host and sees to it that the process ends after it.
type untilHostEnds struct{ f *os.File }

func (r untilHostEnds) Read(p []byte) (int, error) {
	n, err := r.f.Read(p)
	if err != nil {
		time.AfterFunc(exitTime, func() { os.Exit(0) })
	}
	return n, err
}

//go:build unix

package worker

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nascent-go/nascent/kernel/wire"
)

// Streams is what a worker writes to its standard output and standard error past
// its session. It is a session.Bypass. The reading ends of the pipes are in the
// process itself, so that the session can take what there is before it goes on.
type Streams struct {
	out, err stream
	ready    readiness

	taking  sync.Mutex // text of the standard error; guards window
	window  window
	mending sync.Mutex
}

type stream struct {
	fd    int // 1 or 2
	name  string
	from  int // the reading end
	spare int // another name of the writing end
}

func newStreams(stdout, stderr int) (*Streams, error) {
	s := &Streams{out: stream{fd: 1, name: "standard output", from: stdout}, err: stream{fd: 2, name: "standard error", from: stderr}}
	for _, x := range []*stream{&s.out, &s.err} {
		var err error
		if x.spare, err = moveAside(x.fd); err == nil {
			err = unix.SetNonblock(x.from, true)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", x.name, err)
		}
	}
	ready, err := newReadiness(stdout, stderr)
	if err != nil {
		return nil, fmt.Errorf("waiting for text that comes past the session: %w", err)
	}
	s.ready = ready
	if s.window, err = newWindow(); err != nil {
		return nil, fmt.Errorf("looking at the standard error: %w", err)
	}
	return s, nil
}

// Waiting implements session.Bypass.
func (s *Streams) Waiting() bool { return s.ready.now() }

// Wait implements session.Bypass.
func (s *Streams) Wait() bool { return s.ready.wait() }

// alarmTime is how long the Go runtime takes, at most, from saying that it gives up
// to stopping all goroutines.
const alarmTime = 30 * time.Millisecond

// Take implements session.Bypass. When text comes that looks as if the runtime were
// about to give up, it is left where it is for a moment: the reason, unlike the stacks
// that follow it, goes to the standard error only, and if this process ends the host takes it from
// there.
func (s *Streams) Take(name string, p []byte) int {
	x := &s.out
	if name == wire.Stderr {
		x = &s.err
		s.taking.Lock()
		defer s.taking.Unlock()
		if seen := s.window.look(x.from, p); len(seen) > 0 {
			if crashBegins(seen) >= 0 {
				time.Sleep(alarmTime)
			}
			p = seen // what has come since is looked at first
		}
	}
	n, err := unix.Read(x.from, p)
	if err != nil || n <= 0 {
		return 0
	}
	return n
}

// Mend implements session.Bypass: it gives the streams back to the next cells.
func (s *Streams) Mend() (said string) {
	s.mending.Lock()
	defer s.mending.Unlock()
	for _, x := range []*stream{&s.out, &s.err} {
		if sameFile(x.fd, x.spare) || put(x.spare, x.fd, true) != nil {
			continue
		}
		if said != "" {
			said += "; "
		}
		said += fmt.Sprintf("this cell has closed or redirected file descriptor %d: it is the %s again", x.fd, x.name)
	}
	return said
}

func sameFile(a, b int) bool {
	var x, y unix.Stat_t
	return unix.Fstat(a, &x) == nil && unix.Fstat(b, &y) == nil && x.Dev == y.Dev && x.Ino == y.Ino
}

// crashWords begin the lines in which the Go runtime says why it gives up.
var crashWords = [][]byte{
	[]byte("fatal error: "), []byte("runtime: "), []byte("unexpected fault address "), []byte("panic: "),
	[]byte("SIG"), []byte("[signal "), []byte("terminate called "),
}

// crashBegins is where in text the first line is that may be the reason for a
// crash, -1 if there is none. Panics and signals are told to the host by the
// runtime itself.
func crashBegins(text []byte) int {
	for at := 0; at < len(text); {
		if startsWith(text[at:], crashWords[:3]) {
			return at
		}
		next := bytes.IndexByte(text[at:], '\n')
		if next < 0 {
			break
		}
		at += next + 1
	}
	return -1
}

func startsWith(line []byte, words [][]byte) bool {
	return slices.ContainsFunc(words, func(w []byte) bool { return bytes.HasPrefix(line, w) })
}

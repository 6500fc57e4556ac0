package toolchain

import (
	"bytes"
	"io"
	"os"
	"sync"
	"syscall"
)

// output passes on what a helper writes.
type output struct {
	raw syscall.RawConn

	mu   sync.Mutex
	to   io.Writer
	buf  []byte
	held []byte // the beginning of what may be last words, and what follows them
	last bool   // of the standard error: last words are held back
}

func newOutput(from *os.File, to io.Writer, last bool) (*output, error) {
	raw, err := from.SyscallConn()
	return &output{raw: raw, to: to, buf: make([]byte, 32<<10), last: last}, err
}

// follow passes on what is written until nobody can write any more.
func (o *output) follow() {
	o.raw.Read(func(fd uintptr) bool { //nolint:errcheck // nothing is to be read then
		for {
			if n, again := o.take(fd); n == 0 {
				return !again
			}
		}
	})
}

// pipeSize is more than a pipe holds.
const pipeSize = 1 << 20

// now passes on what has been written; not what is written meanwhile, which may have no end.
func (o *output) now() {
	o.raw.Control(func(fd uintptr) { //nolint:errcheck // as in follow
		for rest := pipeSize; rest > 0; {
			n, _ := o.take(fd)
			if n == 0 {
				return
			}
			rest -= n
		}
	})
}

// take passes on some of what there is to be read. If that is nothing, again says whether something may come.
func (o *output) take(fd uintptr) (n int, again bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n, again, _ = readNow(fd, o.buf)
	if n > 0 {
		o.pass(o.buf[:n])
	}
	return n, again
}

// direct passes on to another writer from now on; nil: to the one it has.
func (o *output) direct(to io.Writer) {
	if to == nil {
		return
	}
	o.mu.Lock()
	same := o.to == to
	o.mu.Unlock()
	if same {
		return
	}
	o.now()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.to = to
}

func (o *output) pass(text []byte) {
	if o.last {
		if o.held == nil {
			at := lastWords(text)
			text, o.held = text[:at], append(o.held, text[at:]...)
		} else {
			o.held, text = append(o.held, text...), nil
		}
	}
	if len(text) > 0 && o.to != nil {
		o.to.Write(text) //nolint:errcheck // a cell whose output is closed misses it
	}
}

// lastWords is where a text has a line that Go's run time begins its last words with, or its length.
func lastWords(text []byte) int {
	for at := 0; at < len(text); {
		for _, begin := range []string{"panic: ", "fatal error: ", "runtime: ", "unexpected fault address ", "SIG"} {
			if bytes.HasPrefix(text[at:], []byte(begin)) {
				return at
			}
		}
		n := bytes.IndexByte(text[at:], '\n')
		if n < 0 {
			break
		}
		at += n + 1
	}
	return len(text)
}

// alive passes on what was held back: it was not the last.
func (o *output) alive() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.held != nil && o.to != nil {
		o.to.Write(o.held) //nolint:errcheck // as in pass
	}
	o.held = nil
}

// say writes what the helper has not written.
func (o *output) say(text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.to != nil {
		io.WriteString(o.to, text) //nolint:errcheck // as in pass
	}
}

// words are the last words.
func (o *output) words() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.held)
}

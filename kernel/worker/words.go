//go:build unix

package worker

import (
	"bytes"
	"io"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// keepWords is how much of last words, and of what was left unread, is kept.
const keepWords = 64 << 10

// words are the last words of a worker: what its Go runtime writes when it gives
// up, as it comes through a pipe of its own. The reason is not among them.
type words struct {
	mu   sync.Mutex
	text []byte
}

// read keeps the beginning of what comes, until the pipe ends. began is called when
// the runtime has begun to write.
func (w *words) read(from io.Reader, began func()) {
	first := make([]byte, 1)
	if _, err := io.ReadFull(from, first); err != nil {
		return // it has ended, or nobody wants to wait for it
	}
	w.add(first)
	began()
	w.readText(from)
}

func (w *words) readText(r io.Reader) {
	buf := make([]byte, 32<<10)
	for {
		n, err := r.Read(buf)
		w.add(buf[:n])
		if err != nil {
			return
		}
	}
}

func (w *words) add(p []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text = append(w.text, p[:min(len(p), keepWords-len(w.text))]...)
}

// said is what has come.
func (w *words) said() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return string(w.text)
}

// dumping says whether stacks of goroutines have come.
func (w *words) dumping() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return bytes.HasPrefix(w.text, []byte("goroutine ")) || bytes.Contains(w.text, []byte("\ngoroutine "))
}

// join puts together what the runtime said when it gave up: text has come as last
// words, and left is what nobody has taken from the standard error, which has the
// same text, and before it the reason. shown is what of it was not the runtime's.
func join(text, left string, died bool) (crash, shown string) {
	if text == "" {
		// Without a pipe of their own: another program in the place of ours, or the
		// cell has changed where they go.
		if at := crashBegins([]byte(left)); died && at >= 0 {
			return left[at:], left[:at]
		}
		return "", left
	}
	if at := strings.Index(left, text[:min(len(text), 200)]); at >= 0 {
		left = left[:at]
	}
	shown = left
	for shown != "" {
		at := strings.LastIndexByte(strings.TrimSuffix(shown, "\n"), '\n') + 1
		if line := shown[at:]; !startsWith([]byte(line), crashWords) && !strings.HasPrefix(line, "\t") {
			break
		}
		shown = shown[:at]
	}
	return left[len(shown):] + text, shown
}

// remains is what nobody has read of a pipe of which all other ends are closed, or
// the writers dead.
type remains struct {
	fd int

	mu   sync.Mutex
	text []byte
}

// open takes the reading end of a pipe, which the worker reads too.
func (r *remains) open(p pipe) {
	r.fd = int(p.r.Fd())
	// It can't fail for a descriptor that is open, and the worker does it too.
	_ = unix.SetNonblock(r.fd, true)
}

// read takes what there is.
func (r *remains) read() {
	buf := make([]byte, 32<<10)
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		n, err := unix.Read(r.fd, buf)
		if err == unix.EINTR {
			continue
		}
		if n <= 0 {
			return
		}
		r.text = append(r.text, buf[:min(n, max(0, keepWords-len(r.text)))]...)
	}
}

func (r *remains) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return string(r.text)
}

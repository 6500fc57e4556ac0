//go:build unix

package worker

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// keepWords is how much of last words, and of what was left unread, is kept.
const keepWords = 64 << 10

// What a worker sends before the runtime's own text, of which this can be no part:
// the runtime writes that last of all.
const (
	perhaps = 1 // what follows, after its length in 8 hexadecimal digits, looks like the reason for the end
	forget  = 0 // it was none
)

// words are the last words of a worker: what its Go runtime writes when it gives
// up, as it comes through a pipe of its own.
type words struct {
	mu      sync.Mutex
	perhaps []byte // the reason, if stacks follow
	text    []byte
}

// read keeps the beginning of what comes, until the pipe ends. began is called when
// the runtime has begun to write.
func (w *words) read(from io.Reader, began func()) {
	r := bufio.NewReader(from)
	for {
		mark, err := r.ReadByte()
		if err != nil {
			return // it has ended, or nobody wants to wait for it
		}
		switch mark {
		case forget:
			w.set(nil)
		case perhaps:
			text, err := readPerhaps(r)
			if err != nil {
				return
			}
			w.set(text)
		default:
			w.add([]byte{mark})
			began()
			w.readText(r)
			return
		}
	}
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

// sendPerhaps writes what readPerhaps reads.
func sendPerhaps(w io.Writer, text []byte) error {
	_, err := fmt.Fprintf(w, "%c%08x%s", perhaps, len(text), text)
	return err
}

func readPerhaps(r io.Reader) ([]byte, error) {
	var n int
	digits := make([]byte, 8)
	if _, err := io.ReadFull(r, digits); err != nil {
		return nil, err
	}
	if _, err := fmt.Sscanf(string(digits), "%x", &n); err != nil || n > keepWords {
		return nil, fmt.Errorf("the length of last words is %q", digits)
	}
	text := make([]byte, n)
	_, err := io.ReadFull(r, text)
	return text, err
}

func (w *words) set(perhaps []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.perhaps = perhaps
}

func (w *words) add(p []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text = append(w.text, p[:min(len(p), keepWords-len(w.text))]...)
}

// said is what has come.
func (w *words) said() (perhaps, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return string(w.perhaps), string(w.text)
}

// dumping says whether stacks of goroutines have come.
func (w *words) dumping() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return bytes.HasPrefix(w.text, []byte("goroutine ")) || bytes.Contains(w.text, []byte("\ngoroutine "))
}

// join puts together what the runtime said when it gave up: reason and text have
// come as last words, and left is what nobody has taken from the standard error,
// which has the same text, and before it the reason if that has not come. shown is
// what of it was not the runtime's.
func join(reason, text, left string, died bool) (crash, shown string) {
	if text == "" {
		// Without a pipe of their own: another program in the place of ours, or the
		// cell has changed where they go.
		if at := crashBegins([]byte(left)); died && at >= 0 {
			return left[at:], left[:at]
		}
		return reason, left
	}
	if at := strings.Index(left, text[:min(len(text), 200)]); at >= 0 {
		left = left[:at]
	}
	if reason != "" && !strings.HasSuffix(reason, "\n") {
		// The runtime writes its line piece by piece: the worker has taken the
		// beginning and did not live to take the rest.
		end := strings.IndexByte(left, '\n') + 1
		reason, left = reason+left[:end], left[end:]
	}
	shown = left
	for shown != "" {
		at := strings.LastIndexByte(strings.TrimSuffix(shown, "\n"), '\n') + 1
		if line := shown[at:]; !startsWith([]byte(line), crashWords) && !strings.HasPrefix(line, "\t") {
			break
		}
		shown = shown[:at]
	}
	return left[len(shown):] + reason + text, shown
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

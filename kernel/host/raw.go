package host

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/nascent-go/nascent/kernel/wire"
)

const (
	keepText  = 64 << 10              // bytes of stderr that are kept to explain a death
	rawDelay  = 20 * time.Millisecond // text is gathered for so long
	crashTime = time.Second           // what looks like the last words of a process is held back for so long
	traceTime = time.Minute           // and for so long if it goes on like them: unwinding a deep stack takes time
)

// crashWords begin the lines that a Go program, or C code in it, writes when it gives up.
var crashWords = [...]string{
	"panic: ", "fatal error: ", "runtime: ", "unexpected fault address ", "[signal SIG",
	"SIGSEGV: ", "SIGBUS: ", "SIGILL: ", "SIGFPE: ", "SIGABRT: ", "SIGQUIT: ", "SIGTRAP: ",
	"terminate called ",
}

// raw is what a worker writes to stdout or stderr by itself, past its session:
// C code, the runtime's println, processes that it starts, and the runtime's last
// words. All but the last words become output of the cell that runs. It is used
// on the host's loop only.
type raw struct {
	name      string // wire.Stdout or wire.Stderr
	text      []byte // to be shown
	lineStart bool   // text begins at the beginning of a line
	crashed   bool   // crash words have come and are held back
	crash     []byte // from them on
	tail      []byte // the last that came
	waiting   bool   // a flush is due
}

func newRaw(name string) *raw { return &raw{name: name, lineStart: true} }

// readRaw passes on what comes through a pipe, at the pace of those who receive it.
func (h *host) readRaw(w *worker, r *raw, f *os.File) {
	buf := make([]byte, 32<<10)
	for {
		n, err := f.Read(buf)
		if n > 0 {
			text := bytes.Clone(buf[:n])
			h.sockets.iopub.WaitForRoom()
			h.post(func() { h.rawCame(w, r, text) })
		}
		if err != nil {
			return // the pipe has ended, and the process's own end says more
		}
	}
}

func (h *host) rawCame(w *worker, r *raw, p []byte) {
	if r.feed(p) {
		h.releaseAfter(w, r, crashTime)
	}
	if len(r.text) > keepText {
		h.flushRaw(r, false)
	} else if !r.waiting {
		r.waiting = true
		time.AfterFunc(rawDelay, func() { h.post(func() { h.flushRaw(r, false) }) })
	}
}

// releaseAfter shows what looked like a worker's last words if it lives on.
func (h *host) releaseAfter(w *worker, r *raw, d time.Duration) {
	time.AfterFunc(d, func() {
		h.post(func() {
			switch {
			case h.worker != w:
			case d < traceTime && r.dumping():
				h.releaseAfter(w, r, traceTime)
			default:
				r.release()
				h.flushRaw(r, false)
			}
		})
	})
}

// flushRaw shows the text that has come; all of it, or without the beginning of
// a character at its end.
func (h *host) flushRaw(r *raw, all bool) {
	r.waiting = false
	if text := r.take(all); text != "" {
		h.showText(r.name, text)
	}
}

// showText shows text as output of the cell that runs or has just run; if there
// is none, it goes to the log.
func (h *host) showText(name, text string) {
	parent := h.lastCell
	if e := h.flight.cell(); e != nil {
		parent = e.request
	} else if time.Since(h.lastIdle) > crashTime {
		parent = nil
	}
	if parent == nil {
		h.logf("worker, %s: %s", name, strings.TrimRight(text, "\n"))
		return
	}
	h.publish(parent, wire.TypeStream, wire.Stream{Name: name, Text: text})
}

// feed takes text. It returns true if words have come that look like the last
// ones; from them on all is held back until release.
func (r *raw) feed(p []byte) (crashed bool) {
	r.tail = append(r.tail, p...)
	if n := len(r.tail); n > 2*keepText {
		r.tail = append(r.tail[:0], r.tail[n-keepText:]...)
	}
	if r.crashed {
		r.crash = append(r.crash, p[:min(len(p), max(0, keepText-len(r.crash)))]...)
		return false
	}
	from := max(0, bytes.LastIndexByte(r.text, '\n')) // an earlier line has been looked at
	r.text = append(r.text, p...)
	if r.name != wire.Stderr {
		return false
	}
	for at := from; at < len(r.text); {
		if at > 0 || r.lineStart {
			rest := r.text[at:]
			if at > 0 && rest[0] == '\n' {
				rest = rest[1:]
			}
			if beginsCrash(rest) {
				r.crashed = true
				r.crash = append(r.crash[:0], rest[:min(len(rest), keepText)]...)
				r.text = r.text[:len(r.text)-len(rest)]
				return true
			}
		}
		next := bytes.IndexByte(r.text[at+1:], '\n')
		if next < 0 {
			return false
		}
		at += 1 + next
	}
	return false
}

func beginsCrash(line []byte) bool {
	return slices.ContainsFunc(crashWords[:], func(w string) bool { return bytes.HasPrefix(line, []byte(w)) })
}

// dumping says whether stacks follow what looked like last words.
func (r *raw) dumping() bool {
	return bytes.Contains(r.crash, []byte("\nruntime stack:\n")) || bytes.Contains(r.crash, []byte("\n\ngoroutine "))
}

// release lets go of what was held back.
func (r *raw) release() {
	r.text = append(r.text, r.crash...)
	r.crashed, r.crash = false, nil
}

// take returns the text that can be shown, in whole characters unless all is wanted.
func (r *raw) take(all bool) string {
	n := len(r.text)
	for back := 1; !all && back < utf8.UTFMax && back <= len(r.text); back++ {
		if c := r.text[len(r.text)-back]; utf8.RuneStart(c) {
			if !utf8.FullRune(r.text[len(r.text)-back:]) {
				n -= back
			}
			break
		}
	}
	text := strings.ToValidUTF8(string(r.text[:n]), "\uFFFD")
	if n > 0 {
		r.lineStart = r.text[n-1] == '\n'
	}
	r.text = append(r.text[:0], r.text[n:]...)
	return text
}

// crashText is what the process wrote when it gave up, or "".
func (r *raw) crashText() string { return strings.ToValidUTF8(string(r.crash), "\uFFFD") }

// tailText is the last of what it wrote.
func (r *raw) tailText() string {
	return strings.ToValidUTF8(string(r.tail[max(0, len(r.tail)-keepText):]), "\uFFFD")
}

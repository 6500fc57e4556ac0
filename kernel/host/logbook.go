package host

import (
	"fmt"
	"log"
	"sync"
	"time"
)

const (
	logBurst = 256 << 10 // bytes that may be logged at once
	logRate  = 2 << 10   // bytes that may be logged in a second, in the long run
	logLine  = 16 << 10  // bytes of one entry
)

// logbook writes to the log, but never so much that a flood of entries fills a
// disk: what is too much is counted. It is safe for concurrent use.
type logbook struct {
	out *log.Logger
	now func() time.Time

	mu    sync.Mutex
	spent float64 // bytes, less what time has given back
	at    time.Time
	left  int // entries that were left out
}

func newLogbook(out *log.Logger) *logbook { return &logbook{out: out, now: time.Now} }

func (l *logbook) printf(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if len(text) > logLine {
		text = text[:logLine] + "…"
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.spent = max(0, l.spent-now.Sub(l.at).Seconds()*logRate)
	l.at = now
	if l.spent+float64(len(text)) > logBurst {
		l.left++
		return
	}
	l.spent += float64(len(text))
	l.tellLeft()
	l.out.Print(text)
}

// close tells of the last entries that were left out.
func (l *logbook) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tellLeft()
}

func (l *logbook) tellLeft() {
	if l.left > 0 {
		l.out.Printf("(%d more were too many to be logged)", l.left)
		l.left = 0
	}
}

package cell

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/nascent-go/nascent/display"
)

// Bounds of the value that an inspection shows: of the time to write it, which a method
// of the cell may take, and of its text.
const (
	valueTime  = 250 * time.Millisecond
	valueLines = 12
	valueBytes = 1200
)

// valueText is the value of a variable as a short text. It is empty while anything of
// a cell runs, which could change the value while it is read.
func (e *Env) valueText(ctx context.Context, name string) string {
	if !e.running.TryLock() {
		return ""
	}
	defer e.running.Unlock()
	if e.rt.Busy() {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, valueTime)
	defer cancel()
	in := inner("variables", name)
	start, _, err := e.start(ctx, in, false)
	if err != nil {
		return ""
	}
	c := e.newCell(ctx, in, in.name())
	c.Code = start
	text := ""
	err = e.rt.DoAside(c, func() {
		start()
		for _, v := range c.Values {
			text = display.Plain(v)
		}
	})
	if err != nil {
		return ""
	}
	return shortened(text)
}

// shortened cuts a text that is long.
func shortened(text string) string {
	cut := text
	if lines := strings.SplitAfterN(cut, "\n", valueLines+1); len(lines) > valueLines {
		cut = strings.Join(lines[:valueLines], "")
	}
	if len(cut) > valueBytes {
		n := valueBytes
		for !utf8.RuneStart(cut[n]) {
			n--
		}
		cut = cut[:n]
	}
	if len(cut) < len(text) {
		return strings.TrimRight(cut, "\n") + " …"
	}
	return text
}

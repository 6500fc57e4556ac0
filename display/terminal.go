package display

import (
	"fmt"
	"io"
	"strings"
	"sync"
)

// terminal writes the text forms of events.
type terminal struct {
	interactive bool

	mu   sync.Mutex
	w    io.Writer
	open *barLine          // the bar whose line the cursor is on
	last map[string]string // what an updatable output said last
}

// barLine is one bar's line on an interactive terminal.
type barLine struct {
	id    string
	line  string
	width int
}

// NewTerminal returns a sink that writes text forms to w. On an interactive
// terminal a progress bar is redrawn in its line with a carriage return;
// elsewhere (a file, a log) it writes a line now and then. An update of another
// output is written as a new text, if it says something new; clearing does
// nothing, since what has been read stays read.
func NewTerminal(w io.Writer, interactive bool) Sink {
	return &terminal{w: w, interactive: interactive, last: map[string]string{}}
}

// Emit writes the text form of an event.
func (t *terminal) Emit(e Event) error {
	if e.Op != OpShow && e.Op != OpUpdate {
		return nil
	}
	text, ok := e.Bundle.Data[MIMEPlain].(string)
	if !ok {
		return fmt.Errorf("write to the terminal: the bundle has no %s form", MIMEPlain)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if e.ID != "" {
		if before, ok := t.last[e.ID]; ok && before == text {
			return nil
		}
		t.last[e.ID] = text
	}
	return t.print(text)
}

// print writes a text above the open bar, which is drawn again below it.
func (t *terminal) print(text string) error {
	var b strings.Builder
	if t.open != nil {
		b.WriteString("\r" + strings.Repeat(" ", t.open.width) + "\r")
	}
	b.WriteString(strings.TrimRight(text, "\n") + "\n")
	if t.open != nil {
		b.WriteString(t.open.line)
	}
	return t.write(b.String())
}

func (t *terminal) write(s string) error {
	if _, err := io.WriteString(t.w, s); err != nil {
		return fmt.Errorf("write to the terminal: %w", err)
	}
	return nil
}

// progress draws the state of a bar. One bar at a time has the last line; the
// others wait for it and write only their end.
func (t *terminal) progress(id, line string, final bool) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case !t.interactive:
		return t.write(line + "\n")
	case t.open != nil && t.open.id != id:
		if !final {
			return nil
		}
		return t.print(line)
	}
	columns := columnsOf(line)
	old := 0
	if t.open != nil {
		old = t.open.width
	}
	s := "\r" + line + strings.Repeat(" ", max(0, old-columns))
	if final {
		t.open = nil
		return t.write(s + "\n")
	}
	t.open = &barLine{id: id, line: line, width: columns}
	return t.write(s)
}

package rt

import (
	"bytes"
	"io"
	"strconv"
	"strings"
)

// Site is one frame of a panic's traceback, in lowered code.
type Site struct {
	File      string
	Line, Col int
	Func      string // lowered name, with its package: main.F12_foo
}

// TraceWriter is to be the interpreter's standard error: while a panic takes the
// interpreter's frames off the stack, it writes a line for each of them there, on the
// panicking goroutine. Whatever else is written goes to the cell's stderr.
func (r *Runtime) TraceWriter() io.Writer { return traceWriter{r} }

type traceWriter struct{ r *Runtime }

func (w traceWriter) Write(p []byte) (int, error) {
	n := 0
	for line := range bytes.Lines(p) {
		if s, ok := parseSite(string(bytes.TrimSuffix(line, []byte("\n")))); ok {
			w.r.addSite(s)
		} else if _, err := w.r.errOut().Write(line); err != nil {
			return n, err
		}
		n += len(line)
	}
	return n, nil
}

// maxTrace bounds a traceback: of a deeper one the innermost and the outermost frames stay.
const maxTrace = 200

func (r *Runtime) addSite(s Site) {
	r.traced.Store(true)
	g := r.state()
	if len(g.trace) >= maxTrace && len(g.recs) == 0 {
		copy(g.trace[maxTrace/2:], g.trace[maxTrace/2+1:])
		g.trace = g.trace[:maxTrace-1]
	}
	g.trace = append(g.trace, s)
}

// parseSite reads a line such as "7/_.go:12:3: panic: main.F12_foo(...)".
func parseSite(line string) (Site, bool) {
	pos, fn, ok := strings.Cut(line, ": panic: ")
	if !ok {
		return Site{}, false
	}
	fn, ok = strings.CutSuffix(fn, "(...)")
	if !ok {
		return Site{}, false
	}
	s := Site{Func: fn}
	pos, s.Col = cutNumber(pos)
	pos, s.Line = cutNumber(pos)
	if s.Line == 0 { // a position without a column, or none
		s.Line, s.Col = s.Col, 0
	}
	s.File = pos
	return s, true
}

// cutNumber takes ":12" off the end.
func cutNumber(s string) (string, int) {
	i := strings.LastIndexByte(s, ':')
	n, err := strconv.Atoi(s[i+1:])
	if err != nil {
		return s, 0
	}
	return s[:max(i, 0)], n
}

package cell

import (
	"errors"
	"fmt"
	"go/scanner"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Diagnostic is one thing that is wrong with a cell before it runs.
type Diagnostic struct {
	Cell    string // "cell 3"
	Line    int    // from 1
	Column  int    // in bytes, from 1
	Message string // in Go's words
	Source  string // the line
	Hint    string // what would be right, if that is likely
}

// CompileError says why a cell does not compile. Nothing of it has run, and the
// environment is as it was.
type CompileError struct {
	Diagnostics []Diagnostic
}

// Error is the first diagnostic and how many more there are.
func (e *CompileError) Error() string {
	d := e.Diagnostics[0]
	s := fmt.Sprintf("%s:%d:%d: %s", d.Cell, d.Line, d.Column, d.Message)
	if d.Line == 0 {
		s = d.Message
	}
	if n := len(e.Diagnostics) - 1; n > 0 {
		s += fmt.Sprintf(" (and %d more)", n)
	}
	return s
}

// Name is "compile error".
func (e *CompileError) Name() string { return "compile error" }

// Traceback shows each diagnostic with its source line and a caret below the column.
func (e *CompileError) Traceback(color bool) []string {
	paint := painter(color)
	var out []string
	for _, d := range e.Diagnostics {
		if d.Line == 0 {
			out = append(out, paint(red, d.Message))
			continue
		}
		out = append(out, paint(bold, fmt.Sprintf("%s:%d:%d: ", d.Cell, d.Line, d.Column))+paint(red, d.Message))
		if d.Source != "" {
			line, column := window(strings.ReplaceAll(d.Source, "\t", " "), displayColumn(d.Source, d.Column))
			out = append(out, "    "+line, "    "+strings.Repeat(" ", displayWidth(string([]rune(line)[:column])))+paint(red, "^"))
		}
		if d.Hint != "" {
			out = append(out, "    "+paint(cyan, d.Hint))
		}
	}
	return out
}

// displayColumn is how many characters stand before a byte column.
func displayColumn(line string, column int) int {
	return len([]rune(line[:min(max(column-1, 0), len(line))]))
}

// displayWidth is how many columns of a fixed-width font a text takes.
func displayWidth(s string) (n int) {
	for _, r := range s {
		switch k := width.LookupRune(r).Kind(); {
		case unicode.Is(unicode.Mn, r):
		case k == width.EastAsianWide || k == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// window cuts a long line to what stands around a column, counted in characters,
// and says where the column is then.
func window(line string, column int) (string, int) {
	const before, after = 60, 60
	r := []rune(line)
	if len(r) <= 2*(before+after) {
		return line, column
	}
	head, tail := "", ""
	end := min(len(r), column+after)
	if end < len(r) {
		tail = "…"
	}
	start := max(0, column-before)
	if start > 0 {
		head = "…"
	}
	return head + string(r[start:end]) + tail, column - start + len([]rune(head))
}

// Frame is one call of a cell's function in a traceback.
type Frame struct {
	Cell     string
	Function string // "" for the cell's statements
	Line     int
	Source   string
}

// RuntimeError is a panic, or an error that the cell's top level did not take.
type RuntimeError struct {
	Kind    string  // "panic", "error" or "fatal error"
	Message string  // as Go prints it
	Frames  []Frame // innermost last
	Repeats int     // so many frames, the last ones, were there again and again until the stack was full
}

func (e *RuntimeError) Error() string { return e.Kind + ": " + e.Message }

// Name is the kind.
func (e *RuntimeError) Name() string { return e.Kind }

// Traceback shows the cell's own frames, innermost last, then the message.
func (e *RuntimeError) Traceback(color bool) []string {
	paint := painter(color)
	var out []string
	for _, f := range e.Frames {
		where := f.Cell
		if f.Function != "" {
			where += ", " + f.Function
		}
		out = append(out, paint(bold, where)+fmt.Sprintf(", line %d", f.Line))
		if f.Source != "" {
			out = append(out, "    "+strings.TrimSpace(f.Source))
		}
	}
	switch {
	case e.Repeats == 1:
		out = append(out, "… and so on: the last call repeats until the stack is full")
	case e.Repeats > 1:
		out = append(out, fmt.Sprintf("… and so on: the last %d calls repeat until the stack is full", e.Repeats))
	}
	return append(out, paint(red, e.Kind+": ")+e.Message)
}

// fold leaves of the frames of a full stack those that repeat once, and what led to them.
func (e *RuntimeError) fold() {
	const most = 20 // frames that repeat, or that are shown at each end if none do
	n := len(e.Frames)
	for p := 1; p <= most && 3*p <= n; p++ {
		if !slices.Equal(e.Frames[n-p:], e.Frames[n-2*p:n-p]) || !slices.Equal(e.Frames[n-p:], e.Frames[n-3*p:n-2*p]) {
			continue
		}
		first := slices.IndexFunc(e.Frames, func(f Frame) bool { return slices.Contains(e.Frames[n-p:], f) })
		e.Frames, e.Repeats = e.Frames[:min(first+p, n)], p
		return
	}
	if n > 2*most {
		e.Frames = slices.Concat(e.Frames[:most], e.Frames[n-most:])
	}
}

// Exit is a call of os.Exit, or of what ends in it.
type Exit struct {
	Code int
}

func (e *Exit) Error() string { return fmt.Sprintf("exit status %d", e.Code) }

// Name is "exit".
func (e *Exit) Name() string { return "exit" }

// Traceback says that the cell left, and that nothing is lost.
func (e *Exit) Traceback(color bool) []string {
	return []string{painter(color)(red, e.Error()) + ": the cell called os.Exit; what it has defined is kept"}
}

const (
	red  = "31"
	cyan = "36"
	bold = "1"
)

func painter(color bool) func(style, s string) string {
	return func(style, s string) string {
		if !color {
			return s
		}
		return "\x1b[" + style + "m" + s + "\x1b[0m"
	}
}

// complaint tells the writer of a cell what is wrong, and what would be right.
type complaint func(pos token.Pos, msg, hint string)

// diagnostics gathers what is wrong with a cell, each thing once, in the order of the text.
type diagnostics struct {
	fset  *token.FileSet
	texts func(cell string) string
	list  []Diagnostic
}

func (d *diagnostics) add(pos token.Position, message, hint string) {
	x := Diagnostic{Cell: pos.Filename, Line: pos.Line, Column: pos.Column, Message: message, Hint: hint}
	if lines := strings.Split(d.texts(pos.Filename), "\n"); pos.Line >= 1 {
		x.Line = min(pos.Line, len(lines))
		x.Source = strings.TrimRight(lines[x.Line-1], "\r")
		if x.Line < pos.Line {
			x.Column = len(x.Source) + 1
		}
		x.Column = min(max(x.Column, 1), len(x.Source)+1)
	}
	const vague = "in single-value context" // of what another message says better
	for i, y := range d.list {
		if y.Cell == x.Cell && y.Line == x.Line && y.Column == x.Column {
			switch {
			case y.Message == x.Message, strings.HasSuffix(x.Message, vague), twins(y.Message, x.Message), leading(y.Message):
				return
			case strings.HasSuffix(y.Message, vague), leading(x.Message):
				d.list[i] = x
				return
			}
		}
	}
	d.list = append(d.list, x)
}

// also adds to the last diagnostic, which concerns another place too.
func (d *diagnostics) also(what string, pos token.Position) {
	if n := len(d.list); n > 0 {
		more := fmt.Sprintf("%s: %s, line %d", what, pos.Filename, pos.Line)
		if h := d.list[n-1].Hint; h != "" {
			more = h + "; " + more
		}
		d.list[n-1].Hint = more
	}
}

// twins: one error, found in a variable's declaration and in the assignment that
// is made of it.
func twins(a, b string) bool {
	same := strings.NewReplacer(" in variable declaration", "", " in assignment", "")
	const generic = " without instantiation"
	return same.Replace(a) == same.Replace(b) || strings.HasSuffix(a, generic) && strings.HasSuffix(b, generic)
}

// leading says whether an error explains others at its place.
func leading(msg string) bool {
	return strings.HasSuffix(msg, " redeclared in this block") || strings.HasPrefix(msg, "cannot declare ")
}

// addError adds an error of the scanner, the parser or the type checker.
func (d *diagnostics) addError(err error) {
	var list scanner.ErrorList
	var te types.Error
	switch {
	case errors.As(err, &list):
		list.RemoveMultiples()
		hinted := false
		for _, e := range list {
			if hinted && strings.HasSuffix(e.Msg, "found 'EOF'") {
				continue // for want of what the hint is about
			}
			d.add(e.Pos, e.Msg, "")
			last := &d.list[len(d.list)-1]
			last.Hint = syntaxHint(last.Source, last.Message)
			hinted = hinted || last.Hint != ""
		}
	case errors.As(err, &te):
		d.add(te.Fset.Position(te.Pos), te.Msg, "")
	default:
		d.add(token.Position{}, err.Error(), "")
	}
}

func (d *diagnostics) err() error {
	if len(d.list) == 0 {
		return nil
	}
	slices.SortStableFunc(d.list, func(a, b Diagnostic) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return &CompileError{Diagnostics: d.list}
}

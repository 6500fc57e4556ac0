package host

import (
	"fmt"
	"strings"
	"syscall"

	"github.com/nascent-go/nascent/kernel/wire"
)

const (
	maxValue  = 1000 // bytes of an error's value
	maxFrames = 12   // lines of a goroutine's stack that are shown
	maxSaid   = 20   // lines of stderr that are shown
	maxLogged = 40   // lines of last words that are logged
)

// explain says why a worker died, as the error of the cell that it ran.
func (d death) explain() wire.ErrorContent {
	e := wire.ErrorContent{Name: "WorkerDied"}
	var trace []string
	switch status, _ := d.state.Sys().(syscall.WaitStatus); {
	case d.killed != "":
		e.Name, e.Value = "interrupt", d.killed
	case d.broken != nil:
		e.Value = "the session's process was ended, because what it sent was no message: " + d.broken.Error()
	case d.crash != "":
		e.Name, e.Value = crashWordsOf(d.crash)
		trace = stackOf(d.crash)
	case status.Signaled():
		e.Value = "killed by signal: " + status.Signal().String()
		if status.Signal() == syscall.SIGKILL {
			e.Value += " (the system does this when memory runs out)"
		}
		trace = lastLines(d.tail, maxSaid)
	default:
		e.Value = fmt.Sprintf("exit status %d: the cell ended the process, as os.Exit(%d) does", d.state.ExitCode(), d.state.ExitCode())
	}
	if len(e.Value) > maxValue {
		e.Value = strings.ToValidUTF8(e.Value[:maxValue], "") + "…"
	}
	e.Traceback = append(wire.Strings{"\x1b[1;31m" + e.Name + "\x1b[0m: " + e.Value}, trace...)
	return e
}

// crashWordsOf finds what the runtime said, as the name and value of an error.
func crashWordsOf(crash string) (name, value string) {
	var limit string // of the stack
	for line := range strings.Lines(crash) {
		line = strings.TrimRight(line, "\n")
		if rest, ok := strings.CutPrefix(line, "runtime: goroutine stack exceeds "); ok {
			limit = rest
		}
		if rest, ok := strings.CutPrefix(line, "fatal error: "); ok {
			if limit != "" {
				rest += ": goroutine stack exceeds " + limit + " (a function that calls itself without end?)"
			}
			return "fatal error", rest
		}
		if rest, ok := strings.CutPrefix(line, "panic: "); ok {
			return "panic", strings.TrimSuffix(rest, " [recovered]")
		}
	}
	first, _, _ := strings.Cut(crash, "\n")
	return "fatal error", first
}

// stackOf finds what helps of the stack of the goroutine that crashed: the frames
// that are neither the runtime's nor the interpreter's.
func stackOf(crash string) []string {
	lines := strings.Split(crash, "\n")
	for len(lines) > 0 && !strings.HasPrefix(lines[0], "goroutine ") {
		lines = lines[1:]
	}
	if len(lines) == 0 {
		return nil
	}
	frames := lines[1:]
	var shown []string
	hidden := 0
	for i := 0; i < len(frames) && frames[i] != ""; i++ {
		if strings.HasPrefix(frames[i], "\t") {
			continue
		}
		if internalFrame(frames[i]) {
			continue
		}
		if len(shown) >= maxFrames {
			hidden++
			continue
		}
		shown = append(shown, cutArguments(frames[i]))
		if i+1 < len(frames) && strings.HasPrefix(frames[i+1], "\t") {
			place, _, _ := strings.Cut(strings.TrimSpace(frames[i+1]), " +0x")
			shown = append(shown, "    "+place)
		}
	}
	if shown == nil {
		return nil
	}
	if hidden > 0 {
		shown = append(shown, fmt.Sprintf("… and %d more", hidden))
	}
	return append([]string{strings.TrimSuffix(lines[0], ":")}, shown...)
}

// internalFrame says whether a line of a stack names a function that tells
// nothing about a cell.
func internalFrame(line string) bool {
	const ours = "github.com/nascent-go/nascent/kernel/"
	line = strings.TrimPrefix(line, "created by ")
	for _, prefix := range [...]string{
		"runtime.", "runtime/", "internal/", "reflect.", "panic(", "main.main(", "...additional frames elided...", "...",
		"github.com/traefik/yaegi/", ours + "cell.", ours + "cell/", ours + "session.", ours + "host.", ours + "wire.",
	} {
		if strings.HasPrefix(line, prefix) {
			return true
		}
	}
	return false
}

// cutArguments removes the arguments of a frame, which are numbers in hexadecimal.
func cutArguments(frame string) string {
	if at := strings.LastIndexByte(frame, '('); at > 0 && strings.HasSuffix(frame, ")") {
		return frame[:at]
	}
	return frame
}

// firstLines cuts a text after n lines, and says so.
func firstLines(text string, n int) string {
	lines := strings.Split(text, "\n")
	if len(lines) <= n {
		return text
	}
	return strings.Join(lines[:n], "\n") + fmt.Sprintf("\n… and %d more lines", len(lines)-n)
}

// lastLines returns the last n lines of a text that are not empty.
func lastLines(text string, n int) []string {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil
	}
	lines := strings.Split(text, "\n")
	return lines[max(0, len(lines)-n):]
}

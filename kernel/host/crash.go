package host

import (
	"fmt"
	"strings"
	"syscall"

	"github.com/nascent-go/nascent/kernel/crash"
	"github.com/nascent-go/nascent/kernel/wire"
)

const (
	maxValue  = 1000 // bytes of an error's value
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
		e.Name, e.Value = crash.Words(d.crash)
		trace = crash.Stack(d.crash)
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
	e.Traceback = append(wire.Strings{"\x1b[1m" + e.Name + "\x1b[0m: " + e.Value}, trace...)
	return e
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

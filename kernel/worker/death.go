package worker

import (
	"fmt"
	"os"
	"strings"
	"syscall"

	"github.com/nascent-go/nascent/kernel/crash"
)

// Death is how a worker has ended.
type Death struct {
	State  *os.ProcessState
	Killed *Reason // why the host killed it; nil if it didn't
	Crash  string  // what the Go runtime wrote when it gave up

	// What the worker wrote and nobody has read, without what is in Crash.
	Stdout, Stderr string
}

const (
	maxValue    = 1000 // bytes of an error's value
	crashStatus = 2    // of a process in which the Go runtime has given up
)

// Explain says why the worker has ended, as the name and the value of an error, and
// what of the calls in which it did helps. These are empty if nothing is known.
func (d *Death) Explain() (name, value string, stack []string) {
	name = "WorkerDied"
	switch status, _ := d.State.Sys().(syscall.WaitStatus); {
	case d.Killed != nil:
		name, value = d.Killed.Name, d.Killed.Text
	case d.Crash != "":
		name, value = crash.Words(d.Crash)
		stack = crash.Stack(d.Crash)
	case status.Signaled():
		value = "killed by signal: " + status.Signal().String()
		if status.Signal() == syscall.SIGKILL {
			value += " (the system does this when memory or a limit on CPU time runs out)"
		}
	default:
		value = fmt.Sprintf("exit status %d: the cell ended the process, as os.Exit(%d) does", d.State.ExitCode(), d.State.ExitCode())
		if d.State.ExitCode() == crashStatus {
			value += ", or the Go runtime has given up and could not say why"
		}
	}
	if len(value) > maxValue {
		value = strings.ToValidUTF8(value[:maxValue], "") + "…"
	}
	return name, value, stack
}

func valid(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }

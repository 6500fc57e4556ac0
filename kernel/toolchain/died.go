package toolchain

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	"github.com/nascent-go/nascent/kernel/crash"
	"github.com/nascent-go/nascent/kernel/toolchain/remote"
)

// Died is that a helper has ended by itself. The next call starts it anew.
type Died struct {
	Title  string
	Reason string         // as Go's run time said it, or how the process has ended
	Frames []remote.Frame // where, as far as that is known, the innermost first
}

func (e *Died) Error() string { return e.Title + " has ended: " + e.Reason }

// note is what is told of an end that no call fails by, such as a panic of a goroutine that a call has left.
func (e *Died) note() string {
	if len(e.Frames) == 0 {
		return e.Error() + "\n"
	}
	return fmt.Sprintf("%v (%s, line %d)\n", e, e.Frames[0].File, e.Frames[0].Line)
}

// why is how the process has ended.
func (p *process) why(state *os.ProcessState, err error) *Died {
	d := &Died{Title: p.title}
	words := p.out[1].words()
	switch {
	case err != nil:
		d.Reason = err.Error()
	case words != "":
		name, value := crash.Words(words)
		d.Reason = name + ": " + value
		d.Frames = framesOf(crash.Stack(words))
	default:
		status, ok := state.Sys().(syscall.WaitStatus)
		if ok && status.Signaled() {
			d.Reason = "killed by signal: " + status.Signal().String()
		} else {
			d.Reason = fmt.Sprintf("it has called os.Exit(%d)", state.ExitCode())
		}
	}
	return d
}

var framePlace = regexp.MustCompile(`^    (.+):(\d+)$`)

// framesOf are the calls of functions of cells on a stack.
func framesOf(stack []string) (list []remote.Frame) {
	for i := 0; i+1 < len(stack); i++ {
		name, ok := strings.CutPrefix(stack[i], "main.")
		m := framePlace.FindStringSubmatch(stack[i+1])
		if !ok || m == nil {
			continue
		}
		line, _ := strconv.Atoi(m[2])
		list = append(list, remote.Frame{Function: name, File: m[1], Line: line})
	}
	return list
}

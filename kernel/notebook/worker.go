package notebook

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/nascent-go/nascent/kernel/crash"
)

// StartWorker starts a worker process and is the kernel that runs in it. The
// process gets a pipe to read messages from as file 3 and one to write messages
// to as file 4, in the form of wire.Conn; its standard output and error are kept
// for the case that it dies. cmd must not have been started.
func StartWorker(cmd *exec.Cmd) (Kernel, error) {
	toR, toW, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("starting a worker: %w", err)
	}
	fromR, fromW, err := os.Pipe()
	if err != nil {
		toR.Close()
		toW.Close()
		return nil, fmt.Errorf("starting a worker: %w", err)
	}
	said := &tail{}
	cmd.ExtraFiles = []*os.File{toR, fromW} // 3 and 4
	cmd.Stdout, cmd.Stderr = said, said
	err = cmd.Start()
	toR.Close()
	fromW.Close()
	if err != nil {
		toW.Close()
		fromR.Close()
		return nil, fmt.Errorf("starting a worker: %w", err)
	}
	return OverPipe(fromR, toW, func() error {
		defer fromR.Close()
		// Without its pipes it has nothing left to do. One that stays is stuck.
		defer time.AfterFunc(endGrace, func() { _ = cmd.Process.Kill() }).Stop()
		if err := cmd.Wait(); err != nil {
			return &Death{State: err.Error(), Said: said.lines()}
		}
		return nil
	}), nil
}

// Death is how a worker process ended that should not have ended.
type Death struct {
	State string   // such as "exit status 2" or "signal: killed"
	Said  []string // the last lines that it wrote
}

// Error says how it ended and, in the Go runtime's words, why.
func (d *Death) Error() string {
	switch {
	case len(d.Said) > 0 && crashed(d.Said[0]):
		name, value := crash.Words(strings.Join(d.Said, "\n"))
		return name + ": " + value
	case d.State == "signal: killed":
		return d.State + " (the system does this when memory runs out)"
	}
	return d.State
}

// Report is what of its last words tells the writer of a cell something.
func (d *Death) Report() []string {
	if len(d.Said) > 0 && crashed(d.Said[0]) {
		return crash.Stack(strings.Join(d.Said, "\n"))
	}
	return d.Said
}

// crashed: the line begins the last words of a Go process.
func crashed(line string) bool {
	for _, prefix := range []string{"fatal error: ", "panic: ", "runtime: goroutine stack exceeds "} {
		if strings.HasPrefix(line, prefix) {
			return true
		}
	}
	return false
}

// endGrace is how long a worker may take to end once its pipes are closed.
const endGrace = 2 * time.Second

const (
	tailSize  = 64 << 10 // bytes of a worker's last words that are kept
	tailLines = 30       // lines of them that are shown
)

// tail keeps the first words and the last words of what is written: a crash
// begins with its reason and goes on with the stacks of all goroutines.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.text = append(t.text, p...); len(t.text) > 3*tailSize { // not at every write
		t.text = append(t.text[:tailSize], t.text[len(t.text)-tailSize:]...)
	}
	return len(p), nil
}

// lines is the part of what was written that is worth showing: from the reason
// of a crash on, or else the end.
func (t *tail) lines() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := string(bytes.TrimSpace(t.text))
	if text == "" {
		return nil
	}
	all := strings.Split(text, "\n")
	for i, line := range all {
		if crashed(line) {
			return all[i:min(len(all), i+tailLines)]
		}
	}
	return all[max(0, len(all)-tailLines):]
}

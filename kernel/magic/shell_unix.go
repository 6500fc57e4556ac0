//go:build unix

package magic

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

const shellName = "sh"

// group is a child and the processes that it starts.
type group struct{ cmd *exec.Cmd }

// newGroup makes a child that is not started yet the leader of a group of its own.
func newGroup(cmd *exec.Cmd) group {
	cmd.SysProcAttr = childAttr()
	return group{cmd}
}

// interrupt asks the group to leave, as ^C does; what is left after the grace
// period is killed.
func (g group) interrupt() error { return g.signal(syscall.SIGINT) }

// kill ends what is left of the group. That nothing is left is no error.
func (g group) kill() { _ = g.signal(syscall.SIGKILL) }

func (g group) signal(s syscall.Signal) error {
	err := syscall.Kill(-g.cmd.Process.Pid, s)
	if errors.Is(err, syscall.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}

//go:build !unix

package magic

import "os/exec"

const shellName = "sh"

// group is a child; other systems have no groups that this package knows.
type group struct{ cmd *exec.Cmd }

func newGroup(cmd *exec.Cmd) group { return group{cmd} }

func (g group) interrupt() error { return g.cmd.Process.Kill() }

func (g group) kill() { _ = g.cmd.Process.Kill() }

//go:build unix && !linux

package worker

import "os/exec"

// orphans can't be found on this system once they have left the worker's process group.
type orphans struct{}

func (o *orphans) adopt()                    {}
func (o *orphans) start(cmd *exec.Cmd) error { return cmd.Start() }
func (o *orphans) forget(int)                {}
func (o *orphans) close()                    {}
func (o *orphans) kill(string)               {}

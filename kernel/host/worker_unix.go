//go:build unix && !linux

package host

import "syscall"

// workerAttributes puts a worker into a process group of its own, so that ^C on
// a terminal doesn't reach it and all that it starts can be ended with it. When
// the host dies, the worker ends because its pipe does.
func workerAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}

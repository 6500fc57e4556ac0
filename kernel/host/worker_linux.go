package host

import "syscall"

// workerAttributes puts a worker into a process group of its own, so that ^C on
// a terminal doesn't reach it and all that it starts can be ended with it, and
// has it killed when the host dies, however that dies.
func workerAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

//go:build unix && !linux

package worker

import (
	"slices"

	"golang.org/x/sys/unix"
)

// put makes fd another name of from, which processes inherit if keep is true.
func put(from, fd int, keep bool) error {
	if err := unix.Dup2(from, fd); err != nil {
		return err
	}
	if !keep {
		unix.CloseOnExec(fd)
	}
	return nil
}

// readiness tells whether pipes have something to read.
type readiness []unix.PollFd

func newReadiness(pipes ...int) (r readiness, err error) {
	for _, p := range pipes {
		r = append(r, unix.PollFd{Fd: int32(p), Events: unix.POLLIN})
	}
	return r, nil
}

// now reports whether there is something.
func (r readiness) now() bool { return r.poll(0) }

// wait waits until there is something; false means that there never will be.
func (r readiness) wait() bool { return r.poll(-1) }

func (r readiness) poll(timeout int) bool {
	fds := slices.Clone(r)
	for {
		_, err := unix.Poll(fds, timeout)
		if err == unix.EINTR {
			continue
		}
		return err == nil && slices.ContainsFunc(fds, func(f unix.PollFd) bool { return f.Revents&unix.POLLIN != 0 })
	}
}

// mostKilled does nothing: this system doesn't ask.
func mostKilled() {}

// unread is how many bytes wait in a pipe.
func unread(fd int) (int, error) {
	const fionread = 0x4004667f // of all BSDs, with macOS
	return unix.IoctlGetInt(fd, fionread)
}

// window shows nothing: this system can't show what waits in a pipe.
type window struct{}

func newWindow() (window, error) { return window{}, nil }

func (window) look(int, []byte) []byte { return nil }

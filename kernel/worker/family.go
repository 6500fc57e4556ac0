//go:build unix

package worker

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/nascent-go/nascent/kernel/limit"
)

// Options say what workers are started with. Command must be set.
type Options struct {
	Command []string    // program and arguments of a worker, which calls Open
	Env     []string    // its environment; default: this process's
	Limit   limit.Bytes // on the memory of a worker; limit.None: none
	Remove  []string    // files to be removed if this process is killed
}

// Family is all the processes that a host answers for: its workers, one at a time,
// and what cells start in them. A process has one family at a time too: what workers
// leave behind becomes its own child.
type Family struct {
	opts  Options
	mark  string // in the environment of all members
	limit atomic.Uint64
	guard *guard // nil: there is no shell to be one

	orphans orphans
}

// NewFamily makes a family without members.
func NewFamily(opts Options) *Family {
	if opts.Env == nil {
		opts.Env = os.Environ()
	}
	f := &Family{opts: opts, mark: rand.Text()}
	f.limit.Store(uint64(opts.Limit))
	f.orphans.adopt()
	f.guard = newGuard(&f.orphans, f.mark, opts.Remove)
	return f
}

// Limit is the limit on the memory of a worker; cells can change it.
func (f *Family) Limit() limit.Bytes { return limit.Bytes(f.limit.Load()) }

// Start starts a worker with a session id and the execution count of its next cell.
func (f *Family) Start(session string, nextCount int) (*Process, error) {
	if len(f.opts.Command) == 0 {
		return nil, errors.New("starting a worker: no command was given")
	}
	var p pipes
	if err := p.open(); err != nil {
		return nil, fmt.Errorf("starting a worker: %w", err)
	}
	cmd := exec.Command(f.opts.Command[0], f.opts.Command[1:]...)
	cmd.Env = append(f.opts.Env[:len(f.opts.Env):len(f.opts.Env)],
		start{session, nextCount, f.Limit()}.env(), markEnv+"="+f.mark)
	cmd.Stdout, cmd.Stderr = p.stdout.w, p.stderr.w
	cmd.ExtraFiles = []*os.File{inFD - 3: p.in.r, outFD - 3: p.out.w, wordsFD - 3: p.words.w, stdoutFD - 3: p.stdout.r, stderrFD - 3: p.stderr.r}
	// A process group of its own: ^C on a terminal doesn't reach it, and it can be
	// ended with all that it has started and has not left the group.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := f.orphans.start(cmd); err != nil {
		p.close()
		return nil, fmt.Errorf("starting a worker with %q: %w", strings.Join(f.opts.Command, " "), err)
	}
	p.closeTheirs()
	f.guard.watch(cmd.Process.Pid)
	return newProcess(f, cmd, p), nil
}

// ended ends what a worker has left behind.
func (f *Family) ended(pid int) {
	// An error says that there is no such group any more.
	_ = syscall.Kill(-pid, syscall.SIGKILL)
	f.orphans.kill(f.mark)
	f.orphans.forget(pid)
	f.guard.watch(0)
}

// Close ends the family, when all its workers have ended.
func (f *Family) Close() {
	f.orphans.close()
	f.guard.end()
}

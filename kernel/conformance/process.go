package conformance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/nascent-go/nascent/kernel/host"
	"github.com/nascent-go/nascent/kernel/wire"
)

// Process is a kernel that was started from its kernelspec, as Jupyter does.
type Process struct {
	Spec       *Spec
	Connection host.Connection
	File       string    // the connection file
	Log        io.Writer // what it writes to stdout and stderr

	*run
}

// run is one run of a kernel's process.
type run struct {
	cmd   *exec.Cmd
	ended chan struct{} // closed when the process has ended
	err   error         // how it ended
}

// Start writes a connection file into dir and starts a kernel with it.
func Start(spec *Spec, dir string, log io.Writer) (*Process, error) {
	file, c, err := WriteConnection(dir)
	if err != nil {
		return nil, err
	}
	p := &Process{Spec: spec, Connection: c, File: file, Log: log}
	return p, p.Again()
}

// Again starts the kernel with its connection file once more, when it has ended.
func (p *Process) Again() error {
	argv, env := p.Spec.command(p.File)
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env, cmd.Stdout, cmd.Stderr = env, p.Log, p.Log
	cmd.WaitDelay = 5 * time.Second // children that hold its output are left behind then
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting the kernel %s: %w", p.Spec.DisplayName, err)
	}
	r := &run{cmd: cmd, ended: make(chan struct{})}
	p.run = r
	go func() {
		r.err = cmd.Wait()
		close(r.ended)
	}()
	return nil
}

// PID is the id of the process that was started last.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Connect connects another front end.
func (p *Process) Connect(ctx context.Context) (*Client, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r := p.run
	go func() {
		select {
		case <-r.ended:
			cancel(fmt.Errorf("the kernel has ended: %v", r.err))
		case <-ctx.Done():
		}
	}()
	k, err := Connect(ctx, p.Connection)
	if err != nil && ctx.Err() != nil {
		return nil, fmt.Errorf("%w: %w", err, context.Cause(ctx))
	}
	return k, err
}

// Signal sends a signal to the kernel.
func (p *Process) Signal(s os.Signal) error { return p.cmd.Process.Signal(s) }

// Wait waits until the process has ended, and says how if it was not with status 0.
func (p *Process) Wait(ctx context.Context) error {
	select {
	case <-p.ended:
		return p.err
	case <-ctx.Done():
		return fmt.Errorf("the kernel has not ended: %w", ctx.Err())
	}
}

// Restart waits until the kernel has ended, as it was asked to, and starts it again.
func (p *Process) Restart(ctx context.Context) error {
	if err := p.Wait(ctx); err != nil {
		return err
	}
	return p.Again()
}

// Close ends the kernel: by a request, and if it does not listen, by force.
func (p *Process) Close() error {
	select {
	case <-p.ended:
		return nil
	default:
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	k, err := p.Connect(ctx)
	if err == nil {
		defer k.Close()
		if _, err = k.Send(wire.Control, wire.TypeShutdownRequest, wire.ShutdownRequest{}); err == nil {
			err = p.Wait(ctx)
		}
	}
	if ctx.Err() != nil || err != nil {
		return errors.Join(err, p.cmd.Process.Kill())
	}
	return nil
}

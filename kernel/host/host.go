// Package host is the process that Jupyter starts: it owns the ZeroMQ sockets,
// the heartbeat and the signatures, and runs the session in a worker process.
// Nothing that a cell does can break it: when a worker dies the host says why on
// the cell that did it, and starts a fresh worker.
package host

import (
	"context"
	"errors"
	"io"
	"log"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/nascent-go/nascent/kernel/limit"
	"github.com/nascent-go/nascent/kernel/wire"
	"github.com/nascent-go/nascent/kernel/worker"
)

// DefaultGrace is how long an interrupted cell may take to stop before its
// process is ended.
const DefaultGrace = 3 * time.Second

// Options say what a host runs on. ConnectionFile, Command and Info must be set.
type Options struct {
	ConnectionFile string   // written by Jupyter; a registration file of protocol 5.6 is as good
	Command        []string // program and arguments of a worker, which calls worker.Open
	Env            []string // environment of workers; default: the host's

	// Memory is the limit on the memory of a worker; default: none.
	Memory limit.Bytes

	Info  wire.KernelInfoReply // answer to kernel_info_request: see Info
	Grace time.Duration        // default: DefaultGrace

	// GPUs says what is used of the machine's devices, for usage_request; default: nothing is said
	// of them. It may take milliseconds.
	GPUs func() []wire.GPU

	// RuntimeDir is where a kernel that was started with a registration file
	// writes a connection file, so that other clients find it; "": nowhere.
	RuntimeDir string
	Log        io.Writer // what is wrong with messages and workers; default: os.Stderr
}

// host is the state of Run. All of it belongs to one goroutine, the loop; others
// hand it functions to run.
type host struct {
	opts    Options
	log     *logbook // what happens to the kernel
	drops   *logbook // what clients send that can't be used
	said    *logbook // what workers say; a flood of this or of drops must not hide the rest
	signer  *wire.Signer
	sender  wire.Sender
	sockets *sockets
	replays *replays
	family  *worker.Family // the worker, and all that is started in it
	files   []string       // to be removed at the end
	events  chan func()
	done    chan struct{} // closed when the loop has ended

	worker    *link // nil: the last one died before it said anything
	flight    *flight
	nextCount int             // execution count of the next cell
	lastCell  *wire.Message   // the last execute_request that was begun
	notice    string          // for the user, to be shown with the next cell
	comms     map[string]bool // ids of the comms that the worker holds

	usages usages
	ending *ending // set when the kernel is to end
}

// ending is a shutdown under way.
type ending struct {
	requests []*wire.Message // that asked for it
	restart  bool
	over     bool // the loop is to end
}

// shutdownTime is how long a session may take to end when it is asked to.
const shutdownTime = 400 * time.Millisecond

// Run is a kernel's whole life: it returns nil after shutdown_request, SIGTERM,
// SIGHUP, SIGQUIT or the end of ctx, and an error if it could not begin. SIGINT interrupts the cell.
func Run(ctx context.Context, opts Options) error {
	if len(opts.Command) == 0 {
		return errors.New("host: no command that starts a worker was given")
	}
	if opts.Log == nil {
		opts.Log = os.Stderr
	}
	if opts.Grace <= 0 {
		opts.Grace = DefaultGrace
	}
	out := log.New(opts.Log, "nascent: ", 0)
	h := &host{
		opts: opts, log: newLogbook(out), drops: newLogbook(out), said: newLogbook(out),
		sender:  wire.Sender{Session: wire.NewID(), User: "kernel"},
		replays: newReplays(rememberedSignatures),
		events:  make(chan func()), done: make(chan struct{}), nextCount: 1, comms: map[string]bool{}, flight: newFlight(),
	}
	for _, l := range []*logbook{h.drops, h.said, h.log} {
		defer l.close()
	}
	if err := h.open(ctx); err != nil {
		return err
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer signal.Stop(signals)
	h.family = worker.NewFamily(worker.Options{Command: opts.Command, Env: opts.Env, Limit: opts.Memory, Remove: h.files})
	defer h.family.Close()
	defer h.removeFiles()
	if err := h.startWorker(); err != nil {
		h.sockets.close(0)
		return err
	}
	h.publish(nil, wire.TypeStatus, wire.Status{ExecutionState: wire.Starting})
	h.loop(ctx, signals, orphaned(h.done))
	close(h.done)
	h.sockets.close(linger)
	return nil
}

func (h *host) loop(ctx context.Context, signals <-chan os.Signal, orphaned <-chan struct{}) {
	for h.ending == nil || !h.ending.over {
		// Where too much waits already nothing is received: what comes there waits in
		// its client, and the other channels go on.
		shell, control, stdin := h.sockets.shell.Received(), h.sockets.control.Received(), h.sockets.stdin.Received()
		var room <-chan struct{}
		if h.flight.full(wire.Shell) {
			shell = nil
		}
		if h.flight.full(wire.Control) {
			control = nil
		}
		if h.worker != nil && h.worker.queue.full() {
			stdin, room = nil, h.worker.queue.room
		}
		select {
		case f := <-shell:
			h.receive(wire.Shell, f)
		case f := <-control:
			h.receive(wire.Control, f)
		case f := <-stdin:
			h.receive(wire.Stdin, f)
		case <-room:
		case do := <-h.events:
			do()
		case s := <-signals:
			if s == os.Interrupt {
				h.interruptBySignal()
			} else {
				h.shutdown(nil, false)
			}
		case <-ctx.Done():
			h.shutdown(nil, false)
			ctx = context.WithoutCancel(ctx)
		case <-orphaned:
			h.logf("the program that started this kernel has gone, so it ends too")
			h.shutdown(nil, false)
			orphaned = nil
		}
	}
}

// post hands the loop a function to run. After the loop has ended it does nothing.
func (h *host) post(do func()) {
	select {
	case h.events <- do:
	case <-h.done:
	}
}

func (h *host) logf(format string, args ...any) { h.log.printf(format, args...) }

// dropped says why something that came through a socket was dropped.
func (h *host) dropped(format string, args ...any) { h.drops.printf(format, args...) }

// orphaned returns a channel that is closed when the process that started this
// one has gone, if that process is the one that Jupyter names in JPY_PARENT_PID.
func orphaned(done <-chan struct{}) <-chan struct{} {
	parent, err := strconv.Atoi(os.Getenv("JPY_PARENT_PID"))
	if err != nil || parent <= 1 || parent != os.Getppid() {
		return nil
	}
	gone := make(chan struct{})
	go func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for os.Getppid() == parent {
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
		close(gone)
	}()
	return gone
}

package host

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/nascent-go/nascent/kernel/host/zmtp"
	"github.com/nascent-go/nascent/kernel/wire"
)

const (
	backlog  = 64 << 20               // bytes that may wait for a client before the worker, or the client itself, is slowed down
	patience = 3 * time.Second        // how long a client may then take nothing
	linger   = 500 * time.Millisecond // for the last messages to be taken
)

// What a client may send in one message. On shell it is whatever notebooks hold;
// all of it is less than what may go on to the worker, so no request is lost on
// that way.
const (
	shellSize     = 256 << 20
	controlSize   = 64 << 20 // and on stdin
	subscribeSize = 4 << 10
	beatSize      = 64 << 10
	maxFrames     = wire.MaxFrames - 1<<4
)

// sockets are the five sockets of a kernel.
type sockets struct {
	shell, control, stdin, iopub, heartbeat *zmtp.Socket
}

// bind opens all sockets, or none. For each port of c that is 0 a free one is
// taken and written into c. Each new subscription to IOPub is greeted with what
// welcome makes of its topic.
func bind(ctx context.Context, c *Connection, logf func(string, ...any), welcome func(topic string) [][]byte) (*sockets, error) {
	var s sockets
	for _, b := range []struct {
		socket **zmtp.Socket
		kind   zmtp.Kind
		size   int64
		name   string
		port   *int
	}{
		{&s.shell, zmtp.Router, shellSize, "shell_port", &c.ShellPort},
		{&s.control, zmtp.Router, controlSize, "control_port", &c.ControlPort},
		{&s.stdin, zmtp.Router, controlSize, "stdin_port", &c.StdinPort},
		{&s.iopub, zmtp.Publisher, subscribeSize, "iopub_port", &c.IOPubPort},
		{&s.heartbeat, zmtp.Echo, beatSize, "hb_port", &c.HBPort},
	} {
		opts := zmtp.Options{Limits: zmtp.Limits{Size: b.size, Frames: maxFrames}, Log: logf, Backlog: backlog, Patience: patience, Subscribed: welcome}
		if b.kind == zmtp.Echo {
			opts.Backlog = 1 << 20
		}
		opened, err := listen(ctx, c, b.port, b.kind, opts)
		if err != nil {
			s.close(0)
			_, address := c.Address(*b.port)
			return nil, bindError(namedPort{b.name, *b.port}, address, err)
		}
		*b.socket = opened
	}
	return &s, nil
}

// listen opens a socket at a port of c, or at a free one, which it writes to port.
func listen(ctx context.Context, c *Connection, port *int, kind zmtp.Kind, opts zmtp.Options) (*zmtp.Socket, error) {
	network, address := c.Address(*port)
	if *port != 0 || network == "tcp" {
		s, err := zmtp.Listen(ctx, kind, network, address, opts)
		if err == nil && *port == 0 {
			*port = s.Addr().(*net.TCPAddr).Port
		}
		return s, err
	}
	for free := 1; ; free++ { // paths are numbered
		_, address := c.Address(free)
		s, err := zmtp.Listen(ctx, kind, network, address, opts)
		if errors.Is(err, syscall.EADDRINUSE) && free < 1<<16 {
			continue
		}
		if err == nil {
			*port = free
		}
		return s, err
	}
}

func bindError(p namedPort, address string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%s %d is in use: another program listens on %s; stop it, or start the kernel with a connection file that names a free port", p.name, p.port, address)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("%s %d: this machine has no address %s; the connection file's ip must be one of its own, such as 127.0.0.1", p.name, p.port, address)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("%s %d: listening on %s is not permitted; ports from 1024 on are open to everyone", p.name, p.port, address)
	}
	return fmt.Errorf("%s %d: listening on %s: %w", p.name, p.port, address, err)
}

// close delivers what was sent, within the time given, and closes all sockets.
func (s *sockets) close(within time.Duration) {
	var wg sync.WaitGroup
	for _, socket := range []*zmtp.Socket{s.shell, s.control, s.stdin, s.iopub, s.heartbeat} {
		if socket != nil {
			wg.Go(func() {
				// A listener that can't be closed goes with the process.
				_ = socket.Close(within)
			})
		}
	}
	wg.Wait()
}

// of is the socket of a channel, or nil.
func (s *sockets) of(c wire.Channel) *zmtp.Socket {
	switch c {
	case wire.Shell:
		return s.shell
	case wire.Control:
		return s.control
	case wire.Stdin:
		return s.stdin
	case wire.IOPub:
		return s.iopub
	}
	return nil
}

package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/nascent-go/nascent/kernel/host"
	"github.com/nascent-go/nascent/kernel/host/zmtp"
	"github.com/nascent-go/nascent/kernel/wire"
)

// WriteConnection writes a connection file with five free ports of this machine
// and a fresh key into a folder, and returns the path of the file.
func WriteConnection(dir string) (path string, c host.Connection, err error) {
	c = host.Connection{Transport: "tcp", IP: "127.0.0.1", Scheme: wire.Scheme, Key: wire.NewID()}
	for _, port := range []*int{&c.ShellPort, &c.ControlPort, &c.StdinPort, &c.IOPubPort, &c.HBPort} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return "", c, fmt.Errorf("looking for a free port: %w", err)
		}
		defer l.Close() // all are held until five are found: they must differ
		*port = l.Addr().(*net.TCPAddr).Port
	}
	text, err := json.Marshal(c)
	if err != nil {
		return "", c, fmt.Errorf("writing a connection file: %w", err)
	}
	path = filepath.Join(dir, "kernel-"+strconv.Itoa(c.ShellPort)+".json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return "", c, fmt.Errorf("writing a connection file: %w", err)
	}
	return path, c, nil
}

// Connect connects to the kernel of a connection file, waits until it listens,
// and until what it publishes arrives.
func Connect(ctx context.Context, c host.Connection) (*Client, error) {
	signer, err := wire.NewSigner(c.Scheme, c.Key)
	if err != nil {
		return nil, err
	}
	k := NewClient(signer)
	for _, s := range []struct {
		channel wire.Channel
		socket  *Socket
		kind    zmtp.ClientKind
		port    int
		topics  []string
	}{
		{wire.IOPub, &k.IOPub, zmtp.Subscriber, c.IOPubPort, []string{""}},
		{wire.Shell, &k.Shell, zmtp.Dealer, c.ShellPort, nil},
		{wire.Control, &k.Control, zmtp.Dealer, c.ControlPort, nil},
		{wire.Stdin, &k.Stdin, zmtp.Dealer, c.StdinPort, nil},
	} {
		socket, err := dial(ctx, c, s.kind, s.port, k.Sender.Session, s.topics)
		if err != nil {
			k.Close()
			return nil, fmt.Errorf("connecting to the kernel: %w", err)
		}
		*s.socket = socket
		go k.pump(s.channel, socket)
	}
	if k.Heartbeat, err = dial(ctx, c, zmtp.Request, c.HBPort, k.Sender.Session, nil); err == nil {
		err = k.waitForIOPub(ctx)
	}
	if err != nil {
		k.Close()
		return nil, fmt.Errorf("connecting to the kernel: %w", err)
	}
	return k, nil
}

// dial tries until somebody listens: the kernel may be starting.
func dial(ctx context.Context, c host.Connection, kind zmtp.ClientKind, port int, id string, topics []string) (*zmtp.Client, error) {
	network, address := c.Address(port)
	for {
		client, err := zmtp.Dial(ctx, kind, network, address, id, zmtp.Limits{Size: wire.MaxMessageSize, Frames: wire.MaxFrames}, topics...)
		if err == nil || !errors.Is(err, syscall.ECONNREFUSED) && !errors.Is(err, fs.ErrNotExist) {
			return client, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", ctx.Err(), err)
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// pump delivers what arrives on a socket until the connection ends.
func (k *Client) pump(c wire.Channel, socket *zmtp.Client) {
	for {
		frames, err := socket.Receive(context.Background())
		if err != nil {
			k.fail(c, err)
			return
		}
		k.Deliver(c, frames)
	}
}

// waitForIOPub asks until an answer comes on IOPub too: subscriptions take
// effect some time after the connection.
func (k *Client) waitForIOPub(ctx context.Context) error {
	for {
		short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
		_, err := k.probe(short)
		cancel()
		if err == nil || ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
	}
}

// probe asks who the kernel is; that answers to it are incomplete is expected.
func (k *Client) probe(ctx context.Context) (*Answer, error) {
	m, err := k.Make(wire.Shell, wire.TypeKernelInfoRequest, wire.Empty{})
	if err != nil {
		return nil, err
	}
	if err := k.post(m, true); err != nil {
		return nil, err
	}
	return k.Collect(ctx, m)
}

package conformance_test

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/cell/library"
	"github.com/nascent-go/nascent/kernel/conformance"
	"github.com/nascent-go/nascent/kernel/history/store"
	"github.com/nascent-go/nascent/kernel/host"
	"github.com/nascent-go/nascent/kernel/magic"
	"github.com/nascent-go/nascent/kernel/session"
	"github.com/nascent-go/nascent/kernel/wire"
)

// local is a session in this process with front ends connected to it, without
// sockets and host. It can be broken: what comes and goes passes through a fault.
type local struct {
	signer *wire.Signer
	fault  fault

	dir string // of the file with the history

	mu      sync.Mutex
	session *session.Session
	store   *store.Store
	clients map[string]*conformance.Client // by session id, which is their identity
}

// fault is what is wrong with a kernel. A function that is nil changes nothing.
type fault struct {
	in  func(m *wire.Message)                 // changes a request
	out func(m *wire.Message) []*wire.Message // what is sent instead of a message
}

func newLocal(dir string, f fault) (*local, error) {
	signer, err := wire.NewSigner(wire.Scheme, wire.NewID())
	if err != nil {
		return nil, err
	}
	l := &local{signer: signer, fault: f, dir: dir, clients: map[string]*conformance.Client{}}
	return l, l.begin()
}

func (l *local) begin() error {
	lib, err := library.Std()
	if err != nil {
		return fmt.Errorf("making a session: %w", err)
	}
	env, err := cell.New(lib)
	if err != nil {
		return fmt.Errorf("making a session: %w", err)
	}
	display.SetDefault(env.Sink())
	past := store.Open(filepath.Join(l.dir, "history.sqlite"), wire.NewID())
	s := session.New(session.Options{
		History: past.Book(),
		Env:     magic.New(env, magic.Config{}), Emit: l.emit, KernelInfo: host.Info("0.0.0", runtime.Version()),
		Logf: func(string, ...any) {},
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	l.session, l.store = s, past
	return nil
}

// close ends the session. What it warns of is not the matter here.
func (l *local) close() {
	l.now().Close()
	_ = l.store.Close()
}

func (l *local) now() *session.Session {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.session
}

// Ordered says that messages arrive in the order in which they were sent.
func (l *local) Ordered() {}

// Restart implements conformance.Kernel.
func (l *local) Restart(ctx context.Context) error {
	select {
	case <-l.now().Done():
		l.close()
		return l.begin()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Connect implements conformance.Kernel.
func (l *local) Connect(context.Context) (*conformance.Client, error) {
	k := conformance.NewClient(l.signer)
	plug := func(c wire.Channel) conformance.Socket { return plug{l, k, c} }
	k.Shell, k.Control, k.Stdin, k.IOPub = plug(wire.Shell), plug(wire.Control), plug(wire.Stdin), plug(wire.IOPub)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clients[k.Sender.Session] = k
	return k, nil
}

// plug is one channel of a client.
type plug struct {
	l       *local
	k       *conformance.Client
	channel wire.Channel
}

func (p plug) Send(frames [][]byte) {
	m, err := wire.Decode(frames, p.l.signer)
	if err != nil {
		return // as the host does
	}
	m.Channel, m.Identities = p.channel, [][]byte{[]byte(p.k.Sender.Session)}
	if p.l.fault.in != nil {
		p.l.fault.in(m)
	}
	p.l.now().Handle(m)
}

func (p plug) Close() {
	p.l.mu.Lock()
	defer p.l.mu.Unlock()
	delete(p.l.clients, p.k.Sender.Session)
}

// emit brings a message to those it is for.
func (l *local) emit(m *wire.Message) {
	list := []*wire.Message{m}
	if l.fault.out != nil {
		list = l.fault.out(m)
	}
	for _, m := range list {
		l.deliver(m)
	}
}

func (l *local) deliver(m *wire.Message) {
	var to []*conformance.Client
	l.mu.Lock()
	if m.Channel == wire.IOPub {
		for _, k := range l.clients {
			to = append(to, k)
		}
	} else if k := l.clients[string(m.Identities[0])]; k != nil {
		to = append(to, k)
		routed := *m
		routed.Identities = nil
		m = &routed
	}
	l.mu.Unlock()
	for _, k := range to {
		frames, err := m.Encode(l.signer)
		if err != nil {
			panic(err) // the session has made it
		}
		k.Deliver(m.Channel, frames)
	}
}

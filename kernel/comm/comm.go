// Package comm keeps the comms of a session: which are open, who takes what front
// ends send on them, and which targets front ends may open them to (Jupyter
// messaging protocol 5.5, "Custom messages"). It makes and reads messages and knows
// no socket and no interpreter.
package comm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/wire"
)

// MaxOpen is how many comms may be open at a time: more are a loop that opens them
// without end.
const MaxOpen = 10_000

// Publish sends a message about a request, or about none if parent is nil.
type Publish func(parent *wire.Message, msgType string, content any, metadata json.RawMessage, buffers [][]byte) error

// Manager keeps the comms of one session. It is safe for concurrent use.
type Manager struct {
	publish Publish

	mu      sync.Mutex
	open    map[string]*end
	targets map[string]func(id string) display.CommHandler
	ended   bool
}

// end is the kernel's end of an open comm.
type end struct {
	target  string
	handler display.CommHandler
	control bool // messages on it are answered by the manager
}

// New makes a manager that sends messages with publish.
func New(publish Publish) *Manager {
	return &Manager{publish: publish, open: map[string]*end{}, targets: map[string]func(string) display.CommHandler{}}
}

var errEnded = errors.New("the session has ended")

// add enters a comm, if there is room.
func (m *Manager) add(id string, e *end) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.ended:
		return errEnded
	case id == "":
		return errors.New("its comm_id is empty")
	case m.open[id] != nil:
		return fmt.Errorf("a comm with the id %s is open already", id)
	case len(m.open) >= MaxOpen:
		return fmt.Errorf("%d comms are open, which is the limit; close those that nobody needs", MaxOpen)
	}
	m.open[id] = e
	return nil
}

// find returns an open comm, and removes it if it is to be closed.
func (m *Manager) find(id string, remove bool) (*end, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.open[id]
	switch {
	case e == nil && m.ended:
		return nil, errEnded
	case e == nil:
		return nil, errors.New("it is not open")
	case remove:
		delete(m.open, id)
	}
	return e, nil
}

// Open opens a comm to a target of the front ends, in the name of a request.
func (m *Manager) Open(parent *wire.Message, id, target string, msg display.CommMessage, h display.CommHandler) error {
	if err := m.add(id, &end{target: target, handler: h}); err != nil {
		return err
	}
	err := m.send(parent, wire.TypeCommOpen, wire.CommOpen{CommID: id, TargetName: target, Data: msg.Data}, msg)
	if err != nil {
		_, _ = m.find(id, true) // nobody has heard of it; it may have been closed meanwhile
	}
	return err
}

// Send sends a message on an open comm.
func (m *Manager) Send(parent *wire.Message, id string, msg display.CommMessage) error {
	if _, err := m.find(id, false); err != nil {
		return err
	}
	return m.send(parent, wire.TypeCommMsg, wire.CommMsg{CommID: id, Data: msg.Data}, msg)
}

// Close closes an open comm.
func (m *Manager) Close(parent *wire.Message, id string, msg display.CommMessage) error {
	if _, err := m.find(id, true); err != nil {
		return err
	}
	return m.send(parent, wire.TypeCommClose, wire.CommClose{CommID: id, Data: msg.Data}, msg)
}

// send publishes a message with copies of its buffers, which belong to the caller.
func (m *Manager) send(parent *wire.Message, msgType string, content any, msg display.CommMessage) error {
	var buffers [][]byte
	for _, b := range msg.Buffers {
		buffers = append(buffers, bytes.Clone(b))
	}
	return m.publish(parent, msgType, content, msg.Metadata, buffers)
}

// Register lets front ends open comms to a target; a nil accept takes it back.
func (m *Manager) Register(name string, accept func(id string) display.CommHandler) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case name == "":
		return errors.New("its name is empty")
	case accept != nil:
		m.targets[name] = accept
	case m.targets[name] == nil:
		return errors.New("there is no such target")
	default:
		delete(m.targets, name)
	}
	return nil
}

// Info lists the open comms, of one target or, if that is empty, of all.
func (m *Manager) Info(target string) map[string]wire.Comm {
	m.mu.Lock()
	defer m.mu.Unlock()
	comms := map[string]wire.Comm{}
	for id, e := range m.open {
		if target == "" || e.target == target {
			comms[id] = wire.Comm{TargetName: e.target}
		}
	}
	return comms
}

// End closes all comms, and tells the front ends, which show what belongs to them
// as dead. Those for which the manager itself has answered are closed by the page that
// has opened them, which complains of another end.
func (m *Manager) End() error {
	m.mu.Lock()
	open := m.open
	m.ended, m.open = true, map[string]*end{}
	m.mu.Unlock()
	var errs []error
	for id, e := range open {
		if e.control {
			continue
		}
		errs = append(errs, m.publish(nil, wire.TypeCommClose, wire.CommClose{CommID: id, Data: json.RawMessage("{}")}, nil, nil))
	}
	return errors.Join(errs...)
}

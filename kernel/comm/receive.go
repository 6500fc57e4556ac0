package comm

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/wire"
)

// Receive takes a comm_open, comm_msg or comm_close that came from a front end, and
// returns what calls its handler, nil if there is none. Calls about one comm must be
// made in the order of their messages. A call that fails is told to [Manager.Failed].
// An error says what was wrong with the message; a comm that can't be opened has been
// closed then, as the protocol wants it.
func (m *Manager) Receive(in *wire.Message) (call func(), err error) {
	switch in.Header.MsgType {
	case wire.TypeCommOpen:
		call, err = m.opened(in)
	case wire.TypeCommMsg:
		call, err = m.received(in)
	case wire.TypeCommClose:
		call, err = m.closed(in)
	default:
		err = errors.New("no message of a comm")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", in.Header.MsgType, err)
	}
	return call, nil
}

func (m *Manager) opened(in *wire.Message) (func(), error) {
	var c wire.CommOpen
	if err := in.DecodeContent(&c); err != nil {
		return nil, err
	}
	m.mu.Lock()
	accept, known := m.targets[c.TargetName], m.open[c.CommID] != nil
	m.mu.Unlock()
	if known { // closing it would close the other one
		return nil, fmt.Errorf("a comm with the id %s is open already", c.CommID)
	}
	e := &end{target: c.TargetName, control: accept == nil && c.TargetName == wire.WidgetControl}
	var err error
	switch {
	case accept != nil:
		e.handler = accept(c.CommID)
	case !e.control:
		err = fmt.Errorf("nobody has registered the target %q", c.TargetName)
	}
	if err == nil {
		err = m.add(c.CommID, e)
	}
	if err != nil {
		return nil, errors.Join(err, m.refuse(in, c.CommID))
	}
	return call(e.handler.Open, in, c.Data), nil
}

func (m *Manager) refuse(in *wire.Message, id string) error {
	return m.publish(in, wire.TypeCommClose, wire.CommClose{CommID: id, Data: json.RawMessage("{}")}, nil, nil)
}

// Failed closes the comm of a comm_open whose handler has failed, so that the front
// end doesn't send to somebody who isn't there.
func (m *Manager) Failed(in *wire.Message) error {
	var c wire.CommOpen
	if in.Header.MsgType != wire.TypeCommOpen || in.DecodeContent(&c) != nil {
		return nil
	}
	if _, err := m.find(c.CommID, true); err != nil {
		return nil // the handler has closed it before it failed
	}
	return m.refuse(in, c.CommID)
}

func (m *Manager) received(in *wire.Message) (func(), error) {
	var c wire.CommMsg
	if err := in.DecodeContent(&c); err != nil {
		return nil, err
	}
	e, err := m.find(c.CommID, false)
	if err != nil {
		return nil, fmt.Errorf("comm %s: %w", c.CommID, err)
	}
	if e.control {
		return func() { m.control(in, c) }, nil
	}
	return call(e.handler.Message, in, c.Data), nil
}

func (m *Manager) closed(in *wire.Message) (func(), error) {
	var c wire.CommClose
	if err := in.DecodeContent(&c); err != nil {
		return nil, err
	}
	e, err := m.find(c.CommID, true)
	if err != nil {
		return nil, fmt.Errorf("comm %s: %w", c.CommID, err)
	}
	return call(e.handler.Close, in, c.Data), nil
}

// call is a call of a handler with a message, nil if there is no handler.
func call(handler func(display.CommMessage), in *wire.Message, data json.RawMessage) func() {
	if handler == nil {
		return nil
	}
	if data == nil {
		data = json.RawMessage("{}")
	}
	return func() { handler(display.CommMessage{Data: data, Metadata: in.Metadata, Buffers: in.Buffers}) }
}

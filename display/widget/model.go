package widget

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/display/internal/pace"
)

// protocol is the version of Jupyter's widget messages.
const protocol = "2.1.0"

// pause is the least time between two messages about a widget: a loop may set it
// thousands of times a second.
const pause = 50 * time.Millisecond

// kind names the front end's classes for a widget.
type kind struct{ module, version, model, view string }

func controls(name string) kind {
	return kind{"@jupyter-widgets/controls", "2.0.0", name + "Model", name + "View"}
}

// style is the kind of what says how controls of some kind look.
func style(name string) kind {
	return kind{"@jupyter-widgets/controls", "2.0.0", name + "StyleModel", "StyleView"}
}

// model is the program's end of a widget: its state, which both ends change, and
// the comm between them. The state is what the protocol calls so: names and values
// that JSON can hold, or bytes.
type model struct {
	comm *display.Comm
	kind kind
	text func() string // where it stands, for pages without widgets
	read func()        // if set: brings the state up to date before it is sent; mu is held

	mu     sync.Mutex
	state  map[string]any
	parts  map[string][]*model // other widgets that the state names, by key
	opened bool
	gone   bool // closed, by either end
	taken  map[string]func(json.RawMessage) error
	custom func(json.RawMessage)

	unsent map[string]bool // keys that have changed
	pacer  *pace.Pacer
}

func newModel(k kind, state map[string]any) *model {
	maps.Copy(state, map[string]any{
		"_model_module": k.module, "_model_module_version": k.version, "_model_name": k.model,
		"_view_module": k.module, "_view_module_version": k.version, "_view_name": k.view,
	})
	if k.view == "StyleView" {
		state["_view_module"] = "@jupyter-widgets/base"
	}
	m := &model{
		comm: display.NewComm("jupyter.widget"), kind: k, state: state, text: func() string { return k.model },
		parts: map[string][]*model{}, taken: map[string]func(json.RawMessage) error{}, unsent: map[string]bool{},
	}
	m.pacer = pace.New(pause, display.AtEnd, m.send)
	m.comm.OnMessage(m.receive)
	m.comm.OnClose(func(display.CommMessage) { m.end() })
	m.comm.OnRestore(func() (any, [][]byte) {
		m.mu.Lock()
		defer m.mu.Unlock()
		return m.everything("")
	})
	return m
}

func (m *model) part() *model { return m }

// message is what both ends send.
type message struct {
	Method      string          `json:"method,omitempty"`
	State       map[string]any  `json:"state,omitempty"`
	Content     json.RawMessage `json:"content,omitempty"`
	BufferPaths [][]string      `json:"buffer_paths"`
}

// Display opens the widget, and those that it is made of, in the front end of the
// cell that shows it.
func (m *model) Display() display.Bundle {
	b := display.Text(m.plain())
	if m.open() == nil {
		b.Data["application/vnd.jupyter.widget-view+json"] = view{m.comm.ID(), 2, 0}
	}
	return b
}

// plain says where the widget stands.
func (m *model) plain() string {
	m.mu.Lock()
	text := m.text
	m.mu.Unlock()
	return text()
}

type view struct {
	ModelID      string `json:"model_id"`
	VersionMajor int    `json:"version_major"`
	VersionMinor int    `json:"version_minor"`
}

// open makes the widget known to the front end.
func (m *model) open() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.gone:
		return errors.New("the widget is closed")
	case m.opened:
		return nil
	}
	for key, parts := range m.parts {
		for _, p := range parts {
			if err := p.open(); err != nil {
				return fmt.Errorf("opening %s of a %s: %w", key, m.kind.model, err)
			}
		}
	}
	msg, buffers := m.everything("")
	if err := m.comm.Open(msg, map[string]string{"version": protocol}, buffers...); err != nil {
		return err
	}
	m.opened = true
	clear(m.unsent)
	return nil
}

// everything is a message about all of the state; m.mu is held.
func (m *model) everything(method string) (message, [][]byte) {
	if m.read != nil {
		m.read()
	}
	return m.message(method, slices.Collect(maps.Keys(m.state)))
}

// message is one about some keys of the state; m.mu is held.
func (m *model) message(method string, keys []string) (message, [][]byte) {
	out := message{Method: method, State: map[string]any{}, BufferPaths: [][]string{}}
	var buffers [][]byte
	for _, key := range slices.Sorted(slices.Values(keys)) {
		if b, ok := m.state[key].([]byte); ok {
			out.BufferPaths, buffers = append(out.BufferPaths, []string{key}), append(buffers, b)
			continue
		}
		out.State[key] = m.state[key]
	}
	return out, buffers
}

// setPart makes other widgets a part of this one: one, or a list.
func (m *model) setPart(key string, list bool, parts ...*model) {
	names := make([]string, len(parts))
	for i, p := range parts {
		names[i] = "IPY_MODEL_" + p.comm.ID()
	}
	m.parts[key] = parts
	if m.state[key] = names; !list {
		m.state[key] = names[0]
	}
}

// set changes the state; the front end hears of it soon.
func (m *model) set(key string, value any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.state[key] = value
	m.tell(key)
}

// tell sends a key that has changed, soon; m.mu is held.
func (m *model) tell(key string) {
	if m.opened && !m.gone {
		m.unsent[key] = true
		m.mu.Unlock() // the pacer may send at once
		m.pacer.Ask()
		m.mu.Lock()
	}
}

// send sends what has changed. There may be nobody left who listens, which is no reason
// to stop a program.
func (m *model) send() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.unsent) == 0 || m.gone {
		return
	}
	if m.read != nil {
		m.read()
	}
	msg, buffers := m.message("update", slices.Collect(maps.Keys(m.unsent)))
	clear(m.unsent)
	_ = m.comm.Send(msg, buffers...)
}

// receive takes what the front end sends.
func (m *model) receive(c display.CommMessage) {
	var msg struct {
		Method  string
		State   map[string]json.RawMessage
		Content json.RawMessage
	}
	if c.Decode(&msg) != nil {
		return // not of this protocol
	}
	switch msg.Method {
	case "request_state":
		m.answer()
	case "update":
		m.update(msg.State)
	case "custom":
		m.mu.Lock()
		custom := m.custom
		m.mu.Unlock()
		if custom != nil {
			custom(msg.Content)
		}
	}
}

// answer tells a page that has asked all of the state. The page waits for just this.
func (m *model) answer() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.gone {
		return
	}
	msg, buffers := m.everything("update")
	clear(m.unsent)
	_ = m.comm.Send(msg, buffers...)
}

// update takes values from the front end, and sends them on to its other pages. Where
// a value is none that the widget can have, its own is sent back.
func (m *model) update(state map[string]json.RawMessage) {
	for _, key := range slices.Sorted(maps.Keys(state)) {
		m.mu.Lock()
		take, own := m.taken[key], m.state[key]
		m.mu.Unlock()
		if take == nil {
			continue
		}
		if take(state[key]) != nil {
			m.set(key, own)
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.opened && !m.gone {
		echo := message{Method: "echo_update", State: map[string]any{}, BufferPaths: [][]string{}}
		for key, v := range state {
			echo.State[key] = v
		}
		_ = m.comm.Send(echo)
	}
}

// Close takes the widget, and those that it is made of, from the page.
func (m *model) Close() error {
	m.mu.Lock()
	parts, opened := m.parts, m.opened
	m.mu.Unlock()
	if !m.end() || !opened {
		return nil
	}
	err := m.comm.Close(nil)
	for _, list := range parts {
		for _, p := range list {
			if e := p.Close(); err == nil {
				err = e
			}
		}
	}
	if err != nil {
		return fmt.Errorf("closing a %s: %w", m.kind.model, err)
	}
	return nil
}

// end makes it one that nobody hears of any more, and says whether it was not.
func (m *model) end() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	was := m.gone
	m.gone = true
	return !was
}

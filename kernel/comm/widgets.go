package comm

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/wire"
)

// widgetTarget is the target of widgets. A page that is loaded anew asks on a comm to
// [wire.WidgetControl] for all of them at once. If that comm is closed instead, it asks
// every widget by itself, which takes a long time if they are many.
const widgetTarget = "jupyter.widget"

// controlled is the answer to request_states.
type controlled struct {
	Method      string               `json:"method"`
	States      map[string]wholeView `json:"states"`       // by comm
	BufferPaths [][]json.RawMessage  `json:"buffer_paths"` // comm, "state", and the path there
}

// wholeView is all that a page has to know of a widget.
type wholeView struct {
	Name    string          `json:"model_name"`
	Module  string          `json:"model_module"`
	Version string          `json:"model_module_version"`
	State   json.RawMessage `json:"state"`
}

// control takes a message on a comm to wire.WidgetControl.
func (m *Manager) control(in *wire.Message, c wire.CommMsg) {
	var asked struct{ Method string }
	if json.Unmarshal(c.Data, &asked) != nil || asked.Method != "request_states" {
		return
	}
	states, err := m.widgets()
	if err == nil {
		err = m.Send(in, c.CommID, states)
	}
	if err != nil {
		// The page asks the widgets one by one then; if it is gone, nobody has to know.
		_ = m.Close(in, c.CommID, display.CommMessage{Data: json.RawMessage("{}")})
	}
}

// widgets is the message with the states of all widgets, in the order of nothing.
func (m *Manager) widgets() (msg display.CommMessage, err error) {
	m.mu.Lock()
	open := maps.Clone(m.open)
	m.mu.Unlock()
	all := controlled{Method: "update_states", States: map[string]wholeView{}, BufferPaths: [][]json.RawMessage{}}
	for id, e := range open {
		if e.target != widgetTarget {
			continue
		}
		if err := all.add(id, e.handler.Restore, &msg.Buffers); err != nil {
			return msg, fmt.Errorf("the state of widget %s: %w", id, err)
		}
	}
	if msg.Data, err = json.Marshal(all); err != nil {
		return msg, fmt.Errorf("the states of widgets: %w", err)
	}
	return msg, nil
}

// add adds a widget, and its buffers to those of the others.
func (all *controlled) add(id string, restore func() (display.CommMessage, error), buffers *[][]byte) error {
	if restore == nil {
		return errors.New("it was made by hand, and nobody has said how to restore it")
	}
	now, err := restore()
	if err != nil {
		return err
	}
	var opening struct {
		State       json.RawMessage     `json:"state"`
		BufferPaths [][]json.RawMessage `json:"buffer_paths"`
	}
	if err := json.Unmarshal(now.Data, &opening); err != nil {
		return fmt.Errorf("its data: %w", err)
	}
	var model struct {
		Name    string `json:"_model_name"`
		Module  string `json:"_model_module"`
		Version string `json:"_model_module_version"`
	}
	if err := json.Unmarshal(opening.State, &model); err != nil {
		return fmt.Errorf("its data: state: %w", err)
	}
	if len(opening.BufferPaths) != len(now.Buffers) {
		return fmt.Errorf("it has %d buffers and %d buffer_paths", len(now.Buffers), len(opening.BufferPaths))
	}
	all.States[id] = wholeView{model.Name, model.Module, model.Version, opening.State}
	name, err := json.Marshal(id)
	if err != nil {
		return err
	}
	for _, path := range opening.BufferPaths {
		all.BufferPaths = append(all.BufferPaths, append([]json.RawMessage{name, json.RawMessage(`"state"`)}, path...))
	}
	*buffers = append(*buffers, now.Buffers...)
	return nil
}

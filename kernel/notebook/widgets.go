package notebook

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nascent-go/nascent/kernel/wire"
)

// MIME types of Jupyter's widgets: of a view that is shown, and of the models that a
// notebook keeps in its metadata for readers without a kernel.
const (
	widgetView  = "application/vnd.jupyter.widget-view+json"
	widgetState = "application/vnd.jupyter.widget-state+json"
)

// widgetStates are the models of a notebook.
type widgetStates struct {
	VersionMajor int                     `json:"version_major"`
	VersionMinor int                     `json:"version_minor"`
	State        map[string]*widgetModel `json:"state"`
}

// widgetModel is one of them.
type widgetModel struct {
	Name    string         `json:"model_name"`
	Module  string         `json:"model_module"`
	Version string         `json:"model_module_version"`
	State   Object         `json:"state"`
	Buffers []widgetBuffer `json:"buffers,omitempty"`
}

// widgetBuffer is a part of the state that is bytes.
type widgetBuffer struct {
	Encoding string   `json:"encoding"`
	Path     []string `json:"path"`
	Data     string   `json:"data"`
}

// widgetRecord follows the widgets of a kernel.
type widgetRecord struct {
	models map[string]*widgetModel // by comm
	order  []string                // in which they were opened
}

// take looks at a message about a comm.
func (r *widgetRecord) take(m *wire.Message) error {
	var content struct {
		ID     string `json:"comm_id"`
		Target string `json:"target_name"`
		Data   struct {
			Method      string              `json:"method"`
			State       Object              `json:"state"`
			BufferPaths [][]json.RawMessage `json:"buffer_paths"`
		} `json:"data"`
	}
	switch m.Header.MsgType {
	case wire.TypeCommOpen, wire.TypeCommMsg, wire.TypeCommClose:
	default:
		return nil
	}
	if err := m.DecodeContent(&content); err != nil {
		return nil // a comm of something else, whose data is of another form
	}
	model := r.models[content.ID]
	switch {
	case m.Header.MsgType == wire.TypeCommOpen && content.Target == "jupyter.widget":
		model = &widgetModel{State: Object{}}
		content.Data.State.Get("_model_name", &model.Name)
		content.Data.State.Get("_model_module", &model.Module)
		content.Data.State.Get("_model_module_version", &model.Version)
		if r.models == nil {
			r.models = map[string]*widgetModel{}
		}
		r.models[content.ID] = model
		r.order = append(r.order, content.ID)
	case model == nil:
		return nil
	case m.Header.MsgType == wire.TypeCommClose:
		delete(r.models, content.ID)
		return nil
	case content.Data.Method != "update":
		return nil
	}
	maps.Copy(model.State, content.Data.State)
	for i, path := range content.Data.BufferPaths {
		b := widgetBuffer{Encoding: "base64", Path: make([]string, len(path))}
		for j, key := range path {
			if err := json.Unmarshal(key, &b.Path[j]); err != nil {
				b.Path[j] = string(key) // an index of a list
			}
		}
		if i >= len(m.Buffers) {
			return fmt.Errorf("comm %s: %d buffers for %d paths", content.ID, len(m.Buffers), len(content.Data.BufferPaths))
		}
		b.Data = base64.StdEncoding.EncodeToString(m.Buffers[i])
		model.Buffers = slices.DeleteFunc(model.Buffers, func(old widgetBuffer) bool { return slices.Equal(old.Path, b.Path) })
		model.Buffers = append(model.Buffers, b)
	}
	return nil
}

// store puts the models into the metadata. Comms have names that no other has; in a
// notebook they are numbered, so that every run writes the same.
func (r *widgetRecord) store(nb *Notebook) error {
	delete(nb.Metadata, "widgets")
	if len(r.models) == 0 {
		return nil
	}
	var names []string
	for i, id := range r.order {
		names = append(names, id, fmt.Sprintf("%032x", i+1))
	}
	rename := strings.NewReplacer(names...)
	states := widgetStates{VersionMajor: 2, State: map[string]*widgetModel{}}
	for id, model := range r.models {
		for key, value := range model.State {
			model.State[key] = json.RawMessage(rename.Replace(string(value)))
		}
		states.State[rename.Replace(id)] = model
	}
	for _, c := range nb.Cells {
		for _, o := range c.Outputs {
			if view, ok := o.Data[widgetView]; ok {
				o.Data[widgetView] = json.RawMessage(rename.Replace(string(view)))
			}
		}
	}
	if nb.Metadata == nil {
		nb.Metadata = Object{}
	}
	return nb.Metadata.Set("widgets", map[string]widgetStates{widgetState: states})
}

// widgets are the models that a notebook keeps.
func (nb *Notebook) widgets() map[string]*widgetModel {
	var kept map[string]widgetStates
	nb.Metadata.Get("widgets", &kept)
	return kept[widgetState].State
}

package widget

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/nascent-go/nascent/display"
)

// maxOutputs is how much an output keeps: what was shown before is dropped.
const maxOutputs = 500

// Output is a place in a box for what a program prints and shows: it is a writer, for
// fmt.Fprintln, and a sink, for display.To.
//
//	fmt.Fprintln(out, "text")
//	out.Show(plot)
type Output struct{ *model }

// output is one of the outputs as a notebook holds it.
type output struct {
	Type     string         `json:"output_type"`
	Name     string         `json:"name,omitempty"` // of a stream
	Text     string         `json:"text,omitempty"`
	Data     map[string]any `json:"data,omitempty"`
	Metadata map[string]any `json:"metadata,omitempty"`

	id string // of a display that can be updated
}

// MarshalJSON writes the metadata that a display has to have, even if it is empty.
func (o output) MarshalJSON() ([]byte, error) {
	if o.Type == "stream" {
		return json.Marshal(struct {
			Type string `json:"output_type"`
			Name string `json:"name"`
			Text string `json:"text"`
		}{o.Type, o.Name, o.Text})
	}
	meta := o.Metadata
	if meta == nil {
		meta = map[string]any{}
	}
	return json.Marshal(struct {
		Type     string         `json:"output_type"`
		Data     map[string]any `json:"data"`
		Metadata map[string]any `json:"metadata"`
	}{o.Type, o.Data, meta})
}

// NewOutput makes an empty output.
func NewOutput() *Output {
	o := &Output{newModel(kind{"@jupyter-widgets/output", "1.0.0", "OutputModel", "OutputView"}, map[string]any{
		"outputs": []output{}, "msg_id": "",
	})}
	o.text = func() string {
		var lines []string
		for _, out := range o.outputs() {
			if out.Type == "stream" {
				lines = append(lines, strings.TrimSuffix(out.Text, "\n"))
			} else {
				lines = append(lines, fmt.Sprint(out.Data[display.MIMEPlain]))
			}
		}
		return strings.Join(lines, "\n")
	}
	return o
}

func (o *Output) outputs() []output {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.state["outputs"].([]output)
}

// change replaces the outputs by what f makes of them: a new list, as the old one may
// be on its way.
func (o *Output) change(f func([]output) []output) {
	o.mu.Lock()
	defer o.mu.Unlock()
	list := f(slices.Clone(o.state["outputs"].([]output)))
	o.state["outputs"] = append([]output{}, list[max(0, len(list)-maxOutputs):]...) // a list, also if it is empty
	o.tell("outputs")
}

// Write prints text.
func (o *Output) Write(text []byte) (int, error) {
	o.change(func(list []output) []output {
		if last := len(list) - 1; last >= 0 && list[last].Type == "stream" {
			list[last].Text += string(text)
			return list
		}
		return append(list, output{Type: "stream", Name: "stdout", Text: string(text)})
	})
	return len(text), nil
}

// Show shows values, one after the other.
func (o *Output) Show(values ...any) error { return display.To(o).Show(values...) }

// Replace shows values instead of what was there.
func (o *Output) Replace(values ...any) error {
	shown := make([]output, len(values))
	for i, v := range values {
		b := display.Render(v)
		shown[i] = output{Type: "display_data", Data: b.Data, Metadata: b.Metadata}
	}
	o.change(func([]output) []output { return shown })
	return nil
}

// Clear empties the output.
func (o *Output) Clear() { o.change(func([]output) []output { return nil }) }

// Emit implements display.Sink.
func (o *Output) Emit(e display.Event) error {
	shown := output{Type: "display_data", Data: e.Bundle.Data, Metadata: e.Bundle.Metadata, id: e.ID}
	o.change(func(list []output) []output {
		switch e.Op {
		case display.OpClear:
			return nil
		case display.OpUpdate:
			for i := range list {
				if list[i].id == e.ID {
					list[i] = shown
				}
			}
			return list
		}
		return append(list, shown)
	})
	return nil
}

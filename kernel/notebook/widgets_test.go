package notebook

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/kernel/wire"
)

// comm is a message about a comm.
func comm(t *testing.T, kind, content string, buffers ...string) *wire.Message {
	t.Helper()
	m := &wire.Message{Header: wire.Header{MsgType: kind}, Content: json.RawMessage(content)}
	for _, b := range buffers {
		m.Buffers = append(m.Buffers, []byte(b))
	}
	return m
}

// opened is a comm_open of a widget.
func opened(t *testing.T, id, model, state string) *wire.Message {
	return comm(t, wire.TypeCommOpen, fmt.Sprintf(
		`{"comm_id":%q,"target_name":"jupyter.widget","data":{"state":{"_model_name":%q,"_model_module":"m","_model_module_version":"2.0.0"%s},"buffer_paths":[]}}`,
		id, model, state))
}

// A run leaves the widgets as they were in the end, with the same names each time.
func TestWidgetsAreKept(t *testing.T) {
	for _, names := range [][]string{{"QX", "RY", "SZ"}, {"K1", "L2", "M3"}} {
		slider, box, image := names[0], names[1], names[2]
		r := newCollector()
		for _, m := range []*wire.Message{
			comm(t, wire.TypeCommOpen, `{"comm_id":"other","target_name":"chart","data":[1]}`),
			opened(t, slider, "FloatSliderModel", `,"value":0.5,"description":"rate <b>"`),
			opened(t, image, "ImageModel", `,"format":"png"`),
			opened(t, box, "VBoxModel", fmt.Sprintf(`,"children":["IPY_MODEL_%s","IPY_MODEL_%s"]`, slider, image)),
			opened(t, "gone", "ButtonModel", ``),
			comm(t, wire.TypeCommMsg, fmt.Sprintf(`{"comm_id":%q,"data":{"method":"update","state":{"value":0.75},"buffer_paths":[]}}`, slider)),
			comm(t, wire.TypeCommMsg, fmt.Sprintf(`{"comm_id":%q,"data":{"method":"custom","content":{},"state":{"value":9}}}`, slider)),
			comm(t, wire.TypeCommMsg, fmt.Sprintf(`{"comm_id":%q,"data":{"method":"update","state":{},"buffer_paths":[["value"]]}}`, image), "old"),
			comm(t, wire.TypeCommMsg, fmt.Sprintf(`{"comm_id":%q,"data":{"method":"update","state":{},"buffer_paths":[["value"]]}}`, image), "pixels"),
			comm(t, wire.TypeCommMsg, `{"comm_id":"other","data":{"method":"update","state":{"value":1}}}`),
			comm(t, wire.TypeCommClose, `{"comm_id":"gone","data":{}}`),
		} {
			if err := r.take(m); err != nil {
				t.Fatal(err)
			}
		}
		out := &Output{Type: DisplayData, Data: Bundle{widgetView: json.RawMessage(fmt.Sprintf(`{"model_id":%q}`, box))}}
		nb := &Notebook{Cells: []*Cell{{Type: Code, Source: "box", Outputs: []*Output{out}}}}
		if err := r.finish(nb); err != nil {
			t.Fatal(err)
		}
		kept := nb.widgets()
		if len(kept) != 3 {
			t.Fatalf("%d models are kept, want 3", len(kept))
		}
		s := kept["00000000000000000000000000000001"]
		if s == nil || s.Name != "FloatSliderModel" || string(s.State["value"]) != "0.75" || s.Version != "2.0.0" {
			t.Errorf("the slider is kept as %+v", s)
		}
		page, err := HTML(nb, "Notebook")
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{`<span>rate &lt;b&gt;</span><input type="range" disabled`, `value="0.75"`, `<img src="data:image/png;base64,cGl4ZWxz"`} {
			if !strings.Contains(string(page), want) {
				t.Errorf("the page has no %s", want)
			}
		}
	}
	nb := &Notebook{Metadata: Object{"widgets": json.RawMessage(`{}`)}}
	if err := newCollector().finish(nb); err != nil || nb.Metadata["widgets"] != nil {
		t.Errorf("a run without widgets leaves %s, %v", nb.Metadata["widgets"], err)
	}
	r := newCollector()
	if err := r.take(opened(t, "a", "ImageModel", "")); err != nil {
		t.Fatal(err)
	}
	if err := r.take(comm(t, wire.TypeCommMsg, `{"comm_id":"a","data":{"method":"update","state":{},"buffer_paths":[["value"]]}}`)); err == nil {
		t.Error("a message that lacks its buffer was taken")
	}
}

// Every widget has a look on a page, and none brings in what it was not meant to.
func TestWidgetsOnAPage(t *testing.T) {
	for _, test := range []struct{ model, state, want string }{
		{"IntSliderModel", `"value":3,"min":0,"max":9,"description":"n"`, `min="0" max="9" step="any" value="3"> <output>3</output>`},
		{"IntProgressModel", `"value":3,"max":9,"description":"p"`, `<progress max="9" value="3"></progress>`},
		{"CheckboxModel", `"value":true,"description":"<on>"`, `<input type="checkbox" disabled checked> &lt;on&gt;`},
		{"CheckboxModel", `"value":false,"description":""`, `<input type="checkbox" disabled> `},
		{"TextModel", `"value":"\"><script>"`, `<input disabled value="&#34;&gt;&lt;script&gt;">`},
		{"IntTextModel", `"value":5`, `<input disabled value="5">`},
		{"TextareaModel", `"value":"</textarea><script>"`, `<textarea disabled>&lt;/textarea&gt;&lt;script&gt;</textarea>`},
		{"DropdownModel", `"index":1,"_options_labels":["a","<b>"]`, `<button disabled>a</button><button disabled class="on">&lt;b&gt;</button>`},
		{"ToggleButtonsModel", `"index":null,"_options_labels":[]`, `<span></span></label>`},
		{"ButtonModel", `"description":"go"`, `<button class="widget" disabled>go</button>`},
		{"HTMLModel", `"value":"<i>x</i>"`, `<div class="widget"><i>x</i></div>`},
		{"OutputModel", `"outputs":[{"output_type":"stream","name":"stdout","text":"<b>"}]`, `<div class="output stream stdout"><pre>&lt;b&gt;</pre></div>`},
		{"TabModel", `"titles":["one"],"children":["IPY_MODEL_x","IPY_MODEL_self"]`, `<div class="widgets tab"><div class="title">one</div>`},
		{"OutputModel", `"outputs":[{"output_type":"display_data","metadata":{},"data":{"` + widgetView + `":{"model_id":"self"},"text/plain":"x"}}]`, `<div class="output widgets">`},
		{"OddModel", `"value":1`, `(a OddModel)`},
	} {
		nb := &Notebook{
			Metadata: Object{"widgets": json.RawMessage(fmt.Sprintf(
				`{%q:{"version_major":2,"version_minor":0,"state":{"self":{"model_name":%q,"state":{%s}}}}}`, widgetState, test.model, test.state))},
			Cells: []*Cell{{Type: Code, Outputs: []*Output{{Type: DisplayData, Data: Bundle{widgetView: json.RawMessage(`{"model_id":"self"}`)}}}}},
		}
		page, err := HTML(nb, "Notebook")
		if err != nil {
			t.Errorf("%s: %v", test.model, err)
		}
		if !strings.Contains(string(page), test.want) {
			t.Errorf("%s with %s: the page has no %s", test.model, test.state, test.want)
		}
	}
	// A view of a model that is not kept is its text.
	nb := &Notebook{Cells: []*Cell{{Type: Code, Outputs: []*Output{{Type: DisplayData, Data: Bundle{
		widgetView: json.RawMessage(`{"model_id":"self"}`), "text/plain": json.RawMessage(`"rate: 0.5"`)}}}}}}
	if page, err := HTML(nb, "Notebook"); err != nil || !strings.Contains(string(page), "<pre>rate: 0.5</pre>") {
		t.Errorf("%v: the page lacks the text of a widget", err)
	}
}

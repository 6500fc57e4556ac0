package comm

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/wire"
)

const ask = `{"comm_id":"page","data":{"method":"request_states"}}`

// openPage makes a manager with widgets, and a page that has just opened its control comm.
func openPage(t *testing.T, widgets map[string]func() (display.CommMessage, error)) (*Manager, *front) {
	t.Helper()
	f := &front{}
	m := New(f.publish)
	for id, restore := range widgets {
		if err := m.Open(nil, id, widgetTarget, message("{}"), display.CommHandler{Restore: restore}); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Open(nil, "other", "chart", message("{}"), display.CommHandler{}); err != nil {
		t.Fatal(err)
	}
	if call, err := m.Receive(request("comm_open", `{"comm_id":"page","target_name":"jupyter.widget.control","data":{}}`)); call != nil || err != nil {
		t.Fatalf("the page's comm: call %t, error %v", call != nil, err)
	}
	f.got = nil
	return m, f
}

func stands(data string, buffers ...string) func() (display.CommMessage, error) {
	m := message(data)
	for _, b := range buffers {
		m.Buffers = append(m.Buffers, []byte(b))
	}
	return func() (display.CommMessage, error) { return m, nil }
}

// The shape is the one that JupyterLab's widget manager 3.0 reads.
func TestAllWidgetsAtOnce(t *testing.T) {
	m, f := openPage(t, map[string]func() (display.CommMessage, error){
		"w": stands(`{"state":{"_model_module":"m","_model_module_version":"2.0.0","_model_name":"ImageModel","list":[{}]},"buffer_paths":[["value"],["list",0,"x"]]}`, "pixels", "more"),
	})
	receive(t, m, "comm_msg", `{"comm_id":"page","data":{"method":"other"}}`)
	receive(t, m, "comm_msg", `{"comm_id":"page","data":7}`)
	receive(t, m, "comm_msg", `{"comm_id":"page"}`)
	f.expect(t)
	receive(t, m, "comm_msg", ask)
	f.expect(t, `request comm_msg {"comm_id":"page","data":{"method":"update_states","states":{"w":{"model_name":"ImageModel","model_module":"m","model_module_version":"2.0.0",`+
		`"state":{"_model_module":"m","_model_module_version":"2.0.0","_model_name":"ImageModel","list":[{}]}}},`+
		`"buffer_paths":[["w","state","value"],["w","state","list",0,"x"]]}}  pixels,more`)
	if _, err := m.Receive(request("comm_close", `{"comm_id":"page"}`)); err != nil {
		t.Fatal(err)
	}

	m, f = openPage(t, nil)
	receive(t, m, "comm_msg", ask)
	f.expect(t, `request comm_msg {"comm_id":"page","data":{"method":"update_states","states":{},"buffer_paths":[]}}`)
}

// A buffer belongs to the widget whose path stands where it does, however many there are.
func TestBuffersOfManyWidgets(t *testing.T) {
	widgets := map[string]func() (display.CommMessage, error){}
	for i := range 20 {
		id := fmt.Sprint("w", i)
		widgets[id] = stands(`{"state":{},"buffer_paths":[["value"]]}`, id)
	}
	var sent struct {
		States      map[string]struct{ State json.RawMessage }
		BufferPaths [][]string `json:"buffer_paths"`
	}
	m, _ := openPage(t, widgets)
	var names []string
	m.publish = func(_ *wire.Message, _ string, content any, _ json.RawMessage, buffers [][]byte) error {
		names = toStrings(buffers)
		return json.Unmarshal(content.(wire.CommMsg).Data, &sent)
	}
	receive(t, m, "comm_msg", ask)
	if len(sent.States) != 20 || len(names) != 20 || len(sent.BufferPaths) != 20 {
		t.Fatalf("%d states, %d buffers, %d paths", len(sent.States), len(names), len(sent.BufferPaths))
	}
	for i, path := range sent.BufferPaths {
		if path[0] != names[i] {
			t.Errorf("the buffer of %s is said to be that of %s", names[i], path[0])
		}
	}
}

// If one can't be restored this way, the page is sent to ask each by itself.
func TestWidgetsThatCantBeRestoredAtOnce(t *testing.T) {
	good := stands(`{"state":{},"buffer_paths":[]}`)
	for name, bad := range map[string]func() (display.CommMessage, error){
		"made by hand":   nil,
		"failing":        func() (display.CommMessage, error) { return display.CommMessage{}, errors.New("gone") },
		"no object":      stands(`7`),
		"no state":       stands(`{}`),
		"an odd state":   stands(`{"state":7}`),
		"a lost buffer":  stands(`{"state":{},"buffer_paths":[["value"]]}`),
		"an odd address": stands(`{"state":{},"buffer_paths":[7]}`, "x"),
	} {
		t.Run(name, func(t *testing.T) {
			m, f := openPage(t, map[string]func() (display.CommMessage, error){"good": good, "bad": bad})
			receive(t, m, "comm_msg", ask)
			f.expect(t, `request comm_close {"comm_id":"page","data":{}}`)
			if open := m.Info(wire.WidgetControl); len(open) != 0 {
				t.Errorf("open are %v", open)
			}
		})
	}
}

// The end of a session and the page's closing of its comm may cross: the page knows
// nothing of that comm any more.
func TestEndWhileRestoring(t *testing.T) {
	m, f := openPage(t, nil)
	if err := m.End(); err != nil {
		t.Fatal(err)
	}
	f.expect(t, `- comm_close {"comm_id":"other","data":{}}`)
}

// A program that answers the page itself is left to do so.
func TestOwnControl(t *testing.T) {
	var f front
	var told []string
	m := New(f.publish)
	if err := m.Register(wire.WidgetControl, func(string) display.CommHandler { return telling(&told) }); err != nil {
		t.Fatal(err)
	}
	receive(t, m, "comm_open", `{"comm_id":"page","target_name":"jupyter.widget.control","data":{}}`)
	receive(t, m, "comm_msg", ask)
	f.expect(t)
	if len(told) != 2 || !strings.Contains(told[1], "request_states") {
		t.Errorf("the program was told %q", told)
	}
}

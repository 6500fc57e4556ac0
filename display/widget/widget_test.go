package widget_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"maps"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/display/widget"
)

// page is a front end that keeps the state of widgets, as messages make it.
type page struct {
	mu      sync.Mutex
	states  map[string]map[string]any // by comm
	buffers map[string]map[string][]byte
	handler map[string]display.CommHandler
	views   []string // models that were shown
	sent    int      // updates
	echoes  []string
	wrong   []string // messages that are not of the protocol
	changed chan struct{}
}

// newPage makes a page the place where everything is shown.
func newPage(t *testing.T) *page {
	t.Helper()
	p := &page{
		states: map[string]map[string]any{}, buffers: map[string]map[string][]byte{},
		handler: map[string]display.CommHandler{}, changed: make(chan struct{}, 1),
	}
	before := display.Default()
	display.SetDefault(p)
	t.Cleanup(func() {
		display.SetDefault(before)
		for _, w := range p.wrong {
			t.Error(w)
		}
	})
	return p
}

func (p *page) Emit(e display.Event) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	data, err := json.Marshal(e.Bundle.Data["application/vnd.jupyter.widget-view+json"])
	var view struct {
		Model string `json:"model_id"`
		Major int    `json:"version_major"`
	}
	if err != nil || json.Unmarshal(data, &view) != nil || view.Major != 2 || p.states[view.Model] == nil {
		p.wrong = append(p.wrong, fmt.Sprintf("shown: %s", data))
		return nil
	}
	p.views = append(p.views, view.Model)
	return nil
}

func (p *page) OpenComm(id, target string, m display.CommMessage, h display.CommHandler) error {
	p.mu.Lock()
	p.states[id], p.buffers[id], p.handler[id] = map[string]any{}, map[string][]byte{}, h
	p.mu.Unlock()
	if target != "jupyter.widget" || string(m.Metadata) != `{"version":"2.1.0"}` {
		p.wrong = append(p.wrong, fmt.Sprintf("opened to %s with metadata %s", target, m.Metadata))
	}
	p.take(id, "", m)
	for _, key := range []string{"module", "name"} {
		for _, end := range []string{"_model_", "_view_"} {
			if p.states[id][end+key] == "" || p.states[id]["_model_module_version"] == "" {
				p.wrong = append(p.wrong, fmt.Sprintf("opened without %s%s: %s", end, key, m.Data))
			}
		}
	}
	return nil
}

func (p *page) SendComm(id string, m display.CommMessage) error {
	var method struct{ Method string }
	_ = m.Decode(&method)
	p.take(id, method.Method, m)
	return nil
}

func (p *page) take(id, method string, m display.CommMessage) {
	var msg struct {
		State map[string]any
		Paths [][]string `json:"buffer_paths"`
	}
	err := m.Decode(&msg)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case err != nil || msg.Paths == nil || len(msg.Paths) != len(m.Buffers):
		p.wrong = append(p.wrong, fmt.Sprintf("%v: %s with %d buffers", err, m.Data, len(m.Buffers)))
	case method == "echo_update":
		p.echoes = append(p.echoes, string(m.Data))
		return
	case method != "" && method != "update":
		p.wrong = append(p.wrong, "method "+method)
	}
	p.sent++
	maps.Copy(p.states[id], msg.State)
	for i, path := range msg.Paths {
		p.buffers[id][path[0]] = m.Buffers[i]
	}
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

func (p *page) CloseComm(id string, _ display.CommMessage) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.states, id)
	return nil
}

func (p *page) RegisterTarget(string, func(string) display.CommHandler) error { return nil }

// show shows a widget and returns the id of its model.
func (p *page) show(t *testing.T, w widget.Widget) string {
	t.Helper()
	if err := display.Show(w); err != nil {
		t.Fatal(err)
	}
	return p.views[len(p.views)-1]
}

// state is a value of a model's state.
func (p *page) state(id, key string) any {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.states[id][key]
}

// send is a message of the page.
func (p *page) send(id, data string) {
	p.mu.Lock()
	h := p.handler[id]
	p.mu.Unlock()
	h.Message(display.CommMessage{Data: json.RawMessage(data)})
}

// move changes one key from the page.
func (p *page) move(id, key, value string) {
	p.send(id, fmt.Sprintf(`{"method":"update","state":{%q:%s},"buffer_paths":[]}`, key, value))
}

// restore is what a page that was loaded anew is told of a widget.
func (p *page) restore(t *testing.T, id string) map[string]any {
	t.Helper()
	p.mu.Lock()
	h := p.handler[id]
	p.states[id], p.buffers[id] = map[string]any{}, map[string][]byte{}
	p.mu.Unlock()
	m, err := h.Restore()
	if err != nil {
		t.Fatal(err)
	}
	p.take(id, "", m)
	return p.states[id]
}

// until waits for the page to show a value.
func (p *page) until(id, key string, want any) {
	for fmt.Sprint(p.state(id, key)) != fmt.Sprint(want) {
		select {
		case <-p.changed:
		case <-time.After(10 * time.Second):
			p.wrong = append(p.wrong, fmt.Sprintf("the page has %s %v, want %v", key, p.state(id, key), want))
			return
		}
	}
}

func TestControls(t *testing.T) {
	for _, c := range []struct {
		make       func() widget.Control
		model, key string
		at         any    // at first
		text       string // at first
		move       string // by the reader
		to         any
		wrong      string // what it can't be
	}{
		{func() widget.Control { return widget.NewSlider("rate", 0, 1, 0.1) }, "FloatSliderModel", "value", 0.5, "rate: 0.5 (0 to 1)", "1", 1.0, `"much"`},
		{func() widget.Control { return widget.NewIntSlider("n", 9, 1) }, "IntSliderModel", "value", 1, "n: 1 (1 to 9)", "4", 4, `2.5`},
		{func() widget.Control { return widget.NewCheckbox("on", true) }, "CheckboxModel", "value", true, "[x] on", "false", false, `1`},
		{func() widget.Control { return widget.NewText("name", "x") }, "TextModel", "value", "x", `name: "x"`, `"<b>"`, "<b>", `[]`},
		{func() widget.Control { return widget.NewTextArea("words", "") }, "TextareaModel", "value", "", `words: ""`, `"a\nb"`, "a\nb", `{}`},
		{func() widget.Control { return widget.NewDropdown("op", "conv", "pool") }, "DropdownModel", "index", "conv", "op: conv", "1", "pool", `"conv"`},
		{func() widget.Control { return widget.NewToggles("kind", "a", "b", "c") }, "ToggleButtonsModel", "index", "a", "kind: a", "2", "c", `"c"`},
	} {
		t.Run(c.model, func(t *testing.T) {
			p := newPage(t)
			control := c.make()
			if got := control.Display().Data[display.MIMEPlain]; got != c.text || control.Any() != c.at {
				t.Errorf("text %q and value %v, want %q and %v", got, control.Any(), c.text, c.at)
			}
			id := p.show(t, control)
			if got := p.state(id, "_model_name"); got != c.model {
				t.Errorf("the model is a %v", got)
			}
			p.move(id, c.key, c.move)
			if got := control.Any(); got != c.to {
				t.Errorf("moved to %s it is %v", c.move, got)
			}
			if len(p.echoes) != 1 || !strings.Contains(p.echoes[0], `"method":"echo_update","state":{"`+c.key+`":`) {
				t.Errorf("other pages hear %q", p.echoes)
			}
			p.states[id][c.key] = "wrong" // what the page shows after a move that cannot be
			p.move(id, c.key, c.wrong)
			if got := control.Any(); got != c.to {
				t.Errorf("moved to %s it is %v", c.wrong, got)
			}
			var want any
			_ = json.Unmarshal([]byte(c.move), &want)
			p.until(id, c.key, want)
			p.states[id] = map[string]any{} // a page that was loaded anew
			p.send(id, `{"method":"request_state"}`)
			if got := p.states[id]; got["_view_name"] == nil || fmt.Sprint(got[c.key]) != fmt.Sprint(want) {
				t.Errorf("asked for its state it sends %v", got)
			}
			if got := p.restore(t, id); got["_view_name"] == nil || fmt.Sprint(got[c.key]) != fmt.Sprint(want) {
				t.Errorf("restored it is %v", got)
			}
			for _, odd := range []string{`null`, `3`, `{"method":"fly"}`, `{"method":"update","state":{"other":1}}`, `{"method":"custom"}`} {
				p.send(id, odd)
			}
		})
	}
}

// Whoever makes a change, those who watch hear of it, once.
func TestChanges(t *testing.T) {
	p := newPage(t)
	s := widget.NewSlider("rate", 0, 10, 1)
	id := p.show(t, s)
	var heard []float64
	s.OnChange(func(v float64) { heard = append(heard, v) })
	bound := 7.5
	s.Bind(&bound)
	s.Set(7.5) // no change
	p.move(id, "value", "3")
	if bound != 3 {
		t.Errorf("the bound variable is %g", bound)
	}
	s.Set(99)
	s.Set(math.NaN())
	if want := []float64{7.5, 3, 10, 0}; fmt.Sprint(heard) != fmt.Sprint(want) || bound != 0 {
		t.Errorf("heard %v, bound %g; want %v and 0", heard, bound, want)
	}
	p.until(id, "value", 0)
}

// A loop that moves a control thousands of times sends a few messages, and the last
// value is among them.
func TestManyChanges(t *testing.T) {
	p := newPage(t)
	s, bar := widget.NewIntSlider("n", 0, 100_000), widget.NewProgress("steps", 100_000)
	a, b := p.show(t, s), p.show(t, bar)
	before := p.sent
	for i := range 100_001 {
		s.Set(i)
		bar.Add(1)
	}
	p.until(a, "value", 100_000)
	p.until(b, "value", 100_000) // and not the one step more
	if n := p.sent - before; n > 1000 {
		t.Errorf("%d messages", n)
	}
	if got, want := bar.Display().Data[display.MIMEPlain], "steps: 100001 of 100000"; got != want {
		t.Errorf("the bar's text is %q", got)
	}
}

func TestButton(t *testing.T) {
	p := newPage(t)
	clicks := 0
	b := widget.NewButton("go", func() { clicks++ })
	id := p.show(t, b)
	p.send(id, `{"method":"custom","content":{"event":"click"}}`)
	p.send(id, `{"method":"custom","content":{"event":"hover"}}`)
	p.send(id, `{"method":"custom","content":3}`)
	if clicks != 1 {
		t.Errorf("%d clicks", clicks)
	}
	b.OnClick(nil)
	p.send(id, `{"method":"custom","content":{"event":"click"}}`)
	b.SetLabel("stop")
	b.Enable(false)
	p.until(id, "disabled", true)
	if p.state(id, "description") != "stop" || clicks != 1 {
		t.Errorf("the button says %v after %d clicks", p.state(id, "description"), clicks)
	}
}

// Parts are opened before what is made of them, once, and closed with it.
func TestBoxes(t *testing.T) {
	p := newPage(t)
	n, label := widget.NewIntSlider("n", 0, 9), widget.NewLabel("a <b>")
	tabs := widget.Tabs([]string{"first"}, widget.HBox(n, label), widget.VBox())
	id := p.show(t, tabs)
	children, _ := p.state(id, "children").([]any)
	if len(children) != 2 || len(p.states) != 6 { // tabs, two boxes, slider with style, label
		t.Fatalf("children %v of %d models", children, len(p.states))
	}
	for _, c := range children {
		if p.states[strings.TrimPrefix(c.(string), "IPY_MODEL_")] == nil {
			t.Errorf("%s is not open", c)
		}
	}
	p.show(t, n)
	if len(p.states) != 6 {
		t.Error("shown again, a slider was opened again")
	}
	p.move(id, "selected_index", "1")
	p.states[id] = map[string]any{}
	p.send(id, `{"method":"request_state"}`)
	if got := p.state(id, "selected_index"); fmt.Sprint(got) != "1" {
		t.Errorf("the tab chosen is %v", got)
	}
	if got, want := tabs.Display().Data[display.MIMEPlain], "n: 0 (0 to 9)   a <b>\n"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
	if err := tabs.Close(); err != nil || len(p.states) != 0 {
		t.Errorf("closing: %v, %d are left", err, len(p.states))
	}
	if err := tabs.Close(); err != nil {
		t.Error(err)
	}
	n.Set(5) // nobody sees it, and nothing happens
	if _, ok := n.Display().Data["application/vnd.jupyter.widget-view+json"]; ok {
		t.Error("a closed widget is shown as one that lives")
	}
}

// What is restored is how things stand, and not what was sent last.
func TestRestore(t *testing.T) {
	p := newPage(t)
	bar, picture := widget.NewProgress("p", 10), widget.NewImage(image.NewGray(image.Rect(0, 0, 2, 1)))
	id, pixels := p.show(t, bar), p.show(t, picture)
	for range 3 {
		bar.Add(1)
	}
	if got := p.restore(t, id); fmt.Sprint(got["value"]) != "3" || got["max"] != 10.0 {
		t.Errorf("a bar at 3 of 10 is restored as %v", got)
	}
	before := p.buffers[pixels]["value"]
	if got := p.restore(t, pixels); got["format"] != "png" || !bytes.Equal(p.buffers[pixels]["value"], before) || len(before) == 0 {
		t.Errorf("a picture of %d bytes is restored as %v with %d", len(before), got, len(p.buffers[pixels]["value"]))
	}
}

// A page may close a widget; the program goes on.
func TestClosedByThePage(t *testing.T) {
	p := newPage(t)
	n := widget.NewIntSlider("n", 0, 9)
	id := p.show(t, n)
	p.handler[id].Close(display.CommMessage{})
	n.Set(3)
	if n.Value() != 3 || n.Close() != nil {
		t.Error("a widget that the page has closed does not hold a value")
	}
}

func TestOutput(t *testing.T) {
	p := newPage(t)
	out := widget.NewOutput()
	id := p.show(t, out)
	fmt.Fprintln(out, "one")
	fmt.Fprintln(out, "two")
	if err := out.Show(display.HTML("<i>x</i>"), 42); err != nil {
		t.Fatal(err)
	}
	h := display.To(out).ShowLive(1)
	if err := h.Update(2); err != nil {
		t.Fatal(err)
	}
	if got, want := out.Display().Data[display.MIMEPlain], "one\ntwo\nx\n42\n2"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
	fmt.Fprint(out, "last")
	p.until(id, "outputs", []any{
		map[string]any{"output_type": "stream", "name": "stdout", "text": "one\ntwo\n"},
		map[string]any{"output_type": "display_data", "data": map[string]any{"text/html": "<i>x</i>", "text/plain": "x"}, "metadata": map[string]any{}},
		map[string]any{"output_type": "display_data", "data": map[string]any{"text/plain": "42"}, "metadata": map[string]any{}},
		map[string]any{"output_type": "display_data", "data": map[string]any{"text/plain": "2"}, "metadata": map[string]any{}},
		map[string]any{"output_type": "stream", "name": "stdout", "text": "last"},
	})
	out.Clear()
	for i := range 2000 {
		if err := out.Show(i); err != nil {
			t.Fatal(err)
		}
	}
	if lines := strings.Split(out.Display().Data[display.MIMEPlain].(string), "\n"); len(lines) != 500 || lines[499] != "1999" {
		t.Errorf("after 2000 outputs %d are kept, the last is %s", len(lines), lines[len(lines)-1])
	}
}

func TestImage(t *testing.T) {
	p := newPage(t)
	i := widget.NewImage(image.NewGray(image.Rect(0, 0, 4, 2)))
	id := p.show(t, i)
	if data := p.buffers[id]["value"]; !strings.HasPrefix(string(data), "\x89PNG") {
		t.Errorf("the page has %q", data)
	}
	for picture, want := range map[image.Image]string{nil: "no image", image.NewGray(image.Rectangle{}): "no image"} {
		i.Set(picture)
		if got := i.Display().Data[display.MIMEPlain]; got != want {
			t.Errorf("text %q, want %q", got, want)
		}
	}
}

func TestInteract(t *testing.T) {
	p := newPage(t)
	n := widget.NewIntSlider("n", 0, 9)
	x, err := widget.Interact(func(n uint8, scale float64, op string) (string, error) {
		if n == 9 {
			return "", errors.New("too much")
		}
		return fmt.Sprint(100/n, scale, op), nil
	}, n, widget.NewSlider("scale", 0, 2, 0.5), widget.NewDropdown("op", "conv", "pool"))
	if err != nil {
		t.Fatal(err)
	}
	p.show(t, x)
	text := func() any { return x.Output.Display().Data[display.MIMEPlain] }
	if got := fmt.Sprint(text()); !strings.Contains(got, "panic: runtime error: integer divide by zero") {
		t.Errorf("100/0 shows %s", got)
	}
	n.Set(5)
	if got := text(); got != `"20 1conv"` {
		t.Errorf("shown: %v", got)
	}
	n.Set(9)
	if got := fmt.Sprint(text()); !strings.Contains(got, "too much") {
		t.Errorf("shown: %v", got)
	}
}

// Changes that come while a call runs are seen by one more call.
func TestInteractWhileBusy(t *testing.T) {
	newPage(t)
	n := widget.NewIntSlider("n", 0, 99)
	calls := 0
	x, err := widget.Interact(func(k int) int {
		if calls++; calls == 1 {
			for i := range 50 {
				n.Set(i + 1)
			}
		}
		return k
	}, n)
	if err != nil {
		t.Fatal(err)
	}
	if got := x.Output.Display().Data[display.MIMEPlain]; calls != 2 || got != "50" {
		t.Errorf("%d calls, the last shows %v; want 2 and 50", calls, got)
	}
}

func TestInteractChoosesControls(t *testing.T) {
	type degrees float32
	x, err := widget.Interact(func(a degrees, b uint16, c bool, d string) string { return fmt.Sprint(a, b, c, d) })
	if err != nil {
		t.Fatal(err)
	}
	if got := x.Display().Data[display.MIMEPlain]; !strings.HasSuffix(fmt.Sprint(got), `"0.5 0 false"`) {
		t.Errorf("text %v", got)
	}
	two := []widget.Control{widget.NewText("a", ""), widget.NewText("b", "")}
	for _, test := range []struct {
		f        any
		controls []widget.Control
		want     string
	}{
		{nil, nil, "needs a function, not <nil>"},
		{3, nil, "needs a function, not int"},
		{(func())(nil), nil, "needs a function"},
		{func(...int) {}, nil, "a list of parameters without end"},
		{func(chan int) {}, nil, "parameter 1: there is no control for a chan int"},
		{func(string) {}, two, "takes 1 parameters, with 2 controls"},
		{func(string, int) {}, two, "parameter 2: a int takes no string"},
		{func(string) {}, []widget.Control{nil}, "parameter 1: its control is nil"},
	} {
		if _, err := widget.Interact(test.f, test.controls...); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%T: error is %v, want one that says %q", test.f, err, test.want)
		}
	}
}

// Whatever the limits, a slider holds a number between them.
func TestOddLimits(t *testing.T) {
	for _, limits := range [][3]float64{{1, 0, 0.1}, {math.NaN(), 1, 0}, {0, math.Inf(1), math.NaN()}, {math.Inf(-1), 0, -1}, {2, 2, 0}, {0, 1, math.Inf(1)}} {
		p := newPage(t)
		s := widget.NewSlider("odd", limits[0], limits[1], limits[2])
		id := p.show(t, s)
		low, high, step := p.state(id, "min").(float64), p.state(id, "max").(float64), p.state(id, "step").(float64)
		if v := s.Value(); !(low <= v && v <= high && step > 0) {
			t.Errorf("limits %v: %g of %g to %g in steps of %g", limits, v, low, high, step)
		}
	}
	if c := widget.NewDropdown("none"); c.Value() != -1 || c.Option() != "" {
		t.Errorf("a list without options: %d %q", c.Value(), c.Option())
	}
}

// Without a front end a widget is its text.
func TestNoFrontEnd(t *testing.T) {
	var b strings.Builder
	before := display.Default()
	display.SetDefault(display.NewTerminal(&b, false))
	defer display.SetDefault(before)
	if err := display.Show(widget.VBox(widget.NewCheckbox("deep", false), widget.NewButton("go", nil))); err != nil {
		t.Fatal(err)
	}
	if got, want := b.String(), "[ ] deep\n[go]\n"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
}

// Any number of goroutines may move a widget.
func TestConcurrentUse(t *testing.T) {
	p := newPage(t)
	s, bar, out := widget.NewIntSlider("n", 0, 1000), widget.NewProgress("p", 4000), widget.NewOutput()
	id := p.show(t, widget.VBox(s, bar, out))
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for i := range 1000 {
				s.Set(i)
				bar.Add(1)
				fmt.Fprintln(out, i)
				s.Value()
			}
		})
	}
	wait.Go(func() { p.send(id, `{"method":"request_state"}`) })
	wait.Wait()
	if got := bar.Display().Data[display.MIMEPlain]; got != "p: 4000 of 4000" {
		t.Errorf("the bar says %v", got)
	}
}

// A loop may tell a bar each of its steps.
func BenchmarkProgress(b *testing.B) {
	p := &page{
		states: map[string]map[string]any{}, buffers: map[string]map[string][]byte{},
		handler: map[string]display.CommHandler{}, changed: make(chan struct{}, 1),
	}
	before := display.Default()
	display.SetDefault(p)
	defer display.SetDefault(before)
	bar := widget.NewProgress("steps", b.N)
	if err := display.Show(bar); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		bar.Add(1)
	}
}

// player notes what is asked of it.
type player struct{ did []string }

func (p *player) Pause()  { p.did = append(p.did, "pause") }
func (p *player) Resume() { p.did = append(p.did, "resume") }
func (p *player) Stop()   { p.did = append(p.did, "stop") }

func TestTransport(t *testing.T) {
	p := newPage(t)
	var run player
	id := p.show(t, widget.NewTransport(&run))
	buttons := p.state(id, "children").([]any)
	click := func(i int) {
		p.send(strings.TrimPrefix(buttons[i].(string), "IPY_MODEL_"), `{"method":"custom","content":{"event":"click"}}`)
	}
	hold := strings.TrimPrefix(buttons[0].(string), "IPY_MODEL_")
	click(0)
	p.until(hold, "description", "⏵ resume")
	click(0)
	p.until(hold, "description", "⏸ pause")
	click(1)
	p.until(hold, "disabled", true)
	if got, want := fmt.Sprint(run.did), "[pause resume stop]"; got != want {
		t.Errorf("it did %s, want %s", got, want)
	}
}

package session

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/cell/library"
	"github.com/nascent-go/nascent/kernel/wire"
)

// newCommBench is a session that runs real cells, with a front end.
func newCommBench(t *testing.T, change ...func(*Options)) *bench {
	t.Helper()
	lib, err := library.Std()
	if err != nil {
		t.Fatal(err)
	}
	env, err := cell.New(lib)
	if err != nil {
		t.Fatal(err)
	}
	before := display.Default()
	display.SetDefault(env.Sink())
	t.Cleanup(func() { display.SetDefault(before) })
	return newBench(t, env, change...)
}

// cell runs a cell that must not fail, and returns its id.
func (b *bench) cell(code string) string {
	b.t.Helper()
	id := b.send(wire.Shell, wire.TypeExecuteRequest, executeContent(code, ""))
	for _, said := range b.idle(id) {
		if strings.HasPrefix(said, "iopub error") {
			b.t.Fatalf("%s\n%s", code, said)
		}
	}
	return id
}

// comm sends a message of a comm and returns what was sent about it between busy and idle.
func (b *bench) comm(msgType, content string) []string {
	b.t.Helper()
	return between(b.t, b.idle(b.send(wire.Shell, msgType, content)))
}

func between(t *testing.T, said []string) []string {
	t.Helper()
	if len(said) < 2 || said[0] != "iopub status busy" || said[len(said)-1] != "iopub status idle" {
		t.Fatalf("not between busy and idle: %q", said)
	}
	return said[1 : len(said)-1]
}

// opened is the comm_open that a cell has sent.
func (b *bench) opened(id string) (*wire.Message, wire.CommOpen) {
	b.t.Helper()
	list := b.about(id, wire.TypeCommOpen)
	if len(list) != 1 {
		b.t.Fatalf("the cell has opened %d comms, want 1", len(list))
	}
	var open wire.CommOpen
	must(list[0].DecodeContent(&open))
	return list[0], open
}

func msg(id, data string) string { return fmt.Sprintf(`{"comm_id": %q, "data": %s}`, id, data) }

const echoTarget = `
check := func(err error) {
	if err != nil {
		panic(err)
	}
}
var last *display.Comm
check(display.RegisterTarget("echo", func(c *display.Comm, m display.CommMessage) {
	last = c
	fmt.Print("opened with ", string(m.Data))
	c.OnMessage(func(m display.CommMessage) {
		fmt.Print("before ")
		check(c.Send(map[string]any{"echo": m.Data, "metadata": m.Metadata}, m.Buffers...))
		fmt.Print("after")
	})
	c.OnClose(func(m display.CommMessage) { fmt.Print("closed with ", string(m.Data)) })
}))`

func TestCommOpenedByTheFrontEnd(t *testing.T) {
	b := newCommBench(t)
	b.cell(echoTarget)
	expect(t, b.comm(wire.TypeCommOpen, `{"comm_id": "c", "target_name": "echo", "data": {"a": 1}}`), `iopub stream stdout "opened with {\"a\": 1}"`)
	id := b.sendAll(wire.Shell, wire.TypeCommMsg, msg("c", "[2]"), `{"m": 1}`, []byte{0, 255}, []byte("b"))
	expect(t, between(t, b.idle(id)), `iopub stream stdout "before "`,
		`iopub comm_msg {"comm_id":"c","data":{"echo":[2],"metadata":{"m":1}}}`, `iopub stream stdout "after"`)
	if got := b.about(id, wire.TypeCommMsg)[0].Buffers; fmt.Sprint(got) != fmt.Sprint([][]byte{{0, 255}, []byte("b")}) {
		t.Errorf("buffers that were echoed: %v", got)
	}
	expect(t, b.comm(wire.TypeCommClose, msg("c", `"bye"`)), `iopub stream stdout "closed with \"bye\""`)
	expect(t, b.comm(wire.TypeCommMsg, msg("c", "3")))
	if got := b.run(`fmt.Println(last.Send(1))`, ""); !strings.Contains(got[2], `send on the comm to \"echo\": it is not open`) {
		t.Errorf("sending on a closed comm shows %q", got[2])
	}
	b.cell(`check(display.UnregisterTarget("echo"))`)
	expect(t, b.comm(wire.TypeCommOpen, `{"comm_id": "d", "target_name": "echo", "data": {}}`), `iopub comm_close {"comm_id":"d","data":{}}`)
}

func TestCommOpenedByTheKernel(t *testing.T) {
	b := newCommBench(t)
	first := b.cell(`
c := display.NewComm("chart")
c.OnMessage(func(m display.CommMessage) { fmt.Print("got ", string(m.Data)) })
if err := c.Open(map[string]int{"n": 1}, map[string]string{"version": "2.1.0"}, []byte("pixels")); err != nil {
	panic(err)
}`)
	m, open := b.opened(first)
	if open.TargetName != "chart" || string(open.Data) != `{"n":1}` || string(m.Metadata) != `{"version":"2.1.0"}` || len(m.Buffers) != 1 || string(m.Buffers[0]) != "pixels" {
		t.Errorf("comm_open %s, metadata %s, buffers %q", m.Content, m.Metadata, m.Buffers)
	}
	expect(t, b.comm(wire.TypeCommMsg, msg(open.CommID, "1")), `iopub stream stdout "got 1"`)

	// What a goroutine sends belongs to its cell, also when another one runs.
	second := b.cell(`next := make(chan int)
go func() { c.Send(<-next); next <- 0 }()`)
	third := b.cell(`next <- 7; <-next; c.Send(8)`)
	for id, data := range map[string]string{second: "7", third: "8"} {
		if list := b.about(id, wire.TypeCommMsg); len(list) != 1 || !strings.Contains(string(list[0].Content), `"data":`+data) {
			t.Errorf("about %s, %d messages were sent, want one with %s", id, len(list), data)
		}
	}
	fourth := b.cell(`c.Close("end")`)
	if list := b.about(fourth, wire.TypeCommClose); len(list) != 1 || string(list[0].Content) != fmt.Sprintf(`{"comm_id":%q,"data":"end"}`, open.CommID) {
		t.Errorf("closing sent %d messages", len(list))
	}
	if got := b.run(`c.Close(nil)`, ""); !strings.Contains(strings.Join(got, "\n"), "close the comm to") {
		t.Errorf("closing twice shows %q", got)
	}
}

func TestCommsWhileACellRuns(t *testing.T) {
	for busy, count := range map[string]int{"for value.Load() < 100 {}": 100, "for value.Load() < 100 { time.Sleep(time.Millisecond) }": 100, "<-done": 1000} {
		t.Run(busy, func(t *testing.T) {
			b := newCommBench(t)
			b.cell(`var value atomic.Int64
done := make(chan int64, 1)
display.RegisterTarget("slider", func(c *display.Comm, m display.CommMessage) {
	c.OnMessage(func(m display.CommMessage) {
		var n int64
		m.Decode(&n)
		if before := value.Swap(n); n != before + 1 {
			panic(fmt.Sprint(n, " came after ", before))
		}
		if n == ` + fmt.Sprint(count) + ` {
			done <- n
		}
	})
})`)
			b.comm(wire.TypeCommOpen, `{"comm_id": "c", "target_name": "slider"}`)
			run := b.send(wire.Shell, wire.TypeExecuteRequest, executeContent("fmt.Print(\"begun\")\n"+busy+"\nvalue.Load()", ""))
			b.await(run, "iopub stream")
			var last string
			for i := range count {
				last = b.send(wire.Shell, wire.TypeCommMsg, msg("c", fmt.Sprint(i+1)))
			}
			expect(t, between(t, b.idle(last)))
			if got := b.idle(run); !strings.Contains(got[3], fmt.Sprintf(`"text/plain":"%d"`, count)) {
				t.Errorf("the cell shows %q", got)
			}
		})
	}
}

func TestCommInfo(t *testing.T) {
	b := newCommBench(t)
	b.cell(echoTarget)
	run := b.send(wire.Shell, wire.TypeExecuteRequest, executeContent("fmt.Print(1)\nfor {}", ""))
	b.await(run, "iopub stream")
	b.comm(wire.TypeCommOpen, `{"comm_id": "c", "target_name": "echo"}`)
	for _, tt := range [][2]string{
		{`{}`, `{"c":{"target_name":"echo"}}`}, {`{"target_name": "echo"}`, `{"c":{"target_name":"echo"}}`}, {`{"target_name": "other"}`, `{}`},
	} {
		expect(t, between(t, b.idle(b.send(wire.Shell, wire.TypeCommInfoRequest, tt[0]))), `shell comm_info_reply {"status":"ok","comms":`+tt[1]+`}`)
	}
	b.idle(b.send(wire.Control, wire.TypeInterruptRequest, `{}`))
	b.idle(run)
	// The interrupt of a cell is not the end of what handlers it has.
	if got := b.comm(wire.TypeCommMsg, msg("c", "1")); len(got) != 3 {
		t.Errorf("after an interrupt the comm answers %q", got)
	}
}

func TestHandlerThatFails(t *testing.T) {
	b := newCommBench(t)
	b.cell(`display.RegisterTarget("bad", func(c *display.Comm, m display.CommMessage) {
	c.OnMessage(func(m display.CommMessage) {
		if string(m.Data) == "1" {
			os.Exit(3)
		}
		fmt.Print("about to fail")
		var none []int
		_ = none[2]
	})
	if string(m.Data) == "0" {
		panic("refused")
	}
})`)
	got := b.comm(wire.TypeCommOpen, `{"comm_id": "c", "target_name": "bad", "data": 0}`)
	if len(got) != 2 || !strings.HasPrefix(got[0], `iopub error {"ename":"panic","evalue":"refused"`) || got[1] != `iopub comm_close {"comm_id":"c","data":{}}` {
		t.Errorf("a target that fails: %q", got)
	}
	b.comm(wire.TypeCommOpen, `{"comm_id": "c", "target_name": "bad", "data": 1}`)
	for range 2 { // it goes on being called
		got = b.comm(wire.TypeCommMsg, msg("c", "2"))
		if len(got) != 2 || got[0] != `iopub stream stdout "about to fail"` || !strings.Contains(got[1], "index out of range [2]") || !strings.Contains(got[1], "cell 1") {
			t.Errorf("a handler that fails: %q", got)
		}
	}
	if got = b.comm(wire.TypeCommMsg, msg("c", "1")); len(got) != 1 || !strings.Contains(got[0], "exit") {
		t.Errorf("a handler that leaves the process: %q", got)
	}
	if got := b.run("40 + 2", ""); !strings.Contains(got[2], `"42"`) {
		t.Errorf("the next cell shows %q", got)
	}
}

// A cell waits for the handlers of what came before it, but not for ever.
func TestCellsWaitForHandlers(t *testing.T) {
	b := newCommBench(t)
	b.cell(`value := 0
release := make(chan int)
display.RegisterTarget("slider", func(c *display.Comm, m display.CommMessage) {
	c.OnMessage(func(m display.CommMessage) {
		fmt.Print("begun")
		<-release
		value++
	})
})
go func() { time.Sleep(50 * time.Millisecond); release <- 0 }()`)
	b.comm(wire.TypeCommOpen, `{"comm_id": "c", "target_name": "slider"}`)
	b.send(wire.Shell, wire.TypeCommMsg, msg("c", "1"))
	if got := b.run("value", ""); !strings.Contains(got[2], `"text/plain":"1"`) {
		t.Errorf("a slider that was moved before a cell was run: the cell shows %q", got)
	}

	hanging := b.send(wire.Shell, wire.TypeCommMsg, msg("c", "2"))
	behind := b.send(wire.Shell, wire.TypeCommMsg, msg("c", "3"))
	run := b.send(wire.Shell, wire.TypeExecuteRequest, executeContent("value", ""))
	b.await(hanging, "iopub status busy")
	b.await(run, "iopub status busy")
	b.idle(b.send(wire.Control, wire.TypeInterruptRequest, `{}`))
	for _, id := range []string{hanging, behind} {
		got := between(t, b.idle(id))
		if len(got) == 0 || !strings.HasPrefix(got[len(got)-1], `iopub error {"ename":"interrupt","evalue":"the handler of the comm's message was stopped"`) {
			t.Errorf("a handler that hangs, and one behind it, after an interrupt: %q", got)
		}
	}
	if got := b.idle(run); !strings.HasPrefix(got[len(got)-2], "shell execute_reply error 3 interrupt") {
		t.Errorf("the cell that waited for them: %q", got)
	}
	if got := b.run("value", ""); !strings.Contains(got[2], `"text/plain":"1"`) {
		t.Errorf("afterwards a cell shows %q", got)
	}
}

func TestTooManyCommMessages(t *testing.T) {
	b := newCommBench(t)
	b.cell(`release := make(chan int)
display.RegisterTarget("slow", func(c *display.Comm, m display.CommMessage) {
	c.OnMessage(func(m display.CommMessage) { <-release })
})`)
	b.comm(wire.TypeCommOpen, `{"comm_id": "c", "target_name": "slow"}`)
	first := b.send(wire.Shell, wire.TypeCommMsg, msg("c", "1"))
	b.await(first, "iopub status busy")
	waiting := b.sendAll(wire.Shell, wire.TypeCommMsg, msg("c", "2"), "{}", make([]byte, maxHandlers))
	got := b.comm(wire.TypeCommMsg, msg("c", "3"))
	if len(got) != 1 || !strings.Contains(got[0], "comm_msg dropped: handlers don't keep up") {
		t.Errorf("a message too many: %q", got)
	}
	b.idle(b.send(wire.Control, wire.TypeInterruptRequest, `{}`))
	b.idle(waiting)
	if got := b.comm(wire.TypeCommOpen, `{"comm_id": "d", "target_name": "slow"}`); len(got) != 0 {
		t.Errorf("afterwards: %q", got)
	}
}

func TestCommsEndWithTheSession(t *testing.T) {
	b := newCommBench(t)
	b.cell(echoTarget)
	b.comm(wire.TypeCommOpen, `{"comm_id": "c", "target_name": "echo"}`)
	b.idle(b.send(wire.Control, wire.TypeShutdownRequest, `{"restart": false}`))
	b.mu.Lock()
	defer b.mu.Unlock()
	at := func(msgType string) int {
		return slices.IndexFunc(b.got, func(m *wire.Message) bool { return m.Header.MsgType == msgType })
	}
	closed := at(wire.TypeCommClose)
	if closed < 0 || closed > at(wire.TypeShutdownReply) {
		t.Fatalf("comm_close is message %d, shutdown_reply %d", closed, at(wire.TypeShutdownReply))
	}
	if m := b.got[closed]; string(m.Content) != `{"comm_id":"c","data":{}}` || string(m.Parent) != "{}" {
		t.Errorf("comm_close %s about %s", m.Content, m.Parent)
	}
}

// TestSlider plays JupyterLab's side of a slider of ipywidgets that a cell has made
// by hand, and moves it while a cell runs.
func TestSlider(t *testing.T) {
	b := newCommBench(t)
	made := b.cell(`
var mu sync.Mutex
widget := func(model, view [2]string, state map[string]any) *display.Comm {
	c := display.NewComm("jupyter.widget")
	for key, value := range map[string]any{
		"_model_module": model[0], "_model_module_version": "2.0.0", "_model_name": model[1],
		"_view_module": view[0], "_view_module_version": "2.0.0", "_view_name": view[1],
	} {
		state[key] = value
	}
	c.OnMessage(func(m display.CommMessage) {
		var ask struct {
			Method string         ` + "`json:\"method\"`" + `
			State  map[string]any ` + "`json:\"state\"`" + `
		}
		if err := m.Decode(&ask); err != nil {
			panic(err)
		}
		mu.Lock()
		defer mu.Unlock()
		switch ask.Method {
		case "update":
			for key, value := range ask.State {
				state[key] = value
			}
			c.Send(map[string]any{"method": "echo_update", "state": ask.State, "buffer_paths": []any{}})
		case "request_state":
			c.Send(map[string]any{"method": "update", "state": state, "buffer_paths": []any{}})
		}
	})
	data := map[string]any{"state": state, "buffer_paths": []any{}}
	if err := c.Open(data, map[string]any{"version": "2.1.0"}); err != nil {
		panic(err)
	}
	return c
}
ref := func(c *display.Comm) string { return "IPY_MODEL_" + c.ID() }
base, controls := "@jupyter-widgets/base", "@jupyter-widgets/controls"
layout := widget([2]string{base, "LayoutModel"}, [2]string{base, "LayoutView"}, map[string]any{})
style := widget([2]string{controls, "SliderStyleModel"}, [2]string{base, "StyleView"}, map[string]any{})
rate := map[string]any{"value": 0.5, "min": 0.0, "max": 1.0, "step": 0.01, "description": "rate", "layout": ref(layout), "style": ref(style)}
slider := widget([2]string{controls, "FloatSliderModel"}, [2]string{controls, "FloatSliderView"}, rate)
display.Show(display.Bundle{Data: map[string]any{
	"text/plain": "FloatSlider",
	"application/vnd.jupyter.widget-view+json": map[string]any{"model_id": slider.ID(), "version_major": 2, "version_minor": 0},
}})`)
	opens := b.about(made, wire.TypeCommOpen)
	var ids []string
	for _, m := range opens {
		var open struct {
			wire.CommOpen
			Data struct {
				State       map[string]any `json:"state"`
				BufferPaths []any          `json:"buffer_paths"`
			} `json:"data"`
		}
		must(m.DecodeContent(&open))
		if open.TargetName != "jupyter.widget" || string(m.Metadata) != `{"version":"2.1.0"}` || open.Data.State["_model_module_version"] != "2.0.0" || open.Data.BufferPaths == nil {
			t.Errorf("comm_open %s with metadata %s", m.Content, m.Metadata)
		}
		ids = append(ids, open.CommID)
		if len(ids) == 3 && (open.Data.State["layout"] != "IPY_MODEL_"+ids[0] || open.Data.State["style"] != "IPY_MODEL_"+ids[1]) {
			t.Errorf("the slider's state is %v", open.Data.State)
		}
	}
	shown := b.about(made, wire.TypeDisplayData)
	if len(ids) != 3 || len(shown) != 1 {
		t.Fatalf("%d comms and %d displays, want 3 and 1", len(ids), len(shown))
	}
	var view struct {
		Data map[string]json.RawMessage
	}
	must(shown[0].DecodeContent(&view))
	if got, want := string(view.Data["application/vnd.jupyter.widget-view+json"]), fmt.Sprintf(`{"model_id":%q,"version_major":2,"version_minor":0}`, ids[2]); got != want {
		t.Errorf("the view is %s, want %s", got, want)
	}

	// The user moves it while a cell runs; the page is loaded anew.
	run := b.send(wire.Shell, wire.TypeExecuteRequest, executeContent(`
fmt.Print("training")
value := func() float64 {
	mu.Lock()
	defer mu.Unlock()
	return rate["value"].(float64)
}
for value() < 0.9 {
	time.Sleep(time.Millisecond)
}
value()`, ""))
	b.await(run, "iopub stream")
	for _, v := range []string{"0.6", "0.75", "0.9"} {
		move := b.send(wire.Shell, wire.TypeCommMsg, msg(ids[2], `{"method": "update", "state": {"value": `+v+`}, "buffer_paths": []}`))
		expect(t, between(t, b.idle(move)),
			fmt.Sprintf(`iopub comm_msg {"comm_id":%q,"data":{"buffer_paths":[],"method":"echo_update","state":{"value":%s}}}`, ids[2], v))
	}
	if got := b.idle(run); !strings.Contains(got[3], `"text/plain":"0.9"`) {
		t.Errorf("the cell that reads the slider shows %q", got)
	}
	info := b.idle(b.send(wire.Shell, wire.TypeCommInfoRequest, `{"target_name": "jupyter.widget"}`))
	for _, id := range ids {
		if !strings.Contains(info[1], id) {
			t.Errorf("comm_info_reply has no comm %s: %s", id, info[1])
		}
	}
	state := b.comm(wire.TypeCommMsg, msg(ids[2], `{"method": "request_state"}`))
	if len(state) != 1 || !strings.Contains(state[0], `"method":"update"`) || !strings.Contains(state[0], `"value":0.9`) || !strings.Contains(state[0], `"_view_name":"FloatSliderView"`) {
		t.Errorf("the state that a page asks for: %q", state)
	}
}

// However fast a slider is moved, what a move changes is told in the name of that move.
func TestMovesAreAnswered(t *testing.T) {
	b := newCommBench(t)
	made := b.cell(`import "github.com/nascent-go/nascent/display/widget"
n, double := widget.NewIntSlider("n", 0, 99), widget.NewIntSlider("double", 0, 198)
n.OnChange(func(v int) { double.Set(2 * v) })
widget.VBox(n, double)`)
	ids := map[string]string{}
	for _, m := range b.about(made, wire.TypeCommOpen) {
		var open struct {
			ID   string `json:"comm_id"`
			Data struct{ State struct{ Description string } }
		}
		must(m.DecodeContent(&open))
		ids[open.Data.State.Description] = open.ID
	}
	for v := 1; v < 20; v++ {
		got := b.comm(wire.TypeCommMsg, msg(ids["n"], fmt.Sprintf(`{"method": "update", "state": {"value": %d}, "buffer_paths": []}`, v)))
		slices.Sort(got)
		want := []string{
			fmt.Sprintf(`iopub comm_msg {"comm_id":%q,"data":{"method":"update","state":{"value":%d},"buffer_paths":[]}}`, ids["double"], 2*v),
			fmt.Sprintf(`iopub comm_msg {"comm_id":%q,"data":{"method":"echo_update","state":{"value":%d},"buffer_paths":[]}}`, ids["n"], v),
		}
		slices.Sort(want)
		expect(t, got, want...)
	}
}

// TestReload plays a page that is loaded anew and asks for all widgets at once.
func TestReload(t *testing.T) {
	b := newCommBench(t)
	_, made := b.opened(b.cell(`c, n := display.NewComm("jupyter.widget"), 1
c.OnRestore(func() (any, [][]byte) { n++; return map[string]any{"state": map[string]any{"_model_name": "M", "n": n}, "buffer_paths": []any{}}, nil })
c.Open(nil, nil)`))
	reload := func(want string) {
		t.Helper()
		expect(t, b.comm(wire.TypeCommOpen, `{"comm_id": "page", "target_name": "jupyter.widget.control"}`))
		expect(t, b.comm(wire.TypeCommMsg, msg("page", `{"method": "request_states"}`)), want)
	}
	reload(fmt.Sprintf(`iopub comm_msg {"comm_id":"page","data":{"method":"update_states","states":{%q:{"model_name":"M","model_module":"","model_module_version":"","state":{"_model_name":"M","n":2}}},"buffer_paths":[]}}`, made.CommID))
	expect(t, b.comm(wire.TypeCommClose, msg("page", `{}`)))
	b.cell(`display.NewComm("jupyter.widget").Open(nil, nil) // nobody knows how to restore it`)
	reload(`iopub comm_close {"comm_id":"page","data":{}}`)
}

// Each subshell handles messages of its own, beside the others; what is for one that
// is gone is handled by the main shell.
func TestCommsOnSubshells(t *testing.T) {
	b := newCommBench(t)
	b.cell(`release := make(chan int)
display.RegisterTarget("slow", func(c *display.Comm, m display.CommMessage) {
	c.OnMessage(func(m display.CommMessage) {
		if string(m.Data) == "1" {
			fmt.Print("waits")
			<-release
		}
		fmt.Print("done ", string(m.Data))
	})
})`)
	one := b.create()
	expect(t, b.comm(wire.TypeCommOpen, `{"comm_id": "c", "target_name": "slow"}`))
	slow := b.sendTo(one, wire.TypeCommMsg, msg("c", "1"))
	b.await(slow, "iopub stream")
	waits := b.sendTo(one, wire.TypeCommMsg, msg("c", "2"))
	expect(t, b.comm(wire.TypeCommMsg, msg("c", "3")), `iopub stream stdout "done 3"`)
	b.cell("1") // waits for no handler of a subshell
	b.idle(b.send(wire.Control, wire.TypeDeleteSubshellRequest, fmt.Sprintf(`{"subshell_id": %q}`, one)))
	expect(t, between(t, b.idle(b.sendTo(one, wire.TypeCommMsg, msg("c", "4")))), `iopub stream stdout "done 4"`)
	b.cell("release <- 0")
	expect(t, between(t, b.idle(slow)), `iopub stream stdout "waits"`, `iopub stream stdout "done 1"`)
	expect(t, between(t, b.idle(waits)), `iopub stream stdout "done 2"`)
}

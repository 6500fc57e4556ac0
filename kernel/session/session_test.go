package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/wire"
)

func TestRequests(t *testing.T) {
	env := &script{
		complete: func(src string, pos int) cell.Completion {
			if src[pos:] != ")" {
				return cell.Completion{}
			}
			return cell.Completion{Start: pos - 2, End: pos, Items: []cell.CompletionItem{{Text: "Print", Type: "function", Signature: "func Print()"}}}
		},
		inspect: func(src string, pos, detail int) cell.Inspection {
			if detail == 0 && src[pos:] == "é" {
				return cell.Inspection{Plain: "a letter", Markdown: "*a letter*"}
			}
			return cell.Inspection{}
		},
	}
	b := newBench(t, env, func(o *Options) { o.KernelInfo.Implementation = "nascent" })
	tests := []struct {
		name, msgType, content string
		want                   string // the reply; "": none
		log                    string
	}{
		{"kernel info", "kernel_info_request", `{}`, `kernel_info_reply {"status":"ok","protocol_version":"5.5","implementation":"nascent",` +
			`"implementation_version":"","language_info":{"name":"","version":"","mimetype":"","file_extension":""},"banner":"","debugger":false,"supported_features":[]}`, ""},
		{"completion counts code points", "complete_request", `{"code": "\"é😀\".Pr)", "cursor_pos": 7}`,
			`complete_reply {"status":"ok","matches":["Print"],"cursor_start":5,"cursor_end":7,"metadata":{"_jupyter_types_experimental":` +
				`[{"start":5,"end":7,"text":"Print","type":"function","signature":"func Print()"}]}}`, ""},
		{"nothing to complete", "complete_request", `{"code": "é x", "cursor_pos": 2}`,
			`complete_reply {"status":"ok","matches":[],"cursor_start":2,"cursor_end":2,"metadata":{}}`, ""},
		{"inspection", "inspect_request", `{"code": "😀é", "cursor_pos": 1, "detail_level": 0}`,
			`inspect_reply {"status":"ok","found":true,"data":{"text/markdown":"*a letter*","text/plain":"a letter"},"metadata":{}}`, ""},
		{"nothing found", "inspect_request", `{"code": "x", "cursor_pos": 0, "detail_level": 1}`,
			`inspect_reply {"status":"ok","found":false,"data":{},"metadata":{}}`, ""},
		{"complete", "is_complete_request", `{"code": "x"}`, `is_complete_reply {"status":"complete"}`, ""},
		{"incomplete", "is_complete_request", `{"code": "if x {"}`, `is_complete_reply {"status":"incomplete","indent":"    "}`, ""},
		{"unknown completeness", "is_complete_request", `{"code": "?"}`, `is_complete_reply {"status":"unknown"}`, ""},
		{"comms", "comm_info_request", `{"target_name": "jupyter.widget"}`, `comm_info_reply {"status":"ok","comms":{}}`, ""},
		{"unknown comm target", "comm_open", `{"comm_id": "c1", "target_name": "nobody", "data": {}}`, `comm_close {"comm_id":"c1","data":{}}`, `nobody has registered the target "nobody"`},
		{"message of no comm", "comm_msg", `{"comm_id": "c1", "data": {}}`, "", "comm_msg: comm c1: it is not open"},
		{"malformed message of a comm", "comm_close", `{"comm_id": 1}`, "", "content of comm_close"},
		{"unknown type", "brew_request", `{}`, "", `unknown type "brew_request"`},
		{"malformed content", "complete_request", `{"code": 7}`, `complete_reply {"status":"error","ename":"kernel error"`, "content of complete_request"},
		{"interrupt on shell", "interrupt_request", `{}`, `interrupt_reply {"status":"ok"}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			id := b.send(wire.Shell, tt.msgType, tt.content)
			got := b.idle(id)
			if got[0] != "iopub status busy" || got[len(got)-1] != "iopub status idle" {
				t.Errorf("not between busy and idle: %q", got)
			}
			got = got[1 : len(got)-1]
			channel := "shell "
			if strings.HasPrefix(tt.want, "comm_close") {
				channel = "iopub "
			}
			switch {
			case tt.want == "" && len(got) > 0:
				t.Errorf("got %q, want no reply", got)
			case tt.want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], channel+tt.want)):
				t.Errorf("got  %q\nwant %q", got, channel+tt.want)
			}
			if !strings.Contains(b.logged.String(), tt.log) {
				t.Errorf("log %q does not say %q", b.logged, tt.log)
			}
		})
	}
}

func TestExecute(t *testing.T) {
	env := &script{cells: map[string]func(context.Context, cell.Input) (cell.Outcome, error){
		"1 + 1": value(2),
		"pair":  value(1, "a"),
		"tall":  value("a\nb", 3),
		"quiet": value(),
		"rich": value(1, display.Bundle{Data: map[string]any{
			display.MIMEPlain: "plot", display.MIMESVG: "<?xml version='1.0'?><svg/>"}}),
		"warn": func(context.Context, cell.Input) (cell.Outcome, error) {
			return cell.Outcome{Warnings: []string{"f no longer compiles"}, Values: []any{1}}, nil
		},
		"mixed": func(_ context.Context, in cell.Input) (cell.Outcome, error) {
			fmt.Fprint(in.Stdout, "one ")
			fmt.Fprint(in.Stdout, "two")
			fmt.Fprint(in.Stderr, "oops")
			err := in.Display.Emit(display.Event{Op: display.OpShow, ID: "d1", Bundle: textBundle("shown")})
			fmt.Fprint(in.Stdout, "three")
			return cell.Outcome{}, errors.Join(err,
				in.Display.Emit(display.Event{Op: display.OpUpdate, ID: "d1", Bundle: textBundle("updated")}),
				in.Display.Emit(display.Event{Op: display.OpClear, Wait: true}))
		},
		"fail": func(_ context.Context, in cell.Input) (cell.Outcome, error) {
			fmt.Fprint(in.Stdout, "before")
			return cell.Outcome{}, fault{"panic", "panic: boom"}
		},
		"bug": func(context.Context, cell.Input) (cell.Outcome, error) { panic("index out of range") },
		"strange": func(context.Context, cell.Input) (cell.Outcome, error) {
			return cell.Outcome{}, errors.New("no memory")
		},
		"name": func(_ context.Context, in cell.Input) (cell.Outcome, error) {
			return cell.Outcome{Values: plain(in.Number, in.Name)}, nil
		},
		"no id": func(_ context.Context, in cell.Input) (cell.Outcome, error) {
			return cell.Outcome{}, in.Display.Emit(display.Event{Op: display.OpUpdate, Bundle: textBundle("x")})
		},
		"unwritable": func(_ context.Context, in cell.Input) (cell.Outcome, error) {
			return cell.Outcome{}, in.Display.Emit(display.Event{Bundle: display.Bundle{Data: map[string]any{"application/json": func() {}}}})
		},
	}}
	result := func(data string) string {
		return `iopub execute_result {"execution_count":1,"data":` + data + `,"metadata":{},"transient":{}}`
	}
	tests := []struct {
		code, fields string
		want         []string // between execute_input and idle
	}{
		{"1 + 1", "", []string{result(`{"text/plain":"2"}`), "shell execute_reply ok 1"}},
		{"pair", "", []string{result(`{"text/plain":"(1, a)"}`), "shell execute_reply ok 1"}},
		{"tall", "", []string{result(`{"text/plain":"[1] a\n    b\n[2] 3"}`), "shell execute_reply ok 1"}},
		{"rich", "", []string{
			result(`{"text/html":"\u003cdiv\u003e\u003cpre\u003e1\u003c/pre\u003e\u003c/div\u003e\n\u003cdiv\u003e\u003csvg/\u003e\u003c/div\u003e\n","text/plain":"(1, plot)"}`),
			"shell execute_reply ok 1"}},
		{"quiet", "", []string{"shell execute_reply ok 1"}},
		{"warn", "", []string{`iopub stream stderr "warning: f no longer compiles\n"`, result(`{"text/plain":"1"}`), "shell execute_reply ok 1"}},
		{"mixed", "", []string{
			`iopub stream stdout "one two"`,
			`iopub stream stderr "oops"`,
			`iopub display_data {"data":{"text/plain":"shown"},"metadata":{},"transient":{"display_id":"d1"}}`,
			`iopub stream stdout "three"`,
			`iopub update_display_data {"data":{"text/plain":"updated"},"metadata":{},"transient":{"display_id":"d1"}}`,
			`iopub clear_output {"wait":true}`,
			"shell execute_reply ok 1",
		}},
		{"fail", "", []string{
			`iopub stream stdout "before"`,
			`iopub error {"ename":"panic","evalue":"boom","traceback":["panic","panic: boom (colour: true)"]}`,
			"shell execute_reply error 1 panic",
		}},
		{"strange", "", []string{`iopub error {"ename":"error","evalue":"no memory","traceback":["no memory"]}`, "shell execute_reply error 1 error"}},
		{"bug", "", []string{
			`iopub error {"ename":"error","evalue":"the kernel failed at this cell (a bug of the kernel): index out of range",` +
				`"traceback":["the kernel failed at this cell (a bug of the kernel): index out of range"]}`,
			"shell execute_reply error 1 error"}},
		{"name", "", []string{result(`{"text/plain":"(1, )"}`), "shell execute_reply ok 1"}},
		{"name", `"store_history": false`, []string{
			`iopub execute_result {"execution_count":0,"data":{"text/plain":"(1, cell that is not in the history)"},"metadata":{},"transient":{}}`,
			"shell execute_reply ok 0"}},
		{"no id", "", []string{
			`iopub error {"ename":"error","evalue":"updating a display: it has no id, so nothing can be found to replace",` +
				`"traceback":["updating a display: it has no id, so nothing can be found to replace"]}`,
			"shell execute_reply error 1 error"}},
		{"unwritable", "", []string{
			`iopub error {"ename":"error","evalue":"showing a value: writing the content of display_data: json: `,
			"shell execute_reply error 1 error"}},
	}
	for _, tt := range tests {
		t.Run(tt.code+tt.fields, func(t *testing.T) {
			b := newBench(t, env)
			got := b.run(tt.code, tt.fields)
			count := 1
			if tt.fields != "" {
				count = 0
			}
			want := append([]string{"iopub status busy", fmt.Sprintf(`iopub execute_input {"code":%q,"execution_count":%d}`, tt.code, count)}, tt.want...)
			want = append(want, "iopub status idle")
			if tt.code == "unwritable" && len(got) > 2 { // the rest is encoding/json's wording
				got[2] = got[2][:min(len(got[2]), len(want[2]))]
			}
			expect(t, got, want...)
		})
	}
}

func TestSilentPublishesNoInputResultOrError(t *testing.T) {
	b := newBench(t, &script{cells: map[string]func(context.Context, cell.Input) (cell.Outcome, error){"1": value(1)}})
	expect(t, b.run("1", `"silent": true, "store_history": true`), "iopub status busy", "shell execute_reply ok 0", "iopub status idle")
	expect(t, b.run("import ipykernel", `"silent": true`), "iopub status busy", "shell execute_reply error 0 compile error", "iopub status idle")
}

func TestEnvelope(t *testing.T) {
	b := newBench(t, &script{cells: map[string]func(context.Context, cell.Input) (cell.Outcome, error){"1": value(1)}},
		func(o *Options) { o.FirstCount = 7 })
	id := b.send(wire.Shell, wire.TypeExecuteRequest, `{"code": "1"}`)
	b.idle(id)
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.got {
		if m.Header.Session != "kernel-session" || m.Header.Username != "nascent" || m.Header.Version != "5.5" {
			t.Errorf("header of %s: %+v", m.Header.MsgType, m.Header)
		}
		if want := `{"msg_id": "request-1",  "msg_type": "execute_request", "session": "front", "extra": [1, 2], "subshell_id": ""}`; string(m.Parent) != want {
			t.Errorf("parent of %s: %s, want it byte for byte", m.Header.MsgType, m.Parent)
		}
		if m.Header.MsgType != wire.TypeExecuteReply {
			continue
		}
		if len(m.Identities) != 2 || string(m.Identities[1]) != "request-1" {
			t.Errorf("identities of the reply: %q", m.Identities)
		}
		var meta struct{ Started string }
		if err := json.Unmarshal(m.Metadata, &meta); err != nil || meta.Started == "" {
			t.Errorf("metadata of the reply: %s, want when it started", m.Metadata)
		}
		var reply wire.ExecuteReply
		if err := m.DecodeContent(&reply); err != nil || reply.ExecutionCount != 7 {
			t.Errorf("reply %s, want execution count 7", m.Content)
		}
	}
}

func TestUserExpressions(t *testing.T) {
	b := newBench(t, &script{cells: map[string]func(context.Context, cell.Input) (cell.Outcome, error){
		"run": value(), "x": value(3), "var y int": value(),
	}})
	id := b.send(wire.Shell, wire.TypeExecuteRequest, `{"code": "run", "user_expressions": {"a": "x", "b": "nonsense", "c": "var y int"}}`)
	b.idle(id)
	var reply wire.ExecuteReply
	if err := b.about(id, wire.TypeExecuteReply)[0].DecodeContent(&reply); err != nil {
		t.Fatal(err)
	}
	got := reply.UserExpressions
	if got["a"].Status != "ok" || got["a"].Data[display.MIMEPlain] != "3" {
		t.Errorf("a = %+v, want 3", got["a"])
	}
	if got["b"].Status != "error" || got["b"].Error.Name != "compile error" {
		t.Errorf("b = %+v, want a compile error", got["b"])
	}
	if got["c"].Status != "error" || !strings.Contains(got["c"].Error.Value, "must be an expression") {
		t.Errorf("c = %+v, want an error that says it must be an expression", got["c"])
	}
	if errs := b.about(id, wire.TypeError); len(errs) > 0 {
		t.Errorf("a user expression's error was published: %s", errs[0].Content)
	}
}

func TestHistory(t *testing.T) {
	b := newBench(t, &script{cells: map[string]func(context.Context, cell.Input) (cell.Outcome, error){
		"x := 1": value(), "x": value(1), "y\n+1": value(2), "z": value(3),
	}})
	for _, code := range []string{"x := 1", "x", "y\n+1", "x", "bad"} {
		b.run(code, "")
	}
	b.run("z", `"store_history": false`)
	tests := []struct{ request, want string }{
		{`"hist_access_type": "tail", "n": 2`, `[[1,4,"x"],[1,5,"bad"]]`},
		{`"hist_access_type": "tail", "n": 99`, `[[1,1,"x := 1"],[1,2,"x"],[1,3,"y\n+1"],[1,4,"x"],[1,5,"bad"]]`},
		{`"hist_access_type": "tail", "n": 3, "output": true`, `[[1,3,["y\n+1","2"]],[1,4,["x","1"]],[1,5,["bad",null]]]`},
		{`"hist_access_type": "range", "session": 0, "start": 2, "stop": 4`, `[[1,2,"x"],[1,3,"y\n+1"]]`},
		{`"hist_access_type": "range", "session": 1, "start": 4`, `[[1,4,"x"],[1,5,"bad"]]`},
		{`"hist_access_type": "range", "session": -1, "start": 0`, `[]`},
		{`"hist_access_type": "search", "pattern": "x*"`, `[[1,1,"x := 1"],[1,2,"x"],[1,4,"x"]]`},
		{`"hist_access_type": "search", "pattern": "x*", "unique": true`, `[[1,1,"x := 1"],[1,4,"x"]]`},
		{`"hist_access_type": "search", "pattern": "?*1", "n": 1`, `[[1,3,"y\n+1"]]`},
		{`"hist_access_type": "search", "pattern": "[x"`, `[]`},
		{`"hist_access_type": "search", "pattern": "[^b]", "output": true`, `[[1,2,["x","1"]],[1,4,["x","1"]]]`},
		{`"hist_access_type": "tail", "n": 0`, `[]`},
		{`"hist_access_type": "range", "start": -2, "raw": false, "stop": null, "session": null`, `[[1,4,"x"],[1,5,"bad"]]`},
		{`"hist_access_type": "search"`, `[[1,1,"x := 1"],[1,2,"x"],[1,3,"y\n+1"],[1,4,"x"],[1,5,"bad"]]`},
	}
	for _, tt := range tests {
		id := b.send(wire.Shell, wire.TypeHistoryRequest, "{"+tt.request+"}")
		b.idle(id)
		want := `{"status":"ok","history":` + tt.want + `}`
		if got := string(b.about(id, wire.TypeHistoryReply)[0].Content); got != want {
			t.Errorf("%s\n got %s\nwant %s", tt.request, got, want)
		}
	}
}

func TestOffsets(t *testing.T) {
	const text = "aé😀z"
	for n, want := range []int{0, 1, 3, 7, 8, 8} {
		if got := byteOffset(text, n); got != want {
			t.Errorf("byteOffset(%q, %d) = %d, want %d", text, n, got, want)
		}
	}
	for _, tt := range []struct{ offset, want int }{{0, 0}, {1, 1}, {3, 2}, {7, 3}, {8, 4}, {99, 4}, {-1, 0}} {
		if got := runeOffset(text, tt.offset); got != tt.want {
			t.Errorf("runeOffset(%q, %d) = %d, want %d", text, tt.offset, got, tt.want)
		}
	}
}

package wire

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestContentIsWrittenWhole(t *testing.T) {
	text := "42"
	start := 0
	idle := 0.0
	tests := []struct {
		content any
		want    string
	}{
		{ExecuteReply{Status: StatusOK, ExecutionCount: 3}, `{"status":"ok","execution_count":3,"payload":[],"user_expressions":{}}`},
		{ExecuteReply{Status: StatusError, ExecutionCount: 3, Error: ErrorContent{Name: "n", Value: "v"}},
			`{"status":"error","execution_count":3,"ename":"n","evalue":"v","traceback":[]}`},
		{ExecuteReply{Status: StatusAborted, ExecutionCount: 3}, `{"status":"aborted","execution_count":3}`},
		{ExecuteReply{Status: StatusOK, Payload: []Payload{PagePayload(Data{"text/plain": "x"}, start), NextInputPayload("y", false), ExitPayload(true)}},
			`{"status":"ok","execution_count":0,"payload":[{"source":"page","data":{"text/plain":"x"},"start":0},` +
				`{"source":"set_next_input","text":"y","replace":false},{"source":"ask_exit","keepkernel":true}],"user_expressions":{}}`},
		{UserExpression{Status: StatusOK}, `{"status":"ok","data":{},"metadata":{}}`},
		{UserExpression{Status: StatusError}, `{"status":"error","ename":"","evalue":"","traceback":[]}`},
		{DisplayData{}, `{"data":{},"metadata":{},"transient":{}}`},
		{ExecuteResult{Data: Data{"text/plain": "1"}, Transient: Transient{"d"}},
			`{"execution_count":0,"data":{"text/plain":"1"},"metadata":{},"transient":{"display_id":"d"}}`},
		{CompleteReply{Status: StatusOK}, `{"status":"ok","matches":[],"cursor_start":0,"cursor_end":0,"metadata":{}}`},
		{InspectReply{Status: StatusOK}, `{"status":"ok","found":false,"data":{},"metadata":{}}`},
		{IsCompleteReply{Status: Incomplete}, `{"status":"incomplete","indent":""}`},
		{IsCompleteReply{Status: Complete, Indent: "ignored"}, `{"status":"complete"}`},
		{HistoryReply{Status: StatusOK}, `{"status":"ok","history":[]}`},
		{HistoryReply{StatusOK, []HistoryEntry{{0, 1, "x", nil, false}, {0, 2, "y", &text, true}, {0, 3, "z", nil, true}}},
			`{"status":"ok","history":[[0,1,"x"],[0,2,["y","42"]],[0,3,["z",null]]]}`},
		{CommInfoReply{Status: StatusOK}, `{"status":"ok","comms":{}}`},
		{NewErrorReply(ErrorContent{Name: "n"}), `{"status":"error","ename":"n","evalue":"","traceback":[]}`},
		{CreateSubshellReply{StatusOK, "s1"}, `{"status":"ok","subshell_id":"s1"}`},
		{DeleteSubshellRequest{"s1"}, `{"subshell_id":"s1"}`},
		{DeleteSubshellReply{StatusOK}, `{"status":"ok"}`},
		{ListSubshellReply{Status: StatusOK}, `{"status":"ok","subshell_id":[]}`},
		{ListSubshellReply{StatusOK, Strings{"s1", "s2"}}, `{"status":"ok","subshell_id":["s1","s2"]}`},
		{IOPubWelcome{}, `{"subscription":""}`},
		{UsageReply{PID: 7, CPUCount: 2}, `{"pid":7,"cpu_count":2}`},
		{UsageReply{Hostname: "h", PID: 7, CPU: &idle, Memory: 3, CPUCount: 2, HostCPU: &idle, HostMemory: &VirtualMemory{8, 6, 25, 2, 1, 3, 4, 5}},
			`{"hostname":"h","pid":7,"kernel_cpu":0,"kernel_memory":3,"cpu_count":2,"host_cpu_percent":0,` +
				`"host_virtual_memory":{"total":8,"available":6,"percent":25,"used":2,"free":1,"active":3,"inactive":4,"wired":5}}`},
		{UsageReply{GPUs: []GPU{{"a", 9, 4, &idle}, {Name: "b"}}},
			`{"pid":0,"cpu_count":0,"gpus":[{"name":"a","memory_total":9,"memory_used":4,"utilization_percent":0},{"name":"b","memory_total":0,"memory_used":0}]}`},
		{Empty{}, `{}`},
	}
	for _, tt := range tests {
		got, err := json.Marshal(tt.content)
		if err != nil || string(got) != tt.want {
			t.Errorf("%T: %s (%v), want %s", tt.content, got, err, tt.want)
		}
		if m, err := (Sender{}).Publish(nil, "x", tt.content); err != nil || string(m.Content) != tt.want {
			t.Errorf("%T in a message: %s (%v), want %s", tt.content, m.Content, err, tt.want)
		}
		back := reflect.New(reflect.TypeOf(tt.content))
		if err := json.Unmarshal(got, back.Interface()); err != nil {
			t.Errorf("reading %s: %v", got, err)
			continue
		}
		again, err := json.Marshal(back.Interface())
		if err != nil || string(again) != tt.want {
			t.Errorf("%T read and written again: %s (%v), want %s", tt.content, again, err, tt.want)
		}
	}
	if _, err := json.Marshal(ExecuteReply{Status: "fine"}); err == nil {
		t.Error("an execute_reply of unknown status was written")
	}
}

func TestExecuteRequestDefaults(t *testing.T) {
	tests := []struct {
		in   string
		want ExecuteRequest
	}{
		{`{"code":"x"}`, ExecuteRequest{Code: "x", StoreHistory: true, StopOnError: true}},
		{`{"code":"","silent":true}`, ExecuteRequest{Silent: true, StopOnError: true}},
		{`{"code":"","silent":true,"store_history":true}`, ExecuteRequest{Silent: true, StopOnError: true}},
		{`{"code":"x","store_history":false,"stop_on_error":false,"allow_stdin":true,"user_expressions":{"a":"b"},"new":1}`,
			ExecuteRequest{Code: "x", AllowStdin: true, UserExpressions: map[string]string{"a": "b"}}},
	}
	for _, tt := range tests {
		var got ExecuteRequest
		if err := json.Unmarshal([]byte(tt.in), &got); err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v (%v), want %+v", tt.in, got, err, tt.want)
		}
	}
	for _, bad := range []string{`{}`, `{"code":1}`, `{"code":null}`, `{"code":"x","silent":"no"}`} {
		var got ExecuteRequest
		if err := json.Unmarshal([]byte(bad), &got); err == nil || !strings.Contains(err.Error(), "execute_request") {
			t.Errorf("%s: error %v; it must name the request", bad, err)
		}
	}
}

func TestCursorDefaultsAndBounds(t *testing.T) {
	tests := []struct {
		in   string
		want int
	}{
		{`{"code":"ä𝛼b"}`, 3},
		{`{"code":"ä𝛼b","cursor_pos":2}`, 2},
		{`{"code":"ab","cursor_pos":99}`, 2},
		{`{"code":"ab","cursor_pos":-1}`, 0},
	}
	for _, tt := range tests {
		var c CompleteRequest
		if err := json.Unmarshal([]byte(tt.in), &c); err != nil || c.CursorPos != tt.want {
			t.Errorf("complete %s: cursor %d (%v), want %d", tt.in, c.CursorPos, err, tt.want)
		}
		var i InspectRequest
		if err := json.Unmarshal([]byte(tt.in), &i); err != nil || i.CursorPos != tt.want {
			t.Errorf("inspect %s: cursor %d (%v), want %d", tt.in, i.CursorPos, err, tt.want)
		}
	}
	var c CompleteRequest
	if err := json.Unmarshal([]byte(`{"cursor_pos":1}`), &c); err == nil || !strings.Contains(err.Error(), "code is missing") {
		t.Errorf("error %v; it must say that code is missing", err)
	}
}

func TestTimestamp(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6789, time.FixedZone("", 3600))
	if got, want := Timestamp(at), "2026-01-02T02:04:05.000006Z"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestDecodeContentNamesTheMessage(t *testing.T) {
	m := &Message{Header: Header{MsgID: "a1", MsgType: TypeStream}, Content: []byte(`{"name":1}`)}
	var s Stream
	if err := m.DecodeContent(&s); err == nil || !strings.Contains(err.Error(), "stream a1") {
		t.Errorf("error %v; it must name the message", err)
	}
}

package wire

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
)

// requests are the contents of all that a client can send.
func requests() []any {
	return []any{
		&ExecuteRequest{}, &ExecuteMetadata{}, &CompleteRequest{}, &InspectRequest{}, &IsCompleteRequest{}, &HistoryRequest{},
		&CommInfoRequest{}, &CommOpen{}, &CommMsg{}, &CommClose{}, &ShutdownRequest{}, &DeleteSubshellRequest{}, &InputReply{},
	}
}

// FuzzRequestContent reads anything as the content of each request. What can be
// read can be written, and says the same when it is read again.
func FuzzRequestContent(f *testing.F) {
	for _, content := range []string{
		`{}`, `null`, `[]`, `{"code":"x","silent":true,"store_history":null,"user_expressions":{"a":"b"},"allow_stdin":false,"stop_on_error":false}`,
		`{"code":"ä𝛼","cursor_pos":-1,"detail_level":1}`, `{"code":"x","cursor_pos":1e3}`, `{"code":7}`, "{\"code\":\"\\ud800\xff\"}",
		`{"hist_access_type":"range","session":-1,"start":0,"stop":null,"n":9,"pattern":"*","unique":true,"output":true,"raw":false}`,
		`{"comm_id":"c","target_name":"t","data":{"a":[1,2]}}`, `{"comm_id":"c","data":null}`, `{"restart":true}`, `{"subshell_id":"s"}`,
		`{"value":"line\u0004"}`, `{"cellId":"a","deletedCells":["b"],"recordTiming":true}`, `{"CODE":"case"}`, `{"code":"a","code":"b"}`,
	} {
		f.Add([]byte(content))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, into := range requests() {
			if err := json.Unmarshal(data, into); err != nil {
				continue
			}
			if c, ok := into.(*CompleteRequest); ok && (c.CursorPos < 0 || c.CursorPos > len([]rune(c.Code))) {
				t.Fatalf("cursor %d of %q", c.CursorPos, c.Code)
			}
			text, err := json.Marshal(into)
			if err != nil {
				t.Fatalf("%T %+v can't be written: %v", into, into, err)
			}
			again := reflect.New(reflect.TypeOf(into).Elem())
			if err := json.Unmarshal(text, again.Interface()); err != nil {
				t.Fatalf("%T was written as %s, which can't be read: %v", into, text, err)
			}
			if text2, err := json.Marshal(again.Interface()); err != nil || string(text) != string(text2) {
				t.Fatalf("%T: %s became %s (%v)", into, text, text2, err)
			}
		}
	})
}

// FuzzReplyContent does the same with what a worker or a kernel sends.
func FuzzReplyContent(f *testing.F) {
	for _, content := range []string{
		`{"status":"ok","execution_count":1,"payload":[{"source":"page","data":{},"start":0}],"user_expressions":{"a":{"status":"error","ename":"n"}}}`,
		`{"status":"error","ename":"n","evalue":"v","traceback":["a"]}`, `{"status":"incomplete","indent":"\t"}`, `{"status":"aborted"}`,
		`{"status":"ok","history":[[0,1,"x"],[0,2,["y","z"]],[0,3,["y",null]]]}`, `{"history":[[0,1]]}`, `{"history":[[0,1,["x"]]]}`,
		`{"execution_state":"busy"}`, `{"name":"stdout","text":"x"}`, `{"comms":{"a":{"target_name":"t"}}}`, `{"subshell_id":["a"]}`,
	} {
		f.Add([]byte(content))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, into := range []any{
			&ExecuteReply{}, &UserExpression{}, &Payload{}, &IsCompleteReply{}, &HistoryReply{}, &HistoryEntry{}, &CommInfoReply{},
			&Status{}, &Stream{}, &ExecuteInput{}, &ListSubshellReply{}, &UsageReply{}, &KernelInfoReply{},
		} {
			if json.Unmarshal(data, into) != nil {
				continue
			}
			text, err := json.Marshal(into)
			if err != nil {
				continue // such as a status that there is not
			}
			again := reflect.New(reflect.TypeOf(into).Elem())
			if err := json.Unmarshal(text, again.Interface()); err != nil {
				t.Fatalf("%T was written as %s, which can't be read: %v", into, text, err)
			}
			if text2, err := json.Marshal(again.Interface()); err != nil || string(text) != string(text2) {
				t.Fatalf("%T: %s became %s (%v)", into, text, text2, err)
			}
		}
	})
}

func FuzzUnseal(f *testing.F) {
	s, err := NewSigner(Scheme, "key")
	if err != nil {
		f.Fatal(err)
	}
	sealed := Seal([]byte("ACK"), s)
	f.Add([]byte("id"), sealed[0], sealed[1], sealed[2])
	f.Add([]byte(Delimiter), sealed[0], sealed[1], sealed[2])
	f.Fuzz(func(t *testing.T, a, b, c, d []byte) {
		content, err := Unseal([][]byte{a, b, c, d}, s)
		switch {
		case err == nil && string(c) != string(s.Sign(d)):
			t.Fatalf("%q came through with the signature %q", content, c)
		case err != nil && !errors.Is(err, ErrFrames) && !errors.Is(err, ErrSignature):
			t.Fatalf("error %v is neither ErrFrames nor ErrSignature", err)
		}
	})
}

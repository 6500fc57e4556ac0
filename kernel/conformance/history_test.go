package conformance_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nascent-go/nascent/kernel/history/store"
	"github.com/nascent-go/nascent/kernel/wire"
)

// past is the JSON of the history that a request finds.
func (k *kernel) past(req wire.HistoryRequest) string {
	k.Helper()
	a, err := k.Ask(k.ctx, wire.Shell, wire.TypeHistoryRequest, req)
	if err != nil {
		k.Fatal(err)
	}
	var reply struct{ History json.RawMessage }
	if err := a.Reply.DecodeContent(&reply); err != nil {
		k.Fatal(err)
	}
	return string(reply.History)
}

// TestHistoryIsKept runs one kernel after the other. In each a cell kills the
// worker: it is in the history too, and the worker that follows goes on.
func TestHistoryIsKept(t *testing.T) {
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "data", "history.sqlite")
	t.Setenv(store.Variable, file)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	const deadly = "syscall.Kill(os.Getpid(), syscall.SIGKILL)"
	all := wire.HistoryRequest{Access: wire.HistoryTail, N: new(1000), Output: true}
	this := wire.HistoryRequest{Access: wire.HistoryRange, Start: 2}
	for i, want := range []string{
		`[[1,1,["6 * 7","42"]],[1,2,["` + deadly + `",null]],[1,3,["x := 1",null]]]`,
		`[[1,1,["6 * 7","42"]],[1,2,["` + deadly + `",null]],[1,3,["x := 1",null]],` +
			`[2,1,["6 * 7","42"]],[2,2,["` + deadly + `",null]],[2,3,["x := 1",null]]]`,
	} {
		k, err := launch(ctx, t, path)
		if err != nil {
			t.Fatal(err)
		}
		k.past(all) // when it is answered, the file is open
		k.run("6 * 7", wire.StatusOK)
		k.run(deadly, wire.StatusError)
		k.run("x := 1", wire.StatusOK)
		if got := k.past(all); got != want {
			t.Errorf("all that ran is %s\nwant %s", got, want)
		}
		if got, want := k.past(this), string(rune('1'+i)); got != `[[`+want+`,2,"`+deadly+`"],[`+want+`,3,"x := 1"]]` {
			t.Errorf("in session %s ran %s", want, got)
		}
		k.close()
		if left, err := os.ReadDir(filepath.Dir(file)); err != nil || len(left) != 1 {
			t.Errorf("after the end there are %v (%v), want only the file", left, err)
		}
	}
}

func TestHistoryOff(t *testing.T) {
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	t.Setenv("XDG_DATA_HOME", data)
	t.Setenv(store.Variable, store.Off)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	k, err := launch(ctx, t, path)
	if err != nil {
		t.Fatal(err)
	}
	k.run("1", wire.StatusOK)
	if got := k.past(wire.HistoryRequest{Access: wire.HistoryTail}); got != `[[1,1,"1"]]` {
		t.Errorf("this session's history is %s", got)
	}
	k.close()
	if left, err := os.ReadDir(data); err != nil || len(left) != 0 {
		t.Errorf("files were made: %v (%v)", left, err)
	}
}

// TestCommandsOnThePast are those that need the history or what was cut of an output.
func TestCommandsOnThePast(t *testing.T) {
	k := start(t)
	k.run("x := 6 * 7", wire.StatusOK)
	k.run(`fmt.Print(strings.Repeat("0123456789abcde\n", 2<<20))`, wire.StatusOK) // over the limit
	if a, _ := k.run("%history -n 1", wire.StatusOK); a.Text(wire.Stdout) != "   1: x := 6 * 7\n" {
		t.Errorf("%%history prints %q", a.Text(wire.Stdout))
	}
	a, _ := k.run("%output 2", wire.StatusOK)
	if text := a.Text(wire.Stdout); !strings.HasPrefix(text, "[cell 2: 16777216 bytes of text were not shown]\n") || !strings.HasSuffix(text, "\n0123456789abcde\n") {
		t.Errorf("%%output prints %.200q", text)
	}
	_, r := k.run("%load 1", wire.StatusOK)
	payload, err := json.Marshal(r.Payload)
	if want := `[{"source":"set_next_input","text":"// %load 1\nx := 6 * 7\n","replace":true}]`; err != nil || string(payload) != want {
		t.Errorf("%%load asks for %s, %v; want %s", payload, err, want)
	}
	k.run("%rerun 1", wire.StatusOK)
	if a, r := k.run("%history 99", wire.StatusError); r.Error.Name != "command error" || len(a.Errors()) != 1 {
		t.Errorf("%%history of nothing: %+v", r)
	}
}

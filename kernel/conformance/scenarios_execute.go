package conformance

import (
	"fmt"
	"strings"
	"time"

	"github.com/nascent-go/nascent/kernel/wire"
)

func executeScenarios() []Scenario {
	return []Scenario{
		{"execute/order", secShell, false, executeOrder},
		{"execute/count", secShell, false, executeCount},
		{"execute/defaults", secShell, false, executeDefaults},
		{"execute/silent", secShell, false, executeSilent},
		{"execute/silent error", secShell, false, executeSilentError},
		{"execute/empty", secShell, false, func(t *T) { t.OK("") }},
		{"execute/state", secShell, false, executeState},
		{"execute/result", secShell, false, executeResult},
		{"execute/tuple", secShell, false, executeTuple},
		{"execute/error", secShell, false, executeError},
		{"execute/invalid", secShell, false, executeInvalid},
		{"execute/expressions", secShell, false, executeExpressions},
		{"execute/bad expressions", secShell, false, executeBadExpressions},
		{"execute/started", secShell, false, executeStarted},
		{"execute/metadata", secShell, false, executeMetadata},
		{"execute/two clients", secShell, false, executeTwoClients},
		{"execute/many", secShell, false, executeMany},
		{"payload/page", secShell, false, payloadPage},
		{"payload/next input", secShell, false, payloadNextInput},
	}
}

func executeOrder(t *T) {
	code := fmt.Sprintf(t.Lang.Print, "hello") + "\n" + t.Lang.Value
	a, r := t.OK(code)
	Equal(t, "published", a.Types(), []string{"busy", "execute_input", "stream", "execute_result", "idle"})
	var in wire.ExecuteInput
	t.Read(a.Published[1], &in)
	Equal(t, "execute_input.code", in.Code, code)
	Equal(t, "execute_input.execution_count", in.ExecutionCount, r.ExecutionCount)
	Equal(t, "stdout", a.Text(wire.Stdout), "hello")
	Equal(t, "user_expressions", len(r.UserExpressions), 0)
	Equal(t, "payload", len(r.Payload), 0)
}

// Only cells that are stored are counted.
func executeCount(t *T) {
	_, first := t.OK(t.Lang.Quiet)
	_, second := t.OK(t.Lang.Value)
	Equal(t, "count of the next cell", second.ExecutionCount, first.ExecutionCount+1)
	for _, r := range []wire.ExecuteRequest{
		{Code: t.Lang.Value, StopOnError: true},
		{Code: t.Lang.Value, Silent: true, StopOnError: true},
	} {
		_, got := t.With(r, wire.StatusOK)
		Equal(t, fmt.Sprintf("count of a cell with silent %v that is not stored", r.Silent), got.ExecutionCount, second.ExecutionCount)
	}
	_, last := t.OK(t.Lang.Value)
	Equal(t, "count after cells that were not stored", last.ExecutionCount, second.ExecutionCount+1)
	_, failed := t.Reply(t.Cell(t.Lang.Fails), wire.StatusError)
	Equal(t, "count of a cell that fails", failed.ExecutionCount, last.ExecutionCount+1)
}

// What a request leaves out has the protocol's default.
func executeDefaults(t *T) {
	_, first := t.OK(t.Lang.Quiet)
	only := func(code string) *wire.Message {
		return t.Request(wire.Shell, wire.TypeExecuteRequest, map[string]string{"code": code})
	}
	a, r := t.Reply(only(t.Lang.Value), wire.StatusOK)
	Equal(t, "store_history: count", r.ExecutionCount, first.ExecutionCount+1)
	Equal(t, "silent: results", len(a.Of(wire.TypeExecuteResult)), 1)
	cell, open := t.busy()
	failing, queued := only(t.Lang.Fails), only(t.Lang.Value)
	open()
	t.rest(cell, wire.StatusOK)
	t.Reply(failing, wire.StatusError)
	t.Reply(queued, wire.StatusAborted) // stop_on_error
	if t.Lang.Ask != "" && t.Ours {     // allow_stdin is false: the judge blames a question
		t.Done(only(t.Lang.AskEnd))
	}
}

// A silent cell runs, but nobody is told of its input and result, and it isn't stored.
func executeSilent(t *T) {
	_, before := t.OK(t.Lang.Quiet)
	for _, store := range []bool{false, true} {
		a, r := t.With(wire.ExecuteRequest{Code: fmt.Sprintf(t.Lang.Print, "heard") + "\n" + t.Lang.Value, Silent: true, StoreHistory: store, StopOnError: true}, wire.StatusOK)
		Equal(t, "published", a.Types(), []string{"busy", "stream", "idle"})
		Equal(t, "count", r.ExecutionCount, before.ExecutionCount)
	}
	var h wire.HistoryReply
	t.Ask(wire.Shell, wire.TypeHistoryRequest, wire.HistoryRequest{Access: wire.HistoryTail, N: new(1), Raw: true}, &h)
	if len(h.History) != 1 || h.History[0].Input != t.Lang.Quiet {
		t.Errorf("the last cell of the history is %+v, want the last that was not silent", h.History)
	}
}

func executeSilentError(t *T) {
	a, r := t.With(wire.ExecuteRequest{Code: t.Lang.Fails, Silent: true}, wire.StatusError)
	if t.Ours {
		Equal(t, "published", a.Types(), []string{"busy", "stream", "idle"})
	}
	if !strings.Contains(r.Error.Value, "on purpose") {
		t.Errorf("the reply's error is %+v", r.Error)
	}
}

func executeState(t *T) {
	t.OK(fmt.Sprintf(t.Lang.Assign, "kept", 17))
	t.With(wire.ExecuteRequest{Code: fmt.Sprintf(t.Lang.Assign, "kept", 18), Silent: true}, wire.StatusOK)
	Equal(t, "value in a later cell", t.Value("kept"), "18")
	t.Reply(t.Cell(t.Lang.Fails), wire.StatusError)
	Equal(t, "value after a cell that has failed", t.Value("kept"), "18")
}

func executeResult(t *T) {
	a, r := t.OK(t.Lang.Value)
	result := a.Result()
	Equal(t, "text/plain", result.Data["text/plain"], any("42"))
	Equal(t, "execution_count", result.ExecutionCount, r.ExecutionCount)
	a, _ = t.OK(t.Lang.Quiet)
	Equal(t, "published by a statement", a.Types(), []string{"busy", "execute_input", "idle"})
}

func executeTuple(t *T) {
	a, _ := t.OK(t.Lang.Tuple)
	Equal(t, "text/plain", a.Result().Data["text/plain"], any("(1, 2)"))
}

func executeError(t *T) {
	a, r := t.Reply(t.Cell(t.Lang.Fails), wire.StatusError)
	Equal(t, "published", a.Types(), []string{"busy", "execute_input", "stream", "error", "idle"})
	Equal(t, "stdout", a.Text(wire.Stdout), "before")
	if r.Error.Name == "" || !strings.Contains(r.Error.Value, "on purpose") {
		t.Errorf("ename %q, evalue %q", r.Error.Name, r.Error.Value)
	}
	if len(r.Error.Traceback) == 0 || !strings.Contains(strings.Join(r.Error.Traceback, "\n"), "on purpose") {
		t.Errorf("the traceback says %q", r.Error.Traceback)
	}
	Equal(t, "errors published", a.Errors(), []wire.ErrorContent{r.Error})
}

func executeInvalid(t *T) {
	a, r := t.Reply(t.Cell(fmt.Sprintf(t.Lang.Print, "this must not run")+"\n"+t.Lang.Invalid), wire.StatusError)
	Equal(t, "stdout", a.Text(wire.Stdout), "")
	Equal(t, "errors published", len(a.Errors()), 1)
	if r.Error.Value == "" || len(r.Error.Traceback) == 0 {
		t.Errorf("the error says %+v", r.Error)
	}
}

func executeExpressions(t *T) {
	t.OK(fmt.Sprintf(t.Lang.Assign, "n", 5))
	a, r := t.With(wire.ExecuteRequest{
		Code: fmt.Sprintf(t.Lang.Assign, "n", 6), StoreHistory: true, StopOnError: true,
		UserExpressions: map[string]string{"after": "n", "value": t.Lang.Value},
	}, wire.StatusOK)
	Equal(t, "published", a.Types(), []string{"busy", "execute_input", "idle"})
	Equal(t, "values", len(r.UserExpressions), 2)
	for name, want := range map[string]string{"after": "6", "value": "42"} {
		got := r.UserExpressions[name]
		Equal(t, name, got.Status, wire.StatusOK)
		Equal(t, name, got.Data["text/plain"], any(want))
	}
}

// A user expression that fails is told, and the cell is well.
func executeBadExpressions(t *T) {
	_, r := t.With(wire.ExecuteRequest{
		Code: t.Lang.Quiet, StoreHistory: true, StopOnError: true,
		UserExpressions: map[string]string{"bad": "noSuchName", "good": t.Lang.Value},
	}, wire.StatusOK)
	bad, good := r.UserExpressions["bad"], r.UserExpressions["good"]
	if bad.Status != wire.StatusError || bad.Error.Name == "" || !strings.Contains(bad.Error.Value, "noSuchName") {
		t.Errorf("the bad expression gives %+v", bad)
	}
	Equal(t, "the good one", good.Data["text/plain"], any("42"))
	_, r = t.With(wire.ExecuteRequest{Code: t.Lang.Fails, UserExpressions: map[string]string{"good": t.Lang.Value}}, wire.StatusError)
	Equal(t, "values after a failure", len(r.UserExpressions), 0)
}

// Notebooks record when a cell was begun.
func executeStarted(t *T) {
	from := time.Now().Add(-time.Second)
	a, _ := t.OK(t.Lang.Value)
	var meta wire.ExecuteMetadata
	if err := jsonObject(a.Reply.Metadata, &meta); err != nil {
		t.Fatalf("the metadata of execute_reply: %v", err)
	}
	started, err := time.Parse(time.RFC3339Nano, meta.Started)
	if err != nil {
		t.Fatalf("metadata.started: %v", err)
	}
	if to := time.Now().Add(time.Second); started.Before(from) || started.After(to) {
		t.Errorf("metadata.started is %v, which is not between %v and %v", started, from, to)
	}
}

// Front ends say more about cells than a kernel has to know.
func executeMetadata(t *T) {
	m, err := t.Make(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: t.Lang.Value, StoreHistory: true})
	t.Must(err)
	m.Metadata = []byte(`{"cellId": "a-1", "deletedCells": ["b-2"], "recordTiming": true, "trusted": {"x": null}}`)
	t.Must(t.Post(m))
	a, _ := t.Reply(m, wire.StatusOK)
	Equal(t, "results", len(a.Of(wire.TypeExecuteResult)), 1)
}

// Everybody is told everything, and who has asked gets the reply.
func executeTwoClients(t *T) {
	other := t.Front()
	mine := t.Cell(fmt.Sprintf(t.Lang.Print, "mine"))
	theirs, err := other.Send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: fmt.Sprintf(t.Lang.Print, "theirs"), StoreHistory: true})
	t.Must(err)
	t.Reply(mine, wire.StatusOK)
	if _, err := other.Collect(t.Ctx, theirs); err != nil {
		t.Errorf("the other client: %v", err)
	}
	for _, c := range []struct {
		k    *Client
		m    *wire.Message
		want string
	}{{t.Client, theirs, "theirs"}, {other, mine, "mine"}} {
		a, err := c.k.CollectPublished(t.Ctx, c.m)
		t.Must(err)
		Equal(t, "what the other client is told", a.Text(wire.Stdout), c.want)
	}
}

// Cells that are sent at once are run in their order.
func executeMany(t *T) {
	var sent []*wire.Message
	for i := range 50 {
		sent = append(sent, t.Cell(fmt.Sprintf(t.Lang.Assign, "n", i)+"\nn"))
	}
	last := 0
	for i, m := range sent {
		a, r := t.Reply(m, wire.StatusOK)
		Equal(t, "result", a.Result().Data["text/plain"], any(fmt.Sprint(i)))
		if i > 0 && r.ExecutionCount != last+1 {
			t.Errorf("count %d follows %d", r.ExecutionCount, last)
		}
		last = r.ExecutionCount
	}
}

// payload is the only one of a cell.
func (t *T) payload(code string) wire.Payload {
	t.Need(code)
	_, r := t.OK(code)
	if len(r.Payload) != 1 {
		t.Fatalf("the reply has %d payloads, want 1", len(r.Payload))
	}
	return r.Payload[0]
}

func payloadPage(t *T) {
	p := t.payload(t.Lang.Page)
	Equal(t, "source", p.Source, "page")
	if text, _ := p.Data["text/plain"].(string); text == "" || p.Start == nil {
		t.Errorf("the page is %+v", p)
	}
}

func payloadNextInput(t *T) {
	p := t.payload(t.Lang.NextInput)
	Equal(t, "source", p.Source, "set_next_input")
	if p.Text == "" || p.Replace == nil {
		t.Errorf("the payload is %+v", p)
	}
}

package session

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/history"
	"github.com/nascent-go/nascent/kernel/wire"
)

// TestRecords: a cell finds its own place in the history of its own shell.
func TestRecords(t *testing.T) {
	b := newBench(t, &script{cells: map[string]func(context.Context, cell.Input) (cell.Outcome, error){
		"where": func(ctx context.Context, _ cell.Input) (cell.Outcome, error) {
			r, ok := RecordsOf(ctx)
			if !ok {
				return cell.Outcome{}, fmt.Errorf("the context carries no records")
			}
			entries, err := r.History.Find(ctx, wire.HistoryRequest{Access: wire.HistoryRange})
			if err != nil {
				return cell.Outcome{}, err
			}
			_, spilled := r.Spilled(1)
			return cell.Outcome{Values: plain(fmt.Sprint("line ", r.Line, " of ", len(entries), ", spilled ", spilled))}, nil
		},
		"much": func(_ context.Context, in cell.Input) (cell.Outcome, error) {
			_, err := fmt.Fprint(in.Stdout, strings.Repeat("x", 1000))
			return cell.Outcome{}, err
		},
	}}, func(o *Options) { o.OutputLimit = 500 })
	result := func(subshell, fields string) string {
		id := b.sendTo(subshell, wire.TypeExecuteRequest, executeContent("where", fields))
		b.idle(id)
		results := b.about(id, wire.TypeExecuteResult)
		if len(results) != 1 {
			t.Fatalf("%d results", len(results))
		}
		var r wire.ExecuteResult
		if err := results[0].DecodeContent(&r); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(r.Data["text/plain"])
	}
	b.run("much", "")
	for _, tt := range []struct{ subshell, fields, want string }{
		{"", "", "line 2 of 2, spilled true"},
		{"", `"store_history": false`, "line 0 of 2, spilled true"},
		{b.create(), "", "line 1 of 1, spilled true"},
		{"", "", "line 3 of 3, spilled true"},
	} {
		if got := result(tt.subshell, tt.fields); got != tt.want {
			t.Errorf("in subshell %q with %s: %s, want %s", tt.subshell, tt.fields, got, tt.want)
		}
	}
}

// TestHistoryWarning: what is wrong with the history is logged, and the cell runs.
func TestHistoryWarning(t *testing.T) {
	b := newBench(t, &script{cells: map[string]func(context.Context, cell.Input) (cell.Outcome, error){"x": value(1)}},
		func(o *Options) { o.History = grumbler{history.NewMemory()} })
	expect(t, b.run("x", `"silent": true, "store_history": true`), "iopub status busy", "shell execute_reply ok 0", "iopub status idle")
	b.run("x", "")
	if got := b.logged.String(); got != "the disk is full" {
		t.Errorf("logged: %q", got)
	}
	if got := len(b.about("request-2", wire.TypeExecuteResult)); got != 1 {
		t.Errorf("the cell has %d results", got)
	}
}

// grumbler is a history that warns.
type grumbler struct{ history.Book }

func (grumbler) Begin(int, string) (kept func() error) {
	return func() error { return fmt.Errorf("the disk is full") }
}

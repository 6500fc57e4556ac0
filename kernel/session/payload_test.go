package session

import (
	"context"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/wire"
)

// What a cell asks of the front end is the payload of its reply.
func TestPayloads(t *testing.T) {
	asks := func(context.Context, cell.Input) (cell.Outcome, error) {
		return cell.Outcome{Payloads: []cell.Payload{
			cell.Page{Bundle: textBundle("text"), Start: 2}, cell.NextInput{Text: "x := 1", Replace: true}, cell.ExitFrontEnd{KeepKernel: true},
		}}, nil
	}
	b := newBench(t, &script{cells: map[string]func(context.Context, cell.Input) (cell.Outcome, error){"asks": asks, "quiet": value()}})
	for code, want := range map[string]string{
		"asks":  `"payload":[{"source":"page","data":{"text/plain":"text"},"start":2},{"source":"set_next_input","text":"x := 1","replace":true},{"source":"ask_exit","keepkernel":true}]`,
		"quiet": `"payload":[]`,
	} {
		id := b.send(wire.Shell, wire.TypeExecuteRequest, executeContent(code, ""))
		b.idle(id)
		if got := string(b.about(id, wire.TypeExecuteReply)[0].Content); !strings.Contains(got, want) {
			t.Errorf("%s is answered with %s; want %s", code, got, want)
		}
	}
}

// Exec prints what is for the pager.
func TestExecPrintsPages(t *testing.T) {
	pages := func(context.Context, cell.Input) (cell.Outcome, error) {
		return cell.Outcome{Payloads: []cell.Payload{cell.NextInput{Text: "no"}, cell.Page{Bundle: textBundle("help")}}}, nil
	}
	var out, errs strings.Builder
	env := &script{cells: map[string]func(context.Context, cell.Input) (cell.Outcome, error){"pages": pages}}
	if status := Exec(context.Background(), env, "-", "pages", Streams{Out: &out, Err: &errs}); status != 0 || out.String() != "help\n" || errs.String() != "" {
		t.Errorf("status %d, output %q, errors %q; want 0, help", status, out.String(), errs.String())
	}
}

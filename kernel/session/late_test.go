package session

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/wire"
)

// A notebook's "run all" sends all cells at once. When one fails, those that are
// still on their way are aborted too, whatever the front end's clock says; what is
// sent after the failure runs.
func TestCellsOnTheirWayAreAborted(t *testing.T) {
	const way = 2 * burstGap // as if the network were slow
	env := &script{cells: cells{"1": value(1), "fail": func(context.Context, cell.Input) (cell.Outcome, error) {
		return cell.Outcome{}, fault{"panic", "boom"}
	}}}
	for _, ahead := range []time.Duration{0, time.Hour, -time.Hour} {
		t.Run(fmt.Sprint("clock ahead by ", ahead), func(t *testing.T) {
			b := newBench(t, env)
			sendMade := func(at time.Time, msgType, content string) []string {
				b.date = wire.Timestamp(at.Add(ahead))
				return b.idle(b.send(wire.Shell, msgType, content))
			}
			sendMade(time.Now(), wire.TypeKernelInfoRequest, `{}`)
			made := time.Now().Add(-way)
			sendMade(made, wire.TypeExecuteRequest, `{"code": "fail"}`)
			expect(t, sendMade(made, wire.TypeExecuteRequest, `{"code": "1"}`),
				"iopub status busy", "shell execute_reply aborted 1", "iopub status idle")
			if got := sendMade(made, wire.TypeKernelInfoRequest, `{}`); len(got) != 3 {
				t.Errorf("kernel_info got %q, want a reply: only cells are aborted", got)
			}
			expect(t, sendMade(time.Now(), wire.TypeExecuteRequest, `{"code": "1"}`)[3:],
				"shell execute_reply ok 2", "iopub status idle")

			made = time.Now()
			sendMade(made, wire.TypeExecuteRequest, `{"code": "fail", "stop_on_error": false}`)
			expect(t, sendMade(made, wire.TypeExecuteRequest, `{"code": "1"}`)[3:4], "shell execute_reply ok 4")
			sendMade(time.Now(), wire.TypeExecuteRequest, `{"code": "fail"}`)
			b.date = "" // it cannot be known when this was made
			expect(t, b.run("1", "")[3:4], "shell execute_reply ok 6")
		})
	}
}

func TestClocks(t *testing.T) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var c clocks
	for _, tt := range []struct {
		session, date string
		came          time.Duration // after start
		want          time.Duration // after start; negative: unknown
	}{
		{"slow", "2026-01-02T03:04:04Z", 20 * time.Millisecond, 20 * time.Millisecond},
		{"slow", "2026-01-02T03:04:05Z", 1010 * time.Millisecond, 1010 * time.Millisecond}, // 10 ms faster
		{"slow", "2026-01-02T03:04:05.5Z", 1900 * time.Millisecond, 1510 * time.Millisecond},
		{"fast", "2026-01-02T08:04:05+02:00", time.Millisecond, time.Millisecond},
		{"slow", "2026-01-02T03:04:05", time.Second, -1}, // where?
		{"slow", "", time.Second, -1},
	} {
		m := &wire.Message{Header: wire.Header{Session: tt.session, Date: tt.date}}
		want := start.Add(tt.want)
		if tt.want < 0 {
			want = time.Time{}
		}
		if got := c.made(m, start.Add(tt.came)); !got.Equal(want) {
			t.Errorf("%s, %q: made at %v, want %v", tt.session, tt.date, got, want)
		}
	}
	for i := range 1000 {
		c.made(&wire.Message{Header: wire.Header{Session: fmt.Sprint(i), Date: "2026-01-02T03:04:05Z"}}, start)
	}
	if len(c.behind) > maxClients {
		t.Errorf("%d clocks are kept, want at most %d", len(c.behind), maxClients)
	}
}

// A front end that sends many cells is too busy to look at answers: also what it
// has made after a failure is aborted, as long as it goes on like that.
func TestBurst(t *testing.T) {
	at := func(ms int) time.Time { return time.UnixMilli(1e12).Add(time.Duration(ms) * time.Millisecond) }
	type sent struct {
		cell           string
		made, answered int // in milliseconds
		fails          bool
		abort          bool // wanted
	}
	for name, cells := range map[string][]sent{
		"run all": {
			{cell: "a", made: 0, answered: 3}, {cell: "b", made: 2, answered: 5, fails: true},
			{cell: "c", made: 6, answered: 7, abort: true}, {cell: "d", made: 60, answered: 61, abort: true},
		},
		"a program that waits for its answers": {
			{made: 0, answered: 3}, {made: 2, answered: 5, fails: true}, {made: 4, answered: 6, abort: true}, {made: 8, answered: 9},
		},
		"one after the other": {{made: 0, answered: 3, fails: true}, {made: 4, answered: 5, fails: true}, {made: 6, answered: 7}},
		"again after run all": {{made: 0, answered: 3, fails: true}, {made: 2, answered: 4, abort: true}, {made: 300, answered: 310}},
		"all at once, and answered at once": {
			{cell: "a", made: 0, answered: 1}, {cell: "b", made: 2, answered: 3, fails: true},
			{cell: "c", made: 5, answered: 6, abort: true}, {cell: "d", made: 10, answered: 11, abort: true},
		},
		"a cell twice":         {{cell: "a", made: 0, answered: 1, fails: true}, {cell: "a", made: 100, answered: 101}},
		"two cells":            {{cell: "a", made: 0, answered: 1, fails: true}, {cell: "b", made: 300, answered: 301}},
		"a failure that is no": {{made: 0, answered: 3}, {made: 2, answered: 4}, {made: 6, answered: 7}},
	} {
		t.Run(name, func(t *testing.T) {
			var b bursts
			for i, c := range cells {
				b.answer("other", burst{cell: "other", made: at(c.made), answered: at(c.answered), ahead: true, broken: true})
				ahead, abort := b.ahead("front", c.cell, at(c.made))
				if abort != c.abort {
					t.Errorf("cell %d: aborted = %v, want %v", i, abort, c.abort)
				}
				b.answer("front", burst{c.cell, at(c.made), at(c.answered), ahead, c.fails || abort})
			}
			if ahead, abort := b.ahead("front", "e", time.Time{}); ahead || abort {
				t.Error("a request without a date is taken for one of a burst")
			}
		})
	}
}

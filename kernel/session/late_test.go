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
	const way = 50 * time.Millisecond
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
	if len(c.behind) > maxClocks {
		t.Errorf("%d clocks are kept, want at most %d", len(c.behind), maxClocks)
	}
}

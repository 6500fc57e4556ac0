package history

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/kernel/wire"
)

// found is the JSON of what a book finds.
func found(t *testing.T, b Book, req wire.HistoryRequest) string {
	t.Helper()
	entries, err := b.Find(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(entries)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestMemory(t *testing.T) {
	m := NewMemory()
	for i, code := range []string{"a", "b\nc", "a", "d"} {
		if err := m.Begin(i+1, code)(); err != nil {
			t.Fatal(err)
		}
	}
	m.Output(1, "one")
	m.Output(4, "four")
	m.Output(9, "of no cell")
	tests := []struct {
		name string
		req  wire.HistoryRequest
		want string
	}{
		{"tail", wire.HistoryRequest{Access: wire.HistoryTail, N: new(2)}, `[[1,3,"a"],[1,4,"d"]]`},
		{"tail of none", wire.HistoryRequest{Access: wire.HistoryTail, N: new(0)}, `null`},
		{"tail without limit", wire.HistoryRequest{Access: wire.HistoryTail, N: new(-1)}, `[[1,1,"a"],[1,2,"b\nc"],[1,3,"a"],[1,4,"d"]]`},
		{"outputs", wire.HistoryRequest{Access: wire.HistoryTail, Output: true, N: new(2)}, `[[1,3,["a",null]],[1,4,["d","four"]]]`},
		{"no access type is a tail", wire.HistoryRequest{N: new(1)}, `[[1,4,"d"]]`},
		{"range", wire.HistoryRequest{Access: wire.HistoryRange, Start: 2, Stop: new(4)}, `[[1,2,"b\nc"],[1,3,"a"]]`},
		{"range to the end", wire.HistoryRequest{Access: wire.HistoryRange, Start: 3}, `[[1,3,"a"],[1,4,"d"]]`},
		{"stop 0 is the end", wire.HistoryRequest{Access: wire.HistoryRange, Start: 3, Stop: new(0)}, `[[1,3,"a"],[1,4,"d"]]`},
		{"range from the end", wire.HistoryRequest{Access: wire.HistoryRange, Start: -2, Stop: new(-1)}, `[[1,3,"a"]]`},
		{"range before the start", wire.HistoryRequest{Access: wire.HistoryRange, Stop: new(-9)}, `null`},
		{"range by number", wire.HistoryRequest{Access: wire.HistoryRange, Session: 1, Start: 4}, `[[1,4,"d"]]`},
		{"other sessions", wire.HistoryRequest{Access: wire.HistoryRange, Session: -1}, `null`},
		{"search", wire.HistoryRequest{Access: wire.HistorySearch, Pattern: "[ab]*"}, `[[1,1,"a"],[1,2,"b\nc"],[1,3,"a"]]`},
		{"search, unique", wire.HistoryRequest{Access: wire.HistorySearch, Pattern: "a", Unique: true}, `[[1,3,"a"]]`},
		{"search, limited", wire.HistoryRequest{Access: wire.HistorySearch, Pattern: "?", N: new(2)}, `[[1,3,"a"],[1,4,"d"]]`},
		{"search, none", wire.HistoryRequest{Access: wire.HistorySearch, N: new(0)}, `null`},
		{"search without pattern", wire.HistoryRequest{Access: wire.HistorySearch, Output: true, N: new(1)}, `[[1,4,["d","four"]]]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := found(t, m, tt.req); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestTailWithoutNumberIsTen(t *testing.T) {
	m := NewMemory()
	for i := range 30 {
		m.Begin(i+1, fmt.Sprint(i+1))
	}
	entries, err := m.Find(t.Context(), wire.HistoryRequest{Access: wire.HistoryTail})
	if err != nil || len(entries) != DefaultTail || entries[0].Line != 21 {
		t.Errorf("got %v, %v; want the last %d", entries, err, DefaultTail)
	}
}

func TestSubshellsOfMemoryAreApart(t *testing.T) {
	m := NewMemory()
	sub := m.Subshell("one")
	sub.Begin(1, "sub")
	m.Begin(1, "main")
	all := wire.HistoryRequest{Access: wire.HistoryRange}
	if got := found(t, m, all); got != `[[1,1,"main"]]` {
		t.Errorf("the main shell finds %s", got)
	}
	if got := found(t, sub, all); got != `[[1,1,"sub"]]` {
		t.Errorf("the subshell finds %s", got)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	m := NewMemory()
	big := strings.Repeat("x", memoryLimit/10)
	for i := range 100 {
		m.Begin(i+1, fmt.Sprint(i+1, big))
		m.Output(i+1, big)
	}
	size := 0
	for _, e := range m.entries {
		size += sizeOf(e, true) + entryCost
	}
	if size != m.size || size > memoryLimit {
		t.Errorf("%d bytes are kept and %d counted, want at most %d", size, m.size, memoryLimit)
	}
	if last := m.entries[len(m.entries)-1].Line; last != 100 {
		t.Errorf("the last line is %d, want 100", last)
	}
}

func TestRepliesAreBounded(t *testing.T) {
	text := strings.Repeat("x", maxReply/4)
	lines := func(yield func(wire.HistoryEntry) bool) {
		for i := 1; i <= 9 && yield(wire.HistoryEntry{Line: i, Input: text}); i++ {
		}
	}
	for name, got := range map[string][]wire.HistoryEntry{
		"tail":  Choose(lines, wire.HistoryRequest{}),
		"range": Range(lines, wire.HistoryRequest{}),
	} {
		if len(got) != 4 {
			t.Errorf("%s: %d entries, want the 4 that fit", name, len(got))
		}
	}
}

func TestShorten(t *testing.T) {
	if got := Shorten("short"); got != "short" {
		t.Errorf("got %q", got)
	}
	if got := Shorten("x" + strings.Repeat("é", maxOutput)); got != "x"+strings.Repeat("é", maxOutput/2-1)+"…" {
		t.Errorf("%d bytes, ending in %q", len(got), got[len(got)-8:])
	}
}

func TestFindCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := NewMemory().Find(ctx, wire.HistoryRequest{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/kernel/wire"
)

func TestHistoryOutlivesItsKernel(t *testing.T) {
	path := filepath.Join(t.TempDir(), "folder that is not there", "a?b#c%20.sqlite")
	for i, key := range []string{"first", "second", "third"} {
		s := begun(path, key)
		if got := s.Book().Session(); got != 0 {
			t.Errorf("%s has number %d before its first cell", key, got)
		}
		begin(t, s.Book(), fmt.Sprintf("x := %d", i), "x")
		s.Book().Output(2, fmt.Sprint(i))
		written(t, s)
		if got := s.Book().Session(); got != i+1 {
			t.Errorf("%s has number %d, want %d", key, got, i+1)
		}
		closeQuietly(t, s)
		if got := names(t, filepath.Dir(path)); !slices.Equal(got, []string{filepath.Base(path)}) {
			t.Errorf("after the end there are %q", got)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; others could read the file", info.Mode(), err)
	}

	s := keep(t, path, "fourth")
	if err := s.Book().Begin(1, "y")(); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		req  wire.HistoryRequest
		want string
	}{
		{"tail", wire.HistoryRequest{Access: wire.HistoryTail, N: new(3)}, `[[3,1,"x := 2"],[3,2,"x"],[4,1,"y"]]`},
		{"tail of none", wire.HistoryRequest{Access: wire.HistoryTail, N: new(0)}, `[]`},
		{"outputs", wire.HistoryRequest{Access: wire.HistoryTail, N: new(2), Output: true}, `[[3,2,["x","2"]],[4,1,["y",null]]]`},
		{"tail beyond the start", wire.HistoryRequest{N: new(1000)}, `[[1,1,"x := 0"],[1,2,"x"],[2,1,"x := 1"],[2,2,"x"],[3,1,"x := 2"],[3,2,"x"],[4,1,"y"]]`},
		{"this session", this, `[[4,1,"y"]]`},
		{"the one before", wire.HistoryRequest{Access: wire.HistoryRange, Session: -1, Start: 2}, `[[3,2,"x"]]`},
		{"by number", wire.HistoryRequest{Access: wire.HistoryRange, Session: 2, Start: 1, Stop: new(2)}, `[[2,1,"x := 1"]]`},
		{"from the end", wire.HistoryRequest{Access: wire.HistoryRange, Session: 2, Start: -1}, `[[2,2,"x"]]`},
		{"before the first", wire.HistoryRequest{Access: wire.HistoryRange, Session: -9}, `[]`},
		{"after the last", wire.HistoryRequest{Access: wire.HistoryRange, Session: 9}, `[]`},
		{"search", wire.HistoryRequest{Access: wire.HistorySearch, Pattern: "x*[12]"}, `[[2,1,"x := 1"],[3,1,"x := 2"]]`},
		{"search, unique", wire.HistoryRequest{Access: wire.HistorySearch, Pattern: "[xy]", Unique: true}, `[[3,2,"x"],[4,1,"y"]]`},
		{"search, unique and limited", wire.HistoryRequest{Access: wire.HistorySearch, Unique: true, N: new(3)}, `[[3,1,"x := 2"],[3,2,"x"],[4,1,"y"]]`},
		{"search, limited", wire.HistoryRequest{Access: wire.HistorySearch, Pattern: "x", N: new(2)}, `[[2,2,"x"],[3,2,"x"]]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { expect(t, s.Book(), tt.req, tt.want) })
	}
}

func TestBeforeTheFirstCell(t *testing.T) {
	path := tempFile(t)
	s := begun(path, "one")
	expect(t, s.Book(), all, `[]`)
	expect(t, s.Book(), this, `[]`)
	begin(t, s.Book(), "a")
	closeQuietly(t, s)

	s = keep(t, path, "two")
	expect(t, s.Book(), this, `[]`)
	expect(t, s.Book(), wire.HistoryRequest{Access: wire.HistoryRange, Session: -1}, `[[1,1,"a"]]`)
	expect(t, s.Book(), all, `[[1,1,"a"]]`)
}

// TestSameKeyGoesOn is what a worker does that takes the place of a dead one.
func TestSameKeyGoesOn(t *testing.T) {
	path := tempFile(t)
	s := begun(path, "kernel")
	begin(t, s.Book(), "a", "b")
	s.Book().Output(2, "what b was")
	closeQuietly(t, s)

	s = keep(t, path, "kernel")
	expect(t, s.Book(), this, `[[1,1,"a"],[1,2,"b"]]`)
	if got := s.Book().Session(); got != 1 {
		t.Errorf("session %d goes on, want 1", got)
	}
	for line, input := range map[int]string{2: "b again", 3: "c"} {
		if err := s.Book().Begin(line, input)(); err != nil {
			t.Fatal(err)
		}
	}
	output := this
	output.Output = true
	expect(t, s.Book(), output, `[[1,1,["a",null]],[1,2,["b again",null]],[1,3,["c",null]]]`)
}

func TestSubshellsAreSessions(t *testing.T) {
	path := tempFile(t)
	s := begun(path, "kernel")
	sub := s.Book().Subshell("sub")
	begin(t, s.Book(), "main")
	begin(t, sub, "sub")
	expect(t, s.Book(), this, `[[1,1,"main"]]`)
	expect(t, sub, this, `[[2,1,"sub"]]`)
	expect(t, s.Book(), all, `[[2,1,"sub"],[1,1,"main"]]`) // this session's at the end
	expect(t, sub, all, `[[1,1,"main"],[2,1,"sub"]]`)
	closeQuietly(t, s)

	s = keep(t, path, "kernel")
	sub = s.Book().Subshell("sub")
	begin(t, sub, "again")
	expect(t, sub, this, `[[2,1,"again"]]`)
}

func TestFindCancelled(t *testing.T) {
	s := keep(t, tempFile(t), "kernel")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Book().Find(ctx, all); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	begin(t, s.Book(), "a") // and this is no warning
}

func TestLongOutputIsCut(t *testing.T) {
	s := keep(t, tempFile(t), "kernel")
	begin(t, s.Book(), "a")
	s.Book().Output(1, strings.Repeat("x", 1<<20))
	entries, err := s.Book().Find(t.Context(), wire.HistoryRequest{Output: true})
	if err != nil || len(entries) != 1 || len(*entries[0].Output) > 1<<17 || !strings.HasSuffix(*entries[0].Output, "x…") {
		t.Errorf("%d entries, %v; want one whose output is cut", len(entries), err)
	}
}

func TestTextsComeBackAsTheyWere(t *testing.T) {
	s := keep(t, tempFile(t), "kernel")
	texts := []string{"", "'; DROP TABLE cell; --", "a\x00b", "é😀\n\t", "%s ?1 :x"}
	begin(t, s.Book(), texts...)
	entries, err := s.Book().Find(t.Context(), this)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Input)
	}
	if !slices.Equal(got, texts) {
		t.Errorf("got %q, want %q", got, texts)
	}
}

func TestAfterCloseCellsGoOn(t *testing.T) {
	s := begun(tempFile(t), "kernel")
	begin(t, s.Book(), "a")
	closeQuietly(t, s)
	if err := s.Book().Begin(2, "b")(); err != nil {
		t.Errorf("a cell after the end: %v", err)
	}
	closeQuietly(t, s) // once more does nothing
}

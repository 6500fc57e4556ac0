package store

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nascent-go/nascent/kernel/history"
	"github.com/nascent-go/nascent/kernel/wire"
)

// patientLimits are for machines that have much else to do.
func patientLimits() limits {
	return limits{begin: time.Millisecond, find: time.Minute, end: time.Minute, patience: time.Minute}
}

// begun opens a store.
func begun(path, key string) *Store { return open(path, key, patientLimits()) }

// keep opens a store that is closed at the end of the test, without a warning.
func keep(t *testing.T, path, key string) *Store {
	t.Helper()
	s := begun(path, key)
	t.Cleanup(func() { closeQuietly(t, s) })
	return s
}

func closeQuietly(t *testing.T, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Errorf("closing: %v", err)
	}
}

// begin records cells, from line 1.
func begin(t *testing.T, b history.Book, inputs ...string) {
	t.Helper()
	for i, input := range inputs {
		if err := b.Begin(i+1, input)(); err != nil {
			t.Fatalf("line %d: %v", i+1, err)
		}
	}
}

// find is the JSON of what a book finds.
func find(t *testing.T, b history.Book, req wire.HistoryRequest) string {
	t.Helper()
	entries, err := b.Find(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(wire.HistoryReply{History: entries})
	if err != nil {
		t.Fatal(err)
	}
	var reply struct{ History json.RawMessage }
	if err := json.Unmarshal(text, &reply); err != nil {
		t.Fatal(err)
	}
	return string(reply.History)
}

// all asks for all cells of all sessions.
var all = wire.HistoryRequest{Access: wire.HistoryTail, N: new(-1)}

// this asks for all cells of the current session.
var this = wire.HistoryRequest{Access: wire.HistoryRange}

func expect(t *testing.T, b history.Book, req wire.HistoryRequest, want string) {
	t.Helper()
	if got := find(t, b, req); got != want {
		t.Errorf("found %s, want %s", got, want)
	}
}

// written waits until all that was handed in is in the file.
func written(t *testing.T, s *Store) {
	t.Helper()
	if s.written(t.Context()) == nil {
		t.Fatal("the file can't be used")
	}
}

// warned is the warning of a store, which comes from its writer.
func warned(t *testing.T, s *Store) error {
	t.Helper()
	select {
	case <-s.ended:
	case <-time.After(time.Minute):
		t.Fatal("the writer goes on as if nothing were wrong")
	}
	return s.told()
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func tempFile(t *testing.T) string { return filepath.Join(t.TempDir(), "history.sqlite") }

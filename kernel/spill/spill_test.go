package spill

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
)

func read(t *testing.T, s *Store, cell int) (string, int64) {
	t.Helper()
	r, ok := s.Open(cell)
	if !ok {
		return "", -1
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if r.Size() != int64(len(text)) {
		t.Errorf("size %d of %d bytes", r.Size(), len(text))
	}
	return string(text), r.Dropped
}

func TestStore(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	s := New(300_000)
	if _, ok := s.Open(1); ok {
		t.Error("something is kept of a cell that has written nothing")
	}
	one := s.Create(1)
	long := strings.Repeat("0123456789", 10_000)
	one.Write([]byte("a"))
	one.Write([]byte(long))
	one.Write([]byte("b"))
	if text, dropped := read(t, s, 1); text != "a"+long+"b" || dropped != 0 {
		t.Errorf("%d bytes, %d dropped", len(text), dropped)
	}
	one.Write([]byte("c")) // after a look
	if text, _ := read(t, s, 1); text != "a"+long+"bc" {
		t.Errorf("%d bytes after a look", len(text))
	}
	reading, _ := s.Open(1)

	// The oldest goes for the newest; who reads it can go on.
	two := s.Create(2)
	for range 3 {
		two.Write([]byte(long))
	}
	if _, ok := s.Open(1); ok {
		t.Error("the oldest file is still there")
	}
	if text, err := io.ReadAll(reading); err != nil || len(text) != len(long)+3 {
		t.Errorf("a reader of it: %d bytes, %v", len(text), err)
	}
	// What has no room itself is counted, from there on all of it.
	two.Write([]byte("much"))
	two.Write([]byte(""))
	two.Write([]byte("more"))
	if text, dropped := read(t, s, 2); text != long+long+long || dropped != 8 {
		t.Errorf("%d bytes, %d dropped", len(text), dropped)
	}
	one.Write([]byte("late"))
	if kept, dropped, _ := one.Kept(); kept != 0 || dropped != int64(len(long)+3+4) {
		t.Errorf("of the oldest %d bytes are kept, %d dropped", kept, dropped)
	}
	two.Reset()
	two.Write([]byte("new"))
	if text, dropped := read(t, s, 2); text != "new" || dropped != 0 {
		t.Errorf("after a reset %q, %d dropped", text, dropped)
	}
	s.Create(2).Write([]byte("again"))
	if text, _ := read(t, s, 2); text != "again" {
		t.Errorf("a cell that runs again: %q", text)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("files with names: %v, %v", left, err)
	}
}

func TestNoPlaceToKeepIt(t *testing.T) {
	t.Setenv("TMPDIR", "/no such folder")
	s := New(DefaultLimit)
	f := s.Create(1)
	f.Write(make([]byte, 2*pendingSize))
	f.Write([]byte("x"))
	kept, dropped, why := f.Kept()
	if kept != 0 || dropped != 2*pendingSize+1 || !errors.Is(why, os.ErrNotExist) {
		t.Errorf("%d kept, %d dropped: %v", kept, dropped, why)
	}
	if _, ok := s.Open(1); ok {
		t.Error("something is kept")
	}
	short := s.Create(2)
	short.Write([]byte("x"))
	if _, ok := s.Open(2); ok {
		t.Error("something is kept of a short one")
	}
}

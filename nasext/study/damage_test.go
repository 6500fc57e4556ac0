package study

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// whole is the file of a study of a few trials, and what it holds.
func whole(t testing.TB) ([]byte, Record) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "study.db")
	s, err := Create(path, spec, "cpu/test")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 9 {
		a := trial(i + 1)
		if i == 4 {
			a = failed(5)
		}
		if err := s.Append(a); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SetStatus(Done); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return file, s.Record()
}

// holds says whether a file is read as the study that was written, or is refused; all
// else is a silent wrong number.
func holds(t testing.TB, what string, at int, file []byte, want Record) (refused bool) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "study.db")
	if err := os.WriteFile(path, file, 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := Read(path)
	if err != nil {
		for _, known := range []error{ErrNoStudy, ErrSchema, ErrDamaged, ErrLocked} {
			if errors.Is(err, known) {
				return true
			}
		}
		t.Errorf("%s at %d: the error says nothing of what is wrong: %v", what, at, err)
		return true
	}
	if got := s.Record(); !reflect.DeepEqual(got, want) {
		t.Errorf("%s at %d: the file is read as\n%+v\nwant\n%+v", what, at, got, want)
	}
	return false
}

// A file that was cut off anywhere is refused.
func TestTruncated(t *testing.T) {
	file, want := whole(t)
	for n := 1; n < len(file); n += 1 + n%499 {
		if !holds(t, "cut off", n, file[:n], want) {
			t.Errorf("a file of %d bytes that was cut off at %d is opened", len(file), n)
		}
	}
	for n := 512; n < len(file); n += 512 { // where a disk cuts
		if !holds(t, "cut off", n, file[:n], want) {
			t.Errorf("a file of %d bytes that was cut off at %d is opened", len(file), n)
		}
	}
	if holds(t, "whole", len(file), file, want) {
		t.Error("the whole file is refused")
	}
}

// A file in which a byte has changed is refused, or read as it was written.
func TestChangedByte(t *testing.T) {
	file, want := whole(t)
	refused := 0
	for at := 0; at < len(file); at += 1 + at%199 {
		bad := bytes.Clone(file)
		bad[at] ^= 1 << (at % 8)
		if holds(t, "a bit has changed", at, bad, want) {
			refused++
		}
	}
	if refused < 20 {
		t.Errorf("only %d changes were found: this test does not show what it should", refused)
	}
}

// FuzzOpen changes a run of bytes anywhere.
func FuzzOpen(f *testing.F) {
	file, want := whole(f)
	f.Add(uint(0), []byte("SQLite"))
	f.Add(uint(60), []byte{0, 0, 0, 9})
	f.Add(uint(4096), []byte{13, 0, 0, 0})
	f.Fuzz(func(t *testing.T, at uint, by []byte) {
		bad := bytes.Clone(file)
		copy(bad[int(at%uint(len(file))):], by)
		holds(t, "changed", int(at%uint(len(file))), bad, want)
	})
}

package store

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/nascent-go/nascent/kernel/wire"
)

// BenchmarkCell is what the history costs a cell, if all of it is waited for.
func BenchmarkCell(b *testing.B) {
	s := begun(filepath.Join(b.TempDir(), "history.sqlite"), "kernel")
	defer s.Close()
	if s.written(b.Context()) == nil {
		b.Fatal("the file can't be used")
	}
	line := 0
	for b.Loop() {
		line++
		if err := s.Book().Begin(line, "fmt.Println(1)")(); err != nil {
			b.Fatal(err)
		}
		s.Book().Output(line, "1")
		s.written(b.Context())
	}
}

// BenchmarkSearch looks through 100 000 cells.
func BenchmarkSearch(b *testing.B) {
	s := begun(filepath.Join(b.TempDir(), "history.sqlite"), "kernel")
	defer s.Close()
	for line := range 100_000 {
		s.put(entry{book: s.main, line: line + 1, input: fmt.Sprintf("for i := range 10 {\n\tfmt.Println(i, %d)\n}", line), begins: true})
	}
	if s.written(b.Context()) == nil {
		b.Fatal("the file can't be used")
	}
	for b.Loop() {
		found, err := s.Book().Find(b.Context(), wire.HistoryRequest{Access: wire.HistorySearch, Pattern: "*7777[0-9])*", Unique: true})
		if err != nil || len(found) != 10 {
			b.Fatal(len(found), err)
		}
	}
}

// BenchmarkOpenAndClose is a kernel that runs one cell.
func BenchmarkOpenAndClose(b *testing.B) {
	path := filepath.Join(b.TempDir(), "history.sqlite")
	key := 0
	for b.Loop() {
		key++
		s := begun(path, fmt.Sprint(key))
		if err := s.Book().Begin(1, "1")(); err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

package store

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/kernel/wire"
)

// inMemory checks that a store that can't use its file warns once and goes on.
func inMemory(t *testing.T, s *Store, say ...string) {
	t.Helper()
	err := warned(t, s)
	if err == nil {
		t.Fatal("no warning")
	}
	for _, part := range append(say, s.path, "memory only", Variable) {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
	if strings.Count(err.Error(), "\n") > 0 {
		t.Errorf("the warning has several lines: %s", err)
	}
	begin(t, s.Book(), "a", "b") // without another warning
	s.Book().Output(2, "two")
	expect(t, s.Book(), wire.HistoryRequest{Access: wire.HistoryTail, Output: true, N: new(1)}, `[[1,2,["b","two"]]]`)
	expect(t, s.Book(), wire.HistoryRequest{Access: wire.HistoryRange, Session: -1}, `[]`)
	closeQuietly(t, s)
}

func TestNoPlaceForTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	inMemory(t, begun(filepath.Join(file, "history.sqlite"), "kernel"), "not a directory")
	inMemory(t, begun(t.TempDir(), "kernel"), "no ordinary file")
}

func TestReadOnly(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	inMemory(t, begun(filepath.Join(dir, "history.sqlite"), "kernel"), "permission denied")
}

// database makes a file by SQL.
func database(t *testing.T, path, text string) {
	t.Helper()
	f, err := openFile(path, []string{text})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.close(); err != nil {
		t.Fatal(err)
	}
}

const tables = `CREATE TABLE session (number INTEGER PRIMARY KEY, key TEXT UNIQUE, started TEXT);
	CREATE TABLE cell (session INTEGER, line INTEGER, input TEXT, output TEXT, PRIMARY KEY (session, line));`

func TestDatabaseOfAnotherProgram(t *testing.T) {
	for _, mark := range []string{"PRAGMA application_id = 0", "PRAGMA application_id = 77"} {
		path := tempFile(t)
		f, err := openFile(path, []string{tables})
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"PRAGMA journal_mode = DELETE", mark} {
			if err := f.exec(text); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.close(); err != nil {
			t.Fatal(err)
		}
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		inMemory(t, begun(path, "kernel"), errForeign.Error())
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
			t.Errorf("%s: the file has changed (%v)", mark, err)
		}
	}
}

func TestNewerSchema(t *testing.T) {
	path := tempFile(t)
	f, err := openFile(path, append(slices.Clone(migrations), "CREATE TABLE future (x)"))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.close(); err != nil {
		t.Fatal(err)
	}
	inMemory(t, begun(path, "kernel"), errNewer.Error(), "version 2, and 1 is the latest")
}

func TestMigration(t *testing.T) {
	path := tempFile(t)
	s := begun(path, "kernel")
	begin(t, s.Book(), "a")
	closeQuietly(t, s)

	wrong := append(slices.Clone(migrations), "ALTER TABLE cell ADD COLUMN seconds REAL; CREATE TABLE cell (x)")
	if _, err := openFile(path, wrong); err == nil || !strings.Contains(err.Error(), "from version 1 to the next") {
		t.Errorf("a step that fails: %v", err)
	}
	next := append(slices.Clone(migrations), "ALTER TABLE cell ADD COLUMN seconds REAL", "UPDATE cell SET seconds = 2")
	for range 2 { // once is enough
		f, err := openFile(path, next)
		if err != nil {
			t.Fatal(err)
		}
		version, err := f.number("PRAGMA user_version")
		if err != nil || version != 3 {
			t.Errorf("version %d, %v; want 3", version, err)
		}
		seconds, err := f.number("SELECT seconds FROM cell WHERE input = 'a'")
		if err != nil || seconds != 2 {
			t.Errorf("seconds %d, %v; want 2", seconds, err)
		}
		if err := f.close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSchemaIsKept holds the first version of the tables: files of it exist.
func TestSchemaIsKept(t *testing.T) {
	path := tempFile(t)
	database(t, path, tables+"INSERT INTO session VALUES (1, 'old', ''); INSERT INTO cell VALUES (1, 1, 'a', 'b');")
	s := keep(t, path, "new")
	begin(t, s.Book(), "c")
	expect(t, s.Book(), wire.HistoryRequest{Output: true}, `[[1,1,["a","b"]],[2,1,["c",null]]]`)
}

// damaged is the one file that was moved aside.
func damaged(t *testing.T, path string) []byte {
	t.Helper()
	found, err := filepath.Glob(path + ".damaged-*")
	if err != nil || len(found) != 1 {
		t.Fatalf("moved aside are %q (%v) of %q, want one file", found, err, names(t, filepath.Dir(path)))
	}
	content, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestCorruptFileIsMovedAside(t *testing.T) {
	whole := tempFile(t)
	s := begun(whole, "kernel")
	for i := range 400 {
		if err := s.Book().Begin(i+1, strings.Repeat("some code ", 20))(); err != nil {
			t.Fatal(err)
		}
	}
	closeQuietly(t, s)
	good, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	scribbled := slices.Clone(good)
	for i := 4096; i < len(scribbled); i++ {
		scribbled[i] = 0xa5
	}
	for name, content := range map[string][]byte{
		"no database": []byte(strings.Repeat("this is a text\n", 100)),
		"scribbled":   scribbled,
		"cut":         good[:4096],
	} {
		t.Run(name, func(t *testing.T) {
			path := tempFile(t)
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			s := begun(path, "kernel")
			var warnings []string
			for line := range 3 {
				if err := s.Book().Begin(line+1, "new")(); err != nil {
					warnings = append(warnings, err.Error())
				}
				written(t, s)
			}
			if err := s.Close(); err != nil {
				warnings = append(warnings, err.Error())
			}
			if len(warnings) != 1 || !strings.Contains(warnings[0], "it has been moved to "+path+".damaged-") {
				t.Errorf("warnings: %q", warnings)
			}
			if !bytes.Equal(damaged(t, path), content) {
				t.Error("what was moved aside is not what was there")
			}
			s = keep(t, path, "next")
			expect(t, s.Book(), all, `[[1,1,"new"],[1,2,"new"],[1,3,"new"]]`)
		})
	}
}

// TestQuestionMeetsCorruption: the page that is broken is one that only a
// question reads.
func TestQuestionMeetsCorruption(t *testing.T) {
	path := tempFile(t)
	s := begun(path, "old")
	for i := range 2000 {
		if err := s.Book().Begin(i+1, strings.Repeat("some code ", 20))(); err != nil {
			t.Fatal(err)
		}
	}
	closeQuietly(t, s)
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(bytes.Repeat([]byte{0xa5}, 40*4096), 20*4096); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}

	s = begun(path, "new")
	begin(t, s.Book(), "a")
	if got := find(t, s.Book(), all); !strings.HasSuffix(got, `,1,"a"]]`) || strings.Count(got, "[") != 2 {
		t.Errorf("from memory came %.200s", got)
	}
	var warnings []string
	for line := 2; len(warnings) == 0 && line < 100; line++ { // the writer may be at it
		if err := s.Book().Begin(line, "b")(); err != nil {
			warnings = append(warnings, err.Error())
		}
		written(t, s)
	}
	if len(warnings) != 1 || !strings.Contains(warnings[0], "it has been moved to ") {
		t.Errorf("warnings: %q", warnings)
	}
	damaged(t, path)
	if got := find(t, s.Book(), this); !strings.HasPrefix(got, `[[1,1,"a"],[1,2,"b"]`) {
		t.Errorf("of this session %.200s is left", got)
	}
	closeQuietly(t, s)
}

func TestMovedAsideOnlyOnce(t *testing.T) {
	path := tempFile(t)
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	opened, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if moved, err := moveAside(path, opened); err != nil || moved == "" {
		t.Fatalf("moved to %q, %v", moved, err)
	}
	if moved, err := moveAside(path, opened); err != nil || moved != "" {
		t.Errorf("what is not there was moved to %q, %v", moved, err)
	}
	if err := os.WriteFile(path, []byte("another kernel's"), 0o600); err != nil {
		t.Fatal(err)
	}
	if moved, err := moveAside(path, opened); err != nil || moved != "" {
		t.Errorf("another kernel's new file was moved to %q, %v", moved, err)
	}
}

// locked locks the file as another kernel that writes does.
func locked(t *testing.T, path string) (unlock func()) {
	t.Helper()
	f, err := openFile(path, migrations)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.exec("BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := errors.Join(f.exec("COMMIT"), f.close()); err != nil {
			t.Error(err)
		}
	}
}

func TestLockedForLong(t *testing.T) {
	path := tempFile(t)
	unlock := locked(t, path)
	defer unlock()
	l := patientLimits()
	l.patience = 0
	s := open(path, "kernel", l)
	inMemory(t, s, "another program has locked it")
}

func TestLockedForAWhile(t *testing.T) {
	path := tempFile(t)
	unlock := locked(t, path)
	s := begun(path, "kernel")
	begin(t, s.Book(), "a", "b", "c") // nobody waits until they are written
	s.Book().Output(3, "three")
	unlock()
	written(t, s)
	closeQuietly(t, s)

	s = keep(t, path, "next")
	expect(t, s.Book(), wire.HistoryRequest{Output: true}, `[[1,1,["a",null]],[1,2,["b",null]],[1,3,["c","three"]]]`)
}

func TestLockedAtTheEnd(t *testing.T) {
	path := tempFile(t)
	s := begun(path, "kernel")
	begin(t, s.Book(), "a")
	written(t, s)
	unlock := locked(t, path)
	defer unlock()
	s.put(entry{book: s.main, line: 2, input: "b", begins: true})
	if err := s.Close(); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a cell is lost, and the end says %v", err)
	}
}

// TestUnreadable: the database breaks under a question in a way that is no corruption.
func TestUnreadable(t *testing.T) {
	s := begun(tempFile(t), "kernel")
	begin(t, s.Book(), "a")
	written(t, s)
	s.couldNotRead(context.Background(), s.db, errors.New("out of luck"))
	err := s.Book().Begin(2, "b")()
	if err == nil || !strings.Contains(err.Error(), "out of luck") {
		t.Errorf("warning: %v", err)
	}
	closeQuietly(t, s)
}

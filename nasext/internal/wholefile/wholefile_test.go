package wholefile_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/nascent-go/nascent/nasext/internal/wholefile"
)

// What fails leaves the file as it was, and nothing beside it.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	failure := errors.New("no room")
	for _, c := range []struct {
		text string
		err  error
		want string
	}{{"one", nil, "one"}, {"ha", failure, "one"}, {"two", nil, "two"}} {
		err := wholefile.Write(path, func(w io.Writer) error {
			_, err := io.WriteString(w, c.text)
			return errors.Join(err, c.err)
		})
		if !errors.Is(err, c.err) {
			t.Errorf("writing %q: got %v, want %v", c.text, err, c.err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != c.want {
			t.Errorf("after %q the file is %q, %v; want %q", c.text, got, err, c.want)
		}
		if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
			t.Errorf("after %q there are %v, %v; want one file", c.text, files, err)
		}
	}
	if err := wholefile.Write(filepath.Join(dir, "none", "file"), func(io.Writer) error { return nil }); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("in a folder that isn't there: got %v", err)
	}
}

package conformance_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// The blocks of Go in README.md are one notebook, which runs in an empty folder.
func TestReadmeRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for some seconds")
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var cells []string
	for _, block := range regexp.MustCompile("(?s)```go\n(.*?)```").FindAllSubmatch(text, -1) {
		cells = append(cells, string(block[1]))
	}
	if len(cells) < 5 {
		t.Fatalf("README.md has %d blocks of Go", len(cells))
	}
	dir := t.TempDir()
	if got := nascent(t, dir, "", "run", book(t, dir, "readme.ipynb", false, cells...)); got.status != 0 {
		t.Errorf("%+v", got)
	}
}

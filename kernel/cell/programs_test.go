package cell

import (
	"flag"
	"go/build"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestPrograms runs whole programs. What they print was written by the Go tool chain.
func TestPrograms(t *testing.T) {
	testPrograms(t, programs(t), newNotebook)
}

// TestForced: some of the programs and cells, with all that can be machine code compiled.
// The flag -tier=all makes it all of them (make tier-test).
func TestForced(t *testing.T) {
	var some []string
	for i, file := range programs(t) {
		if i%4 == 0 {
			some = append(some, file)
		}
	}
	open := func(t testing.TB) *notebook {
		nb := newNotebook(t)
		nb.env.SetTier(TierAll)
		return nb
	}
	testPrograms(t, some, open)
	testCells(t, cellFiles("control", "generics", "panics", "redefine", "toplevel", "traces"), open)
}

// programs are the files of whole programs.
func programs(t *testing.T) []string {
	files, err := filepath.Glob("testdata/programs/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no programs", err)
	}
	return files
}

// testPrograms runs programs, each in a notebook of its own.
func testPrograms(t *testing.T, files []string, open func(testing.TB) *notebook) {
	testFlags := flag.CommandLine // a program gets another one
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".go"), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(file, ".go") + ".out")
			if err != nil {
				t.Fatal(err)
			}
			got := open(t).run(string(src))
			flag.CommandLine = testFlags
			g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
			for i := range max(len(g), len(w)) {
				if i >= len(g) || i >= len(w) || g[i] != w[i] {
					t.Fatalf("line %d of the output:\n%s\n--- not\n%s", i+1, strings.Join(g[min(i, len(g)):], "\n"), strings.Join(w[min(i, len(w)):], "\n"))
				}
			}
		})
	}
}

// testdata/known.txt names the programs of Go's own test directory that nascent exec
// fails, a path and the reason on each line, in the order of the paths. None of them
// prints something wrong and exits with 0.
func TestKnownFailures(t *testing.T) {
	data, err := os.ReadFile("testdata/known.txt")
	if err != nil {
		t.Fatal(err)
	}
	programs := filepath.Join(build.Default.GOROOT, "test")
	_, err = os.Stat(programs) // some installations of Go are without them
	there := err == nil
	var paths []string
	for line := range strings.Lines(string(data)) {
		file, reason, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok || !strings.HasSuffix(file, ".go") || reason == "" || reason != strings.TrimSpace(reason) || strings.Contains(reason, "\t") {
			t.Errorf("%q is no path, tab, reason", line)
		}
		if _, err := os.Stat(filepath.Join(programs, filepath.FromSlash(file))); there && err != nil {
			t.Error(err)
		}
		paths = append(paths, file)
	}
	if !slices.IsSorted(paths) || len(slices.Compact(slices.Clone(paths))) != len(paths) {
		t.Errorf("not in order, or twice: %v", paths)
	}
}

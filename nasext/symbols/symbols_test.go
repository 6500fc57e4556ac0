package symbols

import (
	"errors"
	"go/build"
	"io/fs"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const nasext = "github.com/nascent-go/nascent/nasext"

func TestTablesAreFresh(t *testing.T) {
	out, err := exec.Command("go", "run", "github.com/nascent-go/nascent/kernel/cell/library/gen", "-check", ".").CombinedOutput()
	if err != nil {
		t.Errorf("run go generate ./nasext/symbols\n%s", out)
	}
}

// TestEveryPackageHasATable also makes the go command look at the folders of
// nasext before it takes the result of an earlier run for that of this one.
func TestEveryPackageHasATable(t *testing.T) {
	found := map[string]bool{}
	err := filepath.WalkDir("..", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !d.IsDir() {
			return nil
		}
		if name := d.Name(); name == "testdata" || name == "internal" || name == "symbols" {
			return filepath.SkipDir
		}
		p, err := build.ImportDir(file, 0)
		if noGo := new(build.NoGoError); errors.As(err, &noGo) || err == nil && p.Name == "main" {
			return nil
		} else if err != nil {
			return err
		}
		rel, err := filepath.Rel("..", file)
		if err != nil {
			return err
		}
		at := path.Join(nasext, filepath.ToSlash(rel))
		if tests := slices.ContainsFunc(append(p.Imports, at), isForTests); tests {
			if Table(at) != nil {
				t.Errorf("%s, which is for tests, has a table", at)
			}
			return nil
		}
		found[at] = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for p := range found {
		if len(Table(p)) == 0 {
			t.Errorf("%s has no table", p)
		}
	}
	if !found[nasext+"/arch"] {
		t.Error("no folder of nasext was found")
	}
	if Table("fmt") != nil {
		t.Error("fmt has a table here")
	}
}

// isForTests: a package of nasext helps the tests of others, by its name.
func isForTests(path string) bool {
	return strings.HasPrefix(path, nasext) && strings.HasSuffix(path, "test")
}

func TestData(t *testing.T) {
	if !strings.HasPrefix(Data(), "NASCLIB1") {
		t.Error("the archive does not begin with its mark")
	}
}

package lower_test

import (
	"bytes"
	"context"
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/traefik/yaegi/interp"

	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/cell/library"
)

// plainFile names, in the environment, the program that this process is to run by
// yaegi alone, instead of tests.
const plainFile = "NASCENT_PLAIN_YAEGI"

func TestMain(m *testing.M) {
	if file := os.Getenv(plainFile); file != "" {
		if err := plain(file); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// plain runs a program by yaegi alone, with the symbols that cells have.
func plain(file string) error {
	debug.SetMaxStack(32 << 20) // one defect is a recursion without end
	lib, err := library.Std()
	if err != nil {
		return err
	}
	cells, err := readCells(file)
	if err != nil {
		return err
	}
	it := interp.New(interp.Options{})
	for _, src := range cells {
		text := src
		if !strings.HasPrefix(text, "package ") {
			text = "package main\n" + text
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, text, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, imp := range f.Imports {
			p, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				return err
			}
			if err := it.Use(interp.Exports{p + "/" + path.Base(p): lib.Values(p)}); err != nil {
				return err
			}
		}
		if _, err := it.Eval(src); err != nil {
			return err
		}
	}
	return nil
}

// readCells reads a program, or cells with --- between them.
func readCells(file string) ([]string, error) {
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return strings.Split(string(src), "\n---\n"), nil
}

// lowered runs cells as Nascent does.
func lowered(t *testing.T, cells []string) string {
	t.Helper()
	lib, err := library.Std()
	if err != nil {
		t.Fatal(err)
	}
	env, err := cell.New(lib)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for i, src := range cells {
		if _, err := env.Run(t.Context(), cell.Input{Number: i + 1, Source: src, Stdout: &out, Stderr: &out}); err != nil {
			fmt.Fprintln(&out, err)
		}
	}
	return out.String()
}

// row is one defect in the table of the package's documentation.
type row struct {
	files   []string // of the step that cures it
	program string
}

// table reads the table: a line with the files of a step and what it does, then one,
// further in, for each defect, that begins with the name of the program.
func table(t *testing.T) (rows []row, doc string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "doc.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	doc = f.Doc.Text()
	var files []string
	for l := range strings.Lines(doc) {
		name, text, ok := strings.Cut(strings.TrimSpace(l), " ")
		switch {
		case !strings.HasPrefix(l, "\t"):
		case !strings.HasPrefix(l, "\t\t"):
			list, _, _ := strings.Cut(strings.TrimSpace(l), ": ")
			files = strings.Split(list, ", ")
		case !ok || strings.TrimSpace(text) == "":
			t.Errorf("%s: the table does not say what the defect is", name)
		default:
			rows = append(rows, row{files, name})
		}
	}
	return rows, doc
}

// The table and the programs are those of each other, and the documentation tells of
// every file.
func TestTable(t *testing.T) {
	rows, doc := table(t)
	named := map[string]bool{}
	for _, r := range rows {
		if named[r.program] {
			t.Errorf("%s is in the table twice", r.program)
		}
		named[r.program] = true
		for _, file := range r.files {
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s: %v", r.program, err)
			}
		}
	}
	programs := map[string]bool{}
	for _, pattern := range []string{"testdata/defects/*.go", "testdata/defects/*.txt"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			programs[strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))] = true
		}
	}
	if !maps.Equal(named, programs) {
		t.Errorf("the table names\n%s\nand there are\n%s", slices.Sorted(maps.Keys(named)), slices.Sorted(maps.Keys(programs)))
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !strings.HasSuffix(file, "_test.go") && file != "doc.go" && !strings.Contains(doc, file) {
			t.Errorf("the documentation does not say what %s is for", file)
		}
	}
}

// TestDefects runs each program of the table as Nascent does, which prints what Go
// prints, and by yaegi alone, which does not: a step whose defects are gone from a new
// version may go too.
func TestDefects(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	rows, _ := table(t)
	for _, r := range rows {
		t.Run(r.program, func(t *testing.T) {
			file := filepath.Join("testdata/defects", r.program+".go")
			if _, err := os.Stat(file); err != nil {
				file = filepath.Join("testdata/defects", r.program+".txt")
			}
			cells, err := readCells(file)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(filepath.Join("testdata/defects", r.program+".out"))
			if err != nil {
				t.Fatal(err)
			}
			if got := lowered(t, cells); got != string(want) {
				t.Errorf("Nascent prints\n%s\nGo prints\n%s", got, want)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, self)
			cmd.Env = append(os.Environ(), plainFile+"="+file)
			if out, err := cmd.CombinedOutput(); err == nil && bytes.Equal(out, want) {
				t.Errorf("yaegi alone prints what Go prints: does anything still need what %s does for this program?", strings.Join(r.files, ", "))
			}
		})
	}
}

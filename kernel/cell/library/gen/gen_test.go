package main

import (
	"go/constant"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// module makes a module with the given files; "tables/" is where gen is to write.
func module(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	files["go.mod"] = "module example.com/m\n\ngo 1.26\n"
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const apple = `// Package apple grows.
package apple

import "io"

// Core is what remains.
type Core struct {
	Seeds int // in it
	worm  bool
}

// Eat eats.
func (c *Core) Eat(r io.Reader, more ...[]byte) (n int, err error) { return 0, nil }

type Eater interface {
	Eat(r io.Reader, more ...[]byte) (n int, err error)
	String() string
	Stop()
}

type Sealed interface{ seal() }

type Number interface{ ~int | ~float64 }

func Sum[N Number](a, b N) N { return a + b }

const (
	Big   = 1 << 100
	Third = 1.0 / 3
	Name  = "apple"
	Yes   = true
	Typed Core2 = 7
)

type Core2 uint8

var Red = "red"
`

func TestGenerate(t *testing.T) {
	dir := module(t, map[string]string{
		"apple/apple.go":       apple,
		"apple/internal/x.go":  "package internal\n",
		"appletest/apple.go":   "package appletest\n\nconst Ripe = 1\n",
		"check/check.go":       "package check\n\nimport \"example.com/m/appletest\"\n\nconst Ripe = appletest.Ripe\n",
		"cmd/main.go":          "package main\n\nfunc main() {}\n",
		"tables/packages.txt":  "example.com/m/... # all\n",
		"tables/doc.go":        "package tables\n",
		"tables/tables_old.go": header + "package tables\n\nvar _ = undefined\n",
		"tables/tables_own.go": "package tables\n\n// written by hand\n",
	})
	tables := filepath.Join(dir, "tables")
	if err := run(tables, false, false); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(tables, "tables_example_com_m_apple.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`{"Big", "1267650600228229401496703205376", untypedInt}`,
		`{"Name", "\"apple\"", untypedString}`,
		`{"Yes", p.Yes, value}`,
		`{"Typed", p.Typed, value}`,
		`{"Red", &p.Red, variable}`,
		`{"Core", (*p.Core)(nil), value}`,
		`{"_Eater", (*_example_com_m_apple_Eater)(nil), value}`,
		`WEat    func(a0 io.Reader, a1 ...[]byte) (int, error)`,
		`return W.WEat(a0, a1...)`,
		`func (W _example_com_m_apple_Eater) Stop()`,
	} {
		if !strings.Contains(string(b), want) {
			t.Errorf("the table lacks %s", want)
		}
	}
	for _, not := range []string{"Sum", "Number", "_Sealed", "worm"} {
		if strings.Contains(string(b), not) {
			t.Errorf("the table has %s", not)
		}
	}
	if made, err := filepath.Glob(filepath.Join(tables, "tables_example_com_*.go")); err != nil || len(made) != 1 {
		t.Errorf("tables %v (%v), want that of apple alone", made, err)
	}
	if _, err := os.Stat(filepath.Join(tables, "tables_old.go")); err == nil {
		t.Error("a file of an earlier run is still there")
	}
	if _, err := os.Stat(filepath.Join(tables, "tables_own.go")); err != nil {
		t.Error("a file written by hand is gone")
	}
	cmd := exec.Command("go", "vet", "./tables")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("the tables do not compile: %s", out)
	}
	if t.Failed() {
		t.Logf("%s", b)
	}
}

func TestCheck(t *testing.T) {
	dir := module(t, map[string]string{
		"apple/apple.go":      apple,
		"tables/packages.txt": "example.com/m/...\n",
		"tables/doc.go":       "package tables\n",
	})
	tables := filepath.Join(dir, "tables")
	check := func(want string) {
		t.Helper()
		err := run(tables, true, false)
		if want == "" && err != nil {
			t.Errorf("check fails: %v", err)
		}
		if want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("check says %v, want an error with %q", err, want)
		}
	}
	edit := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	check("run go generate")
	if err := run(tables, false, false); err != nil {
		t.Fatal(err)
	}
	check("")
	edit("apple/apple.go", strings.Replace(apple, "worm  bool", "worm, leaf int", 1))
	check("") // an unexported field
	edit("apple/apple.go", strings.Replace(apple, "Seeds int", "Seeds uint", 1))
	check("apple: its exported API has changed")
	edit("apple/apple.go", apple)
	edit("pear/pear.go", "package pear\n")
	check("pear: not in the tables")
	if err := os.RemoveAll(filepath.Join(dir, "pear")); err != nil {
		t.Fatal(err)
	}
	edit("apple/apple.go", strings.Replace(apple, "Seeds int", "Seeds nothing", 1))
	check("not every package compiles")
	if err := run(tables, false, true); err != nil {
		t.Errorf("-e does not leave out a package that does not compile: %v", err)
	}
}

func TestConfigErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                "names no package",
		"# only a note\n": "names no package",
		"fmt\nsource\n":   `"source" wants import paths`,
	} {
		file := filepath.Join(t.TempDir(), "packages.txt")
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := readConfig(file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want an error with %q", text, err, want)
		}
	}
	if _, err := readConfig(filepath.Join(t.TempDir(), "packages.txt")); err == nil {
		t.Error("no error without packages.txt")
	}
}

func TestFloatTextReadsBack(t *testing.T) {
	rat := func(a, b int64) constant.Value {
		return constant.BinaryOp(constant.MakeInt64(a), token.QUO, constant.MakeInt64(b))
	}
	for _, v := range []constant.Value{
		rat(1, 8), rat(-5, 2), rat(1, 1<<40),
		constant.MakeFromLiteral("3.14159265358979323846264338327950288419716939937510582097494459", token.FLOAT, 0),
		constant.MakeFromLiteral("0x1p-1074", token.FLOAT, 0),
		constant.MakeFromLiteral("0x1p1023", token.FLOAT, 0),
	} {
		text := floatText(v)
		neg := strings.HasPrefix(text, "-")
		back := constant.MakeFromLiteral(strings.TrimPrefix(text, "-"), token.FLOAT, 0)
		if neg {
			back = constant.UnaryOp(token.SUB, back, 0)
		}
		if !constant.Compare(back, token.EQL, v) {
			t.Errorf("%s reads back as %s", v.ExactString(), back.ExactString())
		}
	}
}

func TestBlankKeepsLines(t *testing.T) {
	const text = `package x

import (
	"fmt"
	"os"
)

func A() {
	os.Exit(1)
}

func B() { fmt.Println() }

var c = os.Args

var d, e = 1, 2
`
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "x.go", text, 0)
	if err != nil {
		t.Fatal(err)
	}
	got := blank(fset, f, text, dropNamed(map[string]bool{"A": true, "c": true, "d": true}))
	for i, line := range strings.Split(got, "\n") {
		want := strings.Split(text, "\n")[i]
		if i == 4 || i >= 7 && i <= 9 || i == 13 {
			want = ""
		}
		if strings.TrimSpace(line) != strings.TrimSpace(want) {
			t.Errorf("line %d is %q, want %q", i+1, line, want)
		}
	}
	if len(got) != len(text) {
		t.Errorf("%d bytes, want %d", len(got), len(text))
	}
}

func TestTableFileNames(t *testing.T) {
	o := &output{name: "std"}
	conf := &config{platform: []string{"syscall"}}
	for path, want := range map[string]string{
		"net/http":               "std_net_http.go",
		"example.com/a-b/test":   "std_example_com_a_b_test_.go",
		"example.com/x/windows":  "std_example_com_x_windows_.go",
		"syscall":                "std_syscall_" + platform() + ".go",
		ourModule + "/nasext/nn": "std_nasext_nn.go",
	} {
		if got := o.tableFileName(conf, &pkg{path: path}); got != want {
			t.Errorf("the table of %s is in %s, want %s", path, got, want)
		}
	}
	if otherPlatform("std_syscall_"+platform()+".go") || !otherPlatform("std_syscall_plan9_386.go") || otherPlatform("std_fmt.go") {
		t.Error("files of other platforms are not told from ours")
	}
}

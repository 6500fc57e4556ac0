package conformance_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A notebook as other tools read it.
type ipynb struct {
	Format   int            `json:"nbformat"`
	Minor    int            `json:"nbformat_minor"`
	Metadata map[string]any `json:"metadata"`
	Cells    []ipynbCell    `json:"cells"`
}

type ipynbCell struct {
	Type    string         `json:"cell_type"`
	ID      string         `json:"id"`
	Meta    map[string]any `json:"metadata"`
	Source  lines          `json:"source"`
	Count   *int           `json:"execution_count"`
	Outputs []ipynbOutput  `json:"outputs"`
}

type ipynbOutput struct {
	Type  string `json:"output_type"`
	Name  string `json:"name"`
	Text  lines  `json:"text"`
	Value string `json:"evalue"`
}

// lines is a text that may be stored as a list of its lines.
type lines string

func (l *lines) UnmarshalJSON(b []byte) error {
	var list []string
	if json.Unmarshal(b, &list) == nil {
		*l = lines(strings.Join(list, ""))
		return nil
	}
	return json.Unmarshal(b, (*string)(l))
}

// book writes a notebook with these code cells; the first may carry the tag
// parameters.
func book(t *testing.T, dir, name string, parameters bool, cells ...string) string {
	t.Helper()
	nb := map[string]any{"nbformat": 4, "nbformat_minor": 5, "metadata": map[string]any{}}
	list := []any{}
	for i, src := range cells {
		meta := map[string]any{}
		if parameters && i == 0 {
			meta["tags"] = []string{"parameters"}
		}
		list = append(list, map[string]any{"cell_type": "code", "id": "c" + string(rune('a'+i)), "metadata": meta,
			"source": src, "outputs": []any{}, "execution_count": nil})
	}
	nb["cells"] = list
	text, err := json.Marshal(nb)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func readBook(t *testing.T, file string) ipynb {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var nb ipynb
	if err := json.Unmarshal(text, &nb); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if nb.Format != 4 || nb.Minor < 5 || nb.Metadata["kernelspec"] == nil || nb.Metadata["language_info"] == nil {
		t.Errorf("%s: nbformat %d.%d, metadata %v", file, nb.Format, nb.Minor, nb.Metadata)
	}
	return nb
}

// told is the outputs of a cell in a line.
func (c ipynbCell) told() string {
	var parts []string
	for _, o := range c.Outputs {
		parts = append(parts, o.Type+" "+o.Name+o.Value+string(o.Text))
	}
	return strings.Join(parts, "|")
}

func (nb ipynb) wants(t *testing.T, cells ...string) {
	t.Helper()
	if len(nb.Cells) != len(cells) {
		t.Fatalf("%d cells, want %d", len(nb.Cells), len(cells))
	}
	for i, c := range nb.Cells {
		if !strings.Contains(c.told(), cells[i]) || cells[i] == "" && c.told() != "" {
			t.Errorf("cell %d tells %q, want %q", i+1, c.told(), cells[i])
		}
	}
}

func TestRunWritesWhatCellsTell(t *testing.T) {
	dir := t.TempDir()
	in := book(t, dir, "in.ipynb", false, "x := 6 * 7\nfmt.Println(x)", "fmt.Fprint(os.Stderr, \"to stderr\")\nx", "")
	before, err := os.ReadFile(in)
	if err != nil {
		t.Fatal(err)
	}
	got := nascent(t, dir, "", "run", "in.ipynb", "--html", "pages/new/in.html")
	if got.status != 0 || got.stdout != "" || !strings.Contains(got.stderr, "[2/2]") || !strings.HasSuffix(got.stderr, "wrote in.out.ipynb\nwrote pages/new/in.html\n") {
		t.Errorf("%+v", got)
	}
	readBook(t, filepath.Join(dir, "in.out.ipynb")).wants(t, "stream stdout42\n", "stream stderrto stderr|execute_result ", "")
	page, err := os.ReadFile(filepath.Join(dir, "pages", "new", "in.html"))
	if err != nil || !bytes.Contains(page, []byte("to stderr")) {
		t.Errorf("page: %.200s, %v", page, err)
	}
	if after, err := os.ReadFile(in); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the notebook itself was changed: %v", err)
	}
	// in place
	if got := nascent(t, dir, "", "run", "in.ipynb", "-o", "in.ipynb"); got.status != 0 {
		t.Errorf("%+v", got)
	}
	readBook(t, in).wants(t, "stream stdout42\n", "stream stderrto stderr|execute_result ", "")
}

func TestRunWithoutCode(t *testing.T) {
	dir := t.TempDir()
	for name, cells := range map[string]string{
		"empty.ipynb": "[]",
		"text.ipynb":  `[{"cell_type": "markdown", "metadata": {}, "source": "# Only *text*"}]`,
	} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(`{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": `+cells+`}`), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := nascent(t, dir, "", "run", file, "-o", file, "--html", file+".html"); got.status != 0 || got.stderr != "wrote "+file+"\nwrote "+file+".html\n" {
			t.Errorf("%s: %+v", name, got)
		}
		readBook(t, file)
	}
	page, err := os.ReadFile(filepath.Join(dir, "text.ipynb.html"))
	if err != nil || !bytes.Contains(page, []byte("<em>text</em>")) {
		t.Errorf("page: %v", err)
	}
}

func TestRunWithParameters(t *testing.T) {
	dir := t.TempDir()
	book(t, dir, "in.ipynb", true, "n := 3\nname := \"Bob\"\nconst k = 4\nvar wait time.Duration = time.Second", "fmt.Println(n, name, k, wait)")
	got := nascent(t, dir, "", "run", "in.ipynb", "-o", "out.ipynb", "-p", "n=5", "-p", "name=Ada = L., \"B\"", "-p", "k=7", "-p", "wait=3*time.Minute")
	if got.status != 0 {
		t.Fatalf("%+v", got)
	}
	readBook(t, filepath.Join(dir, "out.ipynb")).wants(t, "", "", "stdout5 Ada = L., \"B\" 7 3m0s\n")
	book(t, dir, "none.ipynb", false, "n := 3")
	for _, tt := range []struct {
		args, wants []string
	}{
		{[]string{"in.ipynb", "-p", "m=1"}, []string{`parameter "m"`, "does not declare it, but these: k, n, name, wait"}},
		{[]string{"in.ipynb", "-p", "n=1; panic(0)"}, []string{`parameter "n"`, "is no Go expression"}},
		{[]string{"in.ipynb", "-p", "a b=1"}, []string{"a b", "name=value"}},
		{[]string{"none.ipynb", "-p", "n=1"}, []string{`no code cell has the tag "parameters"`, "Cell Tags"}},
		{[]string{"in.ipynb", "-p", "n"}, []string{`"n"`, "NAME=VALUE is expected"}},
		{[]string{"in.ipynb", "--timeout", "soon"}, []string{"soon", "timeout"}},
		{[]string{"in.ipynb", "--timeout", "-1s"}, []string{"-1s", "such as 90s"}},
	} {
		nascent(t, dir, "", append([]string{"run"}, tt.args...)...).oneError(t, tt.wants...)
	}
	// a value of the wrong type is told as a compile error of the cell that sets it
	got = nascent(t, dir, "", "run", "in.ipynb", "-o", "out.ipynb", "-p", "n=2.5")
	if got.status != 1 || !strings.Contains(got.stderr, "cell 2 of 3 (// Parameters) failed: compile error") || !strings.Contains(got.stderr, "2.5") {
		t.Errorf("%+v", got)
	}
}

// A cell that fails ends the run; what was put out until then is written.
func TestRunOfCellsThatFail(t *testing.T) {
	const first, last = `fmt.Println("first")`, `fmt.Println("last")`
	for name, tt := range map[string]struct {
		cell   string
		args   []string
		stderr []string
		cells  [2]string // what the failed cell and the last one tell
		goesOn bool      // with --allow-errors
	}{
		"panic":     {cell: "func f(n int) int { return 1 / n }\nf(0)", stderr: []string{"panic: runtime error: integer divide by zero", "line 1", "line 2", "cell 2 of 3 (func f(n int) int { return 1 / n }) failed"}, cells: [2]string{"error ", ""}, goesOn: true},
		"compile":   {cell: "x := undefined1", stderr: []string{"cell 2:1:6: undefined: undefined1"}, cells: [2]string{"error ", ""}, goesOn: true},
		"error":     {cell: `os.Open("/does/not/exist")`, stderr: []string{"open /does/not/exist: no such file or directory"}, cells: [2]string{"error ", ""}, goesOn: true},
		"exit":      {cell: "fmt.Println(\"out\")\nos.Exit(3)", stderr: []string{"exit status 3"}, cells: [2]string{"stdoutout\n|error exit status 3", ""}, goesOn: true},
		"goroutine": {cell: "go func() { panic(\"x\") }()\nselect {}", stderr: []string{"panic: x"}, cells: [2]string{"error x", ""}, goesOn: true},
		"recursion": {cell: "fmt.Println(\"out\")\nfunc f(n int) int { return f(n+1) + 1 }\nf(0)", stderr: []string{"stack overflow", "the last call repeats until the stack is full"}, cells: [2]string{"stdoutout\n|error ", ""}, goesOn: true},
		"map":       {cell: "m := map[int]int{}\nfor range 8 { go func() { for i := 0; ; i++ { m[i%10] = i } }() }\nselect {}", stderr: []string{"fatal error: concurrent map writes"}, cells: [2]string{"error ", ""}},
		"killed":    {cell: "syscall.Kill(os.Getpid(), syscall.SIGKILL)\nselect {}", stderr: []string{"signal: killed"}, cells: [2]string{"error ", ""}},
		"loop":      {cell: "fmt.Println(\"out\")\nfor {}", args: []string{"--timeout", "500ms"}, stderr: []string{"it took longer than 500ms, which is the time that a cell may take"}, cells: [2]string{"stdoutout\n|error it took longer than 500ms", ""}},
		"wait":      {cell: "select {}", args: []string{"--timeout", "500ms"}, stderr: []string{"it took longer than 500ms"}, cells: [2]string{"error it took longer than 500ms", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			book(t, dir, "in.ipynb", false, first, tt.cell, last)
			args := append([]string{"run", "in.ipynb", "-o", "out.ipynb"}, tt.args...)
			got := nascent(t, dir, "", args...)
			if got.status != 1 || got.stdout != "" {
				t.Errorf("status %d, stdout %q", got.status, got.stdout)
			}
			for _, want := range append(tt.stderr, "[1/3]", "(failed)", "wrote out.ipynb\n", "nascent: in.ipynb: cell 2 of 3") {
				if !strings.Contains(got.stderr, want) {
					t.Errorf("stderr does not say %q:\n%s", want, got.stderr)
				}
			}
			if strings.Contains(got.stderr, "yaegi") || strings.Contains(got.stderr, "goroutine 1 ") {
				t.Errorf("stderr shows how cells are run:\n%s", got.stderr)
			}
			readBook(t, filepath.Join(dir, "out.ipynb")).wants(t, "stdoutfirst\n", tt.cells[0], tt.cells[1])

			got = nascent(t, dir, "", append(args, "--allow-errors")...)
			if want := map[bool]int{true: 0, false: 1}[tt.goesOn]; got.status != want {
				t.Errorf("--allow-errors: status %d, want %d\n%s", got.status, want, got.stderr)
			}
			if tt.goesOn {
				readBook(t, filepath.Join(dir, "out.ipynb")).wants(t, "stdoutfirst\n", tt.cells[0], "stdoutlast\n")
			}
		})
	}
}

// What can't be written is told of before the first cell runs.
func TestRunIntoPlacesThatAreNone(t *testing.T) {
	dir := t.TempDir()
	in := book(t, dir, "in.ipynb", false, "1")
	for _, tt := range []struct{ args, wants []string }{
		{[]string{"-o", dir}, []string{dir, "is a folder"}},
		{[]string{"-o", filepath.Join(in, "x.ipynb")}, []string{filepath.Join(in, "x.ipynb"), "not a directory"}},
		{[]string{"-o", "x", "--html", "x"}, []string{"can't both be written to x"}},
		{[]string{"--html", "in.ipynb"}, []string{"would replace the notebook in.ipynb"}},
	} {
		nascent(t, dir, "", append([]string{"run", "in.ipynb"}, tt.args...)...).oneError(t, tt.wants...)
	}
	if os.Getuid() != 0 {
		locked := filepath.Join(dir, "locked")
		if err := os.Mkdir(locked, 0o500); err != nil {
			t.Fatal(err)
		}
		nascent(t, dir, "", "run", "in.ipynb", "-o", "locked/x.ipynb").oneError(t, "locked/x.ipynb", "permission denied")
	}
}

func TestRunWithMuchOutput(t *testing.T) {
	dir := t.TempDir()
	book(t, dir, "in.ipynb", false, `for i := range 50_000 { fmt.Println(i, strings.Repeat("x", 95)) }`, `fmt.Print(strings.Repeat("y", 5_000_000))`)
	if got := nascent(t, dir, "", "run", "in.ipynb", "-o", "out.ipynb", "--html", "out.html"); got.status != 0 || len(got.stderr) > 1000 {
		t.Errorf("status %d, %d bytes of stderr", got.status, len(got.stderr))
	}
	cells := readBook(t, filepath.Join(dir, "out.ipynb")).Cells
	if len(cells[0].Outputs) != 1 || strings.Count(string(cells[0].Outputs[0].Text), "\n") != 50_000 {
		t.Errorf("%d outputs of the first cell", len(cells[0].Outputs))
	}
	if len(cells[1].Outputs) != 1 || len(cells[1].Outputs[0].Text) != 5_000_000 {
		t.Errorf("%d outputs of the second cell", len(cells[1].Outputs))
	}
}

// An interrupt stops the cell that runs; what was put out until then is written.
func TestRunInterrupted(t *testing.T) {
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	book(t, dir, "in.ipynb", false, `fmt.Println("first")`, "fmt.Println(\"begun\")\nfor {}", `fmt.Println("last")`)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "run", "in.ipynb", "-o", "out.ipynb")
	cmd.Dir = dir
	stderr := &onText{text: "[1/3]", do: func() {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
	}}
	cmd.Stderr = stderr
	var exit *exec.ExitError
	if err := cmd.Run(); !errors.As(err, &exit) {
		t.Fatalf("the program ended with %v", err)
	}
	if status := exit.ExitCode(); status != 130 {
		t.Errorf("status %d", status)
	}
	if !strings.Contains(stderr.String(), "cell 2 of 3") || !strings.Contains(stderr.String(), "interrupt") {
		t.Errorf("stderr:\n%s", stderr)
	}
	nb := readBook(t, filepath.Join(dir, "out.ipynb"))
	nb.wants(t, "stdoutfirst\n", "error interrupt", "")
}

// onText is a text that does something once, when it holds a part.
type onText struct {
	mu   sync.Mutex
	all  strings.Builder
	text string
	do   func()
}

func (o *onText) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all.Write(p)
	if o.do != nil && strings.Contains(o.all.String(), o.text) {
		o.do()
		o.do = nil
	}
	return len(p), nil
}

func (o *onText) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all.String()
}

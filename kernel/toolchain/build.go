package toolchain

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// Source is what a helper is built of.
type Source struct {
	Title string // what messages call it: "the native code of cell 2"
	Files []File
	// Funcs are the functions that can be called, as expressions: Sum, T.Norm, (*T).Add.
	Funcs []string
	// Stateful: it has variables, which begin anew when it does.
	Stateful bool
}

// File is Go that has its imports in common.
type File struct {
	Imports []Import // besides those among Parts
	Parts   []Part   // imports first
}

// Import is a package and its name in a file.
type Import struct{ Name, Path string }

// Part is a declaration, or several.
type Part struct {
	Text string
	Cell string // where it comes from
	Line int    // from 1
	Col  int    // in bytes, from 1
}

func (f File) text() string {
	var b strings.Builder
	b.WriteString("package main\n")
	for _, i := range f.Imports {
		fmt.Fprintf(&b, "import %s %q\n", i.Name, i.Path)
	}
	for _, p := range f.Parts {
		fmt.Fprintf(&b, "\n//line %s:%d:%d\n%s\n", p.Cell, p.Line, p.Col, p.Text)
	}
	return b.String()
}

// main is the text of the file that joins functions to package remote.
func (s Source) main() string {
	return "package main\n\nimport remote__ \"native/remote\"\n\nfunc main() {\n\tremote__.Serve(\n\t\t" + strings.Join(append(s.Funcs, ""), ",\n\t\t") + ")\n}\n"
}

// Problem is something that the tool chain says of a cell's Go.
type Problem struct {
	Cell      string
	Line, Col int
	Text      string
}

// BuildError is what the tool chain says.
type BuildError struct {
	Problems []Problem // those that have a place in a cell
	Output   string
}

func (e *BuildError) Error() string {
	if len(e.Problems) > 0 {
		return e.Problems[0].Text
	}
	return "the Go tool chain failed: " + e.Output
}

//go:embed remote/doc.go remote/errors.go remote/frame.go remote/memory.go remote/message.go remote/read.go remote/serve.go remote/type.go remote/write.go
var remoteSource embed.FS

// Build builds a helper, which is not started yet. What it needs on disk is gone when it returns.
func (g *Go) Build(ctx context.Context, s Source) (program []byte, err error) {
	dir, err := os.MkdirTemp("", "nascent-native-*")
	if err != nil {
		return nil, fmt.Errorf("making a folder to build in: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.CopyFS(dir, remoteSource); err != nil {
		return nil, fmt.Errorf("writing what is built: %w", err)
	}
	files := map[string]string{"go.mod": "module native\n\ngo " + g.language + "\n", "main.go": s.main()}
	for i, f := range s.Files {
		files[fmt.Sprintf("cell%d.go", i)] = f.text()
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return nil, fmt.Errorf("writing what is built: %w", err)
		}
	}
	exe := filepath.Join(dir, "helper.exe")
	cmd := g.command(ctx, dir, "build", "-trimpath", "-ldflags=-s -w", "-o", exe, ".")
	cmd.Env = append(cmd.Env, "GOTMPDIR="+dir)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("building %s: %w", s.Title, ctx.Err())
	case errors.As(err, &exit):
		return nil, s.complaints(string(out))
	case err != nil:
		return nil, fmt.Errorf("running %s: %w", g.path, err)
	}
	return os.ReadFile(exe)
}

var placed = regexp.MustCompile(`^(.+?):(\d+):(?:(\d+):)? (.*)$`)

// complaints reads what the tool chain says of a program that does not compile.
func (s Source) complaints(output string) error {
	cells := map[string]bool{}
	for _, f := range s.Files {
		for _, p := range f.Parts {
			cells[p.Cell] = true
		}
	}
	e := &BuildError{Output: strings.TrimSpace(output)}
	for line := range strings.Lines(output) {
		line = strings.TrimRight(line, "\r\n")
		if more, ok := strings.CutPrefix(line, "\t"); ok && len(e.Problems) > 0 {
			e.Problems[len(e.Problems)-1].Text += "\n" + more
			continue
		}
		m := placed.FindStringSubmatch(line)
		if m == nil || !cells[m[1]] {
			continue
		}
		at, _ := strconv.Atoi(m[2])
		col, _ := strconv.Atoi(m[3])
		e.Problems = append(e.Problems, Problem{Cell: m[1], Line: at, Col: max(col, 1), Text: m[4]})
	}
	return e
}

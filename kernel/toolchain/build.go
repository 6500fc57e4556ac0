package toolchain

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
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
	// Packages are all that the files import. If there are such that are not in the standard library, the
	// helper is built as a package of the module of the working directory.
	Packages []string
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

// beginFile is the file that comes before those of cells, so that its variable is the first to be set.
const beginFile = "begin.go"

// begin is the text of the file that joins functions to package remote, given its path.
func (s Source) begin(remote string) string {
	return "package main\n\nimport remote__ " + strconv.Quote(remote) + "\n\nvar serve__ = remote__.Begin()\n\nfunc main() {\n\tserve__(\n\t\t" + strings.Join(append(s.Funcs, ""), ",\n\t\t") + ")\n}\n"
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
	home, err := g.home(ctx, s.Packages, dir)
	if err != nil {
		return nil, err
	}
	if err := g.write(s, home, dir); err != nil {
		return nil, fmt.Errorf("writing what is built: %w", err)
	}
	exe := filepath.Join(dir, "helper.exe")
	cmd := g.command(ctx, home.dir, append([]string{"build", "-trimpath", "-ldflags=-s -w", "-o", exe}, home.args...)...)
	cmd.Env = append(cmd.Env, "GOTMPDIR="+dir)
	cmd.Env = append(cmd.Env, home.env...)
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

// write writes the files of a helper into dir.
func (g *Go) write(s Source, h home, dir string) error {
	// A module of an older Go doesn't make older Go of what is built.
	language := "//go:build go" + g.language + "\n\n"
	files := map[string]string{beginFile: language + s.begin(h.path+"/remote")}
	if h.overlay == "" {
		files["go.mod"] = "module " + h.path + "\n\ngo " + g.language + "\n"
	}
	for i, f := range s.Files {
		files[fmt.Sprintf("cell%d.go", i)] = language + f.text()
	}
	names, err := fs.Glob(remoteSource, "remote/*.go")
	if err != nil {
		return err
	}
	for _, name := range names {
		text, err := remoteSource.ReadFile(name)
		if err != nil {
			return err
		}
		files[name] = language + string(text)
	}
	if err := os.Mkdir(filepath.Join(dir, "remote"), 0o700); err != nil {
		return err
	}
	replace := map[string]string{}
	for name, text := range files {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			return err
		}
		replace[filepath.Join(h.dir, inModule, filepath.FromSlash(name))] = at
	}
	if h.overlay == "" {
		return nil
	}
	overlay, err := json.Marshal(struct{ Replace map[string]string }{replace})
	if err != nil {
		return err
	}
	return os.WriteFile(h.overlay, overlay, 0o600)
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

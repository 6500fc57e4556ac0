package cell

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nascent-go/nascent/kernel/cell/library"
)

// buffer is a cell's output; goroutines write to it too.
type buffer struct {
	mu    sync.Mutex
	b     bytes.Buffer
	shown int             // how much of it has been looked at
	wrote chan<- struct{} // if not nil: told when there is more
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case b.wrote <- struct{}{}:
	default:
	}
	return b.b.Write(p)
}

// rest is what has been written since rest was called last.
func (b *buffer) rest() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	text := b.b.String()[b.shown:]
	b.shown += len(text)
	return text
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// notebook runs cells one after the other.
type notebook struct {
	t    testing.TB
	env  *Env
	n    int
	outs []*buffer // of the cells so far
	late chan struct{}

	before func() // each cell, if not nil
}

// tierMode is how functions of the notebooks of all tests run.
var tierMode = TierOn

func init() { flag.Var(&tierMode, "tier", "which functions run as machine code: on, off or all") }

func newNotebook(t testing.TB) *notebook {
	t.Helper()
	lib, err := library.Std()
	if err != nil {
		t.Fatal(err)
	}
	env, err := New(lib)
	if err != nil {
		t.Fatal(err)
	}
	env.SetTier(tierMode)
	return &notebook{t: t, env: env, late: make(chan struct{}, 1)}
}

// exec runs the next cell.
func (nb *notebook) exec(ctx context.Context, out *buffer, src string) (Outcome, error) {
	nb.n++
	if nb.before != nil {
		nb.before()
	}
	return nb.env.Run(ctx, Input{Number: nb.n, Source: src, Stdout: out, Stderr: out, Stdin: strings.NewReader("first\nsecond\n")})
}

// run is what a reader sees of a cell: its output, the values of its last
// expression behind "=> ", warnings behind "! ", the failure behind "error ".
func (nb *notebook) run(src string) string {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out := &buffer{wrote: nb.late}
	nb.outs = append(nb.outs, out)
	if command, ok := strings.CutPrefix(src, "%"); ok {
		nb.n++
		return nb.command(ctx, strings.Fields(command))
	}
	o, err := nb.exec(ctx, out, src)
	return out.rest() + told(o, err)
}

// command does what %reset NAME... and %strict on|off do.
func (nb *notebook) command(ctx context.Context, words []string) string {
	if words[0] == "strict" {
		nb.env.SetStrict(words[1] == "on")
		return ""
	}
	warnings, err := nb.env.Forget(ctx, words[1:]...)
	return told(Outcome{Warnings: warnings}, err)
}

var colours = regexp.MustCompile("\x1b\\[[0-9]*m")

// later is what earlier cells have written since they ended; at least so many lines
// are waited for.
func (nb *notebook) later(lines int) string {
	var all strings.Builder
	timeout := time.After(20 * time.Second)
	for {
		for i, out := range nb.outs[:len(nb.outs)-1] {
			for l := range strings.Lines(out.rest()) {
				fmt.Fprintf(&all, "cell %d later: %s", i+1, colours.ReplaceAllString(l, ""))
			}
		}
		if strings.Count(all.String(), "\n") >= lines {
			return all.String()
		}
		select {
		case <-nb.late:
		case <-timeout:
			return all.String()
		}
	}
}

func told(o Outcome, err error) string {
	var out strings.Builder
	for _, w := range o.Warnings {
		fmt.Fprintln(&out, "!", w)
	}
	if len(o.Values) > 0 {
		out.WriteString("=>")
		for _, v := range o.Values {
			fmt.Fprintf(&out, " %v", v)
		}
		out.WriteString("\n")
	}
	if f, ok := err.(Failure); ok {
		fmt.Fprintln(&out, "error", strings.Join(f.Traceback(false), "\n"))
	} else if err != nil {
		fmt.Fprintln(&out, "error", err)
	}
	return out.String()
}

// sequence is a notebook in testdata/cells: a name behind "# ", then cells, whose
// lines begin with "> ", each followed by what it shows. A blank line ends a cell;
// blank lines of an output are written "~". What an earlier cell writes while this one
// runs, or soon after, stands behind "cell N later: ".
type sequence struct {
	name  string
	cells []step
}

type step struct {
	line     int
	src, out string
}

func readSequences(t *testing.T, file string) []sequence {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var seqs []sequence
	open := false
	for i, l := range strings.Split(string(data), "\n") {
		if name, ok := strings.CutPrefix(l, "# "); ok {
			seqs = append(seqs, sequence{name: name})
			open = false
			continue
		}
		if l == "" {
			open = false
			continue
		}
		s := &seqs[len(seqs)-1]
		if src, ok := strings.CutPrefix(l, ">"); ok {
			if !open {
				s.cells = append(s.cells, step{line: i + 1})
				open = true
			} else {
				s.cells[len(s.cells)-1].src += "\n"
			}
			s.cells[len(s.cells)-1].src += strings.TrimPrefix(src, " ")
			continue
		}
		if l == "~" {
			l = ""
		}
		s.cells[len(s.cells)-1].out += l + "\n"
	}
	return seqs
}

// TestCells holds cells to what Go says of them.
func TestCells(t *testing.T) {
	defer debug.SetMaxStack(debug.SetMaxStack(128 << 20)) // what fills a stack fills a small one
	files, err := filepath.Glob("testdata/cells/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no sequences of cells", err)
	}
	testCells(t, files, newNotebook)
}

// TestCellsSwept: to forget whatever can be forgotten before every cell changes nothing.
func TestCellsSwept(t *testing.T) {
	files := cellFiles("closures", "declarations", "dependants", "generics", "goroutines", "oldtypes", "redefine", "types")
	testCells(t, files, func(t testing.TB) *notebook {
		nb := newNotebook(t)
		nb.before = nb.sweep
		return nb
	})
}

// cellFiles are the files of sequences on some subjects.
func cellFiles(subjects ...string) (files []string) {
	for _, subject := range subjects {
		files = append(files, "testdata/cells/"+subject+".txt")
	}
	return files
}

// sweep forgets what can be forgotten now.
func (nb *notebook) sweep() {
	runtime.GC()
	nb.env.mu.Lock()
	defer nb.env.mu.Unlock()
	nb.env.enough = 0
	nb.env.sweep()
}

// testCells runs the sequences of some files, each in a notebook of its own.
func testCells(t *testing.T, files []string, open func(testing.TB) *notebook) {
	for _, file := range files {
		subject := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(subject, func(t *testing.T) {
			for _, s := range readSequences(t, file) {
				t.Run(s.name, func(t *testing.T) {
					nb := open(t)
					for _, c := range s.cells {
						got := strings.TrimRight(nb.run(c.src)+nb.later(strings.Count(c.out, " later: ")), "\n")
						if want := strings.TrimRight(c.out, "\n"); got != want {
							t.Errorf("%s:%d:\n%s\n--- shows\n%s\n--- not\n%s", file, c.line, c.src, got, want)
						}
					}
				})
			}
		})
	}
}

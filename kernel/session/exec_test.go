package session

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/cell"
)

func TestExec(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	env := &script{cells: cells{
		"echo": func(_ context.Context, in cell.Input) (cell.Outcome, error) {
			line, err := bufio.NewReader(in.Stdin).ReadString('\n')
			fmt.Fprint(in.Stdout, in.Name, ": ", line)
			fmt.Fprint(in.Stderr, "warn")
			return cell.Outcome{Values: []any{1}}, err
		},
		"show": func(_ context.Context, in cell.Input) (cell.Outcome, error) {
			show := func(op display.Op, text string) error {
				return in.Display.Emit(display.Event{Op: op, ID: "d", Bundle: display.Bundle{Data: map[string]any{display.MIMEPlain: text}}})
			}
			return cell.Outcome{}, errors.Join(show(display.OpShow, "a table\n"), show(display.OpClear, ""), show(display.OpUpdate, "b"))
		},
		"error": func(context.Context, cell.Input) (cell.Outcome, error) {
			return cell.Outcome{}, &cell.RuntimeError{Kind: "error", Message: "no such file"}
		},
		"panic": func(context.Context, cell.Input) (cell.Outcome, error) {
			return cell.Outcome{}, &cell.RuntimeError{Kind: "panic", Message: "boom", Frames: []cell.Frame{
				{Cell: "prog.go", Line: 9}, {Cell: "prog.go", Function: "f", Line: 4, Source: `panic("boom")`}}}
		},
		"exit": func(context.Context, cell.Input) (cell.Outcome, error) { return cell.Outcome{}, &cell.Exit{Code: 3} },
		"stop": func(ctx context.Context, _ cell.Input) (cell.Outcome, error) {
			<-ctx.Done()
			return cell.Outcome{}, ctx.Err()
		},
		"odd": func(context.Context, cell.Input) (cell.Outcome, error) { return cell.Outcome{}, errors.New("odd") },
	}}
	tests := []struct {
		src            string
		ctx            context.Context
		status         int
		stdout, stderr string
	}{
		{"echo", t.Context(), 0, "prog.go: hello\n", "warn"},
		{"show", t.Context(), 0, "a table\nb\n", ""},
		{"panic", t.Context(), 2, "", "panic: boom\n\nf(...)\n\tprog.go:4\nmain(...)\n\tprog.go:9\n"},
		{"error", t.Context(), 1, "", "error: no such file\n"},
		{"nonsense", t.Context(), 1, "", "compile error\nno such cell: nonsense (colour: false)\n"},
		{"\x7fELF\x00", t.Context(), 1, "", "prog.go: this is no Go file: it is not UTF-8 text\n"},
		{"\xff\xfe", t.Context(), 1, "", "prog.go: this is no Go file: it is not UTF-8 text\n"},
		{"package main\n\nfunc (t T) main() {}\n", t.Context(), 1, "", "prog.go: function main is undeclared in package main: declare it, or leave out the package clause to run statements\n"},
		{"package lib\n\nfunc main() {}\n", t.Context(), 1, "", "prog.go: package lib is no program: only package main is\n"},
		{"package main\n\nfunc main() {}\n", t.Context(), 1, "", "compile error\nno such cell: package main\n\nfunc main() {}\n (colour: false)\n"},
		{"exit", t.Context(), 3, "", ""},
		{"stop", cancelled, 130, "", "interrupted\n"},
		{"odd", t.Context(), 1, "", "odd\n"},
	}
	tests = append(tests, tests[0])
	tests[len(tests)-1].stdout = "standard input: hello\n"
	for i, tt := range tests {
		name := "prog.go"
		if i == len(tests)-1 {
			name = "-"
		}
		var out, errs bytes.Buffer
		status := Exec(tt.ctx, env, name, tt.src, Streams{In: strings.NewReader("hello\n"), Out: &out, Err: &errs})
		if status != tt.status || out.String() != tt.stdout || errs.String() != tt.stderr {
			t.Errorf("%s: status %d, stdout %q, stderr %q; want %d, %q, %q", tt.src, status, out.String(), errs.String(), tt.status, tt.stdout, tt.stderr)
		}
	}
}

package session

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/cell"
)

// Streams are the standard streams of a program.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Exit statuses of Exec, besides those that the program chooses.
const (
	statusFailed      = 1   // it does not compile, or an error reached its top level
	statusPanicked    = 2   // as the Go runtime has it
	statusInterrupted = 130 // as shells have it: 128 + SIGINT
)

// Exec runs a Go file as one cell, as if it were a program: name is what messages
// call it ("-" is standard input), it reads and writes std, and the result is its exit status. What it shows is printed as text. A
// program that does not compile or fails is told of on std.Err.
func Exec(ctx context.Context, env Environment, name, src string, std Streams) (status int) {
	if name == "-" {
		name = "standard input"
	}
	if err := noProgram(src); err != nil {
		fmt.Fprintf(std.Err, "%s: %v\n", name, err)
		return statusFailed
	}
	outcome, err := env.Run(ctx, cell.Input{
		Number: 1, Name: name, Source: src,
		Stdin: std.In, Stdout: std.Out, Stderr: std.Err, Display: display.NewTerminal(std.Out, IsTerminal(std.Out)),
	})
	for _, w := range outcome.Warnings {
		fmt.Fprintln(std.Err, "warning:", w)
	}
	if perr := printPages(outcome.Payloads, std); perr != nil && err == nil {
		err = perr
	}
	var exit *cell.Exit
	var broke *cell.RuntimeError
	var failure cell.Failure
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.Code
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		fmt.Fprintln(std.Err, "interrupted")
		return statusInterrupted
	case errors.As(err, &broke):
		fmt.Fprint(std.Err, crash(broke))
		if broke.Kind != "error" {
			return statusPanicked
		}
	case errors.As(err, &failure):
		fmt.Fprintln(std.Err, strings.Join(failure.Traceback(false), "\n"))
	default:
		fmt.Fprintln(std.Err, err)
	}
	return statusFailed
}

// noProgram says why a file can't be run as a program although it may be a cell.
func noProgram(src string) error {
	if !utf8.ValidString(src) || strings.ContainsRune(src, 0) {
		return errors.New("this is no Go file: it is not UTF-8 text")
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
	if err != nil {
		return nil // statements without a package clause; what is wrong otherwise, the cell says
	}
	if name := file.Name.Name; name != "main" {
		return fmt.Errorf("package %s is no program: only package main is", name)
	}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "main" {
			return nil
		}
	}
	return errors.New("function main is undeclared in package main: declare it, or leave out the package clause to run statements")
}

// crash tells of a panic the way the Go runtime does: what it says, then the
// calls, the innermost first.
func crash(e *cell.RuntimeError) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", e.Error())
	if len(e.Frames) > 0 {
		b.WriteString("\n")
	}
	for _, f := range slices.Backward(e.Frames) {
		function := f.Function
		if function == "" {
			function = "main"
		}
		fmt.Fprintf(&b, "%s(...)\n\t%s:%d\n", function, f.Cell, f.Line)
	}
	return b.String()
}

// IsTerminal reports whether w is a terminal: a character device.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

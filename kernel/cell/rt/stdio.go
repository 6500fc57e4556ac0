package rt

import (
	"io"
	"os"
	"reflect"
)

// cell is the cell to whose output the calling goroutine writes: its own, or, of a
// goroutine that belongs to none, that of the cell that ran last.
func (r *Runtime) cell() *Cell {
	if c := r.Current(); c != nil {
		return c
	}
	return r.last.Load()
}

// out is where fmt.Print writes.
func (r *Runtime) out() io.Writer {
	if os.Stdout != r.stdout { // the program has set it
		return os.Stdout
	}
	if c := r.cell(); c != nil && c.Stdout != nil {
		return c.Stdout
	}
	return r.stdout
}

// errOut is where print and the standard logger write.
func (r *Runtime) errOut() io.Writer {
	if os.Stderr != r.stderr {
		return os.Stderr
	}
	if c := r.cell(); c != nil && c.Stderr != nil {
		return c.Stderr
	}
	return r.stderr
}

// Stderr is where what goes to a cell's standard error is written.
func (r *Runtime) Stderr() io.Writer { return r.stdio.err }

// in is where fmt.Scan reads.
func (r *Runtime) in() io.Reader {
	if os.Stdin != r.stdin {
		return os.Stdin
	}
	if c := r.cell(); c != nil && c.Stdin != nil {
		return c.Stdin
	}
	return r.stdin
}

// stdWriter stands for os.Stdout or os.Stderr in compiled code: what is written goes
// to the cell on whose goroutine it is written.
type stdWriter struct {
	r    *Runtime
	file *os.File
}

func (w *stdWriter) target() io.Writer {
	if w.file == w.r.stderr {
		return w.r.errOut()
	}
	return w.r.out()
}

func (w *stdWriter) Write(p []byte) (int, error) { return w.target().Write(p) }

func (w *stdWriter) WriteString(s string) (int, error) { return io.WriteString(w.target(), s) }

// Sync and Close have nothing to do: output is passed on as it is written, and a cell
// can't close what the next one needs.
func (w *stdWriter) Sync() error  { return nil }
func (w *stdWriter) Close() error { return nil }

// stdReader stands for os.Stdin in compiled code.
type stdReader struct{ r *Runtime }

func (s *stdReader) Read(p []byte) (int, error) { return s.r.in().Read(p) }
func (s *stdReader) Close() error               { return nil }

// std is what stands for f if f is one of the process's standard files, else nil.
func (r *Runtime) std(f *os.File) any {
	switch {
	case f == nil:
	case f == r.stdout:
		return r.stdio.out
	case f == r.stderr:
		return r.stdio.err
	case f == r.stdin:
		return r.stdio.in
	}
	return nil
}

// stdAs is what stands for x in an interface of type t: false if x is not a standard
// file, or if what stands for it can't do what t asks for.
func (r *Runtime) stdAs(x any, t reflect.Type) (any, bool) {
	f, ok := x.(*os.File)
	if !ok || t.NumMethod() == 0 {
		return nil, false
	}
	s := r.std(f)
	return s, s != nil && reflect.TypeOf(s).Implements(t)
}

// stdFile undoes stdAs.
func (r *Runtime) stdFile(x any) any {
	switch s := x.(type) {
	case *stdWriter:
		return s.file
	case *stdReader:
		return s.r.stdin
	}
	return x
}

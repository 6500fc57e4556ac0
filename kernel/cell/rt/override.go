package rt

import (
	"fmt"
	"io"
	"reflect"
	"time"
)

// overrides are the funcs of compiled packages that rt makes itself, because they
// write or read the process's standard files, end the process, block, or look at types.
func (r *Runtime) overrides() map[symbol]override {
	m := map[symbol]override{
		{"errors", "As"}: func(a []any) []any { return []any{r.errorsAs(a[0], a[1])} },
		{"errors", "Is"}: func(a []any) []any { return []any{r.errorsIs(a[0], a[1])} },

		{"os", "Exit"}: func(a []any) []any { r.exit(a[0].(int)); return nil },

		{"runtime", "Goexit"}: func([]any) []any { panic(goexit{}) },

		{"time", "Sleep"}: func(a []any) []any { r.sleep(a[0].(time.Duration)); return nil },
	}
	r.contextOverrides(m)
	r.fmtOverrides(m)
	r.logOverrides(m)
	r.slogOverrides(m)
	r.displayOverrides(m)
	r.jsonOverrides(m)
	r.execOverrides(m)
	r.signalOverrides(m)
	r.flagOverrides(m)
	return m
}

// exit is os.Exit: it ends the cell.
func (r *Runtime) exit(code int) {
	e := &Exit{Code: code}
	if c := r.Current(); c != nil {
		c.exit(e) // at once: compiled code may catch the panic on its way
	}
	panic(e)
}

// list is the variadic argument, a slice.
func list(x any) []any {
	l, _ := x.([]any)
	return l
}

// done is the result of a func that returns a count and an error.
func (r *Runtime) done(n int, err error) []any {
	return []any{n, r.FromBin(reflect.ValueOf(err))}
}

func (r *Runtime) fmtOverrides(m map[symbol]override) {
	set := func(name string, f override) { m[symbol{"fmt", name}] = f }
	set("Print", func(a []any) []any { return r.done(fmt.Fprint(r.out(), r.fmtArgs(list(a[0]))...)) })
	set("Println", func(a []any) []any { return r.done(fmt.Fprintln(r.out(), r.fmtArgs(list(a[0]))...)) })
	set("Printf", func(a []any) []any {
		f, l := r.fmtFormat(a[0].(string), list(a[1]))
		return r.done(fmt.Fprintf(r.out(), f, l...))
	})
	set("Sprint", func(a []any) []any { return []any{fmt.Sprint(r.fmtArgs(list(a[0]))...)} })
	set("Sprintln", func(a []any) []any { return []any{fmt.Sprintln(r.fmtArgs(list(a[0]))...)} })
	set("Sprintf", func(a []any) []any {
		f, l := r.fmtFormat(a[0].(string), list(a[1]))
		return []any{fmt.Sprintf(f, l...)}
	})
	set("Append", func(a []any) []any { return []any{fmt.Append(a[0].([]byte), r.fmtArgs(list(a[1]))...)} })
	set("Appendln", func(a []any) []any { return []any{fmt.Appendln(a[0].([]byte), r.fmtArgs(list(a[1]))...)} })
	set("Appendf", func(a []any) []any {
		f, l := r.fmtFormat(a[1].(string), list(a[2]))
		return []any{fmt.Appendf(a[0].([]byte), f, l...)}
	})
	set("Fprint", func(a []any) []any { return r.done(fmt.Fprint(r.writer(a[0]), r.fmtArgs(list(a[1]))...)) })
	set("Fprintln", func(a []any) []any { return r.done(fmt.Fprintln(r.writer(a[0]), r.fmtArgs(list(a[1]))...)) })
	set("Fprintf", func(a []any) []any {
		f, l := r.fmtFormat(a[1].(string), list(a[2]))
		return r.done(fmt.Fprintf(r.writer(a[0]), f, l...))
	})
	set("Errorf", func(a []any) []any {
		return []any{r.errorf(a[0].(string), list(a[1]))}
	})
	set("Scan", func(a []any) []any { return r.done(fmt.Fscan(r.in(), r.scanArgs(list(a[0]))...)) })
	set("Scanln", func(a []any) []any { return r.done(fmt.Fscanln(r.in(), r.scanArgs(list(a[0]))...)) })
	set("Scanf", func(a []any) []any { return r.done(fmt.Fscanf(r.in(), a[0].(string), r.scanArgs(list(a[1]))...)) })
	set("Fscan", func(a []any) []any { return r.done(fmt.Fscan(r.reader(a[0]), r.scanArgs(list(a[1]))...)) })
	set("Fscanln", func(a []any) []any { return r.done(fmt.Fscanln(r.reader(a[0]), r.scanArgs(list(a[1]))...)) })
	set("Fscanf", func(a []any) []any {
		return r.done(fmt.Fscanf(r.reader(a[0]), a[1].(string), r.scanArgs(list(a[2]))...))
	})
	set("Sscan", func(a []any) []any { return r.done(fmt.Sscan(a[0].(string), r.scanArgs(list(a[1]))...)) })
	set("Sscanln", func(a []any) []any { return r.done(fmt.Sscanln(a[0].(string), r.scanArgs(list(a[1]))...)) })
	set("Sscanf", func(a []any) []any {
		return r.done(fmt.Sscanf(a[0].(string), a[1].(string), r.scanArgs(list(a[2]))...))
	})
}

// writer is a lowered io.Writer in compiled code.
func (r *Runtime) writer(x any) io.Writer {
	if s, ok := r.stdAs(x, writerType); ok {
		return s.(io.Writer)
	}
	if w, ok := x.(io.Writer); ok {
		return w
	}
	return r.as(x, writerType).(io.Writer)
}

func (r *Runtime) reader(x any) io.Reader {
	if s, ok := r.stdAs(x, readerType); ok {
		return s.(io.Reader)
	}
	if w, ok := x.(io.Reader); ok {
		return w
	}
	return r.as(x, readerType).(io.Reader)
}

// as is a lowered value as interface type t.
func (r *Runtime) as(x any, t reflect.Type) any {
	v := r.toBin(reflect.ValueOf(x), t, boxed)
	if !v.IsValid() || v.Kind() == reflect.Interface && v.IsNil() {
		Nil()
	}
	return v.Interface()
}

// methodOverride takes the receiver and lowered arguments, and returns lowered results.
type methodOverride func(recv any, a []any) []any

// methodOverrides are the methods of compiled types that end the process.
func (r *Runtime) methodOverrides() map[recvKey]methodOverride {
	m := map[recvKey]methodOverride{}
	r.flagMethods(m)
	r.loggerOverrides(m)
	r.atomicMethods(m)
	r.jsonMethods(m)
	return m
}

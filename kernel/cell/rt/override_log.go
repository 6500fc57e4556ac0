package rt

import (
	"fmt"
	"io"
	"log"
	"reflect"
)

// logDepth is how far below a lowered call the logger is called: what it shows as the
// file and line of the caller is of no use in any case.
const logDepth = 3

// logTexts are the ways in which loggers make text of lowered arguments, by the ending
// of the funcs' names.
func (r *Runtime) logTexts() map[string]func(a []any) string {
	return map[string]func(a []any) string{
		"": func(a []any) string { return fmt.Sprint(r.fmtArgs(list(a[0]))...) },
		"f": func(a []any) string {
			f, l := r.fmtFormat(a[0].(string), list(a[1]))
			return fmt.Sprintf(f, l...)
		},
		"ln": func(a []any) string { return fmt.Sprintln(r.fmtArgs(list(a[0]))...) },
	}
}

// logOverrides are the funcs of the standard logger: it writes to the cell's stderr,
// unless the program has given it another output.
func (r *Runtime) logOverrides(m map[symbol]override) {
	put := func(s string) {
		l := log.Default()
		if r.logsToProcess() {
			l = log.New(r.stdio.err, l.Prefix(), l.Flags())
		}
		l.Output(logDepth, s) //nolint:errcheck // the standard logger has no way to fail either
	}
	for name, text := range r.logTexts() {
		m[symbol{"log", "Print" + name}] = func(a []any) []any { put(text(a)); return nil }
		m[symbol{"log", "Fatal" + name}] = func(a []any) []any { put(text(a)); r.exit(1); return nil }
		m[symbol{"log", "Panic" + name}] = func(a []any) []any { s := text(a); put(s); panic(s) }
	}
	m[symbol{"log", "Default"}] = func([]any) []any { r.takeLog(); return []any{log.Default()} }
	m[symbol{"log", "Writer"}] = func([]any) []any {
		w := log.Writer()
		return []any{r.FromBin(reflect.ValueOf(&w).Elem())}
	}
}

// loggerOverrides are the methods of loggers.
func (r *Runtime) loggerOverrides(m map[recvKey]methodOverride) {
	t := reflect.TypeFor[*log.Logger]()
	put := func(l any, s string) string {
		l.(*log.Logger).Output(logDepth, s) //nolint:errcheck // as above
		return s
	}
	for name, text := range r.logTexts() {
		m[recvKey{t, "Print" + name}] = func(l any, a []any) []any { put(l, text(a)); return nil }
		m[recvKey{t, "Fatal" + name}] = func(l any, a []any) []any { put(l, text(a)); r.exit(1); return nil }
		m[recvKey{t, "Panic" + name}] = func(l any, a []any) []any { panic(put(l, text(a))) }
	}
}

func (r *Runtime) logsToProcess() bool { return log.Writer() == io.Writer(r.stderr) }

// takeLog makes the standard logger write to the cell's stderr also where compiled code
// uses it: for a program that asks for the logger itself, or for package slog.
func (r *Runtime) takeLog() {
	if r.logsToProcess() {
		log.SetOutput(r.stdio.err)
	}
}

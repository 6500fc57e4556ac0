package rt

import (
	"fmt"
	"io"
	"log"
	"log/slog"
	"reflect"
	"strings"
)

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
	std := func() *log.Logger {
		l := log.Default()
		if r.logsToProcess() {
			l = log.New(r.stdio.err, l.Prefix(), l.Flags())
		}
		return l
	}
	put := func(s string) { r.log(std(), 0, s) } //nolint:errcheck // the standard logger has no way to fail either
	for name, text := range r.logTexts() {
		m[symbol{"log", "Print" + name}] = func(a []any) []any { put(text(a)); return nil }
		m[symbol{"log", "Fatal" + name}] = func(a []any) []any { put(text(a)); r.exit(1); return nil }
		m[symbol{"log", "Panic" + name}] = func(a []any) []any { s := text(a); put(s); panic(s) }
	}
	m[symbol{"log", "Output"}] = func(a []any) []any {
		return []any{r.FromBin(reflect.ValueOf(r.log(std(), a[0].(int)-1, a[1].(string))))}
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
		r.log(l.(*log.Logger), 0, s) //nolint:errcheck // as above
		return s
	}
	m[recvKey{t, "Output"}] = func(l any, a []any) []any {
		return []any{r.FromBin(reflect.ValueOf(r.log(l.(*log.Logger), a[0].(int)-1, a[1].(string))))}
	}
	for name, text := range r.logTexts() {
		m[recvKey{t, "Print" + name}] = func(l any, a []any) []any { put(l, text(a)); return nil }
		m[recvKey{t, "Fatal" + name}] = func(l any, a []any) []any { put(l, text(a)); r.exit(1); return nil }
		m[recvKey{t, "Panic" + name}] = func(l any, a []any) []any { panic(put(l, text(a))) }
	}
}

// log makes l write s. The file and the line that it may show are those of the caller
// that is below skip others.
func (r *Runtime) log(l *log.Logger, skip int, s string) error {
	const files = log.Lshortfile | log.Llongfile
	flags := l.Flags()
	if flags&files == 0 || l.Writer() == io.Discard {
		return l.Output(1, s)
	}
	file, line := "???", 0
	if r.stack != nil {
		if _, f, n, ok := r.stack.Caller(skip); ok {
			file, line = f, n
		}
	}
	if flags&log.Lshortfile != 0 {
		file = file[strings.LastIndexByte(file, '/')+1:]
	}
	prefix, inner := l.Prefix(), ""
	if flags&log.Lmsgprefix != 0 {
		prefix, inner = "", prefix
	}
	return log.New(l.Writer(), prefix, flags&^(files|log.Lmsgprefix)).Output(1, fmt.Sprintf("%s:%d: %s%s", file, line, inner, s))
}

// slogOverrides are the makers of handlers: the source that they show is that of the
// cell's function which logs.
func (r *Runtime) slogOverrides(m map[symbol]override) {
	options := func(x any) *slog.HandlerOptions {
		opts, _ := x.(*slog.HandlerOptions)
		if opts == nil || !opts.AddSource {
			return opts
		}
		o := *opts
		replace := o.ReplaceAttr
		o.ReplaceAttr = func(groups []string, a slog.Attr) slog.Attr {
			if src, ok := a.Value.Any().(*slog.Source); ok && a.Key == slog.SourceKey && len(groups) == 0 && r.stack != nil {
				for skip, ok := 0, true; ok; skip++ {
					var s slog.Source
					if s.Function, s.File, s.Line, ok = r.stack.Caller(skip); ok && !strings.HasPrefix(s.Function, "log/slog.") {
						*src = s
						break
					}
				}
			}
			if replace != nil {
				a = replace(groups, a)
			}
			return a
		}
		return &o
	}
	m[symbol{"log/slog", "NewTextHandler"}] = func(a []any) []any { return []any{slog.NewTextHandler(r.writer(a[0]), options(a[1]))} }
	m[symbol{"log/slog", "NewJSONHandler"}] = func(a []any) []any { return []any{slog.NewJSONHandler(r.writer(a[0]), options(a[1]))} }
}

func (r *Runtime) logsToProcess() bool { return log.Writer() == io.Writer(r.stderr) }

// takeLog makes the standard logger write to the cell's stderr also where compiled code
// uses it: for a program that asks for the logger itself, or for package slog.
func (r *Runtime) takeLog() {
	if r.logsToProcess() {
		log.SetOutput(r.stdio.err)
	}
}

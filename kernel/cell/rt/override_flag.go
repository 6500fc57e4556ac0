package rt

import (
	"encoding"
	"errors"
	"flag"
	"io"
	"os"
	"reflect"
)

// flagOverrides are the funcs of package flag that end the process or look at types.
func (r *Runtime) flagOverrides(m map[symbol]override) {
	m[symbol{"flag", "Parse"}] = func([]any) []any { r.parseFlags(flag.CommandLine, os.Args[1:]); return nil }
	m[symbol{"flag", "TextVar"}] = func(a []any) []any { r.textFlag(flag.CommandLine, a); return nil }
}

func (r *Runtime) flagMethods(m map[recvKey]methodOverride) {
	t := reflect.TypeFor[*flag.FlagSet]()
	m[recvKey{t, "Parse"}] = func(fs any, a []any) []any {
		args, _ := a[0].([]string)
		return []any{r.FromBin(reflect.ValueOf(r.parseFlags(fs.(*flag.FlagSet), args)))}
	}
	m[recvKey{t, "TextVar"}] = func(fs any, a []any) []any { r.textFlag(fs.(*flag.FlagSet), a); return nil }
}

// parseFlags is fs.Parse, where leaving the process means leaving the cell.
func (r *Runtime) parseFlags(fs *flag.FlagSet, args []string) error {
	if fs.Output() == io.Writer(os.Stderr) {
		fs.SetOutput(r.stdio.err)
	}
	if fs.ErrorHandling() != flag.ExitOnError {
		return fs.Parse(args)
	}
	fs.Init(fs.Name(), flag.ContinueOnError)
	err := fs.Parse(args)
	fs.Init(fs.Name(), flag.ExitOnError)
	switch {
	case errors.Is(err, flag.ErrHelp):
		r.exit(0)
	case err != nil:
		r.exit(2)
	}
	return nil
}

// textFlag is fs.TextVar for the lowered arguments p, name, value and usage.
func (r *Runtime) textFlag(fs *flag.FlagSet, a []any) {
	p, name, value, usage := a[0], a[1].(string), a[2], a[3].(string)
	ptr := reflect.ValueOf(V(p))
	if ptr.Kind() != reflect.Pointer {
		panic("variable value type must be a pointer")
	}
	if def := dynString(value); "*"+def != dynString(p) {
		panic("default type does not match variable type: " + def + " != " + dynString(p)[1:])
	}
	ptr.Elem().Set(reflect.ValueOf(V(value)))
	set := r.as(p, reflect.TypeFor[encoding.TextUnmarshaler]()).(encoding.TextUnmarshaler)
	fs.Var(textValue{r, p, set}, name, usage)
}

// textValue is a flag whose value makes text of itself.
type textValue struct {
	r   *Runtime
	p   any // lowered, a pointer
	set encoding.TextUnmarshaler
}

// Set implements flag.Value.
func (t textValue) Set(s string) error { return t.set.UnmarshalText([]byte(s)) }

// Get implements flag.Getter.
func (t textValue) Get() any { return t.p }

// String implements flag.Value.
func (t textValue) String() string {
	var m encoding.TextMarshaler
	switch p := t.p.(type) {
	case encoding.TextMarshaler:
		m = p
	case Boxed:
		if want := reflect.TypeFor[encoding.TextMarshaler](); t.r.hasMethods(p.d, want) {
			m = t.r.wrap(p, want).Interface().(encoding.TextMarshaler)
		}
	}
	if m == nil {
		return ""
	}
	text, err := m.MarshalText()
	if err != nil {
		return ""
	}
	return string(text)
}

package rt

import (
	"fmt"
	"reflect"
	"strings"
)

// Panic is the error of a cell, or of a goroutine of it, that panicked.
type Panic struct {
	Value any    // as given to panic: a Boxed value if its type is a cell's
	Text  string // what Go prints after "panic: "; a panic that others preceded names them
	Trace []Site // the lowered functions left on the way, innermost first
}

// Error is what Go prints.
func (p *Panic) Error() string { return "panic: " + p.Text }

// Unwrap is the value if it is an error of a compiled package, else nil.
func (p *Panic) Unwrap() error {
	e, _ := p.Value.(error)
	return e
}

// newPanic describes panic p, which has left goroutine g.
func (r *Runtime) newPanic(p any, g *gstate) *Panic {
	var b strings.Builder
	for _, x := range g.earlier {
		b.WriteString(r.panicText(x.val))
		if x.recovered {
			b.WriteString(" [recovered]")
		}
		b.WriteString("\n\tpanic: ")
	}
	b.WriteString(r.panicText(p))
	e := &Panic{Value: p, Text: b.String(), Trace: g.trace}
	g.trace, g.earlier = nil, nil
	return e
}

// panicText is how Go's run time prints a panic's value: the text of an error or a
// Stringer, basic types by value, named ones with their name. Where Go prints an
// address only, the value is written in Go syntax.
func (r *Runtime) panicText(x any) string {
	text, panics := "", any(nil)
	panics, how := try(func() { text = r.panicText1(x) })
	if how == panicked { // a method of the value
		return fmt.Sprintf("%s (its method panicked: %v)", dynString(x), panics)
	}
	return strings.ReplaceAll(text, "\n", "\n\t")
}

func (r *Runtime) panicText1(x any) string {
	b, boxed := x.(Boxed)
	if !boxed {
		switch x := x.(type) {
		case error:
			return x.Error()
		case fmt.Stringer:
			return x.String()
		case string:
			return x
		}
		return panicBasic(reflect.ValueOf(x), reflect.TypeOf(x).String(), false, func() string { return fmt.Sprintf("%#v", x) })
	}
	for _, name := range [...]string{"Error", "String"} {
		if m, ok := b.d.method(name).(func(any) string); ok {
			return m(b.V)
		}
	}
	return panicBasic(reflect.ValueOf(b.V), b.d.String(), true, func() string { return r.sprintf("%#v", x) })
}

func panicBasic(v reflect.Value, name string, named bool, other func() string) string {
	switch k := v.Kind(); {
	case k == reflect.String:
		return name + `("` + v.String() + `")`
	case k >= reflect.Bool && k <= reflect.Complex128:
		s := basicText(v)
		if named || v.Type().PkgPath() != "" {
			s = name + "(" + s + ")"
		}
		return s
	}
	return other()
}

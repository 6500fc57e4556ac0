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
	place string
}

// Place is where in the cell it began, as file and line, for compiled code that
// recovers from it; empty if that isn't known.
func (p *Panic) Place() string { return p.place }

// Error is what Go prints.
func (p *Panic) Error() string { return "panic: " + p.Text }

// Unwrap is the value if it is an error of a compiled package, else nil.
func (p *Panic) Unwrap() error {
	e, _ := p.Value.(error)
	return e
}

// newPanic describes panic p, which has left goroutine g.
func (r *Runtime) newPanic(p any, g *gstate) *Panic {
	var text []string
	again := false // the panic before has this one's value
	chain := append(g.earlier, replaced{val: p})
	for i, x := range chain {
		told := again
		again = i+1 < len(chain) && same(x.val, chain[i+1].val)
		if told {
			continue
		}
		s := r.panicText(x.val)
		switch {
		case x.recovered && again:
			s += " [recovered, repanicked]"
		case x.recovered:
			s += " [recovered]"
		}
		text = append(text, s)
	}
	e := &Panic{Value: p, Text: strings.Join(text, "\n\tpanic: "), Trace: g.trace}
	g.trace, g.earlier = nil, nil
	return e
}

// same: a panic with value y is taken for panic x again.
func same(x, y any) bool {
	t := reflect.TypeOf(x)
	if t == nil || t != reflect.TypeOf(y) || !reflect.ValueOf(x).Comparable() || !reflect.ValueOf(y).Comparable() {
		return false
	}
	return x == y
}

// panicText is how Go's run time prints a panic's value: the text of an error or a
// Stringer, basic types by value, named ones with their name. Where Go prints an
// address only, the value is written in Go syntax.
func (r *Runtime) panicText(x any) string { return strings.ReplaceAll(r.Text(x), "\n", "\n\t") }

// Text is the text of an error, or of another value that somebody gave to panic.
func (r *Runtime) Text(x any) string {
	text, panics := "", any(nil)
	panics, how := try(func() { text = r.panicText1(x) })
	if how == panicked { // a method of the value
		return fmt.Sprintf("%s (its method panicked: %v)", dynString(x), panics)
	}
	return text
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

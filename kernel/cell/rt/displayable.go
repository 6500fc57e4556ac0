package rt

import (
	"fmt"
	"go/types"
	"reflect"
	"strings"

	"github.com/nascent-go/nascent/display"
)

// maxShown bounds the lists and maps whose text DisplayValue writes itself.
const maxShown = 1000

// looked prints a value to be looked at.
type looked struct{ b Boxed }

// Format implements fmt.Formatter.
func (l looked) Format(s fmt.State, verb rune) {
	p := printer{r: l.b.d.r, s: s, verb: verb, plus: true, shown: true}
	p.printBoxed(l.b)
}

// DisplayValue makes a Boxed value a [display.Valuer]: it stands for the plain value,
// and reads as Go prints one of its type.
func (b Boxed) DisplayValue() (value any, text string) {
	v := reflect.ValueOf(b.V)
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.Array:
		if v.Len() > maxShown {
			return b.d.r.shown(b), ""
		}
	}
	text = fmt.Sprintf("%+v", looked{b})
	switch v.Kind() {
	case reflect.Func:
		text = b.funcText(v)
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Chan:
		if v.IsNil() && (text == "<nil>" || text == "[]" || text == "map[]") { // a method may have more to say
			text = b.nilText()
		}
	}
	return b.d.r.shown(b), text
}

// nilText writes a nil of the value's type as Go would.
func (b Boxed) nilText() string {
	switch types.Unalias(b.d.typ()).(type) {
	case *types.Pointer, *types.Signature, *types.Chan:
		return "(" + b.TypeName() + ")(nil)"
	}
	return b.TypeName() + "(nil)"
}

// funcText is the signature of a function, without names: a type has none. Package fmt only
// has an address.
func (b Boxed) funcText(v reflect.Value) string {
	if v.IsNil() {
		return b.nilText()
	}
	if _, named := types.Unalias(b.d.typ()).(*types.Named); named {
		return b.TypeName() + "(" + cellType(typeString(b.d.under())) + ")"
	}
	return b.TypeName()
}

// TypeName is the name of the value's type as the cell writes it, without its package.
func (b Boxed) TypeName() string { return cellType(b.d.String()) }

// cellType is a type as a cell writes it.
func cellType(name string) string {
	return strings.NewReplacer("main.", "", "interface {}", "any").Replace(name)
}

// displayer is a cell's value that knows what it looks like.
type displayer struct{ Boxed }

func (d displayer) Display() display.Bundle {
	return d.d.method("Display").(func(any) display.Bundle)(d.V)
}

func (d displayer) boxed() Boxed { return d.Boxed }

// Displayable is a lowered value as package display takes it.
func (r *Runtime) Displayable(x any) any {
	b, ok := x.(Boxed)
	if !ok {
		return x
	}
	if _, ok := b.d.method("Display").(func(any) display.Bundle); ok {
		return displayer{b}
	}
	return b
}

// displayPath is the import path of package display.
var displayPath = reflect.TypeFor[display.Bundle]().PkgPath()

// displayOverrides send what a cell shows to the cell's own sink.
func (r *Runtime) displayOverrides(m map[symbol]override) {
	printer := func() display.Printer { return display.To(r.Sink()) }
	m[symbol{displayPath, "Show"}] = func(a []any) []any {
		return []any{r.FromBin(reflect.ValueOf(printer().Show(r.displayables(list(a[0]))...)))}
	}
	m[symbol{displayPath, "ShowLive"}] = func(a []any) []any {
		return []any{printer().ShowLive(r.Displayable(a[0]))}
	}
	m[symbol{displayPath, "NewLive"}] = func(a []any) []any {
		return []any{printer().NewLive(r.Displayable(a[0]))}
	}
	m[symbol{displayPath, "Clear"}] = func(a []any) []any {
		return []any{r.FromBin(reflect.ValueOf(printer().Clear(a[0].(bool))))}
	}
	m[symbol{displayPath, "NewProgress"}] = func(a []any) []any {
		return []any{printer().NewProgress(a[0].(string), a[1].(int))}
	}
	m[symbol{displayPath, "NewComm"}] = func(a []any) []any {
		return []any{printer().NewComm(a[0].(string))}
	}
	m[symbol{displayPath, "RegisterTarget"}] = func(a []any) []any {
		open, _ := r.toBin(reflect.ValueOf(a[1]), reflect.TypeFor[func(*display.Comm, display.CommMessage)](), boxed).Interface().(func(*display.Comm, display.CommMessage))
		return []any{r.FromBin(reflect.ValueOf(printer().RegisterTarget(a[0].(string), open)))}
	}
	m[symbol{displayPath, "UnregisterTarget"}] = func(a []any) []any {
		return []any{r.FromBin(reflect.ValueOf(printer().UnregisterTarget(a[0].(string))))}
	}
	m[symbol{displayPath, "Render"}] = func(a []any) []any {
		return []any{display.Render(r.Displayable(a[0]))}
	}
}

func (r *Runtime) displayables(a []any) []any {
	out := make([]any, len(a))
	for i, x := range a {
		out[i] = r.Displayable(x)
	}
	return out
}

// shows: the package shows values; it is given cells' values as Displayable makes them.
func shows(pkg string) bool {
	return pkg == displayPath || strings.HasPrefix(pkg, displayPath+"/")
}

// Sink is where what is shown goes: to the cell whose goroutine shows it.
func (r *Runtime) Sink() display.Router { return router{r} }

type router struct{ r *Runtime }

// Route implements display.Router.
func (w router) Route() display.Sink {
	if c := w.r.cell(); c != nil && c.Sink != nil {
		return c.Sink
	}
	return nil
}

// Emit implements display.Sink, for what no cell has started.
func (w router) Emit(e display.Event) error {
	s := w.Route()
	if s == nil {
		s = w.r.otherwise
	}
	return s.Emit(e)
}

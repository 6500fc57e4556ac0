package cell

import (
	"context"
	"reflect"
	"regexp"
	"strings"

	"github.com/nascent-go/nascent/display"
)

// lastName is a name that a cell ends with, alone in its line, maybe selected from others.
var lastName = regexp.MustCompile(`(?:^|[\n;])[ \t]*(?:[\pL_][\pL\pN_]*\.)*[\pL_][\pL\pN_]*$`)

// documented is a function that a cell has named: it is shown with its declaration and
// what is said of it.
type documented struct {
	function any
	about    Inspection
}

// Display implements display.Displayer.
func (d documented) Display() display.Bundle {
	return display.Bundle{Data: map[string]any{display.MIMEPlain: d.about.Plain, display.MIMEMarkdown: d.about.Markdown}}
}

// String is what is known of the function as a value: its type.
func (d documented) String() string { return display.Plain(d.function) }

// document finds what is said of a function that a cell ends with.
func (e *Env) document(ctx context.Context, src string, values []any) {
	if len(values) != 1 || !isFunction(values[0]) {
		return
	}
	src = strings.TrimRight(src, " \t\r\n")
	if !lastName.MatchString(src) {
		return
	}
	if about := e.Inspect(ctx, src, len(src), 0); strings.HasPrefix(about.Plain, "func ") {
		values[0] = documented{values[0], about}
	}
}

func isFunction(x any) bool {
	if v, ok := x.(display.Valuer); ok {
		x, _ = v.DisplayValue()
	}
	v := reflect.ValueOf(x)
	return v.Kind() == reflect.Func && !v.IsNil()
}

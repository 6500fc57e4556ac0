package rt

import (
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
)

// Print is print(a…), or println if ln: it writes to the cell's stderr what Go's run
// time would write to the process's.
func (r *Runtime) Print(ln bool, a []any) {
	var b strings.Builder
	for i, x := range a {
		if ln && i > 0 {
			b.WriteByte(' ')
		}
		printValue(&b, x)
	}
	if ln {
		b.WriteByte('\n')
	}
	io.WriteString(r.errOut(), b.String()) //nolint:errcheck // print has no way to fail
}

func printValue(b *strings.Builder, x any) {
	if bx, ok := x.(Boxed); ok {
		fmt.Fprintf(b, "(%p,%p)", bx.d, bx.d)
		return
	}
	switch v := reflect.ValueOf(x); v.Kind() {
	case reflect.Invalid:
		b.WriteString("(0x0,0x0)")
	case reflect.Slice:
		fmt.Fprintf(b, "[%d/%d]0x%x", v.Len(), v.Cap(), v.Pointer())
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		fmt.Fprintf(b, "0x%x", v.Pointer())
	case reflect.String:
		b.WriteString(v.String())
	default:
		b.WriteString(basicText(v))
	}
}

// basicText writes a number or bool as print does.
func basicText(v reflect.Value) string {
	switch {
	case v.Kind() == reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case v.CanInt():
		return strconv.FormatInt(v.Int(), 10)
	case v.CanUint():
		return strconv.FormatUint(v.Uint(), 10)
	case v.CanFloat():
		return strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits())
	case v.CanComplex():
		return strconv.FormatComplex(v.Complex(), 'g', -1, v.Type().Bits())
	}
	return fmt.Sprint(v)
}

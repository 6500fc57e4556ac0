package rt

import (
	"fmt"
	"reflect"
	"strings"
)

// Format prints the value as fmt prints one of its type: by its methods, with the
// type's name and its fields' names. It makes Boxed values inside of other values
// print right too.
func (b Boxed) Format(s fmt.State, verb rune) {
	p := printer{r: b.d.r, s: s, verb: verb}
	p.plus, p.sharp = s.Flag('+') && verb == 'v', s.Flag('#') && verb == 'v'
	p.printBoxed(b)
}

// printBoxed prints a value, by its methods if it has any.
func (p *printer) printBoxed(b Boxed) {
	if !p.methods(b.d, b.V) {
		p.print(b.d.typ(), reflect.ValueOf(b.V), 0, false)
	}
}

// sprintf is fmt.Sprintf of lowered values.
func (r *Runtime) sprintf(format string, a ...any) string {
	f, l := r.fmtFormat(format, a)
	return fmt.Sprintf(f, l...)
}

// fmtArgs are the arguments of fmt.Print: it puts spaces between operands that are no
// strings, and must see which are.
func (r *Runtime) fmtArgs(a []any) []any {
	for i, x := range a {
		if b, ok := x.(Boxed); ok && reflect.ValueOf(b.V).Kind() == reflect.String {
			out := append([]any(nil), a...)
			for ; i < len(out); i++ {
				if b, ok := out[i].(Boxed); ok && reflect.ValueOf(b.V).Kind() == reflect.String {
					out[i] = fmt.Sprint(b)
				}
			}
			return out
		}
	}
	return a
}

// fmtFormat makes arguments fit for fmt.Printf: for %T, %p and %w, and for those that no
// verb takes, fmt looks at their types without asking them.
func (r *Runtime) fmtFormat(format string, a []any) (string, []any) {
	if !strings.ContainsAny(format, "Tpw") && strings.Count(format, "%")-2*strings.Count(format, "%%") >= len(a) {
		return format, a
	}
	need := false
	for _, x := range a {
		switch x.(type) {
		case Boxed, RTError, carrier:
			need = true
		}
	}
	if !need {
		return format, a
	}
	if strings.Contains(format, "[") {
		return r.fmtIndexed(format, a)
	}
	out := append([]any(nil), a...)
	b := []byte(format)
	arg := 0
	for i := 0; i < len(b); i++ {
		if b[i] != '%' {
			continue
		}
		for i++; i < len(b) && strings.IndexByte("+-# 0123456789.*", b[i]) >= 0; i++ {
			if b[i] == '*' {
				arg++
			}
		}
		if i >= len(b) || b[i] == '%' {
			continue
		}
		if arg < len(out) {
			b[i] = r.typeVerb(b[i], out, arg)
		}
		arg++
	}
	return string(b) + extra(out[min(arg, len(out)):]), out
}

// extra is the end of a format that tells of arguments no verb takes, and uses them up.
func extra(a []any) string {
	if len(a) == 0 {
		return ""
	}
	var types []string
	for i, x := range a {
		if x == nil {
			a[i] = "" // fmt writes no value behind <nil>
			types = append(types, "<nil>%s")
		} else {
			types = append(types, dynString(x)+"=%v")
		}
	}
	return "%%!(EXTRA " + strings.Join(types, ", ") + ")"
}

// typeVerb makes argument i fit for the verb and returns the verb to use.
func (r *Runtime) typeVerb(verb byte, a []any, i int) byte {
	switch verb {
	case 'T':
		a[i] = dynString(a[i])
		return 's'
	case 'p', 'w':
		b, ok := a[i].(Boxed)
		if !ok {
			return verb
		}
		switch reflect.ValueOf(b.V).Kind() {
		case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Chan, reflect.Func, reflect.UnsafePointer:
			if verb == 'p' {
				a[i] = b.V
				return verb
			}
		}
		a[i] = "%!" + string(verb) + "(" + b.d.String() + "=" + fmt.Sprintf("%v", unformatted{b}) + ")"
		return 's'
	}
	return verb
}

// unformatted is a value that prints without its methods.
type unformatted struct{ b Boxed }

func (u unformatted) Format(s fmt.State, verb rune) {
	p := printer{r: u.b.d.r, s: s, verb: verb, erroring: true}
	p.print(u.b.d.typ(), reflect.ValueOf(u.b.V), 0, false)
}

// fmtIndexed is fmtFormat for formats with explicit indexes: the arguments are written
// out in the order of their use.
func (r *Runtime) fmtIndexed(format string, a []any) (string, []any) {
	var b strings.Builder
	var out []any
	arg := 0
	take := func() int {
		arg++
		return arg - 1
	}
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		b.WriteByte('%')
		for i++; i < len(format) && strings.IndexByte("+-# 0123456789.*[", format[i]) >= 0; i++ {
			switch format[i] {
			case '[':
				n, j := 0, i+1
				for ; j < len(format) && format[j] >= '0' && format[j] <= '9'; j++ {
					n = n*10 + int(format[j]-'0')
				}
				if j >= len(format) || format[j] != ']' || n < 1 || n > len(a) {
					return format, a // fmt says what is wrong with it
				}
				arg, i = n-1, j
			case '*':
				b.WriteByte('*')
				if k := take(); k < len(a) {
					out = append(out, a[k])
				}
			default:
				b.WriteByte(format[i])
			}
		}
		if i >= len(format) {
			break
		}
		verb := format[i]
		if verb != '%' {
			if k := take(); k < len(a) {
				out = append(out, a[k])
				verb = r.typeVerb(verb, out, len(out)-1)
			}
		}
		b.WriteByte(verb)
	}
	return b.String(), out
}

// errorf is fmt.Errorf: what %w wraps must be an error for compiled code as well.
func (r *Runtime) errorf(format string, a []any) error {
	out := append([]any(nil), a...)
	for i, x := range out {
		if b, ok := x.(Boxed); ok && b.d.method("Error") != nil {
			out[i] = r.errorOf(b)
		}
	}
	format, out = r.fmtFormat(format, out)
	return fmt.Errorf(format, out...)
}

// Format lets an error print as its type asks for, inside a compiled error too.
func (e errW) Format(s fmt.State, verb rune) { e.b.Format(s, verb) }

// Format is that of the error.
func (j joinW) Format(s fmt.State, verb rune) { j.e.b.Format(s, verb) }

package display

import (
	"encoding/hex"
	"fmt"
	"image"
	"maps"
	"math/big"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot"
	"gorgonia.org/tensor"
)

// Valuer is implemented by a value that stands for another one. An interpreter
// knows types that reflection doesn't (a struct declared in a cell is anonymous
// to package reflect), so it hands over both: the value, which is shown as a
// picture or a table by what reflection sees, and the text that a reader should
// get, which becomes the text/plain form. An empty text leaves the form that
// Render finds itself.
type Valuer interface {
	DisplayValue() (value any, text string)
}

// TypeNamer is implemented by a [Valuer] that knows the name of its type better
// than reflection does; tables are titled with it.
type TypeNamer interface {
	TypeName() string
}

// Render returns what a value looks like. It asks, in this order: whether the
// value knows itself ([Displayer]) or stands for another one ([Valuer]); whether
// the program has a picture of it ([SetPictures]); whether it is a gonum plot, an
// image, a gorgonia tensor, a gonum matrix; whether it is an error or has a String
// method; and then shows it by its kind: lists, maps and structs as tables,
// everything else as Go source. A field is titled with its name, or with what its
// tag has under display: `display:"learning rate"`.
//
// Every bundle has a text/plain form. Render neither panics nor loops: a method
// that panics is reported in the text, what is large, deep or cyclic is elided.
func Render(v any) Bundle { return render(v, 0, true) }

// render is Render; depth counts values that stand for others, and drawn says
// whether pictures of the program's are wanted.
func render(v any, depth int, drawn bool) (b Bundle) {
	defer func() {
		if r := recover(); r != nil {
			b = Text(fmt.Sprintf("%T: can't be shown: a method of it panicked: %s", v, panicText(r)))
		}
		b = complete(b, v)
	}()
	if v == nil {
		return Text("nil")
	}
	rv := reflect.ValueOf(v)
	if rv.Kind() == reflect.Pointer && rv.IsNil() {
		return Text(goText(rv))
	}
	switch x := v.(type) {
	case Displayer:
		return x.Display()
	case Valuer:
		return renderValuer(x, depth, drawn)
	}
	if drawn {
		if d, ok := drawnElsewhere(v); ok {
			return d.Display()
		}
	}
	switch x := v.(type) {
	case *plot.Plot:
		return NewFigure(x).Display()
	case tensor.Tensor:
		return tensorBundle(x)
	case mat.Matrix:
		return matrixBundle(x)
	case image.Image:
		return Image(x)
	}
	if s, ok := ownText(rv); ok {
		return Text(clip(s, textTop))
	}
	return renderKind(rv)
}

// renderValuer shows the value that another one stands for.
func renderValuer(x Valuer, depth int, drawn bool) Bundle {
	if depth > 8 {
		return Text(fmt.Sprintf("%T stands for a value that stands for another one, without end", x))
	}
	value, text := x.DisplayValue()
	b := render(value, depth+1, drawn)
	if n, ok := x.(TypeNamer); ok {
		nameTable(&b, reflect.ValueOf(value), n.TypeName())
	}
	if text != "" {
		b.Data[MIMEPlain] = text
	}
	return b
}

// nameTable titles the table that was made of a value with the name of its type.
func nameTable(b *Bundle, v reflect.Value, name string) {
	t, _ := tabulate(v)
	if t == nil || b.Data[MIMEHTML] != t.Display().Data[MIMEHTML] {
		return // it is shown as something else
	}
	count := "" // of elements or keys, which ends the caption of a list
	if i := strings.LastIndex(t.Caption, ", "); i >= 0 && v.Kind() != reflect.Struct {
		count = t.Caption[i:]
	}
	t.Caption = name + count
	b.Data[MIMEHTML] = t.Display().Data[MIMEHTML]
}

// complete makes sure that a bundle has a text form, without changing a map
// that somebody else may hold.
func complete(b Bundle, v any) Bundle {
	if s, ok := b.Data[MIMEPlain].(string); ok && s != "" {
		return b
	}
	data := maps.Clone(b.Data)
	if data == nil {
		data = map[string]any{}
	}
	_, has := data[MIMEPlain].(string)
	html, ok := data[MIMEHTML].(string)
	switch {
	case has && len(data) == 1: // an empty text, as it was meant
	case ok:
		data[MIMEPlain] = htmlText(html)
	default:
		data[MIMEPlain] = fmt.Sprintf("%T", v)
	}
	b.Data = data
	return b
}

// ownText returns what a value says of itself: the text of a Valuer, an error,
// a Stringer, a time, or the name of something that shows nothing else. A method that panics is reported.
func ownText(v reflect.Value) (s string, ok bool) {
	if !v.CanInterface() {
		return "", false
	}
	if v.Kind() == reflect.Interface && !v.IsNil() {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface, reflect.Map, reflect.Slice, reflect.Func, reflect.Chan:
		if v.IsNil() {
			return "", false
		}
	}
	x := v.Interface()
	method := "Error"
	defer func() {
		if r := recover(); r != nil {
			s, ok = fmt.Sprintf("%s: its method %s panicked: %s", typeName(v.Type()), method, panicText(r)), true
		}
	}()
	switch x := x.(type) {
	case Valuer:
		method = "DisplayValue"
		_, s = x.DisplayValue()
		return s, s != ""
	case error:
		return "error: " + x.Error(), true
	case time.Time:
		return x.Round(0).String(), true // without the monotonic reading
	case *big.Int:
		return groupedInt(x.String()), true
	case fmt.Stringer:
		method = "String"
		return x.String(), true
	case interface{ Name() string }:
		method = "Name"
		if opaque(v.Type()) {
			return typeName(v.Type()) + " " + x.Name(), true
		}
	}
	return "", false
}

// opaque: a type is a pointer to a struct that has nothing for others to read.
func opaque(t reflect.Type) bool {
	if t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct || t.Elem().NumField() == 0 {
		return false
	}
	for f := range t.Elem().Fields() {
		if f.IsExported() {
			return false
		}
	}
	return true
}

// groupedInt is a number in digits, which are set in threes if there are many.
func groupedInt(s string) string {
	digits := strings.TrimPrefix(s, "-")
	if len(digits) < 10 {
		return s
	}
	var b strings.Builder
	b.WriteString(s[:len(s)-len(digits)])
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString("\u202f") // narrow, and no line is broken at it
		}
		b.WriteRune(d)
	}
	return b.String()
}

// panicText says what was panicked with, without calling its methods unguarded.
func panicText(r any) (s string) {
	defer func() {
		if recover() != nil {
			s = fmt.Sprintf("a %T", r)
		}
	}()
	return clip(oneLine(fmt.Sprint(r)), textString)
}

// renderKind shows a value by what reflection knows.
func renderKind(v reflect.Value) Bundle {
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return Text(bytesText(v))
		}
	}
	if images := imagesOf(v); images != nil {
		return contactSheet(images)
	}
	if t, plainTable := tabulate(v); t != nil {
		b := t.Display()
		if !plainTable {
			b.Data[MIMEPlain] = goText(v)
		}
		return b
	}
	return Text(goText(v))
}

// bytesText shows bytes as text if they are text, else the first lines of a dump.
func bytesText(v reflect.Value) string {
	n := v.Len()
	if v.Kind() == reflect.Slice && v.IsNil() {
		return typeName(v.Type()) + "(nil)"
	}
	head := make([]byte, min(n, 400))
	reflect.Copy(reflect.ValueOf(head), v)
	title := fmt.Sprintf("%s, %s", typeName(v.Type()), plural(n, "byte"))
	if n == 0 {
		return title
	}
	if text := cut(string(head), len(head)-len(head)%4); n <= 400 && utf8.Valid(head) && printable(string(head)) || n > 400 && printable(text) {
		if n > 400 {
			return title + ": " + fmt.Sprintf("%q …", text)
		}
		return title + ": " + fmt.Sprintf("%q", head)
	}
	dump := strings.TrimRight(hex.Dump(head[:min(len(head), 64)]), "\n")
	if n > 64 {
		dump += "\n…"
	}
	return title + "\n" + dump
}

func printable(s string) bool {
	for _, r := range s {
		if r == utf8.RuneError || r < ' ' && r != '\n' && r != '\t' && r != '\r' {
			return false
		}
	}
	return true
}

package display

import (
	"cmp"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits of the text form of a value.
const (
	textWidth  = 88    // columns before a value is broken into lines
	textDepth  = 6     // levels of nesting
	textItems  = 60    // elements of the outermost list; inner ones get a third
	textNodes  = 600   // elements in all
	textString = 400   // bytes of a string inside of something
	textTop    = 20000 // bytes of a string or of a String method's result
	mapKeys    = 10000 // largest map whose keys are sorted
)

// node is a value on its way to text: a leaf, or a list in braces.
type node struct {
	head  string // leaf text, or what stands before the list, such as "[]int{"
	tail  string // "}" for a list
	items []node
	leaf  bool
}

// writer turns values into nodes and keeps count.
type writer struct {
	left int
	path map[uintptr]bool // pointers being written: a second visit is a cycle
}

// goText writes a value as Go would, over a few lines if it is long, with what
// is too deep, too long or cyclic elided.
func goText(v reflect.Value) string {
	w := writer{left: textNodes, path: map[uintptr]bool{}}
	n := w.node(v, 0, true)
	return n.text(0)
}

// goLine is goText in one line of at most about limit bytes.
func goLine(v reflect.Value, limit int) string {
	w := writer{left: 60, path: map[uintptr]bool{}}
	return clip(oneLine(w.node(v, 1, true).flat()), limit)
}

func leaf(s string) node { return node{head: s, leaf: true} }

func (w *writer) node(v reflect.Value, depth int, typed bool) node {
	if !v.IsValid() {
		return leaf("nil")
	}
	w.left--
	if depth > 0 {
		if s, ok := ownText(v); ok {
			return leaf(clip(oneLine(s), textString))
		}
	}
	t := v.Type()
	switch v.Kind() {
	case reflect.Pointer:
		return w.pointer(v, depth, typed)
	case reflect.Interface:
		if v.IsNil() {
			return leaf("nil")
		}
		return w.node(v.Elem(), depth, true)
	case reflect.Struct:
		return w.list(t, v, depth, t.NumField(), func(i int) node {
			f := w.node(v.Field(i), depth+1, false)
			f.head = title(t.Field(i)) + ": " + f.head
			return f
		})
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.IsNil() {
			return leaf(typeName(t) + "(nil)")
		}
		if t.Elem().Kind() == reflect.Uint8 && v.Len() > 16 {
			return leaf(fmt.Sprintf("%s{… %s}", typeName(t), plural(v.Len(), "byte")))
		}
		return w.guarded(v, depth, func() node {
			return w.list(t, v, depth, v.Len(), func(i int) node { return w.node(v.Index(i), depth+1, false) })
		})
	case reflect.Map:
		return w.mapping(v, depth)
	case reflect.Func:
		return leaf(funcText(v))
	case reflect.Chan:
		if v.IsNil() {
			return leaf(nilText(t))
		}
		return leaf(fmt.Sprintf("%s (%d of %d buffered)", typeName(t), v.Len(), v.Cap()))
	case reflect.UnsafePointer:
		return leaf(fmt.Sprintf("unsafe.Pointer(%#x)", v.Pointer()))
	}
	s := scalarText(v, depth)
	if typed && t.PkgPath() != "" {
		s = typeName(t) + "(" + s + ")"
	}
	return leaf(s)
}

func (w *writer) pointer(v reflect.Value, depth int, typed bool) node {
	if v.IsNil() {
		if typed {
			return leaf(nilText(v.Type()))
		}
		return leaf("nil")
	}
	return w.guarded(v, depth, func() node {
		n := w.node(v.Elem(), depth, true)
		n.head = "&" + n.head
		return n
	})
}

// guarded writes what v refers to unless it is being written already.
func (w *writer) guarded(v reflect.Value, depth int, write func() node) node {
	if v.Kind() == reflect.Array {
		return write()
	}
	p := v.Pointer()
	if v.Kind() == reflect.Slice {
		if v.Len() == 0 {
			return write()
		}
		p ^= uintptr(v.Len()) << 1 // s[:1] inside of s is no cycle
	}
	if w.path[p] || depth > textDepth+2 {
		return leaf(typeName(v.Type()) + "(…cycle)")
	}
	w.path[p] = true
	defer delete(w.path, p)
	return write()
}

func (w *writer) list(t reflect.Type, _ reflect.Value, depth, n int, item func(int) node) node {
	out := node{head: typeName(t) + "{", tail: "}"}
	if depth > 0 && t.Kind() == reflect.Struct && t.Name() == "" {
		out.head = "{" // the fields say it all
	}
	if n == 0 {
		return leaf(out.head + out.tail)
	}
	if depth >= textDepth || w.left <= 0 {
		return leaf(out.head + "…" + out.tail)
	}
	limit := textItems
	if depth > 0 {
		limit /= 3
	}
	for i := range n {
		if i >= limit || w.left <= 0 {
			out.items = append(out.items, leaf("… "+grouped(n-i)+" more"))
			break
		}
		out.items = append(out.items, item(i))
	}
	return out
}

func (w *writer) mapping(v reflect.Value, depth int) node {
	t := v.Type()
	switch {
	case v.IsNil():
		return leaf(typeName(t) + "(nil)")
	case v.Len() > mapKeys:
		return leaf(fmt.Sprintf("%s{… %s}", typeName(t), plural(v.Len(), "key")))
	}
	return w.guarded(v, depth, func() node {
		keys := sortedKeys(v)
		return w.list(t, v, depth, len(keys), func(i int) node {
			k := w.node(keys[i], depth+1, false)
			e := w.node(v.MapIndex(keys[i]), depth+1, false)
			e.head = k.flat() + ": " + e.head
			return e
		})
	})
}

// sortedKeys returns the keys of a map in a fixed order: numbers and strings
// by value, others by their text.
func sortedKeys(v reflect.Value) []reflect.Value {
	keys := v.MapKeys()
	text := map[reflect.Value]string{}
	key := func(k reflect.Value) string {
		s, ok := text[k]
		if !ok {
			s = goLine(k, textString)
			text[k] = s
		}
		return s
	}
	slices.SortStableFunc(keys, func(a, b reflect.Value) int {
		for a.Kind() == reflect.Interface && !a.IsNil() {
			a = a.Elem()
		}
		for b.Kind() == reflect.Interface && !b.IsNil() {
			b = b.Elem()
		}
		switch {
		case a.CanInt() && b.CanInt():
			return cmp.Compare(a.Int(), b.Int())
		case a.CanUint() && b.CanUint():
			return cmp.Compare(a.Uint(), b.Uint())
		case a.CanFloat() && b.CanFloat():
			return cmp.Compare(a.Float(), b.Float())
		case a.Kind() == reflect.String && b.Kind() == reflect.String:
			return cmp.Compare(a.String(), b.String())
		}
		return cmp.Compare(key(a), key(b))
	})
	return keys
}

// scalarText writes booleans, numbers and strings as Go source.
func scalarText(v reflect.Value, depth int) string {
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
	case v.Kind() == reflect.String:
		limit := textString
		if depth == 0 {
			limit = textTop
		}
		s := v.String()
		if len(s) > limit {
			return strconv.Quote(cut(s, limit)) + " … " + plural(len(s), "byte")
		}
		return strconv.Quote(s)
	}
	return v.String()
}

// nilText writes a nil of a type as Go would.
func nilText(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer, reflect.Func, reflect.Chan:
		if t.Name() == "" {
			return "(" + typeName(t) + ")(nil)"
		}
	}
	return typeName(t) + "(nil)"
}

func funcText(v reflect.Value) string {
	if v.IsNil() {
		return nilText(v.Type())
	}
	s := typeName(v.Type())
	if f := runtime.FuncForPC(v.Pointer()); f != nil && f.Name() != "" && !strings.HasPrefix(f.Name(), "reflect.") {
		name := f.Name()
		s += " " + name[strings.LastIndexByte(name, '/')+1:]
	}
	return s
}

// typeName writes a type as its user would: any, and no package for main's own.
func typeName(t reflect.Type) string {
	s := strings.ReplaceAll(t.String(), "interface {}", "any")
	s = strings.ReplaceAll(s, "main.", "")
	s = strings.ReplaceAll(s, "[]uint8", "[]byte")
	if i := strings.Index(s, "struct {"); i >= 0 && len(s) > 40 {
		s = s[:i] + "struct{…}"
	}
	return s
}

// flat writes a node in one line.
func (n node) flat() string {
	if n.leaf {
		return n.head
	}
	parts := make([]string, len(n.items))
	for i, it := range n.items {
		parts[i] = it.flat()
	}
	return n.head + strings.Join(parts, ", ") + n.tail
}

// text writes a node, in lines if it is wider than textWidth: short leaves fill
// lines, everything else gets a line of its own.
func (n node) text(indent int) string {
	flat := n.flat()
	if n.leaf || indent+utf8.RuneCountInString(flat) <= textWidth {
		return flat
	}
	pad := strings.Repeat(" ", indent+4)
	fill := !slices.ContainsFunc(n.items, func(it node) bool { return !it.leaf || len(it.head) > 24 })
	var b strings.Builder
	b.WriteString(n.head)
	column := textWidth + 1
	for _, it := range n.items {
		s := it.text(indent + 4)
		w := utf8.RuneCountInString(s) + 2
		if !fill || column+w > textWidth {
			b.WriteString("\n" + pad + s + ",")
			column = len(pad) + w
			continue
		}
		b.WriteString(" " + s + ",")
		column += w
	}
	b.WriteString("\n" + strings.Repeat(" ", indent) + n.tail)
	return b.String()
}

// cut shortens s to at most n bytes without breaking a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// clip shortens s to about n bytes and marks that with an ellipsis.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return cut(s, n) + "…"
}

// fold makes one space of all white space.
func fold(s string) string { return strings.Join(strings.Fields(s), " ") }

// oneLine folds a text and cuts off what no line can show.
func oneLine(s string) string { return clip(fold(cut(s, 4*textString)), textString) }

// brief is oneLine for a name in a sentence.
func brief(s string) string { return clip(oneLine(s), 80) }

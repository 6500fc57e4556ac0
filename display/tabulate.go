package display

import (
	"fmt"
	"reflect"
	"strconv"
)

// shortList is how many scalars are shown as a line of Go if they fit one.
const shortList = 8

// tabulate makes a table of a list, a map or a struct, or returns nil if
// another form says more. plain says whether the table is also the best text
// form; otherwise that is Go source.
func tabulate(v reflect.Value) (t *Table, plain bool) {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			return nil, false
		}
		v = v.Elem()
		if _, ok := ownText(v); ok {
			return nil, false
		}
		if v.Kind() == reflect.Pointer {
			return nil, false
		}
	}
	switch v.Kind() {
	case reflect.Struct:
		return tabulateStruct(v), false
	case reflect.Map:
		return tabulateMap(v)
	case reflect.Slice, reflect.Array:
		return tabulateList(v)
	}
	return nil, false
}

func tabulateStruct(v reflect.Value) *Table {
	fields := exported(v.Type())
	if len(fields) < 2 {
		return nil
	}
	t := &Table{Caption: structName(v.Type())}
	for _, i := range fields {
		t.Named(title(v.Type().Field(i)), fieldCell(v.Field(i)))
	}
	return t
}

func structName(t reflect.Type) string {
	if t.Name() == "" {
		return ""
	}
	return typeName(t)
}

// exported returns the indices of the exported fields.
func exported(t reflect.Type) []int {
	var out []int
	for i := range t.NumField() {
		if t.Field(i).IsExported() {
			out = append(out, i)
		}
	}
	return out
}

// title is what a field is called: its name, or what its tag display says.
func title(f reflect.StructField) string {
	if name, ok := f.Tag.Lookup("display"); ok {
		return name
	}
	return f.Name
}

// fieldCell returns what a table cell shows of a value.
func fieldCell(v reflect.Value) any {
	if !v.IsValid() || !v.CanInterface() {
		return nil
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return elision("nil")
		}
	}
	return v.Interface()
}

// structOf follows pointers and interfaces to a struct that has no text of its own.
func structOf(v reflect.Value) (reflect.Value, bool) {
	for range 3 {
		if !v.IsValid() {
			return v, false
		}
		if _, ok := ownText(v); ok {
			return v, false
		}
		if v.Kind() == reflect.Struct {
			return v, len(exported(v.Type())) > 0
		}
		if v.Kind() != reflect.Pointer && v.Kind() != reflect.Interface || v.IsNil() {
			return v, false
		}
		v = v.Elem()
	}
	return v, false
}

func scalar(v reflect.Value) bool {
	for v.Kind() == reflect.Interface && !v.IsNil() {
		v = v.Elem()
	}
	return v.CanInt() || v.CanUint() || v.CanFloat() || v.CanComplex() ||
		v.Kind() == reflect.String || v.Kind() == reflect.Bool
}

func tabulateList(v reflect.Value) (t *Table, plain bool) {
	n := v.Len()
	if n == 0 {
		return nil, false
	}
	shown := min(n, tableRows)
	caption := fmt.Sprintf("%s, %s", typeName(v.Type()), plural(n, "element"))
	if rows, ok := structRows(shown, v.Index); ok {
		t = rows
		t.Caption = caption
		for i := range shown {
			t.RowNames = append(t.RowNames, strconv.Itoa(i))
		}
		t.Total = n
		return t, true
	}
	if k := v.Type().Elem().Kind(); k == reflect.Slice || k == reflect.Array {
		if g := tabulateNested(v); g != nil {
			return g, true
		}
	}
	for i := range shown {
		if _, ok := ownText(v.Index(i)); !ok && !scalar(v.Index(i)) {
			return nil, false
		}
	}
	if n <= shortList && len(goText(v)) <= textWidth {
		return nil, false // one line says it all
	}
	if k := v.Type().Elem().Kind(); k == reflect.String || k == reflect.Interface {
		t = &Table{Caption: caption, Total: n}
		for i := range shown {
			t.Named(strconv.Itoa(i), fieldCell(v.Index(i)))
		}
		return t, false
	}
	return numberRows(v, n, caption), false
}

// numberRows sets a list of scalars in rows of ten, with the indices around it.
func numberRows(v reflect.Value, n int, caption string) *Table {
	const across = 10
	t := &Table{Caption: caption, matrix: true}
	for i := range min(n, across) {
		t.Columns = append(t.Columns, strconv.Itoa(i))
	}
	for i := 0; i < min(n, numberLines*across); i += across {
		var row []any
		for j := i; j < min(n, i+across); j++ {
			row = append(row, fieldCell(v.Index(j)))
		}
		t.Named(strconv.Itoa(i), row...)
	}
	if n > numberLines*across {
		t.Total = (n + across - 1) / across
	}
	return t
}

// structRows makes one row of each of n structs, one column per exported field.
func structRows(n int, at func(int) reflect.Value) (*Table, bool) {
	var typ reflect.Type
	t := &Table{}
	var fields []int
	for i := range n {
		e, ok := structOf(at(i))
		if !ok && typ != nil && e.IsValid() && (e.Kind() == reflect.Pointer || e.Kind() == reflect.Interface) && e.IsNil() {
			t.Rows = append(t.Rows, []any{elision("nil")})
			continue
		}
		if !ok || typ != nil && e.Type() != typ {
			return nil, false
		}
		if typ == nil {
			typ = e.Type()
			fields = exported(typ)
			fields = fields[:min(len(fields), tableColumns)]
			for _, f := range fields {
				t.Columns = append(t.Columns, title(typ.Field(f)))
			}
		}
		row := make([]any, len(fields))
		for j, f := range fields {
			row[j] = fieldCell(e.Field(f))
		}
		t.Rows = append(t.Rows, row)
	}
	return t, typ != nil
}

// tabulateNested makes a table of a list of lists of scalars, elided like a matrix.
func tabulateNested(v reflect.Value) *Table {
	columns := 0
	for i := range min(v.Len(), 10000) {
		columns = max(columns, v.Index(i).Len())
	}
	if columns == 0 {
		return nil
	}
	rows := elide(v.Len(), matrixRows)
	for _, r := range rows {
		if r < 0 {
			continue
		}
		for c := range min(v.Index(r).Len(), matrixColumns) {
			if !scalar(v.Index(r).Index(c)) {
				return nil
			}
		}
	}
	return elided(v.Len(), columns, func(r, c int) any {
		if row := v.Index(r); c < row.Len() {
			return fieldCell(row.Index(c))
		}
		return nil
	}, fmt.Sprintf("%s, %d × %d", typeName(v.Type()), v.Len(), columns))
}

func tabulateMap(v reflect.Value) (t *Table, plain bool) {
	n := v.Len()
	if n == 0 || n > mapKeys {
		return nil, false
	}
	keys := sortedKeys(v)
	shown := min(n, tableRows)
	caption := fmt.Sprintf("%s, %s", typeName(v.Type()), plural(n, "key"))
	at := func(i int) reflect.Value { return v.MapIndex(keys[i]) }
	t, plain = structRows(shown, at)
	if !plain {
		t = &Table{}
		for i := range shown {
			t.Rows = append(t.Rows, []any{fieldCell(at(i))})
		}
	}
	for i := range shown {
		name := goLine(keys[i], cellPlain)
		if keys[i].Kind() == reflect.String {
			name = oneLine(cut(keys[i].String(), cellPlain))
		}
		t.RowNames = append(t.RowNames, name)
	}
	t.Caption, t.Total = caption, n
	return t, plain
}

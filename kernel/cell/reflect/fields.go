package reflect

import (
	"errors"
	"go/types"
	goreflect "reflect"
	"slices"
	"strconv"
)

func (t *rtype) NumField() int {
	if t.real != nil {
		return t.real.NumField()
	}
	return must[*types.Struct](t, "NumField", goreflect.Struct).NumFields()
}

func (t *rtype) Field(i int) StructField {
	if t.real != nil {
		return t.realField(t.real.Field(i))
	}
	st := must[*types.Struct](t, "Field", goreflect.Struct)
	if i < 0 || i >= st.NumFields() {
		panic("reflect: Field index out of bounds")
	}
	v := st.Field(i)
	f := StructField{
		Name: v.Name(), Type: t.field(st, i), Tag: goreflect.StructTag(st.Tag(i)), Index: []int{i}, Anonymous: v.Embedded(),
	}
	if !v.Exported() && v.Pkg() != nil {
		f.PkgPath = v.Pkg().Path()
	}
	all := make([]*types.Var, i+1)
	for j := range all {
		all[j] = st.Field(j)
	}
	f.Offset = uintptr(sizes.Offsetsof(all)[i])
	return f
}

// field is the type of a cell's field.
func (t *rtype) field(st *types.Struct, i int) *rtype {
	x := t.m.of(st.Field(i).Type())
	if p := t.raw.Load(); p != nil && (*p).Kind() == goreflect.Struct && (*p).NumField() == st.NumFields() {
		x.seen((*p).Field(i).Type)
	}
	return x
}

func (t *rtype) realField(f goreflect.StructField) StructField {
	return StructField{f.Name, f.PkgPath, t.m.ofReal(f.Type), f.Tag, f.Offset, f.Index, f.Anonymous}
}

func (t *rtype) FieldByIndex(index []int) StructField {
	var f StructField
	var in Type = t
	for i, x := range index {
		if i > 0 {
			if in = f.Type; in.Kind() == goreflect.Pointer && in.Elem().Kind() == goreflect.Struct {
				in = in.Elem()
			}
		}
		f = in.Field(x)
	}
	return f
}

func (t *rtype) FieldByName(name string) (StructField, bool) {
	return t.FieldByNameFunc(func(n string) bool { return n == name })
}

// FieldByNameFunc looks for a field breadth first, as Go's rules of embedding want: one
// that is found twice at the same depth hides those below and is not found.
func (t *rtype) FieldByNameFunc(match func(string) bool) (StructField, bool) {
	type level struct {
		t     Type
		index []int
	}
	current := []level{{t, nil}}
	visited := map[Type]bool{}
	for len(current) > 0 {
		var next []level
		var found StructField
		hits := 0
		count := map[Type]int{}
		for _, l := range current {
			count[l.t]++
		}
		for _, l := range current {
			if visited[l.t] {
				continue
			}
			visited[l.t] = true
			for i := range l.t.NumField() {
				f := l.t.Field(i)
				index := append(slices.Clip(slices.Clone(l.index)), i)
				if match(f.Name) {
					if hits += count[l.t]; hits > 1 {
						return StructField{}, false
					}
					found, found.Index = f, index
					continue
				}
				if in := f.Type; f.Anonymous {
					if in.Kind() == goreflect.Pointer {
						in = in.Elem()
					}
					if in.Kind() == goreflect.Struct {
						next = append(next, level{in, index})
						if count[l.t] > 1 {
							next = append(next, level{in, index})
						}
					}
				}
			}
		}
		if hits == 1 {
			return found, true
		}
		current = next
	}
	return StructField{}, false
}

// VisibleFields is reflect.VisibleFields.
func VisibleFields(t Type) []StructField {
	if t == nil {
		panic("reflect: VisibleFields(nil)")
	}
	if t.Kind() != goreflect.Struct {
		panic("reflect.VisibleFields of non-struct type")
	}
	w := fieldWalk{byName: map[string]int{}, open: map[Type]bool{}}
	w.walk(t, nil)
	return slices.DeleteFunc(w.fields, func(f StructField) bool { return f.Name == "" })
}

// fieldWalk collects fields; those that others hide lose their name.
type fieldWalk struct {
	fields []StructField
	byName map[string]int
	open   map[Type]bool // structs that are being looked into
}

func (w *fieldWalk) walk(t Type, index []int) {
	if w.open[t] {
		return
	}
	w.open[t] = true
	defer delete(w.open, t)
	for i := range t.NumField() {
		f := t.Field(i)
		f.Index = append(slices.Clip(slices.Clone(index)), i)
		add := true
		if at, ok := w.byName[f.Name]; ok {
			old := &w.fields[at]
			switch {
			case len(f.Index) == len(old.Index):
				old.Name, add = "", false // each hides the other
			case len(f.Index) < len(old.Index):
				old.Name = ""
			default:
				add = false
			}
		}
		if add {
			w.byName[f.Name] = len(w.fields)
			w.fields = append(w.fields, f)
		}
		in := f.Type
		if f.Anonymous && in.Kind() == goreflect.Pointer {
			in = in.Elem()
		}
		if f.Anonymous && in.Kind() == goreflect.Struct {
			w.walk(in, f.Index)
		}
	}
}

func (v Value) NumField() int {
	v.mustBe("NumField", goreflect.Struct)
	return v.t.NumField()
}

// Field is field i.
func (v Value) Field(i int) Value {
	v.mustBe("Field", goreflect.Struct)
	if i < 0 || i >= v.t.NumField() {
		panic("reflect: Field index out of range")
	}
	if v.isReal() {
		return v.t.m.wrap(v.v.Field(i), v.t.m.ofReal(v.v.Type().Field(i).Type), v.flag)
	}
	st := v.t.under().(*types.Struct)
	fl := v.flag & sticky
	if f := st.Field(i); !f.Exported() {
		if f.Embedded() {
			fl |= embedded
		} else {
			fl |= sticky
		}
	}
	return v.t.m.wrap(v.v.Field(i), v.t.field(st, i), fl)
}

// FieldByIndex is the nested field of an index.
func (v Value) FieldByIndex(index []int) Value {
	x, err := v.FieldByIndexErr(index)
	if err != nil {
		panic(err.Error())
	}
	return x
}

// FieldByIndexErr is FieldByIndex, with an error for a nil pointer on the way.
func (v Value) FieldByIndexErr(index []int) (Value, error) {
	v.mustBe("FieldByIndexErr", goreflect.Struct)
	for i, x := range index {
		if i > 0 && v.Kind() == goreflect.Pointer && v.t.elem().Kind() == goreflect.Struct {
			if v.IsNil() {
				return Value{}, errors.New("reflect: indirection through nil pointer to embedded struct field " + v.t.elem().Name())
			}
			v = v.Elem()
		}
		v = v.Field(x)
	}
	return v, nil
}

// FieldByName is the field of a name, the zero Value if there is none.
func (v Value) FieldByName(name string) Value {
	v.mustBe("FieldByName", goreflect.Struct)
	if f, ok := v.t.FieldByName(name); ok {
		return v.FieldByIndex(f.Index)
	}
	return Value{}
}

// FieldByNameFunc is the field whose name matches, the zero Value if there is none.
func (v Value) FieldByNameFunc(match func(string) bool) Value {
	if f, ok := v.t.FieldByNameFunc(match); ok {
		return v.FieldByIndex(f.Index)
	}
	return Value{}
}

// fieldName is the name of a field in the form of its struct, as the interpreter has it.
func fieldName(st *types.Struct, i int) string {
	if f := st.Field(i); f.Exported() {
		return f.Name()
	}
	return "Xf" + strconv.Itoa(i)
}

package rt

import (
	"encoding/json"
	"go/types"
	"reflect"
	"strings"
)

// namedType is the erased form of a type of cells with the name that the cell gave it.
type namedType struct {
	reflect.Type
	name string
}

func (t namedType) String() string { return t.name }

// inField adds to an error that a value has decoded itself with which field of st it is.
func inField(err error, st *types.Struct, i int) error {
	if wrong, ok := err.(*json.UnmarshalTypeError); ok {
		wrong.Field = strings.TrimSuffix(jsonName(st, i)+"."+wrong.Field, ".")
		wrong.Struct = ""
	}
	return err
}

func jsonName(st *types.Struct, i int) string {
	if name, _, _ := strings.Cut(reflect.StructTag(st.Tag(i)).Get("json"), ","); name != "" {
		return name
	}
	return st.Field(i).Name()
}

// name puts the names that the cell uses into an error of decoding into a t: its draft has none.
func (d *decoder) name(wrong *json.UnmarshalTypeError, t types.Type) {
	var path []string
	promoted := false
	for field := range strings.SplitSeq(wrong.Field, ".") {
		st, holder := structIn(t)
		i := draftField(st, field)
		if i < 0 || d.own(holder) {
			break
		}
		if !promoted { // else the fields are those of the struct that embeds this one
			wrong.Struct = ""
			if n, ok := types.Unalias(holder).(*types.Named); ok {
				wrong.Struct = n.Obj().Name()
			}
		}
		promoted = isPromoted(st, i)
		path, t = append(path, jsonName(st, i)), st.Field(i).Type()
	}
	if rest := strings.SplitN(wrong.Field, ".", len(path)+1); len(rest) > len(path) {
		path = append(path, rest[len(path)])
	}
	wrong.Field = strings.Join(path, ".")
	for t = types.Unalias(t); t != nil && wrong.Type.PkgPath() == ""; t = partOf(t) {
		if d.own(t) {
			return
		}
		if hasKind(t, wrong.Type.Kind()) {
			wrong.Type = namedType{wrong.Type, typeString(t)}
			return
		}
	}
}

func isPromoted(st *types.Struct, i int) bool {
	f := st.Field(i)
	return f.Embedded() && promotes(f.Type()) && jsonName(st, i) == f.Name()
}

// draftField is the number of the field that the path of an error calls name, -1 if st has none.
func draftField(st *types.Struct, name string) int {
	if st == nil {
		return -1
	}
	for i := range st.NumFields() {
		if name == jsonName(st, i) || name == draftName(st, i) {
			return i
		}
	}
	return -1
}

// structIn is the struct that t, or what it holds, is, and its type.
func structIn(t types.Type) (*types.Struct, types.Type) {
	for ; t != nil; t = partOf(t) {
		if st, ok := t.Underlying().(*types.Struct); ok {
			return st, t
		}
	}
	return nil, nil
}

// partOf is the type of what values of t hold or point to, nil if they don't.
func partOf(t types.Type) types.Type {
	if e, ok := t.Underlying().(interface{ Elem() types.Type }); ok {
		return e.Elem()
	}
	return nil
}

func hasKind(t types.Type, k reflect.Kind) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return types.Typ[u.Kind()].Name() == k.String()
	case *types.Struct:
		return k == reflect.Struct
	case *types.Slice:
		return k == reflect.Slice
	case *types.Array:
		return k == reflect.Array
	case *types.Map:
		return k == reflect.Map
	}
	return false
}

// texter is what a cell's value that marshals itself as text looks like to encoding/json.
type texter func() ([]byte, error)

func (t texter) MarshalText() ([]byte, error) { return t() }

// unencodable is the reason why a Boxed value can't be encoded, on its way through the encoder.
type unencodable struct{ error }

// encodingError is an error of encoding/json as cells see it: without the Boxed values that it went through.
func encodingError(err error) error {
	if e, ok := err.(*json.MarshalerError); ok {
		if inner, ok := e.Err.(unencodable); ok {
			return inner.error
		}
	}
	return err
}

// encodingError is so, for the encoding of b.
func (b Boxed) encodingError(err error) error {
	if e, ok := err.(*json.MarshalerError); ok && e.Type == reflect.TypeFor[texter]() {
		e.Type = namedType{boxedType, b.d.String()}
	}
	return encodingError(err)
}

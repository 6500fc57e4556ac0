package rt

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"
)

// TestFormat compares what fmt prints of a compiled value with what it prints of the
// same value boxed.
func TestFormat(t *testing.T) {
	w := newWorld(t, nil)
	var nilPtr *Ptr
	var nilErr *PtrErr
	var nilMap Table
	var nilBytes Bytes
	pt := &Point{1, 2}
	values := []any{
		Celsius(21.5), Level(3), Name("a\"b"), Flags(7), Bytes("hi"), nilBytes, Key{1, 2}, Point{1, -2}, pt,
		Tagged{1, "x"}, &Tagged{}, hidden{1, 2, "b", pt, []float64{1.5}}, &hidden{}, Ptr{3}, &Ptr{3}, nilPtr,
		MyErr{4}, &MyErr{5}, &PtrErr{Op: "open"}, PtrErr{Op: "x"}, nilErr, GoS{1}, &GoS{1}, Custom{2}, Panics{}, Panics{1}, &Panics{1},
		Grid{{1.5, 2}, nil}, nilMap, Table{"b": {{1, 2}}, "a": nil}, Pair[string, int]{"k", 1}, Pair[Name, Point]{"k", Point{1, 2}},
		Holder{}, Holder{S: Level(1), E: MyErr{2}, A: Point{3, 4}}, Holder{A: &Point{}}, Holder{E: errors.New("raw"), A: []any{Level(1), 2, nil, Point{5, 6}}},
		[]Level{1, 2}, []Point{{1, 2}, {3, 4}}, []*Ptr{{1}, nil}, map[Level]string{2: "b", 1: "a"}, map[string]any{"x": Level(1), "y": Point{1, 2}, "z": nil},
		[]any{Level(1), Point{}, nil, "s"}, [2]Celsius{1, 2}, struct {
			A int
			b string
		}{1, "x"}, &struct{ L Level }{2}, map[Key]Point{{2, 1}: {}, {1, 2}: {1, 1}},
		Mixed{}, Mixed{Point: Point{1, 2}, L: 3, M: map[string]Point{"k": {1, 2}}, S: []Level{1}, Any: Level(9), T: time.Second, t: time.Second, bytes: []byte("ab"), Z: 1i},
		Node{Val: 1}, Stream(nil), Pred(nil), 3, "s", nil, 1.5, []int{1}, map[string]int{"a": 1}, time.Second, errors.New("e"),
		&[]Point{{1, 2}}, &map[string]Level{"a": 1}, &[1]Level{1},
		Holder{A: []byte("ab")}, Holder{A: []byte(nil)}, Holder{A: &[]byte{1}}, Holder{A: []any{[]byte("ab"), [2]byte{1}}}, Holder{A: errors.New("e")}, Holder{A: time.Second},
	}
	verbs := []string{"%v", "%+v", "%#v", "%T", "%d", "%s", "%q", "%x", "%X", "%5v", "%-8v|", "%08.3f", "%t", "%p", "%c", "% x", "%6d", "%+d", "%o", "%b", "%z", "%g", "%U", "%#x", "%w"}
	for _, x := range values {
		if x != nil {
			w.allMethods(reflect.TypeOf(x), map[reflect.Type]bool{})
		}
	}
	for _, x := range values {
		b := w.box(x)
		for _, v := range verbs {
			if k := reflect.ValueOf(x).Kind(); v == "%p" && (k == reflect.Slice || k == reflect.Map) {
				continue // a copy has another address
			}
			if _, ok := b.(Boxed); v == "%w" && !ok {
				continue // fmt prints what it won't wrap without looking into it
			}
			if _, ok := x.(*PtrErr); v == "%p" && ok {
				continue // its erased form is another
			}
			want, got := fmt.Sprintf(v, x), w.sprintf(v, b)
			if got != want {
				t.Errorf("%T %s: got %s, want %s", x, v, got, want)
			}
		}
		if want, got := fmt.Sprint("a", x, 1, x), fmt.Sprint(w.fmtArgs([]any{"a", b, 1, b})...); got != want {
			t.Errorf("Sprint %T: got %s, want %s", x, got, want)
		}
	}
}

package rt

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/nascent-go/nascent/display"
)

// TestMarshalJSON compares with what encoding/json writes of the compiled values.
func TestMarshalJSON(t *testing.T) {
	w := newWorld(t, stdTables())
	for _, x := range []any{
		Point{1, 2}, &Point{3, 4}, (*Point)(nil), []Point{{1, 2}}, []*Point{{1, 2}, nil}, map[string]Point{"a": {1, 2}}, Tagged{1, ""}, Tagged{1, "<b>"},
		hidden{a: 1}, Level(3), Name("n"), Celsius(1.5), Grid{{1}, nil}, Key{1, 2}, Bytes("hi"), Pair[string, int]{"k", 1},
		Pair[Name, Point]{"k", Point{1, 2}}, Holder{A: Point{1, 2}}, Holder{A: []any{Level(1), Point{}, nil}}, []any{Point{1, 2}, 3},
		map[string]any{"x": Point{1, 2}, "y": []any{Tagged{}}}, MyErr{1}, &PtrErr{Op: "x"}, struct {
			Point
			Sub struct{ Tagged }
			N   int `json:"-"`
			D   time.Duration
			P   *Point `json:"p,omitempty"`
		}{Point: Point{1, 2}, D: 3}, Table{"a": {{1, 2}}}, []Level{1}, [2]Point{{1, 2}}, Node{Val: 1, Next: &Node{Val: 2}, Kids: []Node{{Val: 3}}}, &Node{Kids: []Node{}}, []Node{{Val: 1}},
	} {
		want, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		res := w.Call("encoding/json", "Marshal", w.box(x))
		if got, _ := res[0].([]byte); string(got) != string(want) {
			t.Errorf("%T: got %s (%v), want %s", x, got, res[1], want)
		}
	}
	if _, err := json.Marshal(w.box(struct{ C chan int }{make(chan int)})); err == nil {
		t.Error("a channel is written as JSON")
	}

	id := w.AddType(w.typ("Ptr"), nil)
	w.Reg(id, "MarshalJSON", func(x any) ([]byte, any) { return fmt.Appendf(nil, "[%d]", x.(struct{ N int }).N), nil })
	if got, err := json.Marshal(map[string]any{"a": w.B(id, struct{ N int }{3})}); err != nil || string(got) != `{"a":[3]}` {
		t.Errorf("MarshalJSON: %s %v", got, err)
	}
	// also of a value inside of another one, where its type is erased
	outer := w.box([]Ptr{{1}, {2}})
	if got, err := json.Marshal(outer); err != nil || string(got) != `[[1],[2]]` {
		t.Errorf("MarshalJSON inside: %s %v", got, err)
	}
	text := w.AddType(w.typ("Level"), nil)
	w.Reg(text, "MarshalText", func(x any) ([]byte, any) {
		if x == -1 {
			return nil, w.box(MyErr{1})
		}
		return []byte("L<" + fmt.Sprint(x)), nil
	})
	w.allMethods(reflect.TypeFor[MyErr](), map[reflect.Type]bool{})
	if got, err := json.Marshal(w.B(text, 2)); err != nil || string(got) != `"L\u003c2"` {
		t.Errorf("MarshalText: %s %v", got, err)
	}
	if _, err := json.Marshal(w.B(text, -1)); err == nil {
		t.Error("the error of MarshalText is lost")
	}

	var p struct{ X, Y int }
	if res := w.Call("encoding/json", "Unmarshal", []byte(`{"X":5,"y":6}`), w.B(w.named("*Point"), &p)); res[0] != nil || p.X != 5 || p.Y != 6 {
		t.Errorf("Unmarshal: %v, %+v", res, p)
	}
}

func TestDisplayable(t *testing.T) {
	w := newWorld(t, library{})
	for _, typ := range []reflect.Type{reflect.TypeFor[Level](), reflect.TypeFor[*Ptr](), reflect.TypeFor[MyErr](), reflect.TypeFor[Mixed]()} {
		w.allMethods(typ, map[reflect.Type]bool{})
	}
	for _, x := range []any{Point{1, 2}, &Point{1, 2}, Level(3), &Ptr{3}, MyErr{4}, []Point{{1, 2}}, map[string]Level{"a": 1}, Celsius(1.5), hidden{}} {
		v, ok := w.Displayable(w.box(x)).(display.Valuer)
		if !ok {
			t.Errorf("%T is no Valuer", x)
			continue
		}
		if _, text := v.DisplayValue(); text != fmt.Sprintf("%+v", x) {
			t.Errorf("%T reads %q, want %+v", x, text, x)
		}
		if b := display.Render(v); b.Data[display.MIMEPlain] == "" {
			t.Errorf("%T renders as %v", x, b)
		}
	}
	for _, x := range []any{3, "s", nil, []int{1}, time.Second} {
		if got := w.Displayable(x); !reflect.DeepEqual(got, x) {
			t.Errorf("%v becomes %v", x, got)
		}
	}

	// a nil tells its type, a function what it takes
	for _, c := range []struct {
		x    any
		want string
	}{
		{(*Ptr)(nil), "(*rt.Ptr)(nil)"}, {[]Point(nil), "[]rt.Point(nil)"}, {Pred(nil), "rt.Pred(nil)"}, {map[string]Point(nil), "map[string]rt.Point(nil)"},
		{(chan Point)(nil), "(chan rt.Point)(nil)"},
	} {
		if _, text := w.box(c.x).(Boxed).DisplayValue(); text != c.want {
			t.Errorf("%T reads %q, want %s", c.x, text, c.want)
		}
	}

	// the real names of fields, those of unexported ones in tags, embedded structs embedded
	value, _ := w.box(Mixed{Point: Point{1, 2}, L: 3}).(Boxed).DisplayValue()
	typ := reflect.TypeOf(value)
	f, ok := typ.FieldByName("X")
	if !ok || len(f.Index) != 2 || typ.NumField() != 12 || typ.Field(9).Tag.Get("display") != "t" {
		t.Errorf("the view is a %v", typ)
	}
	if l, _ := typ.FieldByName("L"); l.Type != anyType || fmt.Sprint(reflect.ValueOf(value).FieldByName("L")) != "level 3" {
		t.Errorf("a field with a String method is a %v", l.Type)
	}

	long := make([]Point, maxShown+1)
	if _, text := w.box(long).(Boxed).DisplayValue(); text != "" {
		t.Errorf("a long list reads as %d bytes", len(text))
	}

	id := w.AddType(w.typ("Point"), nil)
	w.Reg(id, "Display", func(x any) display.Bundle { return display.Markdown("*point*") })
	d, ok := w.Displayable(w.B(id, struct{ X, Y int }{})).(display.Displayer)
	if !ok || d.Display().Data[display.MIMEMarkdown] != "*point*" {
		t.Errorf("a value with a Display method isn't asked: %v", d)
	}
}

// TestShow: what a cell shows goes to its own sink, in a form that package display reads.
func TestShow(t *testing.T) {
	w := newWorld(t, library{})
	w.allMethods(reflect.TypeFor[Level](), map[reflect.Type]bool{})
	s := &sink{}
	err := w.Do(w.NewCell(t.Context(), 1, "", nil, nil, nil, s), func() {
		if res := w.Call(displayPath, "Show", []any{w.box(Level(3)), 4}); res[0] != nil {
			t.Errorf("Show: %v", res[0])
		}
		h := w.Call(displayPath, "ShowLive", w.box(Level(5)))[0]
		if res := w.CallM(h, "Update", w.box(Level(6))); res[0] != nil {
			t.Errorf("Update: %v", res[0])
		}
		w.Call(displayPath, "Clear", true)
		if b := w.Call(displayPath, "Render", w.box(Level(7)))[0].(display.Bundle); b.Data[display.MIMEPlain] != "level 7" {
			t.Errorf("Render: %v", b)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(s.got, ", "), "0 level 3, 0 4, 0 level 5, 1 level 6, 2 <nil>"; got != want {
		t.Errorf("shown %s, want %s", got, want)
	}
}

type sink struct{ got []string }

func (s *sink) Emit(e display.Event) error {
	s.got = append(s.got, fmt.Sprint(int(e.Op), " ", e.Bundle.Data[display.MIMEPlain]))
	return nil
}

// What is shown follows pointers and says no address, which would differ from run to
// run; it ends, however large or tangled the value is.
func TestShownText(t *testing.T) {
	w := newWorld(t, stdTables())
	ring := w.box(&Node{Val: 1}).(Boxed)
	reflect.ValueOf(ring.V).Elem().Field(1).Set(reflect.ValueOf(ring.V))
	if _, text := ring.DisplayValue(); text != "&{Val:1 Next:*rt.Node(…) Kids:[]}" {
		t.Errorf("a ring: %s", text)
	}
	long := &Node{}
	for n, i := long, 0; i < 100; i++ {
		n.Next = &Node{Val: i}
		n = n.Next
	}
	for _, test := range []struct {
		x    any
		want string
	}{
		{&Node{Val: 1, Next: &Node{Val: 2}}, "&{Val:1 Next:&{Val:2 Next:<nil> Kids:[]} Kids:[]}"},
		{[]*Point{{1, 2}, nil}, "[&{X:1 Y:2} <nil>]"},
		{map[string]*Level{"a": new(Level)}, "map[a:&0]"},
		{Holder{A: func(int) {}}, "{S:<nil> E:<nil> A:func(int)}"},
	} {
		if _, text := w.box(test.x).(Boxed).DisplayValue(); text != test.want {
			t.Errorf("%T: %s, want %s", test.x, text, test.want)
		}
	}
	if _, text := w.box(long).(Boxed).DisplayValue(); !strings.HasPrefix(text, "&{Val:0 Next:&{Val:0 Next:&{Val:1 ") || !strings.Contains(text, "(…)") || strings.Contains(text, "0x") {
		t.Errorf("a long list: %s", text)
	}
	wide := &Node{Kids: make([]Node, 300)}
	for i := range wide.Kids {
		wide.Kids[i].Kids = make([]Node, 300)
	}
	if _, text := w.box(wide).(Boxed).DisplayValue(); len(text) > 1<<20 || !strings.Contains(text, "…") {
		t.Errorf("90 000 nodes make %d bytes", len(text))
	}
}

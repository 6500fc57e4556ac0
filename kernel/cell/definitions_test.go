package cell

import (
	"fmt"
	"strings"
	"testing"
)

func TestDefinitions(t *testing.T) {
	nb := newNotebook(t)
	nb.run("import str \"strings\"\nx := []int{1}\nconst c = 2\nfunc f(a int) string { return \"\" }\ntype T struct{ A int }\nfunc (T) M() {}\nvar b strings.Builder")
	var got []string
	for _, d := range nb.env.Definitions() {
		got = append(got, fmt.Sprint(d))
	}
	want := "{T struct T cell 1}|{b var strings.Builder cell 1}|{c const untyped int cell 1}|{f function func(a int) string cell 1}|{x var []int cell 1}"
	if strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
}

func TestValues(t *testing.T) {
	nb := newNotebook(t)
	nb.run("type T struct{ A int }\nx, s, v := 1, []string{\"a\"}, T{2}\nvar e error\nfn := func() {}")
	values, err := nb.env.Values(t.Context(), "x", "s", "v", "e")
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(values...); got != "1 [a] {2} <nil>" {
		t.Errorf("got %s", got)
	}
	if _, err := nb.env.Values(t.Context(), "nothing"); err == nil {
		t.Error("a name that is not defined has a value")
	}
}

func TestForget(t *testing.T) {
	for _, c := range []struct{ define, forget, want, then, shows string }{
		{"x := 1", "x", "", "x", "undefined: x"},
		{"fmt := 1", "fmt", "", "fmt.Println(2)", "2"},
		{"import str \"strings\"", "str", "", "str.ToUpper(\"a\")", "undefined: str"},
		{"x := 1\nfunc f() int { return x }\nfunc g() int { return f() }", "x", "f (cell 1) no longer compiles: it uses x|g (cell 1) no longer compiles: it uses f", "g()", "undefined: g"},
		{"x := 1\nfunc f() int { return x }", "x", "f (cell 1) no longer compiles: it uses x", "x := 5\nf()", "=> 5"},
		{"type T struct{}\nfunc (T) M() int { return 1 }\nv := T{}", "T", "", "v", "=> {}"},
		{"type T struct{}\nv := T{}", "T v", "", "type T int\nv := T(3)\nv", "=> 3"},
		{"const (\nA = iota\nB\n)", "A B", "", "A", "undefined: A"},
		{"x := 1", "y", "error y is not defined by any cell", "x", "=> 1"},
		{"x := make([]byte, 1<<20)\np := &x", "x", "", "len(*p)", "=> 0"},
	} {
		nb := newNotebook(t)
		nb.run(c.define)
		warnings, err := nb.env.Forget(t.Context(), strings.Fields(c.forget)...)
		got := strings.Join(warnings, "|")
		if err != nil {
			got += "error " + err.Error()
		}
		if got != c.want {
			t.Errorf("%q, forget %s: %q; want %q", c.define, c.forget, got, c.want)
		}
		if got := nb.run(c.then); !strings.Contains(got, c.shows) {
			t.Errorf("%q, forget %s, then %q shows %q; want %q", c.define, c.forget, c.then, got, c.shows)
		}
	}
}

func TestReset(t *testing.T) {
	nb := newNotebook(t)
	nb.run("import . \"strings\"\nx := 1\ntype T int\nfunc (T) M() {}\nlen := 2")
	if err := nb.env.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d := nb.env.Definitions(); len(d) > 0 {
		t.Errorf("after a reset there are %v", d)
	}
	for _, c := range [][2]string{
		{"x", "undefined: x"}, {"ToUpper(\"a\")", "undefined: ToUpper"}, {"len([]int{1})", "=> 1"}, {"x := \"new\"\nx", "=> new"},
	} {
		if got := nb.run(c[0]); !strings.Contains(got, c[1]) {
			t.Errorf("%q shows %q; want %q", c[0], got, c[1])
		}
	}
}

package cell

import (
	"strings"
	"testing"
)

func TestKindOf(t *testing.T) {
	nb := newNotebook(t)
	nb.run("import str \"strings\"\nx := 1\nconst c = 2\nfunc f() {}\ntype T struct{}\ntype I interface{}\nerrors := 1")
	for name, want := range map[string]string{
		"x": "var", "c": "const", "f": "function", "T": "struct", "I": "interface", "str": "package", "fmt": "package",
		"errors": "var", "len": "builtin", "true": "const", "int": "type", "nothing": "",
	} {
		if got := nb.env.KindOf(name); got != want {
			t.Errorf("%s is %q; want %q", name, got, want)
		}
	}
}

// Parse finds what is no Go, and nothing else.
func TestParse(t *testing.T) {
	nb := newNotebook(t)
	for src, want := range map[string]string{
		"x := undefined": "", "": "", "package main": "",
		"x := ":    "cell 1:1:6: expected operand, found 'EOF'",
		"a\nf(1))": "cell 1:2:5: unexpected ): there is nothing open that it closes",
	} {
		got := ""
		if err := nb.env.Parse(Input{Number: 1, Source: src}); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %q; want %q", src, got, want)
		}
	}
}

// A part of a cell has the cell's lines in tracebacks.
func TestWhole(t *testing.T) {
	nb := newNotebook(t)
	out := &buffer{}
	_, err := nb.exec(t.Context(), out, "")
	if err != nil {
		t.Fatal(err)
	}
	whole := "func g() { panic(1) }\n!ls\ng()"
	for _, src := range []string{"func g() { panic(1) }\n", "                     \n   \ng()"} {
		_, err = nb.env.Run(t.Context(), Input{Number: 2, Source: src, Whole: whole, Stdout: out, Stderr: out})
	}
	want := "error cell 2, line 3\n    g()\ncell 2, g, line 1\n    func g() { panic(1) }\npanic: 1\n"
	if got := told(Outcome{}, err); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// What a cell is lowered to can be seen, with the lines that it comes from; the cell has
// not run, and defines nothing.
func TestLowered(t *testing.T) {
	nb := newNotebook(t)
	for range 2 {
		text, err := nb.env.Lowered(t.Context(), Input{Number: 1, Source: "func f() int {\n\treturn 7\n}\nf()"})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"return 7 // 2 main.f\n", "_f() // 4 main.main\n"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not in\n%s", want, text)
			}
		}
	}
	if got := nb.run("f()"); !strings.Contains(got, "undefined: f") {
		t.Errorf("f is defined: %s", got)
	}
	if _, err := nb.env.Lowered(t.Context(), Input{Number: 1, Source: "1 + true"}); err == nil {
		t.Error("what does not compile is lowered")
	}
}

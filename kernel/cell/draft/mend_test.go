package draft

import "testing"

// A text that doesn't parse is one that does after it was mended, with what is
// written in it still in its place.
func TestMend(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"a call", "f(", "f()"},
		{"a call in a line", "f(1\ng()", "f(1)\ng()"},
		{"calls in each other", "f(g(1, []int{2\nh()", "f(g(1, []int{2}))\nh()"},
		{"a list over lines without its last comma", "f(\n\t1\n)", "f(\n\t1,\n)"},
		{"a list over lines without one in the middle", "x := []T{\n\t{1}\n\t{2},\n}", "x := []T{\n\t{1},\n\t{2},\n}"},
		{"a list over lines, then an assignment", "x := []int{\n\t1,\n\t2\ny := 3", "x := []int{\n\t1,\n\t2,}\ny := 3"},
		{"a list over lines, then a statement", "f(\n\t1,\nreturn", "f(\n\t1,)\nreturn"},
		{"a function", "func f() {\n\tx()", "func f() {\n\tx()}"},
		{"a function, then another one", "func f() {\n\tfor {\n\t\tg(\n\nfunc g() {\n}", "func f() {\n\tfor {\n\t\tg()}}\n\nfunc g() {\n}"},
		{"a function, then a method", "func f() {\nfunc (t T) g() {\n}", "func f() {}\nfunc (t T) g() {\n}"},
		{"a block, told by the indent", "func f() {\n\tfor {\n\t\tg()\n}\nh()", "func f() {\n\tfor {\n\t\tg()}\n}\nh()"},
		{"a bracket too many", "f())\n}\ng()", "f() \n \ng()"},
		{"the wrong bracket", "f(x[1)\ng()", "f(x[1])\ng()"},
		{"an if", "if x", "if x {}"},
		{"an if in a block", "for {\n\tif x\n\ty()\n}", "for {\n\tif x {}\n\ty()\n}"},
		{"an if that only assigns", "if x := f() {\n}", "if x := f(); true {\n}"},
		{"a switch that only assigns", "switch x := f()", "switch x := f(); {}"},
		{"a for that only assigns", "for x := f()", "for x := f();; {}"},
		{"a range", "for x := range xs", "for x := range xs {}"},
		{"a type switch", "switch x := y.(type)", "switch x := y.(type) {}"},
		{"an else", "if x {\n} else", "if x {\n} else {}"},
		{"an else if", "if x {\n} else if y", "if x {\n} else if y {}"},
		{"a case", "switch x {\ncase 1\n\tf()\n}", "switch x {\ncase 1:\n\tf()\n}"},
		{"a case at the end", "switch x {\ncase 1", "switch x {\ncase 1:}"},
		{"go", "go f", "go f()"},
		{"defer in a block", "func f() {\n\tdefer g\n\th()\n}", "func f() {\n\tdefer g()\n\th()\n}"},
		{"an operator", "x := 1 +", "x := 1 + _"},
		{"an operator, then a statement", "x :=\nif y {\n}", "x := _\nif y {\n}"},
		{"an operator, then an assignment", "x :=\ny := 1", "x := _\ny := 1"},
		{"a point, then an assignment", "x.\ny := 1", "x. _\ny := 1"},
		{"an operator before a bracket", "f(1 + )", "f(1 + _ )"},
		{"a string", `f("a`, `f("a")`},
		{"a string in a line", "f(\"a\ng()", "f(\"a\")\ng()"},
		{"a raw string", "f(`a\nb", "f(`a\nb`)"},
		{"a rune", "f('a\ng()", "f('a')\ng()"},
		{"a comment", "f(1) /* x", "f(1) /* x*/"},
		{"behind a comment", "f( // x\ng := 1", "f() // x\ng := 1"},
		{"a literal in a header", "for x := range []int{1", "for x := range []int{1} {}"},
		{"imports", "import (\n\t\"a\"\n", "import (\n\t\"a\")\n"},
	} {
		if got := Mend(c.src).Src; got != c.want {
			t.Errorf("%s:\n%s\nis\n%s\nnot\n%s", c.name, c.src, got, c.want)
		}
	}
}

package magic

import (
	"fmt"
	"strings"
	"testing"
)

// kinds writes pieces for the table: a letter and the text of each.
func kinds(text string, pieces []piece) string {
	letters := map[kind]string{goCode: "go", line: "line", whole: "whole", shell: "shell", question: "ask", foreign: "foreign"}
	var out []string
	for _, p := range pieces {
		out = append(out, fmt.Sprintf("%s:%q", letters[p.kind], text[p.start:p.end]))
	}
	return strings.Join(out, " ")
}

func testSplitter(text string) *splitter {
	known := map[string]string{"ok": "var", "f": "function", "strings": "package", "true": "const", "make": "builtin", "len": "builtin", "T": "struct"}
	return &splitter{text: text, kindOf: func(name string) string { return known[name] }, goAt: func(text string) int {
		if name := commandName(text); name == "time" {
			if at := len("%time "); at < len(strings.TrimSpace(text)) {
				return at
			}
		}
		return -1
	}}
}

func TestSplit(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", `go:""`},
		{"only Go", "x := 1\nfmt.Println(x % 2)\n", `go:"x := 1\nfmt.Println(x % 2)\n"`},
		{"a line", "%who", `line:"%who"`},
		{"lines between Go", "x := 1\n%who\ny := 2", `go:"x := 1\n" line:"%who\n" go:"y := 2"`},
		{"blanks before", "\n  %who -x\n", `go:"\n  " line:"%who -x\n"`},
		{"continued", "%who a \\\n b\nx", `line:"%who a \\\n b\n" go:"x"`},
		{"continued, CRLF", "%who a \\\r\n b\r\nx", `line:"%who a \\\r\n b\r\n" go:"x"`},
		{"raw string", "s := `\n%who\n`\n", "go:\"s := `\\n%who\\n`\\n\""},
		{"an open raw string", "s := `\n%who\n", "go:\"s := `\\n%who\\n\""},
		{"comment", "/*\n%who\n*/\n// x\n%who", `go:"/*\n%who\n*/\n// x\n" line:"%who"`},
		{"comment behind a statement", "x := 1 /* a\n%who */\n%who", `go:"x := 1 /* a\n%who */\n" line:"%who"`},
		{"an open comment", "/* \n%who", `go:"/* \n%who"`},
		{"comment on the same line", "/* a */ %who", `go:"/* a */ %who"`},
		{"expression over lines", "x := 7 %\n%who\n", `go:"x := 7 %\n%who\n"`},
		{"operator first", "x := (7\n%who)\n", `go:"x := (7\n%who)\n"`},
		{"block", "func g() {\n%who\n!ls\n}\n%who", `go:"func g() {\n%who\n!ls\n}\n" line:"%who"`},
		{"header", "for i := 0; i < 3; i++ {\n}\n%who", `go:"for i := 0; i < 3; i++ {\n}\n" line:"%who"`},
		{"header with a call over lines", "if x := g(\n1); x {\n}\n!ls -l", `go:"if x := g(\n1); x {\n}\n" shell:"!ls -l"`},
		{"semicolons", "a(); b();\n%who", `go:"a(); b();\n" line:"%who"`},
		{"a program", "package main\nfunc main() {}\n%who", `go:"package main\nfunc main() {}\n%who"`},
		{"a program with a comment", "// x\npackage main\n%who", `go:"// x\npackage main\n%who"`},
		{"a variable called packages", "packages := 1\n%who", `go:"packages := 1\n" line:"%who"`},
		{"whole", "%%bash -x\necho `\n%who", "whole:\"%%bash -x\\necho `\\n%who\""},
		{"whole after blanks", "\n\n %%bash\nls", `go:"\n\n " whole:"%%bash\nls"`},
		{"whole not first", "x\n%%bash\nls", `go:"x\n" line:"%%bash\n" go:"ls"`},
		{"whole without a name", "%%\nx", `line:"%%\n" go:"x"`},
		{"percent alone", "%\n% x", `line:"%\n" line:"% x"`},
		{"a Go statement", "%time x := g(\n1,\n)\ny", `line:"%time x := g(\n1,\n)\n" go:"y"`},
		{"a Go block", "%time for {\n%x\n}\n%who", `line:"%time for {\n%x\n}\n" line:"%who"`},
		{"a command's command", "%time !ls (\n%who", `line:"%time !ls (\n" line:"%who"`},
		{"shell", "!ls -l | wc\n!!date\n! date", `shell:"!ls -l | wc\n" shell:"!!date\n" shell:"! date"`},
		{"shell continued", "!ls \\\n-l\nx", `shell:"!ls \\\n-l\n" go:"x"`},
		{"shell with quotes", "!echo \"`'(\n!ls", "shell:\"!echo \\\"`'(\\n\" shell:\"!ls\""},
		{"not a shell", "!ok\n!ok && f()\n!(ok || f())", `go:"!ok\n!ok && f()\n!(ok || f())"`},
		{"constants", "!true", `go:"!true"`},
		{"one that the cell declares", "done := true\n!done", `go:"done := true\n!done"`},
		{"one that the cell declares with another", "x, done := g()\nvar fine bool\n!done\n!fine", `go:"x, done := g()\nvar fine bool\n!done\n!fine"`},
		{"one that the cell only uses", "g(date)\n!date", `go:"g(date)\n" shell:"!date"`},
		{"a function", "!f()\n!f", `go:"!f()\n" shell:"!f"`},
		{"a builtin", "!make\n!make all", `shell:"!make\n" shell:"!make all"`},
		{"a package", "!strings.Contains(a, b)\n!strings x\n!strings", `go:"!strings.Contains(a, b)\n" shell:"!strings x\n" shell:"!strings"`},
		{"a literal", "!func() bool { return ok }()", `go:"!func() bool { return ok }()"`},
		{"not equal", "x !=\n!y", `go:"x !=\n!y"`},
		{"questions", "?x\nx?\nstrings.Cut??\n%time?\n?? x", `ask:"?x\n" ask:"x?\n" ask:"strings.Cut??\n" ask:"%time?\n" ask:"?? x"`},
		{"no question", "f(x)?", `go:"f(x)?"`},
		{"other kernels", ":help\n$ ls", `foreign:":help\n" foreign:"$ ls"`},
		{"a label", "loop:\nfor {\n}", `go:"loop:\nfor {\n}"`},
		{"brackets too many", "}\n%who", `go:"}\n" line:"%who"`},
	} {
		if got := kinds(c.text, testSplitter(c.text).split(0, len(c.text))); got != c.want {
			t.Errorf("%s: %q\ngot  %s\nwant %s", c.name, c.text, got, c.want)
		}
	}
}

// FuzzSplit: the pieces of any text are the text, and Go-only text is one piece.
func FuzzSplit(f *testing.F) {
	for _, s := range []string{"", "x := 1\n%who\n", "%%bash\nls", "!ls `", "x?", "s := `\n%x\n`", "%time f(\n)", "/*\n*/ !x", "if a {\n%x\n}", "\xff%\n!"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at := 0
		pieces := testSplitter(text).split(0, len(text))
		for _, p := range pieces {
			if p.start != at || p.end < p.start {
				t.Fatalf("%q: a piece from %d to %d follows %d", text, p.start, p.end, at)
			}
			at = p.end
		}
		if at != len(text) {
			t.Fatalf("%q: pieces end at %d of %d", text, at, len(text))
		}
		if !strings.ContainsAny(text, "%!?:$") && (len(pieces) > 1 || len(pieces) == 1 && pieces[0].kind != goCode) {
			t.Fatalf("%q has no command: %s", text, kinds(text, pieces))
		}
	})
}

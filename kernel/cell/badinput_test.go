package cell

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestBadInput: whatever a cell is, it is told what is wrong, and where, and the
// environment is as it was.
func TestBadInput(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"invalid UTF-8", "x := \"\xff\"", "illegal UTF-8 encoding"},
		{"invalid UTF-8 in a name", "\xfe := 1", "illegal"},
		{"a byte that is zero", "x := 1\x00", "illegal character NUL"},
		{"nested parentheses", "x := " + strings.Repeat("(", 100_000) + "1" + strings.Repeat(")", 100_000), "nest"},
		{"nested blocks", strings.Repeat("{", 100_000) + strings.Repeat("}", 100_000), "max scope depth"},
		{"nested functions", "f := " + strings.Repeat("func() {", 20_000) + strings.Repeat("}", 20_000), "max scope depth"},
		{"open parentheses", strings.Repeat("(", 10_000), "expected"},
		{"closing parentheses", strings.Repeat(")", 10_000), "nothing open"},
		{"half a string", "x := \"abc", "string literal not terminated"},
		{"half a raw string", "x := `abc", "raw string literal not terminated"},
		{"half a comment", "x := 1 /* abc", "comment not terminated"},
		{"half a rune", "x := 'a", "rune literal not terminated"},
		{"cgo", "import \"C\"", "cgo"},
		{"an unknown package", "import \"no/such\"", "not available"},
		{"an import of nothing", "import \"\"", "invalid import path"},
		{"an import that is no string", "import fmt", "missing import path"},
		{"an import in a block", "if true { import \"fmt\" }", "expected"},
		{"an internal package", "import \"internal/abi\"", "not available"},
		{"a type that contains itself", "type T struct { t T }", "invalid recursive type"},
		{"types that contain each other", "type A struct { b B }\ntype B struct { a A }", "invalid recursive type"},
		{"a constant that needs itself", "const a = b\nconst b = a", "initialization cycle"},
		{"a huge constant", "x := 1 << 100", "overflows"},
		{"a huge shift", "const c = 1 << 1000000000", "shift"},
		{"a huge array", "var a [1 << 62]int", "Nascent can't run this construct"},
		{"a division by zero", "x := 1 / 0", "division by zero"},
		{"a function without a body", "func f()", "missing function body"},
		{"a label that nobody uses", "unused:\nfor {}", "label unused"},
		{"a goto into a block", "goto in\nif true { in: }", "jumps into block"},
		{"a method on a foreign type", "func (t time.Time) Foo() {}", "cannot define new methods"},
		{"a method on nothing", "func (t Nothing) Foo() {}", "undefined: Nothing"},
		{"two packages", "package a\npackage b", "expected"},
		{"a package that is not main", "package other\nfunc F() int { return undefinedX }", "undefined: undefinedX"},
		{"main with results", "package main\nfunc main() int { return 1 }", "func main must have no arguments and no return values"},
		{"an assignment to a call", "len(\"a\") = 3", "cannot assign"},
		{"a define of a field", "var p struct{ x int }\np.x := 1", "non-name"},
		{"generics without end", "type G[T any] struct { g *G[G[T]] }\nvar g G[int]", "instantiation cycle"},
		{"functions without end", "func f[T any](n int, x T) { if n > 0 { f[*T](n-1, &x) } }\nf(3, 1)", "instantiation cycle"},
		{"go without a call", "go 5", "must be function call"},
		{"names of the front end", "run__()", "reserved"},
		{"a reserved name is declared", "x := Show__(1)", "reserved"},
	} {
		t.Run(c.name, func(t *testing.T) {
			nb := newNotebook(t)
			if got := nb.run("kept := 7\nfunc held() int { return kept * 6 }"); got != "" {
				t.Fatal(got)
			}
			units, scope := len(nb.env.units), len(nb.env.scope)
			start := time.Now()
			_, err := nb.exec(context.Background(), &buffer{}, c.src)
			if d := time.Since(start); d > 5*time.Second {
				t.Errorf("it takes %v to say so", d)
			}
			var bad *CompileError
			if !errors.As(err, &bad) {
				t.Fatalf("the error is %.300v", err)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %.300v: it does not say %q", err, c.want)
			}
			for _, d := range bad.Diagnostics {
				if d.Line < 1 || d.Column < 1 || d.Cell != "cell 2" {
					t.Errorf("%q has no place: %s:%d:%d", d.Message, d.Cell, d.Line, d.Column)
				}
			}
			if len(nb.env.units) != units || len(nb.env.scope) != scope {
				t.Errorf("the environment has changed")
			}
			if got := nb.run("held()"); got != "=> 42\n" {
				t.Errorf("afterwards a cell shows %q", got)
			}
		})
	}
}

// TestOddInput is input that looks bad and is not.
func TestOddInput(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"nothing", "", ""},
		{"blank lines", "\n \t\n\r\n", ""},
		{"comments", "// one\n/* two\n*/", ""},
		{"semicolons", ";;;", ""},
		{"a directive", "//go:noinline\nfunc f() int { return 3 }\nf()", "=> 3\n"},
		{"a build constraint", "//go:build ignore\n\n1 + 1", "=> 2\n"},
		{"a generate directive", "//go:generate rm -rf /\n5", "=> 5\n"},
		{"a line directive", "//line other.go:100\nx := 1\nx", "=> 1\n"},
		{"carriage returns", "x := 1\r\nx + 1\r\n", "=> 2\n"},
		{"a byte order mark", "\ufeff1 + 2", "=> 3\n"},
		{"a long line", "x := 0" + strings.Repeat(" + 1", 20_000) + "\nx", "=> 20000\n"},
		{"many lines", strings.Repeat("x = 1\n", 1000) + "x", "=> 1\n"},
		{"a long string", "x := \"" + strings.Repeat("a", 1<<20) + "\"\nlen(x)", "=> 1048576\n"},
		{"a long comment", "/*" + strings.Repeat(" text\n", 1<<17) + "*/\n6", "=> 6\n"},
		{"parentheses", "x := " + strings.Repeat("(", 500) + "4" + strings.Repeat(")", 500) + "\nx", "=> 4\n"},
		{"an unsafe import", "import \"unsafe\"\nunsafe.Sizeof(int32(0))", "=> 4\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			nb := newNotebook(t)
			if got := nb.run("var x int"); got != "" {
				t.Fatal(got)
			}
			start := time.Now()
			if got := nb.run(c.src); got != c.want {
				t.Errorf("shows %.500q, not %q", got, c.want)
			}
			if d := time.Since(start); d > 5*time.Second {
				t.Errorf("takes %v", d)
			}
		})
	}
}

// TestRedefinitionCycle: a redefinition that would make types contain each other is
// an error, and changes nothing.
func TestRedefinitionCycle(t *testing.T) {
	nb := newNotebook(t)
	if got := nb.run("type B struct { n int }\ntype A struct { b B }\nfunc f() int { return A{b: B{n: 4}}.b.n }\nf()"); got != "=> 4\n" {
		t.Fatal(got)
	}
	got := nb.run("type B struct { a A }")
	if !strings.Contains(got, "invalid recursive type") || !strings.Contains(got, "error cell 2:1:6") {
		t.Errorf("shows %q", got)
	}
	if got := nb.run("f()"); got != "=> 4\n" {
		t.Errorf("afterwards f shows %q", got)
	}
	if got := nb.run("type B struct { n int; a *A }\nf()"); got != "=> 4\n" {
		t.Errorf("with a pointer it shows %q", got)
	}
}

// FuzzEnv: no text makes the front end panic or hang, and no question does.
func FuzzEnv(f *testing.F) {
	for _, s := range []string{
		"x := 1\nx", "func f() {", "type T struct{ a int }", "for i := range 3 { fmt.Println(i) }", "import \"fmt\"", "package main\nfunc main() {}",
		"a, b := 1", "x.y.z", "[]int{1,2}[", "`", "/*", "'", "switch x := 5; x {", "func (t T) m() {}", "const ( a = iota; b )", "goto x\nx:",
		"x := x + 1", "var x, y = f()", "go func() {}()", "defer f()", "select {}", "type G[T any] struct{ t T }", "f[int](3)", "x, err := strconv.Atoi(s)",
		"if x := 1; x > 0 { } else if", "func() {}()", "//line a:1\nx", "return", "break", "_ = 1", "x := nil", "var _ = 1", "1;", ";", "len := 3", "fmt := 1",
	} {
		f.Add(s, 3)
	}
	nb := newNotebook(f)
	if got := nb.run("type P struct{ X, Y int }\nfunc (p P) Sum() int { return p.X + p.Y }\nfunc g(n int) int { return n * 2 }\nx := 3\np := P{1, 2}\nconst k = 5\ns := \"text\""); got != "" {
		f.Fatal(got)
	}
	f.Fuzz(func(t *testing.T, src string, pos int) {
		e := nb.env
		e.mu.Lock()
		plan, err := e.prepare(Input{Number: 2, Source: src}, false)
		e.mu.Unlock()
		var bad *CompileError
		switch {
		case err != nil && (!errors.As(err, &bad) || len(bad.Diagnostics) == 0):
			t.Errorf("the error is %v", err)
		case err == nil && plan == nil:
			t.Error("neither a plan nor an error")
		case err != nil && fmt.Sprint(bad.Traceback(true)) == "":
			t.Error("an error without words")
		}
		got := e.Complete(context.Background(), src, pos)
		if got.Start < 0 || got.Start > got.End || got.End > len(src) {
			t.Errorf("completion of %d..%d in %d bytes", got.Start, got.End, len(src))
		}
		e.Inspect(context.Background(), src, pos, 1)
		if s := e.IsComplete(src).Status; s != "complete" && s != "incomplete" && s != "invalid" {
			t.Errorf("it is %q", s)
		}
	})
}

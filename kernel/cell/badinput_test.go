package cell

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
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
		{"nested slices", "var x " + strings.Repeat("[]", 10_000) + "int", "nested more than 1000 deep"},
		{"nested pointers", "var x " + strings.Repeat("*", 10_000) + "int", "nested more than 1000 deep"},
		{"nested maps", "var x " + strings.Repeat("map[int]", 10_000) + "int", "nested more than 1000 deep"},
		{"nested channels", "var x " + strings.Repeat("chan ", 10_000) + "int", "nested more than 1000 deep"},
		{"nested structs", "var x " + strings.Repeat("struct{a ", 10_000) + "int" + strings.Repeat("}", 10_000), "max scope depth"},
		{"nested function types", "var x " + strings.Repeat("func() ", 10_000) + "int", "max scope depth"},
		{"nested literals", "x := " + strings.Repeat("[]any{", 10_000) + strings.Repeat("}", 10_000), "nested more than 1000 deep"},
		{"nested conditions", strings.Repeat("if true {", 10_000) + strings.Repeat("}", 10_000), "max scope depth"},
		{"a chain of conditions", "if kept == 1 {}" + strings.Repeat(" else if kept == 2 {}", 10_000), "max scope depth"},
		{"closing parentheses", strings.Repeat(")", 10_000), "nothing open"},
		{"half a string", "x := \"abc", "string literal not terminated"},
		{"half a raw string", "x := `abc", "raw string literal not terminated"},
		{"half a comment", "x := 1 /* abc", "comment not terminated"},
		{"half a rune", "x := 'a", "rune literal not terminated"},
		{"a string over two lines", "x := \"a\nb\"", "string literal not terminated"},
		{"no rune", "x := ''", "illegal rune literal"},
		{"a rune of a megabyte", "'" + strings.Repeat("a", 1<<20) + "'", "illegal rune literal"},
		{"a name of a megabyte", "x := " + strings.Repeat("a", 1<<20), "undefined: a"},
		{"an escape sequence that does not exist", "x := \"\\q\"", "unknown escape sequence"},
		{"half of a surrogate pair", "x := \"\\ud800\"", "invalid Unicode code point"},
		{"a byte order mark in the middle", "x := 1\n\ufeffy := 2", "illegal byte order mark"},
		{"invalid UTF-8 in a comment", "// \xff\nx := 1", "illegal UTF-8 encoding"},
		{"a space that is none", "\u00a0x := 1", "illegal character U+00A0"},
		{"curly quotes", "x := “hello”", "curly quotation mark"},
		{"a minus that is none", "x := 5 − 3", "illegal character U+2212"},
		{"a carriage return alone", "x := 1\ry := 2", "expected ';'"},
		{"an open block", "{", "expected '}', found 'EOF'"},
		{"an open function", "func f() {", "found 'EOF'"},
		{"an open literal", "x := []int{", "expected '}', found 'EOF'"},
		{"brackets that do not match", "x := (1]", "expected ')', found ']'"},
		{"an import and no more", "import", "missing import path"},
		{"a package and no more", "package", "found 'EOF'"},
		{"a const and no more", "const", "expected 'IDENT', found 'EOF'"},
		{"a type and no more", "type", "expected 'IDENT', found 'EOF'"},
		{"a func and no more", "func", "found 'EOF'"},
		{"a var and no more", "var", "expected 'IDENT', found 'EOF'"},
		{"half a definition", "x :=", "expected operand, found 'EOF'"},
		{"an else alone", "else { }", "expected statement, found 'else'"},
		{"a case alone", "case 1:", "found 'case'"},
		{"Python", "def f(x):\n  return x", "expected ';', found f"},
		{"JSON", "{\"a\": [1, 2]}", "illegal label declaration"},
		{"HTML", "<b>x</b>", "expected statement, found '<'"},
		{"a shell's first line", "#!/bin/bash", "illegal character U+0023"},
		{"an embedded file", "import _ \"embed\"\n//go:embed x.txt\nvar s string", "//go:embed: cells cannot embed files"},
		{"a linked name", "//go:linkname nt runtime.nanotime\nfunc nt() int64", "missing function body"},
		{"a function of assembly", "//go:noescape\nfunc nt() int64", "missing function body"},
		{"cgo with a preamble", "/*\n#include <stdio.h>\n*/\nimport \"C\"\nC.puts(nil)", "cgo"},
		{"an import of main", "import \"main\"", "not available"},
		{"an import of a command", "import \"cmd/go\"", "not available"},
		{"an import of a file", "import \"/etc/passwd\"", "not available"},
		{"an import with a space", "import \"a b\"", "invalid import path"},
		{"an import of a rune", "import 'a'", "import path must be a string"},
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
		{"a shift that is too far", "x := 1 << 100000", "invalid shift count"},
		{"a product that is too large", "const a = 1 << 500\nconst b = a * a * a", "constant multiplication overflow"},
		{"a float that is too large", "x := 1e1000000", "overflows"},
		{"an exponent that is too large", "x := 1e999999999999", "malformed constant"},
		{"a million digits", "x := " + strings.Repeat("1", 1_000_000), "excessively long constant"},
		{"an array of a terabyte", "var a [1 << 40]byte", "an array of 1024 GiB"},
		{"an array of arrays", "var a [1 << 20][1 << 20]int", "an array of 8192 GiB"},
		{"an array literal of a terabyte", "x := [...]int{1 << 40: 1}", "an array of 8192 GiB"},
		{"a slice literal of a terabyte", "x := []int{1 << 40: 1}", "an array of"},
		{"a local array of a terabyte", "func f() int { var a [1 << 40]int; return a[5] }", "an array of 8192 GiB"},
		{"a negative array", "var a [-1]int", "invalid array length"},
		{"a type that is itself", "type T T", "invalid recursive type"},
		{"an alias of itself", "type A = []A", "invalid recursive type"},
		{"an interface that embeds itself", "type I interface{ I }", "invalid recursive type"},
		{"a map keyed by itself", "type M map[M]int", "invalid map key type"},
		{"a type as long as itself", "type T [len(T{})]int", "invalid recursive type"},
		{"a constant of a type that it makes", "const n = len(T{})\ntype T [n]int", "invalid cycle"},
		{"a type parameter as a type", "type T[P any] P", "cannot use a type parameter as RHS"},
		{"a method with type parameters", "type T int\nfunc (t T) m[P any]() {}", "type parameters"},
		{"a constraint as a type", "type N interface{ ~int }\nvar n N", "outside a type constraint"},
		{"too many type arguments", "type L[T any] []T\nvar x L[int, string]", "too many type arguments"},
		{"a method twice", "type T int\nfunc (T) m() {}\nfunc (T) m() {}", "already declared"},
		{"a field and a method of one name", "type T struct{ m int }\nfunc (T) m() {}", "field and method with the same name m"},
		{"a method on an alias of a foreign type", "type D = time.Duration\nfunc (d D) X() {}", "cannot define new methods"},
		{"the blank name as a value", "x := _", "cannot use _ as value"},
		{"a method without a body", "type T int\nfunc (t T) m()", "missing function body"},
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
		{"ten thousand parentheses", "x := " + strings.Repeat("(", 10_000) + "4" + strings.Repeat(")", 10_000) + "\nx", "=> 4\n"},
		{"unary operators", "x := " + strings.Repeat("- ", 1_000) + "4\nx", "=> 4\n"},
		{"calls in calls", "func g(n int) int { return n + 1 }\n" + strings.Repeat("g(", 500) + "0" + strings.Repeat(")", 500), "=> 500\n"},
		{"a chain of methods", "type T struct{}\nfunc (t T) m() T { return t }\nT{}" + strings.Repeat(".m()", 500), "=> {}\n"},
		{"types that go in circles", "type F func(F) F\ntype C chan C\ntype P *P\nvar f F\nvar c C\nvar p P\nf == nil, c == nil, p == nil", "=> true true true\n"},
		{"a dot import of unsafe", "import . \"unsafe\"\nSizeof(int8(0))", "=> 1\n"},
		{"an export directive", "//export f\nfunc f() int { return 1 }\nf()", "=> 1\n"},
		{"letters of full width", "ｘ := 1\nｘ", "=> 1\n"},
		{"a very small constant", "x := 1e-1000000\nx", "=> 0\n"},
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

// raisesInGo says whether a cell that is Go as it stands, without what is left out, is
// changed elsewhere than in calls that are statements.
func raisesInGo(e *Env, p *plan, src string) (changed bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.strict = true
	defer func() { e.strict = false }()
	if _, err := e.prepare(context.Background(), Input{Number: 2, Source: src}, nil); err != nil {
		return false
	}
	statements := map[ast.Node]bool{}
	for _, f := range p.check.files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ExprStmt:
				statements[n.X] = true
			case *ast.CallExpr:
				changed = changed || isOwn(n) && !statements[n]
			}
			return true
		})
	}
	return changed
}

// FuzzEnv: no text makes the front end panic or hang, and no question does.
func FuzzEnv(f *testing.F) {
	for _, s := range []string{
		"x := 1\nx", "func f() {", "type T struct{ a int }", "for i := range 3 { fmt.Println(i) }", "import \"fmt\"", "package main\nfunc main() {}",
		"a, b := 1", "x.y.z", "[]int{1,2}[", "`", "/*", "'", "switch x := 5; x {", "func (t T) m() {}", "const ( a = iota; b )", "goto x\nx:",
		"x := x + 1", "var x, y = f()", "go func() {}()", "defer f()", "select {}", "type G[T any] struct{ t T }", "f[int](3)", "x, err := strconv.Atoi(s)", "for range 2 { n := strconv.Atoi(s); os.Chdir(s) }", "if x := strconv.Atoi(s); x > 2 { a, b := bufio.ScanLines(nil, true) }",
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
		plan, err := e.prepare(t.Context(), Input{Number: 2, Source: src}, nil)
		e.mu.Unlock()
		var bad *CompileError
		switch {
		case err != nil && (!errors.As(err, &bad) || len(bad.Diagnostics) == 0):
			t.Errorf("the error is %v", err)
		case err == nil && plan == nil:
			t.Error("neither a plan nor an error")
		case err != nil && fmt.Sprint(bad.Traceback(true)) == "":
			t.Error("an error without words")
		case err == nil && raisesInGo(e, plan, src):
			t.Error("an error is raised where Go takes the call as it is")
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

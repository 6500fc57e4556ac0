package lower

import (
	"context"
	"errors"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// bench lowers packages one after the other, each of which sees what those before it
// have declared, as cells do.
type bench struct {
	t     *testing.T
	fset  *token.FileSet
	low   *Lowerer
	scope map[string]types.Object
	n     int
	kinds []types.Type
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t, fset: token.NewFileSet(), scope: map[string]types.Object{}}
	b.low = New(b.fset, b, b)
	return b
}

// AddType implements Runtime.
func (b *bench) AddType(t types.Type, raw reflect.Type) int {
	b.kinds = append(b.kinds, t)
	return len(b.kinds)
}

// Replace implements Runtime.
func (b *bench) Replace(id int, t types.Type) { b.kinds[id-1] = t }

// Overridden implements Runtime.
func (b *bench) Overridden(path, name string) bool { return false }

func (*bench) Instance(_, _, _ string) string { return "" }

// Values implements Values: there are no compiled packages.
func (b *bench) Values(path string) map[string]reflect.Value { return nil }

// TypeOf implements Values.
func (b *bench) TypeOf(obj *types.TypeName) reflect.Type { return nil }

// lower lowers a package, for its function entry, and makes what it declares known.
func (b *bench) lower(src, entry string) (Chunk, error) {
	b.t.Helper()
	b.n++
	f, err := parser.ParseFile(b.fset, "cell", src, parser.SkipObjectResolution)
	if err != nil {
		b.t.Fatal(err)
	}
	pkg := types.NewPackage("main", "main")
	own := map[string]bool{}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			own[d.Name.Name] = d.Recv == nil
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					own[s.Name.Name] = true
				case *ast.ValueSpec:
					own[s.Names[0].Name] = true
				}
			}
		}
	}
	for name, obj := range b.scope {
		if !own[name] {
			pkg.Scope().Insert(obj)
		}
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Scopes: map[ast.Node]*types.Scope{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Instances: map[*ast.Ident]types.Instance{}, FileVersions: map[*ast.File]string{},
	}
	conf := types.Config{GoVersion: "go1.26"}
	if err := types.NewChecker(&conf, b.fset, pkg, info).Files([]*ast.File{f}); err != nil {
		b.t.Fatal(err)
	}
	for _, name := range pkg.Scope().Names() {
		b.scope[name] = pkg.Scope().Lookup(name)
	}
	return b.low.Lower(context.Background(), b.low.AddSource(pkg, []*ast.File{f}, info, false), b.n, []string{entry})
}

// must lowers a package and keeps it.
func (b *bench) must(src, entry string) Chunk {
	b.t.Helper()
	c, err := b.lower(src, entry)
	if err != nil {
		b.t.Fatal(err)
	}
	b.low.Keep()
	return c
}

// defined are the names of the functions and variables that a chunk declares.
func defined(c Chunk) []string {
	var names []string
	for _, m := range regexp.MustCompile(`(?m)^(?:func|var) (\w+)`).FindAllStringSubmatch(c.Source, -1) {
		if m[1] != "init" {
			names = append(names, m[1])
		}
	}
	return names
}

var update = flag.Bool("update", false, "write testdata/lowered anew, to be read before it is kept")

// TestText compares what is emitted for small programs with text that was read and
// found to mean the same.
func TestText(t *testing.T) {
	files, err := filepath.Glob("testdata/lowered/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no programs", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(file, ".go") + ".txt")
			if err != nil {
				t.Fatal(err)
			}
			got := newBench(t).must(string(src), "main").Source
			if *update {
				if err := os.WriteFile(strings.TrimSuffix(file, ".go")+".txt", []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(want) {
				t.Errorf("emitted\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// Every line of a chunk tells which function it is from, and lines that can fail, where.
func TestPlaces(t *testing.T) {
	const src = `package main

type T struct{ n int }

func (t *T) m(d int) int {
	return t.n /
		d
}

func each[E any](s []E, yield func(E) bool) {
	for _, e := range s {
		yield(e)
	}
}

func main() {
	f := func() {
		panic("inner")
	}
	new(T).m(0)
	each([]int{1}, func(int) bool {
		f()
		return true
	})
}
`
	b := newBench(t)
	c := b.must(src, "main")
	lines := strings.Split(strings.TrimSuffix(c.Source, "\n"), "\n")
	if len(lines) != len(c.Lines) {
		t.Fatalf("%d lines of text, %d places", len(lines), len(c.Lines))
	}
	for _, want := range []struct {
		text, title, name string
		line              int
		params            bool
	}{
		{` / p1`, "(*T).m", "main.(*T).m", 6, true},
		{`rt\.Panic\(`, "func literal in main", "main.main.func1", 18, false},
		{`F\d+_m\(`, "main", "main.main", 20, false},
		{`^\tt0\(\)`, "func literal in main", "main.main.func2", 22, true},
		{`p1\(`, "each", "main.each[...]", 12, true},
	} {
		i := slices.IndexFunc(lines, func(l string) bool {
			return regexp.MustCompile(want.text).MatchString(l) && !strings.HasPrefix(l, "func ")
		})
		if i < 0 {
			t.Errorf("no line is like %s in\n%s", want.text, c.Source)
			continue
		}
		p := c.Lines[i]
		if p.Func == nil {
			t.Errorf("%s comes from nowhere", lines[i])
			continue
		}
		if line := b.fset.Position(p.Pos).Line; p.Title != want.title || p.GoName != want.name || line != want.line || p.Params != want.params {
			t.Errorf("%s comes from %q, %q, line %d, parameters %t; want %+v", lines[i], p.Title, p.GoName, line, p.Params, want)
		}
	}
	for i, l := range lines {
		if strings.HasPrefix(l, "var ") || strings.HasPrefix(l, "type ") || strings.HasPrefix(l, "\tvar ") {
			if c.Lines[i].Pos.IsValid() {
				t.Errorf("%s is said to come from line %d", l, b.fset.Position(c.Lines[i].Pos).Line)
			}
		}
	}
}

// What a chunk needs and an earlier one has emitted is used, not emitted again.
func TestOnce(t *testing.T) {
	b := newBench(t)
	first := b.must("package main\nvar x int\nfunc f() int { x++; return x }\nfunc one() { f() }", "one")
	second := b.must("package main\nfunc two() { x = f() + g() }\nfunc g() int { return f() }", "two")
	was := defined(first)
	for _, name := range defined(second) {
		if slices.Contains(was, name) {
			t.Errorf("%s is emitted twice:\n%s\n%s", name, first.Source, second.Source)
		}
	}
	for _, suffix := range []string{"_f", "_x"} {
		i := slices.IndexFunc(was, func(n string) bool { return strings.HasSuffix(n, suffix) })
		if i < 0 || !strings.Contains(second.Source, was[i]) {
			t.Errorf("the second chunk does not use %s of the first:\n%s\n%s", suffix, first.Source, second.Source)
		}
	}
	if !slices.Equal(first.Vars, second.Vars) || len(first.Vars) != 1 || !strings.HasPrefix(first.Vars[0], VarPrefix) {
		t.Errorf("the chunks mention the variables %v and %v; want one, the same", first.Vars, second.Vars)
	}
}

// What is declared again has another name; a variable that shares its storage has the old one.
func TestFreshNames(t *testing.T) {
	b := newBench(t)
	first := b.must("package main\nvar x int\nfunc f() int { return x }\nfunc one() { f() }", "one")
	oldX := b.scope["x"].(*types.Var)
	second := b.must("package main\nvar x string\nfunc f() string { return x }\nfunc two() { f() }", "two")
	for _, name := range defined(second) {
		if slices.Contains(defined(first), name) {
			t.Errorf("two definitions are both called %s", name)
		}
	}
	if first.Vars[0] == second.Vars[0] {
		t.Errorf("an int and a string are both in %s", first.Vars[0])
	}

	pkg := types.NewPackage("main", "main")
	again := types.NewVar(token.NoPos, pkg, "x", oldX.Type())
	pkg.Scope().Insert(again)
	b.low.AddAlias(pkg)
	b.low.ShareGlobal(oldX, again)
	b.scope["x"] = again
	third := b.must("package main\nfunc three() { x = 3 }", "three")
	if !slices.Equal(third.Vars, first.Vars) || strings.Contains(third.Source, "var "+VarPrefix) {
		t.Errorf("x is not in %v:\n%s", first.Vars, third.Source)
	}
}

// A chunk that could not be loaded leaves nothing behind: what it has emitted is emitted again.
func TestDiscard(t *testing.T) {
	b := newBench(t)
	if _, err := b.lower("package main\nvar x int\nfunc f() int { return x }\nfunc one() { f() }", "one"); err != nil {
		t.Fatal(err)
	}
	b.low.Discard()
	c := b.must("package main\nfunc two() { f() }", "two")
	for _, want := range []string{"_f() int {", "_x int\n"} {
		if !strings.Contains(c.Source, want) {
			t.Errorf("%q is not emitted again:\n%s", want, c.Source)
		}
	}
}

// What cannot be lowered is said, with its place, and what the chunk has already
// emitted is forgotten.
func TestUnsupported(t *testing.T) {
	b := newBench(t)
	_, err := b.lower("package main\nvar x int\nfunc f() { x++ }\nvar big [1 << 41]int8\nfunc one() {\n\tf()\n\tbig[x] = 1\n}", "one")
	var u *Unsupported
	if !errors.As(err, &u) || b.fset.Position(u.Pos).Line != 4 || u.Error() != "Nascent can't run this construct: an array of 2199023255552 elements" {
		t.Fatalf("the error is %v", err)
	}
	if c := b.must("package main\nfunc two() { f() }", "two"); !strings.Contains(c.Source, "_f() {") || !strings.Contains(c.Source, "_x int\n") {
		t.Errorf("f and x are not emitted:\n%s", c.Source)
	}
}

// Retire gives the names of what only the statements of a cell were, and of nothing else.
func TestRetire(t *testing.T) {
	b := newBench(t)
	b.must("package main\nfunc f(g func()) { g() }\nfunc one() { f(func() {}) }", "one")
	names := b.low.Retire()
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(a[strings.Index(a, "_"):], b[strings.Index(b, "_"):]) })
	var kinds []string
	for _, n := range names {
		_, name, _ := strings.Cut(n, "_")
		kinds = append(kinds, name)
	}
	if !slices.Equal(kinds, []string{"one", "one_1"}) {
		t.Errorf("retired are %v", names)
	}
}

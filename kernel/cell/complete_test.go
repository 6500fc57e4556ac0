package cell

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// session of cells that the tests of completion and inspection look at.
const known = `
// Point is a place in the plane.
type Point struct {
	X, Y int
	label string
}

// Norm is the square of the distance to the origin.
func (p Point) Norm() int { return p.X*p.X + p.Y*p.Y }
func (p *Point) Move(dx, dy int) { p.X += dx; p.Y += dy }
type Named struct { Point; Name string }

// scale multiplies. It has
// two lines of documentation.
func scale(x, factor int) int {
	return x * factor
}
const answer = 42
var pt = Point{1, 2, "p"}
points := []Point{pt}
byName := map[string]*Named{}
counter := 0
import str "strings"
`

func knownNotebook(t testing.TB) *notebook {
	nb := newNotebook(t)
	if got := nb.run(known); got != "" {
		t.Fatal(got)
	}
	return nb
}

// at splits a text at its cursor, written ‸.
func at(t testing.TB, text string) (src string, pos int) {
	before, after, ok := strings.Cut(text, "‸")
	if !ok {
		t.Fatalf("no cursor in %q", text)
	}
	return before + after, len(before)
}

func TestComplete(t *testing.T) {
	nb := knownNotebook(t)
	for _, c := range []struct {
		name, text string
		want, not  string // names that must and must not be there
		replaces   string
	}{
		{"members of a variable", "pt.‸", "Move Norm X Y label", "Name len", ""},
		{"members that begin so", "pt.No‸", "Norm", "Move X", "No"},
		{"letter case is not counted", "pt.nor‸", "Norm", "Move", "nor"},
		{"members of an element", "points[0].‸", "X Norm Move", "Name", ""},
		{"members of a map's element, embedded", `byName["a"].‸`, "Name Point X Norm Move", "", ""},
		{"members of a call's result", "time.Now().Add‸", "Add AddDate", "Sub", "Add"},
		{"members after a line", "x := 1\npt.‸\ny := 2", "Norm", "", ""},
		{"a package", "strings.To‸", "ToUpper ToLower ToTitle", "Join", "To"},
		{"a package under another name", "str.Fi‸", "Fields FieldsFunc", "", "Fi"},
		{"a package that is not imported", "strconv.At‸", "Atoi", "", "At"},
		{"a package's type", "http.Req‸", "Request", "", "Req"},
		{"names of cells", "poi‸", "points", "pt", "poi"},
		{"names of cells and keywords", "co‸", "const continue counter copy complex", "scale", "co"},
		{"names of packages", "strc‸", "strconv", "strings", "strc"},
		{"types", "var p Poi‸", "Point", "", "Poi"},
		{"predeclared", "le‸", "len", "", "le"},
		{"locals of a function", "func f(first int) {\n\tfinal := 1\n\tfi‸\n}", "first final", "points", "fi"},
		{"not those that come later", "func f() {\n\tla‸\n\tlater := 1\n}", "", "later", "la"},
		{"variables of a loop", "for index, value := range points {\n\tval‸", "value", "", "val"},
		{"members of a loop's variable", "for _, value := range points {\n\tvalue.‸\n}", "X Norm", "", ""},
		{"members in a closure", "f := func(q *Named) {\n\tq.‸", "Name Norm", "", ""},
		{"variables of this cell", "local := 5\nlo‸", "local", "", "lo"},
		{"members of a variable of this cell", "local := Named{}\nfmt.Println(local.‸", "Name X", "", ""},
		{"fields in a struct literal", "Named{Na‸", "Name", "", "Na"},
		{"fields in a struct literal, further on", "Point{X: 1, Y‸}", "Y", "", "Y"},
		{"in the middle of a name", "pt.No‸rm", "Norm", "", "No"},
		{"an argument", "scale(ans‸", "answer", "", "ans"},
		{"in a broken cell", "x := (\npt.‸", "X Norm", "", ""},
		{"in a program", "package main\n\nfunc main() {\n\tq := time.Now()\n\tq.Ye‸\n}", "Year YearDay", "", "Ye"},
		{"in a condition", "if pt.‸ {", "X Norm", "", ""},
		{"the rest of a chain", "strings.NewReader(\"\").Re‸", "Read Reset ReadByte", "", "Re"},
		{"nothing in a string", `x := "pt.‸"`, "", "X Norm", ""},
		{"nothing in a raw string", "x := `pt.‸", "", "X Norm", ""},
		{"nothing in a comment", "// pt.‸", "", "X Norm", ""},
		{"nothing in a long comment", "/* pt.‸", "", "X Norm", ""},
		{"nothing in a number", "1.‸", "", "X len", ""},
		{"nothing in a rune", "'p‸", "", "pt", ""},
		{"after a comment", "// text\npt.‸", "X", "", ""},
		{"selector of nothing", ".‸", "", "X", ""},
		{"an unknown name", "nothing.‸", "", "X", ""},
		{"a type's methods", "Point.‸", "Norm", "X", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			src, pos := at(t, c.text)
			got := nb.env.Complete(context.Background(), src, pos)
			if s := src[got.Start:pos]; s != c.replaces && (len(got.Items) > 0 || c.want != "") {
				t.Errorf("replaces %q, not %q", s, c.replaces)
			}
			has := func(name string) bool {
				return slices.ContainsFunc(got.Items, func(i CompletionItem) bool { return i.Text == name })
			}
			for _, n := range strings.Fields(c.want) {
				if !has(n) {
					t.Errorf("no %s among %d items", n, len(got.Items))
				}
			}
			for _, n := range strings.Fields(c.not) {
				if has(n) {
					t.Errorf("%s is there", n)
				}
			}
		})
	}
}

func TestCompleteKinds(t *testing.T) {
	nb := knownNotebook(t)
	for _, c := range []struct{ text, item, kind, signature string }{
		{"pt.‸", "Norm", "method", "func (Point).Norm() int"},
		{"pt.‸", "X", "field", "field X int"},
		{"sca‸", "scale", "function", "func scale(x int, factor int) int"},
		{"answ‸", "answer", "const", "const answer untyped int"},
		{"counte‸", "counter", "var", "var counter int"},
		{"Poi‸", "Point", "struct", "type Point struct{X int; Y int; label string}"},
		{"retur‸", "return", "keyword", ""},
		{"strco‸", "strconv", "package", `import "strconv"`},
		{"appen‸", "append", "builtin", "builtin append"},
	} {
		src, pos := at(t, c.text)
		got := nb.env.Complete(context.Background(), src, pos)
		i := slices.IndexFunc(got.Items, func(i CompletionItem) bool { return i.Text == c.item })
		if i < 0 {
			t.Errorf("%s: no %s", c.text, c.item)
			continue
		}
		if it := got.Items[i]; it.Type != c.kind || it.Signature != c.signature {
			t.Errorf("%s: %s is a %s, %q", c.text, c.item, it.Type, it.Signature)
		}
	}
}

func TestInspect(t *testing.T) {
	nb := knownNotebook(t)
	for _, c := range []struct {
		name, text string
		detail     int
		want       []string // parts of the text
		not        string
	}{
		{"a function of the library", "strings.ToU‸pper", 0, []string{"func ToUpper(s string) string", "upper case", "package strings"}, ""},
		{"a type of the library", "var b strings.Bui‸lder", 0, []string{"type Builder struct", "minimizes memory copying"}, ""},
		{"a method of the library", "time.Now().Un‸ix()", 0, []string{"func (t Time) Unix() int64", "January 1, 1970"}, ""},
		{"a package", "ma‸th.Pi", 0, []string{`import "math"`, "mathematical functions"}, ""},
		{"a constant", "math.P‸i", 0, []string{"Pi"}, ""},
		{"behind the name", "fmt.Println‸", 0, []string{"func Println(a ...any)", "Spaces are always added"}, ""},
		{"in the arguments", "fmt.Println(pt.X, ‸", 0, []string{"func Println("}, ""},
		{"a function of a cell", "sca‸le(1, 2)", 0, []string{"func scale(x int, factor int) int", "scale multiplies. It has\ntwo lines", "cell 1"}, "return"},
		{"its source", "sca‸le(1, 2)", 1, []string{"func scale(x, factor int) int {\n\treturn x * factor\n}", "scale multiplies"}, ""},
		{"a method of a cell", "pt.No‸rm()", 0, []string{"Norm() int", "square of the distance"}, ""},
		{"its source", "pt.No‸rm()", 1, []string{"return p.X*p.X + p.Y*p.Y"}, ""},
		{"a type of a cell", "Poi‸nt{}", 0, []string{"type Point struct", "Point is a place in the plane"}, ""},
		{"a variable", "counte‸r", 0, []string{"var counter int"}, ""},
		{"a constant of a cell", "answ‸er", 0, []string{"answer", "42"}, ""},
		{"a local variable", "func f(n float64) float64 { return ‸n * 2 }", 0, []string{"var n float64"}, ""},
		{"a field", "pt.X‸", 0, []string{"field X int"}, ""},
		{"in a cell that is no Go yet", "x := sca‸le(1,", 0, []string{"func scale"}, ""},
		{"a builtin", "appe‸nd(points, pt)", 0, []string{"append"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			src, pos := at(t, c.text)
			got := nb.env.Inspect(context.Background(), src, pos, c.detail)
			for _, w := range c.want {
				if !strings.Contains(got.Plain, w) {
					t.Errorf("no %q in:\n%s", w, got.Plain)
				}
			}
			if c.not != "" && strings.Contains(got.Plain, c.not) {
				t.Errorf("%q in:\n%s", c.not, got.Plain)
			}
			if got.Markdown == "" {
				t.Error("no Markdown")
			}
		})
	}
	for _, text := range []string{"‸", "unknown‸Name", `"scale‸"`, "// scale‸", "12‸3", "if‸ true {}", "  ‸  "} {
		src, pos := at(t, text)
		if got := nb.env.Inspect(context.Background(), src, pos, 0); got != (Inspection{}) {
			t.Errorf("%s: %+v", text, got)
		}
	}
}

func TestIsComplete(t *testing.T) {
	nb := newNotebook(t)
	for _, c := range []struct{ src, status, indent string }{
		{`fmt.Println("hi")`, "complete", ""},
		{"", "complete", ""},
		{"x := 1\n", "complete", ""},
		{"func f() {}", "complete", ""},
		{"for i := 0; i < 3; i++ { fmt.Println(i) }", "complete", ""},
		{"package main\nfunc main() {}", "complete", ""},
		{"// a comment", "complete", ""},
		{"x := `raw`", "complete", ""},
		{"y := undefined + 1", "complete", ""}, // Go's grammar only
		{"for i := 0; i < 3; i++ {", "incomplete", "\t"},
		{"for i := 0; i < 3; i++ {\n", "incomplete", "\t"},
		{"func f() {", "incomplete", "\t"},
		{"func f() {\n\tif x {\n", "incomplete", "\t\t"},
		{"func f() {\n\tif x {\n\t}\n", "incomplete", "\t"},
		{"fmt.Println(", "incomplete", "\t"},
		{"fmt.Println(1,", "incomplete", "\t"},
		{"x := []int{\n1,\n", "incomplete", "\t"},
		{"type T struct {", "incomplete", "\t"},
		{"x := `raw", "incomplete", ""},
		{"/* comment", "incomplete", ""},
		{"x := 1 +", "incomplete", ""},
		{"x :=", "incomplete", ""},
		{"a &&", "incomplete", ""},
		{"func", "incomplete", ""},
		{"import", "incomplete", ""},
		{"package main\nfunc main() {", "incomplete", "\t"},
		{"import (\n\t\"fmt\"", "incomplete", "\t"},
		{"var x = map[string]int{\"a\": 1,", "incomplete", "\t"},
		{"switch x {\ncase 1:", "incomplete", "\t"},
		{"x := )", "invalid", ""},
		{"}", "invalid", ""},
		{"x := \"half", "invalid", ""},
		{"for {]", "invalid", ""},
		{"func f( {", "invalid", ""},
		{"x y z", "invalid", ""},
		{"x := 1 2 (", "invalid", ""},
		{"if { else", "invalid", ""},
		{"'ab'", "invalid", ""},
	} {
		if got := nb.env.IsComplete(c.src); got != (Completeness{c.status, c.indent}) {
			t.Errorf("%q is %+v, not %s with indent %q", c.src, got, c.status, c.indent)
		}
	}
}

// BenchmarkQuestions: a front end asks at every key, and a reader notices what takes
// more than about 20 ms.
func BenchmarkQuestions(b *testing.B) {
	nb := knownNotebook(b)
	ctx := context.Background()
	body := strings.Repeat("for i := range points { pt.Move(i, scale(i, 2)); fmt.Println(pt.Norm(), strings.ToUpper(\"x\")) }\n", 60)
	for _, q := range []struct {
		name string
		ask  func()
	}{
		{"complete/package", func() { nb.env.Complete(ctx, "http.", 5) }},
		{"complete/name", func() { nb.env.Complete(ctx, "x", 1) }},
		{"complete/long cell", func() { nb.env.Complete(ctx, body+"pt.", len(body)+3) }},
		{"inspect/function", func() { nb.env.Inspect(ctx, "http.Get(", 9, 0) }},
		{"inspect/long cell", func() { nb.env.Inspect(ctx, body, 30, 0) }},
		{"is complete", func() { nb.env.IsComplete(body) }},
	} {
		b.Run(q.name, func(b *testing.B) {
			q.ask() // packages are read once
			for b.Loop() {
				q.ask()
			}
		})
	}
}

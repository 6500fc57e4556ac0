package cell

import (
	"context"
	"errors"
	"os"
	"path/filepath"
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
	for _, src := range []string{known, shapes} {
		if got := nb.run(src); got != "" {
			t.Fatal(got)
		}
	}
	return nb
}

// shapes are more for completion to know of.
const shapes = `
type Shape interface { Area() float64; Perimeter() float64 }
type Circle struct { R float64 }
func (c Circle) Area() float64 { return 3 * c.R * c.R }
func (c Circle) Perimeter() float64 { return 6 * c.R }
type Box struct { Corner *Point; Sizes []Point; ByName map[string]Point; Hook func(int) string; Done chan bool }
func (b *Box) Grow(by float64) *Box { return b }
type Pair[K comparable, V any] struct { Key K; Value V }
func (p Pair[K, V]) Swap() Pair[K, V] { return p }
func MakePair[K comparable, V any](k K, v V) Pair[K, V] { return Pair[K, V]{k, v} }
func circle() Circle { return Circle{} }
func boxOf(p Point) *Box { return nil }
func both() (int, error) { return 0, nil }
func apply(f func(int) string, n int) string { return f(n) }
func shout(n int) string { return "" }
func show(shapes ...Shape) {}
func named(name string, size float64, p *Point) {}
var shape Shape = Circle{1}
var anything any = 1
var boxes = map[string]Box{}
var grid [3][4]Point
name, size, ratio := "", 1, 0.5
type celsius float64
const (
	cold celsius = iota
	warm
)
var temp celsius
`

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
		{"names of cells and keywords", "co‸", "const counter copy complex", "scale continue", "co"},
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
		{"members of a variable beside which an error is raised", "file := os.Open(\"x\")\nfile.Re‸", "Read ReadAt", "Write", "Re"},
		{"and in a block", "for range 2 {\n\tfile := os.Open(\"x\")\n\tinfo := file.Stat()\n\tinfo.‸\n}", "Size ModTime", "Read", ""},
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

		{"promoted fields and methods", `byName["a"].‸`, "X Y label Norm Move Point Name", "", ""},
		{"methods that need an address, of what has none", "circle().‸", "Area R", "Grow", ""},
		{"methods with a pointer receiver are not a map element's", `boxes["a"].‸`, "Corner Sizes", "Grow", ""},
		{"and are a variable's", "var b Box\nb.‸", "Grow Corner", "", ""},
		{"an interface's methods", "shape.‸", "Area Perimeter", "R", ""},
		{"members of a type assertion", "shape.(Circle).‸", "R Area", "", ""},
		{"members of an array's element", "grid[1][2].‸", "X Norm Move", "", ""},
		{"members of an instance", "MakePair(1, pt).Value.‸", "X Norm", "Key", ""},
		{"members of an instance's method", `Pair[string, Circle]{}.Swap().Value.‸`, "R Area", "", ""},
		{"members in a chain over lines", "boxOf(pt).\n\tGrow(1).\n\t‸", "Grow Corner", "", ""},
		{"members of a pointer in a struct", "boxOf(pt).Corner.‸", "X Move", "Grow", ""},
		{"members of a parenthesis", "(&pt).‸", "Move Norm", "", ""},
		{"members of what a pointer points to", "(*boxOf(pt)).‸", "Grow Corner", "", ""},
		{"members of a received value", "(<-make(chan Point)).‸", "X Norm", "", ""},
		{"method expressions", "(*Point).‸", "Move Norm", "X", ""},
		{"method expressions of a value type", "Point.‸", "Norm", "Move X", ""},
		{"members of a package's variable", "os.Args[0:].‸", "", "X", ""},
		{"members of a struct of the library", "(&http.Client{}).‸", "Do Get Timeout", "deadline send", ""},
		{"members of a type parameter", "func f[S Shape](s S) {\n\ts.‸\n}", "Area Perimeter", "", ""},
		{"a type parameter", "func f[Elem any](x Elem) {\n\tvar y Ele‸\n}", "Elem", "", "Ele"},
		{"results that are named", "func f() (total int) {\n\ttot‸\n}", "total", "", "tot"},
		{"a receiver", "func (me Point) f() {\n\tme.‸\n}", "X Norm", "", ""},
		{"the variable of a type switch", "switch s := shape.(type) {\ncase Circle:\n\ts.‸\n}", "R Area", "", ""},
		{"in a clause with two types it is what was switched on", "switch s := shape.(type) {\ncase Circle, nil:\n\ts.‸\n}", "Area", "R", ""},
		{"a variable of an if", "if length := 1; len‸ > 1 {\n}", "length len", "", "len"},
		{"a variable of a select", "select {\ncase message := <-make(chan Point):\n\tmessage.‸\n}", "X Norm", "", ""},
		{"variables around a closure", "func f(outer Point) {\n\tg := func() {\n\t\touter.‸\n\t}\n}", "X Norm", "", ""},
		{"a name that hides another one", "func f(pt Circle) {\n\tpt.‸\n}", "R", "X", ""},
		{"not what its own declaration declares", "func f() {\n\tfresh := fre‸\n}", "", "fresh", "fre"},
		{"not what an inner block declared", "func f() {\n\t{\n\t\tinner := 1\n\t}\n\tinn‸\n}", "", "inner", "inn"},
		{"functions that the cell declares further down", "hel‸\nfunc helper() {}", "helper", "", "hel"},
		{"types that the cell declares further down", "var x Help‸\ntype Helper struct{}", "Helper", "", "Help"},
		{"but not variables", "lat‸\nlater := 1", "", "later", "lat"},
		{"a variable that will be declared again", "pt.‸\npt := 1", "X", "", ""},

		{"fields of a struct", "Box{‸}", "Corner Sizes ByName Hook Done", "", ""},
		{"not those that are set", "Point{X: 1, ‸}", "Y label", "X", ""},
		{"nor promoted ones", "Named{‸}", "Point Name", "X Norm", ""},
		{"nor anything but fields behind a key", "Point{X: 1, ‸}", "Y", "pt len points", ""},
		{"unexported fields of a package's struct", "http.Client{‸}", "Timeout Transport", "deadline", ""},
		{"fields of a nested struct", "Named{Point: Point{‸}}", "X Y", "Name", ""},
		{"fields behind &", "&Point{‸", "X Y", "", ""},
		{"fields of a slice's elements", "[]Point{{X: 1}, {‸}}", "X Y label", "", ""},
		{"fields of a slice's elements that are pointers", "[]*Point{{‸}}", "X Y label", "", ""},
		{"fields of a map's elements", `map[string]Point{"a": {‸}}`, "X Y label", "", ""},
		{"fields of a map's keys", `map[Point]int{{‸}: 1}`, "X Y label", "", ""},
		{"fields of an array's elements", `[...]Circle{{‸}}`, "R", "", ""},
		{"fields in a field", "Box{Sizes: []Point{{‸}}}", "X Y label", "Corner", ""},
		{"fields in a map in a field", `Box{ByName: map[string]Point{"a": {X: 1, ‸}}}`, "Y label", "X Corner", ""},
		{"fields of an instance", "Pair[int, string]{‸}", "Key Value", "", ""},
		{"fields of a struct without a name", "x := struct{ First, Second int }{‸}", "First Second", "", ""},
		{"fields over lines", "x := Box{\n\tSizes: nil,\n\t‸\n}", "Corner Hook", "Sizes", ""},
		{"fields in an argument", "scale(Point{‸", "X Y", "", ""},
		{"the value of a field", "Point{X: siz‸}", "size", "", "siz"},
		{"names in a struct literal without keys", "Point{siz‸}", "size", "", "siz"},

		{"break and continue in a loop", "for {\n\t‸\n}", "break continue return", "fallthrough case else", ""},
		{"not outside of one", "func f() {\n\t‸\n}", "return if", "break continue case default import", ""},
		{"not in a function in one", "for {\n\tfunc() {\n\t\t‸\n\t}()\n}", "return", "break continue", ""},
		{"break and fallthrough in a switch", "switch {\ncase true:\n\t‸\n}", "break fallthrough case default", "continue else", ""},
		{"in a switch in a loop", "for {\n\tswitch {\n\tcase true:\n\t\t‸", "break continue fallthrough", "", ""},
		{"no fallthrough in a select", "select {\ncase <-make(chan int):\n\t‸\n}", "break case default", "fallthrough continue", ""},
		{"a switch begins with clauses", "switch size {\n‸", "case default", "break size return", ""},
		{"there is one default", "switch size {\ndefault:\n\tshow()\n‸\n}", "case", "default", ""},
		{"else behind an if", "if size > 1 {\n} el‸", "else", "elephant", "el"},
		{"nothing else behind it", "if size > 1 {\n} ‸", "else", "size if", ""},
		{"if behind else", "if size > 1 {\n} else ‸", "if", "size for", ""},
		{"no else behind a loop", "for {\n} el‸", "", "else", "el"},
		{"range", "for i := ra‸", "range", "", "ra"},
		{"range without variables", "for ra‸", "range ratio", "", "ra"},
		{"no range elsewhere", "x := ra‸", "ratio", "range", "ra"},
		{"import at the top level", "im‸", "import", "", "im"},
		{"package at the beginning", "pack‸", "package", "", "pack"},
		{"and only there", "x := 1\npack‸", "", "package", "pack"},
		{"statements are no values", "x := re‸", "recover", "return", "re"},
		{"func is one", "x := fun‸", "func", "", "fun"},
		{"type in an assertion", "switch shape.(ty‸", "type", "", "ty"},
		{"labels to break", "outer:\nfor {\n\tfor {\n\t\tbreak ‸\n\t}\n}", "outer", "size", ""},
		{"labels to continue", "outer:\nfor {\n\tfor {\n\t\tcontinue ou‸\n\t}\n}", "outer", "", "ou"},
		{"no label of a switch to continue", "outer:\nswitch {\ncase true:\n\tfor {\n\t\tcontinue ‸\n\t}\n}", "", "outer", ""},
		{"but to break", "outer:\nswitch {\ncase true:\n\tfor {\n\t\tbreak ‸\n\t}\n}", "outer", "", ""},
		{"labels to go to", "func f() {\n\tgoto ‸\nend:\n\treturn\n}", "end", "size", ""},
		{"labels of another function are not there", "func g() {\nother:\n\tfor {\n\t}\n}\nfunc f() {\n\tgoto ‸\n}", "", "other", ""},

		{"types where a type has to be", "var x ‸", "Point Circle int string map func", "pt size len return", ""},
		{"types of parameters", "func f(a Po‸", "Point", "points", "Po"},
		{"types of receivers", "func (b Bo‸", "Box", "boxes", "Bo"},
		{"types of results", "func f() Po‸ {\n}", "Point", "points", "Po"},
		{"types of elements", "x := []Po‸", "Point", "points", "Po"},
		{"types of keys", "x := map[Po‸", "Point", "points", "Po"},
		{"types of fields", "type T struct {\n\ta Po‸\n}", "Point", "points", "Po"},
		{"types in a conversion of a type", "type T Po‸", "Point", "points", "Po"},
		{"types to make", "make(Po‸", "Point", "points", "Po"},
		{"types of an assertion", "shape.(‸", "Circle", "pt size", ""},
		{"types of clauses", "switch shape.(type) {\ncase Ci‸:\n}", "Circle", "circle", "Ci"},
		{"type arguments", "Pair[str‸", "string", "strings.", "str"},
		{"types of a package", "var x time.‸", "Time Duration", "Now", ""},
		{"names that are declared are new", "func siz‸", "", "size", "siz"},
		{"names of variables are new", "var siz‸", "", "size", "siz"},
		{"names of types are new", "type Poi‸ struct{}", "", "Point", "Poi"},
		{"names of parameters are new", "func f(siz‸ int) {}", "", "size", "siz"},

		{"packages of the same name", "rand.‸", "Intn Int63 Text N", "", ""},
		{"members of a package that another one of its name has not", "rand.Tex‸", "Text", "", "Tex"},
		{"imported packages without a letter", "‸", "str", "", ""},
		{"packages that the cell imports", "import js \"encoding/json\"\njs.Mar‸", "Marshal MarshalIndent", "", "Mar"},
		{"a package that the cell imports, for the first time", "import js \"encoding/json\"\nj‸", "js", "", "j"},
		{"a variable of an unknown type", "thing := notThere()\nthi‸", "thing", "", "thi"},
		{"the second of several variables", "name, si‸", "size", "", "si"},
		{"one of several variables that is there already", "func f() {\n\terr := 1\n\tx, er‸ := both()\n}", "err", "", "er"},
		{"behind a range over a literal", "func f() {\n\tfor _, v := range []any{1} {\n\t}\n\tq := Named{}\n\tq.‸", "Name X", "", ""},
		{"paths of imports", `import "encoding/j‸`, "encoding/json", "encoding/xml", "encoding/j"},
		{"paths in a group of imports", "import (\n\t\"fmt\"\n\t\"enc‸", "encoding/json encoding", "fmt", "enc"},
		{"paths under another name", `import js "enc‸"`, "encoding/json", "", "enc"},
		{"no internal packages", `import "‸`, "fmt net/http", "internal/abi", ""},
		{"keys of struct tags", "type T struct {\n\tName string `js‸`\n}", "json:\"name\"", "", "js"},
		{"functions of the language", "x := appe‸", "append", "", "appe"},
		{"go calls", "go sho‸\nx := 1", "show shout", "", "sho"},
		{"defer selects", "func f() {\n\tdefer pt.‸\n}", "Norm Move", "", ""},
		{"behind an assignment in an if", "if x := pt.‸", "X Norm", "", ""},
		{"behind an assignment in a switch", "switch x := pt.‸", "X Norm", "", ""},
		{"behind an assignment in a for", "for x := pt.‸", "X Norm", "", ""},
		{"in a clause", "switch size {\ncase pt.‸", "X Norm", "", ""},
		{"in a return", "func f() int {\n\treturn pt.‸\n}", "X Norm", "", ""},
		{"in an index", "points[pt.‸", "X Norm", "", ""},
		{"in a slice", "points[1:pt.‸]", "X Norm", "", ""},
		{"in a send", "make(chan int) <- pt.‸", "X Norm", "", ""},
		{"with umlauts before", "größe, s := Point{}, \"äöü\"; größe.‸", "X Norm", "", ""},
		{"names with umlauts", "größe := 1\ngrö‸", "größe", "", "grö"},

		{"behind a line without an end", "x := \npt.‸", "X Norm", "", ""},
		{"behind a call without an end", "scale(1,\npt.‸", "X Norm", "", ""},
		{"behind a selection without an end", "points.\npt.‸", "X Norm", "", ""},
		{"behind an if without an end", "func f() {\n\tq := Named{}\n\tif q.Norm() >\n\tq.‸\n}", "Name X", "", ""},
		{"behind what is no Go", "func f() {\n\ta b c\n\tq := Named{}\n\tq.‸\n}", "Name X", "", ""},
		{"behind a string without an end", "fmt.Println(\"abc\nq := Named{}\nq.‸", "Name X", "", ""},
		{"behind a bracket too many", "fmt.Println(1))\nq := Named{}\nq.‸", "Name X", "", ""},
		{"behind a brace too many", "func f() {\n}\n}\nq := Named{}\nq.‸", "Name X", "", ""},
		{"behind a function without an end", "func f() {\n\tfor {\n\t\tscale(\n\nfunc g(q Named) {\n\tq.‸\n}", "Name X", "", ""},
		{"behind a loop without its brace", "func f() {\n\tfor i := range 3 {\n\t\tscale(i, 1)\n}\nq := Named{}\nq.‸", "Name X", "", ""},
		{"behind a header that is wrong", "func f(q Named) {\n\tfor i := 0; i < 3 i++ {\n\t\tq.‸\n\t}\n}", "Name X", "", ""},
		{"before a line without an end", "pt.‸\nfor i := ", "X Norm", "", ""},
		{"before what is no Go", "pt.‸\na b c", "X Norm", "", ""},
		{"before a brace too many", "pt.‸\n}\n}", "X Norm", "", ""},
		{"before a function without an end", "helper().‸\nfunc helper() Point {", "X Norm", "", ""},
		{"in a function before one without an end", "func f(q Named) {\n\tq.‸\n}\nfunc g() {\n\tif x {\n", "Name X", "", ""},
		{"in an argument before other lines", "scale(pt.‸\ny := 2\nfmt.Println(y)", "X Norm", "", ""},
		{"in a literal before other lines", "q := []Point{{X: pt.‸\ny := 2", "X Norm", "", ""},
		{"in a block that is not closed, before a function", "if true {\n\tpt.‸\n\nfunc g() {}", "X Norm", "", ""},
		{"in a nested call", "fmt.Println(scale(1, scale(pt.‸, 2)", "X Norm", "", ""},
		{"in an unfinished function literal", "apply(func(n int) string {\n\treturn strconv.Itoa(n + pt.‸", "X Norm", "", ""},
		{"of a parameter of a function literal as an argument", "slices.SortFunc(points, func(a, b Point) int {\n\treturn a.‸\n})", "X Norm", "", ""},
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

// What has the type that is wanted comes first.
func TestCompleteOrder(t *testing.T) {
	nb := knownNotebook(t)
	for _, c := range []struct{ name, text, first, then string }{
		{"an argument", "named(‸)", "name", "answer"},
		{"the second argument", `named("", ‸)`, "answer ratio", "byName counter"},
		{"the third argument", `named("", 1, ‸)`, "nil", "answer name"},
		{"a function as an argument", "apply(‸)", "shout nil", "scale"},
		{"a variadic argument", "show(shape, ‸)", "circle shape", "answer points"},
		{"a function by its result", "var c Circle = ‸", "circle", "answer"},
		{"a method by its result", "named(\"\", 1, boxOf(pt).‸)", "Corner", "ByName"},
		{"an assignment", "name = ‸", "name", "answer"},
		{"a declaration", "var s []Point = ‸", "points nil", "answer"},
		{"a comparison", "if name == ‸ {\n}", "name", "answer"},
		{"a sum", "size + ‸", "answer size counter", "name"},
		{"a condition", "if ‸ {\n}", "false true", "answer"},
		{"not", "x := !‸", "false true", "answer"},
		{"a result", "func f(s string, n int) (int, string) {\n\treturn n, ‸\n}", "s name", "n"},
		{"a result of a function literal", "f := func(s string, n int) string {\n\treturn ‸\n}", "s name", "n"},
		{"a field", "Circle{R: ‸}", "ratio", "name"},
		{"an element", "[]string{‸}", "name", "size"},
		{"the key of a map", "byName[‸]", "name", "size"},
		{"an index", "points[‸]", "size counter", "name"},
		{"a clause", "switch temp {\ncase ‸:\n}", "cold warm", "name"},
		{"a constant of a type", "temp = ‸", "cold warm", "name size"},
		{"what is sent", "c := make(chan string)\nc <- ‸", "name", "size"},
		{"what is appended", "append(points, ‸)", "pt", "points name"},
		{"what is deleted", "delete(byName, ‸)", "name", "size"},
		{"what a pointer points to", "var p *Point = &‸", "pt", "name"},
		{"a type that implements an interface", "shape.(‸)", "Circle", "Point Box"},
		{"a local variable before others", "func f(near, ratio int) {\n\t‸\n}", "near ratio", "answer"},
		{"the case that is written", "nam‸", "name named", "byName"},
	} {
		src, pos := at(t, c.text)
		got := nb.env.Complete(context.Background(), src, pos)
		place := func(name string) int {
			return slices.IndexFunc(got.Items, func(i CompletionItem) bool { return i.Text == name })
		}
		last := -1
		for _, n := range strings.Fields(c.first) {
			if place(n) < 0 {
				t.Errorf("%s: no %s", c.name, n)
			}
			last = max(last, place(n))
		}
		for _, n := range strings.Fields(c.then) {
			if p := place(n); p >= 0 && p < last {
				t.Errorf("%s: %s is number %d, before %s", c.name, n, p, c.first)
			}
		}
	}
}

func TestCompleteFiles(t *testing.T) {
	home := t.TempDir()
	t.Chdir(t.TempDir())
	t.Setenv("HOME", home)
	for _, name := range []string{"data.csv", "data two.csv", "größe.txt", ".hidden", "sub/in.txt", filepath.Join(home, "mine.txt")} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o777), os.WriteFile(name, nil, 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	nb := newNotebook(t)
	for _, c := range []struct{ text, replaces, items string }{
		{`os.ReadFile("da‸")`, "da", "data two.csv|data.csv"},
		{`os.ReadFile("./da‸`, "./da", "./data two.csv|./data.csv"},
		{`os.ReadFile("‸")`, "", "data two.csv|data.csv|größe.txt|sub/"},
		{`os.ReadFile("sub/‸")`, "sub/", "sub/in.txt"},
		{`os.ReadFile("su‸")`, "su", "sub/"},
		{"os.ReadFile(`data t‸`)", "data t", "data two.csv"},
		{`x := "ö"; os.ReadFile("grö‸")`, "grö", "größe.txt"},
		{`os.ReadFile("~/m‸")`, "~/m", home + "/mine.txt"},
		{`os.ReadFile(".h‸")`, ".h", ".hidden"},
		{`os.ReadFile("nothing/‸")`, "", ""},
		{`os.ReadFile("\x‸")`, "", ""},
	} {
		src, pos := at(t, c.text)
		got := nb.env.Complete(context.Background(), src, pos)
		var items []string
		for _, i := range got.Items {
			items = append(items, i.Text)
		}
		if all := strings.Join(items, "|"); all != c.items || all != "" && src[got.Start:got.End] != c.replaces {
			t.Errorf("%s: %q for %q, not %q for %q", c.text, all, src[got.Start:got.End], c.items, c.replaces)
		}
	}
}

func TestCompleteKinds(t *testing.T) {
	nb := knownNotebook(t)
	for _, c := range []struct{ text, item, kind, signature string }{
		{"pt.‸", "Norm", "method", "func (p Point) Norm() int"},
		{"pt.‸", "X", "field", "field X int"},
		{"sca‸", "scale", "function", "func scale(x int, factor int) int"},
		{"answ‸", "answer", "const", "const answer = 42"},
		{"counte‸", "counter", "var", "var counter int"},
		{"Poi‸", "Point", "struct", "type Point struct{X int; Y int; label string}"},
		{"retur‸", "return", "keyword", ""},
		{"strco‸", "strconv", "package", `import "strconv"`},
		{"appen‸", "append", "builtin", "func append(slice []Type, elems ...Type) []Type"},
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

package cell

import (
	"context"
	"strings"
	"testing"
)

// The comment before a cell's first declaration is its documentation, too.
func TestFirstDeclarationKeepsItsComment(t *testing.T) {
	nb := newNotebook(t)
	nb.run("// first is one.\nfunc first() int { return 1 }")
	if got := nb.env.Inspect(context.Background(), "first", 2, 0).Plain; !strings.Contains(got, "first is one.") {
		t.Errorf("the inspection of first says %q", got)
	}
}

// tank is a cell whose comments and blanks an inspection keeps or mends.
const tank = `const (
	// width is how wide it is.
	width = 3
	height = 4 // how high
)
type Tank struct {
	Level float64 // in litres
	Name string
}

// fill fills.
func fill(t *Tank) {
	// to the brim
	t.Level = 1 // litre
}
var tank Tank
`

func TestInspect(t *testing.T) {
	nb := knownNotebook(t)
	nb.run("counter = 7")
	nb.run(tank)
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
		{"a function of a cell", "sca‸le(1, 2)", 0, []string{"func scale(x, factor int) int", "scale multiplies. It has\ntwo lines", "cell 1"}, "return"},
		{"its source", "sca‸le(1, 2)", 1, []string{"func scale(x, factor int) int {\n\treturn x * factor\n}", "scale multiplies"}, ""},
		{"a method of a cell", "pt.No‸rm()", 0, []string{"Norm() int", "square of the distance"}, ""},
		{"its source", "pt.No‸rm()", 1, []string{"return p.X*p.X + p.Y*p.Y"}, ""},
		{"a type of a cell", "Poi‸nt{}", 0, []string{"type Point struct", "Point is a place in the plane"}, ""},
		{"a variable", "counte‸r", 0, []string{"var counter int"}, ""},
		{"a constant of a cell", "answ‸er", 0, []string{"answer", "42"}, ""},
		{"a local variable", "func f(n float64) float64 { return ‸n * 2 }", 0, []string{"var n float64"}, ""},
		{"a variable beside which an error is raised", "if true {\n\tn := strconv.Atoi(\"1\")\n\tfmt.Println(‸n)\n}", 0, []string{"var n int"}, ""},
		{"the function whose error is raised", "if true {\n\tn := strconv.At‸oi(\"1\")\n}", 0, []string{"func Atoi(s string) (int, error)"}, ""},
		{"in its arguments", "if true {\n\tn := strconv.Atoi(‸\"1\")\n}", 0, []string{"func Atoi(s string) (int, error)"}, ""},
		{"a field", "pt.X‸", 0, []string{"field X int"}, ""},
		{"in a cell that is no Go yet", "x := sca‸le(1,", 0, []string{"func scale"}, ""},
		{"a builtin", "appe‸nd(points, pt)", 0, []string{"append"}, ""},
		{"a builtin's signature", "appe‸nd(points, pt)", 0, []string{"func append(slice []Type, elems ...Type) []Type", "appends elements"}, ""},
		{"a predeclared type", "var e err‸or", 0, []string{"type error interface", "Error() string", "error condition"}, ""},
		{"a predeclared constant", "x := tru‸e", 0, []string{"true"}, ""},
		{"a keyword", "for‸ {\n}", 0, []string{"for [Init;]", "loop"}, ""},
		{"a keyword within", "sel‸ect {\n}", 0, []string{"select {", "waits"}, ""},
		{"the value of a variable", "answe‸r + counter", 0, []string{"const answer = 42"}, ""},
		{"a number's value", "coun‸ter", 0, []string{"var counter int\n\n7"}, ""},
		{"a string's value", "nam‸e", 0, []string{"var name string\n\n\"\""}, ""},
		{"a struct's value", "p‸t", 0, []string{"var pt Point\n\n{X:1 Y:2 label:p}"}, ""},
		{"a constant of a type", "war‸m", 0, []string{"const warm celsius = 1"}, ""},
		{"a constant's comment", "wid‸th", 0, []string{"const width = 3", "width is how wide it is"}, "height"},
		{"a constant's comment behind it", "hei‸ght", 0, []string{"const height = 4", "how high"}, "wide"},
		{"a type with its methods", "Poi‸nt{}", 0, []string{"type Point struct {", "func (p *Point) Move(dx, dy int)", "func (p Point) Norm() int"}, "p.X*p.X"},
		{"and their source", "Poi‸nt{}", 1, []string{"func (p Point) Norm() int { return p.X*p.X + p.Y*p.Y }"}, ""},
		{"a type as it is written", "Tan‸k{}", 0, []string{"type Tank struct {\n\tLevel float64 // in litres\n\tName  string\n}"}, ""},
		{"a field's comment", "tank.Lev‸el", 0, []string{"field Level float64", "in litres", "cell 4"}, "Name"},
		{"the source with its comments", "fil‸l(nil)", 1, []string{"func fill(t *Tank) {\n\t// to the brim\n\tt.Level = 1 // litre\n}", "fill fills."}, ""},
		{"a method's receiver", "pt.Mov‸e(1, 2)", 0, []string{"func (p *Point) Move(dx, dy int)"}, ""},
		{"a promoted method", `byName["a"].No‸rm()`, 0, []string{"func (p Point) Norm() int", "square of the distance"}, ""},
		{"a method of an interface", "shape.Are‸a()", 0, []string{"Area() float64"}, ""},
		{"a method of an instance", "MakePair(1, 2).Sw‸ap()", 0, []string{"func (p Pair[K, V]) Swap() Pair[K, V]"}, ""},
		{"a generic function", "MakeP‸air(1, 2)", 0, []string{"func MakePair[K comparable, V any](k K, v V) Pair[K, V]"}, ""},
		{"a field of the library", "http.DefaultClient.Time‸out", 0, []string{"field Timeout time.Duration", "time limit for requests"}, ""},
		{"a field in a literal of the library", "http.Client{Time‸out: 1}", 0, []string{"Timeout time.Duration", "time limit for requests"}, ""},
		{"a type of the library with its methods", "var b strings.Buil‸der", 0, []string{"func (b *Builder) Cap() int"}, ""},
		{"a method of an interface of the library", "var r io.Reader; r.Re‸ad(nil)", 0, []string{"Read(p []byte) (n int, err error)"}, ""},
		{"the source of a generic function of the library", "slices.Ind‸ex(points, pt)", 1, []string{"func Index[S ~[]E, E comparable](s S, v E) int {\n\tfor i := range s {"}, ""},
		{"a constant of the library", "time.Sec‸ond", 0, []string{"Second", "Duration", "1000000000"}, ""},
		{"the path of an import", `import "stri‸ngs"`, 0, []string{`import "strings"`, "manipulate"}, ""},
		{"a package under another name", "st‸r.ToUpper", 0, []string{`import "strings"`}, ""},
		{"a parameter", "func f(n float64, m int) { ‸m++ }", 0, []string{"var m int"}, ""},
		{"a variable of the cell", "local := Circle{}\nloc‸al.R = 1", 0, []string{"var local Circle"}, ""},
		{"a function that the cell declares", "help‸er()\n// helper helps.\nfunc helper(a, b int) {}", 0, []string{"func helper(a, b int)", "helper helps."}, ""},
		{"the variable of a type switch", "switch sha‸pe := shape.(type) {\ncase Circle:\n\t_ = shape\n}", 0, []string{"var shape Shape"}, ""},
		{"and in its clause", "switch s := shape.(type) {\ncase Circle:\n\t_ = s‸\n}", 0, []string{"var s Circle"}, ""},
		{"in a cell that is broken before it", "x := (1\nsca‸le(1, 2)", 0, []string{"func scale("}, ""},
		{"in a cell that is broken behind it", "sca‸le(1, 2)\nfor {", 0, []string{"func scale("}, ""},

		{"in a call", "scale(‸)", 0, []string{"func scale(x, factor int) int", "argument 1: x int"}, ""},
		{"in its second argument", "scale(1, ‸", 0, []string{"func scale(x, factor int) int", "argument 2: factor int"}, ""},
		{"behind a nested call", "scale(scale(1, 2), ‸)", 0, []string{"argument 2: factor int"}, ""},
		{"in a nested call", "scale(scale(1, 2‸), 1)", 0, []string{"argument 2: factor int"}, ""},
		{"in a variadic call", `fmt.Println("a", "b", ‸`, 0, []string{"func Println(", "argument 3: a ...any"}, ""},
		{"in a string that is an argument", `strings.ToUpper("a‸b")`, 0, []string{"func ToUpper(s string) string", "argument 1: s string"}, ""},
		{"in a literal that is an argument", "show(Circle{1‸})", 0, []string{"func show(shapes ...Shape)"}, ""},
		{"in a call of a method", "pt.Move(1, ‸)", 0, []string{"func (p *Point) Move(dx, dy int)", "argument 2: dy int"}, ""},
		{"in a call of what a function returns", "func f() func(a, b string) int { return nil }\nf()(\"\", ‸)", 0, []string{"func(a string, b string) int", "argument 2: b string"}, ""},
		{"in a call of a field", "Box{}.Hook(‸)", 0, []string{"field Hook func(int) string", "argument 1: int"}, ""},
		{"in a call of an instance", "MakePair[int, string](1, ‸)", 0, []string{"func MakePair[", "argument 2: v string"}, ""},
		{"in a conversion", "celsius(‸)", 0, []string{"type celsius float64"}, "argument"},
		{"in a call of a builtin", "make(‸)", 0, []string{"func make(t Type, size ...IntegerType) Type"}, ""},
		{"in a call over lines", "scale(\n\t1,\n\t‸\n)", 0, []string{"argument 2: factor int"}, ""},
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
	for _, text := range []string{"‸", "unknown‸Name", `"scale‸"`, "// scale‸", "12‸3", "  ‸  "} {
		src, pos := at(t, text)
		if got := nb.env.Inspect(context.Background(), src, pos, 0); got != (Inspection{}) {
			t.Errorf("%s: %+v", text, got)
		}
	}
}

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
		{"a function of a cell", "sca‸le(1, 2)", 0, []string{"func scale(x, factor int) int", "scale multiplies. It has\ntwo lines", "cell 1"}, "return"},
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
	for _, text := range []string{"‸", "unknown‸Name", `"scale‸"`, "// scale‸", "12‸3", "  ‸  "} {
		src, pos := at(t, text)
		if got := nb.env.Inspect(context.Background(), src, pos, 0); got != (Inspection{}) {
			t.Errorf("%s: %+v", text, got)
		}
	}
}

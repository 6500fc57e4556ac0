package cell

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/display"
)

// A table has the fields that the cell can see: all, and says nothing of how their types
// are kept.
func TestTablesHaveUnexportedFields(t *testing.T) {
	nb := newNotebook(t)
	nb.run(`
		type inner struct { a int }
		type row struct { Name string; size int; parts []inner; in inner }
		type unseen struct { a, b string }
		type Op struct { Name string; K int }
		type Kind int
		type plan struct { Op Op; Of map[string]Op; Kinds []Kind; Make func(Op) Kind }`)
	for _, c := range []struct{ src, want string }{
		{`[]row{{"n", 3, nil, inner{4}}}`, "Name size parts in 0 n 3 []inner(nil) {a:4}"},
		{`row{"n", 3, []inner{{1}}, inner{4}}`, "Name n size 3 parts [{a:1}] in {a:4}"},
		{`map[string]row{"k": {"n", 3, nil, inner{4}}}`, "Name size parts in k n 3 []inner(nil) {a:4}"},
		{`[]unseen{{"x", "y"}}`, "a b 0 x y"},
		{`[]plan{{Op{"conv", 3}, map[string]Op{"a": {"pool", 2}}, []Kind{1}, nil}}`, "Op Of Kinds Make 0 {Name:conv K:3} map[a:{Name:pool K:2}] [1] (func(Op) Kind)(nil)"},
		{`map[Op]int{{"conv", 3}: 1}`, `{Name: &#34;conv&#34;, K: 3} 1`},
	} {
		out, err := nb.exec(t.Context(), &buffer{}, c.src)
		if err != nil {
			t.Fatal(err)
		}
		html, _ := display.Render(out.Values[0]).Data[display.MIMEHTML].(string)
		_, body, _ := strings.Cut(html, "</caption>")
		for {
			from, to := strings.IndexByte(body, '<'), strings.IndexByte(body, '>')
			if from < 0 || to < from {
				break
			}
			body = body[:from] + " " + body[to+1:]
		}
		if got := strings.Join(strings.Fields(body), " "); got != c.want {
			t.Errorf("%s is a table of %q, not %q", c.src, got, c.want)
		}
	}
}

// A nil that has a type says so, and a function that is not called what it takes.
func TestTextsOfNilsAndFunctions(t *testing.T) {
	nb := newNotebook(t)
	nb.run(`
		type point struct{ x, y int }
		func (p point) scaled(by float64) point { return p }
		type handler func(point)
		type quiet []int
		func (q quiet) String() string { return "quiet" }
		func area(w, h float64) (size float64) { return w * h }
		func id[T any](x T) T { return x }
		var (
			p *point
			list []point
			table map[string]*point
			c chan point
			f func(point) error
			h handler
			q quiet
			e error
		)`)
	for src, want := range map[string]string{
		"p": "(*point)(nil)", "list": "[]point(nil)", "table": "map[string]*point(nil)", "c": "(chan point)(nil)", "f": "(func(point) error)(nil)",
		"h": "handler(nil)", "q": "quiet", "e": "nil", "[]int(nil)": "[]int(nil)", "(func())(nil)": "(func())(nil)", "&point{1, 2}": "&{x:1 y:2}",
		"(fmt.Println)": "func(...any) (int, error)", "(area)": "func(float64, float64) float64", "(point.scaled)": "func(point, float64) point",
		"id[point]": "func(point) point", "handler(func(point) {})": "handler(func(point))",
	} {
		out, err := nb.exec(t.Context(), &buffer{}, src)
		if err != nil {
			t.Fatal(err)
		}
		if got := display.Render(out.Values[0]).Data[display.MIMEPlain]; got != want {
			t.Errorf("%s is shown as %v, not as %s", src, got, want)
		}
	}
}

// A function that is named, and not called, is shown as it is declared.
func TestNamedFunctionsAreDocumented(t *testing.T) {
	nb := newNotebook(t)
	nb.run("// area is that of a rectangle.\nfunc area(w, h float64) (size float64) { return w * h }\nvar alias = area\ntype point struct{}\n// Scaled is larger.\nfunc (p point) Scaled(by float64) {}")
	for src, want := range map[string]string{
		"strings.Repeat":          "func Repeat(s string, count int) string\n\nRepeat returns",
		"x := 1\narea":            "func area(w, h float64) (size float64)\n\narea is that of a rectangle.",
		"x := 1; area \n":         "func area(w, h float64) (size float64)\n\narea is that of a rectangle.",
		"alias":                   "func(float64, float64) float64",
		"func() int { return 1 }": "func() int",
		"(&point{}).Scaled":       "func(float64)",
		"point{}.Scaled":          "func(float64)",
	} {
		out, err := nb.exec(t.Context(), &buffer{}, src)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := display.Render(out.Values[0]).Data[display.MIMEPlain].(string)
		if !strings.HasPrefix(got, want) {
			t.Errorf("%s is shown as %q, not as %q", src, got, want)
		}
		if text := fmt.Sprint(out.Values[0]); strings.Contains(text, "\n") {
			t.Errorf("%s is printed as %q", src, text)
		}
	}
}

// A name that may mean several packages means in later cells what it has meant in
// earlier ones.
func TestGuessedPackagesStayTheSame(t *testing.T) {
	nb := newNotebook(t)
	nb.run("rng := rand.New(rand.NewPCG(1, 2))") // only math/rand/v2 has a PCG
	nb.run("func draw(r *rand.Rand) float64 { return r.Float64() }\nx := draw(rng)")
	nb.run("y := rand.Intn(3)") // only math/rand has it
	if out, err := nb.exec(t.Context(), &buffer{}, "draw(rng) != x && y < 3"); err != nil || len(out.Values) != 1 || out.Values[0] != true {
		t.Errorf("%v, %v", out.Values, err)
	}
}

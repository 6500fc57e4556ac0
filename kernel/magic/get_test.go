package magic

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// moduleNotebook is a notebook in an empty folder with an empty module cache, whose proxy
// is a folder.
func moduleNotebook(t testing.TB, proxy string) *notebook {
	t.Helper()
	base := t.TempDir()
	for name, value := range map[string]string{
		"GOENV": "off", "GOFLAGS": "", "GOPATH": filepath.Join(base, "go"), "GOMODCACHE": filepath.Join(base, "cache"),
		"GOPROXY": "file://" + filepath.ToSlash(proxy), "GONOSUMDB": "*", "GOPRIVATE": "", "GONOPROXY": "",
	} {
		t.Setenv(name, value)
	}
	nb := newNotebook(t, Config{})
	t.Chdir(t.TempDir())
	return nb
}

// fiveModules is a proxy of five modules that many programs use.
func fiveModules(t testing.TB) string {
	t.Helper()
	proxy, err := filepath.Abs("../modules/testdata/proxy")
	if err != nil {
		t.Fatal(err)
	}
	return proxy
}

// Five modules that many programs use are fetched, imported and used. What they have to
// say is from Python's uuid and decimal, the examples of CommonMark 0.31 and of YAML 1.2 and the
// documentation of lo.
func TestModules(t *testing.T) {
	nb := moduleNotebook(t, fiveModules(t))
	nb.play([]scene{
		{`import "github.com/google/uuid"`, "…%get github.com/google/uuid@latest fetches it"},
		{"%get github.com/google/uuid github.com/samber/lo\n%get github.com/shopspring/decimal github.com/yuin/goldmark gopkg.in/yaml.v3", "…gopkg.in/yaml.v3 v3.0.1 is in go.mod"},

		{`import "github.com/google/uuid"
id := uuid.NewSHA1(uuid.NameSpaceDNS, []byte("go.dev"))
id.String(), id.Version(), uuid.NewMD5(uuid.NameSpaceURL, []byte("https://go.dev/"))`, "=> \"91da4ff0-bcdb-5fa4-b85d-7c2de6ebc8fe\"\n=> VERSION_5\n=> " + pythonMD5},
		{"id", "=> 91da4ff0-bcdb-5fa4-b85d-7c2de6ebc8fe"},
		{`uuid.Parse("nope")`, "…error: invalid UUID length: 4"},
		{`b := json.Marshal(map[string]any{"id": id}); string(b)`, `=> "{\"id\":\"91da4ff0-bcdb-5fa4-b85d-7c2de6ebc8fe\"}"`},
		{`fmt.Printf("%T %v\n", id, uuid.New() == uuid.New())`, "uuid.UUID false"},

		{`import "github.com/samber/lo"
lo.Map([]int64{1, 2, 3, 4}, func(x int64, index int) string { return strconv.FormatInt(x, 10) })`, `=> []string{"1", "2", "3", "4"}`},
		{`type Point struct{ X, Y int }
lo.GroupBy([]Point{{1, 2}, {3, 4}, {1, 5}}, func(p Point) int { return p.X })`, "=> map[1:[{X:1 Y:2} {X:1 Y:5}] 3:[{X:3 Y:4}]]"},
		{`lo.Reduce([]int{1, 2, 3, 4}, func(agg, item, _ int) int { return agg + item }, 0), fmt.Sprint(lo.Chunk([]int{0, 1, 2, 3, 4, 5, 6}, 2))`, "=> 10\n=> \"[[0 1] [2 3] [4 5] [6]]\""},
		{`lo.T2("x", 1).Unpack()`, "=> \"x\"\n=> 1"},

		{`import "github.com/shopspring/decimal"
x := decimal.RequireFromString("136.02")
x.Mul(decimal.NewFromFloat(0.1)), decimal.NewFromInt(2).Div(decimal.NewFromInt(3)), decimal.RequireFromString("5.45").RoundBank(1)`, "=> 13.602\n=> 0.6666666666666667\n=> 5.4"},
		{`decimal.NewFromInt(2).Pow(decimal.NewFromInt(200))`, "=> 1606938044258990275541962092341162602522202993782792835301376"},

		{`import (
	"github.com/yuin/goldmark"
	"bytes"
)
var out bytes.Buffer
goldmark.Convert([]byte("Foo *bar*\n=========\n\n- a\n- b ` + "`c`" + `\n\n> [link](/uri \"title\") &copy;\n"), &out)
fmt.Print(out.String())`, "<h1>Foo <em>bar</em></h1>\n<ul>\n<li>a</li>\n<li>b <code>c</code></li>\n</ul>\n<blockquote>\n<p><a href=\"/uri\" title=\"title\">link</a> ©</p>\n</blockquote>"},

		{`import "gopkg.in/yaml.v3"
var player struct {
	Name string
	HR   int     ` + "`yaml:\"hr\"`" + `
	Avg  float64
}
yaml.Unmarshal([]byte("name: Mark McGwire\nhr:   65\navg:  0.278\n"), &player)
player`, "=> {Name:Mark McGwire HR:65 Avg:0.278}"},
		{`text := yaml.Marshal([]any{player, map[string][]int{"k": {1, 2}}}); fmt.Print(string(text))`, "- name: Mark McGwire\n  hr: 65\n  avg: 0.278\n- k:\n    - 1\n    - 2"},
		{`yaml.Unmarshal([]byte("a: [1"), &player)`, "…yaml: line 1: did not find expected"},
	})
}

// pythonMD5 is uuid.uuid3(uuid.NAMESPACE_URL, "https://go.dev/").
const pythonMD5 = "c7f14a0f-10e6-3abe-9ef5-0bd52aa0297c"

func TestGetIsToldWhatIsWrong(t *testing.T) {
	nb := moduleNotebook(t, fiveModules(t))
	nb.play([]scene{
		{"%get", "…%get needs more words"},
		{"%get fmt", "…fmt can't be fetched"},
		{"%get github.com/google/uuid v1.6.0", "…v1.6.0 is no module: a version is written behind the module's path, MODULE@v1.6.0"},
		{"!go get no/such/module", "…%get MODULE fetches a module for cells, without a Go installation, and makes the go.mod"},
		{"go get github.com/google/uuid", "…%get MODULE fetches a module, without a Go installation"},
		{"go get -u github.com/google/uuid@latest", "…%get MODULE fetches a module, without a Go installation"},
		{"%get github.com/google/uuid@v9.9.9", "…github.com/google/uuid@v9.9.9"},
		{"%get github.com/no/such", "…looking for github.com/no/such@latest"},
	})
	if got := nb.run("!ls"); got != "" {
		t.Errorf("the folder has %s", got)
	}
}

// A session keeps to the version of a module that it has loaded.
func TestOneVersionInASession(t *testing.T) {
	nb := moduleNotebook(t, fiveModules(t))
	nb.play([]scene{
		{"%get github.com/yuin/goldmark", "…v1.8.7 is in go.mod"},
		{`import "github.com/yuin/goldmark/ast"`, ""},
	})
	files(t, map[string]string{
		"go.mod":         "module notebook\n\ngo 1.26\n\nrequire github.com/yuin/goldmark v1.8.6\n\nreplace github.com/yuin/goldmark => ./other\n",
		"other/go.mod":   "module github.com/yuin/goldmark\n",
		"other/fresh.go": "package goldmark",
	})
	nb.play([]scene{
		{`import "github.com/yuin/goldmark"`, "…package github.com/yuin/goldmark is now of github.com/yuin/goldmark@v1.8.6, but the session has loaded other packages of that module in version v1.8.7: restart the kernel"},
		{"%get github.com/google/uuid", "…! go.mod now has github.com/yuin/goldmark v1.8.6; this session stays with v1.8.7, of which packages were imported, until the kernel is restarted"},
	})
}

// What modules have is completed and documented as what is compiled in.
func TestModulesAreKnown(t *testing.T) {
	nb := moduleNotebook(t, fiveModules(t))
	nb.play([]scene{
		{"%get github.com/google/uuid github.com/yuin/goldmark", "…goldmark v1.8.7 is in go.mod"},
		{`import "github.com/google/uuid"; id := uuid.Nil`, ""},
		{`import "uuid"`, `…package uuid is not available; did you mean "github.com/google/uuid"?`},
		{"?uuid", "…import \"github.com/google/uuid\"\n\nPackage uuid generates and inspects UUIDs."},
		{"?uuid.NewSHA1", "…func NewSHA1(space UUID, data []byte) UUID\n\nNewSHA1 returns a new SHA1 (Version 5) UUID based on the\nsupplied name space and data."},
		{"?id.Version", "…func (uuid UUID) Version() Version\n\nVersion returns the version of uuid."},
		{"uuid.Must??", "…	if err != nil {\n\t\tpanic(err)"},
	})
	for _, c := range []struct{ src, want string }{
		{`import "github.com/yuin/goldmark/ex`, "github.com/yuin/goldmark/extension github.com/yuin/goldmark/extension/ast"},
		{`import "github.com/go`, "github.com/google/uuid"},
		{`import "github.com/yuin/goldmark/ast"; ast.NewTextB`, "NewTextBlock"},
		{"uuid.NewSH", "NewSHA1"},
		{"id.Vers", "Version"},
		{"uuid.NewSHA1(uuid.NameSpaceD", "NameSpaceDNS"},
	} {
		var got []string
		for _, item := range nb.env.Complete(t.Context(), c.src, len(c.src)).Items {
			got = append(got, item.Text)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s is completed by %q; want %q", c.src, got, c.want)
		}
	}
}

// The examples of CommonMark's specification, which goldmark brings along, come out as the specification has them.
func TestCommonMark(t *testing.T) {
	if testing.Short() {
		t.Skip("652 conversions")
	}
	nb := moduleNotebook(t, fiveModules(t))
	nb.play([]scene{
		{"%get github.com/yuin/goldmark@v1.8.7", "…v1.8.7 is in go.mod"},
		{`import (
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/renderer/html"
)
type example struct {
	Markdown, HTML string
	Example        int
}
var examples []example
json.Unmarshal(os.ReadFile(filepath.Join(os.Getenv("GOMODCACHE"), "github.com/yuin/goldmark@v1.8.7/_test/spec.json")), &examples)
md := goldmark.New(goldmark.WithRendererOptions(html.WithXHTML(), html.WithUnsafe()))
right := 0
for _, e := range examples {
	var out bytes.Buffer
	if err := md.Convert([]byte(e.Markdown), &out); err != nil || strings.TrimSpace(out.String()) != strings.TrimSpace(e.HTML) {
		fmt.Printf("example %d: %q becomes %q, %v\n", e.Example, e.Markdown, out.String(), err)
		continue
	}
	right++
}
right`, "=> 652"},
	})
}

// BenchmarkImport is what the first import of a module takes in a session, whose start is not counted: finding,
// checking, lowering and initialising it and what it imports.
func BenchmarkImport(b *testing.B) {
	moduleNotebook(b, fiveModules(b)).run("%get github.com/google/uuid github.com/samber/lo github.com/shopspring/decimal github.com/yuin/goldmark gopkg.in/yaml.v3")
	for _, path := range []string{"github.com/google/uuid", "github.com/samber/lo", "github.com/shopspring/decimal", "github.com/yuin/goldmark", "gopkg.in/yaml.v3"} {
		b.Run(path, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				nb := newNotebook(b, Config{})
				nb.run(`import "fmt"; fmt.Sprint(1)`)
				b.StartTimer()
				if got := nb.run("import " + strconv.Quote(path)); got != "" {
					b.Fatal(got)
				}
			}
		})
	}
}

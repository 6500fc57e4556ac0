package conformance_test

import (
	"os"
	"path/filepath"
	"testing"
)

// A notebook fetches modules that many programs use, and uses them; another one, in another process, finds
// what the first has recorded, without a proxy.
func TestRunWithModules(t *testing.T) {
	if _, err := program(); err != nil { // which is built with the modules that there are
		t.Fatal(err)
	}
	proxy, err := filepath.Abs("../modules/testdata/proxy")
	if err != nil {
		t.Fatal(err)
	}
	dir, base := t.TempDir(), t.TempDir()
	for name, value := range map[string]string{
		"GOENV": "off", "GOFLAGS": "", "GOPATH": base, "GOMODCACHE": filepath.Join(base, "cache"), "GOPRIVATE": "", "GONOPROXY": "",
		"GOPROXY": "file://" + filepath.ToSlash(proxy), "GONOSUMDB": "*",
	} {
		t.Setenv(name, value)
	}
	cells := []string{
		"import \"github.com/google/uuid\"\nfmt.Println(uuid.NewSHA1(uuid.NameSpaceDNS, []byte(\"go.dev\")))",
		"import \"github.com/samber/lo\"\nfmt.Println(lo.Uniq([]string{\"a\", \"b\", \"a\"}), lo.SumBy([]int{1, 2}, func(i int) float64 { return 1.5 * float64(i) }))",
		"import \"github.com/shopspring/decimal\"\nfmt.Println(decimal.RequireFromString(\"0.1\").Add(decimal.RequireFromString(\"0.2\")))",
		"import \"github.com/yuin/goldmark\"\nvar html bytes.Buffer\ngoldmark.Convert([]byte(\"**bold**\"), &html)\nfmt.Print(html.String())",
		"import \"gopkg.in/yaml.v3\"\nvar v map[string][]int\nyaml.Unmarshal([]byte(\"a: [1, 2]\"), &v)\nfmt.Println(v)",
	}
	told := []string{
		"91da4ff0-bcdb-5fa4-b85d-7c2de6ebc8fe\n", "[a b] 4.5\n", "0.3\n", "<p><strong>bold</strong></p>\n", "map[a:[1 2]]\n",
	}
	book(t, dir, "first.ipynb", false, append([]string{"%get github.com/google/uuid github.com/samber/lo github.com/shopspring/decimal\n%get github.com/yuin/goldmark gopkg.in/yaml.v3"}, cells...)...)
	if got := nascent(t, dir, "", "run", "first.ipynb"); got.status != 0 {
		t.Fatalf("%+v", got)
	}
	readBook(t, filepath.Join(dir, "first.out.ipynb")).wants(t, append([]string{"github.com/samber/lo v1.39.0 is in go.mod\n"}, told...)...)
	t.Setenv("GOPROXY", "off")
	book(t, dir, "second.ipynb", false, cells...)
	if got := nascent(t, dir, "", "run", "second.ipynb"); got.status != 0 {
		t.Fatalf("%+v", got)
	}
	readBook(t, filepath.Join(dir, "second.out.ipynb")).wants(t, told...)
	// a program of the same folder
	if err := os.WriteFile(filepath.Join(dir, "p.go"), []byte("package main\n\nimport (\n\t\"fmt\"\n\t\"github.com/google/uuid\"\n)\n\nfunc main() { fmt.Println(uuid.Nil) }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := nascent(t, dir, "", "exec", "p.go"); got.status != 0 || got.stdout != "00000000-0000-0000-0000-000000000000\n" {
		t.Errorf("%+v", got)
	}
}

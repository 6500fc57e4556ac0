package modules

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb"
	"golang.org/x/mod/sumdb/note"
)

// What is recorded of five modules is what the go command records.
func TestGetRecordsAsGo(t *testing.T) {
	proxy, err := filepath.Abs("testdata/proxy")
	if err != nil {
		t.Fatal(err)
	}
	want := read(t, "testdata/want/five.sum")
	b := newBench(t)
	t.Setenv("GOPROXY", "file://"+filepath.ToSlash(proxy))
	b.mustGet("github.com/google/uuid", "github.com/samber/lo", "github.com/shopspring/decimal@v1", "github.com/yuin/goldmark/ast@v1.8", "gopkg.in/yaml.v3@v3.0.1")
	if got := read(t, "go.sum"); got != want {
		t.Errorf("go.sum is\n%s\nwant\n%s", got, want)
	}
	const mod = `module notebook

go 1.26

require (
	github.com/google/uuid v1.6.0
	github.com/samber/lo v1.39.0
	github.com/shopspring/decimal v1.4.0
	github.com/yuin/goldmark v1.8.7
	gopkg.in/yaml.v3 v3.0.1
)

require golang.org/x/exp v0.0.0-20220303212507-bbda1eaf7a17 // indirect
`
	if got := read(t, "go.mod"); got != mod {
		t.Errorf("go.mod is\n%s\nwant\n%s", got, mod)
	}
	if said := b.said.String(); !strings.Contains(said, "fetched github.com/google/uuid v1.6.0 (32 kB)\n") {
		t.Errorf("it says %q", said)
	}
}

// What is in the cache is not fetched again.
func TestGetFromCache(t *testing.T) {
	b := newBench(t, published{path: "example.com/a", version: "v1.0.0", files: map[string]string{"a.go": "package a"}})
	b.mustGet("example.com/a")
	if err := os.RemoveAll("go.mod"); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOPROXY", "off")
	b.mustGet("example.com/a@v1.0.0")
	contains(t, b.get("example.com/a"), "GOPROXY=off")
}

func TestVersions(t *testing.T) {
	at := func(v string) published {
		return published{path: "example.com/a", version: v, files: map[string]string{"a.go": "package a"}}
	}
	last := at("v1.10.0")
	last.files["go.mod"] = "module example.com/a\n\ngo 1.21\n\nretract [v1.9.0, v1.10.0]\n"
	b := newBench(t, at("v1.2.0"), at("v1.2.9"), at("v1.9.0"), last, at("v1.11.0-rc.1"),
		published{path: "example.com/was", version: "v1.5.0", files: map[string]string{"a.go": "package a"}},
		published{path: "example.com/was", version: "v2.0.0+incompatible", files: map[string]string{"go.mod": "module example.com/was\n", "a.go": "package a"}},
		published{path: "example.com/is", version: "v1.5.0", files: map[string]string{"go.mod": "module example.com/is\n", "a.go": "package a"}},
		published{path: "example.com/is", version: "v2.0.0+incompatible", files: map[string]string{"go.mod": "module example.com/is\n", "a.go": "package a"}},
		published{path: "example.com/pre", version: "v0.1.0-alpha", files: map[string]string{"a.go": "package a"}},
		published{path: "example.com/commit", version: "v0.0.0-20240102030405-0123456789ab", files: map[string]string{"a.go": "package a"}})
	write(t, filepath.Join(b.proxy, "example.com/commit/@v/main.info"), `{"Version":"v0.0.0-20240102030405-0123456789ab"}`)
	publish(t, b.proxy, published{path: "example.com/listed", version: "v0.0.0-20250102030405-0123456789ab", files: map[string]string{"a.go": "package a"}})
	write(t, filepath.Join(b.proxy, "example.com/commit/@latest"), `{"Version":"v0.0.0-20240102030405-0123456789ab"}`)
	for query, want := range map[string]string{
		"example.com/a":             "v1.2.9", // what is newer was taken back
		"example.com/a@latest":      "v1.2.9",
		"example.com/a@v1.2":        "v1.2.9",
		"example.com/a@v1":          "v1.10.0",
		"example.com/a@v1.2.0":      "v1.2.0",
		"example.com/a@v1.11":       "v1.11.0-rc.1",
		"example.com/was":           "v1.5.0", // since then it has a go.mod
		"example.com/is":            "v2.0.0+incompatible",
		"example.com/pre":           "v0.1.0-alpha",
		"example.com/commit@main":   "v0.0.0-20240102030405-0123456789ab",
		"example.com/listed":        "v0.0.0-20250102030405-0123456789ab",
		"example.com/commit@latest": "v0.0.0-20240102030405-0123456789ab",
	} {
		if err := os.RemoveAll("go.mod"); err != nil {
			t.Fatal(err)
		}
		q, err := ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		m, _, err := Get(t.Context(), q, func(string, ...any) {})
		if err != nil || m.Version != want {
			t.Errorf("%s is %s, %v; want %s", query, m.Version, err, want)
		}
	}
}

// A query is what people write who have seen a module somewhere.
func TestParseQuery(t *testing.T) {
	for text, want := range map[string]Query{
		"github.com/google/uuid":                     {"github.com/google/uuid", "latest"},
		"github.com/google/uuid@v1.6.0":              {"github.com/google/uuid", "v1.6.0"},
		"github.com/google/uuid@master":              {"github.com/google/uuid", "master"},
		"https://github.com/google/uuid":             {"github.com/google/uuid", "latest"},
		"https://github.com/google/uuid.git":         {"github.com/google/uuid", "latest"},
		"https://pkg.go.dev/github.com/google/uuid/": {"github.com/google/uuid", "latest"},
		"https://pkg.go.dev/golang.org/x/exp@v0.1.0": {"golang.org/x/exp", "v0.1.0"},
	} {
		if got, err := ParseQuery(text); err != nil || got != want {
			t.Errorf("%s is %v, %v; want %v", text, got, err, want)
		}
	}
	for text, says := range map[string]string{
		"uuid":                               "https://pkg.go.dev/search?q=uuid finds modules",
		"google/uuid":                        "begins with the name of a host, such as github.com",
		"net/http":                           "the standard library is built in",
		"":                                   `"" is no module or package`,
		"v1.6.0":                             "a version is written behind the module's path, MODULE@v1.6.0",
		"github.com/google/uuid@":            "github.com/google/uuid@latest is the newest",
		"github.com/google/uuid@1.6.0":       "1.6.0 is no version, which begins with a v: github.com/google/uuid@v1.6.0",
		"https://x.org/a?b=c":                `is no module or package: malformed import path "x.org/a?b=c": invalid char '?'`,
		"github.com/google/../../etc/passwd": "is no module or package",
		"github.com/google/uuid\n@v1":        "is no module or package",
	} {
		_, err := ParseQuery(text)
		contains(t, err, says)
	}
}

// What can't be fetched is said, and leaves no trace.
func TestBadModules(t *testing.T) {
	file := map[string]string{"a.go": "package a"}
	a := module.Version{Path: "example.com/a", Version: "v1.0.0"}
	good := published{path: a.Path, version: a.Version, files: file}
	mod := func(text string) published {
		return published{path: a.Path, version: a.Version, files: map[string]string{"go.mod": text, "a.go": "package a"}}
	}
	whole := pack(t, a, file, "module example.com/a\n")
	for name, c := range map[string]struct {
		query string
		is    []published
		sum   string // go.sum
		says  []string
	}{
		"no such version":     {"example.com/a@v1.0.1", []published{good}, "", []string{"example.com/a@v1.0.1", "not found"}},
		"no such beginning":   {"example.com/a@v2", []published{good}, "", []string{"no version v2"}},
		"no such module":      {"example.com/b", []published{good}, "", []string{"example.com/b@latest", "not found"}},
		"no such package":     {"example.com/a/b/c", []published{good}, "", []string{"module example.com/a@v1.0.0 has no package example.com/a/b/c"}},
		"no path":             {"example.com/a b", nil, "", []string{`"example.com/a b" is no module or package`}},
		"a standard package":  {"net/http", nil, "", []string{"net/http can't be fetched"}},
		"a branch":            {"example.com/a@main", []published{good}, "", []string{"example.com/a@main", "not found"}},
		"a strange version":   {"example.com/a@../../x", []published{good}, "", []string{"is no version"}},
		"half a zip":          {"example.com/a", []published{{path: a.Path, version: a.Version, zip: whole[:len(whole)/2]}}, "", []string{"fetching example.com/a@v1.0.0", "is refused"}},
		"an empty zip":        {"example.com/a", []published{{path: a.Path, version: a.Version, zip: []byte{}}}, "", []string{"0 bytes, is refused"}},
		"a way out":           {"example.com/a", []published{{path: a.Path, version: a.Version, files: map[string]string{"../../../../out.go": "package a"}}}, "", []string{"is refused", "out.go"}},
		"another module's":    {"example.com/a", []published{{path: a.Path, version: a.Version, zip: pack(t, module.Version{Path: "example.com/b", Version: "v1.0.0"}, file, "module b")}}, "", []string{"is refused", "example.com/b@v1.0.0"}},
		"a huge file":         {"example.com/a", []published{{path: a.Path, version: a.Version, zip: huge(t, a)}}, "", []string{"is refused", "too large"}},
		"a bad go.mod":        {"example.com/a", []published{mod("module example.com/a\n\nrequire (\n")}, "", []string{"example.com/a@v1.0.0/go.mod:3"}},
		"another name":        {"example.com/a", []published{mod("module example.com/other\n")}, "", []string{"calls itself example.com/other", "%get example.com/other"}},
		"a later Go":          {"example.com/a", []published{mod("module example.com/a\n\ngo 1.99\n")}, "", []string{"needs Go 1.99", "up to 1.26"}},
		"what it requires":    {"example.com/a", []published{mod("module example.com/a\n\nrequire example.com/gone v1.0.0\n")}, "", []string{"example.com/gone@v1.0.0, which example.com/a@v1.0.0 requires"}},
		"a changed module":    {"example.com/a", []published{good}, "example.com/a v1.0.0 h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", []string{"example.com/a@v1.0.0 has the checksum h1:", "go.sum says h1:AAA", "it is not used"}},
		"a changed go.mod":    {"example.com/a", []published{good}, "example.com/a v1.0.0/go.mod h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", []string{"example.com/a@v1.0.0/go.mod has the checksum h1:"}},
		"a go.sum with words": {"example.com/a", []published{good}, "what is this\nno checksum\n", []string{"go.sum:2"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, c.is...)
			write(t, "go.mod", "module m\n\ngo 1.22\n")
			if c.sum != "" {
				write(t, "go.sum", c.sum)
			}
			contains(t, b.get(c.query), c.says...)
			if got := read(t, "go.mod"); got != "module m\n\ngo 1.22\n" {
				t.Errorf("go.mod has become %q", got)
			}
			if got, err := os.ReadFile("go.sum"); string(got) != c.sum || c.sum == "" && err == nil {
				t.Errorf("go.sum has become %q", got)
			}
			if name == "what it requires" || name == "no such package" {
				return // the module itself is all right
			}
			if kept := b.kept(); len(kept) > 0 {
				t.Errorf("the cache has %q", kept)
			}
			if _, err := os.Stat(filepath.Join(b.base, "out.go")); err == nil {
				t.Error("a file was written outside of the cache")
			}
		})
	}
}

// huge is a small zip file of a module with a file that says that it is a gigabyte long.
func huge(t *testing.T, m module.Version) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateRaw(&zip.FileHeader{Name: m.Path + "@" + m.Version + "/a.go", Method: zip.Store, UncompressedSize64: 1 << 30})
	if err == nil {
		_, err = io.WriteString(w, "package a")
	}
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A go.mod of the notebook that can't be read is not replaced.
func TestBadGoMod(t *testing.T) {
	for text, says := range map[string]string{
		"module m\nrequire x\n": "go.mod:2",
		"go 1.22\n":             "has no module line",
		"modul m\n":             "go.mod:1",
	} {
		b := newBench(t, published{path: "example.com/a", version: "v1.0.0", files: map[string]string{"a.go": "package a"}})
		write(t, "go.mod", text)
		contains(t, b.get("example.com/a"), "the notebook's go.mod", says)
		_, err := new(Resolver).Find("example.com/a", "")
		contains(t, err, "the notebook's go.mod", says)
		if got := read(t, "go.mod"); got != text {
			t.Errorf("go.mod has become %q", got)
		}
	}
}

func TestProxies(t *testing.T) {
	b := newBench(t, published{path: "example.com/a", version: "v1.0.0", files: map[string]string{"a.go": "package a"}})
	good := "file://" + filepath.ToSlash(b.proxy)
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "out of order", http.StatusBadGateway) }))
	defer broken.Close()
	absent := httptest.NewServer(http.NotFoundHandler())
	defer absent.Close()
	for proxy, says := range map[string]string{
		good:                      "",
		absent.URL + "," + good:   "",
		broken.URL + "|" + good:   "",
		broken.URL + "," + good:   "502 Bad Gateway: out of order",
		"off":                     "GOPROXY=off allows no downloads",
		absent.URL + ",off":       "404 Not Found",
		"direct":                  "GOPROXY=direct means version control",
		absent.URL + ",direct":    "404 Not Found",
		"gopher://x":              `GOPROXY has "gopher://x"`,
		"file:///nowhere," + good: "",
	} {
		t.Run(proxy, func(t *testing.T) {
			t.Setenv("GOPROXY", proxy)
			t.Setenv("GOMODCACHE", t.TempDir())
			switch err := b.get("example.com/a"); {
			case says != "":
				contains(t, err, says)
			case err != nil:
				t.Error(err)
			}
		})
	}
	t.Setenv("GOPRIVATE", "example.com/*")
	contains(t, b.get("example.com/a"), "example.com/a is private")
}

// An interrupted download ends at once, and nothing of it is kept.
func TestInterruptedDownload(t *testing.T) {
	b := newBench(t, published{path: "example.com/a", version: "v1.0.0", files: map[string]string{"a.go": "package a"}})
	files := http.FileServer(http.Dir(b.proxy))
	ctx, stop := context.WithCancel(t.Context())
	over := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, ".zip") {
			files.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Length", "1000000")
		io.WriteString(w, "PK")  //nolint:errcheck // the client hangs up
		w.(http.Flusher).Flush() //nolint:forcetypeassert // it is one
		stop()
		<-over
	}))
	defer slow.Close()
	defer close(over)
	t.Setenv("GOPROXY", slow.URL)
	b.stopped(ctx, "latest")
}

// stopped gets example.com/a until ctx is done: at once, and with nothing left of it.
func (b *bench) stopped(ctx context.Context, version string) {
	b.t.Helper()
	began := time.Now()
	_, _, err := Get(ctx, Query{"example.com/a", version}, func(string, ...any) {})
	if !errors.Is(err, context.Canceled) {
		b.t.Errorf("the error is %v", err)
	}
	if took := time.Since(began); took > 30*time.Second {
		b.t.Errorf("it took %v", took)
	}
	if kept := b.kept(); len(kept) > 0 {
		b.t.Errorf("the cache has %q", kept)
	}
}

// A download that breaks off is no module.
func TestBrokenDownload(t *testing.T) {
	b := newBench(t, published{path: "example.com/a", version: "v1.0.0", files: map[string]string{"a.go": "package a"}})
	files := http.FileServer(http.Dir(b.proxy))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".zip") {
			w.Header().Set("Content-Length", "1000000")
		}
		files.ServeHTTP(w, r)
		if strings.HasSuffix(r.URL.Path, ".zip") {
			panic(http.ErrAbortHandler)
		}
	}))
	defer server.Close()
	t.Setenv("GOPROXY", server.URL)
	contains(t, b.get("example.com/a"), "fetching example.com/a@v1.0.0")
	if kept := b.kept(); len(kept) > 0 {
		t.Errorf("the cache has %q", kept)
	}
}

// What go.sum does not have is asked of the checksum database.
func TestChecksumDatabase(t *testing.T) {
	secret, public, err := note.GenerateKey(nil, "sum.example.com")
	if err != nil {
		t.Fatal(err)
	}
	a := published{path: "example.com/a", version: "v1.0.0", files: map[string]string{"a.go": "package a"}}
	b := newBench(t, a)
	b.mustGet("example.com/a") // to know its checksums
	right := read(t, "go.sum")
	for name, c := range map[string]struct{ lines, says string }{
		"right": {right, ""},
		"wrong": {strings.ReplaceAll(right, "h1:", "h1:AAAA"), "the checksum database sum.example.com says h1:AAAA"},
		"none":  {"", "the checksum database can't be asked"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, a)
			ops := sumdb.NewTestServer(secret, func(path, version string) ([]byte, error) {
				if c.lines == "" {
					return nil, os.ErrNotExist
				}
				return []byte(c.lines), nil
			})
			server := httptest.NewServer(sumdb.NewServer(ops))
			defer server.Close()
			t.Setenv("GONOSUMDB", "")
			t.Setenv("GOSUMDB", public+" "+server.URL)
			err := b.get("example.com/a")
			if c.says == "" {
				if err != nil {
					t.Fatal(err)
				}
				if got := read(t, "go.sum"); got != right {
					t.Errorf("go.sum is %q; want %q", got, right)
				}
				return
			}
			contains(t, err, c.says)
			for _, file := range b.kept() {
				if !strings.Contains(file, "sumdb") {
					t.Errorf("the cache has %s", file)
				}
			}
		})
	}
	t.Run("through a proxy", func(t *testing.T) {
		b := newBench(t, a)
		db := sumdb.NewServer(sumdb.NewTestServer(secret, func(string, string) ([]byte, error) { return []byte(right), nil }))
		mux := http.NewServeMux()
		mux.Handle("/", http.FileServer(http.Dir(b.proxy)))
		mux.HandleFunc("/sumdb/sum.example.com/supported", func(http.ResponseWriter, *http.Request) {})
		mux.Handle("/sumdb/sum.example.com/", http.StripPrefix("/sumdb/sum.example.com", db))
		server := httptest.NewServer(mux)
		defer server.Close()
		t.Setenv("GONOSUMDB", "")
		t.Setenv("GOSUMDB", public)
		t.Setenv("GOPROXY", server.URL)
		b.mustGet("example.com/a")
	})
	for value, says := range map[string]string{"sum.unknown.org": "whose key is not known", "a b c": "GOSUMDB is"} {
		t.Setenv("GONOSUMDB", "")
		t.Setenv("GOSUMDB", value)
		t.Setenv("GOMODCACHE", t.TempDir())
		if err := os.RemoveAll("go.sum"); err != nil {
			t.Fatal(err)
		}
		contains(t, b.get("example.com/a"), says)
	}
}

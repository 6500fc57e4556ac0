package modules

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/module"
)

// evil is a proxy that answers some requests in its own way, the others from a folder.
func evil(t *testing.T, b *bench, answers map[string]http.HandlerFunc) {
	t.Helper()
	files := http.FileServer(http.Dir(b.proxy))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for end, answer := range answers {
			if strings.HasSuffix(r.URL.Path, end) {
				answer(w, r)
				return
			}
		}
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	t.Setenv("GOPROXY", server.URL)
}

func says(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, text) } //nolint:errcheck // the client's matter
}

func fails(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "so it is", status) }
}

// endless sends zeros until the client hangs up.
func endless(w http.ResponseWriter, _ *http.Request) {
	for b := make([]byte, 1<<20); ; {
		if _, err := w.Write(b); err != nil {
			return
		}
	}
}

// Whatever a proxy answers, it is an error that names the module, and neither the notebook nor the cache has anything of it.
func TestEvilProxy(t *testing.T) {
	file := map[string]string{"a.go": "package a"}
	good := published{path: "example.com/a", version: "v1.0.0", files: file}
	for name, c := range map[string]struct {
		query   string
		answers map[string]http.HandlerFunc
		says    string
	}{
		"an endless list":             {"example.com/a", map[string]http.HandlerFunc{"/list": endless}, "longer than the"},
		"an endless go.mod":           {"example.com/a", map[string]http.HandlerFunc{".mod": endless}, "longer than the"},
		"an endless answer":           {"example.com/a@v1.0.0", map[string]http.HandlerFunc{".info": endless}, "longer than the"},
		"an endless zip":              {"example.com/a", map[string]http.HandlerFunc{".zip": endless}, "larger than the"},
		"a list of other things":      {"example.com/a", map[string]http.HandlerFunc{"/list": says("../../x\nv1\n\x00\xff\nv1.0.0/../..\n"), "/@latest": fails(404)}, "404"},
		"a page for a list":           {"example.com/a", map[string]http.HandlerFunc{"/list": says("<html>log in</html>"), "/@latest": says("<html>log in</html>")}, "the answer is no version"},
		"a way out as the latest":     {"example.com/a", map[string]http.HandlerFunc{"/list": says(""), "/@latest": says(`{"Version":"v1.0.0-../../x"}`)}, "example.com/a"},
		"another major version":       {"example.com/a", map[string]http.HandlerFunc{"/list": says(""), "/@latest": says(`{"Version":"v2.0.0"}`)}, "example.com/a"},
		"a branch of another version": {"example.com/a@main", map[string]http.HandlerFunc{"main.info": says(`{"Version":"v3.0.0"}`)}, "example.com/a"},
		"no version":                  {"example.com/a@main", map[string]http.HandlerFunc{"main.info": says(`{}`)}, "example.com/a"},
		"a page for a go.mod":         {"example.com/a", map[string]http.HandlerFunc{".mod": says("<html>\nlog in</html>")}, "go.mod of example.com/a@v1.0.0 has no module line"},
		"an empty go.mod":             {"example.com/a", map[string]http.HandlerFunc{".mod": says("")}, "go.mod of example.com/a@v1.0.0 has no module line"},
		"a page for a zip":            {"example.com/a", map[string]http.HandlerFunc{".zip": says("<html>log in</html>")}, "is refused"},
		"gone":                        {"example.com/a", map[string]http.HandlerFunc{"": fails(410)}, "410 Gone: so it is"},
		"out of order":                {"example.com/a", map[string]http.HandlerFunc{"": fails(500)}, "500 Internal Server Error: so it is"},
		"forbidden":                   {"example.com/a", map[string]http.HandlerFunc{"": fails(403)}, "403 Forbidden: so it is"},
		"a zip that is gone":          {"example.com/a", map[string]http.HandlerFunc{".zip": fails(404)}, "fetching example.com/a@v1.0.0"},
		"round and round":             {"example.com/a", map[string]http.HandlerFunc{"": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }}, "stopped after 10 redirects"},
		"a file of this machine": {"example.com/a", map[string]http.HandlerFunc{"": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		}}, "unsupported protocol scheme"},
		"half an answer": {"example.com/a", map[string]http.HandlerFunc{"/list": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, "v1.0.0\n")
		}}, "unexpected EOF"}, //nolint:errcheck // as above
		"the same file twice":             {"example.com/a", map[string]http.HandlerFunc{".zip": says(string(packed(t, "a.go", "A.go", "a.go")))}, "is refused"},
		"a device":                        {"example.com/a", map[string]http.HandlerFunc{".zip": says(string(packed(t, "con.go")))}, "is refused"},
		"backslashes":                     {"example.com/a", map[string]http.HandlerFunc{".zip": says(string(packed(t, `..\..\a.go`)))}, "is refused"},
		"a file over the folder's prefix": {"example.com/a", map[string]http.HandlerFunc{".zip": says(string(packed(t, "../a@v1.0.0x/a.go")))}, "is refused"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, good)
			evil(t, b, c.answers)
			contains(t, b.get(c.query), c.says)
			if entries, err := os.ReadDir("."); err != nil || len(entries) > 0 {
				t.Errorf("the notebook's folder has %v, %v", entries, err)
			}
			if kept := b.kept(); len(kept) > 0 {
				t.Errorf("the cache has %q", kept)
			}
		})
	}
}

// packed is a zip file of example.com/a with some files.
func packed(t *testing.T, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range append([]string{"go.mod"}, names...) {
		w, err := z.Create("example.com/a@v1.0.0/" + name)
		if err == nil {
			_, err = io.WriteString(w, "package a")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// linked is a zip file of example.com/a with a symbolic link.
func linked(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	h := &zip.FileHeader{Name: "example.com/a@v1.0.0/link"}
	h.SetMode(os.ModeSymlink | 0o777)
	w, err := z.CreateHeader(h)
	if err == nil {
		_, err = io.WriteString(w, "/etc")
	}
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What is a symbolic link in a zip file is a file in the cache.
func TestSymbolicLink(t *testing.T) {
	b := newBench(t, published{path: "example.com/a", version: "v1.0.0", zip: linked(t)})
	b.mustGet("example.com/a")
	if info, err := os.Lstat(filepath.Join(b.cache, "example.com/a@v1.0.0/link")); err != nil || !info.Mode().IsRegular() {
		t.Errorf("it is %v, %v", info, err)
	}
}

// A proxy that does not answer is waited for until the cell is interrupted, whatever it is asked for.
func TestSilentProxy(t *testing.T) {
	for _, end := range []string{"/list", ".info", ".mod", ".zip"} {
		t.Run(end, func(t *testing.T) {
			b := newBench(t, published{path: "example.com/a", version: "v1.0.0", files: map[string]string{"a.go": "package a"}})
			ctx, stop := context.WithCancel(t.Context())
			evil(t, b, map[string]http.HandlerFunc{end: func(_ http.ResponseWriter, r *http.Request) {
				stop()
				<-r.Context().Done()
			}})
			version := "latest"
			if end == ".info" {
				version = "v1.0.0"
			}
			b.stopped(ctx, version)
		})
	}
}

// Capital letters are asked for, and kept, as ! and the small letter.
func TestCapitalLetters(t *testing.T) {
	b := newBench(t, published{path: "example.com/Big/A", version: "v1.0.0-RC1", files: map[string]string{"a.go": "package a"}})
	if err := os.Rename(filepath.Join(b.proxy, "example.com/!big/!a/@v/v1.0.0-RC1.zip"), filepath.Join(b.proxy, "example.com/!big/!a/@v/v1.0.0-!r!c1.zip")); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"mod", "info"} {
		at := filepath.Join(b.proxy, "example.com/!big/!a/@v/")
		if err := os.Rename(filepath.Join(at, "v1.0.0-RC1."+kind), filepath.Join(at, "v1.0.0-!r!c1."+kind)); err != nil {
			t.Fatal(err)
		}
	}
	b.mustGet("example.com/Big/A")
	if got := found("example.com/Big/A"); got != "example.com/Big/A@v1.0.0-RC1 example.com/Big/A@v1.0.0-RC1 a.go" {
		t.Errorf("it is %s", got)
	}
	if _, err := os.Stat(filepath.Join(b.cache, "example.com/!big/!a@v1.0.0-!r!c1/a.go")); err != nil {
		t.Error(err)
	}
}

// Whatever a proxy says of the versions of a module, what is chosen is a version of it.
func FuzzVersions(f *testing.F) {
	f.Add("v1.0.0\nv1.1.0 2020-01-01\n", `{"Version":"v1.0.0"}`, "module example.com/a\nretract v1.1.0\n", "latest")
	f.Add("v2.0.0+incompatible\nv1.0.0", `{}`, "module example.com/a", "v1")
	f.Add("v0.0.0-20240102030405-0123456789ab", `[`, "\x00", "main")
	f.Add("", `{"Version":"v0.0.0-20240102030405-0123456789ab"}`, "", "v0.0.0-2")
	f.Fuzz(func(t *testing.T, list, info, mod, query string) {
		f := &fetcher{settings: settings{cache: t.TempDir(), proxy: "http://proxy"}, client: &http.Client{Transport: answering(func(path string) string {
			switch {
			case strings.HasSuffix(path, "/list"):
				return list
			case strings.HasSuffix(path, ".mod"):
				return mod
			}
			return info
		})}, report: func(string, ...any) {}}
		v, err := f.version(t.Context(), "example.com/a", query)
		if err != nil {
			return
		}
		if err := module.Check("example.com/a", v); err != nil {
			t.Errorf("%q is chosen: %v", v, err)
		}
	})
}

// answering answers each request with a text.
type answering func(path string) string

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(a(r.URL.Path))), Request: r}, nil
}

// The variables of the go command count as they do for it.
func TestVariables(t *testing.T) {
	b := newBench(t, published{path: "example.com/a", version: "v1.0.0", files: map[string]string{"a.go": "package a"}})
	good := "file://" + filepath.ToSlash(b.proxy)
	for i, c := range []struct{ name, value, says string }{
		{"GOFLAGS", "-mod=vendor", ""},
		{"GOPRIVATE", "example.com", "example.com/a is private"},
		{"GONOPROXY", "*.com/a", "example.com/a is private"},
		{"GOPROXY", "", "proxy.golang.org"},
		{"GOPROXY", good + ",direct", ""},
		{"GOPROXY", " , " + good, ""},
		{"GOPROXY", ",", "GOPROXY names no proxy"},
		{"GOMODCACHE", "relative", "GOMODCACHE is \"relative\", which is no absolute path"},
	} {
		t.Run(fmt.Sprint(i, c.name), func(t *testing.T) {
			t.Setenv("GOMODCACHE", t.TempDir())
			t.Setenv(c.name, c.value)
			if c.value == "" {
				t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1") // nobody is there
			}
			switch err := b.get("example.com/a"); {
			case c.says != "":
				contains(t, err, c.says)
			case err != nil:
				t.Error(err)
			}
		})
	}
}

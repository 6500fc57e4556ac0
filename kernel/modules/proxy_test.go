package modules

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/module"
)

// published is a module that a proxy has.
type published struct {
	path, version string
	files         map[string]string // go.mod is made if there is none
	zip           []byte            // nil: of files
}

// publish writes a module proxy into a folder.
func publish(t testing.TB, dir string, list ...published) {
	t.Helper()
	for _, p := range list {
		m := module.Version{Path: p.path, Version: p.version}
		escaped, err := module.EscapePath(p.path)
		if err != nil {
			t.Fatal(err)
		}
		mod := p.files["go.mod"]
		if mod == "" {
			mod = fmt.Sprintf("module %s\n\ngo 1.21\n", p.path)
		}
		info, err := json.Marshal(struct{ Version string }{p.version})
		if err != nil {
			t.Fatal(err)
		}
		at := filepath.Join(dir, escaped, "@v")
		write(t, filepath.Join(at, p.version+".mod"), mod)
		write(t, filepath.Join(at, p.version+".info"), string(info))
		packed := p.zip
		if packed == nil {
			packed = pack(t, m, p.files, mod)
		}
		write(t, filepath.Join(at, p.version+".zip"), string(packed))
		known, _ := os.ReadFile(filepath.Join(at, "list")) // none yet
		write(t, filepath.Join(at, "list"), string(known)+p.version+"\n")
	}
}

// pack makes a module's zip file, without asking whether it is right.
func pack(t testing.TB, m module.Version, files map[string]string, mod string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add := func(name, text string) {
		w, err := z.Create(m.Path + "@" + m.Version + "/" + name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	add("go.mod", mod)
	for name, text := range files {
		if name != "go.mod" {
			add(name, text)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func write(t testing.TB, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// bench is a notebook's folder, with a module cache of its own and a proxy in a folder.
type bench struct {
	t                 testing.TB
	work, cache, base string
	proxy             string // its folder
	said              strings.Builder
}

func newBench(t *testing.T, list ...published) *bench {
	t.Helper()
	base := t.TempDir()
	b := &bench{t: t, base: base, work: filepath.Join(base, "work"), cache: filepath.Join(base, "cache"), proxy: filepath.Join(base, "proxy")}
	if err := os.Mkdir(b.work, 0o777); err != nil {
		t.Fatal(err)
	}
	publish(t, b.proxy, list...)
	t.Setenv("GOENV", "off")
	t.Setenv("GOFLAGS", "")
	t.Setenv("GOPATH", filepath.Join(base, "gopath"))
	t.Setenv("GOMODCACHE", b.cache)
	t.Setenv("GOPROXY", "file://"+filepath.ToSlash(b.proxy))
	t.Setenv("GONOSUMDB", "*")
	t.Setenv("GOPRIVATE", "")
	t.Setenv("GONOPROXY", "")
	t.Chdir(b.work)
	return b
}

// get calls Get; report is what it says.
func (b *bench) get(query string) error {
	q, err := ParseQuery(query)
	if err != nil {
		return err
	}
	_, _, err = Get(b.t.Context(), q, func(format string, args ...any) { fmt.Fprintf(&b.said, format, args...) })
	return err
}

func (b *bench) mustGet(queries ...string) {
	b.t.Helper()
	for _, q := range queries {
		if err := b.get(q); err != nil {
			b.t.Fatal(err)
		}
	}
}

// kept are the files in the cache that have a module's files, or its zip file.
func (b *bench) kept() (list []string) {
	err := filepath.WalkDir(b.cache, func(file string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasSuffix(file, ".mod") && !strings.HasSuffix(file, ".info") {
			list = append(list, file)
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return list
}

// contains says of an error whether it says what it has to.
func contains(t testing.TB, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("there is no error; want one with %q", parts)
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("the error is %q; want %q in it", err, p)
		}
	}
}

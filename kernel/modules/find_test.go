package modules

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/module"
)

// found is what a resolver finds, in words: "MODULE@VERSION TITLE file.go…", or the error.
func found(path string) string {
	p, err := new(Resolver).Find(path, "")
	if err != nil {
		return err.Error()
	}
	return strings.Join(append([]string{strings.TrimSuffix(p.Module.String(), "@"), p.Title}, p.Files...), " ")
}

func a(version string) published {
	return published{path: "example.com/a", version: version, files: map[string]string{"a.go": "package a", "b/b.go": "package b\nimport _ \"example.com/a\""}}
}

func TestFind(t *testing.T) {
	older := published{path: "example.com/old", version: "v1.0.0", files: map[string]string{"go.mod": "module example.com/old\nrequire example.com/a v1.1.0\n", "o.go": "package old\nimport _ \"example.com/a\""}}
	b := newBench(t, a("v1.0.0"), a("v1.1.0"), older, published{path: "example.com/a/nested", version: "v0.1.0", files: map[string]string{"n.go": "package nested"}})
	b.mustGet("example.com/a@v1.0.0", "example.com/a/nested", "example.com/old")
	mod, sum := read(t, "go.mod"), read(t, "go.sum")
	write(t, "own/own.go", "package own")
	write(t, "own/internal/in/in.go", "package in")
	write(t, "fork/go.mod", "module example.com/a\n\ngo 1.20\n")
	write(t, "fork/a.go", "package a")
	for name, c := range map[string]struct{ mod, path, want string }{
		"selected":           {"", "example.com/a", "example.com/a@v1.1.0 example.com/a@v1.1.0 a.go"},
		"a package":          {"", "example.com/a/b", "example.com/a@v1.1.0 example.com/a@v1.1.0/b b.go"},
		"a nested module":    {"", "example.com/a/nested", "example.com/a/nested@v0.1.0 example.com/a/nested@v0.1.0 n.go"},
		"the notebook's own": {"", "notebook/own", "notebook own own.go"},
		"internal, its own":  {"", "notebook/own/internal/in", "package notebook/own/internal/in is internal: only packages below notebook/own can import it"},
		"no such folder":     {"", "notebook/other", "package notebook/other is not there: the notebook's own module, notebook, has no Go files in " + filepath.Join(b.work, "other")},
		"replaced by a folder": {"replace example.com/a => ./fork\n", "example.com/a",
			"example.com/a@v1.1.0 fork a.go"},
		"replaced by a version": {"replace example.com/a v1.1.0 => example.com/a v1.0.0\n", "example.com/a",
			"example.com/a@v1.1.0 example.com/a@v1.0.0 a.go"},
		"replaced by nothing": {"replace example.com/a => ./none\n", "example.com/a",
			"module example.com/a: " + filepath.Join(b.work, "go.mod") + " has a folder in its place that does not exist: ./none"},
		"no checksum": {"replace example.com/a => example.com/a v1.2.0\n", "example.com/a",
			"module example.com/a@v1.2.0 is missing: it is not in the module cache, " + b.cache + "; %get example.com/a@v1.2.0 fetches it"},
		"not required": {"", "github.com/x/y/v2/z",
			"package github.com/x/y/v2/z is not available: it is not compiled into the kernel, and no module that " + filepath.Join(b.work, "go.mod") + " requires has it; %get github.com/x/y/v2@latest fetches it"},
	} {
		t.Run(name, func(t *testing.T) {
			write(t, "go.mod", mod+c.mod)
			write(t, "go.sum", sum)
			if got := found(c.path); got != c.want {
				t.Errorf("it is %q\nwant  %q", got, c.want)
			}
		})
	}
	t.Run("changed in the cache", func(t *testing.T) {
		write(t, "go.mod", mod)
		write(t, "go.sum", strings.ReplaceAll(sum, "v1.1.0 h1:", "v1.1.0 h1:AAAA"))
		if got := found("example.com/a"); !strings.Contains(got, "example.com/a@v1.1.0 has the checksum") {
			t.Errorf("it is %q", got)
		}
	})
	t.Run("without a checksum", func(t *testing.T) {
		write(t, "go.sum", "")
		want := "module example.com/a@v1.1.0 is missing: " + filepath.Join(b.work, "go.sum") + " has no checksum of it; %get example.com/a@v1.1.0 fetches it"
		if got := found("example.com/a"); got != want {
			t.Errorf("it is %q\nwant  %q", got, want)
		}
	})
	t.Run("without a go.mod", func(t *testing.T) {
		if err := os.Remove("go.mod"); err != nil {
			t.Fatal(err)
		}
		want := "package example.com/a/b is not available: it is not compiled into the kernel, and " + b.work + " has no go.mod that requires it; %get example.com/a@v1.1.0 takes it from the module cache"
		if got := found("example.com/a/b"); got != want {
			t.Errorf("it is %q\nwant  %q", got, want)
		}
	})
}

// A notebook in a folder below that of go.mod belongs to the module.
func TestFindFromBelow(t *testing.T) {
	b := newBench(t, a("v1.0.0"))
	b.mustGet("example.com/a")
	write(t, "books/one/internal/in/in.go", "package in")
	t.Chdir("books/one")
	if got, want := found("example.com/a"), "example.com/a@v1.0.0 example.com/a@v1.0.0 a.go"; got != want {
		t.Errorf("it is %q; want %q", got, want)
	}
	if got, want := found("notebook/books/one/internal/in"), "notebook internal/in in.go"; got != want {
		t.Errorf("it is %q; want %q", got, want)
	}
}

func TestVendor(t *testing.T) {
	newBench(t)
	write(t, "go.mod", "module m\n\ngo 1.21\n\nrequire example.com/a v1.0.0\n")
	write(t, "vendor/modules.txt", "# example.com/a v1.0.0\n## explicit; go 1.19\nexample.com/a/b\n")
	write(t, "vendor/example.com/a/b/b.go", "package b")
	if got, want := found("example.com/a/b"), "example.com/a@v1.0.0 vendor/example.com/a/b b.go"; got != want {
		t.Errorf("it is %q; want %q", got, want)
	}
	p, err := new(Resolver).Find("example.com/a/b", "")
	if err != nil || p.Lang != "1.19" {
		t.Errorf("it is written in Go %s, %v; want 1.19", p.Lang, err)
	}
	if got := found("example.com/a/c"); !strings.Contains(got, "modules.txt lists no such package; go mod vendor copies") {
		t.Errorf("it is %q", got)
	}
	t.Setenv("GOFLAGS", "-mod=mod")
	if got := found("example.com/a/b"); !strings.Contains(got, "module example.com/a@v1.0.0 is missing") {
		t.Errorf("with -mod=mod it is %q", got)
	}
	t.Setenv("GOFLAGS", "")
	for _, file := range []string{"go.mod", "vendor/modules.txt"} { // a folder with sources and nothing else
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := found("example.com/a/b"), " vendor/example.com/a/b b.go"; got != want {
		t.Errorf("without go.mod it is %q; want %q", got, want)
	}
}

// A change of go.mod counts at once.
func TestFindAgain(t *testing.T) {
	b := newBench(t, a("v1.0.0"), a("v1.1.0"))
	b.mustGet("example.com/a@v1.0.0")
	r := new(Resolver)
	for _, want := range []string{"v1.0.0", "v1.1.0"} {
		b.mustGet("example.com/a@" + want)
		p, err := r.Find("example.com/a", "")
		if want := (module.Version{Path: "example.com/a", Version: want}); err != nil || p.Module != want {
			t.Errorf("it is %v, %v; want %v", p, err, want)
		}
	}
}

func TestFiles(t *testing.T) {
	newBench(t)
	write(t, "go.mod", "module m\n\ngo 1.26\n")
	for name, c := range map[string]struct {
		files map[string]string
		want  string // files, or in the error
	}{
		"constraints": {map[string]string{
			"a.go": "package p", "a_test.go": "package p", "a_windows.go": "package p", "a_" + runtime.GOOS + ".go": "package p",
			"new.go": "//go:build go1.26\n\npackage p", "newer.go": "//go:build go1.27\n\npackage p", "pure.go": "//go:build purego\n\npackage p",
		}, "a.go a_" + runtime.GOOS + ".go new.go pure.go"},
		"assembly, and Go for others": {map[string]string{
			"a.go": "package p", "a_" + runtime.GOARCH + ".go": "package p\nfunc F() int", "a_" + runtime.GOARCH + ".s": "TEXT ·F(SB),0,$0",
			"a_other.go": "//go:build !" + runtime.GOARCH + "\n\npackage p\nfunc F() int { return 1 }",
		}, "a.go a_other.go"},
		"assembly that a tag leaves out": {map[string]string{
			"a.go": "//go:build !purego\n\npackage p\nfunc F() int", "a.s": "TEXT ·F(SB),0,$0", "b.go": "//go:build purego\n\npackage p\nfunc F() int { return 1 }",
		}, "b.go"},
		"assembly only":    {map[string]string{"a.go": "package p\nfunc F() int", "a.s": "TEXT ·F(SB),0,$0"}, "a.go"}, // F may not be needed
		"cgo":              {map[string]string{"a.go": "package p\nimport \"C\""}, "package m/p needs cgo and a C compiler (p/a.go)"},
		"cgo or not":       {map[string]string{"a.go": "package p\nimport \"C\"", "b.go": "//go:build !cgo\n\npackage p"}, "b.go"},
		"another system's": {map[string]string{"a_plan9.go": "package p"}, "has no Go files for " + runtime.GOOS},
		"a program":        {map[string]string{"a.go": "package main"}, "package m/p is a program"},
		"two packages":     {map[string]string{"a.go": "package p", "b.go": "package q"}, "found packages p (a.go) and q (b.go)"},
		"no Go":            {map[string]string{"a.go": "pakage p"}, "p/a.go:1"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.RemoveAll("p"); err != nil {
				t.Fatal(err)
			}
			for file, text := range c.files {
				write(t, filepath.Join("p", file), text)
			}
			p, err := new(Resolver).Find("m/p", "")
			if err != nil {
				contains(t, err, c.want)
				return
			}
			if want := strings.Fields(c.want); !slices.Equal(p.Files, want) {
				t.Errorf("its files are %q; want %q", p.Files, want)
			}
		})
	}
}

// Internal packages are seen from below their parent only.
func TestInternal(t *testing.T) {
	newBench(t)
	write(t, "go.mod", "module m\n\ngo 1.26\n")
	write(t, "internal/x/x.go", "package x")
	write(t, "a/internal/y/y.go", "package y")
	for _, c := range []struct {
		path, from string
		ok         bool
	}{
		{"m/internal/x", "", true}, {"m/internal/x", "m/a/b", true}, {"m/internal/x", "other.org/m", false},
		{"m/a/internal/y", "", false}, {"m/a/internal/y", "m/a", true}, {"m/a/internal/y", "m/ab", false},
	} {
		_, err := new(Resolver).Find(c.path, c.from)
		if (err == nil) != c.ok {
			t.Errorf("%s from %q: %v", c.path, c.from, err)
		}
	}
}

func TestGuessModule(t *testing.T) {
	for pkg, want := range map[string]string{
		"github.com/samber/lo": "github.com/samber/lo", "github.com/samber/lo/parallel": "github.com/samber/lo",
		"github.com/emirpasic/gods/v2/lists": "github.com/emirpasic/gods/v2", "gopkg.in/yaml.v3": "gopkg.in/yaml.v3",
		"golang.org/x/text/cases": "golang.org/x/text", "gonum.org/v1/gonum/stat/combin": "gonum.org/v1/gonum", "example.com/a/b": "example.com/a/b",
	} {
		if got := guessModule(pkg); got != want {
			t.Errorf("%s is of %s; want %s", pkg, got, want)
		}
	}
}

// What go env -w has written counts where the environment says nothing.
func TestSettings(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"GOMODCACHE", "GOPATH", "GOPROXY", "GOSUMDB", "GONOSUMDB", "GONOPROXY", "GOPRIVATE", "GOFLAGS"} {
		t.Setenv(name, "")
	}
	t.Setenv("GOENV", filepath.Join(dir, "env"))
	t.Setenv("GOPATH", filepath.Join(dir, "go"))
	write(t, filepath.Join(dir, "env"), "# a comment\nGOPROXY=https://proxy.example.com\nGOPRIVATE=corp.example.com\nGOFLAGS=-modcacherw -mod=mod\n")
	s, err := readSettings()
	if err != nil {
		t.Fatal(err)
	}
	want := settings{
		cache: filepath.Join(dir, "go", "pkg", "mod"), config: filepath.Join(dir, "go", "pkg", "sumdb"), proxy: "https://proxy.example.com",
		noProxy: "corp.example.com", sumDB: "sum.golang.org", noSumDB: "corp.example.com", mod: "mod",
	}
	if s != want {
		t.Errorf("they are %+v\nwant %+v", s, want)
	}
	t.Setenv("GOMODCACHE", "here")
	if _, err := readSettings(); err == nil {
		t.Error("a relative GOMODCACHE is no error")
	}
}

func TestMissingErrors(t *testing.T) {
	newBench(t)
	_, err := new(Resolver).Find("github.com/x/y", "")
	var missing *MissingError
	if !errors.As(err, &missing) || missing.Package != "github.com/x/y" {
		t.Errorf("the error is %#v", err)
	}
}

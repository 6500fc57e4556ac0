package modules

import (
	"os"
	"path/filepath"
	"testing"
)

// In a workspace an import means what it means to the go command.
func TestWorkspace(t *testing.T) {
	b := newBench(t, a("v1.0.0"), a("v1.1.0"))
	write(t, "go.work", "go 1.26\n\nuse (\n\t.\n\t./lib\n\t./sub\n)\n")
	write(t, "go.mod", "module notebook\n\ngo 1.26\n\nrequire example.com/lib v1.5.0\n")
	write(t, "lib/go.mod", "module example.com/lib\n\ngo 1.20\n\nrequire example.com/forked v1.0.0\n\nreplace example.com/forked => ../fork\n")
	write(t, "lib/lib.go", "package lib")
	write(t, "lib/internal/in/in.go", "package in")
	write(t, "fork/go.mod", "module example.com/forked\n")
	write(t, "fork/f.go", "package forked")
	write(t, "other/go.mod", "module example.com/forked\n")
	write(t, "other/o.go", "package forked")
	write(t, "alone/go.mod", "module alone\n\ngo 1.26\n")
	write(t, "sub/go.mod", "module example.com/sub\n\ngo 1.26\n")
	write(t, "sub/s.go", "package sub")
	t.Chdir(filepath.Join(b.work, "sub"))
	b.mustGet("example.com/a@v1.0.0")
	for name, c := range map[string]struct{ dir, work, path, want string }{
		"a module of it":             {".", "", "example.com/lib", "example.com/lib@v1.5.0 lib lib.go"},
		"one that requires another":  {"sub", "", "example.com/lib", "example.com/lib@v1.5.0 " + filepath.ToSlash(filepath.Join(b.work, "lib")) + " lib.go"},
		"the notebook's own":         {"sub", "", "example.com/sub", "example.com/sub . s.go"},
		"what another one requires":  {".", "", "example.com/a", "example.com/a@v1.0.0 example.com/a@v1.0.0 a.go"},
		"what another one replaces":  {"sub", "", "example.com/forked", "example.com/forked@v1.0.0 " + filepath.ToSlash(filepath.Join(b.work, "fork")) + " f.go"},
		"another one's internal":     {".", "", "example.com/lib/internal/in", "package example.com/lib/internal/in is internal: only packages below example.com/lib can import it"},
		"a folder without a module":  {"fork/..", "", "example.com/sub", "example.com/sub@v0.0.0 sub s.go"},
		"a module that is not of it": {"alone", "", "example.com/lib", "package example.com/lib is not available: it is not compiled into the kernel, and no module that " + filepath.Join(b.work, "alone/go.mod") + " requires has it; %get example.com/lib@latest fetches it"},
		"GOWORK=off":                 {"sub", "off", "example.com/lib", "package example.com/lib is not available: it is not compiled into the kernel, and no module that " + filepath.Join(b.work, "sub/go.mod") + " requires has it; %get example.com/lib@latest fetches it"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(filepath.Join(b.work, c.dir))
			t.Setenv("GOWORK", c.work)
			if got := found(c.path); got != c.want {
				t.Errorf("it is %q\nwant  %q", got, c.want)
			}
		})
	}
	t.Chdir(b.work)
	work := read(t, "go.work")
	for text, want := range map[string]string{
		work + "\nreplace example.com/forked => ./other\n": "example.com/forked@v1.0.0 other o.go",
		work + "\nreplace example.com/a => ./none\n":       "example.com/forked@v1.0.0 fork f.go",
		work + "\nuse ./gone\n":                            filepath.Join(b.work, "go.work") + ": it uses " + filepath.Join(b.work, "gone") + ": open " + filepath.Join(b.work, "gone/go.mod") + ": no such file or directory",
		"use x y z":                                        "reading the workspace that the notebook belongs to: " + filepath.Join(b.work, "go.work") + ":1: usage: use local/dir",
	} {
		write(t, "go.work", text)
		if got := found("example.com/forked"); got != want {
			t.Errorf("with %q, it is %q\nwant  %q", text, got, want)
		}
	}
	write(t, "go.work", work)
	write(t, "sub/go.mod", "module example.com/sub\n\ngo 1.26\n\nreplace example.com/forked => ../other\n")
	if got, want := found("example.com/forked"), filepath.Join(b.work, "go.work")+": conflicting replacements of example.com/forked, by "+filepath.Join(b.work, "fork")+" and ../other: a replace in go.work settles it"; got != want {
		t.Errorf("it is %q\nwant  %q", got, want)
	}
}

// A change of any file of a workspace counts at once, and %get changes the notebook's module only.
func TestWorkspaceChanges(t *testing.T) {
	b := newBench(t, a("v1.0.0"))
	r := new(Resolver)
	lib := func() string {
		p, err := r.Find("example.com/lib", "")
		if err != nil {
			return err.Error()
		}
		return p.Files[0]
	}
	write(t, "go.mod", "module notebook\n\ngo 1.26\n")
	write(t, "go.work", "go 1.26\n\nuse (\n\t.\n\t./lib\n)\n")
	write(t, "lib/go.mod", "module example.com/lib\n\ngo 1.26\n")
	write(t, "lib/lib.go", "package lib")
	if got := lib(); got != "lib.go" {
		t.Errorf("it is %s", got)
	}
	write(t, "lib/go.sum", "example.com/x v1.0.0 h1:AA=\n")
	b.mustGet("example.com/a")
	if got := read(t, "go.sum"); len(got) == 0 || filepath.IsAbs(got) || got[:len("example.com/a ")] != "example.com/a " {
		t.Errorf("go.sum is %q", got)
	}
	write(t, "lib/go.mod", "module example.com/renamed\n\ngo 1.26\n")
	contains(t, errorOf(r, "example.com/lib"), "example.com/lib is not available")
	if err := os.Remove("go.mod"); err != nil {
		t.Fatal(err)
	}
	write(t, "go.work", "go 1.26\n\nuse ./lib\n")
	contains(t, b.get("example.com/a"), "belongs to the workspace "+filepath.Join(b.work, "go.work"), "to no module of it that could require example.com/a")
}

func errorOf(r *Resolver, path string) error {
	_, err := r.Find(path, "")
	return err
}

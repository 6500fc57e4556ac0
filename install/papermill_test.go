package install

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// touch makes empty files.
func touch(t *testing.T, paths ...string) {
	t.Helper()
	for _, path := range paths {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPapermill(t *testing.T) {
	e, root, program := in(t, "linux", map[string]string{"VIRTUAL_ENV": "ROOT/active"})
	touch(t, filepath.Join(root, "active/bin/python3"), filepath.Join(root, "named/Scripts/python.exe"))
	active, named := filepath.Join(root, "active/bin/packages"), filepath.Join(root, "named/Scripts/packages")
	install := func(want []string, o Options) {
		t.Helper()
		o.Executable = program
		spec, err := e.install(o)
		if err != nil || !slices.Equal(spec.Papermill, want) {
			t.Fatalf("%+v, %v; want %v", spec, err, want)
		}
	}
	uninstall := func(o Options) {
		t.Helper()
		if _, err := e.uninstall(o); err != nil {
			t.Fatal(err)
		}
	}
	install(nil, Options{})
	install([]string{active}, Options{Papermill: true})
	install([]string{active}, Options{}) // remembers what is there
	install([]string{active}, Options{Papermill: true, Name: "second"})
	install([]string{named}, Options{Papermill: true, Prefix: filepath.Join(root, "named")})

	record, err := os.ReadFile(filepath.Join(active, helperInfo, "RECORD"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Fields(string(record)) {
		if _, err := os.Stat(filepath.Join(active, strings.TrimSuffix(line, ",,"))); err != nil {
			t.Error(err)
		}
	}
	touch(t, filepath.Join(active, "__pycache__", "nascent_papermill.cpython-311.pyc"), filepath.Join(active, "other.py"))
	holds := func(packages string, want ...string) {
		t.Helper()
		entries, err := os.ReadDir(packages)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, entry := range entries {
			got = append(got, entry.Name())
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s holds %v, want %v", packages, got, want)
		}
	}
	uninstall(Options{})
	holds(active, "__pycache__", helperInfo, helperFile, "other.py") // the second kernelspec needs it
	uninstall(Options{Name: "second"})
	holds(active, "__pycache__", "other.py")
	holds(filepath.Join(active, "__pycache__"))
	holds(named, helperInfo, helperFile)
	if err := os.RemoveAll(named); err != nil { // the environment is gone
		t.Fatal(err)
	}
	install(nil, Options{Prefix: filepath.Join(root, "named")})
	uninstall(Options{Prefix: filepath.Join(root, "named")})
}

func TestPapermillIsNotFound(t *testing.T) {
	e, root, program := in(t, "linux", nil)
	for _, tt := range []struct {
		opts Options
		want string
	}{
		{Options{}, "there is no python3 in PATH"},
		{Options{Prefix: root}, root + " is no Python environment"},
	} {
		tt.opts.Executable, tt.opts.Papermill = program, true
		if _, err := e.install(tt.opts); err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "--prefix DIR") {
			t.Errorf("error %v, want %q", err, tt.want)
		}
	}
	if _, err := papermillAt(program); err == nil || !strings.Contains(err.Error(), "asking "+program) {
		t.Errorf("a Python that can't run: %v", err)
	}
	if got, err := e.list(); err != nil || len(got) != 0 {
		t.Errorf("the kernelspec was installed without its helper: %v, %v", got, err)
	}
}

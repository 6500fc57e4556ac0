package install

import (
	"bytes"
	"encoding/json"
	"errors"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// in returns an environment whose folders are all below a temporary one, and a
// program to install.
func in(t *testing.T, goos string, vars map[string]string) (e environment, root, program string) {
	t.Helper()
	root = t.TempDir()
	program = filepath.Join(root, "bin", "nascent")
	if err := os.MkdirAll(filepath.Dir(program), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	get := func(name string) string { return strings.ReplaceAll(vars[name], "ROOT", root) }
	e = environment{os: goos, get: get, home: filepath.Join(root, "home"),
		pythonAt:    func() (string, error) { return "", errors.New("no python here") },
		lookPath:    func(string) (string, error) { return "", errors.New("no such program") },
		papermillAt: func(python string) (string, error) { return filepath.Join(filepath.Dir(python), "packages"), nil }}
	return e, root, program
}

func TestPlaces(t *testing.T) {
	tests := []struct {
		name, goos string
		vars       map[string]string
		opts       Options
		want       string // below the root
	}{
		{"linux", "linux", nil, Options{}, "home/.local/share/jupyter/kernels/nascent"},
		{"linux, XDG", "linux", map[string]string{"XDG_DATA_HOME": "ROOT/xdg"}, Options{User: true}, "xdg/jupyter/kernels/nascent"},
		{"mac", "darwin", map[string]string{"XDG_DATA_HOME": "ROOT/xdg"}, Options{}, "home/Library/Jupyter/kernels/nascent"},
		{"windows", "windows", map[string]string{"APPDATA": "ROOT/app"}, Options{}, "app/jupyter/kernels/nascent"},
		{"windows without APPDATA", "windows", nil, Options{}, "home/.jupyter/data/kernels/nascent"},
		{"JUPYTER_DATA_DIR", "darwin", map[string]string{"JUPYTER_DATA_DIR": "ROOT/data"}, Options{}, "data/kernels/nascent"},
		{"virtual environment", "linux", map[string]string{"VIRTUAL_ENV": "ROOT/venv"}, Options{SysPrefix: true}, "venv/share/jupyter/kernels/nascent"},
		{"conda", "linux", map[string]string{"CONDA_PREFIX": "ROOT/conda"}, Options{SysPrefix: true, Name: "Go2"}, "conda/share/jupyter/kernels/go2"},
		{"prefix", "linux", nil, Options{Prefix: "ROOT/p"}, "p/share/jupyter/kernels/nascent"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, root, program := in(t, tt.goos, tt.vars)
			tt.opts.Executable, tt.opts.Prefix = program, strings.ReplaceAll(tt.opts.Prefix, "ROOT", root)
			spec, err := e.install(tt.opts)
			if err != nil {
				t.Fatal(err)
			}
			dir := spec.Dir
			if want := filepath.Join(root, filepath.FromSlash(tt.want)); dir != want {
				t.Errorf("installed in %s, want %s", dir, want)
			}
			if _, err := os.Stat(filepath.Join(dir, "kernel.json")); err != nil {
				t.Error(err)
			}
			removed, err := e.uninstall(tt.opts)
			if err != nil || removed != dir {
				t.Errorf("removed %s (%v), want %s", removed, err, dir)
			}
			if left, err := os.ReadDir(filepath.Dir(dir)); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("left behind: %v, %v", left, err)
			}
			if tt.opts.Prefix != "" {
				if left, err := os.ReadDir(tt.opts.Prefix); err != nil || len(left) != 0 {
					t.Errorf("left behind: %v, %v", left, err)
				}
			}
		})
	}
}

func TestContent(t *testing.T) {
	e, root, program := in(t, "linux", nil)
	opts := Options{Prefix: filepath.Join(root, "p"), Executable: program, DisplayName: "Go <é>", Env: map[string]string{"GOGC": "50"}}
	spec, err := e.install(opts)
	if err != nil {
		t.Fatal(err)
	}
	dir := spec.Dir
	text, err := os.ReadFile(filepath.Join(dir, "kernel.json"))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"argv": []any{program, "kernel", "-f", "{connection_file}"}, "display_name": "Go <é>", "language": "go",
		"interrupt_mode": "message", "env": map[string]any{"GOGC": "50"},
		"metadata": map[string]any{"nascent": map[string]any{}}, "kernel_protocol_version": "5.6.0",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("kernel.json\n%s\nwant\n%v", text, want)
	}
	for name, size := range map[string]int{"logo-64x64.png": 64, "logo-32x32.png": 32} {
		logo, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.DecodeConfig(bytes.NewReader(logo))
		if err != nil || img.Width != size || img.Height != size {
			t.Errorf("%s: %dx%d, %v", name, img.Width, img.Height, err)
		}
	}
	if svg, err := os.ReadFile(filepath.Join(dir, "logo-svg.svg")); err != nil || !bytes.HasPrefix(svg, []byte("<svg")) {
		t.Errorf("logo-svg.svg: %.20s, %v", svg, err)
	}
}

func TestReplaceAndList(t *testing.T) {
	e, root, program := in(t, "linux", map[string]string{"JUPYTER_PATH": "ROOT/path", "VIRTUAL_ENV": "ROOT/venv"})
	for _, o := range []Options{{Executable: program, DisplayName: "old"}, {Executable: program, DisplayName: "new"},
		{SysPrefix: true, Executable: program, Name: "other"}} {
		if _, err := e.install(o); err != nil {
			t.Fatal(err)
		}
	}
	got, err := e.list()
	if err != nil {
		t.Fatal(err)
	}
	argv := []string{program, "kernel", "-f", "{connection_file}"}
	want := []Spec{
		{"nascent", filepath.Join(root, "home/.local/share/jupyter/kernels/nascent"), "new", argv, nil},
		{"other", filepath.Join(root, "venv/share/jupyter/kernels/other"), DefaultDisplayName, argv, nil},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nwant\n%+v", got, want)
	}
	left, err := os.ReadDir(filepath.Dir(want[0].Dir))
	if err != nil || len(left) != 1 {
		t.Errorf("replacing left %v, %v", left, err)
	}
}

// What told kernelspecs of this kernel from others first is still understood.
func TestOldMark(t *testing.T) {
	e, root, program := in(t, "linux", nil)
	dir := filepath.Join(root, "home/.local/share/jupyter/kernels/nascent")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	old := `{"argv": ["x"], "display_name": "old", "language": "go", "metadata": {"implementation": "nascent"}}`
	if err := os.WriteFile(filepath.Join(dir, "kernel.json"), []byte(old), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := e.list(); err != nil || len(got) != 1 || got[0].DisplayName != "old" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := e.install(Options{Executable: program}); err != nil {
		t.Error(err)
	}
	if _, err := e.uninstall(Options{}); err != nil {
		t.Error(err)
	}
}

func TestErrors(t *testing.T) {
	e, root, program := in(t, "linux", nil)
	p := filepath.Join(root, "p")
	python := filepath.Join(p, "share", "jupyter", "kernels", "python3")
	broken := filepath.Join(p, "share", "jupyter", "kernels", "broken")
	for dir, text := range map[string]string{python: `{"display_name":"Python 3"}`, broken: `{`} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "kernel.json"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	papers := filepath.Join(p, "share", "jupyter", "kernels", "papers")
	if err := os.MkdirAll(filepath.Join(papers, "drafts"), 0o755); err != nil {
		t.Fatal(err)
	}
	install := func(o Options) error { _, err := e.install(o); return err }
	uninstall := func(o Options) error { _, err := e.uninstall(o); return err }
	tests := []struct {
		name string
		do   func(Options) error
		opts Options
		want string
	}{
		{"two places", install, Options{User: true, Prefix: p, Executable: program}, "--user and --prefix exclude each other"},
		{"no environment", install, Options{SysPrefix: true, Executable: program}, "no Python environment is active (no python here)"},
		{"bad name", install, Options{Name: "go kernel", Executable: program}, `"go kernel" can't be the name`},
		{"dots", uninstall, Options{Name: ".."}, `".." can't be the name`},
		{"no program", install, Options{Executable: filepath.Join(root, "none")}, "the kernel's program"},
		{"folder as program", install, Options{Executable: root}, "is a folder"},
		{"go run", install, Options{Executable: fakeGoRun(t)}, "go build"},
		{"bad variable", install, Options{Executable: program, Env: map[string]string{"A=B": "c"}}, "NAME=VALUE is expected"},
		{"another kernel's", install, Options{Prefix: p, Name: "python3", Executable: program}, `belongs to another kernel, "Python 3"`},
		{"remove another's", uninstall, Options{Prefix: p, Name: "python3"}, "jupyter kernelspec remove python3"},
		{"unknown", uninstall, Options{Prefix: p, Name: "nope"}, "installed there: broken, python3"},
		{"nothing there", uninstall, Options{Name: "nope"}, "nothing is installed there"},
		{"broken", uninstall, Options{Prefix: p, Name: "broken"}, "is no kernelspec: unexpected end of JSON input; if it is not wanted, remove " + broken + " by hand"},
		{"over a broken one", install, Options{Prefix: p, Name: "broken", Executable: program}, "remove " + broken + ", or choose another --name"},
		{"no kernelspec", uninstall, Options{Prefix: p, Name: "papers"}, "holds no kernel.json, so it is no kernelspec"},
		{"over other files", install, Options{Prefix: p, Name: "papers", Executable: program}, "is not empty: remove it, or choose another --name"},
		{"in a file", install, Options{Prefix: program, Executable: program}, "a part of this path is a file; name a folder"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.do(tt.opts); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one that says %q", err, tt.want)
			}
		})
	}
	if _, err := os.Stat(filepath.Join(python, "kernel.json")); err != nil {
		t.Errorf("the other kernel was touched: %v", err)
	}
	e.home = ""
	if err := install(Options{Executable: program}); err == nil || !strings.Contains(err.Error(), "home folder is unknown") {
		t.Errorf("without home: %v", err)
	}
}

func fakeGoRun(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "go-build123", "nascent")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	return file
}

// A folder that can't be replaced stays as it was.
func TestFailureLeavesWhatWasThere(t *testing.T) {
	e, root, program := in(t, "linux", nil)
	o := Options{Prefix: filepath.Join(root, "p"), Executable: program}
	spec, err := e.install(o)
	if err != nil {
		t.Fatal(err)
	}
	dir := spec.Dir
	if err := replace(dir, filepath.Join(root, "nothing")); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("error %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "kernel.json")); err != nil {
		t.Error(err)
	}
	left, err := os.ReadDir(filepath.Dir(dir))
	if err != nil || len(left) != 1 {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestRuntimeDir(t *testing.T) {
	for _, tt := range []struct {
		vars map[string]string
		want string
	}{
		{map[string]string{"JUPYTER_RUNTIME_DIR": "/r", "JUPYTER_DATA_DIR": "/d"}, "/r"},
		{map[string]string{"JUPYTER_DATA_DIR": "/d"}, filepath.Join("/d", "runtime")},
		{nil, filepath.Join("/home/me", ".local", "share", "jupyter", "runtime")},
	} {
		e := environment{os: "linux", get: func(name string) string { return tt.vars[name] }, home: "/home/me"}
		if got, err := e.runtimeDir(); err != nil || got != tt.want {
			t.Errorf("%v: %s, %v; want %s", tt.vars, got, err, tt.want)
		}
	}
	e := environment{os: "linux", get: func(string) string { return "" }}
	if dir, err := e.runtimeDir(); err == nil {
		t.Errorf("without a home folder: %s", dir)
	}
}

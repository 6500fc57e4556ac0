package conformance_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// The commands install and uninstall, in a home of their own.
func TestInstall(t *testing.T) {
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	run := func(env []string, args ...string) finished {
		t.Helper()
		cmd := exec.Command(path, args...)
		cmd.Dir = home
		cmd.Env = append([]string{"HOME=" + home, "PATH=" + filepath.Join(home, "bin")}, env...)
		return finish(t, cmd, "")
	}
	for _, tt := range []struct {
		name string
		env  []string
		args []string
		dir  string // below home
	}{
		{"default", nil, nil, ".local/share/jupyter/kernels/nascent"},
		{"user", nil, []string{"--user"}, ".local/share/jupyter/kernels/nascent"},
		{"data folder", []string{"JUPYTER_DATA_DIR=" + filepath.Join(home, "data")}, []string{"--user", "--name", "Go-1"}, "data/kernels/go-1"},
		{"environment", []string{"VIRTUAL_ENV=" + filepath.Join(home, "venv")}, []string{"--sys-prefix"}, "venv/share/jupyter/kernels/nascent"},
		{"prefix", nil, []string{"--prefix", filepath.Join(home, "a prefix")}, "a prefix/share/jupyter/kernels/nascent"},
		{"relative prefix", nil, []string{"--prefix", "rel"}, "rel/share/jupyter/kernels/nascent"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(home, filepath.FromSlash(tt.dir))
			for range 2 { // the second time it is replaced
				if got := run(tt.env, append([]string{"install"}, tt.args...)...); got != (finished{0, dir + "\n", ""}) {
					t.Fatalf("%+v, want %s", got, dir)
				}
			}
			look := append([]string{"JUPYTER_PATH=" + filepath.Dir(filepath.Dir(dir))}, tt.env...)
			if got := run(look, "install", "--list"); got.status != 0 || !strings.HasPrefix(got.stdout, filepath.Base(dir)+"\t"+dir+"\n") {
				t.Errorf("install --list: %+v, want %s first", got, dir)
			}
			text, err := os.ReadFile(filepath.Join(dir, "kernel.json"))
			if err != nil {
				t.Fatal(err)
			}
			var spec struct {
				Argv []string `json:"argv"`
			}
			if err := json.Unmarshal(text, &spec); err != nil {
				t.Fatal(err)
			}
			if want := []string{path, "kernel", "-f", "{connection_file}"}; !reflect.DeepEqual(spec.Argv, want) {
				t.Errorf("argv %v, want %v", spec.Argv, want)
			}
			if got := run(tt.env, append([]string{"uninstall"}, tt.args...)...); got != (finished{0, "removed " + dir + "\n", ""}) {
				t.Errorf("%+v", got)
			}
			if _, err := os.Stat(dir); err == nil {
				t.Error("it is still there")
			}
			if got := run(tt.env, append([]string{"uninstall"}, tt.args...)...); got.status != 1 {
				t.Errorf("removed a second time: %+v", got)
			}
		})
	}

	for _, tt := range []struct{ args, wants []string }{
		{[]string{"--sys-prefix"}, []string{"no Python environment is active", "activate one, or use --prefix DIR or --user"}},
		{[]string{"--name", "my kernel"}, []string{`"my kernel" can't be the name`, "letters, digits, dot, hyphen and underscore"}},
		{[]string{"--name", "../x"}, []string{`"../x" can't be the name`}},
		{[]string{"--prefix", os.DevNull}, []string{os.DevNull, "is a file"}},
		{[]string{"--user", "--prefix", "x"}, []string{"--user and --prefix exclude each other"}},
		{[]string{"--prefix", ""}, []string{"--prefix is empty; give it a value or leave it out"}},
		{[]string{"--env", "=x"}, []string{"NAME=VALUE is expected"}},
		{[]string{"--env", "x"}, []string{"NAME=VALUE is expected"}},
	} {
		run(nil, append([]string{"install"}, tt.args...)...).oneError(t, tt.wants...)
	}
	run([]string{"HOME="}, "install").oneError(t, "your home folder is unknown", "--prefix DIR")
}

func TestInstallEnvironment(t *testing.T) {
	dir := t.TempDir()
	got := nascent(t, dir, "", "install", "--prefix", dir, "--env", "GOGC=50", "--env", "FLAGS=-a=1,-b=2", "--env", "EMPTY=")
	if got.status != 0 {
		t.Fatalf("%+v", got)
	}
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(got.stdout), "kernel.json"))
	if err != nil {
		t.Fatal(err)
	}
	var spec struct {
		Env map[string]string `json:"env"`
	}
	if err := json.Unmarshal(text, &spec); err != nil {
		t.Fatal(err)
	}
	if want := map[string]string{"GOGC": "50", "FLAGS": "-a=1,-b=2", "EMPTY": ""}; !reflect.DeepEqual(spec.Env, want) {
		t.Errorf("env %v, want %v", spec.Env, want)
	}
}

// Someone who types something else is told what there is.
func TestHelp(t *testing.T) {
	got := nascent(t, "", "", "--help")
	if got.status != 0 || got.stderr != "" {
		t.Errorf("%+v", got)
	}
	for _, want := range []string{"exec", "install", "kernel", "run", "uninstall"} {
		if !strings.Contains(got.stdout, "\n  "+want+" ") {
			t.Errorf("help does not name %s:\n%s", want, got.stdout)
		}
		if got := nascent(t, "", "", want, "--help"); got.status != 0 || !strings.Contains(got.stdout, "nascent "+want) || !strings.Contains(got.stdout, "Flags:") {
			t.Errorf("help for %s: %+v", want, got)
		}
	}
	if strings.Contains(got.stdout, "session") {
		t.Errorf("help names what only the kernel starts:\n%s", got.stdout)
	}
	for _, tt := range []struct {
		args  []string
		wants []string
	}{
		{[]string{"frobnicate"}, []string{`there is no command "frobnicate"`, "there are doctor, exec, "}},
		{[]string{"instal"}, []string{`there is no command "instal"`, "did you mean install?"}},
		{[]string{"--frobnicate"}, []string{"--frobnicate", "nascent --help"}},
		{[]string{"run", "--frobnicate"}, []string{"--frobnicate", "nascent run --help"}},
		{[]string{"run"}, []string{"arguments given: 0", "nascent run NOTEBOOK.ipynb"}},
		{[]string{"run", "a", "b"}, []string{"arguments given: 2", "nascent run NOTEBOOK.ipynb"}},
		{[]string{"exec"}, []string{"arguments given: 0", "nascent exec FILE.go|-"}},
		{[]string{"kernel"}, []string{"no connection file was named", "-f FILE"}},
		{[]string{"install", "frobnicate"}, []string{"arguments given: 1", "nascent install [--user"}},
	} {
		nascent(t, "", "", tt.args...).oneError(t, tt.wants...)
	}
	nascent(t, "", "", "session").oneError(t, "started by the kernel's host only")
}

package install

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// programs makes executable files and finds them.
type programs map[string]string // name → script

func (p programs) environment(t *testing.T, home string) environment {
	t.Helper()
	bin := t.TempDir()
	for name, script := range p {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return environment{
		os: "linux", home: home, get: func(string) string { return "" },
		pythonAt: func() (string, error) { return "", errors.New("no Python") },
		lookPath: func(name string) (string, error) {
			path := name
			if !filepath.IsAbs(name) {
				path = filepath.Join(bin, name)
			}
			_, err := os.Stat(path)
			return path, err
		},
	}
}

func TestExamine(t *testing.T) {
	jupyter := `echo "Selected Jupyter core packages..."; echo "jupyter_client   : 8.6"; echo "jupyterlab       : 4.6.6"; echo "notebook         : not installed"`
	ours := func(home, program string) {
		e := programs{}.environment(t, home)
		if _, err := e.install(Options{User: true, Executable: program}); err != nil {
			t.Fatal(err)
		}
	}
	other := filepath.Join(t.TempDir(), "other")
	if err := os.WriteFile(other, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name     string
		programs programs
		prepare  func(home string)
		want     []string // PART STATE and a part of what was found or of the cure
		sound    bool
	}{
		{"an empty machine", programs{}, func(string) {}, []string{
			"Jupyter missing pip install jupyterlab", "kernelspec missing nascent install --user", "connection files ok which Jupyter will make",
			"widgets missing pip install jupyterlab_widgets", "Go tool chain ok none is needed"}, true},
		{"all there", programs{"jupyter": jupyter, "go": "echo go version go1.26.0"}, func(home string) {
			ours(home, other)
			for _, dir := range []string{".local/share/jupyter/runtime", ".local/share/jupyter/labextensions/@jupyter-widgets/jupyterlab-manager"} {
				if err := os.MkdirAll(filepath.Join(home, dir), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.WriteFile(filepath.Join(home, ".local/share/jupyter/labextensions/@jupyter-widgets/jupyterlab-manager/package.json"), []byte("{}"), 0o644); err != nil {
				t.Fatal(err)
			}
		}, []string{"Jupyter ok jupyter_client 8.6, jupyterlab 4.6.6", "kernelspec ok kernels/nascent", "connection files ok runtime", "widgets ok jupyterlab-manager", "Go tool chain ok go1.26.0"}, true},
		{"another program", programs{}, func(home string) { ours(home, other) }, []string{"kernelspec ok another program than this"}, true},
		{"a program that is gone", programs{}, func(home string) {
			gone := filepath.Join(home, "gone")
			if err := os.WriteFile(gone, nil, 0o755); err != nil {
				t.Fatal(err)
			}
			ours(home, gone)
			if err := os.Remove(gone); err != nil {
				t.Fatal(err)
			}
		}, []string{"kernelspec broken which is not there", "kernelspec broken nascent install --name nascent"}, false},
		{"a Jupyter that fails", programs{"jupyter": "exit 3"}, func(string) {}, []string{"Jupyter broken exit status 3"}, false},
		{"a file in place of a folder", programs{}, func(home string) {
			if err := os.MkdirAll(filepath.Join(home, ".local/share/jupyter"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(home, ".local/share/jupyter/runtime"), nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}, []string{"connection files broken JUPYTER_RUNTIME_DIR"}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			home := t.TempDir()
			test.prepare(home)
			checks := test.programs.environment(t, home).examine(context.Background())
			var all strings.Builder
			for _, c := range checks {
				all.WriteString(c.Part + " " + string(c.State) + " " + c.Found + " " + c.Cure + "\n")
			}
			for _, want := range test.want {
				part, rest, _ := strings.Cut(want, " "+string(OK)+" ")
				state := " " + string(OK) + " "
				for _, s := range []State{Missing, Broken} {
					if a, b, ok := strings.Cut(want, " "+string(s)+" "); ok {
						part, rest, state = a, b, " "+string(s)+" "
					}
				}
				found := false
				for line := range strings.Lines(all.String()) {
					found = found || strings.HasPrefix(line, part+state) && strings.Contains(line, rest)
				}
				if !found {
					t.Errorf("no line says %q in\n%s", want, all.String())
				}
			}
			if Sound(checks) != test.sound {
				t.Errorf("sound: %v, want %v", Sound(checks), test.sound)
			}
		})
	}
}

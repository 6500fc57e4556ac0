package install

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	e, root, program := in(t, "linux", map[string]string{"JUPYTER_PATH": "ROOT/path"})
	installed, err := e.install(Options{Executable: program, Name: "Mine"})
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(root, "path", "kernels", "other")
	if err := os.MkdirAll(other, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(other, "kernel.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"Mine": installed.Dir, "mine": installed.Dir, "other": other} {
		if got, err := e.find(name); err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", name, got, err, want)
		}
	}
	if dir, err := e.find("nobody"); err == nil || !strings.Contains(err.Error(), "no kernelspec nobody") || !strings.Contains(err.Error(), filepath.Dir(other)) {
		t.Errorf("%s, %v", dir, err)
	}
}

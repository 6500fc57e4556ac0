package wasmcache_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	_ "github.com/nascent-go/nascent/display"
)

// what a program that imports display says of itself.
type seen struct {
	TempDir string
	Set     bool // TMPDIR is set
}

func TestMain(m *testing.M) {
	if os.Getenv("WASMCACHE_TEST_PROGRAM") == "" {
		os.Exit(m.Run())
	}
	_, set := os.LookupEnv("TMPDIR")
	if json.NewEncoder(os.Stdout).Encode(seen{os.TempDir(), set}) != nil {
		os.Exit(1)
	}
}

func program(t *testing.T, env ...string) seen {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(env, "WASMCACHE_TEST_PROGRAM=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the program ended with %v: %s", err, out)
	}
	var s seen
	if err := json.Unmarshal(out, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// find lists what go-graphviz has left below a folder.
func find(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	for _, pattern := range []string{"go-graphviz", "*/go-graphviz", "*/*/go-graphviz/*/*", "*/*/*/go-graphviz/*/*", "*/*/*/*/go-graphviz/*/*"} {
		names, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, names...)
	}
	return found
}

func TestCompiledCodeIsKeptWithTheUser(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("on Windows the folder for temporary files is the user's own already")
	}
	home, temp := t.TempDir(), t.TempDir()
	got := program(t, "HOME="+home, "TMPDIR="+temp)
	if got.TempDir != temp {
		t.Errorf("programs see the temporary folder %s, want %s", got.TempDir, temp)
	}
	if left := find(t, temp); len(left) != 0 {
		t.Errorf("left for all to see: %v", left)
	}
	if kept := find(t, home); len(kept) != 1 {
		t.Errorf("kept with the user: %v, want one file", kept)
	}
	if got := program(t, "HOME="+home); got.Set {
		t.Errorf("TMPDIR is %s in a program that was started without it", got.TempDir)
	}
}

func TestWithoutACache(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("on Windows the folder for temporary files is the user's own already")
	}
	temp := t.TempDir()
	file := filepath.Join(temp, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, env := range [][]string{{"TMPDIR=" + temp}, {"TMPDIR=" + temp, "HOME=" + file, "XDG_CACHE_HOME=" + file}} {
		if got := program(t, env...); got.TempDir != temp {
			t.Errorf("%v: programs see the temporary folder %s, want %s", env, got.TempDir, temp)
		}
		if left := find(t, temp); len(left) != 0 {
			t.Errorf("%v: left for all to see: %v", env, left)
		}
	}
}

package library

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
)

// Linking net/http/pprof, expvar and testing/quick must not show in a cell that
// does not import them. What they change belongs to the process, so the test
// runs in one of its own.
func TestImportEffects(t *testing.T) {
	if os.Getenv("TEST_IMPORT_EFFECTS") == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestImportEffects$")
		cmd.Env = append(os.Environ(), "TEST_IMPORT_EFFECTS=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	status := func(path string) int {
		w := httptest.NewRecorder()
		http.DefaultServeMux.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		return w.Code
	}
	l := open(t)
	l.Values("net/http")
	for _, page := range []string{"/debug/vars", "/debug/pprof/"} {
		if got := status(page); got != http.StatusNotFound {
			t.Errorf("%s answers %d to a cell that has imported net/http only", page, got)
		}
	}
	l.Values("expvar")
	l.Values("net/http/pprof")
	for _, page := range []string{"/debug/vars", "/debug/pprof/cmdline"} {
		if got := status(page); got != http.StatusOK {
			t.Errorf("%s answers %d after its package was imported", page, got)
		}
	}
	l.Values("flag")
	flag.VisitAll(func(f *flag.Flag) { t.Errorf("a cell that imports flag finds the flag -%s", f.Name) })
}

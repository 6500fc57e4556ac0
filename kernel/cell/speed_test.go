package cell

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/traefik/yaegi/interp"
	"github.com/traefik/yaegi/stdlib"
)

// BenchmarkPrograms runs the programs in testdata/speed as cells and in the plain
// interpreter, by turns, and says how much processor time each takes at its best and
// how that of a cell compares with that of the plain interpreter. Programs that the
// plain interpreter can't run are only timed.
func BenchmarkPrograms(b *testing.B) {
	files, err := filepath.Glob("testdata/speed/*.go")
	if err != nil || len(files) == 0 {
		b.Fatal("no programs", err)
	}
	for _, file := range files {
		b.Run(strings.TrimSuffix(filepath.Base(file), ".go"), func(b *testing.B) {
			data, err := os.ReadFile(file)
			if err != nil {
				b.Fatal(err)
			}
			src, want := string(data), ""
			best := map[string]time.Duration{}
			for range b.N {
				for _, way := range []struct {
					name string
					run  func(testing.TB, string) (string, error)
				}{{"cell", runCell}, {"plain", runPlain}} {
					runtime.GC()
					before := processorTime(b)
					out, err := way.run(b, src)
					took := processorTime(b) - before
					if err != nil {
						if way.name == "cell" {
							b.Fatal(err)
						}
						continue
					}
					if want == "" {
						want = out
					}
					if out != want {
						b.Fatalf("%s prints %q, not %q", way.name, out, want)
					}
					if was, ok := best[way.name]; !ok || took < was {
						best[way.name] = took
					}
				}
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(best["cell"].Microseconds())/1000, "cell-ms")
			if plain := best["plain"]; plain > 0 {
				b.ReportMetric(float64(plain.Microseconds())/1000, "plain-ms")
				b.ReportMetric(float64(best["cell"])/float64(plain), "cell/plain")
			}
		})
	}
}

func runCell(t testing.TB, src string) (string, error) {
	var out buffer
	_, err := newNotebook(t).exec(t.Context(), &out, src)
	return out.String(), err
}

func runPlain(_ testing.TB, src string) (string, error) {
	var out bytes.Buffer
	it := interp.New(interp.Options{Stdout: &out, Stderr: io.Discard})
	if err := it.Use(stdlib.Symbols); err != nil {
		return "", err
	}
	_, err := it.Eval(src)
	return out.String(), err
}

// processorTime is what the process has used so far.
func processorTime(t testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

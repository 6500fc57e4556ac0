package cell

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/traefik/yaegi/interp"
	"github.com/traefik/yaegi/stdlib"
)

// BenchmarkPrograms runs the programs in testdata/speed as cells, in the plain interpreter
// and as the Go tool chain compiles them, by turns, and says how much processor time
// each takes at its best, compiling of cells and the start of a process included, and
// how that of a cell compares with that of the others. Ways that can't run a program are left out.
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
			ways := []way{{"cell", measured(runCell)}, {"plain", measured(runPlain)}}
			if built := buildProgram(b, file); built != nil {
				ways = append(ways, way{"Go", built})
			}
			src, want := string(data), ""
			best := map[string]time.Duration{}
			for range b.N {
				for _, w := range ways {
					runtime.GC()
					out, took, err := w.run(b, src)
					if err != nil {
						if w.name == "cell" {
							b.Fatal(err)
						}
						continue
					}
					if want == "" {
						want = out
					}
					if out != want {
						b.Fatalf("%s prints %q, not %q", w.name, out, want)
					}
					if was, ok := best[w.name]; !ok || took < was {
						best[w.name] = took
					}
				}
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(best["cell"].Microseconds())/1000, "cell-ms")
			for _, other := range []string{"plain", "Go"} {
				if took := best[other]; took > 0 {
					b.ReportMetric(float64(took.Microseconds())/1000, other+"-ms")
					b.ReportMetric(float64(best["cell"])/float64(took), "cell/"+other)
				}
			}
		})
	}
}

// way is a way to run a program, which returns what it prints and the processor time.
type way struct {
	name string
	run  func(t testing.TB, src string) (out string, took time.Duration, err error)
}

// measured measures the time that this process takes.
func measured(run func(testing.TB, string) (string, error)) func(testing.TB, string) (string, time.Duration, error) {
	return func(t testing.TB, src string) (string, time.Duration, error) {
		before := processorTime(t)
		out, err := run(t, src)
		return out, processorTime(t) - before, err
	}
}

// buildProgram compiles a program with the Go tool chain, nil if there is none.
func buildProgram(t testing.TB, file string) func(testing.TB, string) (string, time.Duration, error) {
	if _, err := exec.LookPath("go"); err != nil {
		return nil
	}
	binary := filepath.Join(t.TempDir(), "program")
	if out, err := exec.Command("go", "build", "-o", binary, file).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return func(testing.TB, string) (string, time.Duration, error) {
		c := exec.Command(binary)
		out, err := c.Output()
		if err != nil {
			return "", 0, err
		}
		return string(out), c.ProcessState.UserTime() + c.ProcessState.SystemTime(), nil
	}
}

// BenchmarkFrontEnd is the work on a cell before it runs: an empty one, one of a hundred
// lines, and the first of a session that uses net/http beside the same without.
func BenchmarkFrontEnd(b *testing.B) {
	var lines strings.Builder
	for i := range 10 {
		fmt.Fprintf(&lines, `type T%[1]d struct{ name string; n int }

func (t T%[1]d) String() string {
	return t.name + strconv.Itoa(t.n)
}

func f%[1]d(words []string) map[string]T%[1]d { m := map[string]T%[1]d{}; for i, w := range words { m[w] = T%[1]d{w, i} }; return m }

fmt.Println(f%[1]d(strings.Fields("to be or not to be")))
`, i)
	}
	for _, cell := range []struct{ name, src string }{
		{"empty", ""}, {"one line", `fmt.Println("hello")`}, {"hundred lines", lines.String()},
	} {
		b.Run(cell.name, func(b *testing.B) {
			nb := newNotebook(b)
			before := processorTime(b)
			for n := range b.N {
				if _, _, err := nb.env.start(b.Context(), Input{Number: n + 1, Source: cell.src}, false); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((processorTime(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
	for _, cell := range []struct{ name, src string }{
		{"first cell", `fmt.Println("hello")`}, {"first cell with http", `fmt.Println(http.StatusText(404))`},
	} {
		b.Run(cell.name, func(b *testing.B) {
			var took time.Duration
			for range b.N {
				nb := newNotebook(b)
				before := processorTime(b)
				if _, _, err := nb.env.start(b.Context(), Input{Number: 1, Source: cell.src}, false); err != nil {
					b.Fatal(err)
				}
				took += processorTime(b) - before
			}
			b.ReportMetric(float64(took.Microseconds())/1000/float64(b.N), "cpu-ms/op")
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

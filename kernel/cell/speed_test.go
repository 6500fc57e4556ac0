package cell

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
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

// BenchmarkCompile is what the first calls wait for: how long it takes to make machine code of
// each function of the programs in testdata that can be, in the middle and of the slowest.
func BenchmarkCompile(b *testing.B) {
	best := map[string]time.Duration{}
	for range b.N {
		for _, pattern := range []string{"testdata/programs/*.go", "testdata/speed/*.go"} {
			files, err := filepath.Glob(pattern)
			if err != nil || len(files) == 0 {
				b.Fatal("no programs", err)
			}
			for _, file := range files {
				data, err := os.ReadFile(file)
				if err != nil {
					b.Fatal(err)
				}
				nb := newNotebook(b)
				nb.env.SetTier(TierAll)
				if _, _, err := nb.env.start(b.Context(), Input{Number: 1, Source: string(data)}, false); err != nil {
					b.Fatal(file, err)
				}
				for _, d := range nb.env.tier.funcs {
					if d.hot == nil {
						continue
					}
					start := time.Now()
					if _, err := nb.env.tier.engine.Load(d.hot.code, d.hot.vars); err != nil {
						b.Fatal(file, d.name, err)
					}
					took, name := time.Since(start), file+" "+d.name
					if was, ok := best[name]; !ok || took < was {
						best[name] = took
					}
				}
			}
		}
	}
	sorted := slices.Sorted(maps.Values(best))
	ms := func(i int) float64 { return float64(sorted[i].Microseconds()) / 1000 }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(len(sorted)), "functions")
	b.ReportMetric(ms(len(sorted)/2), "median-ms")
	b.ReportMetric(ms(len(sorted)-1), "max-ms")
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

// BenchmarkTier calls functions that do little from a loop that is interpreted, with
// %tier on and off by turns, and says how much processor time a call takes at its best.
func BenchmarkTier(b *testing.B) {
	for _, f := range []struct{ name, decl, call string }{
		{"fib(1)", "func fib(n int) int {\n\tif n < 2 {\n\t\treturn n\n\t}\n\treturn fib(n-1) + fib(n-2)\n}", "fib(1)"},
		{"fib(5)", "func fib(n int) int {\n\tif n < 2 {\n\t\treturn n\n\t}\n\treturn fib(n-1) + fib(n-2)\n}", "fib(5)"},
		{"nothing", "func none(n int) {\n\tfor range n {\n\t}\n}", "none(0)"},
		{"sum of 3", "func sum(s []float64) (x float64) {\n\tfor _, v := range s {\n\t\tx += v\n\t}\n\treturn x\n}\nthree := []float64{1, 2, 3}", "sum(three)"},
		{"append of 3", "func squares(n int) (s []int) {\n\tfor i := range n {\n\t\ts = append(s, i*i)\n\t}\n\treturn s\n}", "squares(3)"},
		{"make of 3", "func ones(n int) []int {\n\ts := make([]int, n)\n\tfor i := range s {\n\t\ts[i] = 1\n\t}\n\treturn s\n}", "ones(3)"},
		{"dot of 4", "func dot(a, b []float64) (x float64) {\n\tfor i, v := range a {\n\t\tx += v * b[i]\n\t}\n\treturn x\n}\nfour := []float64{1, 2, 3, 4}", "dot(four, four)"},
		{"row of 100", "func row(m [][]float64, i int) (x float64) {\n\tfor _, v := range m[i] {\n\t\tx += v\n\t}\n\treturn x\n}\nm := make([][]float64, 100)\nfor i := range m {\n\tm[i] = make([]float64, 100)\n}", "row(m, 7)"},
		{"row of 1 of 10000", "func row(m [][]float64, i int) (x float64) {\n\tfor _, v := range m[i] {\n\t\tx += v\n\t}\n\treturn x\n}\nm := make([][]float64, 10000)\nfor i := range m {\n\tm[i] = make([]float64, 1)\n}", "row(m, 7)"},
		{"digits", "func digits(s string) (n int) {\n\tfor i := 0; i < len(s); i++ {\n\t\tif s[i] >= '0' && s[i] <= '9' {\n\t\t\tn++\n\t\t}\n\t}\n\treturn n\n}", `digits("a1b2")`},
		{"method", "type v3 struct{ x, y, z float64 }\nfunc (v *v3) scale(n int) {\n\tfor range n {\n\t\tv.x *= 2\n\t}\n}\nvar v v3", "v.scale(1)"},
		{"variable", "n := 0\nfunc count(m int) {\n\tfor range m {\n\t\tn++\n\t}\n}", "count(1)"},
		{"panic", "func at(s []int) (x int) {\n\tfor i := range 4 {\n\t\tx += s[i]\n\t}\n\treturn x\n}\nfunc try() {\n\tdefer func() { recover() }()\n\tat(nil)\n}", "try()"},
	} {
		b.Run(f.name, func(b *testing.B) {
			const calls = 5000
			best := map[TierMode]time.Duration{}
			books := map[TierMode]*notebook{}
			for _, mode := range []TierMode{TierOn, TierOff} {
				books[mode] = newNotebook(b)
				books[mode].env.SetTier(mode)
				if out := books[mode].run(f.decl); out != "" {
					b.Fatal(out)
				}
				books[mode].run(f.call)
			}
			for range b.N {
				for mode, nb := range books {
					runtime.GC()
					before := processorTime(b)
					if out := nb.run(fmt.Sprintf("fmt.Print() // and a label, so that the loop is interpreted\nloop:\nfor range %d {\n\t%s\n\tcontinue loop\n}", calls, f.call)); out != "" {
						b.Fatal(out)
					}
					if took := processorTime(b) - before; best[mode] == 0 || took < best[mode] {
						best[mode] = took
					}
				}
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(best[TierOn].Nanoseconds())/calls, "on-ns/call")
			b.ReportMetric(float64(best[TierOff].Nanoseconds())/calls, "off-ns/call")
			b.ReportMetric(float64(best[TierOn])/float64(best[TierOff]), "on/off")
		})
	}
}

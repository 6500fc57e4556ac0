package cell

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
	"weak"
)

// kinds are cells that leave nothing behind, or only what the one before left.
var kinds = []struct {
	name string
	cell func(i int) string
}{
	{"expression", func(i int) string { return fmt.Sprintf("%d+1", i) }},
	{"variable", func(i int) string { return fmt.Sprintf("x := %d", i) }},
	{"print", func(i int) string { return fmt.Sprintf("fmt.Println(\"hello\", %d)", i) }},
	{"function literal", func(i int) string { return fmt.Sprintf("add := func(n int) int { return n + %d }\nadd(1)", i) }},
	{"function", func(i int) string { return fmt.Sprintf("func f(n int) int { return n + %d }\nf(1)", i) }},
	{"machine code", func(i int) string {
		return fmt.Sprintf("func f(n int) (s int) {\n\tfor i := range n {\n\t\ts += i * %d\n\t}\n\treturn s\n}\nf(10)", i)
	}},
	{"type", func(i int) string {
		return fmt.Sprintf("type T struct{ n, m%d int }\nfunc (t T) get() int { return t.n }\nt := T{n: %d}\nt.get()", i, i)
	}},
	{"shown type", func(i int) string {
		return fmt.Sprintf("type T struct{ n, m%d int }\nfunc (t T) String() string { return \"T\" }\nt := T{n: %d}\nfmt.Println(t)\nt", i, i)
	}},
	{"dependants", func(i int) string {
		switch i % 3 {
		case 0:
			return fmt.Sprintf("func f(n int) int { return n + %d }", i)
		case 1:
			return fmt.Sprintf("x := %d", i)
		}
		return fmt.Sprintf("y%d := []string{\"a\"}\nfunc g%d() int { return len(y%d) + f(x) }", i/3%4, i/3%4, i/3%4)
	}},
	{"generic function", func(i int) string {
		return fmt.Sprintf("func id[V any](v V) V { return v }\nid(%d) + len(id(\"a\"))", i)
	}},
	{"goroutine", func(i int) string {
		return fmt.Sprintf("done := make(chan int)\ngo func() { done <- %d }()\n<-done", i)
	}},
	{"compile error", func(i int) string { return fmt.Sprintf("undefined%d", i) }},
	{"panic", func(i int) string { return fmt.Sprintf("panic(%d)", i) }},
}

// BenchmarkGrowth says how many bytes of the heap a cell keeps, beside how long it takes.
func BenchmarkGrowth(b *testing.B) {
	for _, kind := range kinds {
		b.Run(kind.name, func(b *testing.B) {
			nb := newNotebook(b)
			grown := nb.growth(few, b.N, kind.cell)
			b.ReportMetric(grown/float64(b.N), "B-kept/op")
		})
	}
}

// BenchmarkTenThousand runs as many cells of all kinds in one session, and says by how many
// bytes the heap has grown and how the last thousand compare with the first.
func BenchmarkTenThousand(b *testing.B) {
	const n = 10_000
	mix := func(i int) string {
		switch i % 8 {
		case 0:
			return fmt.Sprintf("func f(n int) int { return n + %d }\nf(1)", i)
		case 1:
			return fmt.Sprintf("type T struct{ n, m%d int }\nfunc (t T) get() int { return t.n }\nt := T{n: %d}\nt.get()", i/8%3, i)
		case 2:
			return fmt.Sprintf("x := %d", i)
		case 3:
			return "func id[V any](v V) V { return v }\nid(1) + len(id(\"a\"))"
		case 4:
			return fmt.Sprintf("fmt.Println(\"hello\", %d, t)", i)
		case 5:
			return "s := []int{3, 1, 2}\nslices.Sort(s)\nslices.SortFunc(s, func(a, b int) int { return b - a })\ns"
		case 6:
			return fmt.Sprintf("y%d := []string{\"a\"}\nfunc g%d() int { return len(y%d) + f(x) }", i/8%100, i/8%100, i/8%100)
		default:
			return fmt.Sprintf("g%d()", i/8%100)
		}
	}
	for _, kind := range []struct {
		name string
		cell func(i int) string
	}{{"trivial", func(i int) string { return fmt.Sprintf("%d+1", i) }}, {"mix", mix}} {
		b.Run(kind.name, func(b *testing.B) {
			for range b.N {
				nb := newNotebook(b)
				var grown float64
				part := func(from, n int) time.Duration {
					was := processorTime(b)
					grown += nb.growth(0, n, func(i int) string { return kind.cell(from + i) })
					return processorTime(b) - was
				}
				part(0, 1000)
				grown = 0
				first := part(1000, 1000)
				part(2000, n-3000)
				last := part(n-1000, 1000)
				b.ReportMetric(grown/(1<<20), "MiB-grown")
				b.ReportMetric(last.Seconds()/first.Seconds(), "last/first")
				b.ReportMetric(float64(last.Microseconds())/1e6, "cpu-ms/cell")
			}
		})
	}
}

// growth runs some cells and then n more, and returns by how many bytes the heap has
// grown with these.
func (nb *notebook) growth(before, n int, cell func(int) string) float64 {
	run := func(from, to int) {
		for i := from; i < to; i++ {
			nb.env.Run(nb.t.Context(), Input{Number: i + 1, Source: cell(i), Stdout: io.Discard, Stderr: io.Discard}) //nolint:errcheck // some are to fail
		}
	}
	heap := func() float64 {
		for range 3 { // what is found dead in one round is let go in the next
			nb.sweep()
			runtime.GC()
			run(0, 1) // a panic makes the index of what is left
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	run(0, before)
	was := heap()
	run(before, before+n)
	return heap() - was
}

// TestGrowth: what a cell leaves behind that nothing can ask for any more is let go.
func TestGrowth(t *testing.T) {
	const n = 500
	for _, kind := range kinds {
		limit := 512.0 // bytes a cell
		switch kind.name {
		case "type", "shown type": // reflect knows struct types for ever
			limit = 2048
		case "machine code": // a module leaves a little in the compiler
			limit = 1024
		}
		nb := newNotebook(t)
		grown := nb.growth(few, n, kind.cell) / n
		if grown > limit { // a table of the whole process may have doubled: once, but not again
			grown = nb.growth(0, n, func(i int) string { return kind.cell(few + n + i) }) / n
		}
		if grown > limit {
			t.Errorf("%s: a cell keeps %.0f bytes, want at most %.0f", kind.name, grown, limit)
		}
		nb.env.mu.Lock()
		if len(nb.env.traces) > 2*few || len(nb.env.texts) > 2*few || len(nb.env.machine.chunks) > 2*few {
			t.Errorf("%s: %d traces, %d texts and %d chunks are left of %d cells", kind.name, len(nb.env.traces), len(nb.env.texts), len(nb.env.machine.chunks), n)
		}
		nb.env.mu.Unlock()
	}
}

// TestValueIsLetGo: a variable that is declared anew with another type doesn't keep
// what it held, and a cell that still uses it goes on with it.
func TestValueIsLetGo(t *testing.T) {
	nb := newNotebook(t)
	nb.run("x := make([]byte, 64<<20)\nask, answer := make(chan int), make(chan int)\ngo func() { for range ask { answer <- len(x) } }()")
	heap := func() int {
		for range 3 {
			nb.sweep()
			runtime.GC()
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc >> 20)
	}
	was := heap()
	nb.run("x := \"a\"")
	if heap() < was-8 {
		t.Error("the value was let go while a goroutine uses it")
	}
	if got := nb.run("ask <- 0\n<-answer"); got != "=> 67108864\n" {
		t.Errorf("the goroutine sees %q", got)
	}
	nb.run("close(ask)")
	for tries := 0; heap() > was-48; tries++ {
		if tries == 20 {
			t.Fatal("the value is not let go when nothing uses it any more")
		}
	}
}

// TestEnvironmentsEnd: what holds the pieces of an environment together does not hold
// it when nobody uses it any more.
func TestEnvironmentsEnd(t *testing.T) {
	ended := make(chan struct{})
	func() {
		nb := newNotebook(t)
		nb.run("func f(x int) int { return x + 1 }\ng := func() int { return f(1) }\ntype T struct{ a, b int }\nfmt.Sprint(g(), T{1, 2})")
		runtime.AddCleanup(nb.env, func(ended chan struct{}) { close(ended) }, ended)
	}()
	for range 10 {
		runtime.GC()
		select {
		case <-ended:
			return
		case <-time.After(100 * time.Millisecond): // cleanups run after the collection
		}
	}
	t.Error("an environment that nothing refers to is still there")
}

// TestEnvIsLetGo: the clean-ups of machine code don't hold the session that it belongs to.
func TestEnvIsLetGo(t *testing.T) {
	env := func() weak.Pointer[Env] {
		nb := newNotebook(t)
		if out := nb.run("func f(n int) (s int) {\n\tfor i := range n {\n\t\ts += i\n\t}\n\treturn s\n}\nf(10)"); !strings.Contains(out, "45") {
			t.Fatal(out)
		}
		return weak.Make(nb.env)
	}()
	for range 10 {
		runtime.GC()
		if env.Value() == nil {
			return
		}
	}
	t.Error("a session that is not used any more is still there")
}

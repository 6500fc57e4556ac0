package cell

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/pprof"
	"testing"
	"time"
)

func TestGrowthTMP(t *testing.T) {
	kind := os.Getenv("KIND")
	if kind == "" {
		t.Skip()
	}
	n := 10000
	env := newNotebook(t).env
	run := func(i int) {
		src := map[string]string{"expr": fmt.Sprintf("%d+1", i), "var": fmt.Sprintf("x := %d", i), "print": fmt.Sprintf("fmt.Println(\"hello\", %d)", i)}[kind]
		if _, err := env.Run(t.Context(), Input{Number: i, Source: src, Stdout: io.Discard, Stderr: io.Discard}); err != nil {
			t.Fatal(err)
		}
	}
	heap := func() float64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / (1 << 20)
	}
	for i := range 500 {
		run(i)
	}
	base, at := heap(), time.Now()
	for i := range n {
		run(1000 + i)
		if (i+1)%2000 == 0 {
			d := time.Since(at)
			fmt.Printf("%s %d: %.2f MB, %.0f us/cell\n", kind, i+1, heap()-base, float64(d.Microseconds())/2000)
			at = time.Now()
		}
	}
	f, _ := os.Create("/tmp/conc/heap.prof")
	pprof.WriteHeapProfile(f)
	f.Close()
	runtime.KeepAlive(env)
}

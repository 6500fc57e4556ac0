package conformance_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/nascent-go/nascent/kernel/wire"
)

// median reports the median of durations in milliseconds. A mean would be that
// of the machine's other work.
func median(b *testing.B, times []time.Duration) {
	slices.Sort(times)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "median-ms")
}

// BenchmarkColdStart is the time from starting the program until the answer to
// kernel_info_request has come.
func BenchmarkColdStart(b *testing.B) { fromStart(b, func(*kernel) {}) }

// BenchmarkFirstCell is the time from starting the program until a first cell is done.
func BenchmarkFirstCell(b *testing.B) {
	fromStart(b, func(k *kernel) { k.run(`fmt.Println("hello")`, wire.StatusOK) })
}

// fromStart is the time from starting the program until then is done.
func fromStart(b *testing.B, then func(*kernel)) {
	path, err := program()
	if err != nil {
		b.Fatal(err)
	}
	var times []time.Duration
	for b.Loop() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		begun := time.Now()
		k, err := launch(ctx, b, path)
		if err != nil {
			b.Fatal(err)
		}
		then(k)
		times = append(times, time.Since(begun))
		b.StopTimer()
		k.close()
		b.StartTimer()
		cancel()
	}
	median(b, times)
}

// roundTrip is the time from sending a cell until its reply and its idle have come.
func roundTrip(b *testing.B, code string) {
	k := start(b)
	k.run(code, wire.StatusOK)
	var times []time.Duration
	for b.Loop() {
		begun := time.Now()
		k.run(code, wire.StatusOK)
		times = append(times, time.Since(begun))
	}
	median(b, times)
}

func BenchmarkEmptyCell(b *testing.B) { roundTrip(b, "") }

func BenchmarkHello(b *testing.B) { roundTrip(b, `fmt.Println("hello")`) }

// BenchmarkManyLines is a cell that prints 10 000 lines.
func BenchmarkManyLines(b *testing.B) {
	roundTrip(b, "for i := range 10000 {\n\tfmt.Println(\"line\", i)\n}")
}

// trivial are the cells that throughput and memory are measured with, each with a
// text of its own.
var trivial = []struct {
	name string
	cell func(i int) string
}{
	{"expression", func(i int) string { return fmt.Sprintf("%d+1", i) }},
	{"variable", func(i int) string { return fmt.Sprintf("x := %d", i) }},
	{"print", func(i int) string { return fmt.Sprintf("fmt.Println(\"hello\", %d)", i) }},
}

// BenchmarkQueued is how many cells a second a kernel runs that has got 2000 at once.
func BenchmarkQueued(b *testing.B) {
	const n = 2000
	for _, kind := range trivial {
		b.Run(kind.name, func(b *testing.B) {
			k := start(b)
			k.run(kind.cell(0), wire.StatusOK)
			var took time.Duration
			for b.Loop() {
				took += k.queued(n, kind.cell)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(n*b.N)/took.Seconds(), "cells/s")
		})
	}
}

// queued sends cells at once, and says how long it took until the last was done.
func (k *kernel) queued(n int, cell func(int) string) time.Duration {
	k.Helper()
	begun := time.Now()
	var last *wire.Message
	for i := range n {
		m, err := k.Send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: cell(i), StoreHistory: true})
		if err != nil {
			k.Fatal(err)
		}
		last = m
	}
	a, err := k.Collect(k.ctx, last)
	if err != nil {
		k.Fatal(err)
	}
	if a.Status() != wire.StatusOK {
		k.Fatalf("the last of %d cells: %s", n, a.Status())
	}
	k.Drop()
	return time.Since(begun)
}

// BenchmarkGrowth is by how much the memory of a kernel, both processes together,
// has grown after 10 000 cells. Memory goes up and down with the garbage collector:
// the least of some samples is what counts.
func BenchmarkGrowth(b *testing.B) {
	const n, batch, warm, some = 10_000, 500, 4, 5
	for _, kind := range trivial {
		b.Run(kind.name, func(b *testing.B) {
			for b.Loop() {
				k := start(b)
				var memory []int64
				var took []time.Duration
				for i := range warm + some + n/batch {
					t := k.queued(batch, func(j int) string { return kind.cell(i*batch + j) })
					if i >= warm {
						took, memory = append(took, t), append(memory, k.memory())
					}
				}
				last := len(memory) - some
				grown := slices.Min(memory[last:]) - slices.Min(memory[:some])
				b.ReportMetric(float64(grown)/n*1000/(1<<20), "MB/1000-cells")
				b.ReportMetric(slices.Min(took[last:]).Seconds()/slices.Min(took[:some]).Seconds(), "last/first")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// memory is how many bytes the kernel says that its processes use.
func (k *kernel) memory() int64 {
	k.Helper()
	a, err := k.Ask(k.ctx, wire.Control, wire.TypeUsageRequest, wire.Empty{})
	if err != nil {
		k.Fatal(err)
	}
	var u wire.UsageReply
	if err := a.Reply.DecodeContent(&u); err != nil {
		k.Fatal(err)
	}
	return int64(u.Memory)
}

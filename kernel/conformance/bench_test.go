package conformance_test

import (
	"context"
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
func BenchmarkColdStart(b *testing.B) {
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
		times = append(times, time.Since(begun))
		b.StopTimer()
		k.close()
		b.StartTimer()
		cancel()
	}
	median(b, times)
}

// BenchmarkFirstCell is the time from starting the program until a first cell is done.
func BenchmarkFirstCell(b *testing.B) {
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
		k.run(`fmt.Println("hello")`, wire.StatusOK)
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

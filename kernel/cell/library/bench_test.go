package library

import (
	"slices"
	"testing"
	"time"
)

func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		open(b)
	}
}

// BenchmarkImport loads every package alone, as the first cell that imports it does.
func BenchmarkImport(b *testing.B) {
	var times []time.Duration
	for b.Loop() {
		times = times[:0]
		for _, info := range open(b).Packages() {
			l := open(b)
			start := time.Now()
			if _, err := l.Import(info.Path); err != nil {
				b.Fatal(err)
			}
			times = append(times, time.Since(start))
		}
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds()), "median-µs")
	b.ReportMetric(float64(times[len(times)-1].Microseconds()), "max-µs")
}

// BenchmarkImportAll loads all packages into one library.
func BenchmarkImportAll(b *testing.B) {
	for b.Loop() {
		l := open(b)
		for _, info := range l.Packages() {
			if _, err := l.Import(info.Path); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkValues(b *testing.B) {
	for b.Loop() {
		l := open(b)
		for _, info := range l.Packages() {
			l.Values(info.Path)
		}
	}
}

func BenchmarkDoc(b *testing.B) {
	for b.Loop() {
		if _, _, ok := open(b).Doc("net/http", "Client.Do"); !ok {
			b.Fatal("no documentation")
		}
	}
}

package strategy_test

import (
	"testing"

	"github.com/nascent-go/nascent/nasext/strategy"
)

// 500 seeds of 1 000 evaluations each, on the table of NAS-Bench-201.
func BenchmarkEvolution500Seeds(b *testing.B) {
	s, score, _ := nb201(b)
	b.ReportAllocs()
	for b.Loop() {
		for i := range uint64(500) {
			e, err := strategy.RegularizedEvolution(s, i, strategy.Evolution{Population: 50, Sample: 10})
			if err != nil {
				b.Fatal(err)
			}
			best(b, e, 1000, score)
		}
	}
}

// ask asks for proposals in batches of nine, a thousand for each turn of the benchmark.
func ask(b *testing.B, s strategy.Strategy) {
	b.ReportAllocs()
	for b.Loop() {
		for n := 0; n < 1000; {
			batch, err := s.Ask(9)
			if err != nil {
				b.Fatal(err)
			}
			n += len(batch)
			if err := s.Tell(observe(batch, ones)); err != nil {
				b.Fatal(err)
			}
		}
	}
}

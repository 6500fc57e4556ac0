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

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

// A thousand proposals in batches of nine, and what is learnt from them.
func BenchmarkThousandProposals(b *testing.B) {
	for name := range everyKind(b, bits{30}, 1) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s := everyKind(b, bits{30}, 1)[name]
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
		})
	}
}

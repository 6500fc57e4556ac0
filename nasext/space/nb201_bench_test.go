package space_test

import (
	"testing"

	"github.com/nascent-go/nascent/nasext/space"
)

// Building, shaping and counting one network of NAS-Bench-201: at most 50 µs.
func BenchmarkNB201BuildAndCount(b *testing.B) {
	s := nb201(b, space.NASBench201Config{})
	b.ReportAllocs()
	for i := 0; b.Loop(); i = (i + 7919) % 15_625 {
		g, err := s.At(i)
		if err != nil {
			b.Fatal(err)
		}
		a, err := s.Build(g)
		if err != nil {
			b.Fatal(err)
		}
		infos, err := a.Infer()
		if err != nil {
			b.Fatal(err)
		}
		var params, macs int64
		for _, i := range infos {
			params += i.Params
			macs += i.MACs
		}
		if params < 73_306 || macs < 7_783_040 {
			b.Fatal(params, macs)
		}
	}
}

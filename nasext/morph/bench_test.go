package morph_test

import (
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/zoo"
	"github.com/nascent-go/nascent/nasext/morph"
)

// What can grow out of ResNet-50, the most of it connections.
func BenchmarkOffers(b *testing.B) {
	a, err := zoo.ResNet50(arch.Shape{C: 3, H: 224, W: 224}, 1000)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := morph.Offers(a, morph.Limits{Width: 4096, Layers: 100}); err != nil {
			b.Fatal(err)
		}
	}
}

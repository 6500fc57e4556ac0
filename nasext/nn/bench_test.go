package nn

import (
	"fmt"
	"testing"
)

// BenchmarkStep is a training step of the workloads by which other frameworks are
// compared: forward, backward and SGD, or sampling and REINFORCE.
func BenchmarkStep(b *testing.B) {
	for _, name := range []string{"W1", "W2", "W3", "W4", "W6", "W6b8", "W7"} {
		for threads := 1; threads <= 2; threads++ {
			b.Run(fmt.Sprintf("%s/threads=%d", name, threads), func(b *testing.B) {
				w, err := newWorkload(name, threads)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				for b.Loop() {
					if err := w.train(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

package estimate_test

import (
	"context"
	"fmt"
	"log"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/estimate"
)

// network is a convolution of the given width and a classifier of digits.
func network(width int) *arch.Arch {
	b := arch.NewBuilder("one convolution", arch.Shape{C: 1, H: 8, W: 8})
	b.Linear(b.GlobalPool(b.ConvBNReLU(b.In(), width, 3)), 10)
	a, err := b.Build()
	if err != nil {
		log.Fatal(err)
	}
	return a
}

// The wide network passes more through than the narrow one, and its samples switch more
// different ReLUs on: both are known before any training.
func ExampleZeroCost() {
	parts, err := data.Digits().Parts(1)
	if err != nil {
		log.Fatal(err)
	}
	for _, measure := range []string{"synflow", "naswot"} {
		p, err := estimate.ZeroCost(estimate.ZeroCostConfig{Measure: measure, Data: parts.Train, Samples: 16})
		if err != nil {
			log.Fatal(err)
		}
		narrow, err1 := p.Estimate(context.Background(), network(4), 1)
		wide, err2 := p.Estimate(context.Background(), network(32), 1)
		fmt.Println(measure, err1, err2, wide.Score > narrow.Score)
	}
	// Output:
	// synflow <nil> <nil> true
	// naswot <nil> <nil> true
}

// A training that slows down at 70 % is unlikely to end above 90 %.
func ExampleExtrapolate() {
	f, err := estimate.Extrapolate([]float64{0.5, 0.6, 0.65, 0.68, 0.695, 0.705}, 20)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(f.Mean > 0.7, f.Mean < 0.8, f.AtLeast(0.9) < 0.01)
	// Output:
	// true true true
}

// Three measures vote on four networks: two of them put the last one first.
func ExampleVote() {
	votes, err := estimate.Vote(
		[]float64{0.1, 0.2, 0.3, 0.4},
		[]float64{-7, -9, -8, -6},
		[]float64{4e9, 1e9, 3e9, 2e9},
	)
	fmt.Printf("%.2f %v\n", votes, err)
	// Output:
	// [0.67 0.00 0.33 1.00] <nil>
}

package nasext_test

import (
	"context"
	"fmt"
	"log"

	"github.com/nascent-go/nascent/nasext"
	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/estimate"
	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
	"github.com/nascent-go/nascent/nasext/viz"
)

// Which network for the handwritten digits has about 5 000 parameters? Counting
// takes no training, so forty trials take no time.
func ExampleSearch() {
	digits := data.Digits()
	nets, err := space.Global(space.DefaultGlobal(digits.Shape, digits.Classes))
	if err != nil {
		log.Fatal(err)
	}
	counter, err := estimate.Count(estimate.CountConfig{Of: "params", Target: 5000})
	if err != nil {
		log.Fatal(err)
	}
	result, err := nasext.Search(context.Background(), nasext.Config{
		Space: nets, Strategy: strategy.Random(nets, 1), Estimator: counter, Trials: 40,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result)
	for _, c := range viz.Top(result.Trials, 1, nets).Rows {
		fmt.Println(c[4])
	}
	// In a notebook, a line with viz.BestSoFar(result.Trials) shows the course of
	// the search, and one with viz.Architecture(result.Arch) the network.
	fmt.Println(viz.Architecture(result.Arch).Name)
	// Output:
	// done: 40 trials, 0 failed, best -0.0185341 in trial 3 (5218 parameters, 9728 MACs)
	// 1, conv 3×3, 8
	// global 0-1-0: 5.22k parameters, 9.73k MACs
}

// Three networks are trained for two epochs each, which is enough to see which
// one learns the digits fastest.
func ExampleSearch_training() {
	parts, err := data.Digits().Parts(1)
	if err != nil {
		log.Fatal(err)
	}
	nets, err := space.Global(space.DefaultGlobal(parts.Train.Shape, parts.Train.Classes))
	if err != nil {
		log.Fatal(err)
	}
	trainer, err := estimate.Train(estimate.TrainConfig{
		Train: parts.Train, Valid: parts.Valid, Epochs: 2, Batch: 32, Rate: 0.05, Momentum: 0.9,
	})
	if err != nil {
		log.Fatal(err)
	}
	result, err := nasext.Search(context.Background(), nasext.Config{
		Space: nets, Strategy: strategy.Random(nets, 1), Estimator: trainer, Trials: 3,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(result.Trials), "trials, the best learned for", len(result.Best.Estimate.Curve), "epochs")
	fmt.Println("better than chance:", result.Best.Score > 0.5)
	// Output:
	// 3 trials, the best learned for 2 epochs
	// better than chance: true
}

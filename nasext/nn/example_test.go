package nn_test

import (
	"context"
	"fmt"
	"log"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/nn"
)

// A convolution and a linear layer learn the digits in ten epochs.
func ExampleFit() {
	parts, err := data.Digits().Parts(1)
	if err != nil {
		log.Fatal(err)
	}
	b := arch.NewBuilder("one convolution", parts.Train.Shape)
	b.Linear(b.Flatten(b.ReLU(b.BatchNorm(b.Conv(b.In(), 8, 3)))), parts.Train.Classes)
	a, err := b.Build()
	if err != nil {
		log.Fatal(err)
	}
	net, err := nn.New(a, 1)
	if err != nil {
		log.Fatal(err)
	}
	history, err := nn.Fit(context.Background(), net, nn.FitConfig{Train: parts.Train, Valid: parts.Valid, Epochs: 10})
	if err != nil {
		log.Fatal(err)
	}
	score, err := net.Evaluate(parts.Test.X, parts.Test.Y)
	if err != nil {
		log.Fatal(err)
	}
	low, _ := score.Interval(0.95)
	fmt.Println(len(history.Epochs), "epochs, right in at least 90 %:", low > 0.9)
	// Output: 10 epochs, right in at least 90 %: true
}

package strategy_test

import (
	"fmt"

	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
)

// The brackets of Hyperband: how many architectures are tried with how many epochs.
func ExampleHyperband() {
	cells, err := space.NASBench201(space.NASBench201Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	h, err := strategy.Hyperband(cells, 1, strategy.Halving{Most: 9})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, bracket := range h.Schedule() {
		for _, rung := range bracket {
			fmt.Printf("%d for %d epochs; ", rung.Architectures, rung.Budget)
		}
		fmt.Println()
	}
	// Output:
	// 9 for 1 epochs; 3 for 3 epochs; 1 for 9 epochs;
	// 5 for 3 epochs; 1 for 9 epochs;
	// 3 for 9 epochs;
}

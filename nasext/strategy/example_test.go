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
		fmt.Println(bracket)
	}
	// Output:
	// [{9 1} {3 3} {1 9}]
	// [{5 3} {1 9}]
	// [{3 9}]
}

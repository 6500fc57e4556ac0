package controller_test

import (
	"fmt"

	"github.com/nascent-go/nascent/nasext/controller"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

// A controller learns that skip connections are not worth their while here, by attention
// and proximal policy optimisation.
func Example() {
	networks, err := space.ENASMacro(space.ENASMacroConfig{Layers: 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	settings := controller.ENASMacro2018()
	settings.SkipWeight, settings.Ratio, settings.Rate = 0, 0.2, 0.003
	policy, err := controller.New(settings, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	rng, batch := seed.Stream(1, "example"), make([]controller.Episode, 10)
	for range 60 {
		if err := policy.SampleInto(batch, rng, networks); err != nil {
			fmt.Println(err)
			return
		}
		for i, e := range batch {
			for _, s := range e.Steps {
				if s.Anchors != nil && s.Options[s.Choice] == "no" {
					batch[i].Reward++
				}
			}
		}
		if _, err := policy.Update(batch); err != nil {
			fmt.Println(err)
			return
		}
	}
	best, err := policy.Greedy(networks)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range best.Steps {
		if s.Anchors != nil {
			fmt.Printf("%s: %s, certain: %t\n", s.Decision, s.Options[s.Choice], s.Probs[s.Choice] > 0.9)
		}
	}
	// Output:
	// layer 2 from stem: no, certain: true
	// layer 3 from stem: no, certain: true
	// layer 3 from layer 1: no, certain: true
}

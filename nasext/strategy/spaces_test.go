package strategy_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
)

// On spaces of every kind, with decisions that come and go with others, each strategy
// proposes complete architectures, also where some fail.
func TestOnSpacesOfEveryKind(t *testing.T) {
	spaces := map[string]func() (space.Space, error){
		"global":        func() (space.Space, error) { return space.Global(space.DefaultGlobal(arch.Shape{C: 1, H: 8, W: 8}, 3)) },
		"MetaQNN":       func() (space.Space, error) { return space.MetaQNN2017(space.MetaQNNConfig{}) },
		"NAS-Bench-101": func() (space.Space, error) { return space.NASBench101(space.NASBench101Config{}) },
		"NAS-Bench-201": func() (space.Space, error) { return space.NASBench201(space.NASBench201Config{N: 1}) },
		"NATS size":     func() (space.Space, error) { return space.NATSBenchSize(space.NATSSizeConfig{}) },
		"ENAS macro":    func() (space.Space, error) { return space.ENASMacro(space.ENASMacroConfig{}) },
		"ZophLe":        func() (space.Space, error) { return space.ZophLe2017(space.ZophLeConfig{}) },
	}
	for name, make := range spaces {
		s, err := make()
		if err != nil {
			t.Fatal(err)
		}
		every := map[string]strategy.Strategy{
			"local search": made(t, strategy.Local, s, 1, strategy.LocalSearch{}),
			"steepest":     made(t, strategy.Local, s, 1, strategy.LocalSearch{Steepest: true}),
			"evolution":    made(t, strategy.RegularizedEvolution, s, 1, strategy.Evolution{Population: 6, Sample: 2, Worst: true, Identity: .1, Crossover: .4}),
			"nsga-ii":      made(t, strategy.NSGAII, s, 1, strategy.NSGA2{Population: 6}),
			"tabular":      tabular(t, s, 1),
			"metaqnn":      made(t, strategy.MetaQNN, s, 1, strategy.QLearning{Schedule: strategy.MetaQNNSchedule(20)}),
			"tpe":          made(t, strategy.TPE, s, 1, strategy.ParzenTree{Startup: 6}),
		}
		if name != "ENAS macro" && name != "ZophLe" && name != "MetaQNN" { // their neighbours take seconds to build
			every["network morphism"] = made(t, strategy.NetworkMorphism, s, 1, strategy.MorphismTree{Coldest: .7})
		}
		for what, search := range every {
			t.Run(fmt.Sprintf("%s on %s", what, name), func(t *testing.T) {
				for told := 0; told < 30; {
					batch, err := search.Ask(5)
					if err != nil && !(errors.Is(err, strategy.ErrExhausted) && len(batch) > 0) {
						t.Fatal(err)
					}
					o := observe(batch, func(g space.Genotype) float64 { return float64(len(g)) - ones(g) })
					for i := range o {
						if err := space.Check(s, o[i].Genotype); err != nil {
							t.Error(err)
						}
						o[i].Failed, o[i].Params = (told+i)%7 == 3, int64(100+o[i].Genotype[0])
					}
					told += len(batch)
					if err := search.Tell(o); err != nil {
						t.Fatal(err)
					}
				}
			})
		}
	}
}

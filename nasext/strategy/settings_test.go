package strategy_test

import (
	"math"
	"reflect"
	"testing"

	"github.com/nascent-go/nascent/nasext/controller"
	"github.com/nascent-go/nascent/nasext/strategy"
)

// Whatever number of a strategy's settings is negative, NaN or infinite, is an error.
func TestNoSettingIsNegative(t *testing.T) {
	s := bits{4}
	free := map[string]bool{"Reinforce Beta1": true, "Reinforce Clip": true, "MetaQNN Initial": true} // which have a meaning below 0, or infinite
	for name, make := range map[string]any{
		"RegularizedEvolution": func(c strategy.Evolution) (any, error) { return strategy.RegularizedEvolution(s, 1, c) },
		"SuccessiveHalving":    func(c strategy.Halving) (any, error) { return strategy.SuccessiveHalving(s, 1, c) },
		"Hyperband":            func(c strategy.Halving) (any, error) { return strategy.Hyperband(s, 1, c) },
		"ASHA":                 func(c strategy.Halving) (any, error) { return strategy.ASHA(s, 1, c) },
		"BOHB":                 func(c strategy.Model) (any, error) { return strategy.BOHB(s, 1, strategy.Halving{Most: 9}, c) },
		"BANANAS":              func(c strategy.Bananas) (any, error) { return strategy.BANANAS(s, 1, c) },
		"Local":                func(c strategy.LocalSearch) (any, error) { return strategy.Local(s, 1, c) },
		"MetaQNN":              func(c strategy.QLearning) (any, error) { return strategy.MetaQNN(s, 1, c) },
		"NetworkMorphism":      func(c strategy.MorphismTree) (any, error) { return strategy.NetworkMorphism(s, 1, c) },
		"NSGAII":               func(c strategy.NSGA2) (any, error) { return strategy.NSGAII(s, 1, c) },
		"ReinforceTabular":     func(c strategy.Tabular) (any, error) { return strategy.ReinforceTabular(s, 1, c) },
		"Reinforce":            func(c controller.Config) (any, error) { return strategy.Reinforce(s, 1, c) },
		"TPE":                  func(c strategy.ParzenTree) (any, error) { return strategy.TPE(s, 1, c) },
		"PNAS":                 func(c strategy.Progressive) (any, error) { return strategy.PNAS(growing(t), 1, c) },
	} {
		f := reflect.ValueOf(make)
		settings := f.Type().In(0)
		call := func(c reflect.Value) error {
			err, _ := f.Call([]reflect.Value{c})[1].Interface().(error)
			return err
		}
		base := reflect.New(settings).Elem()
		if most := base.FieldByName("Most"); most.IsValid() {
			most.SetInt(9)
		}
		if err := call(base); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for i := range settings.NumField() {
			field := name + " " + settings.Field(i).Name
			if free[field] {
				continue
			}
			var wrong []reflect.Value
			switch v := base.Field(i); {
			case v.CanInt():
				wrong = append(wrong, reflect.ValueOf(-1).Convert(v.Type()))
			case v.CanFloat():
				for _, x := range []float64{-1, math.NaN(), math.Inf(1)} {
					wrong = append(wrong, reflect.ValueOf(x).Convert(v.Type()))
				}
			}
			for _, w := range wrong {
				c := reflect.New(settings).Elem()
				c.Set(base)
				c.Field(i).Set(w)
				if err := call(c); err == nil {
					t.Errorf("%s = %v: error %v", field, w, err)
				}
			}
		}
	}
}

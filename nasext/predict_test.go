package nasext_test

import (
	"context"
	"fmt"
	"log"

	"github.com/nascent-go/nascent/nasext"
	"github.com/nascent-go/nascent/nasext/estimate"
	"github.com/nascent-go/nascent/nasext/estimate/table"
	"github.com/nascent-go/nascent/nasext/predict"
	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
)

// Predict, then train: a forest learns from 100 cells of NAS-Bench-201 and ranks 2000 others,
// of which the 10 best are looked up.
func ExampleResult_Top() {
	b, err := table.NASBench201()
	if err != nil {
		log.Fatal(err)
	}
	accuracy, err := b.Lookup(table.LookupConfig{})
	if err != nil {
		log.Fatal(err)
	}
	cells := b.Space()
	search := func(s strategy.Strategy, e estimate.Estimator, trials int) *nasext.Result {
		r, err := nasext.Search(context.Background(), nasext.Config{Space: cells, Strategy: s, Estimator: e, Trials: trials})
		if err != nil {
			log.Fatal(err)
		}
		return r
	}
	first := search(strategy.RandomDistinct(cells, 1), accuracy, 100)
	one, err := space.OneHot(cells)
	if err != nil {
		log.Fatal(err)
	}
	forest, err := estimate.Predict(estimate.PredictConfig{Predictor: &predict.Forest{}, Encoding: one, Trials: first.Scored()})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("the forest orders what it has not seen:", forest.Validation().Spearman > 0.4)
	many := search(strategy.RandomDistinct(cells, 2), forest, 2000)
	last := search(strategy.List(cells, many.Top(10)), accuracy, 10)
	mean := func(all []estimate.Scored) (sum float64) {
		for _, s := range all {
			sum += s.Score / float64(len(all))
		}
		return sum
	}
	fmt.Println("the 10 are at least 4 % more accurate than random cells:", mean(last.Scored()) >= mean(first.Scored())+4)
	// Output:
	// the forest orders what it has not seen: true
	// the 10 are at least 4 % more accurate than random cells: true
}

package predict_test

import (
	"fmt"

	"github.com/nascent-go/nascent/nasext/predict"
)

// What some networks of so many layers and channels scored says what others will.
func Example() {
	x := [][]float64{{1, 8}, {2, 8}, {3, 8}, {1, 16}, {2, 16}, {3, 16}}
	y := []float64{80, 84, 85, 83, 88, 90}
	p := predict.GaussianProcess{Kernel: predict.RBF, Length: 8, Noise: 0.01}
	if err := p.Fit(x, y, 1); err != nil {
		fmt.Println(err)
		return
	}
	mean, deviation, err := p.Predict([][]float64{{2, 12}, {4, 16}, {2, 60}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range mean {
		fmt.Printf("%.0f ± %.0f\n", mean[i], deviation[i])
	}
	// Output:
	// 85 ± 2
	// 92 ± 2
	// 85 ± 13
}

// Which predictor ranks best what it has not seen.
func ExampleCrossValidate() {
	var x [][]float64
	var y []float64
	for i := range 24 {
		layers, skip := float64(1+i%6), float64(i/6%2)
		x, y = append(x, []float64{layers, skip}), append(y, 70+layers*skip+5*skip)
	}
	for _, p := range []predict.Predictor{&predict.Ridge{}, &predict.Forest{}} {
		v, err := predict.CrossValidate(p, x, y, 4, 1)
		fmt.Printf("%s: τ = %.2f %v\n", p.Name(), v.Kendall, err)
	}
}

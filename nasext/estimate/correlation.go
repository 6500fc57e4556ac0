package estimate

import "github.com/nascent-go/nascent/nasext/predict"

// Spearman is the rank correlation ρ of paired numbers: predict.Spearman. It says how
// well a cheap estimate ranks architectures.
func Spearman(x, y []float64) (float64, error) { return predict.Spearman(x, y) }

// Kendall is the rank correlation τ-b of paired numbers: predict.Kendall.
func Kendall(x, y []float64) (float64, error) { return predict.Kendall(x, y) }

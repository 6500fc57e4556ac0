//go:build !amd64

package vec

func addMulFast(_, _ []float64, _ int, _ []float64, _, _ int) bool { return false }

func addDotsFast(_, _ []float64, _ int, _ []float64) bool { return false }

func sigmoidFast(_ []float64) bool { return false }

func tanhFast(_ []float64) bool { return false }

func adamFast(_, _, _, _ []float64, _, _, _, _, _ float64) bool { return false }

//go:build !amd64

package cpu

// everyVectors are the sets in assembly that this processor can run: there are none.
func everyVectors() ([]*kernels[float32], []*kernels[float64]) { return nil, nil }

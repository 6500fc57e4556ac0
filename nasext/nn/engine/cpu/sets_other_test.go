//go:build !amd64

package cpu

// sets are all sets of inner loops that this processor can run.
func sets() []*kernels[float32] { return []*kernels[float32]{portable[float32]()} }

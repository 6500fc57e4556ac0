//go:build !amd64

package cpu

// vectors is the best set in assembly that this processor can run: there is none.
func vectors() *kernels[float32] { return nil }

// everyVectors are all of them.
func everyVectors() []*kernels[float32] { return nil }

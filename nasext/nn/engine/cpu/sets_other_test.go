//go:build !amd64

package cpu

// sets are all sets of inner loops that this processor can run.
func sets() []*kernels { return []*kernels{portable()} }

//go:build !amd64

package cpu

func momentumBlocks(_, _, _ []float32, _, _, _ float32, _ bool) int { return 0 }

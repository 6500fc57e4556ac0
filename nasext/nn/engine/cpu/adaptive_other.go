//go:build !amd64

package cpu

func adamBlocks(_, _, _, _ []float32, _ AdamStep) int { return 0 }

func rmspropBlocks(_, _, _, _ []float32, _ RMSpropStep) int { return 0 }

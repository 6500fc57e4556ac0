//go:build !amd64

package cpu

func adamBlocks(_, _, _, _ []float32, _ AdamStep[float32]) int { return 0 }

func rmspropBlocks(_, _, _, _ []float32, _ RMSpropStep[float32]) int { return 0 }

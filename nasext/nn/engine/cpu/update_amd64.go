package cpu

import "golang.org/x/sys/cpu"

// momentumBlocks does what Momentum does for the first numbers and says for how many.
func momentumBlocks(w, v, g []float32, rate, momentum, decay float32, nesterov bool) int {
	n := min(len(w), len(v), len(g)) / width
	if n == 0 || !cpu.X86.HasAVX2 {
		return 0
	}
	if nesterov {
		nesterovY(&w[0], &v[0], &g[0], n, rate, momentum, decay)
	} else {
		momentumY(&w[0], &v[0], &g[0], n, rate, momentum, decay)
	}
	return n * width
}

package cpu

import "golang.org/x/sys/cpu"

// adamBlocks does what Adam does for the first numbers and says for how many.
func adamBlocks(w, m, s, g []float32, a AdamStep[float32]) int {
	n := min(len(w), len(m), len(s), len(g)) / width
	if n == 0 || !cpu.X86.HasAVX2 {
		return 0
	}
	adamY(&w[0], &m[0], &s[0], &g[0], n, a.Added, a.Rest1, a.Rest2, a.Root, a.Eps, a.Size, a.Keep)
	return n * width
}

// rmspropBlocks does what RMSprop does for the first numbers and says for how many.
func rmspropBlocks(w, v, s, g []float32, a RMSpropStep[float32]) int {
	n := min(len(w), len(v), len(s), len(g)) / width
	if n == 0 || !cpu.X86.HasAVX2 {
		return 0
	}
	rmspropY(&w[0], &v[0], &s[0], &g[0], n, a.Added, a.Momentum, a.Rest, a.Eps, a.Rate)
	return n * width
}

package cpu

import "golang.org/x/sys/cpu"

// sets are all sets of inner loops that this processor can run.
func sets() []*kernels[float32] {
	all := []*kernels[float32]{portable[float32]()}
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		all = append(all, avx2())
		if cpu.X86.HasAVX512F && cpu.X86.HasAVX512VL {
			all = append(all, avx512())
		}
	}
	return all
}

package cpu

func fastest() *kernels { return portable() }

//go:build !amd64

package cpu

func fastest() *kernels { return portable() }

package vec

//go:generate go run ./gen

import "golang.org/x/sys/cpu"

// fast: this processor runs the assembly.
func fast() bool { return cpu.X86.HasAVX2 && cpu.X86.HasFMA }

func addMulFast(y, a []float64, stride int, x []float64, step, n int) bool {
	if !fast() {
		return false
	}
	addMulY(&y[0], len(y)/Width, &a[0], stride, &x[0], step, n)
	return true
}

func addDotsFast(y, a []float64, stride int, x []float64) bool {
	if !fast() {
		return false
	}
	addDotsY(&y[0], len(y)/Width, &a[0], stride, &x[0], len(x)/Width)
	return true
}

func sigmoidFast(x []float64) bool {
	if !fast() {
		return false
	}
	sigmoidY(&x[0], len(x)/Width)
	return true
}

func tanhFast(x []float64) bool {
	if !fast() {
		return false
	}
	tanhY(&x[0], len(x)/Width)
	return true
}

func adamFast(w, g, m, v []float64, beta1, beta2, size, root, eps float64) bool {
	if !fast() {
		return false
	}
	adamY(&w[0], &g[0], &m[0], &v[0], len(w)/Width, beta1, 1-beta1, beta2, 1-beta2, size, root, eps)
	return true
}

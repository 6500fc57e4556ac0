package predict

import "math"

// Kernel is how the covariance of two scores falls with the distance r of their rows,
// counted in lengths: 1 at 0, and less further away (Rasmussen and Williams 2006,
// section 4.2).
type Kernel string

// The kernels, from the smoothest functions to the roughest.
const (
	RBF         Kernel = "rbf"         // exp(-r²/2)
	Matern52    Kernel = "matern52"    // (1 + √5r + 5r²/3)·exp(-√5r)
	Exponential Kernel = "exponential" // exp(-r)
)

// of is the kernel at a distance; false if there is no such kernel.
func (k Kernel) of(r float64) (v float64, ok bool) {
	switch k {
	case RBF:
		return math.Exp(-r * r / 2), true
	case Matern52:
		s := math.Sqrt(5) * r
		return (1 + s + float64(s*s)/3) * math.Exp(-s), true
	case Exponential:
		return math.Exp(-r), true
	}
	return 0, false
}

// Distance is how far apart two rows are. A distance of other things than vectors,
// such as an edit distance of architectures, takes rows that hold nothing but the
// index of a thing: [0], [1], … .
//
// With the exponential kernel, the Euclidean and the Hamming distance always make a
// covariance. For others a kernel may not be one; then fitting fails, or the noise
// is chosen so large that it is.
type Distance struct {
	Name    string
	Between func(a, b []float64) float64 // symmetric, 0 for equal rows, otherwise finite and positive
}

// Euclidean is the length of the straight line between two rows.
func Euclidean() Distance {
	return Distance{"euclidean", func(a, b []float64) float64 {
		sum := 0.0
		for i, v := range a {
			d := v - b[i]
			sum += float64(d * d)
		}
		return math.Sqrt(sum)
	}}
}

// Hamming counts the numbers in which two rows differ.
func Hamming() Distance {
	return Distance{"hamming", func(a, b []float64) float64 {
		n := 0
		for i, v := range a {
			if v != b[i] {
				n++
			}
		}
		return float64(n)
	}}
}

package predict

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// Ridge is linear regression whose weights are kept small (Hoerl and Kennard 1970): it
// minimises |y - b - X·w|² + Penalty·|w|², where the intercept b is free. It has a
// closed form and learns from few rows, but sees no interplay of numbers.
//
// The deviation is that of Bayesian regression with weights of variance σ²/Penalty
// (Bishop 2006, section 3.3): of the expectation, with σ² where the scores are most
// likely.
type Ridge struct {
	Penalty float64 // positive; 0 means 1

	fitted *ridgeFit
}

// ridgeFit is what was learnt.
type ridgeFit struct {
	centre    []float64 // mean of the rows
	intercept float64   // mean of the scores
	weights   []float64
	rows      int
	variance  float64 // σ²
	penalty   float64
	// x is the centred rows, and inner factors what can be inverted most cheaply:
	// XᵀX + Penalty if the rows are at least as many as their numbers, or XXᵀ + Penalty.
	x     *mat.Dense
	inner mat.Cholesky
	tall  bool
}

// Name says the penalty.
func (r *Ridge) Name() string { return fmt.Sprintf("ridge(penalty %g)", orDefault(r.Penalty, 1)) }

// Fit implements Predictor. The seed changes nothing.
func (r *Ridge) Fit(x [][]float64, y []float64, seed uint64) error {
	if !(r.Penalty >= 0) || math.IsInf(r.Penalty, 1) {
		return fmt.Errorf("predict: ridge with a penalty of %g; it must be positive, or 0 for 1", r.Penalty)
	}
	width, err := checkFit("ridge", x, y)
	if err != nil {
		return err
	}
	n := len(x)
	f := &ridgeFit{
		centre: make([]float64, width), intercept: meanOf(y), rows: n,
		penalty: orDefault(r.Penalty, 1), x: mat.NewDense(n, width, nil), tall: n >= width,
	}
	for k := range width {
		for _, row := range x {
			f.centre[k] += row[k] / float64(n)
		}
		for i, row := range x {
			f.x.Set(i, k, row[k]-f.centre[k])
		}
	}
	rest := mat.NewVecDense(n, nil)
	for i, v := range y {
		rest.SetVec(i, v-f.intercept)
	}
	w := mat.NewVecDense(width, nil)
	if f.tall {
		w.MulVec(f.x.T(), rest)
		err = f.solve(f.x.T(), w, w)
	} else {
		a := mat.NewVecDense(n, nil)
		err = f.solve(f.x, a, rest)
		w.MulVec(f.x.T(), a)
	}
	if err != nil {
		return err
	}
	f.weights = w.RawVector().Data
	// yᵀ(I + XXᵀ/Penalty)⁻¹y, which is yᵀ(y - X·w).
	var fit mat.VecDense
	fit.MulVec(f.x, w)
	for i := range n {
		f.variance += rest.AtVec(i) * (rest.AtVec(i) - fit.AtVec(i)) / float64(n-1)
	}
	f.variance = max(f.variance, 0)
	r.fitted = f
	return nil
}

// solve factors m·mᵀ + penalty, and finds to with (m·mᵀ + penalty)·to = from.
func (f *ridgeFit) solve(m mat.Matrix, to, from *mat.VecDense) error {
	n, _ := m.Dims()
	gram := mat.NewSymDense(n, nil)
	gram.SymOuterK(1, m)
	for i := range n {
		gram.SetSym(i, i, gram.At(i, i)+f.penalty)
	}
	if !f.inner.Factorize(gram) || f.inner.SolveVecTo(to, from) != nil {
		return fmt.Errorf("predict: ridge: the rows are too large, or too alike, for a penalty of %g; scale them, or raise it", f.penalty)
	}
	return nil
}

// Weights are the intercept and the weight of each number; nil before Fit.
func (r *Ridge) Weights() (intercept float64, weights []float64) {
	f := r.fitted
	if f == nil {
		return 0, nil
	}
	intercept = f.intercept
	for k, w := range f.weights {
		intercept -= w * f.centre[k]
	}
	return intercept, append([]float64(nil), f.weights...)
}

// Predict implements Predictor.
func (r *Ridge) Predict(x [][]float64) (mean, deviation []float64, err error) {
	f := r.fitted
	width := 0
	if f != nil {
		width = len(f.weights)
	}
	if err := checkPredict("ridge", x, width); err != nil {
		return nil, nil, err
	}
	mean, deviation = make([]float64, len(x)), make([]float64, len(x))
	centred := mat.NewVecDense(width, nil)
	for i, row := range x {
		mean[i] = f.intercept
		for k, v := range row {
			centred.SetVec(k, v-f.centre[k])
			mean[i] += f.weights[k] * centred.AtVec(k)
		}
		deviation[i] = math.Sqrt(f.variance * (1/float64(f.rows) + f.spread(centred)))
	}
	return mean, deviation, nil
}

// spread is xᵀ(XᵀX + Penalty)⁻¹x.
func (f *ridgeFit) spread(x *mat.VecDense) float64 {
	if f.tall {
		return inverseSquare(&f.inner, x)
	}
	var k mat.VecDense
	k.MulVec(f.x, x)
	return max(mat.Dot(x, x)-inverseSquare(&f.inner, &k), 0) / f.penalty
}

// inverseSquare is vᵀA⁻¹v for the matrix A = UᵀU that was factored: the square of U⁻ᵀv.
func inverseSquare(a *mat.Cholesky, v *mat.VecDense) float64 {
	w := mat.VecDenseCopyOf(v).RawVector()
	blas64.Trsv(blas.Trans, a.RawU().(mat.RawTriangular).RawTriangular(), w)
	return blas64.Dot(w, w)
}

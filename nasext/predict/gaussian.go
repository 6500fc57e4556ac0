package predict

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// GaussianProcess takes the scores for one draw of a Gaussian process with noise
// (Rasmussen and Williams 2006, algorithm 2.1): the covariance of two of them is
// Signal²·(kernel(distance/Length) + Noise·[the same score]), around their mean. It
// fits a few hundred rows well, and says honestly how unsure it is; time grows with the
// cube of the rows.
//
// Signal always has the value of the highest marginal likelihood, which is known in
// closed form. So have Length and Noise if they are 0: they are looked for on a grid, by
// at most 500 of the rows.
type GaussianProcess struct {
	Kernel   Kernel   // "" means Matern52
	Distance Distance // the zero value means Euclidean
	Length   float64  // the distance over which scores are alike; 0: the most likely
	Noise    float64  // the variance of the noise as a share of the signal's; 0: the most likely

	fitted *process
}

// Hyperparameters are what a Gaussian process was fitted with.
type Hyperparameters struct {
	Length, Noise float64 // as in GaussianProcess
	Signal        float64 // standard deviation of the scores without noise
	LogLikelihood float64 // log of the marginal likelihood of the scores
}

// process is what was learnt.
type process struct {
	Hyperparameters
	rows     [][]float64
	mean     float64
	distance Distance
	kernel   Kernel
	factor   mat.Cholesky // of kernel + Noise
	alpha    *mat.VecDense
}

// The grid: lengths from a sixteenth of the median distance to its sixteenfold, and
// noise from a millionth of the signal to as much as that. From the best it goes uphill in
// smaller and smaller steps.
const (
	lengthSteps, lengthStep = 9, 2.
	noiseSteps, noiseStep   = 13, 3.2
	refinements             = 3
	leastNoise              = 1e-10
	enough                  = 500 // rows to choose them by
)

// Name says the settings.
func (g *GaussianProcess) Name() string {
	kernel, distance := g.parts()
	word := func(v float64) string {
		if v == 0 {
			return "likeliest"
		}
		return fmt.Sprintf("%g", v)
	}
	return fmt.Sprintf("gaussian process(%s of %s distance length %s noise %s)", kernel, distance.Name, word(g.Length), word(g.Noise))
}

func (g *GaussianProcess) parts() (Kernel, Distance) {
	kernel, distance := g.Kernel, g.Distance
	if kernel == "" {
		kernel = Matern52
	}
	if distance.Between == nil && distance.Name == "" {
		distance = Euclidean()
	}
	return kernel, distance
}

func (g *GaussianProcess) check() error {
	kernel, distance := g.parts()
	_, known := kernel.of(0)
	switch {
	case !known:
		return fmt.Errorf("predict: gaussian process: there is no kernel %q; there are %q, %q and %q", string(kernel), RBF, Matern52, Exponential)
	case distance.Between == nil:
		return fmt.Errorf("predict: gaussian process: the distance %q has no function Between", distance.Name)
	case !(g.Length >= 0) || math.IsInf(g.Length, 1):
		return fmt.Errorf("predict: gaussian process with a length of %g; it must be positive, or 0 for the likeliest", g.Length)
	case g.Noise != 0 && !(g.Noise >= leastNoise) || math.IsInf(g.Noise, 1):
		return fmt.Errorf("predict: gaussian process with noise of %g; it must be at least %g, or 0 for the likeliest", g.Noise, leastNoise)
	}
	return nil
}

// Fit implements Predictor. The seed changes nothing.
func (g *GaussianProcess) Fit(x [][]float64, y []float64, seed uint64) error {
	if err := g.check(); err != nil {
		return err
	}
	if _, err := checkFit("gaussian process", x, y); err != nil {
		return err
	}
	p := &process{mean: meanOf(y)}
	p.kernel, p.distance = g.parts()
	for _, row := range x {
		p.rows = append(p.rows, slices.Clone(row))
	}
	rest := mat.NewVecDense(len(y), nil)
	for i, v := range y {
		rest.SetVec(i, v-p.mean)
	}
	apart, median, err := p.distances()
	if err != nil {
		return err
	}
	some, theirs := thinned(apart, rest)
	best := g.search(p, median, some, theirs)
	var ok bool
	if p.Hyperparameters, ok = p.fit(best, apart, rest); !ok {
		return fmt.Errorf("predict: gaussian process: with the kernel %s, these %d rows have no covariance (the matrix is not positive definite); take another kernel or distance, or more noise", p.kernel, len(x))
	}
	g.fitted = p
	return nil
}

// thinned leaves out rows, evenly, if there are more than are needed to choose
// hyperparameters.
func thinned(apart *mat.SymDense, rest *mat.VecDense) (*mat.SymDense, *mat.VecDense) {
	n := rest.Len()
	if n <= enough {
		return apart, rest
	}
	rows, theirs := make([]int, enough), mat.NewVecDense(enough, nil)
	for i := range rows {
		rows[i] = i * n / enough
		theirs.SetVec(i, rest.AtVec(rows[i]))
	}
	var some mat.SymDense
	some.SubsetSym(apart, rows)
	return &some, theirs
}

// search finds the likeliest hyperparameters: first on the grid, then uphill. Without any
// that make a covariance, the last of the grid are returned, with the most noise.
func (g *GaussianProcess) search(p *process, median float64, apart *mat.SymDense, rest *mat.VecDense) Hyperparameters {
	var lengths, noises []float64
	for i := range lengthSteps {
		lengths = append(lengths, median*math.Pow(lengthStep, float64(i-lengthSteps/2)))
	}
	for i := range noiseSteps {
		noises = append(noises, math.Pow(noiseStep, float64(i-noiseSteps+1)))
	}
	grid := g.cross(lengths, noises)
	best := grid[len(grid)-1]
	best.LogLikelihood = math.Inf(-1)
	best = p.likeliest(best, grid, apart, rest)
	lengthFactor, noiseFactor := lengthStep, noiseStep
	for range refinements {
		lengthFactor, noiseFactor = math.Sqrt(lengthFactor), math.Sqrt(noiseFactor)
		for range lengthSteps + noiseSteps {
			l, n := best.Length, best.Noise
			next := p.likeliest(best, g.cross([]float64{l / lengthFactor, l, l * lengthFactor}, []float64{max(n/noiseFactor, leastNoise), n, n * noiseFactor}), apart, rest)
			if next == best {
				break
			}
			best = next
		}
	}
	return best
}

// cross is every length with every noise, but for what is set.
func (g *GaussianProcess) cross(lengths, noises []float64) (list []Hyperparameters) {
	if g.Length != 0 {
		lengths = []float64{g.Length}
	}
	if g.Noise != 0 {
		noises = []float64{g.Noise}
	}
	for _, l := range lengths {
		for _, n := range noises {
			list = append(list, Hyperparameters{Length: l, Noise: n})
		}
	}
	return list
}

// likeliest is the best of a list and what was the best before.
func (p *process) likeliest(best Hyperparameters, list []Hyperparameters, apart *mat.SymDense, rest *mat.VecDense) Hyperparameters {
	for _, at := range list {
		if h, ok := p.fit(at, apart, rest); ok && h.LogLikelihood > best.LogLikelihood {
			best = h
		}
	}
	return best
}

// distances are those between all rows, and the median of those that are not 0.
func (p *process) distances() (apart *mat.SymDense, median float64, err error) {
	n := len(p.rows)
	apart = mat.NewSymDense(n, nil)
	var positive []float64
	for i := range n {
		for k := range i {
			d := p.distance.Between(p.rows[i], p.rows[k])
			if !finite(d) || d < 0 {
				return nil, 0, fmt.Errorf("predict: gaussian process: the %s distance of rows %d and %d is %g; distances are finite and not negative", p.distance.Name, k, i, d)
			}
			apart.SetSym(i, k, d)
			if d > 0 {
				positive = append(positive, d)
			}
		}
	}
	if len(positive) == 0 {
		return nil, 0, fmt.Errorf("predict: gaussian process: all %d rows are equal, so they tell no scores apart", n)
	}
	slices.Sort(positive)
	return apart, positive[len(positive)/2], nil
}

// fit conditions the process on the scores, given the length and the noise. It is
// false if the covariance is none.
func (p *process) fit(h Hyperparameters, apart *mat.SymDense, rest *mat.VecDense) (Hyperparameters, bool) {
	n := rest.Len()
	k := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i {
			v, _ := p.kernel.of(apart.At(i, j) / h.Length)
			k.SetSym(i, j, v)
		}
		k.SetSym(i, i, 1+h.Noise)
	}
	alpha := mat.NewVecDense(n, nil)
	if !p.factor.Factorize(k) || p.factor.SolveVecTo(alpha, rest) != nil {
		return h, false
	}
	p.alpha = alpha
	variance := mat.Dot(rest, alpha) / float64(n)
	h.Signal = math.Sqrt(variance)
	h.LogLikelihood = -(float64(n)*(math.Log(2*math.Pi*variance)+1) + p.factor.LogDet()) / 2
	return h, variance > 0 && finite(h.LogLikelihood)
}

// Hyperparameters are what it was fitted with; zero before Fit.
func (g *GaussianProcess) Hyperparameters() Hyperparameters {
	if g.fitted == nil {
		return Hyperparameters{}
	}
	return g.fitted.Hyperparameters
}

// Predict implements Predictor.
func (g *GaussianProcess) Predict(x [][]float64) (mean, deviation []float64, err error) {
	p, width := g.fitted, 0
	if p != nil {
		width = len(p.rows[0])
	}
	if err := checkPredict("gaussian process", x, width); err != nil {
		return nil, nil, err
	}
	mean, deviation = make([]float64, len(x)), make([]float64, len(x))
	near := mat.NewVecDense(len(p.rows), nil)
	for i, row := range x {
		for j, known := range p.rows {
			d := p.distance.Between(row, known)
			if !finite(d) || d < 0 {
				return nil, nil, fmt.Errorf("predict: gaussian process: the %s distance of row %d is %g; distances are finite and not negative", p.distance.Name, i, d)
			}
			v, _ := p.kernel.of(d / p.Length)
			near.SetVec(j, v)
		}
		mean[i] = p.mean + mat.Dot(near, p.alpha)
		deviation[i] = p.Signal * math.Sqrt(max(1-inverseSquare(&p.factor, near), 0))
	}
	return mean, deviation, nil
}

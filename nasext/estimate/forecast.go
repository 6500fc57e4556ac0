package estimate

import (
	"fmt"
	"math"
)

// Forecast is what a score is expected to be at the end of training: a mixture of normal
// distributions.
type Forecast struct {
	Mean, Deviation float64
	parts           []normal
}

// normal is one of a mixture, with its share.
type normal struct{ share, mean, variance float64 }

// AtLeast is the probability that the score will be at least the target.
func (f Forecast) AtLeast(target float64) (p float64) {
	for _, n := range f.parts {
		p += n.share * math.Erfc((target-n.mean)/math.Sqrt(2*n.variance)) / 2
	}
	return p
}

// Extrapolate says what a learning curve, with one score between 0 and 1 for each epoch so
// far, comes to after so many epochs.
//
// It is a small form of the weighted ensemble of Domhan, Springenberg and Hutter 2015,
// "Speeding up Automatic Hyperparameter Optimization of Deep Neural Networks by Extrapolation
// of Learning Curves": curves c − a·φ(x) where φ falls as a power of the epoch x (pow₃),
// exponentially (exp₃) or as 1/log(x+1) (ilog₂). Each shape of φ, and each noise, from a grid
// weighs as much as it makes the scores likely, with normal priors of c and a, for which all
// is in closed form, so that no chain is sampled. It knows nothing of schedules: of a rate
// that falls to 0 it expects too little, as scores often rise at the end.
func Extrapolate(scores []float64, epochs int) (Forecast, error) {
	if len(scores) == 0 || epochs < len(scores) {
		return Forecast{}, fmt.Errorf("estimate: a curve of %d scores can't be extrapolated to epoch %d; give at least one score, and no more than epochs", len(scores), epochs)
	}
	for i, y := range scores {
		if !(y >= 0 && y <= 1) {
			return Forecast{}, fmt.Errorf("estimate: score %d of a learning curve is %v; scores are shares, 0 to 1", i+1, y)
		}
	}
	var f Forecast
	var weights []float64 // logarithms
	for _, shape := range shapes() {
		for _, noise := range noises {
			r := newRegression(noise)
			for i, y := range scores {
				r.learn(shape(float64(i+1)), y)
			}
			mean, variance := r.predict(shape(float64(epochs)))
			f.parts = append(f.parts, normal{mean: mean, variance: variance})
			weights = append(weights, r.evidence)
		}
	}
	f.weigh(weights)
	return f, nil
}

// shapes are the ways in which a curve may approach its end: functions of the epoch, from 1,
// that fall from about 1 to 0.
func shapes() (all []func(x float64) float64) {
	for k := range 11 { // powers from 0.1 to 3.2
		power := 0.1 * math.Pow(2, float64(k)/2)
		all = append(all, func(x float64) float64 { return math.Pow(x, -power) })
	}
	for k := range 15 { // from half an epoch to 64
		epochs := 0.5 * math.Pow(2, float64(k)/2)
		all = append(all, func(x float64) float64 { return math.Exp((1 - x) / epochs) })
	}
	return append(all, func(x float64) float64 { return math.Ln2 / math.Log(x+1) })
}

// noises are standard deviations of a score from its curve.
var noises = [...]float64{0.002, 0.005, 0.01, 0.02, 0.05}

// regression is the Bayesian one of y = c − a·φ + noise, one score after the other.
type regression struct {
	c, a       float64 // means
	cc, ca, aa float64 // covariances
	noise      float64 // variance
	evidence   float64 // log density of all scores so far
}

// newRegression is before any score: c is 0.5 and a is 0, with deviations of 0.5.
func newRegression(noise float64) regression {
	return regression{c: 0.5, cc: 0.25, aa: 0.25, noise: noise * noise}
}

// predict is the distribution of a score.
func (r *regression) predict(phi float64) (mean, variance float64) {
	return r.c - r.a*phi, r.cc - 2*r.ca*phi + r.aa*phi*phi + r.noise
}

// learn takes a score into account.
func (r *regression) learn(phi, y float64) {
	mean, variance := r.predict(phi)
	off := y - mean
	r.evidence -= (math.Log(2*math.Pi*variance) + off*off/variance) / 2
	gainC, gainA := (r.cc-r.ca*phi)/variance, (r.ca-r.aa*phi)/variance
	r.c += gainC * off
	r.a += gainA * off
	r.cc -= gainC * gainC * variance
	r.ca -= gainC * gainA * variance
	r.aa -= gainA * gainA * variance
}

// weigh gives the parts their shares, from the logarithms of their weights, and takes the
// moments of the mixture.
func (f *Forecast) weigh(logs []float64) {
	most, sum := math.Inf(-1), 0.0
	for _, l := range logs {
		most = max(most, l)
	}
	for i, l := range logs {
		f.parts[i].share = math.Exp(l - most)
		sum += f.parts[i].share
	}
	var square float64
	for i := range f.parts {
		n := &f.parts[i]
		n.share /= sum
		f.Mean += n.share * n.mean
		square += n.share * (n.variance + n.mean*n.mean)
	}
	f.Deviation = math.Sqrt(square - f.Mean*f.Mean)
}

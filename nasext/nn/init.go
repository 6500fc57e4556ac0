package nn

import (
	"math"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/seed"
)

// initialise draws the weights: normal with variance 2/fan-in, which keeps the size of
// activations through ReLUs (He et al. 2015, eq. 10), and 1/fan-in for a linear layer
// that is the output; those of functions of one's own have the deviation 0.1. Biases and shifts are 0, scales 1, running moments those of a
// standard normal. Each parameter has a stream of its own, named by it.
func (n *NetworkOf[T]) initialise(sd uint64) {
	last := len(n.plan.Steps) - 1
	for i, s := range n.plan.Steps {
		switch s.Op.Kind {
		case arch.Conv, arch.Linear:
			gain := 2.0
			if s.Op.Kind == arch.Linear && i == last {
				gain = 1
			}
			fanIn := len(s.Weight.W) / s.Weight.Shape[0]
			deviation := math.Sqrt(gain / float64(fanIn))
			draw := seed.Stream(sd, "weights", s.Weight.Name)
			for j := range s.Weight.W {
				s.Weight.W[j] = T(deviation * draw.NormFloat64())
			}
		case arch.Mix:
			draw := seed.Stream(sd, "alphas", s.Alpha.Name)
			for k := range s.Alpha.W {
				s.Alpha.W[k] = T(1e-3 * draw.NormFloat64())
			}
		case arch.Custom:
			if s.Weight != nil {
				draw := seed.Stream(sd, "weights", s.Weight.Name)
				for j := range s.Weight.W {
					s.Weight.W[j] = T(deviationOfCustom * draw.NormFloat64())
				}
			}
		case arch.BatchNorm:
			for c := range s.Weight.W {
				s.Weight.W[c] = 1
				s.Var.W[c] = 1
			}
		}
	}
}

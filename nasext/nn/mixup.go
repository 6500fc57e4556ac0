package nn

import "github.com/nascent-go/nascent/nasext/nn/engine"

// Mixed is a loss for samples that mixup has mixed (Zhang et al., "mixup: Beyond
// Empirical Risk Minimization", 2018): for sample i it is
//
//	own[i]·loss(label i) + (1-own[i])·loss(partner[i])
//
// with the labels of what is mixed in and the shares, 0 to 1, of what it is mixed into,
// one each for every sample that the loss is asked for. A sample counts as correct if it
// is taken for what it has the larger share of.
func Mixed(loss Loss, partner []int, own []float32) Loss { return mixing(loss, partner, own) }

func mixing[T engine.Float](loss LossOf[T], partner []int, own []float32) LossOf[T] {
	return func(outputs []T, y []int, classes int, grad []T) Score {
		all := Score{Samples: len(y)}
		n := T(len(y))
		var row, other []T // gradients of one sample
		if grad != nil {
			other = make([]T, classes)
		}
		for i := range y {
			out := outputs[i*classes : (i+1)*classes]
			if grad != nil {
				row = grad[i*classes : (i+1)*classes]
			}
			a, b := loss(out, y[i:i+1], classes, row), loss(out, partner[i:i+1], classes, other)
			share := own[i]
			all.Loss += (float64(share)*a.Loss + float64(1-share)*b.Loss) / float64(n)
			if share >= .5 {
				all.Correct += a.Correct
			} else {
				all.Correct += b.Correct
			}
			for c := range row {
				row[c] = (T(share)*row[c] + T(1-share)*other[c]) / n
			}
		}
		return all
	}
}

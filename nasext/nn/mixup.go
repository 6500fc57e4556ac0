package nn

// Mixed is a loss for samples that mixup has mixed (Zhang et al., "mixup: Beyond
// Empirical Risk Minimization", 2018): for sample i it is
//
//	own[i]·loss(label i) + (1-own[i])·loss(partner[i])
//
// with the labels of what is mixed in and the shares, 0 to 1, of what it is mixed into,
// one each for every sample that the loss is asked for. A sample counts as correct if it
// is taken for what it has the larger share of.
func Mixed(loss Loss, partner []int, own []float32) Loss {
	return func(outputs []float32, y []int, classes int, grad []float32) Score {
		all := Score{Samples: len(y)}
		n := float32(len(y))
		var row, other []float32 // gradients of one sample
		if grad != nil {
			other = make([]float32, classes)
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
				row[c] = (share*row[c] + (1-share)*other[c]) / n
			}
		}
		return all
	}
}

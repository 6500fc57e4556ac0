package nn

import "math"

// CrossEntropy is the mean softmax cross-entropy of outputs (samples × classes) with
// labels y, each 0 to classes-1. If grad is not nil, it takes the gradient by the
// outputs, (softmax - one-hot)/samples. It computes in double precision and subtracts
// the largest output first, so that nothing overflows.
func CrossEntropy(logits []float32, y []int, classes int, grad []float32) Score {
	s := Score{Samples: len(y)}
	for i, label := range y {
		row := logits[i*classes : (i+1)*classes]
		best := argmax(row)
		if best == label {
			s.Correct++
		}
		top, sum := float64(row[best]), 0.0
		for _, v := range row {
			sum += math.Exp(float64(v) - top)
		}
		s.Loss += (math.Log(sum) + top - float64(row[label])) / float64(len(y))
		if grad == nil {
			continue
		}
		for c, v := range row {
			p := math.Exp(float64(v)-top) / sum
			if c == label {
				p--
			}
			grad[i*classes+c] = float32(p / float64(len(y)))
		}
	}
	return s
}

// argmax is the index of the largest number, the first one of equals.
func argmax(row []float32) int {
	best := 0
	for i, v := range row {
		if v > row[best] {
			best = i
		}
	}
	return best
}

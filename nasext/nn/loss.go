package nn

import (
	"fmt"
	"math"

	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// LossOf scores outputs (samples × classes) against labels y, each 0 to classes-1. If grad
// is not nil, it takes the gradient of the mean loss by the outputs.
type LossOf[T engine.Float] func(outputs []T, y []int, classes int, grad []T) Score

// Loss is a loss in single precision.
type Loss = LossOf[float32]

// Loss64 is a loss in double precision.
type Loss64 = LossOf[float64]

// CrossEntropy is the mean softmax cross-entropy, a Loss. Its gradient is
// (softmax - one-hot)/samples. It computes in double precision and subtracts the largest
// output first, so that nothing overflows.
func CrossEntropy(outputs []float32, y []int, classes int, grad []float32) Score {
	return hardCrossEntropy(outputs, y, classes, grad)
}

// CrossEntropy64 is CrossEntropy in double precision, a Loss64.
func CrossEntropy64(outputs []float64, y []int, classes int, grad []float64) Score {
	return hardCrossEntropy(outputs, y, classes, grad)
}

func hardCrossEntropy[T engine.Float](outputs []T, y []int, classes int, grad []T) Score {
	return crossEntropy(outputs, y, classes, 0, grad)
}

// SmoothedCrossEntropy is the cross-entropy with labels that are smoothed: the given share
// of each is spread over all classes evenly (Szegedy et al. 2016, section 7). The share is
// at least 0 and below 1; 0.1 is usual.
func SmoothedCrossEntropy(share float64) (Loss, error) {
	if !(share >= 0 && share < 1) {
		return nil, fmt.Errorf("label smoothing of %v; it has to be at least 0 and below 1, such as 0.1", share)
	}
	return func(outputs []float32, y []int, classes int, grad []float32) Score {
		return crossEntropy(outputs, y, classes, share, grad)
	}, nil
}

func crossEntropy[T engine.Float](outputs []T, y []int, classes int, smoothing float64, grad []T) Score {
	s := Score{Samples: len(y)}
	rest := smoothing / float64(classes)
	for i, label := range y {
		row := outputs[i*classes : (i+1)*classes]
		best := argmax(row)
		if best == label {
			s.Correct++
		}
		top, sum, all := float64(row[best]), 0.0, 0.0
		for _, v := range row {
			sum += math.Exp(float64(v) - top)
			all += float64(v)
		}
		target := float64(row[label])
		if smoothing > 0 {
			target = (1-smoothing)*target + rest*all
		}
		s.Loss += (math.Log(sum) + top - target) / float64(len(y))
		if grad == nil {
			continue
		}
		for c, v := range row {
			p := math.Exp(float64(v)-top)/sum - rest
			if c == label {
				p -= 1 - smoothing
			}
			grad[i*classes+c] = T(p / float64(len(y)))
		}
	}
	return s
}

// SquaredError is the mean squared error of outputs and one-hot labels, a Loss. The mean
// is over all outputs of all samples.
func SquaredError(outputs []float32, y []int, classes int, grad []float32) Score {
	return squaredError(outputs, y, classes, grad)
}

// SquaredError64 is SquaredError in double precision, a Loss64.
func SquaredError64(outputs []float64, y []int, classes int, grad []float64) Score {
	return squaredError(outputs, y, classes, grad)
}

func squaredError[T engine.Float](outputs []T, y []int, classes int, grad []T) Score {
	s := Score{Samples: len(y)}
	count := float64(len(y) * classes)
	for i, label := range y {
		row := outputs[i*classes : (i+1)*classes]
		if argmax(row) == label {
			s.Correct++
		}
		for c, v := range row {
			d := float64(v)
			if c == label {
				d--
			}
			s.Loss += d * d / count
			if grad != nil {
				grad[i*classes+c] = T(2 * d / count)
			}
		}
	}
	return s
}

// MSE is the mean squared error of outputs and targets, for networks that learn numbers,
// not classes. If grad is not nil, it takes the gradient by the outputs, which goes to
// Network.Backward.
func MSE(outputs, targets, grad []float32) (float64, error) {
	if len(outputs) == 0 || len(outputs) != len(targets) || grad != nil && len(grad) != len(outputs) {
		return 0, fmt.Errorf("mean squared error of %d outputs and %d targets with room for %d gradients; give as many of each, or no room",
			len(outputs), len(targets), len(grad))
	}
	var loss float64
	count := float64(len(outputs))
	for i, v := range outputs {
		d := float64(v) - float64(targets[i])
		loss += d * d / count
		if grad != nil {
			grad[i] = float32(2 * d / count)
		}
	}
	return loss, nil
}

// argmax is the index of the largest number, the first one of equals.
func argmax[T engine.Float](row []T) int {
	best := 0
	for i, v := range row {
		if v > row[best] {
			best = i
		}
	}
	return best
}

package nn

import "fmt"

// evalBatch is how many samples are evaluated at a time if nothing was trained before.
const evalBatch = 64

// each runs the network in evaluation mode over all samples, a batch at a time.
func (n *Network) each(x []float32, do func(from, to int, logits []float32)) error {
	elems := n.in.Elems()
	if len(x)%elems != 0 {
		return fmt.Errorf("%d numbers are no whole number of samples of shape %v; give a multiple of %d", len(x), n.in, elems)
	}
	count, size := len(x)/elems, evalBatch
	if n.runner != nil {
		size = n.runner.Batch()
	}
	for from := 0; from < count; from += size {
		to := min(from+size, count)
		logits, err := n.Forward(x[from*elems:to*elems], false)
		if err != nil {
			return err
		}
		do(from, to, logits)
	}
	return nil
}

// Evaluate scores the network on labelled samples, in evaluation mode.
func (n *Network) Evaluate(x []float32, y []int) (Score, error) {
	if err := n.checkLabels(x, y); err != nil {
		return Score{}, fmt.Errorf("evaluate: %w", err)
	}
	if len(y) == 0 {
		return Score{}, fmt.Errorf("evaluate: no samples")
	}
	var all Score
	err := n.each(x, func(from, to int, logits []float32) {
		s := CrossEntropy(logits, y[from:to], n.classes, nil)
		all.Loss += s.Loss * float64(s.Samples)
		all.Correct += s.Correct
		all.Samples += s.Samples
	})
	if err != nil {
		return Score{}, fmt.Errorf("evaluate: %w", err)
	}
	all.Loss /= float64(all.Samples)
	return all, nil
}

// Predict is the class with the largest output for each sample.
func (n *Network) Predict(x []float32) ([]int, error) {
	var classes []int
	err := n.each(x, func(from, to int, logits []float32) {
		for i := range to - from {
			classes = append(classes, argmax(logits[i*n.classes:(i+1)*n.classes]))
		}
	})
	if err != nil {
		return nil, fmt.Errorf("predict: %w", err)
	}
	return classes, nil
}

// Confusion counts, for each true class (row), which classes were predicted (column).
func Confusion(truth, predicted []int, classes int) ([][]int, error) {
	if len(truth) != len(predicted) {
		return nil, fmt.Errorf("confusion: %d true and %d predicted classes; give one each", len(truth), len(predicted))
	}
	m := make([][]int, classes)
	for c := range m {
		m[c] = make([]int, classes)
	}
	for i, t := range truth {
		p := predicted[i]
		if t < 0 || t >= classes || p < 0 || p >= classes {
			return nil, fmt.Errorf("confusion: sample %d is of class %d, predicted %d; classes are 0 to %d", i, t, p, classes-1)
		}
		m[t][p]++
	}
	return m, nil
}

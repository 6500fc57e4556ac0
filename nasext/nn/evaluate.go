package nn

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// evalBatch is how many samples are evaluated at a time at least.
const evalBatch = 64

// each runs the network in evaluation mode over all samples, a batch at a time.
func (n *NetworkOf[T]) each(x []T, do func(from, to int, logits []T)) error {
	elems := n.in.Elems()
	if len(x)%elems != 0 {
		return fmt.Errorf("%d numbers are no whole number of samples of shape %v; give a multiple of %d", len(x), n.in, elems)
	}
	count, size := len(x)/elems, evalBatch
	if r := n.main.runner; r != nil {
		size = max(size, r.Batch())
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

// Evaluate scores the network on labelled samples, in evaluation mode, with cross-entropy
// as the loss.
func (n *NetworkOf[T]) Evaluate(x []T, y []int) (Score, error) {
	s, err := n.evaluate(hardCrossEntropy[T], x, y)
	if err != nil {
		return Score{}, fmt.Errorf("evaluate: %w", err)
	}
	return s, nil
}

func (n *NetworkOf[T]) evaluate(loss LossOf[T], x []T, y []int) (Score, error) {
	if err := n.checkLabels(x, y); err != nil {
		return Score{}, err
	}
	if len(y) == 0 {
		return Score{}, errors.New("no samples")
	}
	// The loss is one sum over all samples, so that it does not depend on how many of them
	// there is memory for at a time.
	outputs := make([]T, len(y)*n.classes)
	err := n.each(x, func(from, to int, logits []T) {
		copy(outputs[from*n.classes:], logits)
	})
	if err != nil {
		return Score{}, err
	}
	return loss(outputs, y, n.classes, nil), nil
}

// scorePart is how many samples are scored between two looks at the context.
const scorePart = 256

// score evaluates the network on a set. If a loss is no finite number, it ends there and
// hands out the samples it was about.
func score[T engine.Float](ctx context.Context, n *NetworkOf[T], loss LossOf[T], s *data.Set, numbers func([]float32) []T) (sum Score, culprits []T, err error) {
	elems := s.Shape.Elems()
	for from := 0; from < s.Len(); from += scorePart {
		if err := ctx.Err(); err != nil {
			return sum, nil, err
		}
		to := min(from+scorePart, s.Len())
		x := numbers(s.X[from*elems : to*elems])
		part, err := n.evaluate(loss, x, s.Y[from:to])
		if err != nil {
			return sum, nil, err
		}
		sum.add(part)
		if !part.Finite() {
			return sum, x, nil
		}
	}
	return sum, nil, nil
}

// Predict is the class with the largest output for each sample.
func (n *NetworkOf[T]) Predict(x []T) ([]int, error) {
	var classes []int
	err := n.each(x, func(from, to int, logits []T) {
		for i := range to - from {
			classes = append(classes, argmax(logits[i*n.classes:(i+1)*n.classes]))
		}
	})
	if err != nil {
		return nil, fmt.Errorf("predict: %w", err)
	}
	return classes, nil
}

// Probabilities are, for each sample, the softmax of its outputs: how likely the network
// takes each class to be, from 0 to 1.
func (n *NetworkOf[T]) Probabilities(x []T) ([][]float64, error) {
	var all [][]float64
	err := n.each(x, func(from, to int, logits []T) {
		for i := range to - from {
			all = append(all, softmax(logits[i*n.classes:(i+1)*n.classes]))
		}
	})
	if err != nil {
		return nil, fmt.Errorf("probabilities: %w", err)
	}
	return all, nil
}

func softmax[T engine.Float](row []T) []float64 {
	top, sum := float64(row[argmax(row)]), 0.0
	p := make([]float64, len(row))
	for c, v := range row {
		p[c] = math.Exp(float64(v) - top)
		sum += p[c]
	}
	for c := range p {
		p[c] /= sum
	}
	return p
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

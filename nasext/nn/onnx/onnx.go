// Package onnx writes networks in the Open Neural Network Exchange format, for other
// programs to run and to draw: onnxruntime, Netron, PyTorch.
package onnx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/nascent-go/nascent/nasext/nn"
)

// The version of the format, and of the set of operations that a model uses.
const (
	irVersion = 8
	opset     = 17
)

// Write writes a network with its weights as an ONNX model for inference. The model has
// one input, called input, of samples × channels × height × width, and one output,
// called output, of samples × classes, for any number of samples. Batch norms take the
// running moments, dropout passes on what it takes, and what the output does not need
// is left out, auxiliary heads among it. Values are called after the nodes of the
// architecture, and weights as Network.Params calls them.
func Write(w io.Writer, n *nn.Network) error {
	if n == nil {
		return errors.New("onnx: there is no network; make one with nn.New")
	}
	g, err := newGraph(n)
	if err == nil {
		err = g.write(w)
	}
	if err != nil {
		return fmt.Errorf("onnx: %w", err)
	}
	return nil
}

// write writes the model of a graph.
func (g *graph) write(w io.Writer) error {
	var set, m message
	set.integer(2, opset)
	m.integer(1, irVersion)
	m.text(2, "nascent")
	m.message(8, set)
	size := len(g.message)
	for _, t := range g.weights {
		size += t.size()
	}
	if size > math.MaxInt32-len(m) {
		return fmt.Errorf("the model takes %d bytes; ONNX holds at most %d in a file", size+len(m), math.MaxInt32)
	}
	m.tag(7, bytes)
	m = binary.AppendUvarint(m, uint64(size))
	if _, err := w.Write(append(m, g.message...)); err != nil {
		return fmt.Errorf("writing the model: %w", err)
	}
	for _, t := range g.weights {
		if err := t.write(w); err != nil {
			return fmt.Errorf("writing the model: %w", err)
		}
	}
	return nil
}

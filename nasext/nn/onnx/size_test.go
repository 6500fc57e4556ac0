package onnx

import (
	"io"
	"slices"
	"testing"
)

// A model of more than 2 GiB is refused before anything is written; here all its
// weights are the same ones.
func TestTooLarge(t *testing.T) {
	g := &graph{weights: slices.Repeat([]weights{newWeights("w", []int{1 << 20}, make([]float32, 1<<20))}, 512)}
	err := g.write(io.Discard)
	// 15 bytes, and 512 times 2²² with 19 before each.
	if err == nil || err.Error() != "the model takes 2147493391 bytes; ONNX holds at most 2147483647 in a file" {
		t.Errorf("error is %v", err)
	}
	g.weights = g.weights[:1]
	if err := g.write(io.Discard); err != nil {
		t.Error(err)
	}
}

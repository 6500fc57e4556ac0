package space

import (
	"fmt"
	"strconv"

	"github.com/nascent-go/nascent/nasext/arch"
)

// Build makes the network of a complete genotype. The blocks are the layers,
// "layer 1" and so on, and the "head".
func (s *GlobalSpace) Build(g Genotype) (*arch.Arch, error) {
	c, err := s.complete(g)
	if err != nil {
		return nil, err
	}
	b := arch.NewBuilder("global "+dashed(g), s.config.Input)
	x := b.In()
	image := true
	outs := make([]int, 0, len(c.layers)) // node that each layer gives
	for i, l := range c.layers {
		b.Block("layer " + strconv.Itoa(i+1))
		if l.Op == OpDense && image {
			x = s.vector(b, x)
		}
		image = image && l.Op != OpDense && l.Op != OpGlobalPool
		x = layer(b, x, l, outs)
		outs = append(outs, x)
	}
	b.Block("head")
	if image {
		x = s.vector(b, x)
	}
	if c.dropout > 0 {
		x = b.Dropout(x, c.dropout)
	}
	b.Linear(x, s.config.Classes)
	a, err := b.Build()
	if err != nil {
		return nil, fmt.Errorf("space %s: building %v: %w", s.name, g, err)
	}
	return a, nil
}

// vector makes an image a vector.
func (s *GlobalSpace) vector(b *arch.Builder, x int) int {
	if s.config.Mean {
		return b.GlobalPool(x)
	}
	return b.Flatten(x)
}

// layer adds one layer on x, which also takes those of the earlier layers that it skips from.
func layer(b *arch.Builder, x int, l placed, outs []int) int {
	inputs := []int{x}
	for _, from := range l.skips {
		inputs = append(inputs, outs[from-1])
	}
	x = b.Concat(inputs...)
	switch l.Op {
	case OpConv:
		x = b.ConvBN(x, l.Width, l.Size)
	case OpSepConv:
		channels := b.Shape(x).C
		x = b.ConvBN(b.Conv(x, channels, l.Size, arch.Groups(channels)), l.Width, 1)
	case OpMaxPool:
		return b.MaxPool(x, 2)
	case OpAvgPool:
		return b.AvgPool(x, 2)
	case OpGlobalPool:
		return b.GlobalPool(x)
	case OpDense:
		x = b.Linear(x, l.Width)
	}
	return b.Activation(x, arch.Kind(l.Activation))
}

// dashed is a genotype as one word: "3-0-1".
func dashed(g Genotype) string {
	var b []byte
	for i, o := range g {
		if i > 0 {
			b = append(b, '-')
		}
		b = strconv.AppendInt(b, int64(o), 10)
	}
	return string(b)
}

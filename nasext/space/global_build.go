package space

import (
	"fmt"
	"strconv"

	"github.com/nascent-go/nascent/nasext/arch"
)

// Build makes the network of a complete genotype. The blocks are the layers,
// "layer 1" and so on, and the "head".
func (s *GlobalSpace) Build(g Genotype) (*arch.Arch, error) {
	c, missing, err := s.read(g)
	if err != nil {
		return nil, err
	}
	if missing != nil {
		return nil, fmt.Errorf("space %s: the genotype %v is not complete: %q is undecided", s.name, g, missing.Name)
	}
	b := arch.NewBuilder("global "+dashed(g), s.config.Input)
	x := b.In()
	image := true
	outs := make([]int, 0, len(c.layers)) // node that each layer gives
	for i, l := range c.layers {
		b.Block("layer " + strconv.Itoa(i+1))
		if l.kind == denseLayer && image {
			x, image = s.vector(b, x), false
		}
		x = s.layer(b, x, l, outs)
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
func (s *GlobalSpace) layer(b *arch.Builder, x int, l layer, outs []int) int {
	inputs := []int{x}
	for _, from := range l.skips {
		inputs = append(inputs, outs[from-1])
	}
	x = b.Concat(inputs...)
	switch l.kind {
	case convLayer:
		return b.ConvBNReLU(x, l.out, l.size)
	case sepLayer:
		channels := b.Shape(x).C
		x = b.Conv(x, channels, l.size, arch.Groups(channels))
		return b.ConvBNReLU(x, l.out, 1)
	case maxLayer:
		return b.MaxPool(x, 2)
	case avgLayer:
		return b.AvgPool(x, 2)
	default:
		return b.ReLU(b.Linear(x, l.out))
	}
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

package space

import (
	"fmt"
	"math/bits"
	"strconv"

	"github.com/nascent-go/nascent/nasext/arch"
)

// Build makes the network of a cell, as the benchmark trains it: a 3×3 convolution to
// C channels; Stacks of Modules cells, between them a 2×2 maximum that halves the image
// (rounded up) and then twice the channels; the mean over the image and a linear
// layer. Every convolution is followed by batch norm and ReLU.
//
// In a cell, a vertex applies its operation to the sum of what it takes. The output
// concatenates what it takes, which share its channels as evenly as possible, the first
// getting one more if need be; any other vertex has as many channels as the largest
// that takes it, and what takes a vertex leaves out a last channel that is too many. The
// input comes through a 1×1 convolution to the channels needed; where the output takes
// it, it is added to the concatenation.
func (s *NB101) Build(g Genotype) (*arch.Arch, error) {
	c, err := s.pruned(g)
	if err != nil {
		return nil, err
	}
	return s.build(c.String(), c)
}

// build makes the network of a pruned cell.
func (s *NB101) build(name string, c nb101Graph) (*arch.Arch, error) {
	b := arch.NewBuilder(name, s.config.Input)
	b.Block("stem")
	channels := s.config.C
	x := b.ConvBNReLU(b.In(), channels, 3)
	for stack := range s.config.Stacks {
		if stack > 0 {
			channels *= 2
			b.Block("pooling " + strconv.Itoa(stack))
			x = b.MaxPool(x, 2, arch.Ceil())
		}
		for i := range s.config.Modules {
			b.Block("cell " + strconv.Itoa(stack*s.config.Modules+i+1))
			x = c.module(b, x, channels)
		}
	}
	b.Block("head")
	b.Classifier(x, s.config.Classes)
	a, err := b.Build()
	if err != nil {
		return nil, fmt.Errorf("space %s: building %s: %w", s.Name(), name, err)
	}
	return a, nil
}

// module adds one cell and returns its output.
func (g *nb101Graph) module(b *arch.Builder, x, channels int) int {
	last := g.n - 1
	width := g.widths(channels)
	projection := func(v int) int { return b.ConvBNReLU(x, width[v], 1, arch.Named("0→"+strconv.Itoa(v))) }
	var node [nb101MaxVertices]int
	var outputs []int
	for v := 1; v < last; v++ {
		var terms []int
		for from := 1; from < v; from++ {
			if g.in[v]>>from&1 == 0 {
				continue
			}
			y := node[from]
			if width[from] > width[v] {
				y = b.Slice(y, 0, width[v], arch.Named(strconv.Itoa(from)+"→"+strconv.Itoa(v)))
			}
			terms = append(terms, y)
		}
		if g.in[v]&1 == 1 {
			terms = append(terms, projection(v))
		}
		name := "vertex " + strconv.Itoa(v)
		y := terms[0]
		if len(terms) > 1 {
			y = b.Name(b.Add(terms...), name+"/sum")
		}
		switch g.op[v] {
		case nb101Conv3:
			y = b.ConvBNReLU(y, width[v], 3, arch.Named(name))
		case nb101Conv1:
			y = b.ConvBNReLU(y, width[v], 1, arch.Named(name))
		case nb101Pool:
			y = b.MaxPool(y, 3, arch.Stride(1), arch.Pad(1), arch.Named(name))
		}
		node[v] = y
		if g.in[last]>>v&1 == 1 {
			outputs = append(outputs, y)
		}
	}
	if len(outputs) == 0 {
		return projection(last)
	}
	y := outputs[0]
	if len(outputs) > 1 {
		y = b.Name(b.Concat(outputs...), "concat")
	}
	if g.in[last]&1 == 1 {
		y = b.Name(b.Add(y, projection(last)), "output")
	}
	return y
}

// widths are the channels of the vertices of a pruned cell whose output has the given
// channels; those of the input are not said.
func (g *nb101Graph) widths(channels int) (width [nb101MaxVertices]int) {
	last := g.n - 1
	width[last] = channels
	inner := g.in[last] &^ 1
	if inner == 0 {
		return width
	}
	parts := bits.OnesCount8(inner)
	share, rest := channels/parts, channels%parts
	for v := 1; v < last; v++ {
		if inner>>v&1 == 1 {
			width[v] = share
			if rest > 0 {
				width[v]++
				rest--
			}
		}
	}
	for v := last - 1; v > 0; v-- {
		if inner>>v&1 == 1 {
			continue
		}
		for to := v + 1; to < last; to++ {
			if g.in[to]>>v&1 == 1 {
				width[v] = max(width[v], width[to])
			}
		}
	}
	return width
}

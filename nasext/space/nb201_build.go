package space

import (
	"fmt"
	"strconv"

	"github.com/nascent-go/nascent/nasext/arch"
)

// Build makes the network of a cell, as NATS-Bench trains it: a 3×3 convolution
// and batch norm; three stages of N cells with C, 2C and 4C channels; a residual
// block with stride 2 between stages; batch norm, ReLU, the mean over the image and
// a linear layer. A convolution on an edge is ReLU, convolution, batch norm.
//
// none edges are left out of the sums; a node without any other is zeros.
func (s *NB201) Build(g Genotype) (*arch.Arch, error) {
	text, err := s.Format(g)
	if err != nil {
		return nil, err
	}
	return s.network(text, nb201Nodes(g), func(b *arch.Builder, x, channels int) int { return nb201Cell(b, x, channels, g) })
}

// network makes the network of a cell that takes so many nodes.
func (s *NB201) network(name string, nodes int, cell func(b *arch.Builder, x, channels int) int) (*arch.Arch, error) {
	b := arch.NewBuilder(name, s.config.Input)
	b.Grow(3*s.config.N*nodes + 26)
	b.Block("stem")
	x := b.ConvBN(b.In(), s.config.C, 3)
	channels := s.config.C
	for stage := range 3 {
		if stage > 0 {
			channels *= 2
			b.Block("reduction " + strconv.Itoa(stage))
			x = nb201Reduction(b, x, channels)
		}
		for i := range s.config.N {
			b.Block("cell " + strconv.Itoa(stage*s.config.N+i+1))
			x = cell(b, x, channels)
		}
	}
	b.Block("head")
	b.Classifier(b.ReLU(b.BatchNorm(x)), s.config.Classes)
	a, err := b.Build()
	if err != nil {
		return nil, fmt.Errorf("space %s: building %s: %w", s.Name(), name, err)
	}
	return a, nil
}

// nb201Nodes is the number of nodes that a cell takes.
func nb201Nodes(g Genotype) int {
	n, terms := 0, [4]int{1}
	for i, e := range nb201Edges() {
		switch g[i] {
		case nbConv1, nbConv3:
			n += 3
		case nbSkip, nbPool:
			n++
		}
		if g[i] != nbNone {
			terms[e[1]]++
		}
	}
	for _, t := range terms { // none is zeros, one is itself, more are summed
		if t != 1 {
			n++
		}
	}
	return n
}

// nb201Cell adds one cell and returns its output. If the channels change, the edges
// from its input change them: a convolution by itself, a pooling after ReLU, a 1×1
// convolution and batch norm, a skip by a 1×1 convolution and batch norm.
func nb201Cell(b *arch.Builder, x, channels int, g Genotype) int {
	nodes := [4]string{"node 0", "node 1", "node 2", "node 3"}
	edges := [6]string{"0→1", "0→2", "1→2", "0→3", "1→3", "2→3"}
	const unset = -1
	node := [4]int{x, unset, unset, unset}
	var sums [4][3]int
	var terms [4]int // of each sum
	// at is the value of a node, whose edges have all been added.
	at := func(n int) int {
		if node[n] == unset {
			switch terms[n] {
			case 0:
				node[n] = b.Zero(x, arch.Named(nodes[n]))
			case 1:
				node[n] = sums[n][0]
			default:
				node[n] = b.Name(b.Add(sums[n][:terms[n]]...), nodes[n])
			}
		}
		return node[n]
	}
	for i, e := range nb201Edges() {
		if g[i] == nbNone {
			continue
		}
		from, label := at(e[0]), edges[i]
		name, fits := arch.Named(label), b.Shape(from).C == channels
		var y int
		switch g[i] {
		case nbSkip:
			if !fits {
				y = b.ConvBN(from, channels, 1, name)
			} else {
				y = b.Identity(from, name)
			}
		case nbConv1:
			y = b.ReLUConvBN(from, channels, 1, name)
		case nbConv3:
			y = b.ReLUConvBN(from, channels, 3, name)
		case nbPool:
			if !fits {
				from = b.ReLUConvBN(from, channels, 1, arch.Named(label+"/fit"))
			}
			y = b.AvgPool(from, 3, arch.Stride(1), arch.Pad(1), name)
		}
		sums[e[1]][terms[e[1]]] = y
		terms[e[1]]++
	}
	return at(3)
}

// nb201Reduction adds the residual block that halves the image and doubles the channels.
func nb201Reduction(b *arch.Builder, x, channels int) int {
	in := b.Shape(x)
	y := b.ReLUConvBN(x, channels, 3, arch.Stride(2), arch.Named("a"))
	y = b.ReLUConvBN(y, channels, 3, arch.Named("b"))
	options := []arch.Option{arch.Named("shortcut/pool")}
	if in.H%2 != 0 || in.W%2 != 0 {
		options = append(options, arch.Ceil()) // as many pixels as the convolution gives
	}
	short := b.AvgPool(x, 2, options...)
	short = b.Conv(short, channels, 1, arch.Named("shortcut/conv"))
	return b.Name(b.Add(y, short), "sum")
}

package space

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nascent-go/nascent/nasext/arch"
)

// ZophLeConfig says how deep the networks are and what their layers can be. Zero
// fields mean the published setting for CIFAR-10.
type ZophLeConfig struct {
	Input   arch.Shape // one sample; zero means 3×32×32
	Classes int        // 0 means 10
	Layers  int        // of every network, 1 to 100; 0 means 15, as in the best network without strides and pooling

	FilterSizes []int // heights, and widths, of filters: odd, at most 31; none means 1, 3, 5, 7
	Filters     []int // how many a layer can have; none means 24, 36, 48, 64
	Strides     []int // of a layer in both directions, 1 to 10; none means 1 and no such decision; published are 1, 2, 3
}

// ZophLe is the space of convolutional networks with skip connections of Zoph and
// Le, "Neural Architecture Search with Reinforcement Learning" (ICLR 2017, sections
// 3.2, 3.3 and 4.1). Each layer is a convolution, batch norm and ReLU; decided are
// the height and the width of its filters, its stride, how many filters it has and,
// at its anchor point, from which of the earlier layers it takes its input. With
// the published options and no strides there are (4·4·4)^L·2^(L(L−1)/2) networks of
// L layers.
//
// Every choice is a network that works, by the rules of the article: the inputs of
// a layer are concatenated along channels; a layer that takes none takes the image;
// the outputs that no layer takes are concatenated at the end, before the mean over
// the image and the classifier; where the sizes of images to be concatenated differ,
// the smaller ones are padded with zeros. The article's controller draws a stride
// for each direction, here one counts for both.
type ZophLe struct {
	config ZophLeConfig
	product
}

// ZophLe2017 makes the space.
func ZophLe2017(config ZophLeConfig) (*ZophLe, error) {
	c := config.withDefaults()
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("space: Zoph and Le 2017: %w", err)
	}
	s := &ZophLe{config: c}
	s.name = c.name()
	var anchors []int // of the layers
	for n := 1; n <= c.Layers; n++ {
		layer := "layer " + strconv.Itoa(n)
		s.decisions = append(s.decisions,
			Decision{Name: layer + " filter height", Options: words(c.FilterSizes)},
			Decision{Name: layer + " filter width", Options: words(c.FilterSizes)})
		if len(c.Strides) > 0 {
			s.decisions = append(s.decisions, Decision{Name: layer + " stride", Options: words(c.Strides)})
		}
		s.decisions = append(s.decisions, Decision{Name: layer + " filters", Options: words(c.Filters)})
		anchors = append(anchors, len(s.decisions))
		for from := 1; from < n; from++ {
			s.decisions = append(s.decisions, takes(layer+" from "+strconv.Itoa(from), anchors[from-1]))
		}
	}
	// The network with every connection shows whether the input can be taken at all.
	all := make(Genotype, len(s.decisions))
	for i, d := range s.decisions {
		all[i] = len(d.Options) - 1
	}
	if _, err := s.Build(all); err != nil {
		return nil, fmt.Errorf("space: Zoph and Le 2017 on an input of %v: %w", c.Input, err)
	}
	return s, nil
}

// takes is the decision whether a layer also takes what has an anchor.
func takes(name string, anchor int) Decision {
	return Decision{Name: name, Options: noYes(), Anchors: []int{NoAnchor, anchor}}
}

func (c ZophLeConfig) withDefaults() ZophLeConfig {
	if c.Input == (arch.Shape{}) {
		c.Input = arch.Shape{C: 3, H: 32, W: 32}
	}
	if c.Classes == 0 {
		c.Classes = 10
	}
	if c.Layers == 0 {
		c.Layers = 15
	}
	// What the caller does with its lists afterwards changes nothing.
	c.FilterSizes, c.Filters, c.Strides = slices.Clone(c.FilterSizes), slices.Clone(c.Filters), slices.Clone(c.Strides)
	if len(c.FilterSizes) == 0 {
		c.FilterSizes = []int{1, 3, 5, 7}
	}
	if len(c.Filters) == 0 {
		c.Filters = []int{24, 36, 48, 64}
	}
	return c
}

func (c ZophLeConfig) check() error {
	switch {
	case c.Classes < 1:
		return fmt.Errorf("%s is %d; it must be at least 1, or 0 for 10", "Classes", c.Classes)
	case c.Layers < 1 || c.Layers > 100:
		return fmt.Errorf("%s is %d; it must be 1 to 100, or 0 for 15", "Layers", c.Layers)
	}
	for _, l := range []offer{{"FilterSizes", c.FilterSizes, 1, 31}, {"Filters", c.Filters, 1, maxChannels}, {"Strides", c.Strides, 1, 10}} {
		if err := l.check(); err != nil {
			return err
		}
	}
	return checkOdd(c.FilterSizes)
}

func (c ZophLeConfig) name() string {
	name := fmt.Sprintf("Zoph and Le 2017(input=%v classes=%d layers=%d filter sizes=%s filters=%s", c.Input, c.Classes, c.Layers,
		strings.Join(words(c.FilterSizes), ","), strings.Join(words(c.Filters), ","))
	if len(c.Strides) > 0 {
		name += " strides=" + strings.Join(words(c.Strides), ",")
	}
	return name + ")"
}

// Config is the configuration with its defaults filled in.
func (s *ZophLe) Config() ZophLeConfig { return s.config.withDefaults() }

// Build makes the network of a complete genotype. The blocks are the layers,
// "layer 1" and so on, and the "head".
func (s *ZophLe) Build(g Genotype) (*arch.Arch, error) {
	if err := s.checkComplete(g); err != nil {
		return nil, err
	}
	b := arch.NewBuilder("Zoph and Le "+dashed(g), s.config.Input)
	outs := make([]int, s.config.Layers) // node that each layer gives
	used := make([]bool, s.config.Layers)
	for n, l := range s.layers(g) {
		inputs := []int{b.In()}
		if len(l.from) > 0 {
			inputs = nil
		}
		for _, from := range l.from {
			inputs, used[from] = append(inputs, outs[from]), true
		}
		b.Block("layer " + strconv.Itoa(n+1))
		outs[n] = b.ConvBNReLU(concatPadded(b, inputs), l.filters, 0, arch.Window(l.kh, l.kw), arch.Stride(l.stride))
	}
	var unused []int
	for n, x := range outs {
		if !used[n] {
			unused = append(unused, x)
		}
	}
	b.Block("head")
	b.Classifier(concatPadded(b, unused), s.config.Classes)
	a, err := b.Build()
	if err != nil {
		return nil, fmt.Errorf("space %s: building %v: %w", s.name, g, err)
	}
	return a, nil
}

// zophLayer is one layer of a network.
type zophLayer struct {
	kh, kw, stride, filters int
	op                      int   // its number among all that a layer can be
	from                    []int // layers that it takes, from 0; none means the image
}

// layers are those of a complete genotype.
func (s *ZophLe) layers(g Genotype) []zophLayer {
	list := make([]zophLayer, s.config.Layers)
	for n := range list {
		l := &list[n]
		take := func(options []int) int {
			o := g[0]
			g = g[1:]
			l.op = l.op*len(options) + o
			return options[o]
		}
		l.kh, l.kw = take(s.config.FilterSizes), take(s.config.FilterSizes)
		if l.stride = 1; len(s.config.Strides) > 0 {
			l.stride = take(s.config.Strides)
		}
		l.filters = take(s.config.Filters)
		for from := range n {
			if g[from] == 1 {
				l.from = append(l.from, from)
			}
		}
		g = g[n:]
	}
	return list
}

// Frame has the layers as operations on the nodes of one cell, the whole network.
func (s *ZophLe) Frame() Frame {
	c := s.config
	strides := []string{""}
	if len(c.Strides) > 0 {
		strides = nil
	}
	for _, n := range c.Strides {
		strides = append(strides, " /"+strconv.Itoa(n))
	}
	var ops []string
	for _, kh := range c.FilterSizes {
		for _, kw := range c.FilterSizes {
			for _, stride := range strides {
				for _, filters := range c.Filters {
					ops = append(ops, fmt.Sprintf("conv %d×%d%s %d", kh, kw, stride, filters))
				}
			}
		}
	}
	return Frame{Cells: []string{"network"}, Inputs: 1, Ops: ops, Nodes: c.Layers, Shortest: 1}
}

// Wirings are the connections between the layers of a genotype. The image is the input.
func (s *ZophLe) Wirings(g Genotype) ([]Wiring, error) {
	if err := s.checkComplete(g); err != nil {
		return nil, err
	}
	const image = 0
	var w Wiring
	used := make([]bool, s.config.Layers)
	for n, l := range s.layers(g) {
		w.Ops = append(w.Ops, l.op)
		if len(l.from) == 0 {
			w.Edges = append(w.Edges, [2]int{image, n + 1})
		}
		for _, from := range l.from {
			w.Edges = append(w.Edges, [2]int{from + 1, n + 1})
			used[from] = true
		}
	}
	for n, taken := range used {
		if !taken {
			w.Edges = append(w.Edges, [2]int{n + 1, s.config.Layers + 1})
		}
	}
	return []Wiring{w}, nil
}

var _ Wired = (*ZophLe)(nil)

// concatPadded concatenates images, of which the smaller ones are first padded with zeros.
func concatPadded(b *arch.Builder, xs []int) int {
	var h, w int
	for _, x := range xs {
		h, w = max(h, b.Shape(x).H), max(w, b.Shape(x).W)
	}
	padded := make([]int, len(xs))
	for i, x := range xs {
		padded[i] = x
		if in := b.Shape(x); in.H < h || in.W < w {
			padded[i] = b.ZeroPad(x, h-in.H, w-in.W)
		}
	}
	return b.Concat(padded...)
}

package space

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nascent-go/nascent/nasext/arch"
)

// ENASMacroConfig says how deep and wide the networks of ENAS' macro space are. Zero
// fields mean the setting of the article's search on CIFAR-10.
type ENASMacroConfig struct {
	Layers  int        // 1 to 100; 0 means 12
	C       int        // channels of a layer at first, doubled by each of two reductions; 0 means 36
	Dropout float64    // before the last layer; 0 means none
	Input   arch.Shape // one sample; zero means 3×32×32
	Classes int        // 0 means 10
}

// ENASMacroSpace is the macro space of Pham et al. 2018, "Efficient Neural
// Architecture Search via Parameter Sharing", section 2.3: a chain of layers, of
// which each is one of six operations on the layer before, and may also take the
// stem and any of the layers before that one. With L layers there are
// 6^L·2^(L(L−1)/2) networks, 160 618 186 625 454 535 808 756 219 904 for the article's 12.
//
// Its notation is that of the authors' code: for each layer the number of its
// operation, then 1 or 0 for the stem and each layer that it takes or does not.
type ENASMacroSpace struct {
	config ENASMacroConfig
	product
}

// enasMacroOps are the operations as the authors' code numbers them.
func enasMacroOps() []string {
	return []string{"conv 3×3", "sepconv 3×3", "conv 5×5", "sepconv 5×5", "avgpool 3×3", "maxpool 3×3"}
}

// ENASMacro makes the space.
func ENASMacro(config ENASMacroConfig) (*ENASMacroSpace, error) {
	c := config
	for _, v := range []struct {
		field          *int
		name           string
		most, standard int
	}{{&c.Layers, "Layers", 100, 12}, {&c.C, "C", 1 << 14, 36}, {&c.Classes, "Classes", 1 << 20, 10}} {
		if *v.field == 0 {
			*v.field = v.standard
		}
		if *v.field < 1 || *v.field > v.most {
			return nil, fmt.Errorf("space: ENAS macro: %s is %d; it must be 1 to %d, or 0 for the published %d", v.name, *v.field, v.most, v.standard)
		}
	}
	if c.Input == (arch.Shape{}) {
		c.Input = arch.Shape{C: 3, H: 32, W: 32}
	}
	s := &ENASMacroSpace{config: c}
	s.name = fmt.Sprintf("ENAS macro(layers=%d C=%d dropout=%g input=%v classes=%d)", c.Layers, c.C, c.Dropout, c.Input, c.Classes)
	anchors := []int{InputAnchor(0)} // of the stem and the layers
	for n := range c.Layers {
		layer := "layer " + strconv.Itoa(n+1)
		s.decisions = append(s.decisions, Decision{Name: layer, Options: enasMacroOps()})
		anchors = append(anchors, len(s.decisions))
		for from := range n {
			s.decisions = append(s.decisions, takes(layer+" from "+enasSource(from), anchors[from]))
		}
	}
	// The network with every connection is the largest.
	all := make(Genotype, len(s.decisions))
	for i, d := range s.decisions {
		if len(d.Options) == 2 {
			all[i] = 1
		}
	}
	if _, err := s.Build(all); err != nil {
		return nil, err
	}
	return s, nil
}

// enasSource names what a layer can take besides the one before: the stem, or a layer by its number.
func enasSource(i int) string {
	if i == 0 {
		return "stem"
	}
	return "layer " + strconv.Itoa(i)
}

// Config is the configuration with its defaults filled in.
func (s *ENASMacroSpace) Config() ENASMacroConfig { return s.config }

// Build makes the network of a complete genotype, as the authors' code does for the
// final training. The stem is a 3×3 convolution. A layer is a rectifier, a 1×1
// convolution and batch norm, then the operation: a rectifier, a convolution, plain
// or depthwise separable, and batch norm, or a pooling. From the second layer on its
// output is concatenated with what it also takes, and goes through a rectifier, a
// 1×1 convolution and batch norm. After a third and after two thirds of the layers
// the outputs of all layers so far are halved and the channels doubled, also of those
// that nobody takes any more. At the end stand the mean over the image and a linear
// layer without bias. (The final training of the authors' code has plain
// convolutions in place of separable ones; here they are those of the article.)
func (s *ENASMacroSpace) Build(g Genotype) (*arch.Arch, error) {
	text, err := s.Format(g)
	if err != nil {
		return nil, err
	}
	c := s.config
	b := arch.NewBuilder(text, c.Input)
	b.Block("stem")
	outs := []int{b.ConvBN(b.In(), c.C, 3)}
	channels := c.C
	for n, reductions := 0, 0; n < c.Layers; n++ {
		b.Block("layer " + strconv.Itoa(n+1))
		x := enasLayer(b, outs[n], channels, g[0])
		if n > 0 {
			var taken []int
			for i, yes := range g[1 : n+1] {
				if yes == 1 {
					taken = append(taken, outs[i])
				}
			}
			x = b.Concat(append(taken, x)...)
			x = b.ReLUConvBN(x, channels, 1, arch.Named("join"))
		}
		g = g[n+1:]
		outs = append(outs, x)
		if third := c.Layers / 3; n == third-1 || n == 2*third-1 {
			reductions++
			channels *= 2
			b.Block("reduction " + strconv.Itoa(reductions))
			for i, x := range outs {
				outs[i] = b.Halve(x, channels, arch.Named(enasSource(i)))
			}
		}
	}
	b.Block("head")
	x := b.GlobalPool(outs[c.Layers])
	if c.Dropout != 0 {
		x = b.Dropout(x, c.Dropout)
	}
	b.Linear(x, c.Classes, arch.Bias(false))
	a, err := b.Build()
	if err != nil {
		return nil, fmt.Errorf("space %s: building %s: %w", s.name, text, err)
	}
	return a, nil
}

// enasLayer adds the operation of a layer.
func enasLayer(b *arch.Builder, x, channels, op int) int {
	x = b.ReLUConvBN(x, channels, 1, arch.Named("1×1"))
	name := arch.Named("op")
	switch op {
	case 0:
		return b.ReLUConvBN(x, channels, 3, name)
	case 1:
		return b.DilConv(x, channels, 3, 1, 1, name)
	case 2:
		return b.ReLUConvBN(x, channels, 5, name)
	case 3:
		return b.DilConv(x, channels, 5, 1, 1, name)
	case 4:
		return b.AvgPool(x, 3, arch.Stride(1), arch.Pad(1), name)
	default:
		return b.MaxPool(x, 3, arch.Stride(1), arch.Pad(1), name)
	}
}

// Format writes a complete genotype as the list of integers of the authors' code.
func (s *ENASMacroSpace) Format(g Genotype) (string, error) {
	if err := s.checkComplete(g); err != nil {
		return "", err
	}
	words := make([]string, len(g))
	for i, o := range g {
		words[i] = strconv.Itoa(o)
	}
	return strings.Join(words, " "), nil
}

// Parse reads the list of integers of the authors' code. The error names the column,
// what was expected there and what was found.
func (s *ENASMacroSpace) Parse(text string) (Genotype, error) {
	g := make(Genotype, 0, len(s.decisions))
	rest := text
	for {
		rest = strings.TrimLeftFunc(rest, unicode.IsSpace)
		end := strings.IndexFunc(rest, unicode.IsSpace)
		if end < 0 {
			end = len(rest)
		}
		word := rest[:end]
		if len(g) == len(s.decisions) && word == "" {
			return g, nil
		}
		expected := "the end"
		if len(g) < len(s.decisions) {
			d := s.decisions[len(g)]
			o, err := strconv.Atoi(word)
			if err == nil && o >= 0 && o < len(d.Options) {
				g = append(g, o)
				rest = rest[end:]
				continue
			}
			expected = fmt.Sprintf("0 to %d (%s)", len(d.Options)-1, d.Name)
		}
		found := "the end"
		if word != "" {
			found = fmt.Sprintf("“%.100s”", word)
		}
		column := 1 + utf8.RuneCountInString(text[:len(text)-len(rest)])
		return nil, fmt.Errorf("space %s: column %d: expected %s, found %s", s.name, column, expected, found)
	}
}

// Frame has the network as one cell, whose input is the stem and whose nodes are the layers.
func (s *ENASMacroSpace) Frame() Frame {
	return Frame{Cells: []string{"network"}, Inputs: 1, Ops: enasMacroOps(), Nodes: s.config.Layers, Shortest: 1}
}

// Wirings is the network as a graph: each layer takes the one before, and what else was decided.
func (s *ENASMacroSpace) Wirings(g Genotype) ([]Wiring, error) {
	if err := s.checkComplete(g); err != nil {
		return nil, err
	}
	var w Wiring
	for layer := 1; layer <= s.config.Layers; layer++ {
		w.Ops = append(w.Ops, g[0])
		for from, yes := range g[1:layer] {
			if yes == 1 {
				w.Edges = append(w.Edges, [2]int{from, layer})
			}
		}
		w.Edges = append(w.Edges, [2]int{layer - 1, layer})
		g = g[layer:]
	}
	w.Edges = append(w.Edges, [2]int{s.config.Layers, s.config.Layers + 1})
	return []Wiring{w}, nil
}

var _ interface {
	Sizer
	Stater
	Codec
	Wired
} = (*ENASMacroSpace)(nil)

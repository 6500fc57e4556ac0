package space

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nascent-go/nascent/nasext/arch"
)

// NATSSizeConfig says which sizes are offered. Zero fields mean the published
// setting for CIFAR-10.
type NATSSizeConfig struct {
	Channels []int      // of a layer; none means 8, 16, 24, … 64
	Cell     string     // in the notation of NAS-Bench-201, none of its nodes without an edge; empty means the benchmark's
	Input    arch.Shape // one sample; zero means 3×32×32
	Classes  int        // 0 means 10
}

// NATSSize is the size space of NATS-Bench (Dong et al. 2021): one cell of
// NAS-Bench-201 is given, and decided are the channels of the five layers of the
// network: a cell, a residual block with stride 2, a cell, another block, a cell. The
// published eight sizes make 8⁵ = 32 768 networks.
//
// Its notation is that of the benchmark, "8:16:32:16:64".
type NATSSize struct {
	config NATSSizeConfig
	cell   Genotype
	product
}

// natsCell is the cell of the benchmark's size space: the best one of its topology
// space on CIFAR-100.
const natsCell = "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|"

// natsLayers is how many layers have a size.
const natsLayers = 5

// NATSBenchSize makes the space.
func NATSBenchSize(config NATSSizeConfig) (*NATSSize, error) {
	c := config
	c.Channels = slices.Clone(c.Channels)
	if len(c.Channels) == 0 {
		c.Channels = []int{8, 16, 24, 32, 40, 48, 56, 64}
	}
	if c.Cell == "" {
		c.Cell = natsCell
	}
	if c.Input == (arch.Shape{}) {
		c.Input = arch.Shape{C: 3, H: 32, W: 32}
	}
	if c.Classes == 0 {
		c.Classes = 10
	}
	if err := (offer{"Channels", c.Channels, 1, maxChannels}).check(); err != nil {
		return nil, fmt.Errorf("space: NATS-Bench size: %w", err)
	}
	cells, err := NASBench201(NASBench201Config{Input: c.Input, Classes: c.Classes})
	if err != nil {
		return nil, fmt.Errorf("space: NATS-Bench size: %w", err)
	}
	s := &NATSSize{config: c}
	if s.cell, err = cells.Parse(c.Cell); err != nil {
		return nil, fmt.Errorf("space: NATS-Bench size: Cell: %w", err)
	}
	if node := nb201Empty(s.cell); node > 0 {
		return nil, fmt.Errorf("space: NATS-Bench size: Cell %s has only none before node %d; a cell that changes the channels needs another operation there", c.Cell, node)
	}
	if s.config.Cell, err = cells.Format(s.cell); err != nil {
		return nil, err
	}
	s.name = fmt.Sprintf("NATS-Bench size(channels=%s cell=%s input=%v classes=%d)", strings.Join(words(c.Channels), ","), s.config.Cell, c.Input, c.Classes)
	for layer := range natsLayers {
		s.decisions = append(s.decisions, Decision{Name: fmt.Sprintf("layer %d channels", layer+1), Options: words(c.Channels)})
	}
	return s, nil
}

// nb201Empty is the first node of a cell that only none leads to; 0 if there is none.
func nb201Empty(g Genotype) int {
	for node := 1; node < 4; node++ {
		empty := true
		for i, e := range nb201Edges() {
			empty = empty && (e[1] != node || g[i] == nbNone)
		}
		if empty {
			return node
		}
	}
	return 0
}

// Config is the configuration with its defaults filled in.
func (s *NATSSize) Config() NATSSizeConfig {
	c := s.config
	c.Channels = slices.Clone(c.Channels)
	return c
}

// Build makes the network of a complete genotype, as NATS-Bench trains it.
func (s *NATSSize) Build(g Genotype) (*arch.Arch, error) {
	text, err := s.Format(g)
	if err != nil {
		return nil, err
	}
	b := arch.NewBuilder(text, s.config.Input)
	b.Block("stem")
	x := b.ConvBN(b.In(), s.config.Channels[g[0]], 3)
	for layer, o := range g {
		channels, number := s.config.Channels[o], strconv.Itoa(layer/2+1)
		if layer%2 == 1 {
			b.Block("reduction " + number)
			x = nb201Reduction(b, x, channels)
		} else {
			b.Block("cell " + number)
			x = nb201Cell(b, x, channels, s.cell)
		}
	}
	b.Block("head")
	b.Classifier(b.ReLU(b.BatchNorm(x)), s.config.Classes)
	a, err := b.Build()
	if err != nil {
		return nil, fmt.Errorf("space %s: building %s: %w", s.name, text, err)
	}
	return a, nil
}

// Format writes a complete genotype in the benchmark's notation.
func (s *NATSSize) Format(g Genotype) (string, error) {
	if err := s.checkComplete(g); err != nil {
		return "", err
	}
	list := make([]string, len(g))
	for i, o := range g {
		list[i] = s.decisions[i].Options[o]
	}
	return strings.Join(list, ":"), nil
}

// Parse reads the benchmark's notation.
func (s *NATSSize) Parse(text string) (Genotype, error) {
	if strings.Contains(text, ",") {
		return nil, fmt.Errorf("space %s: %.100q is no size; a size reads 8:16:32:16:64", s.name, text)
	}
	return parseWords(commaOnly{s}, strings.ReplaceAll(text, ":", ","), func(word string) string { return word })
}

// Frame has the five layers as operations on the nodes of one cell, the whole
// network; what a layer can be is how many channels it has.
func (s *NATSSize) Frame() Frame {
	return Frame{Cells: []string{"network"}, Inputs: 1, Ops: words(s.config.Channels), Nodes: natsLayers, Shortest: natsLayers}
}

// Wirings is the chain of the layers of a genotype.
func (s *NATSSize) Wirings(g Genotype) ([]Wiring, error) {
	if err := s.checkComplete(g); err != nil {
		return nil, err
	}
	w := chainOf(natsLayers)
	copy(w.Ops, g)
	return []Wiring{w}, nil
}

var _ interface {
	Sizer
	Stater
	Codec
	Wired
} = (*NATSSize)(nil)

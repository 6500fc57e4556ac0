package space

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nascent-go/nascent/nasext/arch"
)

// GlobalConfig says what a global space offers. DefaultGlobal gives one to start from.
type GlobalConfig struct {
	Input   arch.Shape // one sample
	Classes int

	MinLayers, MaxLayers int // 1 ≤ MinLayers ≤ MaxLayers ≤ 100; the classifier does not count

	FilterSizes []int // heights and widths of a convolution's filters: odd, at most 31
	Channels    []int // how many filters a convolution can have
	Separable   bool  // each filter size also as a depthwise separable convolution
	MaxPool     bool  // 2×2 maximum with stride 2
	AvgPool     bool  // 2×2 mean with stride 2
	Units       []int // sizes of dense layers; none means no dense layers
	Skips       bool  // a layer may also take earlier layers of the same height and width

	Dropout []float64 // rates offered before the classifier; none means no dropout and no such decision
	Mean    bool      // the image becomes a vector by its mean over height and width, not by flattening
}

// DefaultGlobal is a space of one to six layers that suits small images.
func DefaultGlobal(input arch.Shape, classes int) GlobalConfig {
	return GlobalConfig{
		Input: input, Classes: classes,
		MinLayers: 1, MaxLayers: 6,
		FilterSizes: []int{1, 3, 5}, Channels: []int{8, 16, 32},
		MaxPool: true, AvgPool: true,
		Units: []int{32, 64},
	}
}

// GlobalSpace is the space of chain-structured networks: a number of layers, each
// a convolution (with batch norm and ReLU), a pooling or a dense layer (with ReLU),
// with a classifier at the end. Its constraints hold by construction, because a
// decision offers only what is allowed:
//
//   - the first layer is a convolution, so nothing is pooled and no dense layer
//     stands before the first convolution;
//   - a pooling halves the image, rounded down, and is offered while height and
//     width are at least 2;
//   - after a dense layer there are only dense layers.
//
// With Skips, a convolution or pooling may also take the outputs of earlier
// layers, as in Zoph and Le 2017: those since the last pooling, so that sizes
// agree; they are concatenated along channels behind the layer before.
type GlobalSpace struct {
	config GlobalConfig
	name   string

	counts, channels, units, rates []string // options
	first, pooling, fixed, dense   menu     // what a layer can be: at first, with and without pooling, after a dense layer
}

// layerKind is what a layer is.
type layerKind int

const (
	convLayer layerKind = iota
	sepLayer
	maxLayer
	avgLayer
	denseLayer
)

// menu is what a layer can be: its options and what they mean.
type menu struct {
	options []string
	kinds   []layerKind
	sizes   []int // of the filter
}

func (m *menu) add(option string, k layerKind, size int) {
	m.options = append(m.options, option)
	m.kinds = append(m.kinds, k)
	m.sizes = append(m.sizes, size)
}

// Global makes the space. The error names the setting that is wrong, or that
// leaves no valid architecture.
func Global(config GlobalConfig) (*GlobalSpace, error) {
	if err := config.check(); err != nil {
		return nil, fmt.Errorf("space: global: %w", err)
	}
	c := config.clone()
	s := &GlobalSpace{config: c, name: c.name(), channels: words(c.Channels), units: words(c.Units), rates: rates(c.Dropout)}
	for n := c.MinLayers; n <= c.MaxLayers; n++ {
		s.counts = append(s.counts, strconv.Itoa(n))
	}
	for _, k := range c.FilterSizes {
		s.first.add(fmt.Sprintf("conv %d×%d", k, k), convLayer, k)
	}
	if c.Separable {
		for _, k := range c.FilterSizes {
			s.first.add(fmt.Sprintf("sepconv %d×%d", k, k), sepLayer, k)
		}
	}
	for _, m := range []*menu{&s.pooling, &s.fixed, &s.dense} {
		if m != &s.dense {
			for i, option := range s.first.options {
				m.add(option, s.first.kinds[i], s.first.sizes[i])
			}
		}
		if m == &s.pooling && c.MaxPool {
			m.add("maxpool", maxLayer, 0)
		}
		if m == &s.pooling && c.AvgPool {
			m.add("avgpool", avgLayer, 0)
		}
		if len(c.Units) > 0 {
			m.add("dense", denseLayer, 0)
		}
	}
	return s, nil
}

// The most channels and units that a layer can be given.
const maxChannels, maxUnits = 1 << 14, 1 << 20

// check says which setting is wrong.
func (c GlobalConfig) check() error {
	b := arch.NewBuilder("", c.Input)
	b.Linear(b.Flatten(b.In()), 1)
	if _, err := b.Build(); err != nil {
		return fmt.Errorf("%s: %w", "Input", err)
	}
	switch {
	case c.Classes < 1 || c.Classes > maxUnits:
		return fmt.Errorf("%s is %d; it must be 1 to %d", "Classes", c.Classes, maxUnits)
	case c.MinLayers < 1:
		return fmt.Errorf("%s is %d; it must be at least 1, as the first layer is a convolution", "MinLayers", c.MinLayers)
	case c.MaxLayers < c.MinLayers:
		return fmt.Errorf("there is no valid architecture: MaxLayers is %d, below MinLayers, which is %d", c.MaxLayers, c.MinLayers)
	case c.MaxLayers > 100:
		return fmt.Errorf("MaxLayers is %d; it must be at most 100", c.MaxLayers)
	case len(c.FilterSizes) == 0:
		return fmt.Errorf("there is no valid architecture: FilterSizes is empty, but the first layer must be a convolution; offer at least one size, such as 3")
	case len(c.Channels) == 0:
		return fmt.Errorf("there is no valid architecture: Channels is empty, but the first layer must be a convolution; offer at least one number, such as 16")
	}
	for _, l := range []offer{{"FilterSizes", c.FilterSizes, 1, 31}, {"Channels", c.Channels, 1, maxChannels}, {"Units", c.Units, 1, maxUnits}} {
		if err := l.check(); err != nil {
			return err
		}
	}
	if err := checkOdd(c.FilterSizes); err != nil {
		return err
	}
	for i, r := range c.Dropout {
		if !(r >= 0 && r < 1) {
			return fmt.Errorf("%s offers %v; a rate must be at least 0 and below 1", "Dropout", r)
		}
		if slices.Contains(c.Dropout[:i], r) {
			return fmt.Errorf("%s offers %v twice; an option stands in a list once", "Dropout", r)
		}
	}
	widest := slices.Max(c.Channels)
	if c.Skips {
		widest *= c.MaxLayers
	}
	if pixels := c.Input.H * c.Input.W; widest > (1<<31)/pixels {
		return fmt.Errorf("%s: up to %d channels on an input of %v are too many activations; offer fewer channels or make the input smaller", "Channels", widest, c.Input)
	}
	return nil
}

func (c GlobalConfig) clone() GlobalConfig {
	c.FilterSizes = slices.Clone(c.FilterSizes)
	c.Channels = slices.Clone(c.Channels)
	c.Units = slices.Clone(c.Units)
	c.Dropout = slices.Clone(c.Dropout)
	return c
}

func (c GlobalConfig) name() string {
	var b strings.Builder
	fmt.Fprintf(&b, "global(input=%v classes=%d layers=%d..%d filters=%s channels=%s", c.Input, c.Classes, c.MinLayers, c.MaxLayers,
		strings.Join(words(c.FilterSizes), ","), strings.Join(words(c.Channels), ","))
	for _, flag := range []struct {
		on   bool
		word string
	}{{c.Separable, "separable"}, {c.MaxPool, "maxpool"}, {c.AvgPool, "avgpool"}, {c.Skips, "skips"}, {c.Mean, "mean"}} {
		if flag.on {
			b.WriteString(" " + flag.word)
		}
	}
	if len(c.Units) > 0 {
		b.WriteString(" units=" + strings.Join(words(c.Units), ","))
	}
	if len(c.Dropout) > 0 {
		b.WriteString(" dropout=" + strings.Join(rates(c.Dropout), ","))
	}
	return b.String() + ")"
}

// Config is what the space was made of.
func (s *GlobalSpace) Config() GlobalConfig { return s.config.clone() }

// Name is the space with its settings.
func (s *GlobalSpace) Name() string { return s.name }

package space

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nascent-go/nascent/nasext/arch"
)

// GlobalConfig says what a global space offers. DefaultGlobal and FreeGlobal give
// one to start from.
type GlobalConfig struct {
	Input   arch.Shape // one sample
	Classes int

	MinLayers, MaxLayers int // 1 ≤ MinLayers ≤ MaxLayers ≤ 100; the classifier does not count

	FilterSizes []int    // heights and widths of a convolution's filters: odd, at most 31
	Channels    []int    // how many filters a convolution can have
	Separable   bool     // each filter size also as a depthwise separable convolution
	MaxPool     bool     // 2×2 maximum with stride 2
	AvgPool     bool     // 2×2 mean with stride 2
	GlobalPool  bool     // mean over the whole image
	Units       []int    // sizes of dense layers; none means no dense layers
	Activations []string // after a convolution or dense layer, such as "relu" and "tanh"; one, or none for relu, is no decision
	Skips       bool     // a layer may also take earlier layers of the same height and width

	Rules []Rule // what a network must keep to; none means that all that fits is allowed

	Dropout []float64 // rates offered before the classifier; none means no dropout and no such decision
	Mean    bool      // the image becomes a vector by its mean over height and width, not by flattening
}

// DefaultGlobal is a space of one to six layers that suits small images. The first
// layer is no pooling, and no dense layer stands before the first convolution.
func DefaultGlobal(input arch.Shape, classes int) GlobalConfig {
	return GlobalConfig{
		Input: input, Classes: classes,
		MinLayers: 1, MaxLayers: 6,
		FilterSizes: []int{1, 3, 5}, Channels: []int{8, 16, 32},
		MaxPool: true, AvgPool: true,
		Units: []int{32, 64},
		Rules: []Rule{NoPoolingFirst(), NoDenseBeforeConvolution()},
	}
}

// FreeGlobal is DefaultGlobal with all that can be chosen freely: global pooling
// and activations as well. Its third rule is that no pattern of one or two layers
// stands twice in a row.
func FreeGlobal(input arch.Shape, classes int) GlobalConfig {
	c := DefaultGlobal(input, classes)
	c.GlobalPool = true
	c.Activations = []string{"relu", "tanh"}
	c.Rules = append(c.Rules, NoRepeatedPattern(2))
	return c
}

// GlobalSpace is the space of chain-structured networks: a number of layers, each
// a convolution (with batch norm and activation), a pooling or a dense layer (with
// activation), with a classifier at the end.
//
// What can follow what is said by rules, which can be added and removed: those of
// the configuration. Only shapes set limits that stay: after a dense layer or a
// global pooling there are only dense layers; a pooling halves the image, rounded
// down, and needs a height and width of at least 2. Rules and shapes hold by
// construction, because a decision offers only what is allowed and what leads to a
// network with as many layers as were decided. Violations says which of them a
// network breaks that was written down freely, see ParseLayers.
//
// With Skips, a convolution or pooling may also take the outputs of earlier
// layers, as in Zoph and Le 2017: those since the last pooling, so that sizes
// agree; they are concatenated along channels behind the layer before. Rules do
// not see them.
type GlobalSpace struct {
	config GlobalConfig
	name   string
	offers []Layer // all that a layer can be
	automaton

	layerCounts []int // how many layers there can be
	counted     []string
	rates       []string
}

// Global makes the space. The error names the setting that is wrong, or the rules
// that leave no valid architecture.
func Global(config GlobalConfig) (*GlobalSpace, error) {
	if err := config.check(); err != nil {
		return nil, fmt.Errorf("space: global: %w", err)
	}
	c := config.clone()
	s := &GlobalSpace{config: c, name: c.name(), offers: c.layers(), rates: rates(c.Dropout)}
	if err := s.compile(); err != nil {
		return nil, fmt.Errorf("space: global: %w", err)
	}
	s.layerCounts, s.counted = s.counts()
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
		return fmt.Errorf("MinLayers is %d; it must be at least 1", c.MinLayers)
	case c.MaxLayers < c.MinLayers:
		return fmt.Errorf("there is no valid architecture: MaxLayers is %d, below MinLayers, which is %d", c.MaxLayers, c.MinLayers)
	case c.MaxLayers > 100:
		return fmt.Errorf("MaxLayers is %d; it must be at most 100", c.MaxLayers)
	case len(c.FilterSizes) == 0 && len(c.Channels) > 0:
		return errors.New("there is no valid architecture with a convolution: FilterSizes is empty; offer at least one size, such as 3, or no Channels either")
	case len(c.Channels) == 0 && len(c.FilterSizes) > 0:
		return errors.New("there is no valid architecture with a convolution: Channels is empty; offer at least one number, such as 16, or no FilterSizes either")
	case c.offered() == 0:
		return errors.New("there is no valid architecture: no layer is offered; offer FilterSizes and Channels, a pooling or Units")
	case c.offered() > maxOffers:
		return fmt.Errorf("%d different layers are offered; offer at most %d", c.offered(), maxOffers)
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
	if err := c.checkRules(); err != nil {
		return err
	}
	widest := slices.Max(append([]int{c.Input.C}, c.Channels...))
	if c.Skips {
		widest *= c.MaxLayers
	}
	if pixels := c.Input.H * c.Input.W; widest > (1<<31)/pixels {
		return fmt.Errorf("%s: up to %d channels on an input of %v are too many activations; offer fewer channels or make the input smaller", "Channels", widest, c.Input)
	}
	return nil
}

// checkRules says which activation or rule is wrong.
func (c GlobalConfig) checkRules() error {
	for i, a := range c.Activations {
		if !slices.Contains(activations(), a) {
			return fmt.Errorf("%s offers %q; there are %s", "Activations", a, strings.Join(activations(), ", "))
		}
		if slices.Contains(c.Activations[:i], a) {
			return fmt.Errorf("%s offers %q twice; an option stands in a list once", "Activations", a)
		}
	}
	for i, r := range c.Rules {
		if err := r.check(); err != nil {
			return fmt.Errorf("rule %d (%q): %w", i, r.Name, err)
		}
		if slices.ContainsFunc(c.Rules[:i], func(other Rule) bool { return other.Name == r.Name }) {
			return fmt.Errorf("rule %d has the name %q of one before; every rule needs one of its own", i, r.Name)
		}
	}
	return nil
}

func (c GlobalConfig) clone() GlobalConfig {
	c.Activations = slices.Clone(c.Activations)
	c.Rules = slices.Clone(c.Rules)
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
	}{{c.Separable, "separable"}, {c.MaxPool, "maxpool"}, {c.AvgPool, "avgpool"}, {c.GlobalPool, "globalpool"}, {c.Skips, "skips"}, {c.Mean, "mean"}} {
		if flag.on {
			b.WriteString(" " + flag.word)
		}
	}
	if len(c.Units) > 0 {
		b.WriteString(" units=" + strings.Join(words(c.Units), ","))
	}
	if len(c.Activations) > 0 {
		b.WriteString(" activations=" + strings.Join(c.Activations, ","))
	}
	if len(c.Dropout) > 0 {
		b.WriteString(" dropout=" + strings.Join(rates(c.Dropout), ","))
	}
	if len(c.Rules) > 0 {
		fmt.Fprintf(&b, " rules=%q", ruleNames(c.Rules))
	}
	return b.String() + ")"
}

// Config is what the space was made of.
func (s *GlobalSpace) Config() GlobalConfig { return s.config.clone() }

// Name is the space with its settings. It knows rules by their names.
func (s *GlobalSpace) Name() string { return s.name }

// Package controller is the recurrent network that writes architectures, and
// how it learns to write better ones: Zoph and Le, "Neural Architecture Search
// with Reinforcement Learning" (ICLR 2017).
//
// An LSTM reads the choices made so far, one a step, and a softmax over the
// options of the next decision says how likely it takes each. Sampling from it
// gives a genotype; the score of that architecture is the reward; REINFORCE
// moves the parameters so that what was rewarded above the baseline becomes
// more likely:
//
//	∇J ≈ 1/m Σ_k Σ_t ∇ log P(a_t | a_1…a_{t-1}) (R_k − b)
//
// Options that are something made earlier, such as a layer that another can take as its
// input, have anchors (see space.Decision). They are scored by attention: by what the
// network's state there says to its state here.
//
// Proximal policy optimisation takes several steps on a batch, as in NASNet; the settings
// of that and other articles have names, such as [NASNet2018].
//
// # Decisions of different sizes
//
// The recurrent part is shared by all decisions. Each head (a linear layer that
// scores options, with an embedding of each of these options for the next
// step's input) belongs to one decision, or to all decisions with the same
// options: see [Heads]. Heads are made when a space first asks for them, with
// values drawn from a stream of their own name, so neither the space nor the
// order of its decisions has to be known beforehand, and genotypes may differ
// in length.
package controller

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/nascent-go/nascent/nasext/space"
)

// Heads says which decisions share one head.
type Heads int

// Ways to share heads.
const (
	// PerDecision gives each decision of its own name and options a head of its
	// own, as in the papers: the policy learns where in the architecture an
	// option is good from the head's bias alone, which is fast.
	PerDecision Heads = iota
	// PerOptions shares one head among all decisions that offer the same
	// options. It has fewer parameters and generalises from layer to layer;
	// only the recurrent state tells the positions apart.
	PerOptions
)

func (h Heads) String() string {
	switch h {
	case PerDecision:
		return "per decision"
	case PerOptions:
		return "per options"
	}
	return fmt.Sprintf("Heads(%d)", int(h))
}

// Precision is the type of numbers that a controller computes with.
type Precision int

// The two precisions.
const (
	Single Precision = iota // float32, for speed
	Double                  // float64, for truth
)

func (p Precision) String() string {
	switch p {
	case Single:
		return "single precision"
	case Double:
		return "double precision"
	}
	return fmt.Sprintf("Precision(%d)", int(p))
}

// longest is the length of a gradient whose square is a number yet.
func (p Precision) longest() float64 {
	if p == Single {
		return 1e18
	}
	return 1e150
}

// Config holds the settings of a controller. A zero field means the value that
// is given beside it; those are the article's.
type Config struct {
	Layers int // LSTM layers: 2
	Hidden int // units of each layer, and length of the embeddings: 35

	Init  float64 // parameters start uniform in ±Init: 0.08
	Rate  float64 // Adam's learning rate: 6e-4
	Beta1 float64 // Adam's decay of the mean gradient, below 1: 0.9; below 0 means none
	Beta2 float64 // Adam's decay of the mean square, in [0, 1): 0.999
	Eps   float64 // keeps Adam's division finite: 1e-8

	// Decay of the baseline, in (0, 1): the weight that the old value keeps
	// at each update. 0 means 0.95.
	Decay float64
	// NoBaseline leaves the baseline out: every reward counts as it is.
	NoBaseline bool

	// Entropy is the weight of the entropy bonus, which keeps the policy from
	// settling early: 0, none. It is in units of reward per nat.
	Entropy float64
	// Clip is the largest norm of the gradient; a longer one is shortened to
	// it. 0 means no limit.
	Clip float64

	// Temperature divides the logits before a softmax, and TanhConstant c makes c·tanh(z)
	// of what that gives, so that no option is ever out of reach (Bello et al. 2016, "Neural
	// Combinatorial Optimization with Reinforcement Learning"). TanhReduce divides c where options have no anchors, which are operations and the
	// like. 0 means 1, no tanh, and 1.
	Temperature, TanhConstant, TanhReduce float64

	// Ratio is ε of proximal policy optimisation (Schulman et al. 2017, equation 7): an
	// option counts as long as the probability that it had when the update began has not
	// changed by more than this share in the direction of the advantage. 0 means
	// REINFORCE. Epochs is how many steps an update then takes on its batch, 4.
	Ratio  float64
	Epochs int

	// SkipWeight is the weight of a penalty, in units of reward per nat: the divergence
	// of how likely something is taken, where options say that it is or nothing is, from
	// SkipRate (Pham et al. 2018). 0 means none, and a rate of 0.4.
	SkipWeight, SkipRate float64

	Heads     Heads     // PerDecision
	NoAnchors bool      // decisions with anchors are made like all others, without attention
	Precision Precision // Single
}

// Validate says what is wrong with the settings, or nil.
func (c Config) Validate() error {
	switch {
	case c.Layers < 1:
		return fmt.Errorf("controller: Layers is %d; it needs at least 1", c.Layers)
	case c.Hidden < 1:
		return fmt.Errorf("controller: Hidden is %d; it needs at least 1 unit", c.Hidden)
	case !(c.Init > 0) || math.IsInf(c.Init, 0):
		return fmt.Errorf("controller: Init is %g; it must be a positive number", c.Init)
	case !(c.Rate > 0) || math.IsInf(c.Rate, 0):
		return fmt.Errorf("controller: Rate is %g; it must be a positive number", c.Rate)
	case !(c.Beta1 < 1):
		return fmt.Errorf("controller: Beta1 is %g; it must be below 1", c.Beta1)
	case !(c.Beta2 >= 0 && c.Beta2 < 1):
		return fmt.Errorf("controller: Beta2 is %g; it must be in [0, 1)", c.Beta2)
	case !(c.Eps > 0) || math.IsInf(c.Eps, 0):
		return fmt.Errorf("controller: Eps is %g; it must be a positive number", c.Eps)
	case !(c.Decay > 0 && c.Decay < 1):
		return fmt.Errorf("controller: Decay is %g; it must be in (0, 1)", c.Decay)
	case !(c.Entropy >= 0) || math.IsInf(c.Entropy, 0):
		return fmt.Errorf("controller: Entropy is %g; it must be 0 or a positive number", c.Entropy)
	case !(c.Clip >= 0):
		return fmt.Errorf("controller: Clip is %g; it must be 0 (no limit) or positive", c.Clip)
	case !(c.Temperature > 0) || math.IsInf(c.Temperature, 0):
		return fmt.Errorf("controller: Temperature is %g; it must be a positive number", c.Temperature)
	case !(c.TanhConstant >= 0) || math.IsInf(c.TanhConstant, 0):
		return fmt.Errorf("controller: TanhConstant is %g; it must be 0 (no tanh) or a positive number", c.TanhConstant)
	case !(c.TanhReduce > 0) || math.IsInf(c.TanhReduce, 0):
		return fmt.Errorf("controller: TanhReduce is %g; it must be a positive number", c.TanhReduce)
	case !(c.Ratio >= 0 && c.Ratio < 1):
		return fmt.Errorf("controller: Ratio is %g; it must be 0 (REINFORCE), or below 1 (proximal policy optimisation)", c.Ratio)
	case c.Epochs < 1:
		return fmt.Errorf("controller: Epochs is %d; it must be at least 1", c.Epochs)
	case c.Epochs > 1 && c.Ratio == 0:
		return fmt.Errorf("controller: Epochs is %d, but without a Ratio an update is REINFORCE and takes 1", c.Epochs)
	case !(c.SkipWeight >= 0) || math.IsInf(c.SkipWeight, 0):
		return fmt.Errorf("controller: SkipWeight is %g; it must be 0 or a positive number", c.SkipWeight)
	case !(c.SkipRate > 0 && c.SkipRate < 1):
		return fmt.Errorf("controller: SkipRate is %g; it must be in (0, 1)", c.SkipRate)
	case c.Heads != PerDecision && c.Heads != PerOptions:
		return fmt.Errorf("controller: Heads is %d; it must be PerDecision or PerOptions", int(c.Heads))
	case c.Precision != Single && c.Precision != Double:
		return fmt.Errorf("controller: Precision is %d; it must be Single or Double", int(c.Precision))
	}
	return nil
}

// WithDefaults is the configuration with its zero fields filled in.
func (c Config) WithDefaults() Config {
	setInt := func(field *int, value int) {
		if *field == 0 {
			*field = value
		}
	}
	set := func(field *float64, value float64) {
		if *field == 0 {
			*field = value
		}
	}
	setInt(&c.Layers, 2)
	setInt(&c.Hidden, 35)
	set(&c.Init, 0.08)
	set(&c.Rate, 6e-4)
	set(&c.Beta1, 0.9)
	set(&c.Beta2, 0.999)
	set(&c.Eps, 1e-8)
	set(&c.Decay, 0.95)
	set(&c.Temperature, 1)
	set(&c.TanhReduce, 1)
	set(&c.SkipRate, 0.4)
	if c.Ratio > 0 {
		setInt(&c.Epochs, 4)
	}
	setInt(&c.Epochs, 1)
	return c
}

// String says the settings that decide what a controller does, in one line.
func (c Config) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "lstm %d×%d, init %g, adam %g (%g, %g)", c.Layers, c.Hidden, c.Init, c.Rate, max(0, c.Beta1), c.Beta2)
	if c.Eps != 1e-8 {
		fmt.Fprintf(&b, " eps %g", c.Eps)
	}
	if c.NoBaseline {
		b.WriteString(", no baseline")
	} else {
		fmt.Fprintf(&b, ", baseline %g", c.Decay)
	}
	if c.Entropy > 0 {
		fmt.Fprintf(&b, ", entropy %g", c.Entropy)
	}
	if c.Clip > 0 {
		fmt.Fprintf(&b, ", clip %g", c.Clip)
	}
	if c.Ratio > 0 {
		fmt.Fprintf(&b, ", ratio %g, %d epochs", c.Ratio, c.Epochs)
	}
	if c.Temperature != 1 {
		fmt.Fprintf(&b, ", temperature %g", c.Temperature)
	}
	if c.TanhConstant > 0 {
		fmt.Fprintf(&b, ", %g tanh", c.TanhConstant)
		if c.TanhReduce != 1 {
			fmt.Fprintf(&b, " / %g without anchors", c.TanhReduce)
		}
	}
	if c.SkipWeight > 0 {
		fmt.Fprintf(&b, ", skips %g to %g", c.SkipWeight, c.SkipRate)
	}
	fmt.Fprintf(&b, ", heads %s", c.Heads)
	if c.NoAnchors {
		b.WriteString(", no anchors")
	}
	if c.Precision != Single {
		fmt.Fprintf(&b, ", %s", c.Precision)
	}
	return b.String()
}

// Controller is the recurrent policy with its optimiser and baseline. It is not
// safe for concurrent use.
type Controller struct {
	cfg Config
	net network

	heads  map[string]int // their numbers
	first  []int          // the token of each head's first option
	tokens int
	inputs int     // of anchors
	recent []offer // what was asked for at each step of the last walk
	key    []byte  // of the head that is looked for

	baseline    float64
	hasBaseline bool

	old  []float64 // log probabilities of the choices when the update began
	run  run       // the last: an update on what it gave needs no other
	room room
}

// offer is a decision that a head was found for.
type offer struct {
	decision string
	options  []string
	anchors  []int
	head     int
}

// New makes a controller whose parameters are drawn from the seed.
func New(cfg Config, seed uint64) (*Controller, error) {
	cfg = cfg.WithDefaults()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	c := &Controller{cfg: cfg, heads: map[string]int{}, tokens: 1}
	if cfg.Precision == Double {
		c.net = newLSTM[float64](&cfg, seed)
	} else {
		c.net = newLSTM[float32](&cfg, seed)
	}
	return c, nil
}

// Config is what the controller was made with, zero fields filled in.
func (c *Controller) Config() Config { return c.cfg }

// Params is the number of parameters so far; it grows when a space asks for a
// decision that has no head yet.
func (c *Controller) Params() int { return c.net.params() }

// head finds or makes the head of a decision, the t-th of a walk. Walks are much alike,
// so what the last one found there is looked at first.
func (c *Controller) head(t int, decision string, options []string, anchors []int) int {
	if t < len(c.recent) {
		if o := &c.recent[t]; o.decision == decision && sameOptions(o.options, options) && slices.Equal(o.anchors, anchors) {
			return o.head
		}
	} else {
		c.recent = append(c.recent, offer{})
	}
	if len(anchors) > 0 {
		c.inputs = max(c.inputs, space.InputAnchor(0)-slices.Min(anchors)+1)
		c.net.addInputs(c.inputs)
	}
	c.key = c.key[:0]
	if c.cfg.Heads == PerDecision {
		c.key = append(strconv.AppendQuote(c.key, decision), " of "...)
	}
	for i, o := range options {
		c.key = strconv.AppendQuote(append(c.key, "[ "[min(i, 1)]), o)
	}
	c.key = append(c.key, ']')
	if anchors != nil {
		c.key = append(c.key, " at anchors"...)
	}
	h, ok := c.heads[string(c.key)]
	if !ok {
		h = len(c.heads)
		c.heads[string(c.key)] = h
		c.net.addHead(string(c.key), len(options), anchors != nil)
		c.first = append(c.first, c.tokens)
		c.tokens += len(options)
	}
	c.recent[t] = offer{decision, options, anchors, h}
	return h
}

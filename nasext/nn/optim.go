package nn

import (
	"fmt"
	"math"
	"slices"

	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
)

// Optimizer changes parameters by their gradients. It keeps state for the parameters
// of its first Step, which every later Step has to be given again, in the same order.
type Optimizer interface {
	// Name says what it is, with its settings.
	Name() string
	// Check says what is wrong with the settings.
	Check() error
	// Step updates the W of all parameters by their G at the given learning rate.
	Step(params []*Param, rate float64) error
	// State is what it remembers of the parameters, which is made if there was no step
	// yet. A checkpoint keeps it, and writes it back.
	State(params []*Param) *OptimState
}

// OptimState is what an optimiser remembers from step to step.
type OptimState struct {
	Steps int // taken so far
	// Slots are running averages and the like, one block for each parameter in each slot.
	// A block has the name of its slot, a slash and the name of its parameter.
	Slots [][]*Param
	of    []*Param // the parameters
}

// begin makes the slots if there are none yet.
func (s *OptimState) begin(params []*Param, slots ...string) *OptimState {
	if s.Slots == nil {
		s.Slots, s.of = make([][]*Param, len(slots)), slices.Clone(params)
		for i, slot := range slots {
			s.Slots[i] = make([]*Param, len(params))
			for j, p := range params {
				s.Slots[i][j] = &Param{Name: slot + "/" + p.Name, Shape: p.Shape, W: make([]float32, len(p.W))}
			}
		}
	}
	return s
}

// step counts a step of the parameters, if it can be one.
func (s *OptimState) step(params []*Param, rate float64) error {
	if !(rate >= 0) || math.IsInf(rate, 1) {
		return fmt.Errorf("learning rate %v; it has to be a finite number of at least 0", rate)
	}
	for _, p := range params {
		if len(p.G) != len(p.W) {
			return fmt.Errorf("parameter %q has %d numbers and %d gradients; both have to be there", p.Name, len(p.W), len(p.G))
		}
	}
	if err := s.same(params); err != nil {
		return err
	}
	s.Steps++
	return nil
}

// same says if the parameters are not those of the first step.
func (s *OptimState) same(params []*Param) error {
	if len(s.of) != len(params) {
		return fmt.Errorf("%d parameters, but the first step had %d; give the same ones every step", len(params), len(s.of))
	}
	for i, p := range params {
		if known := len(s.Slots[0][i].W); known != len(p.W) {
			return fmt.Errorf("parameter %q has %d numbers, but %d at the first step; give the same ones every step", p.Name, len(p.W), known)
		}
		if p != s.of[i] {
			return fmt.Errorf("parameter %q is that of another network than at the first step; make a new one for each network", p.Name)
		}
	}
	return nil
}

// Filters says whether a parameter is a matrix or the filters of a convolution, not a
// bias, a scale or a shift. As the Decays of an optimiser it keeps weight decay away from
// biases and batch norm.
func Filters(p *Param) bool { return len(p.Shape) > 1 }

// decayOf is the weight decay of one parameter.
func decayOf(decay float64, decays func(*Param) bool, p *Param) float64 {
	if decays != nil && !decays(p) {
		return 0
	}
	return decay
}

// SGD is stochastic gradient descent with momentum (Sutskever et al. 2013, in the form
// where the velocity holds gradients, not steps): g = G + WeightDecay·W,
// v = Momentum·v + g, W -= rate·v, or with Nesterov W -= rate·(g + Momentum·v).
type SGD struct {
	Momentum    float64           // at least 0 and below 1
	WeightDecay float64           // at least 0
	Nesterov    bool              // look ahead
	Decays      func(*Param) bool // parameters that decay, such as Filters; nil: all
	state       OptimState
}

// NewSGD is gradient descent with the given momentum (0 ≤ momentum < 1; 0.9 is usual)
// and weight decay (L2, ≥ 0; 5e-4 is usual).
func NewSGD(momentum, weightDecay float64) *SGD {
	return &SGD{Momentum: momentum, WeightDecay: weightDecay}
}

// Name implements Optimizer.
func (o *SGD) Name() string {
	return fmt.Sprintf("SGD(momentum %g, nesterov %t, weight decay %g%s)", o.Momentum, o.Nesterov, o.WeightDecay, someDecay(o.Decays))
}

// Check implements Optimizer.
func (o *SGD) Check() error {
	return checkSettings("SGD", share("momentum", o.Momentum), positive("weight decay", o.WeightDecay))
}

// State implements Optimizer.
func (o *SGD) State(params []*Param) *OptimState { return o.state.begin(params, "velocity") }

// Step implements Optimizer.
func (o *SGD) Step(params []*Param, rate float64) error {
	if err := o.State(params).step(params, rate); err != nil {
		return fmt.Errorf("SGD: %w", err)
	}
	lr, mom := float32(rate), float32(o.Momentum)
	for i, p := range params {
		decay := float32(decayOf(o.WeightDecay, o.Decays, p))
		cpu.Momentum(p.W, o.state.Slots[0][i].W, p.G, lr, mom, decay, o.Nesterov)
	}
	return nil
}

// Adam is Adam with bias correction (Kingma & Ba 2015, algorithm 1). Weight decay is
// added to the gradient, or if Decoupled taken off the weights, rate·WeightDecay·W, which
// is AdamW (Loshchilov & Hutter 2019, algorithm 2, where the rate is η·α).
type Adam struct {
	Beta1, Beta2 float64           // at least 0 and below 1
	Eps          float64           // above 0
	WeightDecay  float64           // at least 0
	Decoupled    bool              // weight decay past the averages
	Decays       func(*Param) bool // parameters that decay, such as Filters; nil: all
	state        OptimState
}

// NewAdam is Adam with the paper's settings: β₁ 0.9, β₂ 0.999, ε 1e-8.
func NewAdam() *Adam { return &Adam{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8} }

// NewAdamW is AdamW with the settings of NewAdam and the given weight decay; 0.01 to 0.1
// is usual.
func NewAdamW(weightDecay float64) *Adam {
	o := NewAdam()
	o.WeightDecay, o.Decoupled = weightDecay, true
	return o
}

// Name implements Optimizer.
func (o *Adam) Name() string {
	return fmt.Sprintf("%s(β₁ %g, β₂ %g, ε %g, weight decay %g%s)", o.word(), o.Beta1, o.Beta2, o.Eps, o.WeightDecay, someDecay(o.Decays))
}

func (o *Adam) word() string {
	if o.Decoupled {
		return "AdamW"
	}
	return "Adam"
}

// Check implements Optimizer.
func (o *Adam) Check() error {
	return checkSettings(o.word(), share("β₁", o.Beta1), share("β₂", o.Beta2), above("ε", o.Eps), positive("weight decay", o.WeightDecay))
}

// State implements Optimizer.
func (o *Adam) State(params []*Param) *OptimState { return o.state.begin(params, "mean", "square") }

// Step implements Optimizer.
func (o *Adam) Step(params []*Param, rate float64) error {
	if err := o.State(params).step(params, rate); err != nil {
		return fmt.Errorf("%s: %w", o.word(), err)
	}
	t := float64(o.state.Steps)
	step := cpu.AdamStep{
		Rest1: float32(1 - o.Beta1), Rest2: float32(1 - o.Beta2), Eps: float32(o.Eps),
		Root: float32(1 / math.Sqrt(1-math.Pow(o.Beta2, t))), Size: float32(rate / (1 - math.Pow(o.Beta1, t))),
	}
	for i, p := range params {
		decay := decayOf(o.WeightDecay, o.Decays, p)
		step.Added, step.Keep = float32(decay), 1
		if o.Decoupled {
			step.Added, step.Keep = 0, float32(1-rate*decay)
		}
		cpu.Adam(p.W, o.state.Slots[0][i].W, o.state.Slots[1][i].W, p.G, step)
	}
	return nil
}

// RMSprop divides gradients by a running root of their mean square (Tieleman & Hinton
// 2012, lecture 6.5): g = G + WeightDecay·W, s = Decay·s + (1-Decay)·g²,
// v = Momentum·v + g/(√s + Eps), W -= rate·v.
type RMSprop struct {
	Decay       float64           // of the mean square; at least 0 and below 1
	Momentum    float64           // at least 0 and below 1
	Eps         float64           // above 0
	WeightDecay float64           // at least 0
	Decays      func(*Param) bool // parameters that decay, such as Filters; nil: all
	state       OptimState
}

// NewRMSprop is RMSprop with a decay of 0.99, ε 1e-8 and no momentum.
func NewRMSprop() *RMSprop { return &RMSprop{Decay: 0.99, Eps: 1e-8} }

// Name implements Optimizer.
func (o *RMSprop) Name() string {
	return fmt.Sprintf("RMSprop(decay %g, momentum %g, ε %g, weight decay %g%s)", o.Decay, o.Momentum, o.Eps, o.WeightDecay, someDecay(o.Decays))
}

// Check implements Optimizer.
func (o *RMSprop) Check() error {
	return checkSettings("RMSprop", share("decay", o.Decay), share("momentum", o.Momentum), above("ε", o.Eps), positive("weight decay", o.WeightDecay))
}

// State implements Optimizer.
func (o *RMSprop) State(params []*Param) *OptimState {
	return o.state.begin(params, "square", "velocity")
}

// Step implements Optimizer.
func (o *RMSprop) Step(params []*Param, rate float64) error {
	if err := o.State(params).step(params, rate); err != nil {
		return fmt.Errorf("RMSprop: %w", err)
	}
	step := cpu.RMSpropStep{Momentum: float32(o.Momentum), Rest: float32(1 - o.Decay), Eps: float32(o.Eps), Rate: float32(rate)}
	for i, p := range params {
		step.Added = float32(decayOf(o.WeightDecay, o.Decays, p))
		cpu.RMSprop(p.W, o.state.Slots[1][i].W, o.state.Slots[0][i].W, p.G, step)
	}
	return nil
}

// someDecay says in a name that not all parameters decay.
func someDecay(decays func(*Param) bool) string {
	if decays == nil {
		return ""
	}
	return " on some parameters"
}

// setting is a setting with what it has to be.
type setting struct {
	name  string
	value float64
	ok    bool
	want  string
}

func share(name string, v float64) setting {
	return setting{name, v, v >= 0 && v < 1, "at least 0 and below 1"}
}

func positive(name string, v float64) setting {
	return setting{name, v, v >= 0 && !math.IsInf(v, 1), "a finite number of at least 0"}
}

func above(name string, v float64) setting {
	return setting{name, v, v > 0 && !math.IsInf(v, 1), "a finite number above 0"}
}

// checkSettings says which setting of what is wrong first.
func checkSettings(what string, all ...setting) error {
	for _, s := range all {
		if !s.ok {
			return fmt.Errorf("%s: %s %v; it has to be %s", what, s.name, s.value, s.want)
		}
	}
	return nil
}

// ClipNorm scales all gradients so that their common Euclidean norm is at most limit
// (Pascanu et al. 2013, algorithm 1) and returns the norm they had. Gradients whose
// norm is no finite number are left as they are.
func ClipNorm(params []*Param, limit float64) float64 {
	norm := GradNorm(params)
	if norm > limit && !math.IsInf(norm, 1) {
		f := float32(limit / norm)
		for _, p := range params {
			for j := range p.G {
				p.G[j] *= f
			}
		}
	}
	return norm
}

// GradNorm is the Euclidean norm of all gradients taken as one vector.
func GradNorm(params []*Param) float64 {
	var sums [4]float64 // which do not wait for each other
	for _, p := range params {
		g := p.G
		for ; len(g) >= len(sums); g = g[len(sums):] {
			for i := range sums {
				sums[i] += float64(float64(g[i]) * float64(g[i]))
			}
		}
		for i, v := range g {
			sums[i] += float64(float64(v) * float64(v))
		}
	}
	return math.Sqrt(sums[0] + sums[1] + sums[2] + sums[3])
}

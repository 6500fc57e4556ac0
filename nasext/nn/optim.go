package nn

import (
	"fmt"
	"math"
	"slices"

	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
)

// OptimizerOf changes parameters by their gradients. It keeps state for the parameters
// of its first Step, which every later Step has to be given again, in the same order.
type OptimizerOf[T engine.Float] interface {
	// Name says what it is, with its settings.
	Name() string
	// Check says what is wrong with the settings.
	Check() error
	// Step updates the W of all parameters by their G at the given learning rate.
	Step(params []*engine.ParamOf[T], rate float64) error
	// State is what it remembers of the parameters, which is made if there was no step
	// yet. A checkpoint keeps it, and writes it back.
	State(params []*engine.ParamOf[T]) *OptimStateOf[T]
}

// OptimStateOf is what an optimiser remembers from step to step.
type OptimStateOf[T engine.Float] struct {
	Steps int // taken so far
	// Slots are running averages and the like, one block for each parameter in each slot.
	// A block has the name of its slot, a slash and the name of its parameter.
	Slots [][]*engine.ParamOf[T]
	of    []*engine.ParamOf[T] // the parameters
}

// begin makes the slots if there are none yet.
func (s *OptimStateOf[T]) begin(params []*engine.ParamOf[T], slots ...string) *OptimStateOf[T] {
	if s.Slots == nil {
		s.Slots, s.of = make([][]*engine.ParamOf[T], len(slots)), slices.Clone(params)
		for i, slot := range slots {
			s.Slots[i] = make([]*engine.ParamOf[T], len(params))
			for j, p := range params {
				s.Slots[i][j] = &engine.ParamOf[T]{Name: slot + "/" + p.Name, Shape: p.Shape, W: make([]T, len(p.W))}
			}
		}
	}
	return s
}

// step counts a step of the parameters, if it can be one.
func (s *OptimStateOf[T]) step(params []*engine.ParamOf[T], rate float64) error {
	if err := s.check(params, rate); err != nil {
		return err
	}
	s.Steps++
	return nil
}

// check says why a step of the parameters can't be one.
func (s *OptimStateOf[T]) check(params []*engine.ParamOf[T], rate float64) error {
	if !(rate >= 0) || math.IsInf(rate, 1) {
		return fmt.Errorf("learning rate %v; it has to be a finite number of at least 0", rate)
	}
	for _, p := range params {
		if len(p.G) != len(p.W) {
			return fmt.Errorf("parameter %q has %d numbers and %d gradients; both have to be there", p.Name, len(p.W), len(p.G))
		}
	}
	return s.same(params)
}

// same says if the parameters are not those of the first step.
func (s *OptimStateOf[T]) same(params []*engine.ParamOf[T]) error {
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
func decayOf[T engine.Float](decay float64, decays func(*engine.ParamOf[T]) bool, p *engine.ParamOf[T]) float64 {
	if decays != nil && !decays(p) {
		return 0
	}
	return decay
}

// SGDOf is stochastic gradient descent with momentum (Sutskever et al. 2013, in the form
// where the velocity holds gradients, not steps): g = G + WeightDecay·W,
// v = Momentum·v + g, W -= rate·v, or with Nesterov W -= rate·(g + Momentum·v).
type SGDOf[T engine.Float] struct {
	Momentum    float64                       // at least 0 and below 1
	WeightDecay float64                       // at least 0
	Nesterov    bool                          // look ahead
	Decays      func(*engine.ParamOf[T]) bool // parameters that decay, such as Filters; nil: all
	state       OptimStateOf[T]
}

// NewSGD is gradient descent with the given momentum (0 ≤ momentum < 1; 0.9 is usual)
// and weight decay (L2, ≥ 0; 5e-4 is usual).
func NewSGD(momentum, weightDecay float64) *SGD {
	return &SGD{Momentum: momentum, WeightDecay: weightDecay}
}

// Name implements OptimizerOf.
func (o *SGDOf[T]) Name() string {
	return fmt.Sprintf("SGD(momentum %g, nesterov %t, weight decay %g%s)", o.Momentum, o.Nesterov, o.WeightDecay, someDecay(o.Decays))
}

// Check implements OptimizerOf.
func (o *SGDOf[T]) Check() error {
	return checkSettings("SGD", share("momentum", o.Momentum), positive("weight decay", o.WeightDecay))
}

// State implements OptimizerOf.
func (o *SGDOf[T]) State(params []*engine.ParamOf[T]) *OptimStateOf[T] {
	return o.state.begin(params, "velocity")
}

// Step implements OptimizerOf.
func (o *SGDOf[T]) Step(params []*engine.ParamOf[T], rate float64) error {
	if err := o.State(params).step(params, rate); err != nil {
		return fmt.Errorf("SGD: %w", err)
	}
	lr, mom := T(rate), T(o.Momentum)
	for i, p := range params {
		decay := T(decayOf(o.WeightDecay, o.Decays, p))
		cpu.Momentum(p.W, o.state.Slots[0][i].W, p.G, lr, mom, decay, o.Nesterov)
	}
	return nil
}

// AdamOf is Adam with bias correction (Kingma & Ba 2015, algorithm 1). Weight decay is
// added to the gradient, or if Decoupled taken off the weights, rate·WeightDecay·W, which
// is AdamW (Loshchilov & Hutter 2019, algorithm 2, where the rate is η·α).
type AdamOf[T engine.Float] struct {
	Beta1, Beta2 float64                       // at least 0 and below 1
	Eps          float64                       // above 0
	WeightDecay  float64                       // at least 0
	Decoupled    bool                          // weight decay past the averages
	Decays       func(*engine.ParamOf[T]) bool // parameters that decay, such as Filters; nil: all
	state        OptimStateOf[T]
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

// Name implements OptimizerOf.
func (o *AdamOf[T]) Name() string {
	return fmt.Sprintf("%s(β₁ %g, β₂ %g, ε %g, weight decay %g%s)", o.word(), o.Beta1, o.Beta2, o.Eps, o.WeightDecay, someDecay(o.Decays))
}

func (o *AdamOf[T]) word() string {
	if o.Decoupled {
		return "AdamW"
	}
	return "Adam"
}

// Check implements OptimizerOf.
func (o *AdamOf[T]) Check() error {
	return checkSettings(o.word(), share("β₁", o.Beta1), share("β₂", o.Beta2), above("ε", o.Eps), positive("weight decay", o.WeightDecay))
}

// State implements OptimizerOf.
func (o *AdamOf[T]) State(params []*engine.ParamOf[T]) *OptimStateOf[T] {
	return o.state.begin(params, "mean", "square")
}

// Step implements OptimizerOf.
func (o *AdamOf[T]) Step(params []*engine.ParamOf[T], rate float64) error {
	if err := o.State(params).step(params, rate); err != nil {
		return fmt.Errorf("%s: %w", o.word(), err)
	}
	t := float64(o.state.Steps)
	step := cpu.AdamStep[T]{
		Rest1: T(1 - o.Beta1), Rest2: T(1 - o.Beta2), Eps: T(o.Eps),
		Root: T(1 / math.Sqrt(1-math.Pow(o.Beta2, t))), Size: T(rate / (1 - math.Pow(o.Beta1, t))),
	}
	for i, p := range params {
		decay := decayOf(o.WeightDecay, o.Decays, p)
		step.Added, step.Keep = T(decay), 1
		if o.Decoupled {
			step.Added, step.Keep = 0, T(1-rate*decay)
		}
		cpu.Adam(p.W, o.state.Slots[0][i].W, o.state.Slots[1][i].W, p.G, step)
	}
	return nil
}

// RMSpropOf divides gradients by a running root of their mean square (Tieleman & Hinton
// 2012, lecture 6.5): g = G + WeightDecay·W, s = Decay·s + (1-Decay)·g²,
// v = Momentum·v + g/(√s + Eps), W -= rate·v.
type RMSpropOf[T engine.Float] struct {
	Decay       float64                       // of the mean square; at least 0 and below 1
	Momentum    float64                       // at least 0 and below 1
	Eps         float64                       // above 0
	WeightDecay float64                       // at least 0
	Decays      func(*engine.ParamOf[T]) bool // parameters that decay, such as Filters; nil: all
	state       OptimStateOf[T]
}

// NewRMSprop is RMSprop with a decay of 0.99, ε 1e-8 and no momentum.
func NewRMSprop() *RMSprop { return &RMSprop{Decay: 0.99, Eps: 1e-8} }

// Name implements OptimizerOf.
func (o *RMSpropOf[T]) Name() string {
	return fmt.Sprintf("RMSprop(decay %g, momentum %g, ε %g, weight decay %g%s)", o.Decay, o.Momentum, o.Eps, o.WeightDecay, someDecay(o.Decays))
}

// Check implements OptimizerOf.
func (o *RMSpropOf[T]) Check() error {
	return checkSettings("RMSprop", share("decay", o.Decay), share("momentum", o.Momentum), above("ε", o.Eps), positive("weight decay", o.WeightDecay))
}

// State implements OptimizerOf.
func (o *RMSpropOf[T]) State(params []*engine.ParamOf[T]) *OptimStateOf[T] {
	return o.state.begin(params, "square", "velocity")
}

// Step implements OptimizerOf.
func (o *RMSpropOf[T]) Step(params []*engine.ParamOf[T], rate float64) error {
	if err := o.State(params).step(params, rate); err != nil {
		return fmt.Errorf("RMSprop: %w", err)
	}
	step := cpu.RMSpropStep[T]{Momentum: T(o.Momentum), Rest: T(1 - o.Decay), Eps: T(o.Eps), Rate: T(rate)}
	for i, p := range params {
		step.Added = T(decayOf(o.WeightDecay, o.Decays, p))
		cpu.RMSprop(p.W, o.state.Slots[1][i].W, o.state.Slots[0][i].W, p.G, step)
	}
	return nil
}

// someDecay says in a name that not all parameters decay.
func someDecay[T engine.Float](decays func(*engine.ParamOf[T]) bool) string {
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

// In single precision, as networks are trained.
type (
	Optimizer  = OptimizerOf[float32]
	OptimState = OptimStateOf[float32]
	SGD        = SGDOf[float32]
	Adam       = AdamOf[float32]
	RMSprop    = RMSpropOf[float32]
)

// In double precision. An optimiser is made by its settings: SGD64{Momentum: 0.9}.
type (
	Optimizer64 = OptimizerOf[float64]
	SGD64       = SGDOf[float64]
	Adam64      = AdamOf[float64]
	RMSprop64   = RMSpropOf[float64]
)

// ClipNorm scales all gradients so that their common Euclidean norm is at most limit
// (Pascanu et al. 2013, algorithm 1) and returns the norm they had. Gradients whose
// norm is no finite number are left as they are.
func ClipNorm(params []*Param, limit float64) float64 { return clipNorm(params, limit) }

// ClipNorm64 is ClipNorm in double precision.
func ClipNorm64(params []*Param64, limit float64) float64 { return clipNorm(params, limit) }

func clipNorm[T engine.Float](params []*engine.ParamOf[T], limit float64) float64 {
	norm := gradNorm(params)
	if norm > limit && !math.IsInf(norm, 1) {
		f := T(limit / norm)
		for _, p := range params {
			for j := range p.G {
				p.G[j] *= f
			}
		}
	}
	return norm
}

// GradNorm is the Euclidean norm of all gradients taken as one vector.
func GradNorm(params []*Param) float64 { return gradNorm(params) }

// GradNorm64 is GradNorm in double precision.
func GradNorm64(params []*Param64) float64 { return gradNorm(params) }

func gradNorm[T engine.Float](params []*engine.ParamOf[T]) float64 {
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

package oneshot

import (
	"context"
	"fmt"
	"math"

	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/space"
)

// DARTS is Differentiable Architecture Search (Liu, Simonyan and Yang 2019). Operations
// are mixed by the softmax of numbers α (equation 2). Each step moves α down the gradient
// of the validation loss, and then the weights w down that of the training loss
// (algorithm 1): a bilevel problem (equations 3 and 4), solved by turns.
//
// The first-order method takes the weights for what they are. The second-order one takes
// them for w' = w − ξ∇w L_train(w, α), which depends on α as well (section 2.3).
type DARTS struct {
	SecondOrder bool   // ξ is the learning rate of the weights; otherwise it is 0
	Alphas      Alphas // how α learns
}

// Alphas says how mixing numbers learn: by Adam. A zero field means the value beside it,
// unless the paper of the method has another; below 0 means 0.
type Alphas struct {
	Rate  float64 // 3e-4
	Beta1 float64 // 0.5
	Beta2 float64 // 0.999
	Decay float64 // weight decay: 1e-3
}

// withDefaults fills in what is not given, with the given rate.
func (a Alphas) withDefaults(rate float64) Alphas {
	return Alphas{or(a.Rate, rate), or(a.Beta1, .5), or(a.Beta2, .999), or(a.Decay, 1e-3)}
}

// adam is the optimiser.
func (a Alphas) adam() *nn.Adam {
	return &nn.Adam{Beta1: a.Beta1, Beta2: a.Beta2, Eps: 1e-8, WeightDecay: a.Decay}
}

func (a Alphas) check() error {
	if !(a.Rate > 0) || math.IsInf(a.Rate, 1) {
		return fmt.Errorf("Alphas: rate %v; it has to be a finite number above 0", a.Rate)
	}
	if err := a.adam().Check(); err != nil {
		return fmt.Errorf("Alphas: %w", err)
	}
	return nil
}

func (a Alphas) String() string {
	return fmt.Sprintf("α(rate %g, β %g and %g, decay %g)", a.Rate, a.Beta1, a.Beta2, a.Decay)
}

const dartsRate = 3e-4 // of α

// Name implements Method.
func (d DARTS) Name() string {
	order := "first"
	if d.SecondOrder {
		order = "second"
	}
	return fmt.Sprintf("DARTS(%s order, %v)", order, d.Alphas.withDefaults(dartsRate))
}

// Check implements Method.
func (d DARTS) Check() error {
	if err := d.Alphas.withDefaults(dartsRate).check(); err != nil {
		return fmt.Errorf("DARTS: %w", err)
	}
	return nil
}

func (d DARTS) usual() (int, Weights) { return 64, dartsWeights() }

func (d DARTS) mixing() cell.Mixing { return cell.Mixing{} }

func (d DARTS) start(s *search) (learner, error) {
	a := d.Alphas.withDefaults(dartsRate)
	l := &dartsLearner{search: s, optimiser: a.adam(), rate: a.Rate}
	if d.SecondOrder {
		l.unrolled = newUnrolled(s.net)
	}
	return l, nil
}

// dartsLearner is algorithm 1.
type dartsLearner struct {
	*search
	optimiser *nn.Adam
	rate      float64            // of α
	unrolled  *unrolled[float32] // nil: first order
}

func (l *dartsLearner) step(b batch) (train, valid nn.Score, err error) {
	if valid, err = l.learnAlphas(b, l.nextValid()); err != nil {
		return train, valid, err
	}
	train, err = l.learnWeights(b)
	return train, valid, err
}

// learnAlphas takes a step of α.
func (l *dartsLearner) learnAlphas(train, valid batch) (score nn.Score, err error) {
	if l.unrolled == nil {
		score, err = gradients(l.net, "validation", valid.x, valid.y)
	} else {
		score, err = l.unrolled.gradient(train.x, train.y, valid.x, valid.y, sgdStep[float32]{l.search.rate(), l.weights})
	}
	if err != nil {
		return score, err
	}
	return score, l.optimiser.Step(l.net.Alphas(), l.rate)
}

func (l *dartsLearner) epoch(context.Context, bool) (nn.Score, error) { return nn.Score{}, nil }

func (l *dartsLearner) shares() [][]float64 { return softmaxes(l.edges, l.net.Alphas()) }

func (l *dartsLearner) choice() (space.Genotype, error) {
	return l.c.Space.Strongest(byName(l.net.Alphas()))
}

// sgdStep is the step of the weights that the second-order gradient looks through.
type sgdStep[T engine.Float] struct {
	rate float64 // ξ
	sgd  *nn.SGDOf[T]
}

// unrolled computes the second-order gradient of α.
type unrolled[T engine.Float] struct {
	net     *nn.NetworkOf[T]
	w       [][]T // the weights w
	moments [][]T // the running moments that belong to them
	v       [][]T // ∇w' L_val(w', α)
	val, up [][]T // ∇α L_val(w', α), ∇α L_train(w⁺, α)
	epsilon float64
}

// newUnrolled has room for a network's second-order gradients.
func newUnrolled[T engine.Float](n *nn.NetworkOf[T]) *unrolled[T] {
	return &unrolled[T]{
		net: n, w: room(n.Params()), moments: room(n.Moments()), v: room(n.Params()),
		val: room(n.Alphas()), up: room(n.Alphas()), epsilon: 0.01,
	}
}

// gradient leaves in the G of the alphas (equations 7 and 8)
//
//	∇α L_val(w', α) − ξ·(∇α L_train(w⁺, α) − ∇α L_train(w⁻, α))/(2ε)
//
// with w' the weights after the step, w± = w ± ε·∇w' L_val(w', α) and ε = 0.01/‖∇w' L_val(w', α)‖₂.
// The score is that of w' on the validation samples. Weights and running moments stay as they were.
func (u *unrolled[T]) gradient(trainX []T, trainY []int, validX []T, validY []int, step sgdStep[T]) (nn.Score, error) {
	n := u.net
	save(u.w, n.Params())
	save(u.moments, n.Moments())
	defer restore(n.Params(), u.w)
	defer restore(n.Moments(), u.moments)
	if _, err := gradients(n, "training", trainX, trainY); err != nil {
		return nn.Score{}, err
	}
	step.take(n.Params())
	score, err := gradients(n, "validation", validX, validY)
	if err != nil {
		return score, err
	}
	saveG(u.val, n.Alphas())
	saveG(u.v, n.Params())
	length := norm(u.v)
	if length == 0 {
		return score, nil
	}
	eps := u.epsilon / length
	u.shift(eps)
	if _, err := gradients(n, "training", trainX, trainY); err != nil {
		return score, err
	}
	saveG(u.up, n.Alphas())
	u.shift(-eps)
	if _, err := gradients(n, "training", trainX, trainY); err != nil {
		return score, err
	}
	f := T(step.rate / (2 * eps))
	for i, p := range n.Alphas() {
		for k, down := range p.G {
			p.G[k] = u.val[i][k] - T(f*(u.up[i][k]-down))
		}
	}
	return score, nil
}

// take moves the parameters as the optimiser would, without moving its velocity.
func (s sgdStep[T]) take(params []*engine.ParamOf[T]) {
	velocity := s.sgd.State(params).Slots[0]
	rate, momentum, decay := T(s.rate), T(s.sgd.Momentum), T(s.sgd.WeightDecay)
	for i, p := range params {
		for k, w := range p.W {
			p.W[k] = w - T(rate*(T(momentum*velocity[i].W[k])+p.G[k]+T(decay*w)))
		}
	}
}

// shift sets the weights to w + ε·v.
func (u *unrolled[T]) shift(eps float64) {
	for i, p := range u.net.Params() {
		for k, w := range u.w[i] {
			p.W[k] = w + T(T(eps)*u.v[i][k])
		}
	}
}

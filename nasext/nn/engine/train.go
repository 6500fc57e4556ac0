package engine

// TrainerOf is an engine that can also take whole training steps where its numbers lie, from
// one batch to the next, without handing anything out in between. An engine need not be one:
// then a training computes gradients with a Runner and moves the weights itself.
type TrainerOf[T Float] interface {
	EngineOf[T]
	// Trainer plans memory for steps of up to batch samples. The weights are those of the plan's
	// parameters once Push was called.
	Trainer(p *PlanOf[T], batch int, r RecipeOf[T]) (TrainingOf[T], error)
}

// TrainingOf is a training where an engine has its numbers. It is for one goroutine at a time.
// Equal weights and batches give equal bits.
type TrainingOf[T Float] interface {
	// Stage hands over the batch of the next step, which may be copied while a step is under way.
	// It is not looked at after Stage has returned.
	Stage(b BatchOf[T]) error
	// Begin takes a step with the batch that was staged last. It may return before the step is
	// over. Finish has to follow.
	Begin(s StepArgs) error
	// Finish waits for the end of the step. If a loss is no finite number, the step has left
	// the weights and what the rule remembers as they were.
	Finish() (Outcome, error)
	// Push takes the weights, the running moments and what the rule remembers from the plan's and
	// the recipe's parameters; Pull puts them there.
	Push() error
	Pull() error
	// Close gives the memory back. Nothing may follow.
	Close() error
}

// BatchOf are samples (NCHW, one after the other) and their labels. With mixup, sample i has
// the share Own[i] of what its label says and the rest of what Partner[i] says (Zhang et al. 2018,
// "mixup"): so has its loss, and it counts as right if it is taken for what it has the larger
// share of. Without, both are nil.
type BatchOf[T Float] struct {
	X       []T
	Y       []int
	Partner []int
	Own     []float32
}

// RecipeOf says what a step does beyond a forward pass. The loss is the mean softmax
// cross-entropy.
type RecipeOf[T Float] struct {
	// Heads are how much the losses of the heads count. The plan's last step has as many
	// numbers for each of them, one behind the other: a vector of classes.
	Heads []float64
	// Clip is the largest Euclidean norm of the gradients of Params together; they are scaled
	// down to it. 0: no limit.
	Clip float64

	Params []*ParamOf[T] // what learns
	Decay  float64       // weight decay
	Decays []bool        // whether it holds for each
	Rule   Rule
	Slots  [][]*ParamOf[T] // what the rule remembers: Rule.Slots() blocks for each parameter
}

// Rule is how weights W follow from gradients G, which begin with g = G + Decay·W. Exactly one
// field is set.
type Rule struct {
	SGD     *SGD
	Adam    *Adam
	RMSprop *RMSprop
}

// Slots is how many numbers the rule remembers of each weight.
func (r Rule) Slots() int {
	if r.SGD != nil {
		return 1
	}
	return 2
}

// SGD is v = Momentum·v + g, W -= rate·v, or with Nesterov W -= rate·(g + Momentum·v). The slot is v.
type SGD struct {
	Momentum float64
	Nesterov bool
}

// Adam is Kingma & Ba 2015, algorithm 1; Decoupled takes the decay off the weights, rate·decay·W,
// and not into g (Loshchilov & Hutter 2019, algorithm 2). The slots are the mean of g and that of g².
type Adam struct {
	Beta1, Beta2, Eps float64
	Decoupled         bool
}

// RMSprop is s = Decay·s + (1-Decay)·g², v = Momentum·v + g/(√s + Eps), W -= rate·v. The slots
// are s and v.
type RMSprop struct {
	Decay, Momentum, Eps float64
}

// StepArgs is what may be another in each step.
type StepArgs struct {
	Pass Pass
	Rate float64 // learning rate, at least 0
	Step int     // of the rule, from 1: Adam corrects its means by it
}

// Outcome is how a step went, before its update.
type Outcome struct {
	Losses  []float64 // of each head: the mean over the samples, in nats
	Correct int       // samples whose largest output of the first head, the first of equals, is that of their label
}

// What most things are made of: single precision.
type (
	Batch    = BatchOf[float32]
	Trainer  = TrainerOf[float32]
	Training = TrainingOf[float32]
	Recipe   = RecipeOf[float32]
)

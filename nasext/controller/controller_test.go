package controller

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

func newController(t *testing.T, cfg Config) *Controller {
	t.Helper()
	cfg.Precision = Double
	c, err := New(cfg, 7)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// truth is the network of a controller in double precision.
func (c *Controller) truth() *lstm[float64] { return c.net.(*lstm[float64]) }

// set changes a parameter.
func (c *Controller) set(p *float64, x float64) {
	*p = x
	c.truth().ready, c.run.whole = false, false
}

// The probabilities of all genotypes of a space sum to 1, also where they differ in length
// and where options have anchors.
func TestProbabilitiesSumToOne(t *testing.T) {
	for _, sp := range []space.Space{tree{}, choosing{}, wired(2)} {
		for _, heads := range []Heads{PerDecision, PerOptions} {
			c := newController(t, Config{Hidden: 5, Init: 0.8, Heads: heads})
			sum := 0.0
			for _, g := range leaves(sp) {
				e, err := c.Score(sp, g)
				if err != nil {
					t.Fatal(err)
				}
				sum += math.Exp(e.LogProb())
			}
			near(t, fmt.Sprintf("sum of probabilities of %s, heads %s", sp.Name(), heads), sum, 1)
		}
	}
}

func TestSampleFollowsProbabilities(t *testing.T) {
	c := newController(t, Config{Hidden: 5, Init: 1.5})
	rng := seed.Stream(1, "sample")
	const n = 20000
	counts := map[string]int{}
	for range n {
		e, err := c.Sample(rng, tree{})
		if err != nil {
			t.Fatal(err)
		}
		counts[fmt.Sprint(e.Genotype)]++
	}
	for _, g := range leaves(tree{}) {
		e, err := c.Score(tree{}, g)
		if err != nil {
			t.Fatal(err)
		}
		p := math.Exp(e.LogProb())
		got, spread := float64(counts[fmt.Sprint(g)])/n, math.Sqrt(p*(1-p)/n)
		if math.Abs(got-p) > 5*spread {
			t.Errorf("%v was drawn with frequency %.4f, its probability is %.4f ± %.4f", g, got, p, spread)
		}
	}
}

// Backpropagation through time agrees with central differences of the loss.
func TestGradient(t *testing.T) {
	for _, cfg := range []Config{
		{Hidden: 4, Layers: 1, Init: 0.7},
		{Hidden: 3, Layers: 2, Init: 0.7, Entropy: 0.3, Heads: PerOptions},
		{Hidden: 3, Layers: 3, Init: 0.7, Entropy: 0.1},
	} {
		c := newController(t, cfg)
		rng := seed.Stream(2, "sample")
		var batch []Episode
		for i := range 4 {
			e, err := c.Sample(rng, tree{})
			if err != nil {
				t.Fatal(err)
			}
			e.Reward = float64(i) * 0.4
			batch = append(batch, e)
		}
		c.gradient(batch, 0.25, nil)
		var grads [][]float64
		for _, p := range c.truth().all {
			grads = append(grads, slices.Clone(p.grad))
		}
		const eps = 1e-5
		for i, p := range c.truth().all {
			for j, was := range p.val {
				c.set(&p.val[j], was+eps)
				up := c.gradient(batch, 0.25, nil).Loss
				c.set(&p.val[j], was-eps)
				down := c.gradient(batch, 0.25, nil).Loss
				c.set(&p.val[j], was)
				if want := (up - down) / (2 * eps); math.Abs(grads[i][j]-want) > 1e-8 {
					t.Fatalf("%v: gradient %d of tensor %d is %g, differences say %g", c.Config(), j, i, grads[i][j], want)
				}
			}
		}
	}
}

// expected is the gradient of −E[(R−b) log P] with the expectation taken
// exactly, over every genotype of the space. Rewards come from reward.
func (c *Controller) expected(t *testing.T, s space.Space, baseline float64, reward func(space.Genotype) float64) [][]float64 {
	t.Helper()
	var sum [][]float64
	for _, g := range leaves(s) {
		e, err := c.Score(s, g)
		if err != nil {
			t.Fatal(err)
		}
		e.Reward = reward(g)
		c.gradient([]Episode{e}, baseline, nil)
		for len(sum) < len(c.truth().all) {
			sum = append(sum, make([]float64, len(c.truth().all[len(sum)].grad)))
		}
		for i, p := range c.truth().all {
			for j, d := range p.grad {
				sum[i][j] += math.Exp(e.LogProb()) * d
			}
		}
	}
	return sum
}

// E[(R−b) ∇log P] is the gradient of the expected reward, whatever b is.
func TestBaselineLeavesExpectationAlone(t *testing.T) {
	for sp, hidden := range map[space.Space]int{tree{}: 4, choosing{}: 2} {
		c := newController(t, Config{Hidden: hidden, Init: 0.7})
		reward := func(g space.Genotype) float64 { return 0.2*float64(len(g)) + 0.5*float64(g[len(g)-1]) }
		mean := func() float64 {
			j := 0.0
			for _, g := range leaves(sp) {
				e, err := c.Score(sp, g)
				if err != nil {
					t.Fatal(err)
				}
				j += math.Exp(e.LogProb()) * reward(g)
			}
			return j
		}
		mean() // makes every head
		at0, at3 := c.expected(t, sp, 0, reward), c.expected(t, sp, 3, reward)
		for i, p := range c.truth().all {
			for _, j := range p.places() {
				if math.Abs(at0[i][j]-at3[i][j]) > 1e-12 {
					t.Fatalf("%s: gradient %d of tensor %d is %g with baseline 0 and %g with baseline 3", sp.Name(), j, i, at0[i][j], at3[i][j])
				}
				const eps = 1e-5
				was := p.val[j]
				c.set(&p.val[j], was+eps)
				up := mean()
				c.set(&p.val[j], was-eps)
				down := mean()
				c.set(&p.val[j], was)
				if want := -(up - down) / (2 * eps); math.Abs(at0[i][j]-want) > 1e-8 {
					t.Fatalf("%s: gradient %d of tensor %d is %g, that of the expected reward %g", sp.Name(), j, i, at0[i][j], want)
				}
			}
		}
	}
}

// A controller whose weights are all 0 has logits equal to its head's bias: a
// softmax bandit, whose exact policy gradient has a known course. Five arms,
// step 1: the numbers come from iterating Δθ_k = π_k (r_k − J) in float64.
func TestExactPolicyGradientOnBandit(t *testing.T) {
	c := newController(t, Config{Hidden: 3})
	arms := chain{[]int{5}}
	reward := func(g space.Genotype) float64 { return 0.1 + 0.2*float64(g[0]) }
	h := c.truth().heads[c.head(0, decision(0, 5).Name, decision(0, 5).Options, nil)]
	for _, p := range c.truth().all {
		for j := range p.val {
			c.set(&p.val[j], 0)
		}
	}
	want := map[int][2]float64{ // step: expected reward, probability of the best arm
		0: {0.5, 0.2}, 10: {0.658393, 0.427168}, 100: {0.889451, 0.972399}, 1000: {0.899172, 0.997835},
	}
	for step := range 1001 {
		if w, ok := want[step]; ok {
			e, err := c.Greedy(arms)
			if err != nil {
				t.Fatal(err)
			}
			j := 0.0
			for k, p := range e.Steps[0].Probs {
				j += p * reward(space.Genotype{k})
			}
			if math.Abs(j-w[0]) > 5e-7 || math.Abs(e.Steps[0].Probs[4]-w[1]) > 5e-7 {
				t.Errorf("after %d steps J = %.6f and the best arm has %.6f, want %.6f and %.6f", step, j, e.Steps[0].Probs[4], w[0], w[1])
			}
		}
		sum := c.expected(t, arms, 0.37, reward)
		for i, p := range c.truth().all {
			for j := range p.val {
				c.set(&p.val[j], p.val[j]-sum[i][j])
			}
		}
	}
	for _, w := range h.weight.val {
		if w != 0 {
			t.Fatalf("a weight of the head is %g: the bias alone should have moved", w)
		}
	}
}

func TestUpdateBaseline(t *testing.T) {
	c := newController(t, Config{Hidden: 3, Decay: 0.75})
	sp := chain{[]int{2}}
	update := func(rewards ...float64) Stats {
		t.Helper()
		var batch []Episode
		for i, r := range rewards {
			e, err := c.Score(sp, space.Genotype{i % 2})
			if err != nil {
				t.Fatal(err)
			}
			e.Reward = r
			batch = append(batch, e)
		}
		stats, err := c.Update(batch)
		if err != nil {
			t.Fatal(err)
		}
		return stats
	}
	if s := update(1, 3); s.Baseline != 2 || s.Reward != 2 {
		t.Errorf("first update: baseline %g, reward %g, want 2 and 2", s.Baseline, s.Reward)
	}
	if s := update(6); s.Baseline != 2 {
		t.Errorf("second update: baseline %g, want 2", s.Baseline)
	}
	if s := update(0); s.Baseline != 3 { // 0.75·2 + 0.25·6
		t.Errorf("third update: baseline %g, want 3", s.Baseline)
	}
	c = newController(t, Config{Hidden: 3, NoBaseline: true})
	update(5)
	if s := update(5); s.Baseline != 0 {
		t.Errorf("baseline %g with NoBaseline, want 0", s.Baseline)
	}
}

func TestClip(t *testing.T) {
	c := newController(t, Config{Hidden: 3, Clip: 1e-3})
	e, err := c.Score(chain{[]int{4, 4}}, space.Genotype{1, 2})
	if err != nil {
		t.Fatal(err)
	}
	e.Reward = 2
	stats := c.gradient([]Episode{e}, 0, nil)
	c.step(stats.GradNorm)
	square := 0.0
	for _, p := range c.truth().all {
		for _, g := range p.grad {
			square += g * g
		}
	}
	if stats.GradNorm < 0.1 {
		t.Errorf("gradient norm %g is reported after clipping, want that before", stats.GradNorm)
	}
	near(t, "clipped norm", math.Sqrt(square), 1e-3)
}

// The controller comes to prefer a rewarded genotype; the entropy bonus slows it.
func TestLearns(t *testing.T) {
	train := func(cfg Config) (best, entropy float64) {
		cfg.Rate = 0.005
		c := newController(t, cfg)
		rng := seed.Stream(3, "sample")
		sp := chain{[]int{3, 4, 2, 3}}
		target := space.Genotype{2, 1, 1, 0}
		var last Stats
		for range 150 {
			var batch []Episode
			for range 4 {
				e, err := c.Sample(rng, sp)
				if err != nil {
					t.Fatal(err)
				}
				for i, g := range e.Genotype {
					if g == target[i] {
						e.Reward += 0.25
					}
				}
				batch = append(batch, e)
			}
			var err error
			if last, err = c.Update(batch); err != nil {
				t.Fatal(err)
			}
		}
		e, err := c.Score(sp, target)
		if err != nil {
			t.Fatal(err)
		}
		return math.Exp(e.LogProb()), last.Entropy
	}
	for _, heads := range []Heads{PerDecision, PerOptions} {
		p, entropy := train(Config{Heads: heads})
		if p < 0.8 {
			t.Errorf("heads %s: the best genotype has probability %.3f after training, want above 0.8", heads, p)
		}
		if _, kept := train(Config{Heads: heads, Entropy: 0.1}); kept <= entropy {
			t.Errorf("heads %s: entropy %.3f with the bonus, %.3f without", heads, kept, entropy)
		}
	}
}

// Parameters depend on the seed and on names, not on which space was seen first.
func TestHeadsDoNotDependOnOrder(t *testing.T) {
	a, b := newController(t, Config{}), newController(t, Config{})
	small, large := chain{[]int{3}}, chain{[]int{3, 4, 5}}
	if _, err := a.Greedy(large); err != nil {
		t.Fatal(err)
	}
	for _, s := range []space.Space{small, tree{}} {
		if _, err := b.Greedy(s); err != nil {
			t.Fatal(err)
		}
	}
	g := space.Genotype{1, 2, 3}
	ea, err := a.Score(large, g)
	if err != nil {
		t.Fatal(err)
	}
	eb, err := b.Score(large, g)
	if err != nil {
		t.Fatal(err)
	}
	if ea.LogProb() != eb.LogProb() {
		t.Errorf("log probabilities %g and %g of the same genotype", ea.LogProb(), eb.LogProb())
	}
}

// brokenSpace fails in one of the ways a space can fail.
type brokenSpace struct{ err error }

func (brokenSpace) Name() string { return "broken" }
func (b brokenSpace) Next(space.Genotype) (space.Decision, bool, error) {
	return space.Decision{Name: "colour"}, true, b.err
}
func (brokenSpace) Build(space.Genotype) (*arch.Arch, error) { return nil, nil }

func TestErrors(t *testing.T) {
	c := newController(t, Config{Hidden: 2})
	sp := chain{[]int{2, 2}}
	good, err := c.Score(sp, space.Genotype{0, 1})
	if err != nil {
		t.Fatal(err)
	}
	update := func(e ...Episode) error { _, err := c.Update(e); return err }
	score := func(g ...int) error { _, err := c.Score(sp, g); return err }
	sample := func(s space.Space) error { _, err := c.Sample(seed.Stream(1), s); return err }
	create := func(cfg Config) error { _, err := New(cfg, 1); return err }
	large := func(precision Precision, rewards ...float64) error {
		c, err := New(Config{Precision: precision}, 1)
		if err != nil {
			t.Fatal(err)
		}
		batch, err := c.SampleBatch(seed.Stream(1), sp, len(rewards))
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range rewards {
			batch[i].Reward = r
		}
		_, err = c.Update(batch)
		return err
	}
	nan, wrong := good, good
	nan.Reward = math.NaN()
	wrong.Steps = slices.Clone(good.Steps)
	wrong.Steps[1].Choice = 2
	for _, test := range []struct {
		err  error
		want string
	}{
		{update(), "empty batch"},
		{update(good, nan), "episode 1 of the batch: reward is NaN"},
		{update(wrong), `step 1 ("decision 1") takes option 2; it must be 0 to 1`},
		{large(Single, 1e30, 0), "in single precision at most 1e+18 can be learned from; rewards are 5e+29 in the mean"},
		{large(Single, 1e300, 0), "the gradient is NaN long, in single precision"},
		{large(Double, 1e300, 0), "in double precision at most 1e+150"},
		{score(0), "ends where the space asks for one more choice"},
		{score(0, 5), "choice 1 of genotype [0 5] is 5; it must be 0 to 1"},
		{score(0, 1, 1), "has 3 choices; the space is complete after 2"},
		{sample(brokenSpace{}), `no options for "colour"`},
		{sample(brokenSpace{fmt.Errorf("no such colour")}), "walking space broken: no such colour"},
		{create(Config{Layers: -1}), "Layers is -1"},
		{create(Config{Hidden: -3}), "Hidden is -3"},
		{create(Config{Rate: math.NaN()}), "Rate is NaN"},
		{create(Config{Rate: -1}), "Rate is -1"},
		{create(Config{Init: math.Inf(1)}), "Init is +Inf"},
		{create(Config{Beta1: 1}), "Beta1 is 1"},
		{create(Config{Beta2: -0.5}), "Beta2 is -0.5"},
		{create(Config{Decay: 1.5}), "Decay is 1.5"},
		{create(Config{Entropy: -1}), "Entropy is -1"},
		{create(Config{Clip: -1}), "Clip is -1"},
		{create(Config{Heads: 9}), "Heads is 9"},
		{create(Config{Precision: 2}), "Precision is 2"},
		{create(Config{Eps: -1}), "Eps is -1"},
		{create(Config{Temperature: -1}), "Temperature is -1"},
		{create(Config{TanhConstant: -1}), "TanhConstant is -1"},
		{create(Config{TanhReduce: -1}), "TanhReduce is -1"},
		{create(Config{Ratio: 1}), "Ratio is 1"},
		{create(Config{Ratio: 0.1, Epochs: -1}), "Epochs is -1"},
		{create(Config{Epochs: 2}), "Epochs is 2, but without a Ratio"},
		{create(Config{SkipWeight: math.NaN()}), "SkipWeight is NaN"},
		{create(Config{SkipRate: 1}), "SkipRate is 1"},
	} {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("error is %v, want one that says %q", test.err, test.want)
		}
	}
}

// A space of one architecture has no decisions, and nothing is learned from it.
func TestNoDecisions(t *testing.T) {
	c := newController(t, Config{})
	e, err := c.Sample(seed.Stream(1), chain{})
	if err != nil {
		t.Fatal(err)
	}
	e.Reward = 1
	stats, err := c.Update([]Episode{e})
	if err != nil {
		t.Fatal(err)
	}
	if stats.GradNorm != 0 || stats.Entropy != 0 || e.LogProb() != 0 {
		t.Errorf("stats %+v of an episode without decisions, want no gradient and no entropy", stats)
	}
}

// TestUpdateCounts: an update on an episode that was sampled with the present parameters
// is that on one that was scored, whatever else its steps say, and so is one on an
// episode of before.
func TestUpdateCounts(t *testing.T) {
	sp := chain{[]int{3, 4, 2}}
	updated := func(change func(*Controller, *Episode)) []float64 {
		c, err := New(Config{NoBaseline: true, Precision: Double}, 1)
		if err != nil {
			t.Fatal(err)
		}
		rng := seed.Stream(2)
		old, err := c.Sample(rng, sp)
		if err != nil {
			t.Fatal(err)
		}
		var all []float64
		for range 2 { // the second is on what other parameters gave
			e := old
			e.Steps, e.Reward = slices.Clone(old.Steps), 1
			change(c, &e)
			if _, err := c.Update([]Episode{e}); err != nil {
				t.Fatal(err)
			}
			for _, p := range c.truth().all {
				all = append(all, p.val...)
			}
		}
		return all
	}
	want := updated(func(*Controller, *Episode) {})
	for name, change := range map[string]func(*Controller, *Episode){
		"scored": func(c *Controller, e *Episode) {
			c.run.whole = false
		},
		"other numbers": func(_ *Controller, e *Episode) {
			for i := range e.Steps {
				clear(e.Steps[i].Probs)
				e.Steps[i].LogProb, e.Steps[i].Entropy = 9, 9
			}
		},
	} {
		if got := updated(change); !slices.Equal(got, want) {
			t.Errorf("%s: the parameters become others", name)
		}
	}
}

// A batch is what as many single samples are, to the last bit, also where episodes end at
// different steps; and an update on it is that on the same episodes scored one by one.
func TestBatchEqualsSingles(t *testing.T) {
	for _, precision := range []Precision{Single, Double} {
		for _, sp := range []space.Space{tree{}, independent(9, 5), wired(4), choosing{}} {
			learn := func(sample func(*Controller, *rand.Rand) []Episode) (all [][]Episode, norms []float64) {
				c, err := New(Config{Hidden: 11, Init: 1, Precision: precision, Entropy: 0.1, Rate: 0.05}, 3)
				if err != nil {
					t.Fatal(err)
				}
				rng := seed.Stream(1)
				for range 3 {
					batch := sample(c, rng)
					for i := range batch {
						batch[i].Reward = float64(i % 3)
					}
					stats, err := c.Update(batch)
					if err != nil {
						t.Fatal(err)
					}
					all, norms = append(all, batch), append(norms, stats.GradNorm)
				}
				return all, norms
			}
			want, wantNorms := learn(func(c *Controller, rng *rand.Rand) []Episode {
				batch, err := c.SampleBatch(rng, sp, 13)
				if err != nil {
					t.Fatal(err)
				}
				return batch
			})
			got, norms := learn(func(c *Controller, rng *rand.Rand) (batch []Episode) {
				for range 13 {
					e, err := c.Sample(rng, sp)
					if err != nil {
						t.Fatal(err)
					}
					batch = append(batch, e)
				}
				return batch
			})
			if !reflect.DeepEqual(got, want) || !slices.Equal(norms, wantNorms) {
				t.Errorf("%s, space %s: single samples are others than a batch", precision, sp.Name())
			}
		}
	}
}

// Sampling and updating in the same memory allocates nothing.
func TestNoAllocation(t *testing.T) {
	c, err := New(Config{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	var sp space.Space = independent(30, 6)
	rng, batch := seed.Stream(1), make([]Episode, 8)
	if n := testing.AllocsPerRun(20, func() {
		if err := c.SampleInto(batch, rng, sp); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Update(batch); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations in sampling and an update", n)
	}
}

// BenchmarkSampleUpdate: 30 decisions of 6 options, 1 or 8 episodes an update.
func BenchmarkSampleUpdate(b *testing.B) {
	benchmark(b, func(c *Controller, batch []Episode) error {
		for i := range batch {
			batch[i].Reward = float64(batch[i].Genotype[0])
		}
		_, err := c.Update(batch)
		return err
	})
}

func BenchmarkSample(b *testing.B) {
	benchmark(b, func(*Controller, []Episode) error { return nil })
}

// benchmark samples, and then does what is to be done.
func benchmark(b *testing.B, then func(*Controller, []Episode) error) {
	var sp space.Space = independent(30, 6)
	for _, heads := range []Heads{PerOptions, PerDecision} {
		for _, episodes := range []int{1, 8} {
			for _, precision := range []Precision{Single, Double} {
				b.Run(fmt.Sprintf("heads %s/%d episodes/%s", heads, episodes, precision), func(b *testing.B) {
					b.ReportAllocs()
					c, err := New(Config{Heads: heads, Precision: precision}, 1)
					if err != nil {
						b.Fatal(err)
					}
					rng, batch := seed.Stream(1), make([]Episode, episodes)
					step := func() {
						if err := c.SampleInto(batch, rng, sp); err != nil {
							b.Fatal(err)
						}
						if err := then(c, batch); err != nil {
							b.Fatal(err)
						}
					}
					step() // which makes the heads, and room
					for b.Loop() {
						step()
					}
				})
			}
		}
	}
}

func TestPolicyAverages(t *testing.T) {
	yes := []string{"no", "yes"}
	odds := Policy([]Episode{
		{Steps: []Step{{Decision: "deep", Options: yes, Probs: []float64{0.2, 0.8}, Choice: 1}, {Decision: "wide", Options: yes, Probs: []float64{0.5, 0.5}}}},
		{Steps: []Step{{Decision: "deep", Options: yes, Probs: []float64{0.4, 0.6}}}},
	})
	if len(odds) != 2 {
		t.Fatalf("%d decisions, want 2: %+v", len(odds), odds)
	}
	near(t, "mean probability", odds[0].Probs[1], 0.7)
	near(t, "share that reached the first", odds[0].Reached, 1)
	near(t, "share that reached the second", odds[1].Reached, 0.5)
	near(t, "probability of the second", odds[1].Probs[0], 0.5)
	// A decision that a later episode adds stands behind the one before it.
	step := func(name string) Step { return Step{Decision: name, Options: yes, Probs: []float64{0.5, 0.5}} }
	var order []string
	for _, o := range Policy([]Episode{{Steps: []Step{step("a"), step("c")}}, {Steps: []Step{step("a"), step("b"), step("c"), step("d")}}}) {
		order = append(order, o.Decision)
	}
	if got := strings.Join(order, " "); got != "a b c d" {
		t.Errorf("the order of the decisions is %s, want a b c d", got)
	}
	if got := Policy(nil); len(got) != 0 {
		t.Errorf("policy of no episodes is %+v", got)
	}
}

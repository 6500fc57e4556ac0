package controller

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/vec"
)

// wired is a space of layers that are one of three operations, and take or do not take the
// input and each layer before.
func wired(layers int) (s fixed) {
	anchors := []int{space.InputAnchor(0)}
	for n := range layers {
		s = append(s, space.Decision{Name: fmt.Sprintf("layer %d", n), Options: []string{"a", "b", "c"}})
		anchors = append(anchors, len(s))
		for i, a := range anchors[:n+1] {
			s = append(s, space.Decision{
				Name: fmt.Sprintf("layer %d from %d", n, i), Options: []string{"no", "yes"}, Anchors: []int{space.NoAnchor, a},
			})
		}
	}
	return s
}

// choosing is a space of layers that take one of two inputs or of the layers before, and a
// choice that is said again at the end.
type choosing struct{}

func (choosing) Name() string { return "choosing" }

func (choosing) Next(g space.Genotype) (space.Decision, bool, error) {
	if len(g) == 4 {
		return space.Decision{}, false, nil
	}
	d := space.Decision{Name: fmt.Sprintf("layer %d", len(g))}
	for i := range len(g) + 2 {
		d.Options = append(d.Options, fmt.Sprint(i))
		if i < 2 {
			d.Anchors = append(d.Anchors, space.InputAnchor(i))
		} else {
			d.Anchors = append(d.Anchors, i-1) // the last is the decision itself
		}
	}
	if len(g) == 0 {
		d.Anchors = nil // all other decisions have anchors
	}
	return d, true, nil
}

func (choosing) Build(space.Genotype) (*arch.Arch, error) { return &arch.Arch{}, nil }

// TestGoldenAttention: what PyTorch computed with testdata/attention.py.
func TestGoldenAttention(t *testing.T) {
	t.Run("double", func(t *testing.T) { testGoldenAttention[float64](t, Double, 1e-12) })
	t.Run("single", func(t *testing.T) { testGoldenAttention[float32](t, Single, 2e-6) })
}

func testGoldenAttention[T vec.Float](t *testing.T, precision Precision, tolerance float64) {
	data, err := os.ReadFile("testdata/attention.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Actions  [][]int
		Reward   []float64
		Baseline float64
		Params   []string
		LogP     [][]float64
		Old      [][]float64
		Loss     map[string]float64
		Grad     map[string]map[string][]float64
	}
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	for method, ratio := range map[string]float64{"reinforce": 0, "ppo": 0.2} {
		c, err := New(Config{
			Hidden: 5, Heads: PerOptions, Precision: precision, Temperature: 2, TanhConstant: 1.5, TanhReduce: 2.5,
			Entropy: 0.1, SkipWeight: 0.8, SkipRate: 0.4, Ratio: ratio,
		}, 1)
		if err != nil {
			t.Fatal(err)
		}
		sp := wired(3)
		if _, err := c.Greedy(sp); err != nil { // which makes all parameters
			t.Fatal(err)
		}
		n := c.net.(*lstm[T])
		all := map[string]*tensor[T]{
			"start": n.start, "op_embedding": n.heads[0].embed, "op_weight": n.heads[0].weight, "op_bias": n.heads[0].bias,
			"skip_embedding": n.heads[1].embed, "before": n.attention.prev, "here": n.attention.curr, "score": n.attention.v, "input": n.attention.inputs[0],
		}
		for i, l := range n.layers {
			for name, p := range map[string]*tensor[T]{"wx": l.wx, "wh": l.wh, "bx": l.bx, "bh": l.bh} {
				all[fmt.Sprint(name, i)] = p
			}
		}
		if len(all) != len(n.all) {
			t.Fatalf("%d tensors, want %d", len(n.all), len(all))
		}
		index := 0
		for _, name := range want.Params {
			for _, j := range all[name].places() {
				all[name].val[j] = T((float64(uint32(index)*2654435761)/4294967296 - 0.5) * 1.6)
				index++
			}
		}
		n.ready = false
		batch := make([]Episode, len(want.Actions))
		for b, actions := range want.Actions {
			if batch[b], err = c.Score(sp, space.Genotype(actions)); err != nil {
				t.Fatal(err)
			}
			batch[b].Reward = want.Reward[b]
			for i, s := range batch[b].Steps {
				within(t, "log probability", s.LogProb, want.LogP[b][i], tolerance)
			}
		}
		var old []float64 // step by step
		for i := range sp {
			for b := range batch {
				old = append(old, want.Old[b][i])
			}
		}
		stats := c.gradient(batch, want.Baseline, old)
		within(t, "loss", stats.Loss, want.Loss[method], tolerance)
		if clipped := stats.Clipped > 0.1; clipped != (ratio > 0) {
			t.Errorf("%s: %g of the decisions have changed too much", method, stats.Clipped)
		}
		for name, grad := range want.Grad[method] {
			for i, got := range numbers(all[name], all[name].grad) {
				within(t, fmt.Sprintf("%s: gradient %d of %s", method, i, name), float64(got), grad[i], tolerance)
			}
		}
	}
}

// Gradients with all that there is agree with central differences, within 1e-6 of
// themselves and the rounding of the differences.
func TestGradientOfEverything(t *testing.T) {
	shaped := Config{Temperature: 1.7, TanhConstant: 1.3, TanhReduce: 2, Entropy: 0.2, SkipWeight: 0.5}
	proximal := shaped
	proximal.Ratio, proximal.Heads, proximal.Layers = 0.2, PerOptions, 1
	for _, cfg := range []Config{{}, {Heads: PerOptions}, shaped, proximal, {NoAnchors: true, Ratio: 0.3}} {
		for _, sp := range []space.Space{wired(3), choosing{}, tree{}} {
			cfg.Hidden, cfg.Init = 4, 0.7
			c := newController(t, cfg)
			rng := seed.Stream(2, "sample")
			batch, err := c.SampleBatch(rng, sp, 4)
			if err != nil {
				t.Fatal(err)
			}
			for i := range batch {
				batch[i].Reward = 0.7 * float64(i%3)
			}
			c.replay(batch)
			old := c.noteOld()
			for i := range old {
				old[i] += 0.5 * (rng.Float64() - 0.5)
			}
			c.gradient(batch, 0.25, old)
			var grads [][]float64
			for _, p := range c.truth().all {
				grads = append(grads, append([]float64(nil), p.grad...))
			}
			for i, p := range c.truth().all {
				for _, j := range p.places() {
					const eps = 1e-5
					was := p.val[j]
					c.set(&p.val[j], was+eps)
					up := c.gradient(batch, 0.25, old).Loss
					c.set(&p.val[j], was-eps)
					down := c.gradient(batch, 0.25, old).Loss
					c.set(&p.val[j], was)
					if want := (up - down) / (2 * eps); math.Abs(grads[i][j]-want) > 1e-6*math.Abs(want)+1e-9 {
						t.Fatalf("%s on %s: gradient %d of tensor %d is %g, differences say %g", c.Config(), sp.Name(), j, i, grads[i][j], want)
					}
				}
			}
		}
	}
}

// The first step of proximal policy optimisation is REINFORCE; those that follow stop where
// a choice has become likelier by the ratio.
func TestProximal(t *testing.T) {
	sp := independent(3, 4)
	update := func(cfg Config) (stats Stats, now float64, c *Controller) {
		cfg.Rate, cfg.NoBaseline = 0.003, true
		c = newController(t, cfg)
		e, err := c.Score(sp, space.Genotype{1, 2, 3})
		if err != nil {
			t.Fatal(err)
		}
		e.Reward = 1
		if stats, err = c.Update([]Episode{e}); err != nil {
			t.Fatal(err)
		}
		after, err := c.Score(sp, e.Genotype)
		if err != nil {
			t.Fatal(err)
		}
		return stats, math.Exp((after.LogProb() - e.LogProb()) / 3), c
	}
	plain, _, a := update(Config{})
	one, _, b := update(Config{Ratio: 0.2, Epochs: 1})
	near(t, "gradient norm of one epoch", one.GradNorm, plain.GradNorm)
	for i, p := range a.truth().all {
		for j, v := range p.val {
			near(t, "parameter after one epoch", b.truth().all[i].val[j], v)
		}
	}
	many, ratio, _ := update(Config{Ratio: 0.2, Epochs: 40})
	if many.Clipped != 1 {
		t.Errorf("after 40 epochs %g of the choices have changed enough, want all", many.Clipped)
	}
	// Adam's mean gradient carries them a few steps further.
	if ratio < 1.2 || ratio > 3 {
		t.Errorf("choices have become %g times as likely, want 1.2 and a little more", ratio)
	}
	if _, free, _ := update(Config{Ratio: 0.99, Epochs: 40}); free < ratio {
		t.Errorf("with a wide ratio they become %g times as likely, with a narrow one %g times", free, ratio)
	}
}

// The penalty brings the probability of skip connections to its rate, whatever they do.
func TestSkipPenalty(t *testing.T) {
	c := newController(t, Config{Hidden: 8, Rate: 0.02, SkipWeight: 1, SkipRate: 0.3})
	rng, batch := seed.Stream(4), make([]Episode, 4)
	for range 300 {
		if err := c.SampleInto(batch, rng, wired(4)); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Update(batch); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range batch[0].Steps {
		if s.Anchors != nil && math.Abs(s.Probs[1]-0.3) > 0.05 {
			t.Errorf("%q is taken with probability %.3f, want 0.3", s.Decision, s.Probs[1])
		}
	}
}

// With the tanh constant c no logit is beyond c, so no option is out of reach.
func TestTanhConstant(t *testing.T) {
	c := newController(t, Config{Init: 100, TanhConstant: 1.5, TanhReduce: 3})
	e, err := c.Greedy(wired(3))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range e.Steps {
		most := math.Exp(2 * 1.5) // of the odds of two options
		if s.Anchors == nil {
			most = math.Exp(2 * 0.5)
		}
		for _, p := range s.Probs {
			if odds := s.Probs[s.Choice] / p; odds > most+1e-9 {
				t.Errorf("%q: one option is %g times as likely as another, want at most %g", s.Decision, odds, most)
			}
		}
	}
}

// Attention learns which layers to connect.
func TestAttentionLearns(t *testing.T) {
	for _, heads := range []Heads{PerDecision, PerOptions} {
		c := newController(t, Config{Rate: 0.005, Hidden: 16, Heads: heads, Entropy: 0.03})
		rng, batch, sp := seed.Stream(5), make([]Episode, 8), wired(4)
		chain := func(e Episode) (right float64) { // each layer takes what is directly before it
			for _, s := range e.Steps {
				var layer, from int
				if n, _ := fmt.Sscanf(s.Decision, "layer %d from %d", &layer, &from); n == 2 && (s.Choice == 1) == (from == layer) {
					right += 0.1
				}
			}
			return right
		}
		for range 400 {
			if err := c.SampleInto(batch, rng, sp); err != nil {
				t.Fatal(err)
			}
			for i := range batch {
				batch[i].Reward = chain(batch[i])
			}
			if _, err := c.Update(batch); err != nil {
				t.Fatal(err)
			}
		}
		e, err := c.Greedy(sp)
		if err != nil {
			t.Fatal(err)
		}
		if got := chain(e); got < 0.99 {
			t.Errorf("heads %s: %v has %.1f of 1 right", heads, e.Genotype, got)
		}
	}
}

func TestAnchorErrors(t *testing.T) {
	for _, test := range []struct {
		anchors []int
		want    string
	}{
		{[]int{0}, `space fixed, decision 0 ("skip"): it has 1 anchors for 2 options`},
		{[]int{space.NoAnchor, 1}, `the anchor of "yes" is 1; it must be the place of a decision, 0 to 0`},
		{[]int{space.NoAnchor, -5000}, `the anchor of "yes" is -5000`},
	} {
		sp := fixed{{Name: "skip", Options: []string{"no", "yes"}, Anchors: test.anchors}}
		c := newController(t, Config{Hidden: 2})
		_, err := c.Sample(seed.Stream(1), sp)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("error is %v, want one that says %q", err, test.want)
		}
		if _, err := newController(t, Config{Hidden: 2, NoAnchors: true}).Sample(seed.Stream(1), sp); err != nil {
			t.Errorf("without anchors: %v", err)
		}
		e := Episode{Steps: []Step{{Decision: "skip", Options: sp[0].Options, Anchors: test.anchors}}}
		if _, err := c.Update([]Episode{e}); err == nil || !strings.Contains(err.Error(), `step 0 ("skip"): `) {
			t.Errorf("update: error is %v", err)
		}
	}
}

// BenchmarkAttention: 12 layers, whose 12 operations and 78 connections are decided, 8
// episodes an update.
func BenchmarkAttention(b *testing.B) {
	b.ReportAllocs()
	c, err := New(ENASMacro2018(), 1)
	if err != nil {
		b.Fatal(err)
	}
	var sp space.Space = wired(12)
	rng, batch := seed.Stream(1), make([]Episode, 8)
	step := func() {
		if err := c.SampleInto(batch, rng, sp); err != nil {
			b.Fatal(err)
		}
		if _, err := c.Update(batch); err != nil {
			b.Fatal(err)
		}
	}
	step() // which makes the heads, and room
	for b.Loop() {
		step()
	}
}

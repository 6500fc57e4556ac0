package nn

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
)

// goldenTraining is what testdata/training.py says of optimisers, schedules and losses.
type goldenTraining struct {
	Optimisers map[string][]float64
	Averaged   []float64
	Schedules  map[string][]float64
	Losses     map[string]struct {
		Loss float64
		Grad []float64
	}
}

func readGoldenTraining(t *testing.T) (g goldenTraining) {
	t.Helper()
	b, err := os.ReadFile("testdata/training.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

// goldenParams are the parameters of testdata/training.py.
func goldenParams() []*Param {
	params := []*Param{NewParam("w", 3, 2), NewParam("b", 3)}
	j := 0
	for _, p := range params {
		for i := range p.W {
			j++
			p.W[i] = float32(math.Sin(float64(j)))
		}
	}
	return params
}

func goldenGradients(params []*Param, step int) {
	j := 0
	for _, p := range params {
		for i := range p.G {
			p.G[i] = float32(math.Cos(float64(3*j+step)) / 2)
			j++
		}
	}
}

func within(t *testing.T, what string, got []float32, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i, v := range got {
		if !(math.Abs(float64(v)-want[i]) <= tolerance) {
			t.Errorf("%s: number %d is %v, want %v", what, i, v, want[i])
		}
	}
}

func weightsOf(params []*Param) (w []float32) {
	for _, p := range params {
		w = append(w, p.W...)
	}
	return w
}

func TestOptimisersMatchPyTorch(t *testing.T) {
	golden := readGoldenTraining(t)
	adam := func(decay float64, decoupled bool, decays func(*Param) bool) Optimizer {
		return &Adam{Beta1: .8, Beta2: .95, Eps: 1e-8, WeightDecay: decay, Decoupled: decoupled, Decays: decays}
	}
	optimisers := map[string]Optimizer{
		"SGD":                  NewSGD(.9, .01),
		"Nesterov":             &SGD{Momentum: .9, WeightDecay: .01, Nesterov: true},
		"SGD, filters decay":   &SGD{Momentum: .9, WeightDecay: .1, Decays: Filters},
		"Adam":                 adam(.1, false, nil),
		"AdamW":                adam(.5, true, nil),
		"AdamW, filters decay": adam(.5, true, Filters),
		"RMSprop":              &RMSprop{Decay: .9, Eps: 1e-8, WeightDecay: .1},
		"RMSprop, momentum":    &RMSprop{Decay: .9, Eps: 1e-8, Momentum: .5, WeightDecay: .1, Decays: Filters},
	}
	if len(optimisers) != len(golden.Optimisers) {
		t.Errorf("%d optimisers, the reference has %d", len(optimisers), len(golden.Optimisers))
	}
	for name, o := range optimisers {
		if err := o.Check(); err != nil {
			t.Error(err)
		}
		params := goldenParams()
		for step := 1; step <= 6; step++ {
			goldenGradients(params, step)
			if err := o.Step(params, .1); err != nil {
				t.Fatal(err)
			}
		}
		within(t, name, weightsOf(params), golden.Optimisers[name], 2e-6)
		if got := o.State(params).Steps; got != 6 {
			t.Errorf("%s counts %d steps, want 6", name, got)
		}
	}
}

func TestAverageMatchesPyTorch(t *testing.T) {
	golden := readGoldenTraining(t)
	mean, err := NewAverage(.9)
	if err != nil {
		t.Fatal(err)
	}
	params, sgd := goldenParams(), NewSGD(0, 0)
	for step := 1; step <= 6; step++ {
		goldenGradients(params, step)
		if err := sgd.Step(params, .1); err != nil {
			t.Fatal(err)
		}
		if err := mean.Update(params); err != nil {
			t.Fatal(err)
		}
	}
	last := weightsOf(params)
	if err := mean.Swap(params); err != nil {
		t.Fatal(err)
	}
	within(t, "average", weightsOf(params), golden.Averaged, 1e-6)
	if err := mean.Swap(params); err != nil {
		t.Fatal(err)
	}
	for i, w := range weightsOf(params) {
		if w != last[i] {
			t.Fatalf("swapped twice, number %d is %v, want %v", i, w, last[i])
		}
	}
}

func TestSchedulesMatchPyTorch(t *testing.T) {
	golden := readGoldenTraining(t)
	schedules := map[string]Schedule{
		"cosine":         Cosine{Base: .2},
		"cosine to 0.01": Cosine{Base: .2, Final: .01},
		"steps":          Steps{Base: .2, Factor: .1, Every: .3},
		"warm-up":        Warmup(.25, Cosine{Base: .2}),
	}
	if len(schedules) != len(golden.Schedules) {
		t.Errorf("%d schedules, the reference has %d", len(schedules), len(golden.Schedules))
	}
	for name, s := range schedules {
		if err := s.Check(); err != nil {
			t.Error(err)
		}
		for step, want := range golden.Schedules[name] {
			if got := s.Rate(step, 20); math.Abs(got-want) > 1e-12 {
				t.Errorf("%s: rate %v at step %d, want %v", name, got, step, want)
			}
		}
	}
}

// TestPhasesCoverEveryStep: every step is in one phase, and no phase is asked for a step
// that it does not have.
func TestPhasesCoverEveryStep(t *testing.T) {
	for steps := 1; steps < 40; steps++ {
		var seen [3]int
		var p Phases
		for i, share := range []float64{.1, .33, .57} {
			p = append(p, Phase{share, counting{t, &seen[i]}})
		}
		for step := range steps {
			p.Rate(step, steps)
		}
		if all := seen[0] + seen[1] + seen[2]; all != steps {
			t.Errorf("%d of %d steps have a rate: %v", all, steps, seen)
		}
	}
}

// counting is a schedule that counts what it is asked.
type counting struct {
	t    *testing.T
	seen *int
}

func (c counting) Check() error { return nil }

func (c counting) Rate(step, steps int) float64 {
	if step != *c.seen || step >= steps {
		c.t.Errorf("asked for step %d of %d after %d steps", step, steps, *c.seen)
	}
	*c.seen++
	return 1
}

// losses are the losses by their names in testdata/training.py.
func losses(t *testing.T) map[string]Loss {
	t.Helper()
	smoothed, err := SmoothedCrossEntropy(.1)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]Loss{"cross-entropy": CrossEntropy, "smoothed": smoothed, "squared error": SquaredError}
}

func TestLossesMatchPyTorch(t *testing.T) {
	golden := readGoldenTraining(t)
	outputs, targets, grad := make([]float32, 20), make([]float32, 20), make([]float32, 20)
	for j := range outputs {
		outputs[j], targets[j] = float32(2*math.Sin(float64(j+1))), float32(math.Cos(float64(j)))
	}
	check := func(name string, loss float64) {
		want := golden.Losses[name]
		if math.Abs(loss-want.Loss) > 1e-6 {
			t.Errorf("%s: %v, want %v", name, loss, want.Loss)
		}
		within(t, "gradient of "+name, grad, want.Grad, 1e-7)
	}
	for name, loss := range losses(t) {
		check(name, loss(outputs, []int{1, 0, 3, 2, 1}, 4, grad).Loss)
	}
	loss, err := MSE(outputs, targets, grad)
	if err != nil {
		t.Fatal(err)
	}
	check("MSE", loss)
}

// TestGradientsOfLosses compares gradients with central differences.
func TestGradientsOfLosses(t *testing.T) {
	y := []int{2, 0, 1}
	x := []float32{.5, -1, 2, 0, .25, -3, 1, 1, 4}
	for name, loss := range losses(t) {
		grad := make([]float32, len(x))
		loss(x, y, 3, grad)
		for i, old := range x {
			const eps = 1. / 256
			x[i] = old + eps
			up := loss(x, y, 3, nil).Loss
			x[i] = old - eps
			down := loss(x, y, 3, nil).Loss
			x[i] = old
			if want := (up - down) / (2 * eps); math.Abs(float64(grad[i])-want) > 2e-6 {
				t.Errorf("%s: gradient %v at %d, differences say %v", name, grad[i], i, want)
			}
		}
	}
}

func TestBadSettings(t *testing.T) {
	for _, c := range []struct {
		want string
		do   func() error
	}{
		{"SGD: momentum 1; it has to be at least 0 and below 1", func() error { return NewSGD(1, 0).Check() }},
		{"SGD: weight decay +Inf", func() error { return NewSGD(0, math.Inf(1)).Check() }},
		{"Adam: ε 0; it has to be a finite number above 0", func() error { return (&Adam{}).Check() }},
		{"AdamW: weight decay NaN", func() error { return NewAdamW(math.NaN()).Check() }},
		{"RMSprop: decay 2", func() error { return (&RMSprop{Decay: 2}).Check() }},
		{"label smoothing of 1", func() error { _, err := SmoothedCrossEntropy(1); return err }},
		{"1 outputs and 2 targets", func() error { _, err := MSE(make([]float32, 1), make([]float32, 2), nil); return err }},
		{"decay 1; it has to be above 0 and below 1", func() error { _, err := NewAverage(1); return err }},
		{"phase 2 of the schedule has none", func() error { return Warmup(.1, nil).Check() }},
		{"add up to 0.5", func() error { return Phases{{.5, Constant{1}}}.Check() }},
	} {
		if err := c.do(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want an error with %q", err, c.want)
		}
	}
}

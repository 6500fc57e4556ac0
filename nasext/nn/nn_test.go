package nn

import (
	"bytes"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/safetensors"
)

// small is a network of 2×3×3 images and 4 classes with one convolution.
func small(t *testing.T) *Network {
	t.Helper()
	n := newNet(2, 3, 3)
	n.op("conv", convOp(3, 3, 1, 1, true))
	n.op("bn", kind(arch.BatchNorm))
	n.op("relu", kind(arch.ReLU))
	n.op("flat", kind(arch.Flatten))
	n.op("fc", linearOp(4))
	net, err := New(&n.Arch, 5)
	if err != nil {
		t.Fatal(err)
	}
	return net
}

func TestParamsAreThoseOfTheArchitecture(t *testing.T) {
	a := w3()
	n, err := New(a, 1)
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, p := range n.Params() {
		total += len(p.W)
	}
	if want, err := a.Params(); err != nil || int64(total) != want || total != 79634 {
		t.Errorf("%d parameters, the architecture counts %d (%v), known is 79634", total, want, err)
	}
}

func TestInitialWeights(t *testing.T) {
	n, err := New(w7(), 1)
	if err != nil {
		t.Fatal(err)
	}
	deviation := func(p *Param) float64 { return momentsOf(p.W).L2 / math.Sqrt(float64(len(p.W))) }
	for i, want := range []float64{math.Sqrt(2. / 784), 0, math.Sqrt(2. / 256), 0, math.Sqrt(1. / 256), 0} {
		if got := deviation(n.Params()[i]); math.Abs(got-want) > .05*want {
			t.Errorf("%s: deviation %v, want %v", n.Params()[i].Name, got, want)
		}
	}
	again, err := New(w7(), 1)
	if err != nil {
		t.Fatal(err)
	}
	other, err := New(w7(), 2)
	if err != nil {
		t.Fatal(err)
	}
	if w := n.Params()[2].W; !slices.Equal(w, again.Params()[2].W) || slices.Equal(w, other.Params()[2].W) {
		t.Error("weights have to depend on the seed and on nothing else")
	}
}

func TestCrossEntropy(t *testing.T) {
	grad := make([]float32, 6)
	s := CrossEntropy([]float32{0, 0, 0, 1000, 0, -1000}, []int{2, 0}, 3, grad)
	if want := math.Log(3) / 2; math.Abs(s.Loss-want) > 1e-12 || s.Correct != 1 || s.Samples != 2 || s.Accuracy() != .5 {
		t.Errorf("got %+v, want a loss of %v and one of two right", s, want)
	}
	third := float32(1. / 3)
	if want := []float32{third / 2, third / 2, (third - 1) / 2, 0, 0, 0}; !slices.EqualFunc(grad, want, func(a, b float32) bool { return math.Abs(float64(a-b)) < 1e-7 }) {
		t.Errorf("gradient %v, want %v", grad, want)
	}
	if s := CrossEntropy([]float32{float32(math.NaN()), 0}, []int{0}, 2, nil); s.Finite() {
		t.Errorf("the loss of an output that is no number is %v", s.Loss)
	}
}

func TestSGD(t *testing.T) {
	for _, c := range []struct {
		opt  *SGD
		want float32 // of 1 after two steps with gradient 1 and then 2 at rate .1
	}{
		{&SGD{}, 1 - .1*1 - .1*2},
		{&SGD{Momentum: .5}, 1 - .1*1 - .1*(2+.5)},
		{&SGD{Momentum: .5, Nesterov: true}, 1 - .1*(1+.5) - .1*(2+.5*2.5)},
		{&SGD{WeightDecay: .1}, (1-.1*(1+.1))*(1-.1*.1) - .1*2},
	} {
		p := NewParam("p", 1)
		p.W[0] = 1
		for _, g := range []float32{1, 2} {
			p.G[0] = g
			if err := c.opt.Step([]*Param{p}, .1); err != nil {
				t.Fatal(err)
			}
		}
		if math.Abs(float64(p.W[0]-c.want)) > 1e-6 {
			t.Errorf("%+v: %v, want %v", c.opt, p.W[0], c.want)
		}
	}
}

func TestAdam(t *testing.T) {
	p, o := NewParam("p", 2), NewAdam()
	p.G[0], p.G[1] = 3, -0.001
	if err := o.Step([]*Param{p}, .1); err != nil {
		t.Fatal(err)
	}
	// Bias correction makes the first step the rate, whatever the gradient's size.
	for i, want := range []float64{-.1, .1} {
		if math.Abs(float64(p.W[i])-want) > 2e-6 {
			t.Errorf("after one step %v, want %v", p.W[i], want)
		}
	}
	p.G[0] = -3
	if err := o.Step([]*Param{p}, .1); err != nil {
		t.Fatal(err)
	}
	m, v := (.9*.3-.1*3)/(1-.81), 9.0
	if want := -.1 - .1*m/math.Sqrt(v); math.Abs(float64(p.W[0])-want) > 2e-6 {
		t.Errorf("after two steps %v, want %v", p.W[0], want)
	}
}

func TestOptimisersFindAMinimum(t *testing.T) {
	for name, o := range map[string]Optimizer{"SGD": NewSGD(.9, 0), "Nesterov": &SGD{Momentum: .9, Nesterov: true}, "Adam": NewAdam()} {
		p := NewParam("p", 3)
		target := []float32{1, -2, .5}
		for range 500 {
			for i := range p.W {
				p.G[i] = 2 * (p.W[i] - target[i])
			}
			if err := o.Step([]*Param{p}, .02); err != nil {
				t.Fatal(err)
			}
		}
		for i := range target {
			if math.Abs(float64(p.W[i]-target[i])) > 1e-2 {
				t.Errorf("%s: %v, want %v", name, p.W, target)
			}
		}
	}
}

func TestClipNorm(t *testing.T) {
	p, q := NewParam("p", 1), NewParam("q", 1)
	p.G[0], q.G[0] = 3, 4
	if got := ClipNorm([]*Param{p, q}, 10); got != 5 || p.G[0] != 3 {
		t.Errorf("norm %v, gradient %v: a norm below the limit changes nothing", got, p.G[0])
	}
	if got := ClipNorm([]*Param{p, q}, 1); got != 5 || math.Abs(GradNorm([]*Param{p, q})-1) > 1e-6 {
		t.Errorf("norm %v before, %v after; want 5 and 1", got, GradNorm([]*Param{p, q}))
	}
	p.G[0] = float32(math.NaN())
	if ClipNorm([]*Param{p, q}, .1); math.Abs(float64(q.G[0])-.8) > 1e-6 {
		t.Errorf("a norm that is no number changed a gradient to %v", q.G[0])
	}
}

func TestSchedules(t *testing.T) {
	for _, c := range []struct {
		s    Schedule
		want [4]float64 // steps 0, 25, 50 and 99 of 100
	}{
		{Constant{.1}, [4]float64{.1, .1, .1, .1}},
		{Cosine{Base: 2}, [4]float64{2, 1 + math.Sqrt2/2, 1, 1 + math.Cos(.99*math.Pi)}},
		{Cosine{Base: 2, Final: 1}, [4]float64{2, 1.5 + math.Sqrt2/4, 1.5, 1.5 + math.Cos(.99*math.Pi)/2}},
		{Warmup(.5, Cosine{Base: 2}), [4]float64{.04, 1.04, 2, 1 + math.Cos(.98*math.Pi)}},
		{Steps{Base: 1, Factor: .1, Every: .3}, [4]float64{1, 1, .1, .001}},
	} {
		if err := c.s.Check(); err != nil {
			t.Error(err)
		}
		for i, step := range []int{0, 25, 50, 99} {
			if got := c.s.Rate(step, 100); math.Abs(got-c.want[i]) > 1e-12 {
				t.Errorf("%+v: rate %v at step %d, want %v", c.s, got, step, c.want[i])
			}
		}
	}
	for _, s := range []Schedule{Constant{0}, Constant{-1}, Constant{math.NaN()}, Constant{math.Inf(1)}, Cosine{}, Cosine{Base: 1, Final: 2},
		Warmup(1, Cosine{Base: 1}), Warmup(.1, nil), Warmup(.1, Cosine{}), Phases{}, Phases{{.5, Constant{1}}}, Linear{From: -1}, Linear{To: math.Inf(1)}, Steps{Base: 1}, Steps{Base: 1, Factor: 2, Every: .5}, Steps{Base: 1, Factor: .5}} {
		if s.Check() == nil {
			t.Errorf("%+v: no error", s)
		}
	}
}

func TestEvaluatePredictConfusion(t *testing.T) {
	n := small(t)
	x, y := images(150*18), make([]int, 150)
	for i := range y {
		y[i] = i % 4
	}
	s, err := n.Evaluate(x, y)
	if err != nil {
		t.Fatal(err)
	}
	classes, err := n.Predict(x)
	if err != nil {
		t.Fatal(err)
	}
	m, err := Confusion(y, classes, 4)
	if err != nil {
		t.Fatal(err)
	}
	diagonal, all := 0, 0
	for i := range m {
		diagonal += m[i][i]
		for j := range m[i] {
			all += m[i][j]
		}
	}
	if s.Samples != 150 || all != 150 || diagonal != s.Correct {
		t.Errorf("%d of %d right by the score, %d of %d by the confusion matrix", s.Correct, s.Samples, diagonal, all)
	}
	one, err := n.Evaluate(x[:18], y[:1])
	if err != nil {
		t.Fatal(err)
	}
	logits, err := n.Forward(x[:18], false)
	if err != nil {
		t.Fatal(err)
	}
	if want := CrossEntropy(logits, y[:1], 4, nil).Loss; one.Loss != want {
		t.Errorf("loss of one sample %v, want %v", one.Loss, want)
	}
}

func TestSaveLoad(t *testing.T) {
	a, b := small(t), small(t)
	x, y := images(20*18), labels(20)
	for i := range y {
		y[i] %= 4
	}
	if _, err := a.Gradients(x, y); err != nil { // moves the running moments
		t.Fatal(err)
	}
	if err := NewSGD(.9, 0).Step(a.Params(), .1); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := a.Save(&file); err != nil {
		t.Fatal(err)
	}
	saved := file.Bytes()
	wide := small(t)
	wide.Params()[2].Shape = []int{3, 1}
	other, err := New(w7(), 1)
	if err != nil {
		t.Fatal(err)
	}
	var more bytes.Buffer
	f, err := safetensors.Parse(saved)
	if err != nil {
		t.Fatal(err)
	}
	f.Tensors = append(f.Tensors, safetensors.Floats("extra", []int{1, 1}, []float32{1}))
	if err := safetensors.Write(&more, f); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		want string
		net  *Network
		file []byte
	}{
		{"5 bytes; a file begins with 8", b, []byte("hello")},
		{"checksum is wrong", b, append(slices.Clone(saved[:len(saved)-1]), saved[len(saved)-1]^1)},
		{"cut off", b, saved[:len(saved)-40]},
		{"\"bn.weight\" is of shape 3 in the file, but of 3×1 in the network; load them into the architecture", wide, saved},
		{"there is no \"a.weight\" of shape 256×784 in the file", other, saved},
		{"the file has \"extra\" of shape 1×1, which the network has not", b, more.Bytes()},
	} {
		before := weightsOf(c.net.Params())
		if err := c.net.Load(bytes.NewReader(c.file)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want an error with %q", err, c.want)
		}
		if !slices.Equal(before, weightsOf(c.net.Params())) {
			t.Errorf("%s: the weights are others", c.want)
		}
	}
	if err := b.Load(bytes.NewReader(saved)); err != nil {
		t.Fatal(err)
	}
	sa, err := a.Evaluate(x, y)
	if err != nil {
		t.Fatal(err)
	}
	sb, err := b.Evaluate(x, y)
	if err != nil {
		t.Fatal(err)
	}
	if sa != sb {
		t.Errorf("saved network scores %+v, loaded one %+v", sa, sb)
	}
}

func TestBadInput(t *testing.T) {
	n := small(t)
	x := images(2 * 18)
	p := NewParam("p", 2)
	sgd := NewSGD(.9, 0)
	if err := sgd.Step([]*Param{p}, .1); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		want string
		do   func() error
	}{
		{"forward: 17 numbers are no whole number of samples of shape 2×3×3", func() error { _, err := n.Forward(x[:17], false); return err }},
		{"forward: 0 numbers", func() error { _, err := n.Forward(nil, false); return err }},
		{"call Forward(x, true) before", func() error { return n.Backward(make([]float32, 8), nil) }},
		{"label 4; the network has 4 outputs, so labels are 0 to 3", func() error { _, err := n.Gradients(x, []int{0, 4}); return err }},
		{"1 labels, but 36 numbers are 2 samples", func() error { _, err := n.Gradients(x, []int{0}); return err }},
		{"evaluate: no samples", func() error { _, err := n.Evaluate(nil, nil); return err }},
		{"evaluate: sample 0 has label -1", func() error { _, err := n.Evaluate(x[:18], []int{-1}); return err }},
		{"predict: 5 numbers", func() error { _, err := n.Predict(x[:5]); return err }},
		{"confusion: 1 true and 2 predicted", func() error { _, err := Confusion([]int{1}, []int{1, 2}, 3); return err }},
		{"predicted 3; classes are 0 to 2", func() error { _, err := Confusion([]int{1}, []int{3}, 3); return err }},
		{"SGD: learning rate NaN", func() error { return sgd.Step([]*Param{p}, math.NaN()) }},
		{"Adam: learning rate -1", func() error { return NewAdam().Step([]*Param{p}, -1) }},
		{"2 parameters, but the first step had 1", func() error { return sgd.Step([]*Param{p, p}, .1) }},
		{"\"q\" has 3 numbers, but 2 at the first step", func() error { return sgd.Step([]*Param{NewParam("q", 3)}, .1) }},
		{"2 numbers and 0 gradients", func() error { return sgd.Step([]*Param{{Name: "p", W: p.W}}, .1) }},
		{"build network: arch: ", func() error { _, err := New(&arch.Arch{}, 1); return err }},
		{"2 gradients for 2 samples of 4 outputs", func() error {
			if _, err := n.Forward(x, true); err != nil {
				return err
			}
			return n.Backward(make([]float32, 2), nil)
		}},
	} {
		if err := c.do(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want an error with %q", err, c.want)
		}
	}
}

func TestStepDoesNotAllocateBuffers(t *testing.T) {
	n, err := New(w3(), 1)
	if err != nil {
		t.Fatal(err)
	}
	x, y, opt := images(64*64), labels(64), NewSGD(.9, 0)
	step := func() {
		if _, err := n.Gradients(x, y); err != nil {
			t.Fatal(err)
		}
		if err := opt.Step(n.Params(), .01); err != nil {
			t.Fatal(err)
		}
	}
	step()
	var before, after runtime.MemStats
	const steps = 20
	runtime.ReadMemStats(&before)
	for range steps {
		step()
	}
	runtime.ReadMemStats(&after)
	if got := (after.TotalAlloc - before.TotalAlloc) / steps; got > 100<<10 {
		t.Errorf("a step allocates %d bytes; the buffers of this network have several millions and have to be planned once", got)
	}
}

func ExampleCosine() {
	s := Cosine{Base: 0.1}
	for _, step := range []int{0, 5, 10} {
		fmt.Printf("%.3f ", s.Rate(step, 10))
	}
	// Output: 0.100 0.050 0.000
}

package estimate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
	"github.com/nascent-go/nascent/nasext/nn/grad"
)

var (
	_ Budgeted  = (*Trainer)(nil)
	_ Estimator = (*Counter)(nil)
)

// convNet is four convolutions of the given width, with pooling between.
func convNet(t testing.TB, in arch.Shape, width, classes int) *arch.Arch {
	t.Helper()
	b := arch.NewBuilder(fmt.Sprint("conv net ", width), in)
	block := func(x, c int) int { return b.ReLU(b.BatchNorm(b.Conv(x, c, 3))) }
	x := block(block(b.In(), width), width)
	x = b.MaxPool(x, 2)
	x = block(block(x, 2*width), 2*width)
	b.Linear(b.GlobalPool(x), classes)
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

var digit = arch.Shape{C: 1, H: 8, W: 8}

func parts(t testing.TB) data.Parts {
	t.Helper()
	p, err := data.Digits().Parts(1)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// quick is a configuration that takes some 10 ms.
func quick(t testing.TB) TrainConfig {
	p := parts(t)
	return TrainConfig{Train: p.Train, Valid: p.Valid, Epochs: 2, Batch: 32, Rate: .1, Momentum: .9, WeightDecay: 5e-4, Samples: 200}
}

func trainer(t testing.TB, c TrainConfig) *Trainer {
	t.Helper()
	tr, err := Train(c)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// TestDigits shows the recipe of the first lesson: 16 channels, 20 epochs, a rate of 0.1.
func TestDigits(t *testing.T) {
	p := parts(t)
	epochs := 0
	tr := trainer(t, TrainConfig{Train: p.Train, Valid: p.Valid, Epochs: 20, Batch: 64, Rate: .1, Momentum: .9, WeightDecay: 5e-4,
		OnEpoch: func(a *arch.Arch, e Epoch) { epochs++ }})
	a := convNet(t, digit, 16, 10)
	n, e, err := tr.Fit(context.Background(), a, 1)
	if err != nil {
		t.Fatal(err)
	}
	test, err := n.Evaluate(p.Test.X, p.Test.Y)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("valid %.2f %%, held out %.2f %%, %d parameters, %.2f s on %s", 100*e.Score, 100*test.Accuracy(), e.Params, e.Seconds, n.Engine())
	if test.Accuracy() < .97 {
		t.Errorf("%.2f %% of the held-out digits are right, want at least 97 %%", 100*test.Accuracy())
	}
	if len(e.Curve) != 20 || epochs != 20 || e.Curve[19].ValidAcc != e.Score || e.Note != "" {
		t.Errorf("%d points, %d calls, score %v, last point %+v, note %q", len(e.Curve), epochs, e.Score, e.Curve[len(e.Curve)-1], e.Note)
	}
	if first, last := e.Curve[0], e.Curve[19]; last.TrainLoss >= first.TrainLoss || last.Rate >= first.Rate || first.Epoch != 1 {
		t.Errorf("first point %+v, last %+v", first, last)
	}
	if want, err := a.Params(); err != nil || e.Params != want || e.MACs <= 0 || e.Seconds <= 0 {
		t.Errorf("%d parameters (%d), %d MACs, %v s", e.Params, want, e.MACs, e.Seconds)
	}
}

func TestSameBits(t *testing.T) {
	c := quick(t)
	plain := sameBits(t, c)
	c.Augment = data.Augment{Crop: 1, Cutout: 2, Mixup: .3}
	if augmented := sameBits(t, c); reflect.DeepEqual(augmented.Curve, plain.Curve) {
		t.Error("augmentation changed nothing")
	}
}

// sameBits is what a training gives, on 1 to 3 threads and several at once, which has to
// be the same to the last bit.
func sameBits(t *testing.T, c TrainConfig) Estimate {
	a := convNet(t, digit, 8, 10)
	var want Estimate
	for threads := 1; threads <= 3; threads++ {
		c.Engine = cpu.New(threads)
		tr := trainer(t, c)
		var wg sync.WaitGroup
		results := make([]Estimate, 3)
		for i := range results {
			wg.Go(func() {
				var err error
				if results[i], err = tr.Estimate(context.Background(), a, 9); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, e := range results {
			e.Seconds = 0
			if want.Curve == nil {
				want = e
			}
			if !reflect.DeepEqual(e, want) {
				t.Errorf("%d threads: %+v, want %+v", threads, e, want)
			}
		}
	}
	other, err := trainer(t, c).Estimate(context.Background(), a, 10)
	if err != nil {
		t.Fatal(err)
	}
	if reflect.DeepEqual(other.Curve, want.Curve) {
		t.Error("another seed gave the same curve")
	}
	return want
}

// What is mixed and cropped can be learned from, and the name tells it.
func TestAugmented(t *testing.T) {
	c := quick(t)
	if name := trainer(t, c).Name(); strings.Contains(name, "augment") {
		t.Errorf("the name of a training without augmentation is %q", name)
	}
	c.Epochs, c.Samples = 8, 0
	c.Augment = data.Augment{Crop: 1, Mixup: .2}
	tr := trainer(t, c)
	if name := tr.Name(); !strings.Contains(name, "augment {Crop:1 Flip:false") {
		t.Errorf("the name is %q", name)
	}
	e, err := tr.Estimate(context.Background(), convNet(t, digit, 8, 10), 1)
	if err != nil {
		t.Fatal(err)
	}
	if e.Score < .9 {
		t.Errorf("accuracy %v", e.Score)
	}
	// The training's own loss is of mixed images, which are harder than those it is
	// validated by.
	if last := e.Curve[len(e.Curve)-1]; last.TrainLoss < last.ValidLoss {
		t.Errorf("loss %v on mixed images, %v on plain ones", last.TrainLoss, last.ValidLoss)
	}
}

// A layer of one's own is trained as that of the engine which computes the same.
func TestOwnFunctions(t *testing.T) {
	net := func(act func(b *arch.Builder, x int) int) *arch.Arch {
		b := arch.NewBuilder("swish", digit)
		b.Classifier(act(b, b.ConvBN(b.In(), 4, 3)), 10)
		a, err := b.Build()
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	known := net(func(b *arch.Builder, x int) int { return b.SiLU(x, arch.Named("act")) })
	own := net(func(b *arch.Builder, x int) int { return b.Custom(x, "swish", b.Shape(x), 0, arch.Named("act")) })
	c := quick(t)
	want, err := trainer(t, c).Estimate(context.Background(), known, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := trainer(t, c).Estimate(context.Background(), own, 1); err == nil || !strings.Contains(err.Error(), `node "act" needs the function "swish", and there are none`) {
		t.Errorf("without the function the error is %v", err)
	}
	c.Funcs = nn.Funcs{"swish": func(x, _ *grad.Tensor) *grad.Tensor { return x.Mul(x.Sigmoid()) }}
	tr := trainer(t, c)
	got, err := tr.Estimate(context.Background(), own, 1)
	if err != nil {
		t.Fatal(err)
	}
	if d := math.Abs(got.Curve[1].TrainLoss - want.Curve[1].TrainLoss); d > 1e-4 || got.Params != want.Params {
		t.Errorf("%+v, of the engine's operation %+v", got, want)
	}
	if !strings.Contains(tr.Name(), ", funcs swish)") {
		t.Errorf("it is called %s", tr.Name())
	}
}

func TestBudget(t *testing.T) {
	tr := trainer(t, quick(t))
	a := convNet(t, digit, 4, 10)
	for _, c := range []struct {
		b       Budget
		epochs  int
		samples int
	}{{Budget{}, 2, 200}, {Budget{Epochs: 3}, 3, 200}, {Budget{Samples: 100}, 2, 100}, {Budget{Epochs: -1, Samples: 1 << 30}, 2, parts(t).Train.Len()}} {
		at := tr.At(c.b).(*Trainer)
		e, err := at.Estimate(context.Background(), a, 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(e.Curve) != c.epochs || at.samples() != c.samples {
			t.Errorf("%+v: %d epochs of %d samples, want %d of %d", c.b, len(e.Curve), at.samples(), c.epochs, c.samples)
		}
		if same := at.Name() == tr.Name(); same != (c.b == Budget{}) {
			t.Errorf("%+v: name %s", c.b, at.Name())
		}
	}
	if _, err := tr.At(Budget{Samples: 10}).Estimate(context.Background(), a, 1); err == nil || !strings.Contains(err.Error(), "batches of 32 samples from 10") {
		t.Errorf("got %v, want an error about the batch", err)
	}
}

func TestScheduleClipAndNesterovCount(t *testing.T) {
	a := convNet(t, digit, 4, 10)
	losses := map[float64]string{}
	for name, change := range map[string]func(*TrainConfig){
		"plain":    func(c *TrainConfig) {},
		"constant": func(c *TrainConfig) { c.Schedule, c.Rate = nn.Constant{Base: .1}, 0 },
		"clip":     func(c *TrainConfig) { c.Clip = .5 },
		"nesterov": func(c *TrainConfig) { c.Nesterov = true },
		"momentum": func(c *TrainConfig) { c.Momentum = .5 },
		"decay":    func(c *TrainConfig) { c.WeightDecay = 0 },
		"batch":    func(c *TrainConfig) { c.Batch = 50 },
		"rate":     func(c *TrainConfig) { c.Rate = .05 },
	} {
		c := quick(t)
		change(&c)
		e, err := trainer(t, c).Estimate(context.Background(), a, 1)
		if err != nil {
			t.Fatal(err)
		}
		loss := e.Curve[1].TrainLoss
		if before, taken := losses[loss]; taken {
			t.Errorf("%s and %s train the same way", before, name)
		}
		losses[loss] = name
	}
}

func TestDivergence(t *testing.T) {
	c := quick(t)
	c.Rate, c.Momentum, c.Epochs = 1e12, 0, 20
	b := arch.NewBuilder("no norm", digit)
	b.Linear(b.ReLU(b.Linear(b.Flatten(b.In()), 32)), 10)
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	e, err := trainer(t, c).Estimate(context.Background(), a, 1)
	if err != nil {
		t.Fatal(err)
	}
	if e.Score != 0 || !strings.HasPrefix(e.Note, "diverged: the ") || !strings.Contains(e.Note, "9.99e+11") || len(e.Curve) == 20 {
		t.Errorf("score %v after %d epochs, note %q", e.Score, len(e.Curve), e.Note)
	}
	for _, p := range e.Curve {
		if math.IsNaN(p.TrainLoss+p.ValidLoss) || math.IsInf(p.TrainLoss+p.ValidLoss, 0) {
			t.Errorf("the curve has %+v", p)
		}
	}
}

func TestContext(t *testing.T) {
	c := quick(t)
	c.Samples, c.Epochs = 0, 100000
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var stopped time.Time
	c.OnEpoch = func(a *arch.Arch, e Epoch) {
		if e.Epoch == 2 {
			stopped = time.Now()
			cancel()
		}
	}
	_, err := trainer(t, c).Estimate(ctx, convNet(t, digit, 16, 10), 1)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "stopped in epoch 3") {
		t.Errorf("got %v", err)
	}
	if d := time.Since(stopped); d > 200*time.Millisecond {
		t.Errorf("it went on for %v", d)
	}
}

func TestBadInput(t *testing.T) {
	p := parts(t)
	bad := func(change func(*TrainConfig)) func() error {
		return func() error {
			c := quick(t)
			change(&c)
			_, err := Train(c)
			return err
		}
	}
	run := func(in arch.Shape, classes int) func() error {
		return func() error {
			_, err := trainer(t, quick(t)).Estimate(context.Background(), convNet(t, in, 4, classes), 1)
			return err
		}
	}
	count := func(c CountConfig) func() error {
		return func() error { _, err := Count(c); return err }
	}
	for _, c := range []struct {
		want string
		do   func() error
	}{
		{"batches of 4096 samples from 1078; choose a Batch of 1 to 1078", bad(func(c *TrainConfig) { c.Batch, c.Samples = 4096, 0 })},
		{"batches of 0 samples", bad(func(c *TrainConfig) { c.Batch = 0 })},
		{"learning rate 0; Rate has to be", bad(func(c *TrainConfig) { c.Rate = 0 })},
		{"learning rate -1", bad(func(c *TrainConfig) { c.Rate = -1 })},
		{"learning rate NaN", bad(func(c *TrainConfig) { c.Rate = math.NaN() })},
		{"cosine schedule: base rate 0", bad(func(c *TrainConfig) { c.Schedule = nn.Cosine{} })},
		{"0 epochs", bad(func(c *TrainConfig) { c.Epochs = 0 })},
		{"-3 epochs", bad(func(c *TrainConfig) { c.Epochs = -3 })},
		{"momentum 1", bad(func(c *TrainConfig) { c.Momentum = 1 })},
		{"weight decay -1", bad(func(c *TrainConfig) { c.WeightDecay = -1 })},
		{"clipped at -1", bad(func(c *TrainConfig) { c.Clip = -1 })},
		{"5000 samples of \"digits/train\", which holds 1078", bad(func(c *TrainConfig) { c.Samples = 5000 })},
		{"set Train and Valid", bad(func(c *TrainConfig) { c.Valid = nil })},
		{"a crop from 8 pixels around images of 1×8×8", bad(func(c *TrainConfig) { c.Augment.Crop = 8 })},
		{"Augment.Normalise would change the training images alone", bad(func(c *TrainConfig) { c.Augment.Normalise = c.Train.Moments() })},
		{"have to agree", bad(func(c *TrainConfig) { v := *p.Valid; v.Classes = 11; v.Names = nil; c.Valid = &v })},
		{"no images", bad(func(c *TrainConfig) { v := *p.Valid; v.X, v.Y = nil, nil; c.Valid = &v })},
		{"takes images of 3×8×8, but those of \"digits/train\" are 1×8×8", run(arch.Shape{C: 3, H: 8, W: 8}, 10)},
		{"has 7 outputs, but \"digits/train\" has 10 classes", run(digit, 7)},
		{"train: arch: ", func() error {
			_, err := trainer(t, quick(t)).Estimate(context.Background(), &arch.Arch{}, 1)
			return err
		}},
		{"but Memory allows 1000; choose a smaller network", func() error {
			c := quick(t)
			c.Memory = 1000
			_, err := trainer(t, c).Estimate(context.Background(), convNet(t, digit, 4, 10), 1)
			return err
		}},
		{"no \"flops\" to count", count(CountConfig{Of: "flops"})},
		{"target -1", count(CountConfig{Target: -1})},
	} {
		if err := c.do(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want an error with %q", err, c.want)
		}
	}
}

func TestCount(t *testing.T) {
	b := arch.NewBuilder("linear", digit)
	b.Linear(b.Flatten(b.In()), 10)
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		c    CountConfig
		want float64
	}{
		{CountConfig{}, -math.Log10(650)},
		{CountConfig{Of: "macs"}, -math.Log10(640)},
		{CountConfig{Target: 650}, 0},
		{CountConfig{Target: 65}, -1},
		{CountConfig{Target: 6500}, -1},
	} {
		counter, err := Count(c.c)
		if err != nil {
			t.Fatal(err)
		}
		e, err := counter.Estimate(context.Background(), a, 1)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(e.Score-c.want) > 1e-12 || e.Params != 650 || e.MACs != 640 {
			t.Errorf("%s: %+v, want a score of %v", counter.Name(), e, c.want)
		}
	}
	// A second head for training only: its parameters count, what it computes does not.
	b.Aux(len(a.Nodes) - 1)
	b.Linear(b.Flatten(b.In()), 10, arch.Bias(false))
	two, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	counter, err := Count(CountConfig{Of: "macs"})
	if err != nil {
		t.Fatal(err)
	}
	if e, err := counter.Estimate(context.Background(), two, 1); err != nil || e.Params != 650+640 || e.MACs != 640 {
		t.Errorf("with an auxiliary head: %+v, %v", e, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	counter, err = Count(CountConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := counter.Estimate(ctx, a, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}

func TestNoContext(t *testing.T) {
	counter, err := Count(CountConfig{})
	if err != nil {
		t.Fatal(err)
	}
	var none context.Context
	for _, e := range []Estimator{trainer(t, quick(t)), counter} {
		if _, err := e.Estimate(none, &arch.Arch{}, 1); err == nil || !strings.Contains(err.Error(), "give context.Background()") {
			t.Errorf("%s without a context: got %v", e.Name(), err)
		}
	}
}

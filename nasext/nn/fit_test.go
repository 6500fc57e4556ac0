package nn

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/nn/safetensors"
	"github.com/nascent-go/nascent/nasext/seed"
)

// digitNet is a small network for digits with batch norm, drop path and dropout.
func digitNet(t testing.TB, seed uint64) *Network {
	t.Helper()
	n := newNet(1, 8, 8)
	n.op("conv", convOp(4, 3, 2, 1, false))
	bn := n.op("bn", kind(arch.BatchNorm))
	n.op("path", arch.Op{Kind: arch.DropPath, Rate: .2})
	n.op("sum", kind(arch.Add), bn, n.last)
	n.op("relu", kind(arch.ReLU))
	n.op("flat", kind(arch.Flatten))
	n.op("drop", arch.Op{Kind: arch.Dropout, Rate: .1})
	n.op("fc", linearOp(10))
	net, err := New(&n.Arch, seed)
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// digits are so many of the digits to train and to validate with.
func digits(t testing.TB, train, valid int) (a, b *data.Set) {
	t.Helper()
	parts, err := data.Digits().Parts(1)
	if err != nil {
		t.Fatal(err)
	}
	if a, err = parts.Train.First(train); err != nil {
		t.Fatal(err)
	}
	if b, err = parts.Valid.First(valid); err != nil {
		t.Fatal(err)
	}
	return a, b
}

func fit(t testing.TB, n *Network, c FitConfig) *History {
	t.Helper()
	h, err := Fit(context.Background(), n, c)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestFitLearns(t *testing.T) {
	train, valid := digits(t, 1000, 350)
	n := digitNet(t, 1)
	h := fit(t, n, FitConfig{Train: train, Valid: valid, Epochs: 10})
	s, err := n.Evaluate(valid.X, valid.Y)
	if err != nil {
		t.Fatal(err)
	}
	last := h.Epochs[len(h.Epochs)-1]
	if s.Accuracy() < .9 || last.ValidAcc != s.Accuracy() || math.Abs(last.ValidLoss-s.Loss) > 1e-9 {
		t.Errorf("%+v, last epoch %+v; want at least 90 %% right, and the same", s, last)
	}
	if len(h.Epochs) != 10 || h.Steps != 160 || h.Stopped != "" || h.Best < 1 || h.Epochs[0].Rate <= last.Rate {
		t.Errorf("%+v", h)
	}
}

// plainConvNet is four convolutions with pooling between, for digits.
func plainConvNet(t testing.TB, seed uint64) *Network {
	t.Helper()
	b := arch.NewBuilder("plain", arch.Shape{C: 1, H: 8, W: 8})
	block := func(x, c int) int { return b.ReLU(b.BatchNorm(b.Conv(x, c, 3))) }
	x := b.MaxPool(block(block(b.In(), 16), 16), 2)
	b.Linear(b.GlobalPool(block(block(x, 32), 32)), 10)
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	n, err := New(a, seed)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// digitsRecipe trains on what is not held out of a split by the seed.
func digitsRecipe(t testing.TB, seed uint64) (c FitConfig, test *data.Set) {
	t.Helper()
	parts, err := data.Digits().Parts(seed)
	if err != nil {
		t.Fatal(err)
	}
	train, err := data.Join("digits, but the test part", parts.Train, parts.Valid)
	if err != nil {
		t.Fatal(err)
	}
	smoothed, err := SmoothedCrossEntropy(.1)
	if err != nil {
		t.Fatal(err)
	}
	return FitConfig{Train: train, Epochs: 30, Batch: 32, Seed: seed, Rate: .1, Loss: smoothed}, parts.Test
}

// TestDigits: a small convolutional network has at least 98.5 % of the held-out digits
// right, in the mean over five splits and trainings.
func TestDigits(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some seconds")
	}
	var all Score
	for seed := range uint64(5) {
		c, test := digitsRecipe(t, seed+1)
		n := plainConvNet(t, seed+1)
		fit(t, n, c)
		s, err := n.Evaluate(test.X, test.Y)
		if err != nil {
			t.Fatal(err)
		}
		all.add(s)
	}
	low, high := all.Interval(.95)
	t.Logf("%.2f %% of %d (%.2f to %.2f)", 100*all.Accuracy(), all.Samples, 100*low, 100*high)
	if all.Accuracy() < .985 {
		t.Errorf("%.2f %% are right, want at least 98.5 %%", 100*all.Accuracy())
	}
}

// TestFitIsItsParts: training is what one would write by hand.
func TestFitIsItsParts(t *testing.T) {
	train, valid := digits(t, 100, 50)
	n, hand := digitNet(t, 1), digitNet(t, 1)
	h := fit(t, n, FitConfig{Train: train, Valid: valid, Epochs: 2, Batch: 30, Seed: 4, Optimizer: NewAdam(), Rate: .01, Clip: 1})
	batches, err := data.NewBatches(train, 30, seed.Derive(4, "batches"))
	if err != nil {
		t.Fatal(err)
	}
	adam, step, mean := NewAdam(), 0, 0.0
	for epoch := 1; epoch <= 2; epoch++ {
		batches.Start(epoch)
		mean = 0
		for x, y, ok := batches.Next(); ok; x, y, ok = batches.Next() {
			hand.DropPath = float64(step+1) / 8
			s, err := hand.Gradients(x, y)
			if err != nil {
				t.Fatal(err)
			}
			ClipNorm(hand.Params(), 1)
			if err := adam.Step(hand.Params(), Cosine{Base: .01}.Rate(step, 8)); err != nil {
				t.Fatal(err)
			}
			mean += s.Loss * float64(s.Samples) / 100
			step++
		}
	}
	if !slices.Equal(weightsOf(n.blocks()), weightsOf(hand.blocks())) {
		t.Error("other weights than by hand")
	}
	if got := h.Epochs[1].TrainLoss; math.Abs(got-mean) > 1e-12 {
		t.Errorf("training loss of epoch 2 is %v, want %v", got, mean)
	}
}

// recipes are configurations that keep every kind of state.
func recipes(t testing.TB) map[string]func() FitConfig {
	train, valid := digits(t, 70, 30)
	smoothed, err := SmoothedCrossEntropy(.1)
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(*FitConfig)) func() FitConfig {
		return func() FitConfig {
			c := FitConfig{Train: train, Valid: valid, Epochs: 3, Batch: 20, Seed: 7}
			change(&c)
			return c
		}
	}
	return map[string]func() FitConfig{
		"defaults": with(func(c *FitConfig) {}),
		"AdamW and averages": with(func(c *FitConfig) {
			c.Optimizer, c.Schedule, c.Average, c.Clip = NewAdamW(.1), Warmup(.3, Cosine{Base: .01}), .9, 1
		}),
		"RMSprop, patience, averages": with(func(c *FitConfig) {
			c.Optimizer, c.Rate, c.Patience, c.Average = &RMSprop{Decay: .9, Momentum: .9, Eps: 1e-8, Decays: Filters}, .02, 1, .5
		}),
		"augmented, without validation": with(func(c *FitConfig) {
			c.Augment, c.Loss, c.Valid = data.Augment{Crop: 1, Cutout: 2, Mixup: .4}, smoothed, nil
		}),
	}
}

// TestResumeGivesTheSameBits stops a training after every one of its steps and in the
// validation, and goes on with a network, a configuration and an optimiser that are new.
func TestResumeGivesTheSameBits(t *testing.T) {
	for name, recipe := range recipes(t) {
		t.Run(name, func(t *testing.T) {
			whole := digitNet(t, 1)
			want := fit(t, whole, recipe())
			for stop := 1; stop <= want.Steps; stop++ {
				path := filepath.Join(t.TempDir(), "digits.safetensors")
				c := recipe()
				c.Checkpoint = path
				ctx, cancel := context.WithCancel(context.Background())
				c.OnStep = func(p Progress) {
					if p.Step == stop {
						cancel()
					}
				}
				if _, err := Fit(ctx, digitNet(t, 1), c); stop < want.Steps && !errors.Is(err, context.Canceled) {
					t.Fatalf("stopped after step %d: error %v", stop, err)
				}
				c = recipe()
				c.Checkpoint = path
				n := digitNet(t, 99)
				if got := fit(t, n, c); !reflect.DeepEqual(got, want) {
					t.Errorf("stopped after step %d: history %+v, want %+v", stop, got, want)
				}
				if !slices.Equal(weightsOf(n.blocks()), weightsOf(whole.blocks())) {
					t.Errorf("stopped after step %d: other weights", stop)
				}
			}
		})
	}
}

// TestSaveBetweenSteps: a training goes on where another, which goes on too, was saved.
func TestSaveBetweenSteps(t *testing.T) {
	recipe := recipes(t)["AdamW and averages"]
	var saved bytes.Buffer
	var first *Training
	c := recipe()
	c.OnStep = func(p Progress) {
		if p.Step == 6 {
			if err := first.Save(&saved); err != nil {
				t.Error(err)
			}
		}
	}
	whole := digitNet(t, 1)
	first, err := NewTraining(whole, c)
	if err != nil {
		t.Fatal(err)
	}
	want, err := first.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Save(&saved); err == nil || !strings.Contains(err.Error(), "the training is over; save what it made with Network.Save") {
		t.Errorf("saved after the end: %v", err)
	}
	n := digitNet(t, 2)
	second, err := NewTraining(n, recipe())
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Load(bytes.NewReader(saved.Bytes())); err != nil {
		t.Fatal(err)
	}
	got, err := second.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) || !slices.Equal(weightsOf(n.blocks()), weightsOf(whole.blocks())) {
		t.Errorf("history %+v, want %+v, and equal weights", got, want)
	}
	// A network alone takes the weights of the step from it.
	if err := digitNet(t, 3).Load(bytes.NewReader(saved.Bytes())); err != nil {
		t.Error(err)
	}
}

// TestStop ends a training at the word of a function, which is not asked after the last epoch.
func TestStop(t *testing.T) {
	train, valid := digits(t, 60, 60)
	var asked []int
	c := FitConfig{Train: train, Valid: valid, Epochs: 4, Schedule: Constant{.05}, Stop: func(p Progress) string {
		asked = append(asked, p.Epoch)
		if len(p.History) != p.Epoch || p.Valid.Samples != 60 {
			t.Errorf("epoch %d with %d before, %+v", p.Epoch, len(p.History), p.Valid)
		}
		return ""
	}}
	if h := fit(t, digitNet(t, 1), c); len(h.Epochs) != 4 || h.Stopped != "" || !slices.Equal(asked, []int{1, 2, 3}) {
		t.Errorf("%d epochs, stopped because %q, asked after %v", len(h.Epochs), h.Stopped, asked)
	}
	c.Stop = func(p Progress) string {
		if p.Epoch == 2 {
			return "enough"
		}
		return ""
	}
	if h := fit(t, digitNet(t, 1), c); len(h.Epochs) != 2 || h.Stopped != "enough" {
		t.Errorf("%d epochs, stopped because %q", len(h.Epochs), h.Stopped)
	}
}

func TestEarlyStoppingKeepsTheBest(t *testing.T) {
	train, valid := digits(t, 60, 60)
	train.Y = slices.Clone(train.Y)
	slices.Reverse(train.Y) // what is learned says nothing of the validation data
	for _, average := range []float64{0, .8} {
		n := digitNet(t, 1)
		h := fit(t, n, FitConfig{Train: train, Valid: valid, Epochs: 100, Schedule: Constant{.05}, Patience: 3, Average: average})
		if len(h.Epochs) != h.Best+3 || h.Stopped != fmt.Sprintf("the validation loss was smallest in epoch %d, 3 epochs before", h.Best) {
			t.Errorf("%d epochs, the best %d, stopped because %q", len(h.Epochs), h.Best, h.Stopped)
		}
		for _, e := range h.Epochs {
			if e.ValidLoss < h.Epochs[h.Best-1].ValidLoss {
				t.Errorf("epoch %d has a smaller loss than the best, %d", e.Epoch, h.Best)
			}
		}
		s, _, err := score(context.Background(), n, CrossEntropy, valid, numbersOf[float32]())
		if err != nil {
			t.Fatal(err)
		}
		if want := h.Epochs[h.Best-1]; s.Loss != want.ValidLoss || s.Accuracy() != want.ValidAcc {
			t.Errorf("the network has a loss of %v, in the best epoch it had %v", s.Loss, want.ValidLoss)
		}
	}
}

func TestAveragedWeightsAreValidatedAndStay(t *testing.T) {
	train, valid := digits(t, 100, 60)
	n := digitNet(t, 1)
	h := fit(t, n, FitConfig{Train: train, Valid: valid, Epochs: 3, Average: .9})
	s, _, err := score(context.Background(), n, CrossEntropy, valid, numbersOf[float32]())
	if err != nil {
		t.Fatal(err)
	}
	if s.Loss != h.Epochs[2].ValidLoss {
		t.Errorf("loss %v at the end, %v in the last epoch", s.Loss, h.Epochs[2].ValidLoss)
	}
	plain := digitNet(t, 1)
	if other := fit(t, plain, FitConfig{Train: train, Valid: valid, Epochs: 3}); other.Epochs[2].TrainLoss != h.Epochs[2].TrainLoss || other.Epochs[2].ValidLoss == h.Epochs[2].ValidLoss {
		t.Error("averages change what is validated and not how it is trained")
	}
}

func TestCallbacks(t *testing.T) {
	train, valid := digits(t, 70, 30)
	var steps, epochs []Progress
	h := fit(t, digitNet(t, 1), FitConfig{Train: train, Valid: valid, Epochs: 2, Batch: 20, Schedule: Steps{Base: .1, Factor: .5, Every: .5},
		OnStep: func(p Progress) { steps = append(steps, p) }, OnEpoch: func(p Progress) { epochs = append(epochs, p) }})
	if len(steps) != 8 || len(epochs) != 2 {
		t.Fatalf("%d steps and %d epochs, want 8 and 2", len(steps), len(epochs))
	}
	samples := 0
	for i, p := range steps {
		if i == 4 {
			samples = 0
		}
		samples += p.Batch.Samples
		if p.Step != i+1 || p.Steps != 8 || p.Epoch != i/4+1 || p.Epochs != 2 || p.Train.Samples != samples || p.Valid.Samples != 0 || len(p.History) != i/4 {
			t.Errorf("step %d: %+v", i+1, p)
		}
		if want := []float64{.1, .05}[i/4]; p.Rate != want {
			t.Errorf("step %d: rate %v, want %v", i+1, p.Rate, want)
		}
	}
	for i, p := range epochs {
		if e := h.Epochs[i]; p.Valid.Loss != e.ValidLoss || p.Valid.Samples != 30 || p.Train.Loss != e.TrainLoss || p.Train.Samples != 70 || len(p.History) != i+1 {
			t.Errorf("epoch %d: %+v, in the history %+v", i+1, p, e)
		}
	}
}

func TestDivergedSaysWhere(t *testing.T) {
	train, valid := digits(t, 40, 20)
	for _, c := range []struct {
		want  string
		spoil func(n *Network, c *FitConfig)
	}{
		{"training loss is no finite number any more in epoch 1, step 1, at learning rate 0.05: +Inf is in the output of \"fc\"", func(n *Network, c *FitConfig) {
			for i := range n.Params()[3].W {
				n.Params()[3].W[i] = math.MaxFloat32
			}
		}},
		{"step 1, at learning rate 0.05: the last update left NaN in \"bn.weight\"", func(n *Network, c *FitConfig) {
			n.Params()[1].W[2] = float32(math.NaN())
		}},
		{"a limit to gradients (Clip)", func(n *Network, c *FitConfig) { c.Rate = 1e30 }},
		{"loss after the last step is no finite number any more in epoch 1, step 2, at learning rate 0.05: the last update left -Inf in \"bn.running_mean\"", func(n *Network, c *FitConfig) {
			c.OnStep = func(p Progress) { n.Moments()[0].W[1] = float32(math.Inf(-1)) }
			c.Batch = 20
			c.Schedule = Constant{.05}
		}},
		{"validation loss is no finite number any more in epoch 1, step 1, at learning rate 0.05: +Inf is in the output of \"conv\", sample 2 of the batch", func(n *Network, c *FitConfig) {
			far := *valid
			far.X = slices.Clone(valid.X)
			for i := range 64 {
				far.X[2*64+i] = math.MaxFloat32
			}
			c.Valid = &far
		}},
		{"loss after the last step is no finite number any more in epoch 1, step 1, at learning rate 1e+38: the last update left ", func(n *Network, c *FitConfig) {
			c.Schedule, c.Valid, c.Epochs = Constant{1e38}, nil, 1
			n.Params()[3].W[0] = 1e30
		}},
	} {
		n := digitNet(t, 1)
		cfg := FitConfig{Train: train, Valid: valid, Epochs: 3}
		c.spoil(n, &cfg)
		h, err := Fit(context.Background(), n, cfg)
		var diverged *Diverged
		if !errors.As(err, &diverged) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want an error with %q", err, c.want)
		}
		if h == nil || len(h.Epochs) >= 3 {
			t.Errorf("history %+v", h)
		}
	}
}

// TestWhereKeepsTheMoments: looking for what is not finite changes nothing.
func TestWhereKeepsTheMoments(t *testing.T) {
	n := digitNet(t, 1)
	before := weightsOf(n.blocks())
	if got := n.notFinite(images(3*64), true); got != "all outputs of layers are finite, but their loss is not" {
		t.Errorf("it says %q", got)
	}
	if !slices.Equal(weightsOf(n.blocks()), before) {
		t.Error("it changed the network")
	}
	x := images(3 * 64)
	x[70] = float32(math.Inf(1))
	if got := n.notFinite(x, true); got != "sample 1 of the batch holds +Inf at position 6" {
		t.Errorf("it says %q", got)
	}
}

func TestCheckpointsThatDoNotFit(t *testing.T) {
	train, valid := digits(t, 40, 20)
	config := func() FitConfig { return FitConfig{Train: train, Valid: valid, Epochs: 2, Batch: 20, Seed: 1} }
	start := func(n *Network, c FitConfig) *Training {
		training, err := NewTraining(n, c)
		if err != nil {
			t.Fatal(err)
		}
		return training
	}
	save := func(s interface{ Save(io.Writer) error }) []byte {
		var b bytes.Buffer
		if err := s.Save(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	good := save(start(digitNet(t, 1), config()))
	says := func(text string) []byte {
		f, err := safetensors.Parse(good)
		if err != nil {
			t.Fatal(err)
		}
		old := f.Meta[checkpointKey]
		if f.Meta[checkpointKey] = strings.Replace(old, "\"step\":0", text, 1); text == "" {
			f.Meta[checkpointKey] = "{"
		}
		var b bytes.Buffer
		if err := safetensors.Write(&b, f); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	less := *train
	less.Y = slices.Clone(train.Y)
	less.Y[3] = (less.Y[3] + 1) % 10
	wide := newNet(1, 8, 8)
	wide.op("conv", convOp(5, 3, 2, 1, false))
	wide.op("flat", kind(arch.Flatten))
	wide.op("fc", linearOp(10))
	other, err := New(&wide.Arch, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		want   string
		file   []byte
		net    *Network
		change func(c *FitConfig)
	}{
		{"\"conv.weight\" is of shape 4×1×3×3 in the file, but of 5×1×3×3 in the network", good, other, nil},
		{"it has epochs 2, this one epochs 3; set it the same, or remove the file", good, nil, func(c *FitConfig) { c.Epochs = 3 }},
		{"it has batch 20", good, nil, func(c *FitConfig) { c.Batch = 10 }},
		{"it has seed 1", good, nil, func(c *FitConfig) { c.Seed = 2 }},
		{"it has loss of an example", good, nil, func(c *FitConfig) { c.Loss = SquaredError }},
		{"it has optimizer SGD(momentum 0.9, nesterov false, weight decay 0.0005), this one optimizer AdamW", good, nil, func(c *FitConfig) { c.Optimizer, c.Rate = NewAdamW(.1), .05 }},
		{"it has schedule nn.Cosine{Base:0.05 Final:0}, this one schedule nn.Constant{Base:0.05}", good, nil, func(c *FitConfig) { c.Schedule = Constant{.05} }},
		{"it has clip 0", good, nil, func(c *FitConfig) { c.Clip = 1 }},
		{"it has average 0", good, nil, func(c *FitConfig) { c.Average = .9 }},
		{"it has patience 0", good, nil, func(c *FitConfig) { c.Patience = 2 }},
		{"it has augment", good, nil, func(c *FitConfig) { c.Augment.Crop = 1 }},
		{"it has training data", good, nil, func(c *FitConfig) { c.Train = &less }},
		{"it has validation data", good, nil, func(c *FitConfig) { c.Valid = nil }},
		{"the file has weights, but no training", save(digitNet(t, 1)), nil, nil},
		{"cut off", good[:len(good)/2], nil, nil},
		{"what it says of the training", says(""), nil, nil},
		{"it says that 5 steps, 0 epochs and 0 of 2 batches are done, which does not agree", says("\"step\":5"), nil, nil},
	} {
		n, cfg := c.net, config()
		if n == nil {
			n = digitNet(t, 2)
		}
		if c.change != nil {
			c.change(&cfg)
		}
		training := start(n, cfg)
		before := weightsOf(n.blocks())
		if err := training.Load(bytes.NewReader(c.file)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want an error with %q", err, c.want)
		}
		if !slices.Equal(weightsOf(n.blocks()), before) {
			t.Errorf("%s: the weights are others", c.want)
		}
	}
	path := filepath.Join(t.TempDir(), "x.safetensors")
	if err := os.WriteFile(path, good[:20], 0o644); err != nil {
		t.Fatal(err)
	}
	cfg := config()
	cfg.Checkpoint = path
	if _, err := NewTraining(digitNet(t, 1), cfg); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want an error that names the file", err)
	}
}

func TestWeightFiles(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "w.safetensors")
	n := digitNet(t, 1)
	if err := n.SaveFile(path); err != nil {
		t.Fatal(err)
	}
	other := digitNet(t, 2)
	if err := other.LoadFile(path); err != nil {
		t.Error(err)
	}
	if !slices.Equal(weightsOf(n.blocks()), weightsOf(other.blocks())) {
		t.Error("the file is another")
	}
	if err := other.LoadFile(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestFitBadInput(t *testing.T) {
	train, valid := digits(t, 40, 20)
	n := digitNet(t, 1)
	bad := *train
	bad.X = slices.Clone(train.X)
	bad.X[64+5] = float32(math.NaN())
	wrong := *train
	wrong.Y = slices.Clone(train.Y)
	wrong.Y[7] = 10
	two := *valid
	two.Classes, two.Names = 11, nil
	for _, c := range []struct {
		want   string
		change func(c *FitConfig)
	}{
		{"fit: there are no training data; set Train", func(c *FitConfig) { c.Train = nil }},
		{"image 1 holds NaN at position 5", func(c *FitConfig) { c.Train = &bad }},
		{"image 7 has label 10; labels are 0 to 9", func(c *FitConfig) { c.Valid = &wrong }},
		{"validation data 1×8×8 in 11; they have to agree", func(c *FitConfig) { c.Valid = &two }},
		{"-1 epochs", func(c *FitConfig) { c.Epochs = -1 }},
		{"batches of 41 samples from 40; choose a Batch of 1 to 40", func(c *FitConfig) { c.Batch = 41 }},
		{"base rate -1", func(c *FitConfig) { c.Rate = -1 }},
		{"base rate 0", func(c *FitConfig) { c.Optimizer = NewAdam() }},
		{"Adam: ε 0", func(c *FitConfig) { c.Optimizer, c.Rate = &Adam{}, .1 }},
		{"clipped at NaN", func(c *FitConfig) { c.Clip = math.NaN() }},
		{"decay of 1; Average is", func(c *FitConfig) { c.Average = 1 }},
		{"patience of -1", func(c *FitConfig) { c.Patience = -1 }},
		{"without validation data to judge by", func(c *FitConfig) { c.Patience, c.Valid = 1, nil }},
		{"there can be 0 to 7", func(c *FitConfig) { c.Augment.Crop = 8 }},
		{"Augment.Normalise would change", func(c *FitConfig) { c.Augment.Normalise = train.Moments() }},
	} {
		cfg := FitConfig{Train: train, Valid: valid}
		c.change(&cfg)
		if _, err := Fit(context.Background(), n, cfg); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want an error with %q", err, c.want)
		}
	}
	cfg := FitConfig{Train: train}
	var none context.Context
	if _, err := Fit(none, n, cfg); err == nil || !strings.Contains(err.Error(), "give context.Background()") {
		t.Errorf("without a context: %v", err)
	}
	if _, err := Fit(context.Background(), nil, cfg); err == nil || !strings.Contains(err.Error(), "make one with nn.New") {
		t.Errorf("without a network: %v", err)
	}
	if _, err := Fit(context.Background(), small(t), cfg); err == nil || !strings.Contains(err.Error(), "takes images of 2×3×3, but those of \"digits/train\" are 1×8×8; build it for 1×8×8") {
		t.Errorf("other images: %v", err)
	}
	used := NewAdam()
	fit(t, n, FitConfig{Train: train, Epochs: 1, Optimizer: used, Rate: .01})
	if _, err := Fit(context.Background(), digitNet(t, 2), FitConfig{Train: train, Epochs: 1, Optimizer: used, Rate: .01}); err == nil || !strings.Contains(err.Error(), "Adam: parameter \"conv.weight\" is that of another network") {
		t.Errorf("with the optimiser of another network: %v", err)
	}
	if _, err := Fit(context.Background(), n, FitConfig{Train: train, Batch: 1, Epochs: 1}); err != nil {
		t.Errorf("batch norm of 4×4 pixels learns from one sample: %v", err)
	}
}

// TestInterval compares with Newcombe, "Two-sided confidence intervals for the single
// proportion", 1998, table I, score method.
func TestInterval(t *testing.T) {
	for _, c := range []struct {
		right, of int
		low, high float64
	}{{81, 263, .2553, .3662}, {15, 148, .0624, .1605}, {0, 20, 0, .1611}, {1, 29, .0061, .1718}} {
		low, high := Score{Correct: c.right, Samples: c.of}.Interval(.95)
		if math.Abs(low-c.low) > 5e-5 || math.Abs(high-c.high) > 5e-5 {
			t.Errorf("%d of %d: %.4f to %.4f, want %v to %v", c.right, c.of, low, high, c.low, c.high)
		}
	}
	if low, high := (Score{}).Interval(.95); low != 0 || high != 1 {
		t.Errorf("without samples: %v to %v", low, high)
	}
	if low, _ := (Score{Correct: 1, Samples: 2}).Interval(95); !math.IsNaN(low) {
		t.Errorf("with a confidence of 95 it begins at %v", low)
	}
}

func TestProbabilities(t *testing.T) {
	n := small(t)
	x := images(70 * 18)
	p, err := n.Probabilities(x)
	if err != nil {
		t.Fatal(err)
	}
	classes, err := n.Predict(x)
	if err != nil {
		t.Fatal(err)
	}
	logits, err := n.Forward(x[:18], false)
	if err != nil {
		t.Fatal(err)
	}
	if want := math.Exp(float64(logits[0]) - float64(logits[3])); math.Abs(p[0][0]/p[0][3]-want) > 1e-6 {
		t.Errorf("odds of %v, want %v", p[0][0]/p[0][3], want)
	}
	for i, row := range p {
		sum, best := 0.0, 0
		for c, v := range row {
			sum += v
			if v > row[best] {
				best = c
			}
		}
		if math.Abs(sum-1) > 1e-12 || best != classes[i] || len(row) != 4 {
			t.Errorf("sample %d: %v, predicted %d", i, row, classes[i])
		}
	}
	if _, err := n.Probabilities(x[:5]); err == nil || !strings.Contains(err.Error(), "probabilities: 5 numbers") {
		t.Errorf("got %v", err)
	}
}

// FuzzCheckpoint: whatever a checkpoint says of its training, loading it fails or leaves
// one that can be run. What its numbers may be is fuzzed in package safetensors.
func FuzzCheckpoint(f *testing.F) {
	train, valid := digits(f, 20, 10)
	c := FitConfig{Train: train, Valid: valid, Epochs: 2, Batch: 10, Patience: 1}
	begun, err := NewTraining(digitNet(f, 1), c)
	if err != nil {
		f.Fatal(err)
	}
	var saved bytes.Buffer
	if err := begun.Save(&saved); err != nil {
		f.Fatal(err)
	}
	file, err := safetensors.Parse(saved.Bytes())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file.Meta[checkpointKey])
	f.Add(strings.Replace(file.Meta[checkpointKey], "\"batch\":0", "\"batch\":2", 1))
	f.Fuzz(func(t *testing.T, text string) {
		training, err := NewTraining(digitNet(t, 1), c)
		if err != nil {
			t.Fatal(err)
		}
		if training.load(&safetensors.File{Tensors: file.Tensors, Meta: map[string]string{checkpointKey: text}}) != nil {
			return
		}
		var diverged *Diverged
		if _, err := training.Run(context.Background()); err != nil && !errors.As(err, &diverged) {
			t.Error(err)
		}
	})
}

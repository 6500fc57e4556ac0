package proxy

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/exact"
	"github.com/nascent-go/nascent/nasext/nn/grad"
	"github.com/nascent-go/nascent/nasext/seed"
)

// near says whether two numbers agree to a relative 1e-9.
func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Abs(b) }

// network is the network that a builder has built.
func network(t testing.TB, b *arch.Builder, seed uint64) *nn.Network64 {
	t.Helper()
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	n, err := nn.New64(a, seed)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// golden is the network of testdata/golden.py and its batch.
func golden(t testing.TB) (*nn.Network64, Batch) {
	t.Helper()
	b := arch.NewBuilder("golden", arch.Shape{C: 3, H: 8, W: 8})
	x := b.ConvBNReLU(b.ConvBNReLU(b.In(), 4, 3, arch.Pad(1)), 4, 3, arch.Pad(1))
	b.Linear(b.GlobalPool(x), 3)
	n := network(t, b, 1)
	i := 0
	for _, p := range n.Params() {
		if len(p.Shape) == 1 {
			continue
		}
		for j := range p.W {
			p.W[j] = 0.3 * math.Sin(float64(i+1))
			i++
		}
	}
	images := make([]float64, 4*3*8*8)
	for i := range images {
		images[i] = math.Cos(0.1 * float64(i))
	}
	return n, Batch{grad.Const(images, 4, 3, 8, 8), []int{0, 1, 2, 0}}
}

// torch is testdata/golden.json.
type torch struct {
	Loss, PlainLoss, JacobCov, Zen, NTK           float64
	Logits                                        []float64
	GradNorm, SNIP, Plain, GraSP, Fisher, SynFlow []float64
	NASWOT, PlainNASWOT                           struct {
		Score float64
		Row   []float64
	}
}

func readTorch(t *testing.T) (want torch) {
	t.Helper()
	text, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	return want
}

// numbers compares lists of numbers.
func numbers(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if !slices.EqualFunc(got, want, near) {
		t.Errorf("%s: got %.12g, want %.12g", what, got, want)
	}
}

// of is a measure of first order.
func of(score func(Gradients) Layers) func(*exact.Model, Batch) (Layers, error) {
	return func(m *exact.Model, b Batch) (Layers, error) {
		gs, err := NewGradients(m, b)
		return score(gs), err
	}
}

// TestGolden compares with PyTorch, and the sums with what the code of Abdelfattah et al.
// gives for the same network.
func TestGolden(t *testing.T) {
	n, b := golden(t)
	m, want := exact.New64(n), readTorch(t)
	for _, g := range []struct {
		measure string
		layers  func(*exact.Model, Batch) (Layers, error)
		want    []float64
		sum     float64 // by the paper's code; 0: not known
	}{
		{"grad_norm", of(Gradients.GradNorm), want.GradNorm, 0.8128418583128729},
		{"snip", of(Gradients.SNIP), want.SNIP, 1.2180128399207248},
		{"plain", of(Gradients.Plain), want.Plain, 0.02862121269675552},
		{"grasp", GraSP, want.GraSP, 0},
		{"fisher", Fisher, want.Fisher, 0.06189136374032525},
		{"synflow", func(m *exact.Model, _ Batch) (Layers, error) { return SynFlow(m) }, want.SynFlow, 181.90461376601843},
	} {
		ls, err := g.layers(m, b)
		if err != nil {
			t.Fatal(err)
		}
		var scores []float64
		for _, l := range ls {
			scores = append(scores, l.Score)
		}
		numbers(t, g.measure, scores, g.want)
		if g.sum != 0 && !near(ls.Sum(), g.sum) {
			t.Errorf("%s: the sum is %.15g, want %.15g", g.measure, ls.Sum(), g.sum)
		}
		if ls[0].Name != "conv 1" || ls[2].Name != "linear 1" {
			t.Errorf("%s: layers %v", g.measure, ls)
		}
	}
	loss, err1 := m.Loss(b.X, b.Y).Value()
	plain, err2 := m.WithoutNorm().Loss(b.X, b.Y).Value()
	logits, err3 := m.Forward(b.X, true).Slice(0, 0, 1).Data()
	jacob, err4 := JacobCov(m, b)
	relu, err5 := NASWOT(m, b)
	bare, err6 := NASWOT(m.WithoutNorm(), b)
	images := make([]float64, 4*3*8*8)
	for i := range images {
		images[i] = 0.01 * math.Sin(float64(i))
	}
	score, err7 := stretch(m.Arch(), func(x *grad.Tensor, nodes []int) ([][]float64, error) { return observe(m, x, nodes) }, b.X, b.X.Add(grad.Const(images, 4, 3, 8, 8)))
	condition, err8 := NTKCondition(t.Context(), m, b)
	for i, err := range []error{err1, err2, err3, err4, err5, err6, err7, err8} {
		if err != nil {
			t.Fatal(i, err)
		}
	}
	numbers(t, "losses", []float64{loss, plain}, []float64{want.Loss, want.PlainLoss})
	numbers(t, "logits", logits, want.Logits)
	numbers(t, "jacob_cov", []float64{jacob, jacob}, []float64{want.JacobCov, -4.5379515008345415})
	numbers(t, "naswot", []float64{relu, relu}, []float64{want.NASWOT.Score, 21.70123764133757})
	numbers(t, "naswot without batch norm", []float64{bare, bare}, []float64{want.PlainNASWOT.Score, 21.54298122231025})
	numbers(t, "zen", []float64{score}, []float64{want.Zen})
	numbers(t, "ntk", []float64{condition}, []float64{want.NTK})

	on, err := codes(m.Arch(), b, func(x *grad.Tensor, nodes []int) ([][]float64, error) { return observe(m.WithoutNorm(), x, nodes) })
	if err != nil {
		t.Fatal(err)
	}
	numbers(t, "row 0 of the kernel of codes", agreements(on).RawSymmetric().Data[:4], want.PlainNASWOT.Row)
}

// TestGraSPByDifferences takes the Hessian times the gradient from the engine's gradients on
// both sides along the gradient.
func TestGraSPByDifferences(t *testing.T) {
	n, b := golden(t)
	ls, err := GraSP(exact.New64(n), b)
	if err != nil {
		t.Fatal(err)
	}
	x, err := b.X.Data()
	if err != nil {
		t.Fatal(err)
	}
	var weights []*nn.Param64
	for _, p := range n.Params() {
		if strings.HasSuffix(p.Name, ".weight") && len(p.Shape) > 1 {
			weights = append(weights, p)
		}
	}
	gradients := func() (all [][]float64) {
		if _, err := n.Gradients(x, b.Y); err != nil {
			t.Fatal(err)
		}
		for _, p := range weights {
			all = append(all, slices.Clone(p.G))
		}
		return all
	}
	along := gradients()
	step := func(by float64) {
		for k, p := range weights {
			for j, g := range along[k] {
				p.W[j] += by * g
			}
		}
	}
	const e = 1e-5
	step(e)
	above := gradients()
	step(-2 * e)
	below := gradients()
	step(e)
	for k, p := range weights {
		var want float64
		for j, w := range p.W {
			want -= w * (above[k][j] - below[k][j]) / (2 * e)
		}
		if math.Abs(ls[k].Score-want) > 1e-6*math.Abs(want) {
			t.Errorf("layer %s: %v, by differences %v", p.Name, ls[k].Score, want)
		}
	}
}

// TestFast compares what engines compute, in double precision and in single, with what
// expressions do.
func TestFast(t *testing.T) {
	n, b := golden(t)
	m, ctx := exact.New64(n), t.Context()
	single, err := nn.New(n.Arch(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for k, p := range single.Params() {
		for j := range p.W {
			p.W[j] = float32(n.Params()[k].W[j])
		}
	}
	gs, err1 := fastGradients(n, b)
	jacob, err2 := fastJacobCov(n, b)
	condition, err3 := fastNTKCondition(ctx, n, b)
	relu, err4 := fastNASWOT(n, b)
	noise, err5 := fastZen(ctx, n, ZenConfig{Seed: 1})
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		t.Fatal(err)
	}
	for name, score := range map[string]float64{
		"grad_norm": gs.GradNorm().Sum(), "snip": gs.SNIP().Sum(), "plain": gs.Plain().Sum(), "jacob_cov": jacob, "ntk": -math.Log10(condition),
		"naswot": relu, "zen": noise,
	} {
		f, err := Named(name)
		if err != nil {
			t.Fatal(err)
		}
		want, err := f.Score(ctx, m, b, 1)
		if err != nil || !near(score, want) {
			t.Errorf("%s: the engine says %v, exactly it is %v, %v", name, score, want, err)
		}
		fast, err := f.Fast(ctx, single, b, 1)
		if err != nil || fast == want && name != "naswot" || math.Abs(fast-want) > 1e-4*math.Abs(want) {
			t.Errorf("%s: in single precision %v, %v, exactly it is %v", name, fast, err, want)
		}
	}
}

// TestSynFlowConserves checks, on random chains, that every layer has the share R.
func TestSynFlowConserves(t *testing.T) {
	for s := range uint64(30) {
		d := seed.Stream(s, "chain")
		b := arch.NewBuilder("chain", arch.Shape{C: 1 + d.IntN(3), H: 8, W: 8})
		x := b.In()
		for range 1 + d.IntN(4) {
			x = b.Conv(x, 2*(1+d.IntN(3)), 1+2*d.IntN(2), arch.Same(), arch.Stride(1+d.IntN(2)))
			switch d.IntN(4) {
			case 0:
				x = b.ReLU(b.BatchNorm(x))
			case 1:
				x = b.ReLU(b.AvgPool(x, 3, arch.Stride(1), arch.Pad(1)))
			case 2:
				x = b.MaxPool(x, 3, arch.Stride(1), arch.Pad(1))
			}
		}
		x = b.Linear(b.Flatten(x), 5, arch.Bias(false))
		b.Linear(b.ReLU(x), 3)
		n := network(t, b, s)
		ls, err := SynFlow(exact.New64(n))
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range ls {
			if !(l.Score > 0) || math.Abs(l.Score-ls[0].Score) > 1e-12*ls[0].Score {
				t.Errorf("chain %d: layers %v", s, ls)
			}
		}
	}
}

// TestCodes is the example of three samples that is worked out by hand: log det is log 32.
func TestCodes(t *testing.T) {
	k := agreements([][]float64{{1, 0, 1, 0}, {1, 1, 0, 0}, {0, 1, 1, 0}})
	if got, err := logDet(k); err != nil || !near(got, math.Log(32)) || k.At(0, 0) != 4 || k.At(0, 1) != 2 {
		t.Errorf("%v, %v; kernel %v", got, err, k)
	}
	if _, err := logDet(agreements([][]float64{{1, 0}, {0, 1}, {1, 0}})); err == nil || !strings.Contains(err.Error(), "samples 0 and 2 have equal codes") {
		t.Error(err)
	}
	// 11 and 00 agree with 10 and 01 alike.
	if _, err := logDet(agreements([][]float64{{1, 1}, {0, 0}, {1, 0}, {0, 1}})); err == nil || !strings.Contains(err.Error(), "linearly") {
		t.Error(err)
	}
}

// TestZen checks that the weights don't matter and the draws do, by as much as they may.
func TestZen(t *testing.T) {
	n, _ := golden(t)
	score := func(m *exact.Model, c ZenConfig) float64 {
		s, err := Zen(t.Context(), m, c)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	m, c := exact.New64(n), ZenConfig{Batch: 4, Repeats: 3, Seed: 5}
	first := score(m, c)
	for _, p := range n.Params() {
		for j := range p.W {
			p.W[j] = 9
		}
	}
	if again := score(exact.New64(n), c); again != first {
		t.Errorf("the weights matter: %v and %v", first, again)
	}
	c.Seed++
	if other := score(m, c); other == first || math.Abs(other-first) > 1.5 {
		t.Errorf("with another seed %v, before %v", other, first)
	}
}

// TestZenExpectation compares with what is expected of one convolution of one pixel and one
// channel, whose weights w and noise αε are normal: of h·w·c numbers |w·αε| each has the mean
// α·2/π. Batch norm takes |w| out of it, for which √(mean w²), about 1, comes in.
func TestZenExpectation(t *testing.T) {
	for _, norm := range []bool{false, true} {
		b := arch.NewBuilder("one layer", arch.Shape{C: 1, H: 6, W: 5})
		x := b.Conv(b.In(), 100, 1)
		want := math.Log(6 * 5 * 100 * 0.01 * 2 / math.Pi)
		if norm {
			x = b.BatchNorm(x)
			want = math.Log(6 * 5 * 100 * 0.01 * math.Sqrt(2/math.Pi))
		}
		b.Linear(b.GlobalPool(x), 3)
		n := network(t, b, 1)
		got, err := Zen(t.Context(), exact.New64(n), ZenConfig{Batch: 32, Repeats: 40})
		if err != nil || math.Abs(got-want) > 0.03 {
			t.Errorf("batch norm %t: %v, %v; %v is expected", norm, got, err, want)
		}
	}
}

// TestMeasures scores a batch of digits by every name.
func TestMeasures(t *testing.T) {
	few, err := data.Digits().First(8)
	if err != nil {
		t.Fatal(err)
	}
	b := arch.NewBuilder("small", few.Shape)
	b.Linear(b.GlobalPool(b.ConvBNReLU(b.In(), 6, 3)), 10)
	n := network(t, b, 1)
	ended, end := context.WithCancel(t.Context())
	end()
	for _, m := range Measures() {
		if named, err := Named(m.Name); err != nil || named.Name != m.Name {
			t.Errorf("%s: %v", m.Name, err)
		}
		var batch Batch
		if m.Data {
			batch = NewBatch(few)
		}
		s, err := m.Score(t.Context(), exact.New64(n), batch, 1)
		if err != nil || math.IsNaN(s) || math.IsInf(s, 0) {
			t.Errorf("%s: %v, %v", m.Name, s, err)
		}
		if _, err := m.Score(ended, exact.New64(n), batch, 1); (m.Name == "zen" || m.Name == "ntk") != (err != nil) {
			t.Errorf("%s after the context's end: %v", m.Name, err)
		}
	}
	if _, err := Named("magic"); err == nil || !strings.Contains(err.Error(), `no measure "magic"; there are grad_norm, snip`) {
		t.Error(err)
	}
}

func TestErrors(t *testing.T) {
	n, b := golden(t)
	m := exact.New64(n)
	p := arch.NewBuilder("pool", arch.Shape{C: 3, H: 8, W: 8})
	p.GlobalPool(p.Tanh(p.In()))
	pool, err := p.Build()
	if err != nil {
		t.Fatal(err)
	}
	bare, err := nn.New64(pool, 1)
	if err != nil {
		t.Fatal(err)
	}
	z := arch.NewBuilder("cut off", arch.Shape{C: 3, H: 8, W: 8})
	z.Linear(z.GlobalPool(z.Zero(z.ReLU(z.In()))), 3)
	cut, err := z.Build()
	if err != nil {
		t.Fatal(err)
	}
	off, err := nn.New64(cut, 1)
	if err != nil {
		t.Fatal(err)
	}
	twice := Batch{grad.Concat(0, b.X, b.X), append(b.Y, b.Y...)}
	one := Batch{b.X.Slice(0, 0, 1), b.Y[:1]}
	ctx := t.Context()
	for _, c := range []struct {
		measure string
		m       *exact.Model
		b       Batch
		want    string
	}{
		{"snip", m, Batch{}, "operand 0 is nil"},
		{"snip", m, Batch{grad.Zeros(2, 3, 8, 7), []int{0, 1}}, "samples of shape [2 3 8 7]; the network takes n×3×8×8"},
		{"snip", m, Batch{b.X, []int{0, 1, 2, 3}}, "label 3"},
		{"fisher", m, Batch{b.X, b.Y[:3]}, "labels"},
		{"plain", exact.New64(bare), b, "no convolution and no linear layer"},
		{"naswot", exact.New64(bare), b, "no ReLU that its output depends on"},
		{"naswot", exact.New64(off), b, "no ReLU that its output depends on"},
		{"naswot", m, twice, "samples 0 and 4 have equal codes"},
		{"naswot", m, one, "give 2 or more"},
		{"jacob_cov", m, one, "give 2 or more"},
		{"jacob_cov", exact.New64(off), b, "outputs depend on no pixel"},
		{"ntk", m, one, "give 2 or more"},
		{"ntk", m, Batch{}, "nil"},
		{"ntk", m, twice, "singular"},
		{"zen", exact.New64(off), b, "features change by 0 with the image"},
	} {
		f, err := Named(c.measure)
		if err != nil {
			t.Fatal(err)
		}
		if s, err := f.Score(ctx, c.m, c.b, 1); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, %v; want an error with %q", c.measure, s, err, c.want)
		}
	}
	for want, c := range map[string]ZenConfig{"-1 images": {Batch: -1}, "-1 repetitions": {Repeats: -1}, "NaN times": {Alpha: math.NaN()}} {
		if _, err := Zen(ctx, m, c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

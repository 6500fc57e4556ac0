package oneshot

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/controller"
	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
	"github.com/nascent-go/nascent/nasext/space"
)

// methods are all, with settings for a test.
func methods() []Method {
	return []Method{
		DARTS{}, DARTS{SecondOrder: true}, GDAS{}, SNAS{Price: 0.1}, PCDARTS{},
		RandomSearch{Samples: 12, Batches: 2, Finalists: 3}, SinglePath{Population: 6, Generations: 2, Parents: 3}, ENAS{Updates: 2, Samples: 3},
	}
}

// halves are two of digits, of so many images.
func halves(t testing.TB, each int) (train, valid *data.Set) {
	t.Helper()
	d := data.Digits()
	d, err := d.Standardise(d.Moments())
	if err != nil {
		t.Fatal(err)
	}
	parts, err := d.Split(1, 0.5, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range parts {
		if parts[i], err = p.First(each); err != nil {
			t.Fatal(err)
		}
	}
	return parts[0], parts[1]
}

// spaces are small ones for digits.
func spaces(t testing.TB) []space.Relaxed {
	t.Helper()
	in := arch.Shape{C: 1, H: 8, W: 8}
	nb201, err := space.NASBench201(space.NASBench201Config{C: 4, N: 1, Input: in})
	if err != nil {
		t.Fatal(err)
	}
	darts, err := space.DARTS(cell.DARTSNet{C: 4, Layers: 3, Input: in})
	if err != nil {
		t.Fatal(err)
	}
	return []space.Relaxed{nb201, darts}
}

func small(t testing.TB, s space.Relaxed, m Method) Config {
	train, valid := halves(t, 100)
	return Config{Space: s, Method: m, Train: train, Valid: valid, Epochs: 2, Batch: 25, Seed: 7}
}

// Every method gives the same to the last bit on one thread and on two, an architecture
// of its space, and shares that are shares.
func TestMethods(t *testing.T) {
	for _, s := range spaces(t) {
		for _, m := range methods() {
			var results [2]*Result
			var told []Snapshot
			for i := range results {
				c := small(t, s, m)
				c.Engine = cpu.New(i + 1)
				c.OnEpoch = func(p Snapshot) { told = append(told, p) }
				var err error
				if results[i], err = Search(context.Background(), c); err != nil {
					t.Fatalf("%s: %v", m.Name(), err)
				}
			}
			r := results[0]
			one, two, all := encode(t, r.Epochs), encode(t, results[1].Epochs), encode(t, told)
			if one != two {
				t.Errorf("%s: on one thread\n%s\non two\n%s", m.Name(), one, two)
			}
			if all != strings.TrimSuffix(one, "]")+","+strings.TrimPrefix(two, "[") {
				t.Errorf("%s: OnEpoch was told\n%s", m.Name(), all)
			}
			for i, p := range r.Supernet.Params() {
				if !slices.Equal(p.W, results[1].Supernet.Params()[i].W) {
					t.Errorf("%s: %s differs between one thread and two", m.Name(), p.Name)
				}
			}
			checkResult(t, s, m, r)
		}
	}
}

func checkResult(t *testing.T, s space.Relaxed, m Method, r *Result) {
	t.Helper()
	if len(r.Epochs) != 3 || r.Epochs[0].Epoch != 0 || r.Epochs[2].Epoch != 2 {
		t.Errorf("%s: snapshots %v", m.Name(), r.Epochs)
	}
	if p := r.Epochs[2]; !(p.Loss > 0) || p.Loss > 4 || !(p.Accuracy > 0) {
		t.Errorf("%s: loss %v and accuracy %v", m.Name(), p.Loss, p.Accuracy)
	}
	if err := space.Check(s, r.Genotype); err != nil {
		t.Errorf("%s: %v", m.Name(), err)
	}
	want, err := s.Build(r.Genotype)
	if err != nil || encode(t, want) != encode(t, r.Arch) {
		t.Errorf("%s: the architecture is not that of %s, %v", m.Name(), r.Text, err)
	}
	for _, p := range r.Epochs {
		for i, a := range p.Alphas {
			sum := 0.0
			for _, v := range a {
				sum += v
			}
			if len(a) != len(r.Edges[i].Ops) || math.Abs(sum-1) > 1e-9 {
				t.Errorf("%s: epoch %d has the shares %v on %s", m.Name(), p.Epoch, a, r.Edges[i].Name)
			}
		}
	}
}

func encode(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A context that ends leaves the history until then.
func TestSearchStops(t *testing.T) {
	for _, m := range methods() {
		ctx, cancel := context.WithCancel(context.Background())
		c := small(t, spaces(t)[0], m)
		c.OnEpoch = func(p Snapshot) {
			if p.Epoch == 1 {
				cancel()
			}
		}
		r, err := Search(ctx, c)
		if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "epoch 2") {
			t.Errorf("%s: error is %v", m.Name(), err)
		}
		if len(r.Epochs) != 2 || r.Arch != nil {
			t.Errorf("%s: %d snapshots and the architecture %v", m.Name(), len(r.Epochs), r.Arch)
		}
	}
}

func TestBadSearches(t *testing.T) {
	nasnet, err := space.NASNet(nil)
	if err != nil {
		t.Fatal(err)
	}
	coloured, err := space.NASBench201(space.NASBench201Config{C: 2, N: 1, Input: arch.Shape{C: 3, H: 8, W: 8}})
	if err != nil {
		t.Fatal(err)
	}
	two, err := space.NASBench201(space.NASBench201Config{C: 2, N: 1, Input: arch.Shape{C: 1, H: 8, W: 8}, Classes: 2})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.Space = nil }, "there is no space; give one with a supernet"},
		{func(c *Config) { c.Space = nasnet }, "has no supernet; cells have one that are those of DARTS"},
		{func(c *Config) { c.Space = coloured }, `the supernet takes images of 3×8×8, but those of "`},
		{func(c *Config) { c.Space = two }, "the supernet has 2 outputs"},
		{func(c *Config) { c.Valid = nil }, "there are no Train or no Valid data"},
		{func(c *Config) { c.Train = &data.Set{Name: "none"} }, "none"},
		{func(c *Config) { c.Epochs = -1 }, "-1 epochs; Epochs has to be at least 1"},
		{func(c *Config) { c.Batch = 101 }, "batches of 101 samples; Batch has to be 2 to 100"},
		{func(c *Config) { c.Batch = 1 }, "batches of 1 samples; Batch has to be 2 to 100"},
		{func(c *Config) { c.Weights.Rate = math.Inf(1) }, "Weights: cosine schedule: base rate +Inf"},
		{func(c *Config) { c.Weights.Final = 1 }, "Weights: cosine schedule: final rate 1"},
		{func(c *Config) { c.Weights.Clip = math.NaN() }, "a setting of Weights is not a number"},
		{func(c *Config) { c.Weights.Momentum = 1 }, "momentum 1; Weights.Momentum has to be below 1"},
		{func(c *Config) { c.Weights.Rate, c.Weights.Clip, c.Epochs = 1e30, -1, 3 }, "a smaller rate"},
		{func(c *Config) { c.Method = DARTS{Alphas: Alphas{Rate: -1}} }, "DARTS: Alphas: rate 0; it has to be a finite number above 0"},
		{func(c *Config) { c.Method = DARTS{Alphas: Alphas{Beta1: 1}} }, "DARTS: Alphas: Adam: β₁ 1"},
		{func(c *Config) { c.Method = GDAS{Temperature: Temperature{To: -1}} }, "GDAS: Temperature: from 10 to 0; both have to be finite numbers above 0"},
		{func(c *Config) { c.Method = GDAS{Alphas: Alphas{Decay: math.Inf(1)}} }, "GDAS: Alphas: Adam: weight decay +Inf"},
		{func(c *Config) { c.Method = SNAS{Price: math.NaN()} }, "SNAS: price NaN; it has to be a finite number of at least 0"},
		{func(c *Config) { c.Method = PCDARTS{K: -1} }, "PC-DARTS: K is -1"},
		{func(c *Config) { c.Method = RandomSearch{Samples: -1} }, "RandomSearch: Samples is -1; it has to be at least 1, or 0 for the paper's"},
		{func(c *Config) { c.Method = SinglePath{Parents: -1} }, "SinglePath: Parents is -1"},
		{func(c *Config) { c.Method = SinglePath{Mutation: 2} }, "SinglePath: Mutation is 2; it is a probability"},
		{func(c *Config) { c.Method = SinglePath{MACs: -1} }, "SinglePath: at most -1 MACs and 0 parameters"},
		{func(c *Config) { c.Method = SinglePath{Params: 10} }, "no architecture was found with at most 0 MACs and 10 parameters"},
		{func(c *Config) { c.Method = ENAS{Updates: -1} }, "ENAS: Updates is -1"},
		{func(c *Config) { c.Method = ENAS{Controller: controller.Config{Layers: -1}} }, "ENAS: controller: Layers is -1"},
	} {
		config := small(t, spaces(t)[0], nil)
		c.change(&config)
		if _, err := Search(context.Background(), config); err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "oneshot: ") {
			t.Errorf("error is %v, want it to hold %q", err, c.want)
		}
	}
	var none context.Context
	if _, err := Search(none, small(t, spaces(t)[0], nil)); err == nil {
		t.Error("a nil context is no error")
	}
}

// A cell that consists of skip connections for one half is called collapsed.
func TestCollapse(t *testing.T) {
	s := &search{c: Config{Space: spaces(t)[0]}, edges: spaces(t)[0].Edges()}
	const none, skip, conv = 0, 1, 3
	for _, c := range []struct {
		g     space.Genotype
		skips int
		want  string
	}{
		{space.Genotype{skip, skip, skip, skip, skip, skip}, 6, "cell: 6 of 6 operations"},
		{space.Genotype{skip, conv, conv, conv, skip, none}, 2, ""},
		{space.Genotype{skip, none, conv, conv, skip, none}, 2, "cell: 2 of 4 operations"},
		{space.Genotype{none, none, none, none, none, none}, 0, "nothing of an image reaches the output"},
		{space.Genotype{none, none, conv, none, conv, skip}, 1, "nothing of an image reaches the output"},
		{space.Genotype{conv, none, none, none, conv, none}, 0, ""},
	} {
		if n, err := s.skips(c.g); n != c.skips || err != nil {
			t.Errorf("%v has %d skip connections, %v", c.g, n, err)
		}
		a, err := s.c.Space.Build(c.g)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.collapse(c.g, a); err != nil || !strings.HasPrefix(got, c.want) || (c.want == "") != (got == "") {
			t.Errorf("%v: %q, %v", c.g, got, err)
		}
	}
}

// Settings say what a result depends on, defaults filled in.
func TestSettings(t *testing.T) {
	c := small(t, spaces(t)[0], DARTS{SecondOrder: true})
	const want = "DARTS(second order, α(rate 0.0003, β 0.5 and 0.999, decay 0.001)) in NAS-Bench-201(C=4 N=1 input=1×8×8 classes=10), epochs 2, batch 25, weights(rate 0.025 to 0.001, momentum 0.9, decay 0.0003, clip 5), seed 7"
	if got := c.String(); got != want {
		t.Errorf("settings are\n%s\nnot\n%s", got, want)
	}
}

// BenchmarkStep is a step of each method on the supernet of NAS-Bench-201, C = 4 and N = 1.
func BenchmarkStep(b *testing.B) {
	for _, m := range methods() {
		b.Run(m.Name(), func(b *testing.B) {
			c := small(b, spaces(b)[0], m)
			c.Engine = cpu.New(1)
			s, err := newSearch(c)
			if err != nil {
				b.Fatal(err)
			}
			l, err := m.start(s)
			if err != nil {
				b.Fatal(err)
			}
			x, y, _ := s.train.Next()
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := l.step(batch{x, y}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

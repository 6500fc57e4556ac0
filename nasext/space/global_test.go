package space_test

import (
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/space"
)

func digits() arch.Shape { return arch.Shape{C: 1, H: 8, W: 8} }

// plain is a space without its Size, so that it is counted one by one.
type plain struct{ space.Space }

func TestGlobalSize(t *testing.T) {
	base := space.DefaultGlobal(digits(), 10)
	for _, c := range []struct {
		name   string
		change func(c *space.GlobalConfig)
		want   string // empty: only counted
	}{
		// One layer: 3 filter sizes × 3 channels.
		{"one layer", func(c *space.GlobalConfig) { c.MaxLayers = 1 }, "9"},
		// The second layer: 9 convolutions, 2 poolings, 2 dense.
		{"two layers", func(c *space.GlobalConfig) { c.MinLayers, c.MaxLayers = 2, 2 }, "117"},
		{"four layers", func(c *space.GlobalConfig) { c.MaxLayers = 4 }, ""},
		{"no pooling left", func(c *space.GlobalConfig) {
			c.Input = arch.Shape{C: 1, H: 3, W: 5}
			c.MaxLayers = 4
			c.AvgPool = false
		}, ""},
		{"everything", func(c *space.GlobalConfig) {
			c.MaxLayers, c.Separable, c.Skips, c.Mean = 4, true, true, true
			c.FilterSizes, c.Channels, c.Dropout = []int{3}, []int{4, 8}, []float64{0, .25}
		}, ""},
		{"skips only", func(c *space.GlobalConfig) {
			*c = space.GlobalConfig{Input: digits(), Classes: 2, MinLayers: 5, MaxLayers: 5, FilterSizes: []int{3}, Channels: []int{4}, Skips: true}
		}, "64"}, // 2^(0+1+2+3)
		{"Zoph and Le, 15 layers", func(c *space.GlobalConfig) {
			*c = space.GlobalConfig{Input: arch.Shape{C: 3, H: 32, W: 32}, Classes: 10, MinLayers: 15, MaxLayers: 15,
				FilterSizes: []int{1, 3, 5, 7}, Channels: []int{24, 36, 48, 64}, Skips: true}
		}, new(big.Int).Mul(pow(16, 15), pow(2, 14*13/2)).String()},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := base
			c.change(&config)
			s := made(t, space.Global, config)
			got, err := space.Size(s)
			if err != nil {
				t.Fatal(err)
			}
			if c.want != "" && got.String() != c.want {
				t.Errorf("size = %v, want %v", got, c.want)
			}
			if got.BitLen() > 17 {
				return
			}
			counted, err := space.Size(plain{s})
			if err != nil {
				t.Fatal(err)
			}
			if got.Cmp(counted) != 0 {
				t.Errorf("size = %v, but there are %v", got, counted)
			}
		})
	}
}

func pow(base, exponent int64) *big.Int {
	return new(big.Int).Exp(big.NewInt(base), big.NewInt(exponent), nil)
}

// Every genotype of a small space that has everything builds, keeps the
// constraints, and is a different architecture.
func TestGlobalConstraintsHold(t *testing.T) {
	s := made(t, space.Global, space.GlobalConfig{
		Input: arch.Shape{C: 2, H: 5, W: 4}, Classes: 3, MinLayers: 1, MaxLayers: 4,
		FilterSizes: []int{3}, Channels: []int{4}, Separable: true, MaxPool: true, AvgPool: true, Units: []int{6}, Skips: true,
		Rules: []space.Rule{space.NoPoolingFirst(), space.NoDenseBeforeConvolution()},
	})
	hashes := make(map[string]string)
	err := space.Walk(s, func(g space.Genotype) bool {
		a, err := s.Build(g)
		if err != nil {
			t.Error(err)
			return false
		}
		infos, err := a.Infer()
		if err != nil {
			t.Error(err)
			return false
		}
		convs, dense := 0, 0
		for i, n := range a.Nodes {
			if n.Block == "head" {
				break
			}
			switch n.Op.Kind {
			case arch.Conv:
				convs++
				if dense > 0 {
					t.Errorf("%v: a convolution after a dense layer:\n%v", g, a)
				}
			case arch.Linear:
				dense++
				if convs == 0 {
					t.Errorf("%v: a dense layer before the first convolution:\n%v", g, a)
				}
			case arch.MaxPool, arch.AvgPool:
				if convs == 0 || dense > 0 {
					t.Errorf("%v: a pooling first, or after a dense layer:\n%v", g, a)
				}
			}
			if o := infos[i].Out; o.H < 1 || o.W < 1 {
				t.Errorf("%v: node %d has the shape %v", g, i, o)
			}
		}
		h := a.Hash()
		if other, taken := hashes[h]; taken {
			t.Errorf("%s and %s are the same", other, a.Name)
		}
		hashes[h] = a.Name
		return !t.Failed()
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := s.Size(); n.Cmp(big.NewInt(int64(len(hashes)))) != 0 {
		t.Errorf("%d architectures, size is %v", len(hashes), n)
	}
}

func TestGlobalBuild(t *testing.T) {
	config := space.DefaultGlobal(digits(), 10)
	config.Separable, config.Skips, config.Dropout = true, true, []float64{0, .5}
	s := made(t, space.Global, config)
	const text = "5, conv 3×3, 16, sepconv 5×5, 8, conv 1×1, 32, yes, maxpool, no, no, dense, 64, 0.5"
	g := parsed(t, s, text)
	if back, err := space.Format(s, g); back != text || err != nil {
		t.Errorf("formatted as %q, %v; want %q", back, err, text)
	}
	choices, err := space.Describe(s, g)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range choices {
		names = append(names, c.Decision)
	}
	if got, want := strings.Join(names, ", "), "layers, layer 1, layer 1 channels, layer 2, layer 2 channels, layer 3, layer 3 channels, layer 3 from layer 1, "+
		"layer 4, layer 4 from layer 1, layer 4 from layer 2, layer 5, layer 5 units, dropout"; got != want {
		t.Errorf("decisions are\n%s\nwant\n%s", got, want)
	}
	a := built(t, s, g)
	rows, err := a.Summary()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rows {
		got = append(got, r.Op+" = "+r.Out)
	}
	want := []string{
		"input = 1×8×8",
		"conv 3×3 →16 pad 1 = 16×8×8", "batchnorm = 16×8×8", "relu = 16×8×8",
		"conv 5×5 →16 pad 2 groups 16 = 16×8×8", "conv 1×1 →8 = 8×8×8", "batchnorm = 8×8×8", "relu = 8×8×8",
		"concat = 24×8×8", "conv 1×1 →32 = 32×8×8", "batchnorm = 32×8×8", "relu = 32×8×8",
		"maxpool 2×2 /2 = 32×4×4",
		"flatten = 512×1×1", "linear →64 +bias = 64×1×1", "relu = 64×1×1",
		"dropout 0.5 = 64×1×1", "linear →10 +bias = 10×1×1",
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
}

func TestGlobalMean(t *testing.T) {
	config := space.DefaultGlobal(digits(), 10)
	config.MaxLayers, config.Mean = 1, true
	params, _ := counts(t, made(t, space.Global, config), "1, conv 3×3, 8")
	if want := int64(8*9 + 2*8 + 8*10 + 10); params != want {
		t.Errorf("params = %d, want %d", params, want)
	}
}

func TestGlobalMutationsStayValid(t *testing.T) {
	config := space.DefaultGlobal(digits(), 10)
	config.Skips = true
	s := made(t, space.Global, config)
	rng := rand.New(rand.NewPCG(3, 4))
	g, err := space.Random(s, rng)
	if err != nil {
		t.Fatal(err)
	}
	for range 2000 {
		h, err := space.Mutate(s, g, rng)
		if err != nil {
			t.Fatal(err)
		}
		if err := space.Check(s, h); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Build(h); err != nil {
			t.Fatal(err)
		}
		g = h
	}
}

func TestGlobalErrors(t *testing.T) {
	for _, c := range []struct {
		change func(c *space.GlobalConfig)
		want   string
	}{
		{func(c *space.GlobalConfig) { c.FilterSizes = nil }, "there is no valid architecture with a convolution: FilterSizes is empty; offer at least one size"},
		{func(c *space.GlobalConfig) { c.Channels = nil }, "there is no valid architecture with a convolution: Channels is empty"},
		{func(c *space.GlobalConfig) { c.MinLayers = 7 }, "there is no valid architecture: MaxLayers is 6, below MinLayers, which is 7"},
		{func(c *space.GlobalConfig) { c.MinLayers = 0 }, "MinLayers is 0; it must be at least 1"},
		{func(c *space.GlobalConfig) { c.MaxLayers = 101 }, "MaxLayers is 101; it must be at most 100"},
		{func(c *space.GlobalConfig) { c.FilterSizes = []int{3, 4} }, "FilterSizes offers 4; filter sizes must be odd"},
		{func(c *space.GlobalConfig) { c.FilterSizes = []int{3, 33} }, "FilterSizes offers 33; it must be 1 to 31"},
		{func(c *space.GlobalConfig) { c.Channels = []int{8, 8} }, "Channels offers 8 twice"},
		{func(c *space.GlobalConfig) { c.Channels = []int{0} }, "Channels offers 0; it must be 1 to 16384"},
		{func(c *space.GlobalConfig) { c.Units = []int{-1} }, "Units offers -1"},
		{func(c *space.GlobalConfig) { c.Dropout = []float64{1} }, "Dropout offers 1; a rate must be at least 0 and below 1"},
		{func(c *space.GlobalConfig) { c.Dropout = []float64{.5, .5} }, "Dropout offers 0.5 twice"},
		{func(c *space.GlobalConfig) { c.Classes = 0 }, "Classes is 0"},
		{func(c *space.GlobalConfig) { c.Input.C = 0 }, "Input: arch: node 0 (input “input”): the shape is 0×8×8"},
		{func(c *space.GlobalConfig) { c.Input = arch.Shape{C: 1, H: 1 << 14, W: 1 << 14} }, "Channels: up to 32 channels on an input of 1×16384×16384 are too many activations"},
	} {
		config := space.DefaultGlobal(digits(), 10)
		c.change(&config)
		if _, err := space.Global(config); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error is %v, want it to hold %q", err, c.want)
		}
	}
	s := made(t, space.Global, space.DefaultGlobal(digits(), 10))
	for _, c := range []struct {
		g    space.Genotype
		want string
	}{
		{space.Genotype{0, 0, 0, 0}, "4 choices, but the architecture is complete after 3"},
		{space.Genotype{6}, "choice 0 (layers) is option 6; there are options 0 to 5"},
		{space.Genotype{1, 0, 0, 2, 3}, "choice 4 (layer 2 channels) is option 3"},
		{space.Genotype{1, 0, 0}, `"layer 2" is undecided`},
	} {
		if _, err := s.Build(c.g); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error is %v, want it to hold %q", c.g, err, c.want)
		}
	}
}

// What the caller does with the configuration afterwards changes nothing.
func TestGlobalKeepsItsConfig(t *testing.T) {
	config := space.DefaultGlobal(digits(), 10)
	s := made(t, space.Global, config)
	name := s.Name()
	config.Channels[0] = 99
	s.Config().Channels[1] = 99
	if s.Name() != name || s.Config().Channels[0] != 8 || s.Config().Channels[1] != 16 {
		t.Errorf("the space became %s", s.Name())
	}
	const want = "global(input=1×8×8 classes=10 layers=1..6 filters=1,3,5 channels=8,16,32 maxpool avgpool units=32,64 rules=\"no pooling first; no dense layer before the first convolution\")"
	if name != want {
		t.Errorf("the name is %s, want %s", name, want)
	}
}

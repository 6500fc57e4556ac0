package space_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/space"
)

// allowed says whether a chain keeps to rules, in the plainest words.
type allowed map[string]func(chain []space.Layer) bool

func plainRules() allowed {
	pool := func(l space.Layer) bool { return strings.Contains(l.Op, "pool") }
	conv := func(l space.Layer) bool { return strings.Contains(l.Op, "conv") }
	repeats := func(chain []space.Layer, length int) bool {
		for i := range chain {
			if i+2*length <= len(chain) && slices.Equal(chain[i:i+length], chain[i+length:i+2*length]) {
				return true
			}
		}
		return false
	}
	return allowed{
		"no pooling first": func(chain []space.Layer) bool { return !pool(chain[0]) },
		"no dense layer before the first convolution": func(chain []space.Layer) bool {
			first := slices.IndexFunc(chain, conv)
			dense := slices.IndexFunc(chain, func(l space.Layer) bool { return l.Op == "dense" })
			return dense < 0 || first >= 0 && first < dense
		},
		"no repeated pattern up to 1": func(chain []space.Layer) bool { return !repeats(chain, 1) },
		"no repeated pattern up to 2": func(chain []space.Layer) bool { return !repeats(chain, 1) && !repeats(chain, 2) },
		"no dense after 6":            func(chain []space.Layer) bool { return !repeatsDense(chain) },
		"all that fits": func(chain []space.Layer) bool {
			h, vector := 4, false
			for _, l := range chain {
				switch {
				case vector && l.Op != "dense", (l.Op == "maxpool" || l.Op == "avgpool") && h < 2:
					return false
				case l.Op == "maxpool", l.Op == "avgpool":
					h /= 2
				case l.Op == "dense", l.Op == "globalpool":
					vector = true
				}
			}
			return true
		},
	}
}

func repeatsDense(chain []space.Layer) bool {
	for i := 1; i < len(chain); i++ {
		if chain[i].Op == "dense" && chain[i-1].Width == 6 {
			return true
		}
	}
	return false
}

// noDenseAfter6 is a rule as a learner writes it.
func noDenseAfter6() space.Rule {
	return space.Rule{Name: "no dense after 6", Forbid: func(last, next space.Layer) string {
		if next.Op == space.OpDense && last.Width == 6 {
			return "six is enough"
		}
		return ""
	}}
}

// The networks of a space are just those chains of layers, of all there are, that
// the rules allow when they are applied to whole chains; and they are counted as such.
func TestRulesFilterChains(t *testing.T) {
	for _, rules := range [][]space.Rule{
		nil,
		{space.NoPoolingFirst()},
		{space.NoDenseBeforeConvolution()},
		{space.NoRepeatedPattern(1)},
		{space.NoRepeatedPattern(2)},
		{noDenseAfter6()},
		{space.NoPoolingFirst(), space.NoDenseBeforeConvolution(), space.NoRepeatedPattern(2), noDenseAfter6()},
	} {
		config := space.GlobalConfig{
			Input: arch.Shape{C: 1, H: 4, W: 5}, Classes: 2, MinLayers: 1, MaxLayers: 4,
			FilterSizes: []int{1, 3}, Channels: []int{2}, Units: []int{6}, Activations: []string{"relu", "tanh"},
			MaxPool: true, GlobalPool: true, Rules: rules,
		}
		s := made(t, space.Global, config)
		offers := []space.Layer{
			{Op: "conv", Size: 1, Width: 2, Activation: "relu"}, {Op: "conv", Size: 1, Width: 2, Activation: "tanh"},
			{Op: "conv", Size: 3, Width: 2, Activation: "relu"}, {Op: "conv", Size: 3, Width: 2, Activation: "tanh"},
			{Op: "maxpool"}, {Op: "globalpool"},
			{Op: "dense", Width: 6, Activation: "relu"}, {Op: "dense", Width: 6, Activation: "tanh"},
		}
		names := []string{"all that fits"}
		for _, r := range rules {
			names = append(names, r.Name)
		}
		want := make(map[string]bool)
		var grow func(chain []space.Layer)
		grow = func(chain []space.Layer) {
			ok := len(chain) > 0
			for _, name := range names {
				ok = ok && plainRules()[name](chain)
			}
			if len(chain) > 0 {
				if got := len(s.Violations(chain)) == 0; got != ok {
					t.Fatalf("rules %v: %v has the violations %v", names, chain, s.Violations(chain))
				}
			}
			if ok {
				want[fmt.Sprint(chain)] = true
			}
			if len(chain) < config.MaxLayers {
				for _, l := range offers {
					grow(append(chain[:len(chain):len(chain)], l))
				}
			}
		}
		grow(nil)
		n := 0
		err := space.Walk(s, func(g space.Genotype) bool {
			n++
			layers, err := s.Layers(g)
			if err != nil || !want[fmt.Sprint(layers)] {
				t.Errorf("rules %v: %v is %v, %v, which is not allowed", names, g, layers, err)
			}
			if _, err := s.Build(g); err != nil {
				t.Error(err)
			}
			return !t.Failed()
		})
		if err != nil || n != len(want) || s.Size().Int64() != int64(n) {
			t.Errorf("rules %v: %d networks, %v, size %v; want %d", names, n, err, s.Size(), len(want))
		}
		if n < 1500 {
			checkEnumeration(t, s, n)
		}
	}
}

func TestFreeGlobal(t *testing.T) {
	s := made(t, space.Global, space.FreeGlobal(digits(), 10))
	e, err := space.Enumerate(s) // which compares the two ways of counting
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		g, err := e.Uniform(rng)
		if err != nil {
			t.Fatal(err)
		}
		layers, err := s.Layers(g)
		if err != nil {
			t.Fatal(err)
		}
		if v := s.Violations(layers); len(v) > 0 {
			t.Errorf("%v has violations: %v", layers, v)
		}
		if _, err := s.Build(g); err != nil {
			t.Error(err)
		}
	}
}

func TestGlobalPoolAndActivations(t *testing.T) {
	config := space.FreeGlobal(digits(), 10)
	config.Skips = true
	s := made(t, space.Global, config)
	g := parsed(t, s, "5, conv 3×3, 16, tanh, conv 3×3, 16, relu, conv 1×1, 8, relu, yes, globalpool, no, yes, dense, 64, tanh")
	a := built(t, s, g)
	infos := inferred(t, a)
	var got []string
	for i, n := range a.Nodes[1:] {
		got = append(got, fmt.Sprintf("%s = %v", n.Op.Kind, infos[i+1].Out))
	}
	want := "conv = 16×8×8, batchnorm = 16×8×8, tanh = 16×8×8, conv = 16×8×8, batchnorm = 16×8×8, relu = 16×8×8, concat = 32×8×8, conv = 8×8×8, batchnorm = 8×8×8, relu = 8×8×8, " +
		"concat = 24×8×8, globalpool = 24×1×1, linear = 64×1×1, tanh = 64×1×1, linear = 10×1×1"
	if got := strings.Join(got, ", "); got != want {
		t.Errorf("built\n%s\nwant\n%s", got, want)
	}
}

func TestViolations(t *testing.T) {
	s := made(t, space.Global, space.FreeGlobal(digits(), 10))
	for text, want := range map[string][]string{
		"conv 3×3 16 relu, maxpool, dense 64 tanh": nil,
		"maxpool, conv 3x3 16":                     {"layer 1 breaks “no pooling first”: it would shrink the image before any layer has looked at it"},
		"dense 32, conv 3×3 16": {
			"layer 1 breaks “no dense layer before the first convolution”: no convolution stands before it",
			"layer 2 breaks “shapes fit”: conv takes an image, but a dense layer or a global pooling has made it a vector"},
		"conv 3×3 16, conv 3×3 16":                                   {"layer 2 breaks “no repeated pattern up to 2”: conv 3×3 16 relu would stand twice in a row"},
		"conv 3×3 16, maxpool, conv 3×3 16, maxpool":                 {"layer 4 breaks “no repeated pattern up to 2”: conv 3×3 16 relu, maxpool would stand twice in a row"},
		"conv 1×1 8, maxpool, avgpool, maxpool, conv 3×3 8, avgpool": {"layer 6 breaks “shapes fit”: the image is 1×1, too small for windows of 2×2"},
		"conv 7×7 16, conv 3×3 16, conv 1×1 8, conv 3×3 16, conv 1×1 16, conv 3×3 16, conv 1×1 32": {
			"“number of layers”: there are 7; 1 to 6 are allowed", "layer 1 breaks “what is offered”: the space offers no conv 7×7 16 relu"},
	} {
		layers, err := space.ParseLayers(text)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range s.Violations(layers) {
			got = append(got, v.String())
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: violations are\n%s\nwant\n%s", text, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	if v := s.Violations(nil); len(v) != 1 || v[0].String() != "“number of layers”: there are 0; 1 to 6 are allowed" {
		t.Errorf("of no layers, violations are %v", v)
	}
}

// What is read says which rule has taken an option away.
func TestParseSaysWhichRuleForbids(t *testing.T) {
	s := made(t, space.Global, space.FreeGlobal(digits(), 10))
	for text, want := range map[string]string{
		"2, maxpool, dense, 32, relu": `column 4 (layer 1) of "2, maxpool, dense, 32, relu": there is no option "maxpool": layer 1 breaks “no pooling first”: ` +
			"it would shrink the image before any layer has looked at it; the options are conv 1×1, conv 3×3, conv 5×5",
		"2, dense": "layer 1 breaks “no dense layer before the first convolution”: no convolution stands before it; the options",
		"2, conv 3×3, 8, relu, conv 3×3, 8, relu": `column 36 (layer 2 activation) of "2, conv 3×3, 8, relu, conv 3×3, 8, relu": there is no option "relu": ` +
			"layer 2 breaks “no repeated pattern up to 2”: conv 3×3 8 relu would stand twice in a row; the options are tanh",
		"3, conv 3×3, 8, relu, dense, 32, relu, maxpool": "layer 3 breaks “shapes fit”: maxpool takes an image, but",
		"7":           `(layers) of "7": there is no option "7"; the options are 1, 2, 3, 4, 5, 6`,
		"2, conv 7×7": `there is no option "conv 7×7"; the options are`,
	} {
		if _, err := space.Parse(s, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error is %v, want it to hold %q", text, err, want)
		}
	}
}

func TestWithout(t *testing.T) {
	config := space.DefaultGlobal(digits(), 10)
	rules, err := space.Without(config.Rules, "no pooling first")
	if err != nil || len(rules) != 1 || len(config.Rules) != 2 {
		t.Fatalf("without a rule, %d of %d are left, %v", len(rules), len(config.Rules), err)
	}
	config.Rules, config.MaxLayers = rules, 1
	if n := made(t, space.Global, config).Size().Int64(); n != 9+2 { // the convolutions, and now the poolings
		t.Errorf("size = %d, want 11", n)
	}
	if _, err := space.Without(rules, "no pooling first"); err == nil || !strings.Contains(err.Error(), `there is no rule "no pooling first"; the rules are no dense layer before the first convolution`) {
		t.Errorf("error is %v", err)
	}
}

func TestRuleErrors(t *testing.T) {
	refuse := func(_, next space.Layer) string { return "I do not like " + next.Op }
	counting := func(memory string, next space.Layer) (string, string) { return memory + next.String(), "" }
	for _, c := range []struct {
		name   string
		change func(c *space.GlobalConfig)
		want   string
	}{
		{"nothing allowed", func(c *space.GlobalConfig) { c.Rules = append(c.Rules, space.Rule{Name: "nothing", Forbid: refuse}) },
			"there is no valid architecture of at least 1 layers: no layer can be the first: conv 1×1 8 relu breaks “nothing” (I do not like conv); maxpool breaks “no pooling first”"},
		{"too few allowed", func(c *space.GlobalConfig) {
			c.MinLayers, c.MaxPool, c.AvgPool, c.Units = 3, false, false, nil
			c.FilterSizes, c.Channels = []int{3}, []int{4}
			c.Rules = append(c.Rules, space.Rule{Name: "two at most", Step: func(memory string, next space.Layer) (string, string) {
				if memory == "xx" {
					return memory, "there are two"
				}
				return memory + "x", ""
			}})
		}, "there is no valid architecture of at least 3 layers: no network has more than 2, and after conv 3×3 4 relu, conv 3×3 4 relu nothing can follow: conv 3×3 4 relu breaks “two at most” (there are two)"},
		{"too much to remember", func(c *space.GlobalConfig) { c.Rules = append(c.Rules, space.Rule{Name: "elephant", Step: counting}) }, "different things, too many for networks of up to 6 layers out of 13 on offer; its Step should remember less"},
		{"too many layers", func(c *space.GlobalConfig) {
			for n := 100; n < 5000; n++ {
				c.Channels = append(c.Channels, n)
			}
		}, "14713 different layers are offered; offer at most 10000"},
		{"too much to look through", func(c *space.GlobalConfig) {
			c.MaxLayers, c.Rules = 100, []space.Rule{noDenseAfter6()}
			for n := 100; n < 600; n++ {
				c.Channels = append(c.Channels, n)
			}
		}, "networks of up to 100 layers out of 1513 on offer are too many to look through; offer less"},
		{"no name", func(c *space.GlobalConfig) { c.Rules = append(c.Rules, space.Rule{Forbid: refuse}) }, `rule 2 (""): it has no name`},
		{"no function", func(c *space.GlobalConfig) { c.Rules = append(c.Rules, space.Rule{Name: "r"}) }, `rule 2 ("r"): it needs one of the functions Forbid and Step`},
		{"two functions", func(c *space.GlobalConfig) {
			c.Rules = append(c.Rules, space.Rule{Name: "r", Forbid: refuse, Step: counting})
		}, `rule 2 ("r"): it needs one of the functions Forbid and Step`},
		{"twice", func(c *space.GlobalConfig) { c.Rules = append(c.Rules, space.NoPoolingFirst()) }, `rule 2 has the name "no pooling first" of one before`},
		{"activation", func(c *space.GlobalConfig) { c.Activations = []string{"relu", "sine"} }, `Activations offers "sine"; there are relu, relu6, tanh`},
		{"activation twice", func(c *space.GlobalConfig) { c.Activations = []string{"relu", "relu"} }, `Activations offers "relu" twice`},
		{"nothing offered", func(c *space.GlobalConfig) {
			*c = space.GlobalConfig{Input: digits(), Classes: 2, MinLayers: 1, MaxLayers: 1}
		}, "there is no valid architecture: no layer is offered"},
	} {
		config := space.DefaultGlobal(digits(), 10)
		c.change(&config)
		if s, err := space.Global(config); s != nil || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error is %v, want it to hold %q", c.name, err, c.want)
		}
	}
}

// A rule that can leave too few layers takes only those numbers of layers away that
// no network can have, and never leads into a dead end.
func TestRulesLeaveNoDeadEnds(t *testing.T) {
	config := space.DefaultGlobal(digits(), 10)
	config.MaxLayers = 4
	config.Rules = append(config.Rules, space.Rule{Name: "nothing after a pooling", Forbid: func(last, _ space.Layer) string {
		if last.Pools() {
			return "a pooling is the end"
		}
		return ""
	}}, space.Rule{Name: "ends by the third", Step: func(memory string, next space.Layer) (string, string) {
		if len(memory) == 3 {
			return memory, "there are three"
		}
		return memory + "x", ""
	}})
	s := made(t, space.Global, config)
	d, _, err := s.Next(nil)
	if err != nil || !slices.Equal(d.Options, []string{"1", "2", "3"}) {
		t.Errorf("numbers of layers are %v, %v; want 1, 2, 3", d.Options, err)
	}
	n := 0
	err = space.Walk(s, func(g space.Genotype) bool {
		n++
		_, err := s.Build(g)
		if err != nil {
			t.Error(err)
		}
		return err == nil
	})
	// One: 9 convolutions. Two: 9·(9 + 2 poolings + 2 dense). Three: after two
	// convolutions those 13, after a convolution and a dense layer 2.
	if want := 9 + 9*13 + 9*9*13 + 9*2*2; err != nil || n != want || s.Size().Int64() != int64(want) {
		t.Errorf("%d networks, %v, size %v; want %d", n, err, s.Size(), want)
	}
}

func TestParseLayers(t *testing.T) {
	layers, err := space.ParseLayers(" conv 3x3 16,sepconv 5×5  8 tanh , maxpool,avgpool, globalpool, dense 64 silu")
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, l := range layers {
		words = append(words, l.String())
	}
	if got, want := strings.Join(words, ", "), "conv 3×3 16 relu, sepconv 5×5 8 tanh, maxpool, avgpool, globalpool, dense 64 silu"; got != want {
		t.Errorf("read as %s, want %s", got, want)
	}
	for text, want := range map[string]string{
		"":                            `layer 1 of "": column 1: found the end; expected one of conv, sepconv, maxpool, avgpool, globalpool, dense`,
		"conv 3×3 8, ":                `layer 2 of "conv 3×3 8, ": column 13: found the end; expected one of conv, `,
		"conv 3×3 8,":                 `layer 2 of "conv 3×3 8,": column 12: found the end; expected one of conv, `,
		"maxpool, pool":               `column 10: found "pool"; expected one of conv, `,
		"maxpool 2":                   `layer 1 of "maxpool 2": column 9: found "2"; expected a comma or the end`,
		"conv 16":                     `column 6: found "16"; expected a filter size such as 3×3`,
		"conv 3×5 16":                 `column 6: found "3×5"; expected a filter size`,
		"conv 3x3":                    `column 9: found the end; expected a number of channels or units such as 16`,
		"dense -4":                    `column 7: found "-4"; expected a number of channels or units`,
		"dense 4 sine":                `column 9: found "sine"; expected one of relu, relu6, tanh, sigmoid, hardsigmoid, silu, hardswish`,
		"dense 4 relu 5":              `column 14: found "5"; expected a comma or the end`,
		"conv 99999999999999999999×1": "expected a filter size",
	} {
		if _, err := space.ParseLayers(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error is %v, want it to hold %q", text, err, want)
		}
	}
}

// What is read is written so that it is read again, and no layer is made up.
func FuzzParseLayers(f *testing.F) {
	for _, text := range []string{"conv 3×3 16 relu, maxpool", "dense 64", "sepconv 5x5 8\ttanh", "globalpool,,", "conv 3×3", " \n", "conv\x00"} {
		f.Add(text)
	}
	s := made(f, space.Global, space.FreeGlobal(digits(), 10))
	f.Fuzz(func(t *testing.T, text string) {
		layers, err := space.ParseLayers(text)
		if err != nil {
			return
		}
		var words []string
		for _, l := range layers {
			words = append(words, l.String())
		}
		again, err := space.ParseLayers(strings.Join(words, ", "))
		if err != nil || !slices.Equal(again, layers) {
			t.Errorf("%q is read as %v and then as %v, %v", text, layers, again, err)
		}
		s.Violations(layers)
	})
}

func BenchmarkGlobal(b *testing.B) {
	config := space.FreeGlobal(arch.Shape{C: 3, H: 32, W: 32}, 10)
	s := made(b, space.Global, config)
	rng := rand.New(rand.NewPCG(1, 2))
	b.Run("make", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			made(b, space.Global, config)
		}
	})
	b.Run("enumerate", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := space.Enumerate(s); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("draw and build", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			g, err := space.Random(s, rng)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := s.Build(g); err != nil {
				b.Fatal(err)
			}
		}
	})
}

package space_test

import (
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/space"
)

// towers are one to three layers of two widths, the last with or without a pooling.
func towers(c *space.Choices) (*arch.Arch, error) {
	b := arch.NewBuilder("tower", digits())
	x := b.In()
	layers := c.Int("layers", 1, 2, 3)
	for i := range layers {
		x = b.ConvBNReLU(x, c.Int(fmt.Sprint("filters ", i), 8, 16), 3)
	}
	if c.Yes("pool") {
		x = b.MaxPool(x, 2)
	}
	if rate := c.Float("dropout", 0, .5); rate > 0 {
		x = b.Dropout(x, rate)
	}
	if c.Pick("head", "mean", "flat") == "mean" {
		x = b.GlobalPool(x)
	} else {
		x = b.Flatten(x)
	}
	b.Linear(x, 10)
	return b.Build()
}

func custom(t testing.TB, net func(*space.Choices) (*arch.Arch, error)) *space.Custom {
	t.Helper()
	s, err := space.New("custom", net)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestCustom(t *testing.T) {
	s := custom(t, towers)
	checkEnumeration(t, s, (2+4+8)*8)
	g := parsed(t, s, "2, 8, 16, yes, 0.5, flat")
	a := built(t, s, g)
	rows, err := a.Summary()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rows {
		got = append(got, r.Op)
	}
	want := "input, conv 3×3 →8 pad 1, batchnorm, relu, conv 3×3 →16 pad 1, batchnorm, relu, maxpool 2×2 /2, dropout 0.5, flatten, linear →10 +bias"
	if got := strings.Join(got, ", "); got != want {
		t.Errorf("built %s, want %s", got, want)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		h, err := space.Mutate(s, g, rng)
		if err != nil || slices.Equal(g, h) {
			t.Fatalf("%v mutates to %v, %v", g, h, err)
		}
		if _, err := s.Build(h); err != nil {
			t.Fatal(err)
		}
		g = h
	}
}

// A function that names its states is counted without walking through all of its
// architectures: 2 + 2² + … + 2⁶⁰ chains.
func TestCustomStates(t *testing.T) {
	var counts []int
	for n := 1; n <= 60; n++ {
		counts = append(counts, n)
	}
	s := custom(t, func(c *space.Choices) (*arch.Arch, error) {
		layers := c.Int("layers", counts...)
		for i := range layers {
			c.State(fmt.Sprint(i, "/", layers))
			c.Pick(fmt.Sprint("layer ", i), "a", "b")
		}
		return &arch.Arch{}, nil
	})
	e, err := space.Enumerate(s)
	if err != nil {
		t.Fatal(err)
	}
	if want := new(big.Int).Sub(pow(2, 61), big.NewInt(2)); e.Size().Cmp(want) != 0 {
		t.Errorf("size = %v, want %v", e.Size(), want)
	}
	last := new(big.Int).Sub(e.Size(), big.NewInt(1))
	g, err := e.At(last)
	if err != nil || len(g) != 61 || slices.Contains(g[1:], 0) {
		t.Errorf("the last architecture is %v, %v", g, err)
	}
}

// A function that goes on for ever with its first options ends all the same when only
// the next decision is asked for.
func TestCustomLeavesTheFunction(t *testing.T) {
	s, err := space.New("until the end", func(c *space.Choices) (*arch.Arch, error) {
		for i := range 5 {
			if c.Pick(fmt.Sprint("layer ", i), "end", "conv") == "end" {
				break
			}
		}
		return &arch.Arch{}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	checkEnumeration(t, s, 6)
}

func TestCustomErrors(t *testing.T) {
	none := func(*space.Choices) (*arch.Arch, error) { return nil, nil }
	for _, c := range []struct {
		name string
		net  func(*space.Choices) (*arch.Arch, error)
		want string
	}{
		{"", none, "a space of one's own needs a name"},
		{"n", nil, "space n: there is no function (nil)"},
		{"n", func(c *space.Choices) (*arch.Arch, error) { c.Pick("q"); return nil, nil }, `space n: it holds no architecture: its first decision, "q", has no options`},
		{"n", func(c *space.Choices) (*arch.Arch, error) {
			c.Pick("q", "a")
			c.Int("q", 1, 2)
			return nil, nil
		}, `space n: after the choices [0] it asks for "q" again; the names of a genotype's decisions must differ`},
		{"n", func(c *space.Choices) (*arch.Arch, error) { c.Int("q", 3, 5, 3); return nil, nil }, `decision 0 (q) of [0] offers "3" twice`},
		{"n", func(c *space.Choices) (*arch.Arch, error) {
			for i := 0; ; i++ {
				c.Pick(fmt.Sprint(i), "again")
			}
		}, `space n: after 1000 choices it still asks (for "1000"); a space of one's own must end before that`},
		{"n", func(c *space.Choices) (*arch.Arch, error) {
			c.Pick("q", "a", "b")
			var list []int
			_ = list[c.Int("i", 2)]
			return nil, nil
		}, "space n: after the choices [0 0] its function panicked: runtime error: index out of range [2] with length 0"},
	} {
		if s, err := space.New(c.name, c.net); s != nil || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error is %v, want it to hold %q", err, c.want)
		}
	}
	failure := errors.New("no luck")
	for _, c := range []struct {
		net  func(*space.Choices) (*arch.Arch, error)
		g    space.Genotype
		want string
	}{
		{none, nil, "the function returned no architecture and no error"},
		{none, space.Genotype{0}, "1 choices, but the architecture is complete after 0"},
		{func(*space.Choices) (*arch.Arch, error) { return nil, failure }, nil, "building []: no luck"},
		{towers, space.Genotype{0}, `"filters 0" is undecided`},
		{towers, space.Genotype{3}, "choice 0 (layers) is option 3; there are options 0 to 2"},
	} {
		if a, err := custom(t, c.net).Build(c.g); a != nil || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error is %v, want it to hold %q", err, c.want)
		}
	}
}

// Options that hold what separates options are written in quotes, and read as such.
func TestOptionsInQuotes(t *testing.T) {
	options := []string{"2,2", "", " blank ", `say "so"`, "tab\t", "plain", `"`}
	s := custom(t, func(c *space.Choices) (*arch.Arch, error) {
		c.Pick("first", options...)
		c.Pick("second", options...)
		return &arch.Arch{}, nil
	})
	err := space.Walk(s, func(g space.Genotype) bool {
		text, err := space.Format(s, g)
		if err != nil {
			t.Error(err)
			return false
		}
		if back, err := space.Parse(s, text); err != nil || !slices.Equal(back, g) {
			t.Errorf("%v is written as %s and read as %v, %v", g, text, back, err)
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	if text, err := space.Format(s, space.Genotype{0, 5}); text != `"2,2", plain` || err != nil {
		t.Errorf("written as %s, %v", text, err)
	}
	for text, want := range map[string]string{
		`"2,2" plain`: `column 7: found "plain"; expected a comma or the end`,
		`"2,2", "pla`: `column 8 (second) of "\"2,2\", \"pla": there is no option "\"pla"`,
		`2,2`:         `column 1 (first) of "2,2": there is no option "2"`,
	} {
		if _, err := space.Parse(s, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error is %v, want it to hold %q", text, err, want)
		}
	}
}

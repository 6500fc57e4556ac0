package space_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/space"
)

// tree is a space whose decisions a function gives; no options end it.
type tree func(chosen space.Genotype) (name string, options []string)

func (tree) Name() string { return "tree" }

func (f tree) Next(chosen space.Genotype) (space.Decision, bool, error) {
	name, options := f(chosen)
	if name == "" {
		return space.Decision{}, false, nil
	}
	return space.Decision{Name: name, Options: options}, true, nil
}

func (tree) Build(space.Genotype) (*arch.Arch, error) {
	return nil, fmt.Errorf("a tree builds nothing")
}

// fork asks for a shape; a square has a side of 1 to 3, a point has nothing, and
// all but the point have a colour, of which circles cannot be red.
func fork(chosen space.Genotype) (string, []string) {
	shapes := []string{"point", "circle", "square"}
	switch {
	case len(chosen) == 0:
		return "shape", shapes
	case chosen[0] == 1 && len(chosen) == 1:
		return "colour", []string{"green", "blue"}
	case chosen[0] == 2 && len(chosen) == 1:
		return "side", []string{"1", "2", "3"}
	case chosen[0] == 2 && len(chosen) == 2:
		return "colour", []string{"red", "green", "blue"}
	}
	return "", nil
}

func TestWalkVisitsEveryLeafInOrder(t *testing.T) {
	var got []string
	err := space.Walk(tree(fork), func(g space.Genotype) bool {
		got = append(got, fmt.Sprint(g))
		return true
	})
	want := "[0] [1 0] [1 1] [2 0 0] [2 0 1] [2 0 2] [2 1 0] [2 1 1] [2 1 2] [2 2 0] [2 2 1] [2 2 2]"
	if s := strings.Join(got, " "); s != want || err != nil {
		t.Errorf("walked %s, %v; want %s", s, err, want)
	}
	if n, err := space.Size(tree(fork)); err != nil || n.Int64() != 12 {
		t.Errorf("size = %v, %v; want 12", n, err)
	}
	count := 0
	if err := space.Walk(tree(fork), func(space.Genotype) bool { count++; return count < 5 }); err != nil || count != 5 {
		t.Errorf("a walk that is stopped at 5 made %d visits, %v", count, err)
	}
}

func TestComplete(t *testing.T) {
	last := func(_ int, d space.Decision) int { return len(d.Options) - 1 }
	for _, c := range []struct{ beginning, want space.Genotype }{{nil, space.Genotype{2, 2, 2}}, {space.Genotype{1}, space.Genotype{1, 1}}, {space.Genotype{0}, space.Genotype{0}}} {
		beginning := append(space.Genotype(nil), c.beginning...)
		if g, err := space.Complete(tree(fork), c.beginning, last); err != nil || !reflect.DeepEqual(g, c.want) || !reflect.DeepEqual(c.beginning, beginning) {
			t.Errorf("%v is completed as %v, %v; want %v", beginning, g, err, c.want)
		}
	}
	if g, err := space.Complete(tree(fork), nil, func(i int, d space.Decision) int { return 2 - 3*i }); err == nil || !strings.Contains(err.Error(), "choice 1 (side) is option -1; there are options 0 to 2") {
		t.Errorf("a wrong option gives %v, %v", g, err)
	}
	if g, err := space.Complete(tree(fork), nil, nil); err == nil || !strings.Contains(err.Error(), "nothing picks the options (nil)") {
		t.Errorf("without pick: %v, %v", g, err)
	}
	if g, err := space.Complete(nil, nil, last); err == nil || !strings.Contains(err.Error(), "there is no space (nil)") {
		t.Errorf("without a space: %v, %v", g, err)
	}
}

func TestRandomIsUniformOverOptions(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	count := make(map[string]int)
	const n = 18000
	for range n {
		g, err := space.Random(tree(fork), rng)
		if err != nil {
			t.Fatal(err)
		}
		count[fmt.Sprint(g)]++
	}
	for g, share := range map[string]float64{"[0]": 1. / 3, "[1 1]": 1. / 6, "[2 1 1]": 1. / 27} {
		if got := float64(count[g]) / n; got < share-.015 || got > share+.015 {
			t.Errorf("%s was drawn with frequency %.3f, want %.3f", g, got, share)
		}
	}
}

func TestNeighboursRepairByNameAndWord(t *testing.T) {
	for _, c := range []struct {
		g    space.Genotype
		want string
	}{
		{space.Genotype{0}, "[[1 0] [2 0 0]]"},
		// A blue circle becomes a blue square of the first side; a green one stays green.
		{space.Genotype{1, 1}, "[[0] [2 0 2] [1 0]]"},
		{space.Genotype{1, 0}, "[[0] [2 0 1] [1 1]]"},
		// A red square becomes a circle of the first colour, a blue one stays blue.
		{space.Genotype{2, 1, 0}, "[[0] [1 0] [2 0 0] [2 2 0] [2 1 1] [2 1 2]]"},
		{space.Genotype{2, 1, 2}, "[[0] [1 1] [2 0 2] [2 2 2] [2 1 0] [2 1 1]]"},
	} {
		all, err := space.Neighbours(tree(fork), c.g)
		if got := fmt.Sprint(all); got != c.want || err != nil {
			t.Errorf("neighbours of %v are %s, %v; want %s", c.g, got, err, c.want)
		}
	}
}

func TestMutateChangesOneDecision(t *testing.T) {
	g := space.Genotype{2, 1, 0}
	// Each decision with probability 1/3, each of its other options equally; the red
	// square's colour is drawn anew for a circle.
	frequencies(t, func(rng *rand.Rand) (space.Genotype, error) { return space.Mutate(tree(fork), g, rng) }, map[string]float64{
		"[0]": 1. / 6, "[1 0]": 1. / 12, "[1 1]": 1. / 12,
		"[2 0 0]": 1. / 6, "[2 2 0]": 1. / 6, "[2 1 1]": 1. / 6, "[2 1 2]": 1. / 6,
	})
	if !reflect.DeepEqual(g, space.Genotype{2, 1, 0}) {
		t.Errorf("the parent became %v", g)
	}
}

// frequencies compares how often genotypes are drawn with their probabilities.
func frequencies(t *testing.T, draw func(*rand.Rand) (space.Genotype, error), want map[string]float64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(11, 12))
	seen := make(map[string]int)
	const n = 6000
	for range n {
		h, err := draw(rng)
		if err != nil {
			t.Fatal(err)
		}
		seen[fmt.Sprint(h)]++
	}
	for h, share := range want {
		if got := float64(seen[h]) / n; got < share-.025 || got > share+.025 {
			t.Errorf("%s came with frequency %.3f, want %.3f", h, got, share)
		}
		delete(seen, h)
	}
	if len(seen) > 0 {
		t.Errorf("these cannot come: %v", seen)
	}
}

func TestCrossover(t *testing.T) {
	of := func(a, b space.Genotype) func(*rand.Rand) (space.Genotype, error) {
		return func(rng *rand.Rand) (space.Genotype, error) { return space.Crossover(tree(fork), a, b, rng) }
	}
	// A red square of side 2 and a blue circle: a square has the side of the square and
	// either colour; a circle is blue, as there are no red ones.
	frequencies(t, of(space.Genotype{2, 1, 0}, space.Genotype{1, 1}), map[string]float64{"[2 1 0]": .25, "[2 1 2]": .25, "[1 1]": .5})
	frequencies(t, of(space.Genotype{2, 1, 0}, space.Genotype{2, 0, 2}), map[string]float64{"[2 1 0]": .25, "[2 1 2]": .25, "[2 0 0]": .25, "[2 0 2]": .25})
	frequencies(t, of(space.Genotype{2, 1, 0}, space.Genotype{0}), map[string]float64{"[2 1 0]": .5, "[0]": .5})
	frequencies(t, of(space.Genotype{2, 1, 0}, space.Genotype{2, 1, 0}), map[string]float64{"[2 1 0]": 1})
	if _, err := of(space.Genotype{0}, space.Genotype{3})(rand.New(rand.NewPCG(1, 1))); err == nil || !strings.Contains(err.Error(), "choice 0 (shape) is option 3; there are options 0 to 2") {
		t.Errorf("error is %v", err)
	}
}

func TestMutateEach(t *testing.T) {
	of := func(g space.Genotype, p float64) func(*rand.Rand) (space.Genotype, error) {
		return func(rng *rand.Rand) (space.Genotype, error) { return space.MutateEach(tree(fork), g, p, rng) }
	}
	frequencies(t, of(space.Genotype{2, 1, 0}, 0), map[string]float64{"[2 1 0]": 1})
	frequencies(t, of(space.Genotype{1, 1}, .5), map[string]float64{
		"[1 0]": .25, "[1 1]": .25, "[0]": .25,
		// A square's side is drawn; half of them keep their colour, the others have either other.
		"[2 0 1]": .25 / 6, "[2 1 1]": .25 / 6, "[2 2 1]": .25 / 6,
		"[2 0 0]": .25 / 12, "[2 1 0]": .25 / 12, "[2 2 0]": .25 / 12,
		"[2 0 2]": .25 / 12, "[2 1 2]": .25 / 12, "[2 2 2]": .25 / 12,
	})
	for _, p := range []float64{-.1, 1.1, math.NaN()} {
		if _, err := of(space.Genotype{0}, p)(rand.New(rand.NewPCG(1, 1))); err == nil || !strings.Contains(err.Error(), "it is 0 to 1") {
			t.Errorf("a probability of %g: error is %v", p, err)
		}
	}
}

// A decision with one option cannot change, so it is never the one that is drawn.
func TestMutateLeavesSingleOptions(t *testing.T) {
	s := tree(func(chosen space.Genotype) (string, []string) {
		return [...]string{"a", "b", "c", ""}[len(chosen)], [][]string{{"x"}, {"x", "y"}, {"x"}, nil}[len(chosen)]
	})
	rng := rand.New(rand.NewPCG(9, 10))
	for range 100 {
		if h, err := space.Mutate(s, space.Genotype{0, 0, 0}, rng); err != nil || fmt.Sprint(h) != "[0 1 0]" {
			t.Fatalf("mutated to %v, %v; want [0 1 0]", h, err)
		}
	}
}

// A space that breaks its promises, or that has nothing to offer, gets an error
// from every function, and none of them hangs.
func TestBrokenSpaces(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	operations := map[string]func(s space.Space, g space.Genotype) error{
		"Check":  func(s space.Space, g space.Genotype) error { return space.Check(s, g) },
		"Random": func(s space.Space, g space.Genotype) error { _, err := space.Random(s, rng); return err },
		"Size":   func(s space.Space, g space.Genotype) error { _, err := space.Size(s); return err },
		"First":  func(s space.Space, g space.Genotype) error { _, err := space.First(s); return err },
		"After":  func(s space.Space, g space.Genotype) error { _, _, err := space.After(s, g); return err },
		"Walk": func(s space.Space, g space.Genotype) error {
			return space.Walk(s, func(space.Genotype) bool { return true })
		},
		"Mutate":     func(s space.Space, g space.Genotype) error { _, err := space.Mutate(s, g, rng); return err },
		"Neighbours": func(s space.Space, g space.Genotype) error { _, err := space.Neighbours(s, g); return err },
		"Describe":   func(s space.Space, g space.Genotype) error { _, err := space.Describe(s, g); return err },
		"Format":     func(s space.Space, g space.Genotype) error { _, err := space.Format(s, g); return err },
		"Parse":      func(s space.Space, g space.Genotype) error { _, err := space.Parse(s, "a, a, a"); return err },
	}
	for _, c := range []struct {
		name string
		s    space.Space
		want string // of those that walk freely
	}{
		{"nil", nil, "space: there is no space (nil)"},
		{"nil space", (*space.GlobalSpace)(nil), "space: there is no space (nil)"},
		{"no options at once", tree(func(space.Genotype) (string, []string) { return "q", nil }), `it holds no architecture: its first decision, "q", has no options`},
		{"no options later", tree(func(g space.Genotype) (string, []string) {
			if len(g) == 1 {
				return "q", nil
			}
			return "p", []string{"a"}
		}), `after the choices [0] the decision "q" has no options`},
		{"without end", tree(func(space.Genotype) (string, []string) { return "q", []string{"a"} }), "it holds no architecture: after 10000 choices it still asks"},
	} {
		for name, run := range operations {
			err := run(c.s, space.Genotype{0, 0})
			if err == nil {
				t.Errorf("%s of %s: no error", name, c.name)
				continue
			}
			free := name == "Random" || name == "Size" || name == "First" || name == "Walk"
			if free && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s of %s: error is %v, want it to hold %q", name, c.name, err, c.want)
			}
		}
	}
}

func TestNoStreamOfRandomNumbers(t *testing.T) {
	s := tree(func(g space.Genotype) (string, []string) { return [...]string{"q", ""}[len(g)], []string{"a", "b"} })
	_, random := space.Random(s, nil)
	_, mutate := space.Mutate(s, space.Genotype{0}, nil)
	_, each := space.MutateEach(s, space.Genotype{0}, .5, nil)
	_, cross := space.Crossover(s, space.Genotype{0}, space.Genotype{0}, nil)
	for _, err := range []error{random, mutate, each, cross} {
		if err == nil || !strings.Contains(err.Error(), "give one, such as seed.Stream") {
			t.Errorf("error is %v", err)
		}
	}
}

func TestSingleArchitecture(t *testing.T) {
	s := tree(func(g space.Genotype) (string, []string) { return [...]string{"q", ""}[len(g)], []string{"a"} })
	_, err := space.Mutate(s, space.Genotype{0}, rand.New(rand.NewPCG(1, 1)))
	if err == nil || !strings.Contains(err.Error(), "nothing can be mutated: it holds a single architecture") {
		t.Errorf("error is %v", err)
	}
	if _, more, err := space.After(s, space.Genotype{0}); more || err != nil {
		t.Errorf("after the only architecture comes another: %v, %v", more, err)
	}
	if all, err := space.Neighbours(s, space.Genotype{0}); len(all) != 0 || err != nil {
		t.Errorf("neighbours of the only architecture: %v, %v", all, err)
	}
}

func TestSizeRefusesToCountForEver(t *testing.T) {
	s := tree(func(g space.Genotype) (string, []string) {
		if len(g) == 24 {
			return "", nil
		}
		return "bit", []string{"0", "1"}
	})
	if _, err := space.Size(s); err == nil || !strings.Contains(err.Error(), "too many architectures to go through one by one") {
		t.Errorf("error is %v", err)
	}
}

// A name that stands twice among the decisions, or an option twice in one, would
// make mutations repair the wrong one and texts mean two things.
func TestRepeatedNamesAreAnError(t *testing.T) {
	many := make([]string, 100)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	many[99] = "7"
	two := func(names [2]string, options []string) tree {
		return func(g space.Genotype) (string, []string) {
			if len(g) == 2 {
				return "", nil
			}
			return names[len(g)], options
		}
	}
	for _, c := range []struct {
		s    space.Space
		want string
	}{
		{two([2]string{"p", "p"}, []string{"a", "b"}), `decisions 0 and 1 of [0 0] are both called "p"; the names of a genotype's decisions must differ`},
		{two([2]string{"p", "q"}, []string{"a", "b", "a"}), `decision 0 (p) of [0 0] offers "a" twice; an option stands in a list once`},
		{two([2]string{"p", "q"}, many), `decision 0 (p) of [0 0] offers "7" twice; an option stands in a list once`},
	} {
		g := space.Genotype{0, 0}
		_, neighbours := space.Neighbours(c.s, g)
		_, mutate := space.Mutate(c.s, g, rand.New(rand.NewPCG(1, 1)))
		_, format := space.Format(c.s, g)
		for _, err := range []error{space.Check(c.s, g), neighbours, mutate, format} {
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want it to hold %q", err, c.want)
			}
		}
	}
}

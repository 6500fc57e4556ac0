package conformance_test

import (
	"strings"
	"testing"

	"github.com/nascent-go/nascent/kernel/wire"
)

// ownSpace is a search space of one's own, as a learner writes it in a cell.
const ownSpace = `digits := data.Digits()
towers := space.New("towers", func(c *space.Choices) (*arch.Arch, error) {
	b := arch.NewBuilder("tower", digits.Shape)
	x := b.In()
	layers := c.Int("layers", 1, 2, 3)
	for i := range layers {
		c.State(fmt.Sprint(i, " of ", layers))
		x = b.ConvBNReLU(x, c.Int(fmt.Sprint("filters ", i), 8, 16, 32), c.Int(fmt.Sprint("size ", i), 1, 3, 5))
	}
	if c.Yes("pool") {
		x = b.MaxPool(x, 2)
	}
	b.Classifier(x, digits.Classes)
	return b.Build()
})`

// A space that a cell describes can do what the others can: it is counted,
// numbered, drawn from, encoded, mutated and searched.
func TestOwnSpace(t *testing.T) {
	if lines := strings.Count(ownSpace, "\n"); lines > 15 {
		t.Errorf("a space of one's own takes %d lines", lines)
	}
	k := start(t)
	k.run(ownSpace, wire.StatusOK)
	for _, c := range []struct{ code, want string }{
		{"space.Size(towers)", "1638"}, // (9 + 9² + 9³)·2
		{"e := space.Enumerate(towers)\nu := e.Uniform(seed.Stream(1, \"draw\"))\nspace.Check(towers, u) == nil", "true"},
		// The last number of 1638: the last option everywhere.
		{"space.Format(towers, e.At(big.NewInt(1637)))", `"3, 32, 5, 32, 5, 32, 5, yes"`},
		// After 9·2 towers of one layer and 9²·2 of two.
		{"fmt.Sprint(e.IndexOf(space.Parse(towers, \"3, 8, 1, 8, 1, 8, 1, no\")))", `"180 <nil>"`},
		{"len(space.Neighbours(towers, u)) > 0", "true"},
		{"space.Check(towers, space.Mutate(towers, u, seed.Stream(1, \"mutate\"))) == nil", "true"},
		{"space.OneHot(towers).Len()", "23"}, // 3 + 3·(3 + 3) + 2
		{`nasext.Search(context.Background(), nasext.Config{Space: towers, Trials: 20, Seed: 1,
	Strategy: strategy.RegularizedEvolution(towers, 1, strategy.Evolution{Population: 5, Sample: 2}),
	Estimator: estimate.Count(estimate.CountConfig{Target: 5000})}).String()`, "done: 20 trials, 0 failed"},
	} {
		if got := k.result(c.code); !strings.Contains(got, c.want) {
			t.Errorf("%s is %s, want %s", c.code, got, c.want)
		}
	}
	for _, c := range []struct{ code, want string }{
		{"e.At(big.NewInt(1638))", "there is no architecture 1638; they are numbered 0 to 1637"},
		{"space.New(\"twice\", func(c *space.Choices) (*arch.Arch, error) { c.Yes(\"q\"); c.Yes(\"q\"); return nil, nil })", `it asks for "q" again`},
		{"space.New(\"for ever\", func(c *space.Choices) (*arch.Arch, error) { for i := 0; ; i++ { c.Yes(fmt.Sprint(i)) } })", "after 1000 choices it still asks"},
		{"space.New(\"nothing\", func(c *space.Choices) (*arch.Arch, error) { c.Int(\"q\"); return nil, nil })", "it holds no architecture"},
	} {
		if _, r := k.run(c.code, wire.StatusError); !strings.Contains(r.Error.Value, c.want) {
			t.Errorf("%s fails with %q, want it to say %q", c.code, r.Error.Value, c.want)
		}
	}
}

// ruledSpace adds a rule to those of the free space, takes one away, and looks at
// what a network breaks.
const ruledSpace = `free := space.FreeGlobal(digits.Shape, 10)
free.Rules = append(space.Without(free.Rules, "no pooling first"), space.Rule{Name: "no 5×5", Forbid: func(last, next space.Layer) string {
	if next.Size == 5 {
		return fmt.Sprintf("%v costs too much", next)
	}
	return ""
}})
ruled := space.Global(free)`

func TestOwnRule(t *testing.T) {
	k := start(t)
	k.run("digits := data.Digits()", wire.StatusOK)
	k.run(ruledSpace, wire.StatusOK)
	for _, c := range []struct{ code, want string }{
		{`ruled.Violations(space.ParseLayers("maxpool, conv 5x5 16, maxpool, conv 5x5 16, dense 32, dense 32"))`,
			"layer 2 breaks “no 5×5”: conv 5×5 16 relu costs too much"},
		{"w := ruled.Layers(space.Random(ruled, seed.Stream(1, \"draw\")))\nlen(ruled.Violations(w))", "0"},
	} {
		if got := k.result(c.code); !strings.Contains(got, c.want) {
			t.Errorf("%s is %s, want %s", c.code, got, c.want)
		}
	}
	for _, c := range []struct{ code, want string }{
		{`space.Without(free.Rules, "no fun")`, `there is no rule "no fun"; the rules are no dense layer`},
		{`space.ParseLayers("conv 3x3 16, pool")`, `column 14: found "pool"; expected one of conv, `},
		{"free.Rules = []space.Rule{{Name: \"nothing\", Forbid: func(_, _ space.Layer) string { return \"no\" }}}\nspace.Global(free)",
			"there is no valid architecture of at least 1 layers: no layer can be the first: conv 1×1 8 relu breaks “nothing” (no)"},
	} {
		if _, r := k.run(c.code, wire.StatusError); !strings.Contains(r.Error.Value, c.want) {
			t.Errorf("%s fails with %q, want it to say %q", c.code, r.Error.Value, c.want)
		}
	}
}

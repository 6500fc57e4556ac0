package strategy

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/nascent-go/nascent/nasext/space"
)

func seen(options map[string]string, names ...string) evidence {
	return evidence{options: options, names: names}
}

// One decision, three architectures: h = 1.06·√(½·4/9)·3^(-1/5), by hand.
func TestDensityByHand(t *testing.T) {
	tried := []evidence{seen(map[string]string{"x": "a"}, "x"), seen(map[string]string{"x": "a"}, "x"), seen(map[string]string{"x": "b"}, "x")}
	d := newDensity(tried, columnsOf(tried), 1e-3)
	const h = 0.4011209613
	if math.Abs(d.bandwidth[0]-h) > 1e-7 {
		t.Errorf("the bandwidth is %.8f, want %.8f", d.bandwidth[0], h)
	}
	for option, want := range map[string]float64{"a": (2*(1-h) + h) / 3, "b": (2*h + 1 - h) / 3, "never seen": h} {
		if got := d.at(d.row(map[string]string{"x": option})); math.Abs(got-want) > 1e-7 {
			t.Errorf("the density at %s is %v, want %v", option, got, want)
		}
	}
	equal := newDensity(tried[:2], columnsOf(tried), 1e-3)
	if equal.bandwidth[0] != 1e-3 {
		t.Errorf("of equal architectures the bandwidth is %v, want the least", equal.bandwidth[0])
	}
}

// Over all that can be decided a density adds up to 1, also where a decision is not
// always taken; and draws are as likely as it says.
func TestDensityIsADistribution(t *testing.T) {
	words := []string{"", "a", "b", "c"}
	rng := rand.New(rand.NewPCG(1, 1))
	var tried []evidence
	for range 40 {
		e := seen(map[string]string{"x": words[1+rng.IntN(3)], "y": words[1+rng.IntN(2)]}, "x", "y")
		if z := words[rng.IntN(2)]; z != "" {
			e.options["z"] = z
			e.names = append(e.names, "z")
		}
		tried = append(tried, e)
	}
	d := newDensity(tried[:7], columnsOf(tried), 1e-3)
	sum := 0.0
	for _, x := range words[1:] {
		for _, y := range words[1:3] {
			for _, z := range words[:2] {
				sum += d.at(d.row(map[string]string{"x": x, "y": y, "z": z}))
			}
		}
	}
	if math.Abs(sum-1) > 1e-12 {
		t.Errorf("the density adds up to %v", sum)
	}

	s := pair{}
	tried = nil
	for _, g := range []space.Genotype{{0, 0}, {0, 1}, {0, 1}, {2, 1}, {1, 1}} {
		tried = append(tried, seen(map[string]string{"x": words[1+g[0]], "y": words[1+g[1]]}, "x", "y"))
	}
	d = newDensity(tried, columnsOf(tried), 1e-3)
	const draws = 20000
	count := map[string]float64{}
	for range draws {
		g, row, err := d.draw(s, 1, rng)
		if err != nil {
			t.Fatal(err)
		}
		count[key(g)]++
		if p := d.at(row); p != d.at(d.row(map[string]string{"x": words[1+g[0]], "y": words[1+g[1]]})) {
			t.Fatalf("the row of %v is %v", g, row)
		}
	}
	for x := range 3 {
		for y := range 2 {
			p := d.at(d.row(map[string]string{"x": words[1+x], "y": words[1+y]}))
			if got := count[key(space.Genotype{x, y})] / draws; math.Abs(got-p) > 4*math.Sqrt(p*(1-p)/draws) {
				t.Errorf("(%d, %d) is drawn with %.4f, its density is %.4f", x, y, got, p)
			}
		}
	}
}

// pair decides x, one of three, and y, one of two.
type pair struct{ space.Space }

func (pair) Next(g space.Genotype) (space.Decision, bool, error) {
	switch len(g) {
	case 0:
		return space.Decision{Name: "x", Options: []string{"a", "b", "c"}}, true, nil
	case 1:
		return space.Decision{Name: "y", Options: []string{"a", "b"}}, true, nil
	}
	return space.Decision{}, false, nil
}

package oneshot

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
)

// started is a method at work on the supernet of NAS-Bench-201.
func started(t *testing.T, m Method) (*search, learner) {
	t.Helper()
	s, err := newSearch(small(t, spaces(t)[0], m))
	if err != nil {
		t.Fatal(err)
	}
	l, err := m.start(s)
	if err != nil {
		t.Fatal(err)
	}
	return s, l
}

// The largest of logits with Gumbel noise is distributed as the softmax of the logits
// (Maddison et al. 2017, proposition 1), whatever the temperature.
func TestHardSamplesFollowTheSoftmax(t *testing.T) {
	s, l := started(t, GDAS{})
	g := l.(*gdasLearner).gumbel
	copy(g.logits[0].W, []float32{0.5, -1, 0, 1.5, -0.5})
	want := shares64([]float64{0.5, -1, 0, 1.5, -0.5})
	const draws = 20000
	var counts [5]float64
	for range draws {
		g.draw()
		ones := 0
		for k, w := range s.net.Alphas()[0].W {
			switch w {
			case 1:
				counts[k]++
				ones++
			case 0:
			default:
				t.Fatalf("weight %v", w)
			}
		}
		if ones != 1 {
			t.Fatalf("%d operations are on an edge", ones)
		}
	}
	for k, c := range counts {
		if error := math.Sqrt(want[k] * (1 - want[k]) / draws); math.Abs(c/draws-want[k]) > 4*error {
			t.Errorf("operation %d was drawn in a share of %.4f, want %.4f", k, c/draws, want[k])
		}
	}
}

func shares64(v []float64) []float64 {
	p := make([]float64, len(v))
	softmax(p, v, 1)
	return p
}

// A Gumbel softmax at a temperature that is high is even, and at a low one a choice.
func TestTemperature(t *testing.T) {
	s, l := started(t, SNAS{})
	g := l.(*snasLearner).gumbel
	for _, c := range []struct{ tau, least, most float64 }{{1000, .19, .21}, {1e-3, 0.99, 1}} {
		g.temperature = c.tau
		sure := 0
		for range 100 {
			g.draw()
			if top := s.net.Alphas()[0].W; float64(max(top[0], top[1], top[2], top[3], top[4])) >= c.least {
				sure++
			}
		}
		if sure < 97 {
			t.Errorf("at the temperature %g only %d of 100 samples have a weight of %g or more", c.tau, sure, c.least)
		}
	}
}

// The temperature goes along a line from the first epoch to the last.
func TestTemperatureFalls(t *testing.T) {
	c := small(t, spaces(t)[0], GDAS{})
	c.Epochs = 5
	s, err := newSearch(c)
	if err != nil {
		t.Fatal(err)
	}
	l := GDAS{}
	learner, err := l.start(s)
	if err != nil {
		t.Fatal(err)
	}
	g := learner.(*gdasLearner)
	for epoch, want := range []float64{10, 7.525, 5.05, 2.575, 0.1} {
		if math.Abs(g.temperature-want) > 1e-12 {
			t.Errorf("epoch %d has the temperature %v, want %v", epoch+1, g.temperature, want)
		}
		s.at += s.train.Count()
		if _, err := g.epoch(context.Background(), false); err != nil {
			t.Fatal(err)
		}
	}
}

// The gradient through a softmax is that of central differences.
func TestSoftmaxBack(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	normal := func() []float64 {
		v := make([]float64, 6)
		for k := range v {
			v[k] = rng.NormFloat64()
		}
		return v
	}
	for _, tau := range []float64{0.3, 1, 7} {
		values, d, p, got := normal(), normal(), make([]float64, 6), make([]float64, 6)
		softmax(p, values, tau)
		softmaxBack(got, p, d, tau)
		var want []float64
		for k, at := range values {
			const h = 1e-5
			var y [2]float64
			for i, by := range []float64{h, -h} {
				values[k] = at + by
				softmax(p, values, tau)
				for j, w := range p {
					y[i] += w * d[j]
				}
			}
			values[k] = at
			want = append(want, (y[0]-y[1])/(2*h))
		}
		if off := distance(got, want); !(off < 1e-6) {
			t.Errorf("at the temperature %g the gradient is off by %.2g", tau, off)
		}
	}
}

// A 3×3 convolution costs nine times a 1×1 one, which have 9C² and C² weights, and all
// else of NAS-Bench-201 nothing; the costliest architecture costs 1.
func TestCosts(t *testing.T) {
	for _, s := range spaces(t) {
		a, err := s.Supernet(cell.Mixing{})
		if err != nil {
			t.Fatal(err)
		}
		costs, err := costs(a)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, e := range s.Edges() {
			c := costs[e.Name]
			sum += c[largest(c)]
			if len(e.Ops) == 5 && (c[0] != 0 || c[1] != 0 || c[4] != 0 || math.Abs(c[3]-9*c[2]) > 1e-12) {
				t.Errorf("%s: %v cost %v", e.Name, e.Ops, c)
			}
			if len(e.Ops) == 8 && (c[0] != 0 || c[1] != 0 || c[2] != 0 || !(c[4] < c[5]) || !(c[6] < c[7])) {
				t.Errorf("%s: %v cost %v", e.Name, e.Ops, c)
			}
		}
		if math.Abs(sum-1) > 0.01 { // parameters and MACs may be most in different operations
			t.Errorf("%s: the costliest architecture costs %v", s.Name(), sum)
		}
	}
}

// If architectures cost much, SNAS chooses operations that cost nothing.
func TestPrice(t *testing.T) {
	c := small(t, spaces(t)[0], SNAS{Price: 100, Alphas: Alphas{Rate: 0.1}})
	c.Epochs = 10
	r, err := Search(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	const conv1, conv3 = 2, 3
	for i, o := range r.Genotype {
		if o == conv1 || o == conv3 {
			t.Errorf("edge %s has %s", r.Edges[i].Name, r.Edges[i].Ops[o])
		}
	}
}

// A sampled path computes nothing else: all weights of other operations have no gradient.
func TestGDASComputesOnePath(t *testing.T) {
	s, l := started(t, GDAS{})
	g := l.(*gdasLearner)
	b := s.nextValid()
	g.draw()
	if _, err := gradients(s.net, "test", b.x, b.y); err != nil {
		t.Fatal(err)
	}
	chosen := map[string]bool{}
	for i, p := range s.net.Alphas() {
		for k, w := range p.W {
			if w != 0 {
				chosen[s.edges[i].Name+" "+s.edges[i].Ops[k]] = true
			}
		}
	}
	for _, n := range s.net.Arch().Nodes {
		if n.Op.Kind != arch.Conv {
			continue
		}
		for _, p := range s.net.Params() {
			if p.Name != n.Name+".weight" {
				continue
			}
			inCell, off := false, true
			for _, e := range s.edges {
				for _, o := range e.Ops {
					if name := n.Block + "/" + e.Name + " " + o; n.Name == name+"/conv" {
						inCell, off = true, !chosen[e.Name+" "+o]
					}
				}
			}
			if inCell && off && norm([][]float32{p.G}) != 0 {
				t.Errorf("%s was not drawn and has a gradient", p.Name)
			}
		}
	}
	if len(chosen) != 6 {
		t.Errorf("chosen are %v", chosen)
	}
}

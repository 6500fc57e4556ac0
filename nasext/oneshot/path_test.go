package oneshot

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

// searched is a search of the space of NAS-Bench-201 in digits.
func searched(t *testing.T, m Method, epochs int) *Result {
	t.Helper()
	c := small(t, spaces(t)[0], m)
	c.Epochs = epochs
	r, err := Search(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A path through the supernet computes what the architecture computes that has its weights.
// Pooling has a batch norm in the supernet of DARTS alone, so it is left out there.
func TestPathIsTheArchitecture(t *testing.T) {
	for _, s := range spaces(t) {
		config := small(t, s, RandomSearch{})
		run, err := newSearch(config)
		if err != nil {
			t.Fatal(err)
		}
		p := &paths{search: run}
		rng := seed.Stream(1, "path")
		for range 6 {
			var g space.Genotype
			for text := "pool"; strings.Contains(text, "pool"); {
				if g, err = space.Random(s, rng); err != nil {
					t.Fatal(err)
				}
				if text, err = space.Format(s, g); err != nil {
					t.Fatal(err)
				}
			}
			if err := p.take(g); err != nil {
				t.Fatal(err)
			}
			a, err := s.Build(g)
			if err != nil {
				t.Fatal(err)
			}
			alone, err := nn.New(a, 2)
			if err != nil {
				t.Fatal(err)
			}
			copyWeights(t, alone, run)
			b := run.nextValid()
			want, err1 := alone.Forward(b.x, true)
			got, err2 := run.net.Forward(b.x, true)
			if err1 != nil || err2 != nil {
				t.Fatal(err1, err2)
			}
			for i := range want {
				if math.Abs(float64(got[i]-want[i])) > 1e-4 {
					t.Fatalf("%v: output %d is %v on the path and %v alone", g, i, got[i], want[i])
				}
			}
		}
	}
}

// copyWeights gives an architecture the weights of the path that the supernet is set to,
// whose names have the operation after the edge.
func copyWeights(t *testing.T, alone *nn.Network, s *search) {
	t.Helper()
	shared := map[string][]float32{}
	for _, p := range s.net.Params() {
		shared[p.Name] = p.W
	}
	for _, p := range alone.Params() {
		from, ok := shared[p.Name]
		for _, e := range s.edges {
			edge := e.Name[strings.LastIndex(e.Name, " ")+1:]
			for k, w := range s.mix[e.Name].W {
				name := strings.Replace(p.Name, "/"+edge+"/", "/"+edge+" "+e.Ops[k]+"/", 1)
				reduction := strings.HasPrefix(p.Name, "reduction")
				if w == 1 && name != p.Name && (len(s.edges) == 6 || reduction == (e.Cell == "reduction")) {
					from, ok = shared[name]
				}
			}
		}
		switch {
		case ok:
			copy(p.W, from)
		case !strings.Contains(p.Name, "bn."): // norms of cells have no scale and shift in the supernet
			t.Fatalf("the supernet has no %s", p.Name)
		}
	}
}

// Samples are judged by some batches, and the best of them by all of Valid.
func TestRandomSearch(t *testing.T) {
	r := searched(t, RandomSearch{Samples: 20, Batches: 2, Finalists: 4}, 3)
	if len(r.Judged) != 24 {
		t.Fatalf("%d architectures were judged, want 20 and 4", len(r.Judged))
	}
	samples, final := r.Judged[:20], r.Judged[20:]
	best := ranked(samples)
	for i, j := range final {
		if !slices.Equal(j.Genotype, best[i].Genotype) || j.Samples != 100 || j.Round != 1 {
			t.Errorf("finalist %d is %+v, the sample in this place %+v", i, j, best[i])
		}
	}
	for _, j := range samples {
		if j.Samples != 50 || j.Round != 0 {
			t.Errorf("a sample is %+v", j)
		}
	}
	if want := ranked(final)[0]; !slices.Equal(r.Genotype, want.Genotype) || r.Epochs[3].ValidAccuracy != want.Accuracy {
		t.Errorf("chosen is %v with %v, want %+v", r.Genotype, r.Epochs[3].ValidAccuracy, want)
	}
}

// Generations have the right size, hold nothing twice and nothing that is too large, and
// the best of all is chosen.
func TestSinglePath(t *testing.T) {
	const limit = 60_000
	m := SinglePath{Population: 8, Generations: 4, Parents: 3, MACs: limit}
	r := searched(t, m, 3)
	sizes, seen := map[int]int{}, map[string]bool{}
	for _, j := range r.Judged {
		sizes[j.Round]++
		if seen[j.Text] {
			t.Errorf("%s was judged twice", j.Text)
		}
		seen[j.Text] = true
		a, err := spaces(t)[0].Build(j.Genotype)
		if err != nil {
			t.Fatal(err)
		}
		if macs, err := a.MACs(); macs > limit || err != nil {
			t.Errorf("%s has %d MACs, %v", j.Text, macs, err)
		}
	}
	if len(sizes) != 5 {
		t.Errorf("generations %v", sizes)
	}
	for round, n := range sizes {
		if n != 8 {
			t.Errorf("generation %d has %d architectures", round, n)
		}
	}
	if want := ranked(r.Judged)[0]; !slices.Equal(r.Genotype, want.Genotype) {
		t.Errorf("chosen is %v, the best %+v", r.Genotype, want)
	}
}

// The controller comes to sample what does well with shared weights.
func TestENASLearns(t *testing.T) {
	c := small(t, spaces(t)[0], ENAS{Updates: 15, Samples: 5})
	c.Train, c.Valid = halves(t, 800)
	c.Epochs, c.Weights.Rate = 12, .1
	r, err := Search(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Updates) != 12*15 {
		t.Fatalf("%d updates", len(r.Updates))
	}
	run, err := newSearch(c)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range run.net.Params() {
		copy(p.W, r.Supernet.Params()[i].W)
	}
	p, rng := &paths{search: run}, seed.Stream(1, "judged")
	reward := func(likes [][]float64) (mean float64) {
		const count = 50
		for range count {
			var g space.Genotype
			for _, l := range likes {
				at, k := rng.Float64(), 0
				for ; k < len(l)-1 && at >= l[k]; k++ {
					at -= l[k]
				}
				g = append(g, k)
			}
			j, err := p.judge(context.Background(), g, 0, 0)
			if err != nil {
				t.Fatal(err)
			}
			mean += j.Accuracy / count
		}
		return mean
	}
	first, last := reward(r.Epochs[0].Alphas), reward(r.Epochs[12].Alphas)
	t.Logf("mean accuracy %.3f of what it liked at first, %.3f of what it likes in the end", first, last)
	if last < first+0.05 {
		t.Errorf("with the same weights, the accuracy is %v in the mean of what it liked at first, and %v of what it likes in the end", first, last)
	}
	if first := r.Epochs[0].Alphas; first == nil || slices.Max(first[0]) > 0.4 {
		t.Errorf("before the first epoch it likes %v", first)
	}
}

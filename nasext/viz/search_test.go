package viz

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/estimate"
	tables "github.com/nascent-go/nascent/nasext/estimate/table"
	"github.com/nascent-go/nascent/nasext/oneshot"
	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
	"github.com/nascent-go/nascent/nasext/study"
)

// scored makes a trial of each score; NaN is a trial that failed.
func scored(scores ...float64) []study.Trial {
	var all []study.Trial
	for i, v := range scores {
		t := study.Trial{Number: i + 1, Score: v}
		if math.IsNaN(v) {
			t = study.Trial{Number: i + 1, Failed: true}
		}
		all = append(all, t)
	}
	return all
}

func reads(t *testing.T, v display.Displayer, want ...string) {
	t.Helper()
	if e, ok := v.(interface{ Err() error }); ok && e.Err() != nil {
		t.Errorf("it can't be drawn: %v", e.Err())
	}
	got := text(v)
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("it reads %q, want %q in it", got, w)
		}
	}
}

func TestBestOverSeeds(t *testing.T) {
	nan := math.NaN()
	a := Runs{"a", [][]study.Trial{scored(nan, 2, 1, 5, 9), scored(1, 1, 3, 3), scored(4, nan, nan, 8, 8)}}
	// From trial 2 on: 2, 1, 4; 2, 3, 4; 5, 3, 8; the second seed ends there.
	s := a.best()
	for _, c := range []struct {
		what      string
		got, want []float64
	}{
		{"x", s.X, []float64{2, 3, 4}}, {"median", s.Y, []float64{2, 3, 5}},
		{"lower quartile", s.Low, []float64{1.5, 2.5, 4}}, {"upper quartile", s.High, []float64{3, 3.5, 6.5}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("the %s is %v, want %v", c.what, c.got, c.want)
		}
	}
	reads(t, BestOverSeeds(a, Runs{"b", nil}, Runs{"", [][]study.Trial{scored(7)}}), "median and middle half: a 5, 7,", "a (3 seeds) (3 values, 2 to 5, last 5)", "(1 seed)")
	reads(t, BestOverSeeds(a, Runs{"b", [][]study.Trial{nil}}), "half: a 5, 1 series")
	reads(t, BestOverSeeds(), "no trials yet")
}

func TestRegret(t *testing.T) {
	a := Runs{"a", [][]study.Trial{scored(2, 6, 10), scored(4, 8, 8), scored(6, 10, 10)}}
	p := Regret(10, a)
	// 8, 6, 4; 4, 2, 0; 0, 2, 0: the least above 0 is a quartile of 0 and 2, which is 1.
	reads(t, p, "regret against 10", "a (3 seeds), 2 found it (3 values, 0.5 to 6, last 0.5)")
	svg, err := p.SVG()
	if err != nil || !strings.Contains(svg, ">nothing missing</text>") {
		t.Errorf("the line at the bottom has no text (%v)", err)
	}
	reads(t, Regret(9, a), `scores of "a" are above 9, which cannot be the optimum`)
	reads(t, Regret(9), "no trials yet")
	reads(t, Regret(10, Runs{"at once", [][]study.Trial{scored(10, 10)}}), "1 found it (2 values, 0.5 to 0.5")
}

// Trials in one lane never overlap, and there are as many lanes as trials at a time.
func TestLanes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		var trials []study.Trial
		for range 40 {
			trials = append(trials, study.Trial{Started: time.Unix(int64(rng.IntN(100)), 0), Seconds: 1 + float64(rng.IntN(20))})
		}
		slices.SortStableFunc(trials, func(a, b study.Trial) int { return a.Started.Compare(b.Started) })
		lane, n := lanes(trials)
		most := 0
		for _, at := range trials {
			busy := 0
			for _, o := range trials {
				if !o.Started.After(at.Started) && o.Started.Add(time.Duration(o.Seconds)*time.Second).After(at.Started) {
					busy++
				}
			}
			most = max(most, busy)
		}
		if n != most {
			t.Fatalf("there are %d lanes for %d trials at a time", n, most)
		}
		for i, a := range trials {
			for j, b := range trials[:i] {
				if lane[i] == lane[j] && b.Started.Add(time.Duration(b.Seconds)*time.Second).After(a.Started) {
					t.Fatalf("%v and %v are both in lane %d", a, b, lane[i])
				}
			}
		}
	}
}

func TestTimeline(t *testing.T) {
	at := func(number int, start, seconds float64) study.Trial {
		return study.Trial{Number: number, Score: 0.5, Started: time.Unix(1000, int64(start*1e9)), Seconds: seconds}
	}
	failed := at(3, 2, 8)
	failed.Failed, failed.Error = true, "out of <memory>"
	p := Timeline([]study.Trial{at(2, 0, 4), at(1, 0, 2), failed, {Number: 4, CopyOf: 1}})
	reads(t, p, "3 trials by 2 workers in 10 seconds, busy for 70 %, 1 copied", "estimated (2 spans, from 0 to 4)", "failed (1 span, from 2 to 10)")
	svg, err := p.SVG()
	if err != nil || !strings.Contains(svg, "<title>trial 3 failed after 8 s: out of &lt;memory&gt;</title>") {
		t.Errorf("the failed trial does not say why it failed (%v)", err)
	}
	reads(t, Timeline([]study.Trial{at(1, 0, 7200), at(2, 7200, 7200)}), "by 1 worker in 4 hours, busy for 100 %", "from 0 to 4)") // hours
	reads(t, Timeline([]study.Trial{{Number: 1}}), "no trials yet")
}

// priceless makes trials of scores and parameters.
func priceless(scores []float64, params []int64) []study.Trial {
	all := scored(scores...)
	for i := range all {
		all[i].Estimate.Params = params[i]
	}
	return all
}

func TestFront(t *testing.T) {
	trials := priceless([]float64{0.8, 0.5, 0.4, 0.6, 0.7, 0.9, math.NaN()}, []int64{300, 100, 200, 100, 400, 0, 50})
	// 0.6 at 100, 0.8 at 300, and on to 400.
	reads(t, Front(trials, Parameters()), "parameters and score of 5 architectures", "front of 2 (3 values, 0.6 to 0.8, last 0.8)")
	reads(t, Front(trials, Latency()), "no trials yet")
	// Scores far below the others are cut off and counted, unless the front needs them.
	many := priceless(slices.Repeat([]float64{0.9, 0.91, 0.92, 0.93}, 5), slices.Repeat([]int64{100, 200, 300, 400}, 5))
	many = append(many, priceless([]float64{0.1}, []int64{200})...)
	svg, err := Front(many, Parameters()).SVG()
	if err != nil || !strings.Contains(svg, "score (1 below 0.84 not shown)") { // quartiles of 0.9 and 0.92
		t.Errorf("a score of 0.1 is not cut off (%v)", err)
	}
	many[len(many)-1].Estimate.Params = 50
	if svg, err = Front(many, Parameters()).SVG(); err != nil || strings.Contains(svg, "not shown") {
		t.Errorf("the cheapest architecture is not shown (%v)", err)
	}
}

// The hypervolume is the share of a fine grid that the front dominates, and grows.
func TestHypervolume(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var scores []float64
	var params []int64
	for range 40 {
		params = append(params, 100+int64(rng.IntN(900)))
		scores = append(scores, rng.Float64())
	}
	p := Hypervolume(priceless(scores, params), Parameters())
	lo, hi := slices.Min(params), slices.Max(params)
	worst, best := slices.Min(scores), slices.Max(scores)
	const n = 600
	hits := 0
	for i := range n {
		for j := range n {
			x, y := (float64(i)+0.5)/n*1.1, (float64(j)+0.5)/n*1.1 // shares of the ranges, less is better
			for k := range params {
				if float64(params[k]-lo)/float64(hi-lo) <= x && (best-scores[k])/(best-worst) <= y {
					hits++
					break
				}
			}
		}
	}
	var got float64
	if _, err := fmt.Sscanf(text(p), "plot: hypervolume of parameters and score: %f,", &got); err != nil {
		t.Fatalf("it reads %q: %v", text(p), err)
	}
	if want := float64(hits) / (n * n); math.Abs(got-want) > 0.004 {
		t.Errorf("the hypervolume is %g, want %g", got, want)
	}
	reads(t, Hypervolume(priceless([]float64{1}, []int64{5}), Parameters()), "parameters and score: 1, front of 1") // all of the rectangle
	reads(t, Hypervolume(nil, MACs()), "no trials yet")
}

// The shares on all of NAS-Bench-201, as NumPy computes them from the file of the table.
func TestImportanceOnNASBench201(t *testing.T) {
	b, err := tables.NASBench201()
	if err != nil {
		t.Fatal(err)
	}
	accuracy, err := b.Column(tables.NB201Accuracy)
	if err != nil {
		t.Fatal(err)
	}
	trials := scored(accuracy...)
	for i := range trials {
		if trials[i].Genotype, err = b.Genotype(i); err != nil {
			t.Fatal(err)
		}
	}
	d, err := decide(trials, b.Space())
	if err != nil {
		t.Fatal(err)
	}
	want := []float64{0.061662554905188335, 0.023950335562523344, 0.003862560018530965, 0.12022268407163723, 0.019563268114946693, 0.05464830370413514}
	for i, c := range d.columns {
		if math.Abs(c.share-want[i]) > 1e-10 {
			t.Errorf("%s explains %g, want %g", c.name, c.share, want[i])
		}
	}
	if got := d.most(2); got[0].name != "edge 0→3" || got[1].name != "edge 0→1" || math.Abs(got[0].mean(3, d.scores)-91.783) > 5e-5 {
		t.Errorf("the most important are %s and %s", got[0].name, got[1].name)
	}
	reads(t, Importance(trials[:500], b.Space()), "importance of 6 decisions in 500 trials", "heat map: mean score of each option, 6 × 5")
}

// letters is a space whose first decision says how many of the second kind there are.
type letters struct{ space.Space }

func (letters) Name() string { return "letters" }

func (letters) Next(chosen space.Genotype) (space.Decision, bool, error) {
	if len(chosen) == 0 {
		return space.Decision{Name: "length", Options: []string{"0", "1", "2"}}, true, nil
	}
	if len(chosen) > chosen[0] {
		return space.Decision{}, false, nil
	}
	return space.Decision{Name: fmt.Sprint("letter ", len(chosen)), Options: []string{"a", "b"}}, true, nil
}

func TestDecisions(t *testing.T) {
	trials := scored(1, 2, 3, 4, 9, math.NaN())
	for i, g := range []space.Genotype{{0}, {1, 0}, {1, 1}, {2, 0, 1}, {2, 1, 1}, {7}} {
		trials[i].Genotype = g
	}
	d, err := decide(trials, letters{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range d.columns {
		got = append(got, fmt.Sprintf("%s %v %.4f", c.name, c.taken, c.share))
	}
	// T is 38.8; the groups of length have W = 0 + 0.5 + 12.5, those of letter 1 (none, a,
	// b) 0 + 2 + 18, those of letter 2 (none, b) 2 + 12.5.
	want := []string{
		fmt.Sprintf("length [0 1 1 2 2] %.4f", (38.8-13-2*13.0/2)/38.8),
		fmt.Sprintf("letter 1 [-1 0 1 0 1] %.4f", max(0, (38.8-20-2*20.0/2)/38.8)),
		fmt.Sprintf("letter 2 [-1 -1 -1 1 1] %.4f", (38.8-14.5-1*14.5/3)/38.8),
	}
	if !slices.Equal(got, want) {
		t.Errorf("decisions are %q, want %q", got, want)
	}
	reads(t, ParallelChoices(trials, letters{}), "choices and scores of 5 trials, by rank, 5 lines through 4 axes, scores 0 to 1")
	reads(t, ParallelChoices(trials[:1], letters{}), "1 trial", "1 line through 2 axes")
	reads(t, Importance(trials[:1], letters{}), "importance of 1 decision in 1 trial: alone they explain 0 %")
	far := scored(slices.Concat(slices.Repeat([]float64{0.9, 0.91, 0.92}, 5), []float64{0.1})...)
	for i := range far {
		far[i].Genotype = space.Genotype{0}
	}
	reads(t, ParallelChoices(far, letters{}), "by rank; 1 below 0.84 at the foot") // quartiles of 0.9 and 0.92
	for _, v := range []display.Displayer{Importance(nil, letters{}), ParallelChoices(nil, letters{})} {
		reads(t, v, "no trials yet")
	}
	trials[0].Genotype = space.Genotype{5}
	for _, v := range []display.Displayer{Importance(trials, letters{}), ParallelChoices(trials, letters{})} {
		reads(t, v, "trial 1, [5], is no architecture of the space letters")
	}
	for _, v := range []display.Displayer{Importance(trials, nil), ParallelChoices(trials, (*space.NB201)(nil))} {
		reads(t, v, "there is no space that knows the decisions")
	}
}

// clan is a family of an ancestor with two lines, and of somebody of unknown parents.
func clan() []strategy.Member {
	return []strategy.Member{
		{Number: 7, Parent: 4, Score: 0.9, Genotype: space.Genotype{2, 0, 1}},
		{Number: 1, Score: 0.5, Genotype: space.Genotype{1, 0}},
		{Number: 2, Score: 0.6, Genotype: space.Genotype{0}},
		{Number: 4, Parent: 1, Score: 0.4, Genotype: space.Genotype{1, 1}},
		{Number: 5, Parent: 4, Other: 2, Score: 0.4, Genotype: space.Genotype{1, 1}},
		{Number: 6, Parent: 3, Score: 0.7, Genotype: space.Genotype{2, 1, 1}},
	}
}

func TestFamilyTree(t *testing.T) {
	p := FamilyTree(clan())
	reads(t, p, "family tree of 6 architectures: the best, 0.9, has 2 ancestors",
		"each, child of its parent (6 values, 0.4 to 0.9, last 0.9)", "line of the best (3 values, 0.4 to 0.9, last 0.9)")
	svg, err := p.SVG()
	if err != nil || !strings.Contains(svg, "<title>5: 0.4, child of 4 and 2</title>") || !strings.Contains(svg, "<title>1: 0.5</title>") {
		t.Errorf("the points do not say who they are (%v)", err)
	}
	reads(t, FamilyTree(nil), "nobody lives yet")
	// Numbers that make no tree are no reason to go round in it.
	reads(t, FamilyTree([]strategy.Member{{Number: 1, Parent: 2, Score: 1}, {Number: 2, Parent: 2, Other: 3}, {Number: 3, Parent: 1}}), "has 0 ancestors")
}

func TestLineage(t *testing.T) {
	for _, test := range []struct {
		number int
		title  string
		boxes  []string
	}{
		{0, "lineage of architecture 7: 0.9, 2 ancestors", []string{
			"1: 0.5|drawn at random|1, a|", "4: 0.4|letter 1: a → b|worse", "7: 0.9|length: 1 → 2|letter 1: b → a|letter 2: b|better"}},
		{5, "lineage of architecture 5: 0.4, 2 ancestors", []string{
			"1: 0.5|drawn at random|1, a|", "4: 0.4|letter 1: a → b|worse", "5: 0.4|unchanged|crossed with 2|as good"}},
		{6, "lineage of architecture 6: 0.7, 0 ancestors", []string{"6: 0.7|child of 3, which is not known|2, b, b|"}},
		{9, "lineage: there is no architecture 9", nil},
	} {
		g := Lineage(clan(), test.number, letters{})
		var boxes []string
		for _, n := range g.Nodes {
			boxes = append(boxes, strings.Join(append(append([]string{n.Label}, n.Lines...), n.Kind), "|"))
		}
		if g.Name != test.title || !slices.Equal(boxes, test.boxes) || len(g.Edges) != max(0, len(boxes)-1) {
			t.Errorf("of %d it is %q with %q and %d edges, want %q with %q", test.number, g.Name, boxes, len(g.Edges), test.title, test.boxes)
		}
	}
	if g := Lineage(clan(), 4, nil); g.Nodes[1].Lines[0] != "[1 1]" {
		t.Errorf("without a space a change reads %q", g.Nodes[1].Lines)
	}
	if g := Lineage(nil, 0, nil); g.Name != "lineage: nobody lives yet" {
		t.Errorf("of nobody it is %q", g.Name)
	}
}

// Counting by choices gives the mean over all pairs.
func TestDiffering(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	var trials []study.Trial
	for range 12 {
		g := make(space.Genotype, 2+rng.IntN(3))
		for i := range g {
			g[i] = rng.IntN(3)
		}
		trials = append(trials, study.Trial{Genotype: g})
	}
	at := func(g space.Genotype, i int) int {
		if i < len(g) {
			return g[i]
		}
		return -1
	}
	sum, pairs := 0.0, 0.0
	for i, a := range trials {
		for _, b := range trials[:i] {
			pairs++
			for k := range 4 {
				if at(a.Genotype, k) != at(b.Genotype, k) {
					sum += 0.25
				}
			}
		}
	}
	if got := differing(trials); math.Abs(got-sum/pairs) > 1e-12 {
		t.Errorf("two differ in %g of the decisions, want %g", got, sum/pairs)
	}
	trials = scored(1, 2, math.NaN(), 3, 4)
	for i, g := range []space.Genotype{{0, 1}, {0, 1}, nil, {1, 1}, {2, 0}} {
		trials[i].Genotype = g
	}
	// Of two: 0; of the last two of three: half a genotype; then all of it.
	reads(t, Diversity(trials, 2), "diversity of the last 2 trials: 1", "differ (3 values, 0 to 1, last 1)", "genotypes (3 values, 0.5 to 1, last 1)")
	reads(t, Diversity(trials[:1], 0), "fewer than two trials yet")
}

// relaxed is a search on two edges in which skip connections take over.
func relaxed(epochs int) oneshot.History {
	h := oneshot.History{Edges: []space.MixedEdge{{Name: "0→1", Ops: []string{"none", "skip_connect"}}, {Name: "0→2", Ops: []string{"nor_conv_3x3", "skip_connect"}}}}
	for e := range epochs {
		s := 0.5 + 0.4*float64(e)/float64(max(epochs-1, 1))
		h.Epochs = append(h.Epochs, oneshot.Snapshot{Epoch: e, Alphas: [][]float64{{1 - s, s}, {0.75, 0.25}}, Skips: min(e, 1)})
	}
	return h
}

func TestRelaxation(t *testing.T) {
	reads(t, Relaxation(relaxed(5)), "4 panels: above or below an equal share, %: 2 edges, epoch 4, 1 skip connection",
		"heat map: none, 1 × 5, -40 to 0;", "heat map: skip, 2 × 5, -25 to 40;", "heat map: conv 3×3, 1 × 5, 25 to 25;", "heat map: edges led by each, 4 × 5, 0 to 1")
	reads(t, Relaxation(relaxed(1000)), "epoch 999", "heat map: skip, 2 × 100, -25 to 40;")
	reads(t, Relaxation(oneshot.History{}), "no epochs with shares yet")
	h := relaxed(2)
	h.Epochs[1].Alphas = h.Epochs[1].Alphas[:1] // what is missing stays blank
	reads(t, Relaxation(h), "heat map: skip, 2 × 2, -25 to 40;")
}

func TestPredictions(t *testing.T) {
	truth, predicted := []float64{1, 2, 3, 4, math.NaN()}, []float64{1, 3, 2, 4, 9}
	// One of six pairs is the wrong way round: τ = 4/6, ρ = 1 − 6·2/(4·15).
	reads(t, Predictions(truth, predicted, nil), "τ 0.67, ρ 0.80, RMSE 0.7071, 4 architectures (1 left out)", "predicted (4 values, 1 to 4, last 4)")
	p := Predictions(truth, predicted, []float64{1, 1, 1, 1, 1})
	svg, err := p.SVG()
	if err != nil || strings.Count(svg, "stroke-opacity") < 4 {
		t.Errorf("there are no error bars (%v)", err)
	}
	reads(t, Predictions(truth, predicted[:1], nil), "5 true scores, 1 predicted, 0 deviations do not match")
	reads(t, Predictions([]float64{1, 1}, []float64{1, 2}, nil), "no order")
	reads(t, Predictions(nil, nil, nil), "none yet")
}

func TestRanks(t *testing.T) {
	truth := []float64{1, 2, 3, 4}
	g := Ranks(truth, Proxy{"weak", []float64{1, 3, 2, 4}}, Proxy{"upside down", []float64{4, 3, 2, 1}}, Proxy{"constant", make([]float64, 4)}, Proxy{"short", truth[:1]})
	got := text(g)
	reads(t, g, "upside down: τ −1.00, ρ −1.00", "weak: τ 0.67, ρ 0.80", "constant: no order", "short: 1 scores for 4 true ones")
	if strings.Index(got, "upside down") > strings.Index(got, "weak") {
		t.Errorf("it reads %q, want the largest |τ| first", got)
	}
	if got := places([]float64{5, 9, 5, 1}); !slices.Equal(got, []float64{2.5, 1, 2.5, 4}) {
		t.Errorf("the ranks are %v", got)
	}
	reads(t, Ranks(truth), "none yet")
	reads(t, Ranks(truth, slices.Repeat([]Proxy{{"p", truth}}, 15)...), "the first 12 of 15")
}

// races are two kinds of searches with three seeds, one of which finds the optimum 1.
func races() []Runs {
	var all []Runs
	for k, name := range []string{"slow", "fast"} {
		r := Runs{Name: name}
		for seed := range 3 {
			var scores []float64
			for i := range 20 {
				scores = append(scores, min(1, 0.5+0.02*float64(i*(k+1))+0.03*float64((i+seed)%4)))
			}
			r.Seeds = append(r.Seeds, scored(scores...))
		}
		all = append(all, r)
	}
	return all
}

// shifts are trials on three workers; some fail, and one is a copy.
func shifts() []study.Trial {
	var all []study.Trial
	for i := range 15 {
		all = append(all, study.Trial{Number: i + 1, Score: 0.5, Failed: i%6 == 4, Started: time.Unix(int64(1000+i/3*10), 0), Seconds: float64(4 + i%3*3)})
	}
	return append(all, study.Trial{Number: 16, CopyOf: 1, Score: 0.5})
}

// spelled are all architectures of letters, the more and the later letters the better.
func spelled() []study.Trial {
	trials := scored(0.1, 0.2, 0.5, 0.3, 0.4, 0.8, 0.7)
	for i, g := range []space.Genotype{{0}, {1, 0}, {1, 1}, {2, 0, 0}, {2, 0, 1}, {2, 1, 0}, {2, 1, 1}} {
		trials[i].Genotype = g
	}
	return trials
}

// ladder is a bracket of three architectures from budget 1 and one from budget 3.
func ladder() []study.Trial {
	var all []study.Trial
	for _, t := range []struct {
		genotype, budget int
		score            float64
	}{{0, 1, 0.1}, {1, 1, 0.3}, {2, 1, 0.2}, {1, 3, 0.6}, {2, 3, 0.5}, {1, 9, 0.8}, {3, 3, 0.7}, {3, 9, math.NaN()}, {1, 1, 0.3}} {
		trial := scored(t.score)[0]
		trial.Number, trial.Genotype, trial.Budget = len(all)+1, space.Genotype{t.genotype}, t.budget
		all = append(all, trial)
	}
	return append(all, study.Trial{Number: 99, Score: 1})
}

func TestRungs(t *testing.T) {
	// The second architecture begins anew at the end.
	reads(t, Rungs(ladder()), "2 brackets of 5 architectures, 3 budgets", "from 1 (7 values, 0.1 to 0.8, last 0.3), from 3 (1 value, 0.7 to 0.7, last 0.7)", "architectures, 2 × 3, 1 to 4")
	reads(t, Rungs(scored(1, 2)), "no trials with budgets yet")
	lines, _, reached := drawClimbs(climbsOf(ladder())[:3], []int{1, 3, 9})
	if want := []float64{3, 2, 1}; !slices.Equal(reached, want) {
		t.Errorf("%v came to the budgets, want %v", reached, want)
	}
	if got := fmt.Sprint(lines.X); got != "[1 NaN 1 2 3 NaN 1 2 NaN]" {
		t.Errorf("lines go through %s", got)
	}
}

func TestTrialCurves(t *testing.T) {
	trials := scored(0.1, 0.5, 0.4, math.NaN(), 0.9, 0.2)
	for i := range trials {
		trials[i].Estimate.Curve = []estimate.Epoch{{Epoch: 1, ValidAcc: trials[i].Score / 2}, {Epoch: 2, ValidAcc: trials[i].Score}}
	}
	trials[1].Estimate.Curve = nil
	reads(t, TrialCurves(trials), "learning curves of 4 trials, 4 series: others (3 values, 0.05 to 0.1, last 0.1), trial 5 (2 values, 0.45 to 0.9, last 0.9), trial 3", "trial 6")
	reads(t, TrialCurves(scored(1)), "nothing was trained yet")
}

package strategy

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

// Model are the settings of the model that BOHB draws from.
type Model struct {
	Share        float64 // of the proposals that come from the model, the others are random: above 0, at most 1; 0 means 2/3
	Samples      int     // N_s, out of how many draws the best is taken; 0 means 64
	Top          float64 // the share of what was tried that is good; 0 means 0.15
	Widen        float64 // b_w, by how much the bandwidths are multiplied for drawing; 0 means 3
	MinBandwidth float64 // 0 means 0.001
}

// BOHB is Hyperband that draws the architectures of its brackets from a model (Falkner
// et al. 2018, "BOHB: Robust and Efficient Hyperparameter Optimization at Scale",
// section 4): what was tried with the largest budget for which that is enough is split
// into the good and the bad, the density of each is estimated by kernels, and of
// Samples architectures drawn from the good ones' density, widened, the one where
// good/bad is largest is proposed. Defaults and the sizes of the two groups are those
// of the authors' code, HpBandSter, and so is the rounding of brackets.
//
// A model needs at least d+1 good and as many bad architectures, where d is how many
// different decisions they take; before there is one, architectures are random. Those
// that failed count as the worst.
//
// Decisions are categories, and their kernel is that of Aitchison and Aitken 1976: the
// probability 1-h stays with an option, and h is shared by the others. The bandwidth
// h is Scott's rule with the variance of the category, half the probability that two
// draws differ: as for numbers where there are two options, and without an order of
// the options where there are more. A decision that an architecture does not take is an
// option of its own.
func BOHB(s space.Space, randomSeed uint64, settings Halving, model Model) (*HalvingSearch, error) {
	settings.Whole = true
	h, err := settings.check("BOHB", s)
	if err != nil {
		return nil, err
	}
	if h.First != 0 {
		return nil, fmt.Errorf("strategy: BOHB with First = %d; it works out itself how many architectures a bracket begins with, so leave it 0", h.First)
	}
	if model, err = model.check(); err != nil {
		return nil, err
	}
	name := fmt.Sprintf("BOHB(budgets %s share %.4g samples %d top %g widen %g bandwidth %g seed %d)",
		h, model.Share, model.Samples, model.Top, model.Widen, model.MinBandwidth, randomSeed)
	draws := &densityModel{Model: model, space: s, streams: seed.NewStreams(randomSeed, "strategy", "BOHB"), tried: map[int][]evidence{}}
	return newHalving(name, "BOHB", s, h.hyperband(), draws), nil
}

func (m Model) check() (Model, error) {
	m = Model{
		Share: orDefault(m.Share, 2./3), Samples: orDefault(m.Samples, 64), Top: orDefault(m.Top, .15),
		Widen: orDefault(m.Widen, 3), MinBandwidth: orDefault(m.MinBandwidth, 1e-3),
	}
	switch {
	case !(m.Share > 0 && m.Share <= 1):
		return m, fmt.Errorf("strategy: BOHB with a share of %g from the model; it is above 0 and at most 1, or 0 for 2/3", m.Share)
	case m.Samples < 1:
		return m, fmt.Errorf("strategy: BOHB with %d samples; there must be at least 1, or 0 for 64", m.Samples)
	case !(m.Top > 0 && m.Top < 1):
		return m, fmt.Errorf("strategy: BOHB with the top %g as good; the share is between 0 and 1, or 0 for 0.15", m.Top)
	case !(m.Widen > 0) || math.IsInf(m.Widen, 1):
		return m, fmt.Errorf("strategy: BOHB widens bandwidths by %g; it must be positive, or 0 for 3", m.Widen)
	case !(m.MinBandwidth > 0 && m.MinBandwidth < .5):
		return m, fmt.Errorf("strategy: BOHB with bandwidths of at least %g; it must be between 0 and 0.5, or 0 for 0.001", m.MinBandwidth)
	}
	return m, nil
}

// densityModel is the sampler of BOHB.
type densityModel struct {
	Model
	space     space.Space
	streams   *seed.Streams
	tried     map[int][]evidence // by budget
	good, bad *density           // nil if they have to be estimated, or can't be
}

// evidence is what an architecture decided, by the names of decisions, and its score.
type evidence struct {
	options map[string]string
	names   []string // in order
	score   float64  // -Inf if it failed
}

// learn implements sampler.
func (m *densityModel) learn(o Observation) error {
	choices, err := space.Describe(m.space, o.Genotype)
	if err != nil {
		return fmt.Errorf("strategy: BOHB: %w", err)
	}
	e := evidence{options: map[string]string{}, score: o.Score}
	for _, c := range choices {
		e.options[c.Decision] = c.Option
		e.names = append(e.names, c.Decision)
	}
	if o.Failed {
		e.score = math.Inf(-1)
	}
	m.tried[o.Budget] = append(m.tried[o.Budget], e)
	m.good, m.bad = nil, nil
	return nil
}

// sample implements sampler.
func (m *densityModel) sample(number int) (space.Genotype, error) {
	rng := m.streams.Open(number)
	if rng.Float64() >= m.Share {
		return space.Random(m.space, rng)
	}
	if m.good == nil {
		m.estimate()
	}
	if m.good == nil {
		return space.Random(m.space, rng)
	}
	const least = 1e-32 // of a density
	var best space.Genotype
	highest := math.Inf(-1)
	for range m.Samples {
		g, row, err := m.good.draw(m.space, m.Widen, rng)
		if err != nil {
			return nil, err
		}
		if ratio := max(m.good.at(row), least) / max(m.bad.at(row), least); ratio > highest {
			best, highest = g, ratio
		}
	}
	return best, nil
}

// estimate finds the densities of the good and the bad with the largest budget that has
// enough of both.
func (m *densityModel) estimate() {
	for _, b := range slices.Backward(slices.Sorted(maps.Keys(m.tried))) {
		tried := slices.Clone(m.tried[b])
		columns := columnsOf(tried)
		least := len(columns) + 1
		n := max(least, int(m.Top*float64(len(tried))))
		if len(tried)-n < least {
			continue
		}
		slices.SortStableFunc(tried, func(a, b evidence) int { return cmp.Compare(b.score, a.score) })
		m.good, m.bad = newDensity(tried[:n], columns, m.MinBandwidth), newDensity(tried[n:], columns, m.MinBandwidth)
		return
	}
}

// column is a decision, and the options of it that were seen: "" stands for not taken.
type column struct {
	name    string
	options map[string]int // numbered
}

// unknown stands for an option that was not seen.
const unknown = -1

// number is that of an option.
func (c column) number(option string) int {
	if n, ok := c.options[option]; ok {
		return n
	}
	return unknown
}

// levels is how many options there are, at least two.
func (c column) levels() float64 { return float64(max(len(c.options), 2)) }

// widest is the bandwidth with which all options are equally likely.
func (c column) widest() float64 { return 1 - 1/c.levels() }

// columnsOf are all decisions that are taken, in the order in which they are met.
func columnsOf(tried []evidence) (list []column) {
	met := map[string]bool{}
	for _, e := range tried {
		for _, name := range e.names {
			if !met[name] {
				met[name] = true
				list = append(list, column{name: name, options: map[string]int{}})
			}
		}
	}
	for _, c := range list {
		for _, e := range tried {
			if o := e.options[c.name]; c.number(o) == unknown {
				c.options[o] = len(c.options)
			}
		}
	}
	return list
}

// density is a kernel density estimate over decisions.
type density struct {
	columns   []column
	places    map[string]int // the column of a decision
	bandwidth []float64      // of each column
	data      []evidence
	rows      [][]int // the numbers of the options of the data
}

// newDensity chooses the bandwidths by Scott's rule.
func newDensity(data []evidence, columns []column, least float64) *density {
	d := &density{columns: columns, data: data, places: map[string]int{}}
	for i, c := range columns {
		d.places[c.name] = i
	}
	for _, e := range data {
		d.rows = append(d.rows, d.row(e.options))
	}
	n := float64(len(data))
	for i, c := range columns {
		count := make([]float64, len(c.options))
		for _, row := range d.rows {
			count[row[i]]++
		}
		differ := 1.
		for _, k := range count {
			differ -= k / n * k / n
		}
		h := 1.06 * math.Sqrt(max(differ, 0)/2) * math.Pow(n, -1/float64(4+len(columns)))
		d.bandwidth = append(d.bandwidth, min(max(h, least), c.widest()))
	}
	return d
}

// row is the numbers of options.
func (d *density) row(options map[string]string) []int {
	row := make([]int, len(d.columns))
	for i, c := range d.columns {
		row[i] = c.number(options[c.name])
	}
	return row
}

// at is the density at a row.
func (d *density) at(row []int) float64 {
	sum := 0.0
	for _, known := range d.rows {
		p := 1.0
		for i, h := range d.bandwidth {
			if row[i] == known[i] {
				p *= 1 - h
			} else {
				p *= h / (d.columns[i].levels() - 1)
			}
		}
		sum += p
	}
	return sum / float64(len(d.rows))
}

// draw draws an architecture from the density, with the bandwidths widened: one that
// was tried, of which each decision is taken anew with some probability.
func (d *density) draw(s space.Space, widen float64, rng *rand.Rand) (space.Genotype, []int, error) {
	centre := d.data[rng.IntN(len(d.data))].options
	row := d.row(nil)
	g, err := space.Complete(s, nil, func(_ int, next space.Decision) int {
		i, known := d.places[next.Name]
		o := -1
		if known && rng.Float64() >= min(widen*d.bandwidth[i]/d.columns[i].widest(), 1) {
			o = slices.Index(next.Options, centre[next.Name])
		}
		if o < 0 {
			o = rng.IntN(len(next.Options))
		}
		if known {
			row[i] = d.columns[i].number(next.Options[o])
		}
		return o
	})
	return g, row, err
}

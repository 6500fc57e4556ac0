package viz

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
	"github.com/nascent-go/nascent/nasext/study"
)

// FamilyTree draws who descends from whom in an evolution: each architecture at its
// number and score, with lines to its parents, and above the others the line from the
// best one back to its first ancestor. Where a page shows SVG as its own, in the export
// to HTML or by display.Inline, each point says who it is and brings out its ancestors.
// The members are those of an evolution's History.
func FamilyTree(members []strategy.Member) *display.Plot {
	f := newFamily(members)
	if len(f.members) == 0 {
		return display.Scatter("family tree: nobody lives yet").XLabel("proposal").YLabel("score")
	}
	var x, y, othersX, othersY []float64
	var tips []string
	var parents []int
	at := map[int]int{} // the index of each number
	for i, m := range f.members {
		at[m.Number] = i
		x, y, tips = append(x, float64(m.Number)), append(y, m.Score), append(tips, f.describe(m))
		parents = append(parents, -1)
		for k, p := range f.parents(m) {
			if k == 0 {
				parents[i] = at[p.Number]
				continue
			}
			othersX = append(othersX, float64(p.Number), float64(m.Number), math.NaN())
			othersY = append(othersY, p.Score, m.Score, math.NaN())
		}
	}
	best := f.best()
	line := f.lineage(best)
	var lineX, lineY []float64
	var lineTips []string
	for _, m := range line {
		lineX, lineY, lineTips = append(lineX, float64(m.Number)), append(lineY, m.Score), append(lineTips, f.describe(m))
	}
	title := fmt.Sprintf("family tree of %s: the best, %s, has %s", count(len(f.members), "architecture"), short(best.Score), count(len(line)-1, "ancestor"))
	p := display.Scatter(title,
		display.XY("each, child of its parent", x, y).From(parents).Tint(5).Pale().Tip(tips),
		display.XY("line of the best", lineX, lineY).Line().Tint(2),
		display.XY("", lineX, lineY).Tint(2).Tip(lineTips),
	).XLabel("proposal").Note(float64(best.Number), best.Score, fmt.Sprint(best.Number))
	if len(othersX) > 0 {
		p.Add(display.XY("second parents", othersX, othersY).Line().Dash().Tint(8).Pale())
	}
	return scoreAxis(p, y, line[0].Score)
}

// Lineage draws how an architecture came to be: its ancestors from the first one on,
// each with what its mutation changed. Of two parents it follows the first; number 0
// stands for the best architecture. The space puts the changes in words; nil leaves
// genotypes.
func Lineage(members []strategy.Member, number int, s space.Space) *display.Graph {
	f := newFamily(members)
	if len(f.members) == 0 {
		return display.NewGraph("lineage: nobody lives yet")
	}
	last := f.best()
	if number != 0 {
		m, ok := f.byNumber[number]
		if !ok {
			return display.NewGraph(fmt.Sprintf("lineage: there is no architecture %d", number))
		}
		last = m
	}
	line := f.lineage(last)
	g := display.NewGraph(fmt.Sprintf("lineage of architecture %d: %s, %s", last.Number, short(last.Score), count(len(line)-1, "ancestor")))
	g.Kinds = []string{"worse", "better", "as good"}
	for i, m := range line {
		n := display.Node{ID: fmt.Sprint(m.Number), Label: fmt.Sprintf("%d: %s", m.Number, short(m.Score))}
		switch {
		case i == 0:
			n.Lines = []string{"drawn at random", clip(choices(study.Trial{Genotype: m.Genotype}, s), 60)}
			if m.Parent != 0 {
				n.Lines[0] = fmt.Sprintf("child of %d, which is not known", m.Parent)
			}
		default:
			n.Lines = changes(s, line[i-1].Genotype, m.Genotype)
			n.Kind = []string{"worse", "as good", "better"}[1+cmp.Compare(m.Score, line[i-1].Score)]
			g.AddEdge(fmt.Sprint(line[i-1].Number), n.ID, "")
		}
		if m.Other != 0 {
			n.Lines = append(n.Lines, fmt.Sprintf("crossed with %d", m.Other))
		}
		g.AddNode(n)
	}
	return g
}

// mostChanges is how many changes of one mutation are listed.
const mostChanges = 4

// changes says what differs between a parent and its child.
func changes(s space.Space, parent, child space.Genotype) []string {
	var found []string
	old, err := named(s, parent)
	now, errNow := named(s, child)
	if err != nil || errNow != nil {
		return []string{clip(fmt.Sprint([]int(child)), 60)}
	}
	for _, c := range now {
		at := slices.IndexFunc(old, func(o space.Choice) bool { return o.Decision == c.Decision })
		switch {
		case at < 0:
			found = append(found, fmt.Sprintf("%s: %s", c.Decision, optionLabel(c.Option)))
		case old[at].Option != c.Option:
			found = append(found, fmt.Sprintf("%s: %s → %s", c.Decision, optionLabel(old[at].Option), optionLabel(c.Option)))
		}
	}
	if more := len(found) - mostChanges; more > 0 {
		found = append(found[:mostChanges], fmt.Sprintf("and %s more", count(more, "change")))
	}
	if len(found) == 0 && len(old) == len(now) {
		return []string{"unchanged"}
	}
	return found
}

// named is space.Describe of a space that may be nil.
func named(s space.Space, g space.Genotype) ([]space.Choice, error) {
	if s == nil || missing(s) {
		return nil, errors.New("there is no space")
	}
	return space.Describe(s, g)
}

// family finds members by their numbers.
type family struct {
	members  []strategy.Member // by number
	byNumber map[int]strategy.Member
}

func newFamily(members []strategy.Member) *family {
	f := &family{members: slices.Clone(members), byNumber: map[int]strategy.Member{}}
	slices.SortStableFunc(f.members, func(a, b strategy.Member) int { return a.Number - b.Number })
	for _, m := range f.members {
		f.byNumber[m.Number] = m
	}
	return f
}

// parents are the known parents of a member, none or one or two. A parent is older than
// its children; numbers that say otherwise are taken for unknown.
func (f *family) parents(m strategy.Member) (all []strategy.Member) {
	for _, number := range []int{m.Parent, m.Other} {
		if p, ok := f.byNumber[number]; ok && number != 0 && number < m.Number {
			all = append(all, p)
		}
	}
	return all
}

// best is the member with the highest score, of equals the first.
func (f *family) best() strategy.Member {
	return slices.MaxFunc(f.members, func(a, b strategy.Member) int { return cmp.Compare(a.Score, b.Score) })
}

// lineage are the ancestors of a member by its first parents, and the member.
func (f *family) lineage(m strategy.Member) []strategy.Member {
	line := []strategy.Member{m}
	for {
		parents := f.parents(line[len(line)-1])
		if len(parents) == 0 {
			slices.Reverse(line)
			return line
		}
		line = append(line, parents[0])
	}
}

// describe is what a member says under the pointer.
func (f *family) describe(m strategy.Member) string {
	text := fmt.Sprintf("%d: %s", m.Number, short(m.Score))
	switch {
	case m.Other != 0:
		text += fmt.Sprintf(", child of %d and %d", m.Parent, m.Other)
	case m.Parent != 0:
		text += fmt.Sprintf(", child of %d", m.Parent)
	}
	return text
}

// Diversity plots how different the architectures are that a search tries: of the last
// so many trials that did not fail (0 means 100, the population of regularized
// evolution), the share of decisions in which two of them differ on average, and the
// share of them that are different genotypes. In aging evolution the last trials are
// the population.
func Diversity(trials []study.Trial, window int) *display.Plot {
	if window <= 0 {
		window = 100
	}
	var of []study.Trial
	for _, t := range byNumber(trials) {
		if !t.Failed {
			of = append(of, t)
		}
	}
	if len(of) < 2 {
		return display.Line("diversity: fewer than two trials yet").XLabel("trial").YLabel("share")
	}
	var x, apart, distinct []float64
	const moments = 400
	for i := 2; i <= len(of); i += 1 + (len(of)-2)/moments {
		last := of[max(0, i-window):i]
		x = append(x, float64(last[len(last)-1].Number))
		apart, distinct = append(apart, differing(last)), append(distinct, different(last))
	}
	title := fmt.Sprintf("diversity of the last %d trials: %s", window, short(apart[len(apart)-1]))
	return display.Line(title, series("decisions in which two differ", x, apart).Tint(1), series("different genotypes", x, distinct).Tint(2).Dash()).
		XLabel("trial").YLabel("share").YRange(0, 1.05)
}

// differing is the share of choices in which two of the trials, drawn at random,
// differ. A genotype that has ended differs from one that goes on, and not from others
// that have ended.
func differing(trials []study.Trial) float64 {
	longest := 0
	for _, t := range trials {
		longest = max(longest, len(t.Genotype))
	}
	n := float64(len(trials))
	sum := 0.0
	for i := range longest {
		taken := map[int]float64{}
		for _, t := range trials {
			choice := -1
			if i < len(t.Genotype) {
				choice = t.Genotype[i]
			}
			taken[choice]++
		}
		pairs := n * (n - 1)
		for _, k := range taken {
			pairs -= k * (k - 1)
		}
		sum += pairs / (n * (n - 1))
	}
	return sum / float64(max(longest, 1))
}

// different is the share of different genotypes.
func different(trials []study.Trial) float64 {
	seen := map[string]bool{}
	for _, t := range trials {
		seen[fmt.Sprint([]int(t.Genotype))] = true
	}
	return float64(len(seen)) / float64(len(trials))
}

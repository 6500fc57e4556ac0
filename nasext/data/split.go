package data

import (
	"fmt"
	"math"

	"github.com/nascent-go/nascent/nasext/seed"
)

// Split cuts the set into parts of the given fractions, which are above 0 and add
// up to at most 1. It is stratified: every part has its share of every class, to
// the nearest image. The parts are disjoint, each is in a shuffled order, and the
// same seed gives the same parts.
func (s *Set) Split(sd uint64, fractions ...float64) ([]*Set, error) {
	if len(fractions) == 0 {
		return nil, fmt.Errorf("split %q: no fractions; give one for each part, such as 0.6, 0.2, 0.2", s.Name)
	}
	var sum float64
	for _, f := range fractions {
		if !(f > 0 && f <= 1) {
			return nil, fmt.Errorf("split %q: fraction %v; each has to be above 0 and at most 1", s.Name, f)
		}
		sum += f
	}
	if sum > 1+1e-9 {
		return nil, fmt.Errorf("split %q: fractions %v add up to %.6g; at most 1 can be given away", s.Name, fractions, sum)
	}
	byClass := make([][]int, s.Classes)
	for i, y := range s.Y {
		byClass[y] = append(byClass[y], i)
	}
	draw := seed.Stream(sd, "split", "members")
	parts := make([][]int, len(fractions))
	for _, members := range byClass {
		draw.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
		from, upTo := 0, 0.0
		for p, f := range fractions {
			upTo += f
			to := min(int(math.Round(upTo*float64(len(members)))), len(members))
			parts[p] = append(parts[p], members[from:to]...)
			from = to
		}
	}
	sets := make([]*Set, len(parts))
	for p, index := range parts {
		if len(index) == 0 {
			return nil, fmt.Errorf("split %q: part %d (fraction %v of %d images) is empty; give it a larger fraction",
				s.Name, p+1, fractions[p], s.Len())
		}
		order := seed.Stream(sd, "split", "order", fmt.Sprint(p))
		order.Shuffle(len(index), func(i, j int) { index[i], index[j] = index[j], index[i] })
		var err error
		if sets[p], err = s.Subset(fmt.Sprintf("%s/%d", s.Name, p+1), index); err != nil {
			return nil, err
		}
	}
	return sets, nil
}

// Parts are the three parts an architecture search needs. Weights are trained on
// Train, architectures are chosen by Valid, and Test is held out: it is looked at
// once, at the end.
type Parts struct {
	Train, Valid, Test *Set
}

// Parts splits the set 60 : 20 : 20 and standardises all three by the moments of
// the training part.
func (s *Set) Parts(sd uint64) (Parts, error) {
	sets, err := s.Split(sd, 0.6, 0.2, 0.2)
	if err != nil {
		return Parts{}, err
	}
	m := sets[0].Moments()
	for i, word := range []string{"train", "valid", "test"} {
		sets[i].standardise(sets[i].X, m)
		sets[i].Name = s.Name + "/" + word
	}
	return Parts{sets[0], sets[1], sets[2]}, nil
}

// Join is the set of all images of the given sets, in their order, such as the
// training and the validation part for a final training.
func Join(name string, sets ...*Set) (*Set, error) {
	if len(sets) == 0 {
		return nil, fmt.Errorf("join %q: no sets given", name)
	}
	t := *sets[0]
	t.Name, t.X, t.Y = name, nil, nil
	for _, s := range sets {
		if s.Shape != t.Shape || s.Classes != t.Classes {
			return nil, fmt.Errorf("join %q: %q has shape %v and %d classes, %q has %v and %d; they have to agree",
				name, sets[0].Name, t.Shape, t.Classes, s.Name, s.Shape, s.Classes)
		}
		t.X, t.Y = append(t.X, s.X...), append(t.Y, s.Y...)
	}
	return &t, nil
}

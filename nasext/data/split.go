package data

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/nascent-go/nascent/nasext/seed"
)

// Split cuts the set into parts of the given fractions, which are above 0 and add
// up to at most 1. It is stratified: every part has its share of every class, to
// the nearest image. The parts are disjoint, each is in a shuffled order, and the
// same seed gives the same parts.
func (s *Set) Split(sd uint64, fractions ...float64) ([]*Set, error) {
	byClass, err := s.byClass()
	if err != nil {
		return nil, fmt.Errorf("split: %w", err)
	}
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
		if sets[p], err = s.Subset(fmt.Sprintf("%s/%d", s.Name, p+1), index); err != nil {
			return nil, err
		}
	}
	return sets, nil
}

// byClass lists the images of each class.
func (s *Set) byClass() ([][]int, error) {
	if err := s.checkSizes(); err != nil {
		return nil, err
	}
	members := make([][]int, s.Classes)
	for i, y := range s.Y {
		members[y] = append(members[y], i)
	}
	return members, nil
}

// Fold cuts the set into k folds of equal size, to the nearest image, and gives back
// all but the i-th (0 to k-1) to train on and the i-th to validate by: k-fold cross
// validation is to do so for every i and to take the mean of the k scores. It is
// stratified: the folds' shares of a class differ by at most one image. The seed and k
// fix the folds, whichever is asked for.
func (s *Set) Fold(sd uint64, k, i int) (train, valid *Set, err error) {
	byClass, err := s.byClass()
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("fold: %w", err)
	case k < 2 || k > s.Len():
		return nil, nil, fmt.Errorf("fold %q: %d folds of %d images; there can be 2 to %d", s.Name, k, s.Len(), s.Len())
	case i < 0 || i >= k:
		return nil, nil, fmt.Errorf("fold %q: fold %d of %d; they are 0 to %d", s.Name, i, k, k-1)
	}
	draw := seed.Stream(sd, "fold", "members")
	var in, out []int
	dealt := 0 // images are dealt to the folds in turn, over all classes
	for _, members := range byClass {
		draw.Shuffle(len(members), func(a, b int) { members[a], members[b] = members[b], members[a] })
		for _, m := range members {
			if dealt%k == i {
				out = append(out, m)
			} else {
				in = append(in, m)
			}
			dealt++
		}
	}
	part := func(word string, index []int) *Set {
		order := seed.Stream(sd, "fold", "order", word, strconv.Itoa(i))
		order.Shuffle(len(index), func(a, b int) { index[a], index[b] = index[b], index[a] })
		t, e := s.Subset(fmt.Sprintf("%s/fold %d of %d/%s", s.Name, i, k, word), index)
		err = errors.Join(err, e)
		return t
	}
	train, valid = part("train", in), part("valid", out)
	return train, valid, err
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

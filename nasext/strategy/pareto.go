package strategy

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// The functions of this file compare points of several objectives, all of which are to
// be as small as possible: what is to be large, such as an accuracy, is negated. Points
// have the same number of coordinates, one or more, none of which is NaN.

func checkPoints(points [][]float64) error {
	for i, p := range points {
		if len(p) == 0 || len(p) != len(points[0]) {
			return fmt.Errorf("strategy: point %d has %d coordinates and point 0 has %d; each has one for each objective", i, len(p), len(points[0]))
		}
		for k, v := range p {
			if math.IsNaN(v) {
				return fmt.Errorf("strategy: coordinate %d of point %d is NaN; it has to be a number", k, i)
			}
		}
	}
	return nil
}

// Dominates says whether a is nowhere larger than b and somewhere smaller.
func Dominates(a, b []float64) bool {
	smaller := false
	for k := range min(len(a), len(b)) {
		if a[k] > b[k] {
			return false
		}
		smaller = smaller || a[k] < b[k]
	}
	return smaller && len(a) == len(b)
}

// NondominatedSort sorts points into fronts (Deb et al. 2002, section III-A,
// fast-non-dominated-sort): the first has the indices of the points that no point
// dominates, each further one those that only points of the fronts before it dominate.
func NondominatedSort(points [][]float64) ([][]int, error) {
	if err := checkPoints(points); err != nil {
		return nil, err
	}
	dominated := make([][]int, len(points)) // S of the article: whom a point dominates
	count := make([]int, len(points))       // n: how many points dominate it
	var front []int
	for p := range points {
		for q := range points {
			switch {
			case Dominates(points[p], points[q]):
				dominated[p] = append(dominated[p], q)
			case Dominates(points[q], points[p]):
				count[p]++
			}
		}
		if count[p] == 0 {
			front = append(front, p)
		}
	}
	var fronts [][]int
	for len(front) > 0 {
		fronts = append(fronts, front)
		var next []int
		for _, p := range front {
			for _, q := range dominated[p] {
				if count[q]--; count[q] == 0 {
					next = append(next, q)
				}
			}
		}
		slices.Sort(next)
		front = next
	}
	return fronts, nil
}

// ParetoFront has the indices of the points that no point dominates: the first front
// of NondominatedSort. Of equal points it has all.
func ParetoFront(points [][]float64) ([]int, error) {
	if err := checkPoints(points); err != nil {
		return nil, err
	}
	var front []int
	for i, p := range points {
		if !slices.ContainsFunc(points, func(q []float64) bool { return Dominates(q, p) }) {
			front = append(front, i)
		}
	}
	return front, nil
}

// CrowdingDistance is how far the neighbours of each point of a front are from each
// other (Deb et al. 2002, section III-B): in each objective the distance between the
// next smaller and the next larger point, as a share of the front's range, summed. It
// is infinite for the least and the largest of an objective.
func CrowdingDistance(front [][]float64) ([]float64, error) {
	if err := checkPoints(front); err != nil {
		return nil, err
	}
	distance := make([]float64, len(front))
	if len(front) == 0 {
		return distance, nil
	}
	order := make([]int, len(front))
	for i := range order {
		order[i] = i
	}
	for k := range front[0] {
		slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(front[i][k], front[j][k]) })
		first, last := order[0], order[len(order)-1]
		distance[first], distance[last] = math.Inf(1), math.Inf(1)
		size := front[last][k] - front[first][k]
		if size == 0 {
			continue
		}
		for i := 1; i < len(order)-1; i++ {
			distance[order[i]] += (front[order[i+1]][k] - front[order[i-1]][k]) / size
		}
	}
	return distance, nil
}

// Hypervolume is the volume of what lies between the points and a reference that is
// worse than them: of the set that some point dominates and that is below the reference
// everywhere (Zitzler and Thiele 1999). Points that are not below it add nothing. It is
// exact: space is sliced at the points along the last objective, and each slice
// measured in one dimension less, which takes time n^d for n points of d objectives.
func Hypervolume(points [][]float64, reference []float64) (float64, error) {
	if err := checkPoints(append([][]float64{reference}, points...)); err != nil {
		return 0, fmt.Errorf("%w (point 0 is the reference)", err)
	}
	for _, v := range reference {
		if math.IsInf(v, 0) {
			return 0, errors.New("strategy: a reference point at infinity; its coordinates are finite numbers worse than those of the points")
		}
	}
	below := slices.DeleteFunc(slices.Clone(points), func(p []float64) bool {
		for k, v := range p {
			if v >= reference[k] {
				return true
			}
		}
		return false
	})
	return volume(below, reference), nil
}

// volume is the hypervolume of points below the reference, by the coordinates that it has.
func volume(points [][]float64, reference []float64) float64 {
	last := len(reference) - 1
	if len(points) == 0 {
		return 0
	}
	points = slices.Clone(points)
	slices.SortStableFunc(points, func(p, q []float64) int { return cmp.Compare(p[last], q[last]) })
	if last == 0 {
		return reference[0] - points[0][0]
	}
	sum := 0.0
	for i, p := range points {
		to := reference[last]
		if i+1 < len(points) {
			to = points[i+1][last]
		}
		if thick := to - p[last]; thick > 0 {
			sum += thick * volume(points[:i+1], reference[:last])
		}
	}
	return sum
}

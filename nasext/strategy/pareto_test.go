package strategy_test

import (
	"fmt"
	"math"
	mathbits "math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/nascent-go/nascent/nasext/strategy"
)

func TestDominates(t *testing.T) {
	for _, c := range []struct {
		a, b []float64
		want bool
	}{
		{[]float64{1, 2}, []float64{1, 3}, true},
		{[]float64{1, 2}, []float64{2, 3}, true},
		{[]float64{1, 2}, []float64{1, 2}, false},
		{[]float64{1, 3}, []float64{2, 2}, false},
		{[]float64{1, math.Inf(-1)}, []float64{1, 0}, true},
		{[]float64{1}, []float64{2, 2}, false},
	} {
		if got := strategy.Dominates(c.a, c.b); got != c.want {
			t.Errorf("%v dominates %v: %t", c.a, c.b, got)
		}
	}
}

// Eight points on three lines, of which the third lies behind one point of the second only.
func TestFrontsByHand(t *testing.T) {
	points := [][]float64{
		{1, 5}, {3, 3}, {5, 1}, // nobody is below and left of these
		{2, 6}, {4, 4}, {6, 2}, // behind one each of the first
		{4.5, 4.5}, {3, 3}, // behind (4, 4), and again the first front
	}
	fronts, err := strategy.NondominatedSort(points)
	if got, want := fmt.Sprint(fronts, err), "[[0 1 2 7] [3 4 5] [6]] <nil>"; got != want {
		t.Errorf("fronts are %s, want %s", got, want)
	}
	front, err := strategy.ParetoFront(points)
	if got, want := fmt.Sprint(front, err), "[0 1 2 7] <nil>"; got != want {
		t.Errorf("the Pareto front is %s, want %s", got, want)
	}
	// Of the ranges 8 and 16, the neighbours of (2, 12) are 3 and 8 apart, those of
	// (3, 8) 6 and 12.
	distance, err := strategy.CrowdingDistance([][]float64{{0, 16}, {8, 0}, {2, 12}, {3, 8}})
	if got, want := fmt.Sprint(distance, err), "[+Inf +Inf 0.875 1.5] <nil>"; got != want {
		t.Errorf("crowding distances are %s, want %s", got, want)
	}
	// An objective in which all are equal tells nothing apart.
	distance, err = strategy.CrowdingDistance([][]float64{{0, 1}, {1, 1}, {2, 1}})
	if got, want := fmt.Sprint(distance, err), "[+Inf 1 +Inf] <nil>"; got != want {
		t.Errorf("crowding distances are %s, want %s", got, want)
	}
}

// peel is the fronts found by taking off, again and again, what nothing left dominates.
func peel(points [][]float64) (fronts [][]int) {
	left := make([]int, len(points))
	for i := range left {
		left[i] = i
	}
	for len(left) > 0 {
		var front, rest []int
		for _, i := range left {
			if slices.ContainsFunc(left, func(j int) bool { return strategy.Dominates(points[j], points[i]) }) {
				rest = append(rest, i)
			} else {
				front = append(front, i)
			}
		}
		fronts, left = append(fronts, front), rest
	}
	return fronts
}

// inclusionExclusion is the hypervolume as the sum, over all sets of points, of the
// volume that their boxes share, with alternating signs.
func inclusionExclusion(points [][]float64, reference []float64) float64 {
	sum := 0.0
	for set := uint(1); set < 1<<len(points); set++ {
		shared := 1.0
		for k, r := range reference {
			side := math.Inf(1)
			for i, p := range points {
				if set>>i&1 == 1 {
					side = min(side, max(r-p[k], 0))
				}
			}
			shared *= side
		}
		if mathbits.OnesCount(set)%2 == 0 {
			shared = -shared
		}
		sum += shared
	}
	return sum
}

func TestParetoAgainstBruteForce(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 200 {
		points := make([][]float64, 1+rng.IntN(10))
		reference := make([]float64, 1+rng.IntN(4))
		for k := range reference {
			reference[k] = 1 + rng.Float64()
		}
		for i := range points {
			for range reference {
				v := 2 * rng.Float64() // some are not below the reference
				if round%2 == 0 {
					v = math.Floor(4*v) / 4 // and some are equal
				}
				points[i] = append(points[i], v)
			}
		}
		fronts, err := strategy.NondominatedSort(points)
		if want := peel(points); err != nil || fmt.Sprint(fronts) != fmt.Sprint(want) {
			t.Errorf("fronts of %v are %v, %v; want %v", points, fronts, err, want)
		}
		front, err := strategy.ParetoFront(points)
		if err != nil || !slices.Equal(front, fronts[0]) {
			t.Errorf("the Pareto front of %v is %v, %v; want %v", points, front, err, fronts[0])
		}
		got, err := strategy.Hypervolume(points, reference)
		if want := inclusionExclusion(points, reference); err != nil || math.Abs(got-want) > 1e-12 {
			t.Errorf("the hypervolume of %v below %v is %v, %v; want %v", points, reference, got, err, want)
		}
	}
}

func TestHypervolumeByHand(t *testing.T) {
	for _, c := range []struct {
		points    [][]float64
		reference []float64
		want      float64
	}{
		{nil, []float64{1, 1}, 0},
		{[][]float64{{1, 3}, {2, 2}, {3, 1}}, []float64{4, 4}, 6}, // 3 + 2 + 1 squares
		{[][]float64{{1, 3}, {2, 3}, {4, 0}}, []float64{4, 4}, 3}, // one adds nothing, one is not below
		{[][]float64{{0, 0, 1}, {0, 1, 0}, {1, 0, 0}}, []float64{2, 2, 2}, 7},
	} {
		got, err := strategy.Hypervolume(c.points, c.reference)
		if err != nil || got != c.want {
			t.Errorf("the hypervolume of %v below %v is %v, %v; want %v", c.points, c.reference, got, err, c.want)
		}
	}
}

func TestParetoErrors(t *testing.T) {
	_, err := strategy.NondominatedSort([][]float64{{1, 2}, {1}})
	wantError(t, err, "point 1 has 1 coordinates and point 0 has 2")
	_, err = strategy.ParetoFront([][]float64{{}})
	wantError(t, err, "point 0 has 0 coordinates")
	_, err = strategy.CrowdingDistance([][]float64{{1, 2}, {1, math.NaN()}})
	wantError(t, err, "coordinate 1 of point 1 is NaN")
	_, err = strategy.Hypervolume([][]float64{{1}}, []float64{2, 2})
	wantError(t, err, "point 0 is the reference")
	_, err = strategy.Hypervolume(nil, []float64{2, math.Inf(1)})
	wantError(t, err, "a reference point at infinity")
}

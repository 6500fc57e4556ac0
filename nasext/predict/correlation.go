package predict

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Spearman is the rank correlation ρ of paired numbers, between −1 and 1: the
// correlation of their ranks, where equal numbers share the mean of the ranks that they
// take. 1 means that x orders as y does. It says how well a cheap estimate ranks
// architectures. Both lists need two different numbers and none that is not a number.
func Spearman(x, y []float64) (float64, error) {
	if err := paired("Spearman", x, y); err != nil {
		return 0, err
	}
	a, b := Ranks(x), Ranks(y)
	mean := float64(len(x)+1) / 2
	var ab, aa, bb float64
	for i := range a {
		da, db := a[i]-mean, b[i]-mean
		ab += da * db
		aa += da * da
		bb += db * db
	}
	return ab / math.Sqrt(aa*bb), nil
}

// Kendall is the rank correlation τ-b of paired numbers, between −1 and 1: the pairs
// that x and y order alike less those that they order oppositely, with ties taken into
// account (Kendall 1945). It is computed as in Knight 1966, in the time of a sort. Both
// lists need two different numbers and none that is not a number.
func Kendall(x, y []float64) (float64, error) {
	if err := paired("Kendall", x, y); err != nil {
		return 0, err
	}
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Or(cmp.Compare(x[i], x[j]), cmp.Compare(y[i], y[j])) })
	tiedX := tied(len(x), func(i, j int) bool { return x[order[i]] == x[order[j]] })
	tiedBoth := tied(len(x), func(i, j int) bool { return x[order[i]] == x[order[j]] && y[order[i]] == y[order[j]] })
	sorted := make([]float64, len(y))
	for i, k := range order {
		sorted[i] = y[k]
	}
	opposite := exchanges(sorted, make([]float64, len(sorted)))
	tiedY := tied(len(y), func(i, j int) bool { return sorted[i] == sorted[j] })
	n := float64(len(x))
	all := n * (n - 1) / 2
	return (all - tiedX - tiedY + tiedBoth - 2*opposite) / math.Sqrt((all-tiedX)*(all-tiedY)), nil
}

// paired says what is wrong with two lists whose ranks are to be correlated.
func paired(what string, x, y []float64) error {
	if len(x) != len(y) {
		return fmt.Errorf("predict: %s of %d and %d numbers; each of one list belongs to one of the other", what, len(x), len(y))
	}
	for k, list := range [][]float64{x, y} {
		if i := slices.IndexFunc(list, math.IsNaN); i >= 0 {
			return fmt.Errorf("predict: %s: number %d of list %d is not a number (NaN), which has no rank", what, i, k+1)
		}
		if len(list) == 0 || slices.Min(list) == slices.Max(list) {
			return fmt.Errorf("predict: %s: list %d does not hold two different numbers, so it has no order", what, k+1)
		}
	}
	return nil
}

// Ranks are the ranks of numbers, from 1 for the smallest; equal numbers share the mean of
// theirs, and a NaN counts as the smallest.
func Ranks(x []float64) []float64 {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(x[i], x[j]) })
	rank := make([]float64, len(x))
	for from := 0; from < len(order); {
		end := from + 1
		for end < len(order) && x[order[end]] == x[order[from]] {
			end++
		}
		for _, i := range order[from:end] {
			rank[i] = float64(from+1+end) / 2
		}
		from = end
	}
	return rank
}

// tied counts the pairs among n sorted things that are equal.
func tied(n int, equal func(i, j int) bool) (pairs float64) {
	for from := 0; from < n; {
		end := from + 1
		for end < n && equal(from, end) {
			end++
		}
		pairs += float64(end-from) * float64(end-from-1) / 2
		from = end
	}
	return pairs
}

// exchanges sorts x and counts the pairs that stood in the wrong order.
func exchanges(x, room []float64) (pairs float64) {
	if len(x) < 2 {
		return 0
	}
	half := len(x) / 2
	pairs = exchanges(x[:half], room[:half]) + exchanges(x[half:], room[half:])
	copy(room, x)
	a, b := room[:half], room[half:]
	for i := range x {
		if len(b) == 0 || len(a) > 0 && a[0] <= b[0] {
			x[i], a = a[0], a[1:]
		} else {
			pairs += float64(len(a))
			x[i], b = b[0], b[1:]
		}
	}
	return pairs
}

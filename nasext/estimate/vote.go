package estimate

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Vote merges several scores of the same architectures, one list for each measure, by
// majority: an architecture's result is the share of the others that more measures put below
// it than above, where a draw counts half (Copeland's method). Abdelfattah et al. 2021 let
// synflow, jacob_cov and snip vote so on pairs of networks. The result is between 0 and 1, and does not
// depend on the scales of the measures.
func Vote(scores ...[]float64) ([]float64, error) {
	if len(scores) == 0 || len(scores[0]) < 2 {
		return nil, errors.New("estimate: a vote needs at least one list of scores of at least two architectures")
	}
	n := len(scores[0])
	for k, list := range scores {
		if len(list) != n {
			return nil, fmt.Errorf("estimate: vote: list %d has %d scores, the first has %d; each architecture needs one of every measure", k+1, len(list), n)
		}
		if i := slices.IndexFunc(list, math.IsNaN); i >= 0 {
			return nil, fmt.Errorf("estimate: vote: score %d of list %d is not a number (NaN), which has no rank", i, k+1)
		}
	}
	result := make([]float64, n)
	for i := range n {
		for j := range i {
			lead := 0
			for _, list := range scores {
				switch {
				case list[i] > list[j]:
					lead++
				case list[i] < list[j]:
					lead--
				}
			}
			switch {
			case lead > 0:
				result[i]++
			case lead < 0:
				result[j]++
			default:
				result[i] += 0.5
				result[j] += 0.5
			}
		}
	}
	for i := range result {
		result[i] /= float64(n - 1)
	}
	return result, nil
}

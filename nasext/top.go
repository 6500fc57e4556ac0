package nasext

import (
	"cmp"
	"slices"

	"github.com/nascent-go/nascent/nasext/estimate"
	"github.com/nascent-go/nascent/nasext/space"
)

// Scored are the architectures that were estimated, with their scores, the best first: what
// estimate.Predict learns from. Those with a smaller budget than the best are left out, as
// their scores can't be compared, and so are failures and copies.
func (r *Result) Scored() (all []estimate.Scored) {
	if r.Best == nil {
		return nil
	}
	for _, t := range r.Trials {
		if !t.Failed && t.CopyOf == 0 && t.Budget == r.Best.Budget {
			all = append(all, estimate.Scored{Genotype: t.Genotype, Score: t.Score})
		}
	}
	slices.SortStableFunc(all, func(a, b estimate.Scored) int { return cmp.Compare(b.Score, a.Score) })
	return all
}

// Top are the k best of Scored, or all if they are fewer, for strategy.List.
func (r *Result) Top(k int) (best []space.Genotype) {
	all := r.Scored()
	for _, s := range all[:min(max(k, 0), len(all))] {
		best = append(best, s.Genotype)
	}
	return best
}

package controller

import "slices"

// Record is one update as plain data: what a picture of the learning needs.
type Record struct {
	Update     int       `json:"update"` // from 1
	Stats      Stats     `json:"stats"`
	Rewards    []float64 `json:"rewards"`    // of the batch, in the order sampled
	Advantages []float64 `json:"advantages"` // Rewards less the baseline
	Policy     []Odds    `json:"policy"`     // as it was when the batch was sampled
}

// Odds is how likely the policy takes each option of one decision, averaged over
// the episodes of a batch that came to the decision.
type Odds struct {
	Decision string    `json:"decision"`
	Options  []string  `json:"options"`
	Probs    []float64 `json:"probs"`   // sums to 1
	Reached  float64   `json:"reached"` // share of the episodes that came to it, above 0, at most 1
}

// Policy averages the probabilities along the episodes. The decisions are in an
// order in which an episode can come to them; one that offers different options on
// different paths has an entry for each.
func Policy(batch []Episode) []Odds {
	var all []Odds
	for _, e := range batch {
		at := -1 // where the step before stands
		for _, s := range e.Steps {
			i := slices.IndexFunc(all, func(o Odds) bool {
				return o.Decision == s.Decision && slices.Equal(o.Options, s.Options)
			})
			if i < 0 {
				i = at + 1
				all = slices.Insert(all, i, Odds{Decision: s.Decision, Options: s.Options, Probs: make([]float64, len(s.Probs))})
			}
			at = i
			all[i].Reached++
			for j, p := range s.Probs {
				all[i].Probs[j] += p
			}
		}
	}
	for i := range all {
		for j := range all[i].Probs {
			all[i].Probs[j] /= all[i].Reached
		}
		all[i].Reached /= float64(len(batch))
	}
	return all
}

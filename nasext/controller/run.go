package controller

import (
	"math"
	"slices"
)

// run is one pass of the network over the decisions of some episodes, side by side: a
// step has a row for each episode that has not ended.
type run struct {
	rows  []row
	steps []int // the first row of each step
	last  []int // of each episode, -1 before its first
	logs  []float64
	probs []float64
	grads []float64 // of a loss with respect to the logits, for the way back
	whole bool      // it is the present network's
}

// row is one decision. Its numbers, one for each option, begin at from.
type row struct {
	decision string
	options  []string
	episode  int
	before   int // the row of the step before, -1 at the first
	head     int
	input    int // the token that is read
	from     int
	choice   int
	entropy  float64
}

// begin forgets all.
func (r *run) begin(episodes int) {
	r.rows, r.steps, r.logs, r.probs = r.rows[:0], r.steps[:0], r.logs[:0], r.probs[:0]
	r.last = sized(r.last, episodes)
	for i := range r.last {
		r.last[i] = -1
	}
	r.whole = false
}

// step begins a step.
func (r *run) step() { r.steps = append(r.steps, len(r.rows)) }

// add adds a row to the step.
func (r *run) add(episode int, decision string, options []string, head, input int) {
	n := len(r.probs)
	r.rows = append(r.rows, row{
		decision: decision, options: options, episode: episode, before: r.last[episode], head: head, input: input, from: n,
	})
	r.last[episode] = len(r.rows) - 1
	r.probs = slices.Grow(r.probs, len(options))[:n+len(options)]
	r.logs = slices.Grow(r.logs, len(options))[:n+len(options)]
}

// of is the part of numbers that belongs to a row.
func (w *row) of(numbers []float64) []float64 { return numbers[w.from:][:len(w.options)] }

// softmax turns the logits of a row, which lie in logs, into log probabilities.
func (r *run) softmax(i int) {
	w := &r.rows[i]
	logs, probs := w.of(r.logs), w.of(r.probs)
	most := slices.Max(logs)
	sum := 0.0
	for j, z := range logs {
		probs[j] = math.Exp(z - most)
		sum += probs[j]
	}
	norm := most + math.Log(sum)
	w.entropy = 0
	for j, z := range logs {
		logs[j] = z - norm
		if probs[j] /= sum; probs[j] > 0 {
			w.entropy -= probs[j] * logs[j]
		}
	}
}

// took reports whether the rows are those of the episodes.
func (r *run) took(batch []Episode) bool {
	if !r.whole || len(r.last) != len(batch) {
		return false
	}
	n := 0
	for _, e := range batch {
		n += len(e.Steps)
	}
	if n != len(r.rows) {
		return false
	}
	for t, first := range r.steps {
		for _, w := range r.rows[first:r.end(t)] {
			if steps := batch[w.episode].Steps; t >= len(steps) || !w.is(&steps[t]) {
				return false
			}
		}
	}
	return true
}

// end is the row after those of a step.
func (r *run) end(step int) int {
	if step+1 < len(r.steps) {
		return r.steps[step+1]
	}
	return len(r.rows)
}

func (w *row) is(s *Step) bool {
	return w.choice == s.Choice && w.decision == s.Decision && sameOptions(w.options, s.Options)
}

// sameOptions is slices.Equal, at once for the same memory.
func sameOptions(a, b []string) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0] || slices.Equal(a, b))
}

// stretch is the end of the longest stretch of rows from i whose rows before lie side by
// side, too. A row with none before is alone.
func (r *run) stretch(i, end int) int {
	j := i + 1
	for j < end && r.rows[i].before >= 0 && r.rows[j].before == r.rows[j-1].before+1 {
		j++
	}
	return j
}

// sameHead is the end of the longest stretch of rows from i with one head.
func (r *run) sameHead(i, end int) int {
	j := i + 1
	for j < end && r.rows[j].head == r.rows[i].head {
		j++
	}
	return j
}

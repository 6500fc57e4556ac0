package controller

import (
	"fmt"
	"math"
	"slices"

	"github.com/nascent-go/nascent/nasext/space"
)

// run is one pass of the network over the decisions of some episodes, side by side: a
// step has a row for each episode that has not ended.
type run struct {
	rows   []row
	steps  []int // the first row of each step
	last   []int // of each episode, -1 before its first
	logs   []float64
	probs  []float64
	slopes []float64 // of what the logits were shaped by
	grads  []float64 // of a loss with respect to the logits, for the way back
	whole  bool      // it is the present network's
}

// row is one decision. Its numbers, one for each option, begin at from.
type row struct {
	decision string
	options  []string
	anchors  []int // nil if the head scores the options by themselves
	episode  int
	step     int
	before   int // the row of the step before, -1 at the first
	head     int
	input    int // the token that is read
	from     int
	choice   int
	entropy  float64
}

// begin forgets all.
func (r *run) begin(episodes int) {
	r.rows, r.steps, r.logs, r.probs, r.slopes = r.rows[:0], r.steps[:0], r.logs[:0], r.probs[:0], r.slopes[:0]
	r.last = sized(r.last, episodes)
	for i := range r.last {
		r.last[i] = -1
	}
	r.whole = false
}

// step begins a step.
func (r *run) step() { r.steps = append(r.steps, len(r.rows)) }

// add adds a row to the step. Of w, where it stands is filled in.
func (r *run) add(w row) {
	n := len(w.options)
	w.step, w.before, w.from = len(r.steps)-1, r.last[w.episode], len(r.probs)
	r.last[w.episode] = len(r.rows)
	r.rows = append(r.rows, w)
	r.probs, r.logs, r.slopes = grown(r.probs, w.from+n), grown(r.logs, w.from+n), grown(r.slopes, w.from+n)
}

// anchor is what an option takes: what the network gave at a row, or with a row below 0
// an input.
type anchor struct{ row, input int }

// anchor is that of an option of a row; false if there is none.
func (r *run) anchor(i, option int) (anchor, bool) {
	place := r.rows[i].anchors[option]
	if place == space.NoAnchor {
		return anchor{}, false
	}
	if place < 0 {
		return anchor{-1, space.InputAnchor(0) - place}, true
	}
	for range r.rows[i].step - place {
		i = r.rows[i].before
	}
	return anchor{row: i}, true
}

// checkAnchors says what is wrong with the anchors of a decision at its place.
func checkAnchors(place int, options []string, anchors []int) error {
	if anchors == nil {
		return nil
	}
	if len(anchors) != len(options) {
		return fmt.Errorf("it has %d anchors for %d options; it needs one for each, or none", len(anchors), len(options))
	}
	for i, a := range anchors {
		if a > place || a < space.InputAnchor(mostInputs-1) {
			return fmt.Errorf("the anchor of %q is %d; it must be the place of a decision, 0 to %d, NoAnchor or one of %d inputs",
				options[i], a, place, mostInputs)
		}
	}
	return nil
}

// mostInputs is how many inputs can be anchors.
const mostInputs = 1000

// of is the part of numbers that belongs to a row.
func (w *row) of(numbers []float64) []float64 { return numbers[w.from:][:len(w.options)] }

// shape makes other logits of those of a row, which lie in logs.
func (r *run) shape(w *row, cfg *Config) {
	logs, slopes := w.of(r.logs), w.of(r.slopes)
	c := cfg.TanhConstant
	if w.anchors == nil {
		c /= cfg.TanhReduce
	}
	for i, z := range logs {
		slopes[i] = 1 / cfg.Temperature
		logs[i] = z / cfg.Temperature
		if c > 0 {
			t := math.Tanh(logs[i])
			logs[i] = c * t
			slopes[i] *= c * (1 - t*t)
		}
	}
}

// softmax turns the logits of a row into log probabilities.
func (r *run) softmax(w *row) {
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
	return w.choice == s.Choice && w.decision == s.Decision && sameOptions(w.options, s.Options) && slices.Equal(w.anchors, s.Anchors)
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

package controller

import (
	"strconv"

	"github.com/nascent-go/nascent/nasext/vec"
)

// attention scores options that have anchors (Zoph and Le 2017, section 3.3):
//
//	score(j) = vᵀ tanh(Wprev h_j + Wcurr h_i)
//
// where h_i is what the last layer gives at the decision, and h_j what it gave at the
// anchor, or a learned vector for an input, which no decision made.
type attention[T vec.Float] struct {
	prev, curr *tensor[T] // h × h
	v          *tensor[T] // 1 × h
	inputs     []*tensor[T]

	// Of a run. Anchors have numbers in the order in which they are asked for; what is
	// kept of each are its h_j and Wprev h_j, and the gradient of that.
	rows, takes  []int // the numbers of rows and inputs, from 1; 0: none
	anchors      []anchor
	states, keys []T
	dkeys        []T
	scores       []score
	tanhs        []T // one vector for each score
	query        []T
}

// score was given to an option of a row for an anchor.
type score struct{ row, option, anchor int }

// addInputs makes room for anchors that are inputs, if there are fewer than so many.
func (n *lstm[T]) addInputs(inputs int) {
	a := &n.attention
	if a.v == nil {
		a.prev = n.tensor("anchor before", newMatrix[T](n.hidden, n.hidden, n.hidden))
		a.curr = n.tensor("anchor here", newMatrix[T](n.hidden, n.hidden, n.hidden))
		a.v = n.tensor("anchor score", newTable[T](1, n.hidden))
	}
	for i := len(a.inputs); i < inputs; i++ {
		a.inputs = append(a.inputs, n.tensor("anchor of input "+strconv.Itoa(i), newTable[T](1, n.hidden)))
	}
}

// begin forgets the run before.
func (a *attention[T]) begin() {
	clear(a.rows)
	clear(a.takes)
	a.anchors, a.states, a.keys, a.scores, a.tanhs = a.anchors[:0], a.states[:0], a.keys[:0], a.scores[:0], a.tanhs[:0]
}

// number is that of an anchor.
func (n *lstm[T]) number(to anchor) int {
	a := &n.attention
	numbers, i := &a.rows, to.row
	if to.row < 0 {
		numbers, i = &a.takes, to.input
	}
	*numbers = grown(*numbers, max(len(*numbers), i+1))
	number := &(*numbers)[i]
	if *number == 0 {
		a.anchors = append(a.anchors, to)
		*number = len(a.anchors)
		state := n.stateOf(to)
		a.states = append(a.states, state...)
		a.keys = append(a.keys, n.zero...)
		a.prev.addMul(a.keys[len(a.keys)-n.width:], state, 1)
	}
	return *number - 1
}

// stateOf is h_j of an anchor.
func (n *lstm[T]) stateOf(to anchor) []T {
	if to.row < 0 {
		return n.attention.inputs[to.input].val
	}
	return at(n.top().h, n.width, to.row)
}

// attend scores the options of rows from first to end, all of which have anchors, and puts
// the scores into their logits. Options that take nothing get 0.
func (n *lstm[T]) attend(r *run, first, end int) {
	a, w := &n.attention, n.width
	a.query = sized(a.query, w*(end-first))
	clear(a.query)
	a.curr.addMul(a.query, n.top().h[w*first:w*end], end-first)
	for j := first; j < end; j++ {
		logits := r.rows[j].of(r.logs)
		for o := range logits {
			logits[o] = 0
			to, ok := r.anchor(j, o)
			if !ok {
				continue
			}
			number := n.number(to)
			a.scores = append(a.scores, score{j, o, number})
			a.tanhs = append(a.tanhs, at(a.query, w, j-first)...)
			t := a.tanhs[len(a.tanhs)-w:]
			for i, k := range at(a.keys, w, number) {
				t[i] += k
			}
			vec.Tanh(t)
			for i, v := range a.v.val {
				logits[o] += float64(float64(v) * float64(t[i]))
			}
		}
	}
}

// backAttend takes the gradients of the logits of rows from first to end to dh and to
// those of the keys. It is called for all rows that attend, in order; next is the number
// of scores of the rows before, and it gives that with these rows.
func (n *lstm[T]) backAttend(r *run, first, end, next int) int {
	a, w := &n.attention, n.width
	if next == 0 {
		a.dkeys = sized(a.dkeys, len(a.keys))
		clear(a.dkeys)
	}
	a.query = sized(a.query, w*(end-first))
	clear(a.query)
	a.v.used = true
	for ; next < len(a.scores) && a.scores[next].row < end; next++ {
		s := a.scores[next]
		g := T(r.rows[s.row].of(r.grads)[s.option])
		dq, dk, dv := at(a.query, w, s.row-first), at(a.dkeys, w, s.anchor), a.v.grad
		for i, t := range at(a.tanhs, w, next) {
			dv[i] += T(g * t)
			d := T(g*a.v.val[i]) * (1 - T(t*t))
			dq[i] += d
			dk[i] += d
		}
	}
	a.curr.learn(a.query, n.top().h[w*first:w*end], end-first)
	n.across = a.curr.across(n.across)
	vec.Multiply(n.dh[w*first:], w, a.query, w, 1, n.across, w, end-first, w, w)
	return next
}

// backAnchors takes the gradients of the keys to dh, and to the inputs.
func (n *lstm[T]) backAnchors() {
	a, w := &n.attention, n.width
	if len(a.anchors) == 0 {
		return
	}
	a.prev.learn(a.dkeys, a.states, len(a.anchors))
	n.across = a.prev.across(n.across)
	for number, to := range a.anchors {
		var grad []T
		if to.row < 0 {
			grad = a.inputs[to.input].grad
			a.inputs[to.input].used = true
		} else {
			grad = at(n.dh, w, to.row)
		}
		vec.Multiply(grad, w, at(a.dkeys, w, number), w, 1, n.across, w, 1, w, w)
	}
}

package controller

import (
	"math"
	"slices"
	"strconv"

	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/vec"
)

// network is the recurrent network in one of the two precisions. Heads and tokens are
// known by their numbers: heads in the order made; token 0 is the start, and each head's
// options have the tokens that follow those of the head before.
type network interface {
	// addHead makes a head of a name; one that attends scores options by their anchors.
	addHead(name string, options int, attends bool)
	// addInputs makes room for anchors that are inputs, if there are fewer than so many.
	addInputs(inputs int)
	// forward computes the logits of the rows from first on, a step.
	forward(r *run, first int)
	// backward replaces the parameters' gradients by what the run's send back, and gives
	// their norm. It can be done once.
	backward(r *run) (norm float64)
	// update takes one step of Adam, with the gradients times scale, on every parameter
	// that had a part in them. Heads that the batch did not come to stay as they are,
	// moments and all.
	update(cfg *Config, scale float64)
	// params is the number of parameters.
	params() int
}

// lstm is a network of LSTM layers with h units:
//
//	z = Wx x + bx + Wh h' + bh     (i, f, g, o one after the other, h each)
//	c = σ(f) c' + σ(i) tanh(g)
//	h = σ(o) tanh(c)
//
// with h', c' from the step before. The two biases do the work of one; they are
// kept apart because frameworks do, and Adam moves their sum at twice the pace.
// Vectors are padded: h, and each of the four parts of z.
type lstm[T vec.Float] struct {
	seed   uint64
	init   float64
	hidden int
	width  int // hidden, padded

	start  *tensor[T] // 1 × hidden: the input of the first step
	layers []layer[T]
	heads  []head[T]
	all    []*tensor[T] // every tensor, in the order made
	tokens []token[T]
	ready  bool // bias and what is known of tokens belong to the parameters

	attention attention[T]

	zero, one  []T
	dh, dx, dc []T // gradients on the way back
	across     []T // a transposed matrix
	logits     []T
	squares    []float64

	used   []int // tokens that a run reads, in the order read
	inputs []T   // their embeddings
	sums   []T   // of the gradients of what the first layer makes of them
}

// layer is one layer, and what it did with each row of a run: z becomes the gates, and on
// the way back the gradient.
type layer[T vec.Float] struct {
	wx, wh *tensor[T] // 4h × h
	bx, bh *tensor[T] // 4h × 1
	bias   []T        // their sum

	z, c, tanhC, h []T
}

// head scores the options of a decision, and embeds them for the next step. One that
// attends has nothing to score with.
type head[T vec.Float] struct {
	embed  *tensor[T] // options × h
	weight *tensor[T] // options × h
	bias   *tensor[T] // options × 1
}

// token is an embedding, and what the first layer makes of it: Wx x + bx + bh.
type token[T vec.Float] struct {
	table *tensor[T]
	row   int
	z     []T
	known bool
	slot  int // its place among the tokens used, from 1
}

func newLSTM[T vec.Float](cfg *Config, seed uint64) *lstm[T] {
	h := cfg.Hidden
	n := &lstm[T]{seed: seed, init: cfg.Init, hidden: h, width: pad(h), zero: make([]T, pad(h)), one: []T{1}}
	n.start = n.tensor("start", newTable[T](1, h))
	n.addTokens(n.start)
	for i := range cfg.Layers {
		name := "layer " + strconv.Itoa(i) + " "
		n.layers = append(n.layers, layer[T]{
			wx: n.tensor(name+"input", newMatrix[T](4*h, h, h)),
			wh: n.tensor(name+"recurrent", newMatrix[T](4*h, h, h)),
			bx: n.tensor(name+"input bias", newMatrix[T](4*h, 1, h)),
			bh: n.tensor(name+"recurrent bias", newMatrix[T](4*h, 1, h)),
		})
	}
	return n
}

// tensor fills a tensor with values from the stream of its name.
func (n *lstm[T]) tensor(name string, t *tensor[T]) *tensor[T] {
	rng := seed.Stream(n.seed, "controller", name)
	for _, i := range t.places() {
		t.val[i] = T((2*rng.Float64() - 1) * n.init)
	}
	n.all = append(n.all, t)
	return t
}

func (n *lstm[T]) addHead(name string, options int, attends bool) {
	h := head[T]{embed: n.tensor("embedding of "+name, newTable[T](options, n.hidden))}
	if !attends {
		h.weight = n.tensor("head of "+name, newMatrix[T](options, n.hidden, options))
		h.bias = n.tensor("head bias of "+name, newMatrix[T](options, 1, options))
	}
	n.heads = append(n.heads, h)
	n.addTokens(h.embed)
}

func (n *lstm[T]) addTokens(table *tensor[T]) {
	for i := range table.rows {
		n.tokens = append(n.tokens, token[T]{table: table, row: i, z: make([]T, 4*n.width)})
	}
}

func (n *lstm[T]) params() int {
	sum := 0
	for _, t := range n.all {
		sum += t.rows * t.cols
	}
	return sum
}

// prepare computes what depends on the parameters alone.
func (n *lstm[T]) prepare() {
	if n.ready {
		return
	}
	for i := range n.layers {
		l := &n.layers[i]
		l.bias = sized(l.bias, 4*n.width)
		for j := range l.bias {
			l.bias[j] = l.bx.val[j] + l.bh.val[j]
		}
	}
	for i := range n.tokens {
		n.tokens[i].known = false
	}
	n.ready = true
}

func (n *lstm[T]) forward(r *run, first int) {
	n.prepare()
	if first == 0 {
		n.attention.begin()
	}
	w, end := n.width, len(r.rows)
	for i := range n.layers {
		l := &n.layers[i]
		l.grow(end, w)
		for j := first; j < end; j++ {
			z := l.bias
			if i == 0 {
				z = n.reads(r.rows[j].input)
			}
			copy(l.z[4*w*j:], z)
		}
		if i > 0 {
			l.wx.addMul(l.z[4*w*first:4*w*end], n.layers[i-1].h[w*first:w*end], end-first)
		}
		for j := first; j < end; {
			k := r.stretch(j, end)
			if b := r.rows[j].before; b >= 0 {
				l.wh.addMul(l.z[4*w*j:4*w*k], l.h[w*b:w*(b+k-j)], k-j)
			}
			j = k
		}
		for j := first; j < end; j++ {
			vec.LSTM(l.z[4*w*j:4*w*(j+1)], n.before(l.c, r.rows[j].before), at(l.c, w, j), at(l.tanhC, w, j), at(l.h, w, j))
		}
	}
	for j := first; j < end; {
		k := r.sameHead(j, end)
		if h := &n.heads[r.rows[j].head]; h.weight == nil {
			n.attend(r, j, k)
		} else {
			n.score(r, h, j, k)
		}
		j = k
	}
}

// score computes the logits of rows from first to end, all of one head.
func (n *lstm[T]) score(r *run, h *head[T], first, end int) {
	w, size, rows := n.width, h.bias.stride, end-first
	n.logits = sized(n.logits, size*rows)
	for i := range rows {
		copy(n.logits[size*i:], h.bias.val)
	}
	h.weight.addMul(n.logits, n.top().h[w*first:w*end], rows)
	for i := range rows {
		logits := r.rows[first+i].of(r.logs)
		for o := range logits {
			logits[o] = float64(n.logits[size*i+o])
		}
	}
}

// top is the last layer.
func (n *lstm[T]) top() *layer[T] { return &n.layers[len(n.layers)-1] }

// reads is what the first layer makes of a token.
func (n *lstm[T]) reads(token int) []T {
	t := &n.tokens[token]
	if !t.known {
		copy(t.z, n.layers[0].bias)
		n.layers[0].wx.addMul(t.z, t.embedding(), 1)
		t.known = true
	}
	return t.z
}

func (t *token[T]) embedding() []T { return at(t.table.val, t.table.stride, t.row) }

// at is row i of rows of n numbers.
func at[T any](x []T, n, i int) []T { return x[n*i : n*(i+1)] }

// before is row i of a layer's states; zeros for that before the first.
func (n *lstm[T]) before(states []T, i int) []T {
	if i < 0 {
		return n.zero
	}
	return at(states, n.width, i)
}

// grow makes room for rows, keeping those that there are.
func (l *layer[T]) grow(rows, width int) {
	l.z = grown(l.z, 4*rows*width)
	l.c, l.tanhC, l.h = grown(l.c, rows*width), grown(l.tanhC, rows*width), grown(l.h, rows*width)
}

// grown is x with n numbers; what is new is left open.
func grown[T any](x []T, n int) []T { return slices.Grow(x, max(0, n-len(x)))[:n] }

func (n *lstm[T]) backward(r *run) float64 {
	for _, t := range n.all {
		if t.used {
			clear(t.grad)
			t.used = false
		}
	}
	if len(r.rows) == 0 {
		return 0
	}
	w, rows := n.width, len(r.rows)
	n.dh, n.dx, n.dc = sized(n.dh, rows*w), sized(n.dx, rows*w), sized(n.dc, (rows+1)*w)
	clear(n.dh)
	n.backHeads(r)
	for i := len(n.layers) - 1; i >= 0; i-- {
		l := &n.layers[i]
		n.backTime(r, l)
		for j := 0; j < rows; {
			k := r.stretch(j, rows)
			if b := r.rows[j].before; b >= 0 {
				l.wh.learn(l.z[4*w*j:4*w*k], l.h[w*b:w*(b+k-j)], k-j)
			}
			j = k
		}
		if i == 0 {
			n.backTokens(r, l)
			break
		}
		dz := l.z[:4*w*rows]
		l.wx.learn(dz, n.layers[i-1].h[:w*rows], rows)
		l.bx.learnRows(dz, n.one, rows)
		n.dh, n.dx = n.dx, n.dh
		clear(n.dh)
		n.across = l.wx.across(n.across)
		vec.Multiply(n.dh, w, dz, 4*w, 1, n.across, w, rows, w, 4*w)
	}
	for i := range n.layers {
		l := &n.layers[i]
		copy(l.bh.grad, l.bx.grad)
		l.bh.used = true
	}
	return n.norm()
}

// norm is the length of the gradient. It does not depend on the order of the heads.
func (n *lstm[T]) norm() float64 {
	n.squares = n.squares[:0]
	for _, t := range n.all {
		if t.used {
			n.squares = append(n.squares, vec.SquareSum(t.grad))
		}
	}
	slices.Sort(n.squares)
	sum := 0.0
	for _, s := range n.squares {
		sum += s
	}
	return math.Sqrt(sum)
}

// backHeads takes the gradients of the logits to dh, that of what the last layer gave.
func (n *lstm[T]) backHeads(r *run) {
	scores := 0
	for j := 0; j < len(r.rows); {
		k := r.sameHead(j, len(r.rows))
		if h := &n.heads[r.rows[j].head]; h.weight == nil {
			scores = n.backAttend(r, j, k, scores)
		} else {
			n.backScore(r, h, j, k)
		}
		j = k
	}
	n.backAnchors()
}

// backScore is the way back through score.
func (n *lstm[T]) backScore(r *run, h *head[T], first, end int) {
	w, size, rows := n.width, h.bias.stride, end-first
	n.logits = sized(n.logits, size*rows)
	clear(n.logits)
	for i := range rows {
		for o, g := range r.rows[first+i].of(r.grads) {
			n.logits[size*i+o] = T(g)
		}
	}
	h.weight.learn(n.logits, n.top().h[w*first:w*end], rows)
	h.bias.learnRows(n.logits, n.one, rows)
	n.across = h.weight.across(n.across)
	vec.Multiply(n.dh[w*first:], w, n.logits, size, 1, n.across, w, rows, w, h.weight.rows)
}

// backTime takes dh through the steps of a layer, the last first. Its z become their gradients.
func (n *lstm[T]) backTime(r *run, l *layer[T]) {
	w := n.width
	clear(n.dc)
	n.across = l.wh.across(n.across)
	for t := len(r.steps) - 1; t >= 0; t-- {
		first, end := r.steps[t], r.end(t)
		for j := first; j < end; j++ {
			b := r.rows[j].before
			back := at(n.dc, w, len(r.rows)) // of the first step's nobody asks
			if b >= 0 {
				back = at(n.dc, w, b)
			}
			vec.LSTMBack(at(l.z, 4*w, j), n.before(l.c, b), at(l.tanhC, w, j), at(n.dh, w, j), at(n.dc, w, j), back)
		}
		for j := first; j < end; {
			k := r.stretch(j, end)
			if b := r.rows[j].before; b >= 0 {
				vec.Multiply(n.dh[w*b:], w, l.z[4*w*j:], 4*w, 1, n.across, w, k-j, w, 4*w)
			}
			j = k
		}
	}
}

// backTokens takes the gradients of the first layer's z to its weights and to the
// embeddings. Rows that read the same token are one.
func (n *lstm[T]) backTokens(r *run, l *layer[T]) {
	w := n.width
	n.used, n.sums, n.inputs = n.used[:0], n.sums[:0], n.inputs[:0]
	for j, row := range r.rows {
		t := &n.tokens[row.input]
		if t.slot == 0 {
			n.used = append(n.used, row.input)
			t.slot = len(n.used)
			n.inputs = append(n.inputs, t.embedding()...)
			n.sums = append(n.sums, at(l.z, 4*w, j)...)
			continue
		}
		vec.Multiply(at(n.sums, 4*w, t.slot-1), 4*w, n.one, 0, 0, at(l.z, 4*w, j), 4*w, 1, 4*w, 1)
	}
	u := len(n.used)
	l.wx.learn(n.sums, n.inputs, u)
	l.bx.learnRows(n.sums, n.one, u)
	n.across = l.wx.across(n.across)
	clear(n.inputs)
	vec.Multiply(n.inputs, w, n.sums, 4*w, 1, n.across, w, u, w, 4*w)
	for i, token := range n.used {
		t := &n.tokens[token]
		t.slot = 0
		t.table.used = true
		copy(at(t.table.grad, w, t.row), at(n.inputs, w, i))
	}
}

func (n *lstm[T]) update(cfg *Config, scale float64) {
	for _, t := range n.all {
		if !t.used {
			continue
		}
		if scale != 1 {
			for i := range t.grad {
				t.grad[i] *= T(scale)
			}
		}
		t.updates++
		vec.Adam(t.val, t.grad, t.m, t.v, vec.NewAdamStep(cfg.Rate, max(0, cfg.Beta1), cfg.Beta2, cfg.Eps, t.updates))
	}
	n.ready = false
}

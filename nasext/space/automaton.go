package space

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// automaton is what the rules of a global space come to: in which situations each
// of the layers on offer may follow, and to which situation it leads. So rules are
// asked while a space is made, and never again.
type automaton struct {
	situations []situation
	ways       [][]*big.Int // to add n layers to situation q: ways[n][q]; nil if q is too deep for n
	menus      [][]*menu    // of the next layer if n are left: menus[n][q]; nil if there is none
}

// situation is a set of beginnings that the rules do not tell apart.
type situation struct {
	watch watch
	depth int   // layers of the shortest of them
	next  []int // by layer on offer; -1 where a rule forbids it
}

const (
	maxOffers     = 10_000     // layers that a space may offer
	maxSituations = 20_000     // that its rules may tell apart
	maxSteps      = 20_000_000 // from situation to situation, for every number of layers
)

// compile makes the automaton of a space whose configuration has been checked.
func (s *GlobalSpace) compile() error {
	if err := s.explore(); err != nil {
		return err
	}
	s.count()
	if s.mostLayers() < s.config.MinLayers {
		return s.explain()
	}
	known := make(map[string]*menu)
	s.menus = make([][]*menu, s.config.MaxLayers+1)
	for n := 1; n <= s.config.MaxLayers; n++ {
		s.menus[n] = make([]*menu, len(s.situations))
		for q := range s.situations {
			if ways := s.ways[n][q]; ways == nil || ways.Sign() == 0 {
				continue
			}
			var layers []int
			for l, to := range s.situations[q].next {
				if to >= 0 && s.ways[n-1][to].Sign() > 0 {
					layers = append(layers, l)
				}
			}
			key := fmt.Sprint(layers)
			if known[key] == nil {
				known[key] = s.menu(layers, 0)
			}
			s.menus[n][q] = known[key]
		}
	}
	return nil
}

// explore finds the situations, the shallowest first.
func (s *GlobalSpace) explore() error {
	index := make(map[string]int)
	memories := make([]map[string]bool, len(s.config.Rules)) // of each rule, to blame the one that remembers most
	for i := range memories {
		memories[i] = make(map[string]bool)
	}
	add := func(x situation) int {
		key := s.key(x.watch)
		if q, known := index[key]; known {
			return q
		}
		for i, m := range x.watch.memory {
			memories[i][m] = true
		}
		index[key] = len(s.situations)
		s.situations = append(s.situations, x)
		return index[key]
	}
	add(situation{watch: s.watch()})
	for q := 0; q < len(s.situations); q++ {
		depth := s.situations[q].depth
		if depth == s.config.MaxLayers {
			break // the others are as deep
		}
		next := make([]int, len(s.offers))
		for l, layer := range s.offers {
			forbidden := false
			after := s.step(s.situations[q].watch, layer, func(string, string) { forbidden = true })
			if next[l] = -1; !forbidden {
				next[l] = add(situation{watch: after, depth: depth + 1})
			}
		}
		s.situations[q].next = next
		if n := len(s.situations); n > maxSituations || n*len(s.offers)*s.config.MaxLayers > maxSteps {
			return s.tooMany(memories)
		}
	}
	return nil
}

// key is equal for beginnings that no rule tells apart.
func (s *GlobalSpace) key(w watch) string {
	if !s.config.Skips {
		w.stage.run = 0
	}
	last := ""
	if slices.ContainsFunc(s.config.Rules, func(r Rule) bool { return r.Forbid != nil }) {
		last = w.last.String()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%v %s", w.stage, last)
	for _, m := range w.memory {
		fmt.Fprintf(&b, " %q", m)
	}
	return b.String()
}

// tooMany says that the rules tell too many situations apart, and which one most.
func (s *GlobalSpace) tooMany(memories []map[string]bool) error {
	most, name := 0, ""
	for i, m := range memories {
		if len(m) > most {
			most, name = len(m), s.config.Rules[i].Name
		}
	}
	if most <= len(s.offers)+1 {
		return fmt.Errorf("networks of up to %d layers out of %d on offer are too many to look through; offer less", s.config.MaxLayers, len(s.offers))
	}
	return fmt.Errorf("the rule “%s” remembers %d different things, too many for networks of up to %d layers out of %d on offer; its Step should remember less, or the space offer less", name, most, s.config.MaxLayers, len(s.offers))
}

// count finds in how many ways layers can be added to each situation.
func (s *GlobalSpace) count() {
	s.ways = make([][]*big.Int, s.config.MaxLayers+1)
	for n := range s.ways {
		s.ways[n] = make([]*big.Int, len(s.situations))
		for q, x := range s.situations {
			if x.depth+n > s.config.MaxLayers {
				break // and so are all behind it
			}
			if n == 0 {
				s.ways[n][q] = big.NewInt(1)
				continue
			}
			sum := new(big.Int)
			for l, to := range x.next {
				if to < 0 {
					continue
				}
				ways := s.ways[n-1][to]
				if bits := s.skippable(x, l); bits > 0 {
					ways = new(big.Int).Lsh(ways, uint(bits))
				}
				sum.Add(sum, ways)
			}
			s.ways[n][q] = sum
		}
	}
}

// skippable is how many earlier layers a layer may also take.
func (s *GlobalSpace) skippable(x situation, layer int) int {
	if !s.config.Skips || s.offers[layer].Op == OpDense {
		return 0
	}
	return max(0, x.watch.stage.run-1)
}

// mostLayers is how many layers a network can have under the rules, at most MaxLayers.
func (s *GlobalSpace) mostLayers() int {
	n := s.config.MaxLayers
	for s.ways[n][0].Sign() == 0 { // of none there is one
		n--
	}
	return n
}

// explain says why there is no architecture: what forbids each layer after one of
// the longest networks that there can be.
func (s *GlobalSpace) explain() error {
	n := s.mostLayers()
	q := 0
	var before []string
	for left := n; left > 0; left-- {
		l := slices.IndexFunc(s.situations[q].next, func(to int) bool { return to >= 0 && s.ways[left-1][to].Sign() > 0 })
		before = append(before, s.offers[l].String())
		q = s.situations[q].next[l]
	}
	var reasons []string
	seen := make(map[string]bool)
	for _, layer := range s.offers {
		s.step(s.situations[q].watch, layer, func(rule, why string) {
			if !seen[rule] {
				seen[rule] = true
				reasons = append(reasons, fmt.Sprintf("%v breaks “%s” (%s)", layer, rule, why))
			}
		})
	}
	where := "no layer can be the first"
	if n > 0 {
		where = fmt.Sprintf("no network has more than %d, and after %s nothing can follow", n, strings.Join(before, ", "))
	}
	return fmt.Errorf("there is no valid architecture of at least %d layers: %s: %s", s.config.MinLayers, where, strings.Join(reasons, "; "))
}

// menu is one of the decisions that make a layer: what it is, its width, its activation.
type menu struct {
	name    string // of the decision, with a verb for the number of the layer
	options []string
	next    []*menu // the decision that follows an option; nil if that is the layer
	layers  []int   // which layer that is
}

// menu makes the decisions that lead to some of the layers on offer, which are equal
// in their first so many words.
func (s *GlobalSpace) menu(layers []int, words int) *menu {
	m := &menu{name: "layer %d"}
	switch {
	case words == 1 && s.offers[layers[0]].Op == OpDense:
		m.name += " units"
	case words == 1:
		m.name += " channels"
	case words == 2:
		m.name += " activation"
	}
	for len(layers) > 0 {
		decided := s.words(layers[0])
		same := slices.IndexFunc(layers, func(l int) bool { return s.words(l)[words] != decided[words] })
		if same < 0 {
			same = len(layers)
		}
		m.options = append(m.options, decided[words])
		m.layers = append(m.layers, layers[0])
		if len(decided) == words+1 {
			m.next = append(m.next, nil)
		} else {
			m.next = append(m.next, s.menu(layers[:same], words+1))
		}
		layers = layers[same:]
	}
	return m
}

// words are the decisions that make a layer on offer.
func (s *GlobalSpace) words(layer int) []string {
	words := s.offers[layer].words()
	if len(s.config.Activations) <= 1 {
		words = words[:min(len(words), 2)] // the activation is no decision
	}
	return words
}

// offered is how many layers the configuration offers.
func (c GlobalConfig) offered() int {
	kinds := 1
	if c.Separable {
		kinds = 2
	}
	n := (kinds*len(c.FilterSizes)*len(c.Channels) + len(c.Units)) * max(1, len(c.Activations))
	for _, pool := range []bool{c.MaxPool, c.AvgPool, c.GlobalPool} {
		if pool {
			n++
		}
	}
	return n
}

// layers are all that the configuration offers, in the order of the options.
func (c GlobalConfig) layers() []Layer {
	activations := c.Activations
	if len(activations) == 0 {
		activations = []string{"relu"}
	}
	var list []Layer
	parametric := func(op string, size int, widths []int) {
		for _, w := range widths {
			for _, a := range activations {
				list = append(list, Layer{Op: op, Size: size, Width: w, Activation: a})
			}
		}
	}
	for _, k := range c.FilterSizes {
		parametric(OpConv, k, c.Channels)
	}
	if c.Separable {
		for _, k := range c.FilterSizes {
			parametric(OpSepConv, k, c.Channels)
		}
	}
	for _, pool := range []struct {
		on bool
		op string
	}{{c.MaxPool, OpMaxPool}, {c.AvgPool, OpAvgPool}, {c.GlobalPool, OpGlobalPool}} {
		if pool.on {
			list = append(list, Layer{Op: pool.op})
		}
	}
	parametric(OpDense, 0, c.Units)
	return list
}

// counts are the numbers of layers that a network can have.
func (s *GlobalSpace) counts() (numbers []int, options []string) {
	for n := s.config.MinLayers; n <= s.config.MaxLayers; n++ {
		if s.ways[n][0].Sign() > 0 {
			numbers = append(numbers, n)
			options = append(options, strconv.Itoa(n))
		}
	}
	return numbers, options
}

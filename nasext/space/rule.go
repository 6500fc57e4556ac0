package space

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Rule forbids some layers at some places of a network of the global space. Either
// Forbid or Step is set.
type Rule struct {
	Name string // such as "no pooling first"

	// Forbid says in words why next must not follow last, or nothing if it may. last
	// is the zero Layer where next is the first.
	Forbid func(last, next Layer) string

	// Step is for a rule that looks further back. It is given what the rule
	// remembers of the layers before, at first nothing, and says what it remembers
	// after next, and why next must not follow, or nothing if it may. The less a
	// rule remembers, the faster a space is made.
	Step func(memory string, next Layer) (after, why string)
}

// NoPoolingFirst is the rule that the first layer is no pooling: it would throw
// pixels away before anything has looked at them.
func NoPoolingFirst() Rule {
	return Rule{Name: "no pooling first", Step: func(memory string, next Layer) (after, why string) {
		if memory == "" && next.Pools() {
			why = "it would shrink the image before any layer has looked at it"
		}
		return "begun", why
	}}
}

// NoDenseBeforeConvolution is the rule that a dense layer stands after a convolution
// only: before, it would take the place of neighbouring pixels from the image.
func NoDenseBeforeConvolution() Rule {
	return Rule{Name: "no dense layer before the first convolution", Step: func(memory string, next Layer) (after, why string) {
		if next.Convolves() {
			return "convolved", ""
		}
		if memory == "" && next.Op == OpDense {
			why = "no convolution stands before it"
		}
		return memory, why
	}}
}

// NoRepeatedPattern is the rule that no pattern of up to length layers stands twice
// in a row: with 1, no layer is like the one before; with 2, a convolution and a
// pooling, say, are not followed by the same two again. Below 1 it forbids nothing.
func NoRepeatedPattern(length int) Rule {
	return Rule{Name: "no repeated pattern up to " + strconv.Itoa(length), Step: func(memory string, next Layer) (after, why string) {
		var chain []string // the last layers, as far as they matter
		if memory != "" {
			chain = strings.Split(memory, ", ")
		}
		chain = append(chain, next.String())
		keep := 0
		for p := 1; p <= length; p++ {
			// matched is how many of the last layers are like those p layers before them.
			matched := 0
			for i := len(chain) - 1; i >= p && chain[i] == chain[i-p]; i-- {
				matched++
			}
			if matched >= p && why == "" {
				why = strings.Join(chain[len(chain)-p:], ", ") + " would stand twice in a row"
			}
			keep = max(keep, p+matched)
		}
		return strings.Join(chain[max(0, len(chain)-keep):], ", "), why
	}}
}

// Without is a list of rules without the one of the given name.
func Without(rules []Rule, name string) ([]Rule, error) {
	i := slices.IndexFunc(rules, func(r Rule) bool { return r.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("space: there is no rule %q; the rules are %s", name, ruleNames(rules))
	}
	return slices.Delete(slices.Clone(rules), i, i+1), nil
}

// ruleNames lists rules for names of spaces and for errors.
func ruleNames(rules []Rule) string {
	names := make([]string, len(rules))
	for i, r := range rules {
		names[i] = r.Name
	}
	return strings.Join(names, "; ")
}

// check says what is wrong with a rule.
func (r Rule) check() error {
	switch {
	case r.Name == "":
		return errors.New("it has no name")
	case (r.Forbid == nil) == (r.Step == nil):
		return errors.New("it needs one of the functions Forbid and Step")
	}
	return nil
}

// Violation is a place where a network breaks a rule.
type Violation struct {
	Layer int    // which, from 1; 0 for the network as a whole
	Rule  string // the name of the rule
	Why   string // in words
}

func (v Violation) String() string {
	if v.Layer == 0 {
		return fmt.Sprintf("“%s”: %s", v.Rule, v.Why)
	}
	return fmt.Sprintf("layer %d breaks “%s”: %s", v.Layer, v.Rule, v.Why)
}

// watch is how far a network has come under the rules.
type watch struct {
	last   Layer
	memory []string // of each rule
	stage  stage
}

// stage is what shapes demand: rules that nobody can remove.
type stage struct {
	h, w   int  // of the image
	vector bool // there is no image any more
	run    int  // layers before that gave images of that size, if that matters
}

// shapes names the demands of shapes among the rules.
const shapes = "shapes fit"

// forbid says why a layer must not follow for its shapes.
func (st stage) forbid(l Layer) string {
	switch {
	case st.vector && l.Op != OpDense:
		return l.Op + " takes an image, but a dense layer or a global pooling has made it a vector"
	case (l.Op == OpMaxPool || l.Op == OpAvgPool) && min(st.h, st.w) < 2:
		return fmt.Sprintf("the image is %d×%d, too small for windows of 2×2", st.h, st.w)
	}
	return ""
}

// after is the stage after a layer.
func (st stage) after(l Layer) stage {
	st.run++
	switch l.Op {
	case OpMaxPool, OpAvgPool:
		st.h, st.w, st.run = st.h/2, st.w/2, 1
	case OpGlobalPool, OpDense:
		st = stage{vector: true}
	}
	return st
}

// step goes on to one more layer. It tells every rule that this breaks.
func (s *GlobalSpace) step(w watch, l Layer, broken func(rule, why string)) watch {
	after := watch{last: l, memory: make([]string, len(w.memory)), stage: w.stage}
	if why := w.stage.forbid(l); why != "" {
		broken(shapes, why)
	} else {
		after.stage = w.stage.after(l)
	}
	for i, r := range s.config.Rules {
		why := ""
		if r.Forbid != nil {
			why = r.Forbid(w.last, l)
		} else {
			after.memory[i], why = r.Step(w.memory[i], l)
		}
		if why != "" {
			broken(r.Name, why)
		}
	}
	return after
}

// Violations lists what keeps layers from being a network of the space: rules that
// they break, shapes that do not fit, layers that are not offered, and a wrong
// number of them. A layer that breaks a rule counts for those after it all the same.
func (s *GlobalSpace) Violations(layers []Layer) []Violation {
	var list []Violation
	if n := len(layers); n < s.config.MinLayers || n > s.config.MaxLayers {
		list = append(list, Violation{0, "number of layers", fmt.Sprintf("there are %d; %d to %d are allowed", n, s.config.MinLayers, s.config.MaxLayers)})
	}
	w := s.watch()
	for i, l := range layers {
		if !slices.Contains(s.offers, l) {
			list = append(list, Violation{i + 1, "what is offered", fmt.Sprintf("the space offers no %v", l)})
		}
		w = s.step(w, l, func(rule, why string) { list = append(list, Violation{i + 1, rule, why}) })
	}
	return list
}

// watch is where a network begins.
func (s *GlobalSpace) watch() watch {
	return watch{memory: make([]string, len(s.config.Rules)), stage: stage{h: s.config.Input.H, w: s.config.Input.W}}
}

// explainMissing says which rules forbid the layers that an option would begin.
func (s *GlobalSpace) explainMissing(chosen Genotype, option string) string {
	_, r := s.read(chosen)
	if r.place.layer == 0 || r.place.from > 0 {
		return ""
	}
	var words []string // that the layer begins with
	m := s.menus[r.place.left][r.place.situation]
	for _, o := range chosen[r.place.chosen:] {
		words = append(words, m.options[o])
		m = m.next[o]
	}
	words = append(words, option)
	var reasons []string
	for i, l := range s.offers {
		if list := s.words(i); len(list) < len(words) || !slices.Equal(list[:len(words)], words) {
			continue
		}
		s.step(s.situations[r.place.situation].watch, l, func(rule, why string) {
			reasons = append(reasons, Violation{r.place.layer, rule, why}.String())
		})
	}
	slices.Sort(reasons)
	reasons = slices.Compact(reasons)
	if len(reasons) == 0 {
		return ""
	}
	return ": " + strings.Join(reasons, "; ")
}

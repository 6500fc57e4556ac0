package space

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/nascent-go/nascent/nasext/arch"
)

// Custom is a space that one function describes: see New.
type Custom struct {
	name string
	net  func(c *Choices) (*arch.Arch, error)
}

// New makes a space of a function that builds a network and, where it could go one
// way or another, asks its argument:
//
//	s, err := space.New("towers", func(c *space.Choices) (*arch.Arch, error) {
//		b := arch.NewBuilder("tower", digits.Shape)
//		x := b.In()
//		for i := range c.Int("layers", 1, 2, 3) {
//			x = b.ConvBNReLU(x, c.Int(fmt.Sprint("filters ", i), 8, 16, 32), 3)
//		}
//		b.Classifier(x, 10)
//		return b.Build()
//	})
//
// In a cell of a notebook this is the way to a space that can do what the others
// can: of a type that a cell declares, compiled code sees the methods of Space only,
// and no capabilities such as Sizer and Stater.
//
// What the function does may depend on the answers and on nothing else. It is left
// in the middle, by a panic that New's space takes back, whenever only the next
// decision is asked for; several calls of it may run at once.
//
// The name identifies the space: another function needs another name. The error
// says what is wrong with the decisions that the function asks for first.
func New(name string, net func(c *Choices) (*arch.Arch, error)) (*Custom, error) {
	switch {
	case name == "":
		return nil, errors.New("space: a space of one's own needs a name; it tells the studies of different spaces apart")
	case net == nil:
		return nil, fmt.Errorf("space %s: there is no function (nil) that asks for its decisions and builds its networks", name)
	}
	s := &Custom{name: name, net: net}
	g, err := First(s)
	if err == nil {
		err = Check(s, g)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Name is the name given to New.
func (s *Custom) Name() string { return s.name }

// Next is the decision that the function asks for after the choices made so far.
func (s *Custom) Next(chosen Genotype) (Decision, bool, error) {
	c := &Choices{given: chosen}
	_, _, err := s.run(c)
	if err != nil || c.pending == nil {
		return Decision{}, false, err
	}
	return *c.pending, true, nil
}

// State is the last state that the function named, with what was decided since; it
// is empty if it named none.
func (s *Custom) State(chosen Genotype) string {
	c := &Choices{given: chosen}
	if _, _, err := s.run(c); err != nil || !c.named {
		return ""
	}
	return strconv.Quote(c.state) + dashed(chosen[c.since:])
}

// Build makes the network of a complete genotype.
func (s *Custom) Build(g Genotype) (*arch.Arch, error) {
	c := &Choices{given: g}
	a, buildErr, err := s.run(c)
	switch {
	case err != nil:
		return nil, err
	case c.pending != nil:
		return nil, fmt.Errorf("space %s: the genotype %v is not complete: %q is undecided", s.name, g, c.pending.Name)
	case buildErr != nil:
		return nil, fmt.Errorf("space %s: building %v: %w", s.name, g, buildErr)
	case a == nil:
		return nil, fmt.Errorf("space %s: building %v: the function returned no architecture and no error", s.name, g)
	}
	return a, nil
}

// run calls the function with c. It returns what the function returned; err is
// what is wrong with how it asked.
func (s *Custom) run(c *Choices) (a *arch.Arch, buildErr, err error) {
	defer func() {
		switch v := recover(); {
		case c.err != nil:
			err = fmt.Errorf("space %s: %w", s.name, c.err)
		case c.pending != nil:
		case v != nil:
			err = fmt.Errorf("space %s: after the choices %v its function panicked: %v", s.name, c.given[:c.asked], v)
		case c.asked < len(c.given):
			err = fmt.Errorf("space %s: %d choices, but the architecture is complete after %d", s.name, len(c.given), c.asked)
		}
	}()
	a, buildErr = s.net(c)
	return a, buildErr, nil
}

// Choices answers what a space's function asks while it builds a network. Every
// decision has a name of its own, and at least one option. A network has at most
// 1000 decisions.
type Choices struct {
	given   Genotype
	names   map[string]bool
	asked   int       // decisions answered
	pending *Decision // the first decision that no choice answers
	err     error     // what was asked in a wrong way

	named bool // a state was named
	state string
	since int // how many decisions were answered before that
}

// maxAsked is how many decisions a network can have.
const maxAsked = 1000

// stop is what ask panics with to leave the function.
type stop struct{}

// ask is the index of the option taken. It does not return if there is no answer.
func (c *Choices) ask(d Decision) int {
	i := c.asked
	switch {
	case c.err != nil || c.pending != nil: // the function took back the panic and went on
	case c.names[d.Name]:
		c.err = fmt.Errorf("after the choices %v it asks for %q again; the names of a genotype's decisions must differ", c.given[:i], d.Name)
	case i == maxAsked:
		c.err = fmt.Errorf("after %d choices it still asks (for %q); a space of one's own must end before that", i, d.Name)
	case i == len(c.given):
		c.pending = &d
	case c.given[i] < 0 || c.given[i] >= len(d.Options):
		c.err = fmt.Errorf("choice %d (%s) is option %d; there are options 0 to %d", i, d.Name, c.given[i], len(d.Options)-1)
	default:
		if c.names == nil {
			c.names = make(map[string]bool)
		}
		c.names[d.Name] = true
		c.asked++
		return c.given[i]
	}
	panic(stop{})
}

// Pick is one of the options.
func (c *Choices) Pick(name string, options ...string) string {
	return options[c.ask(Decision{Name: name, Options: options})]
}

// Int is one of the numbers.
func (c *Choices) Int(name string, options ...int) int {
	return options[c.ask(Decision{Name: name, Options: words(options)})]
}

// Float is one of the numbers.
func (c *Choices) Float(name string, options ...float64) float64 {
	return options[c.ask(Decision{Name: name, Options: rates(options)})]
}

// Yes is the answer to a question; no comes first.
func (c *Choices) Yes(name string) bool {
	return c.ask(Decision{Name: name, Options: noYes()}) == 1
}

// State says that name, with the answers from here on, is all that decides what the
// function will ask for, whatever was answered before; names of decisions count
// too. A space of millions of architectures can be counted, numbered and drawn from
// uniformly if its function says so now and then:
//
//	for i := range layers {
//		c.State(fmt.Sprint(i, layers, b.Shape(x)))
//		…
func (c *Choices) State(name string) {
	c.named, c.state, c.since = true, name, c.asked
}

var _ Stater = (*Custom)(nil)

package morph

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/space"
)

// SpaceConfig says what networks grow out of, and how far.
type SpaceConfig struct {
	Start  *arch.Arch // the network that all grow out of
	Steps  int        // the most morphisms of a network, 1 to 1000; 0 means 8
	Limits Limits
}

// Space is the search space of all networks that grow out of one. A genotype is a
// sequence of morphisms: each decision offers to stop, option 0, and what Offers lists;
// after the last step there is nothing more to decide.
type Space struct {
	config SpaceConfig
	name   string

	mu    sync.Mutex
	grown map[string]stage // by the morphisms; what was needed lately
}

// stage is a network with what it can become.
type stage struct {
	arch   *arch.Arch
	offers []Morphism
}

// stop is the option that ends the growth.
const stop = "stop"

// maxStages is how many networks are kept.
const maxStages = 4096

// NewSpace makes the space of a network.
func NewSpace(config SpaceConfig) (*Space, error) {
	c := config
	if c.Start == nil {
		return nil, errors.New("morph: a space needs a network that all others grow out of; Start is nil")
	}
	if err := c.Start.Check(); err != nil {
		return nil, fmt.Errorf("morph: a space that starts at %q: %w", c.Start.Name, err)
	}
	if c.Steps == 0 {
		c.Steps = 8
	}
	c.Limits = c.Limits.withDefaults()
	if l := c.Limits; c.Steps < 1 || c.Steps > 1000 || l.Params < 0 || l.Width < 1 || l.Filter < 1 || l.Layers < 1 {
		return nil, fmt.Errorf("morph: a space of %d steps within %+v; steps are 1 to 1000, limits positive, and 0 means the default", c.Steps, l)
	}
	s := &Space{config: c, grown: map[string]stage{}}
	s.name = fmt.Sprintf("morph(%s %.8s, %d steps, params %d width %d filter %d layers %d)",
		c.Start.Name, c.Start.Hash(), c.Steps, c.Limits.Params, c.Limits.Width, c.Limits.Filter, c.Limits.Layers)
	return s, nil
}

// Name is the network with its hash, and the settings.
func (s *Space) Name() string { return s.name }

// Config is the configuration with its defaults filled in.
func (s *Space) Config() SpaceConfig { return s.config }

// Next offers the next morphism, or to stop.
func (s *Space) Next(chosen space.Genotype) (space.Decision, bool, error) {
	at, ended, err := s.follow(chosen)
	if err != nil || ended {
		return space.Decision{}, false, err
	}
	return s.decision(len(chosen), at), true, nil
}

func (s *Space) decision(step int, at stage) space.Decision {
	d := space.Decision{Name: fmt.Sprintf("morphism %d", step+1), Options: []string{stop}}
	for _, m := range at.offers {
		d.Options = append(d.Options, m.String())
	}
	return d
}

// follow grows the network by the choices, and says whether they are complete.
func (s *Space) follow(chosen space.Genotype) (at stage, ended bool, err error) {
	morphisms := strings.Builder{}
	at, err = s.stage("", nil, Morphism{})
	for i, o := range chosen {
		if err != nil {
			return at, false, err
		}
		if ended || i == s.config.Steps {
			return at, false, fmt.Errorf("space %s: %d choices, but the network is complete after %d", s.name, len(chosen), i)
		}
		if o < 0 || o > len(at.offers) {
			return at, false, fmt.Errorf("space %s: choice %d (morphism %d) is option %d; there are options 0 to %d", s.name, i, i+1, o, len(at.offers))
		}
		if ended = o == 0; !ended {
			what := at.offers[o-1]
			fmt.Fprintf(&morphisms, "%d ", o)
			at, err = s.stage(morphisms.String(), at.arch, what)
		}
	}
	return at, ended || len(chosen) == s.config.Steps, err
}

// stage is what a network becomes by a morphism, known by all morphisms so far; the
// start if there are none.
func (s *Space) stage(key string, from *arch.Arch, what Morphism) (stage, error) {
	s.mu.Lock()
	at, ok := s.grown[key]
	s.mu.Unlock()
	if ok {
		return at, nil
	}
	at.arch = s.config.Start
	var err error
	if key != "" {
		if at.arch, err = Apply(from, what); err != nil {
			return at, fmt.Errorf("space %s: %w", s.name, err)
		}
	}
	if at.offers, err = Offers(at.arch, s.config.Limits); err != nil {
		return at, fmt.Errorf("space %s: %w", s.name, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.grown) >= maxStages {
		clear(s.grown)
	}
	s.grown[key] = at
	return at, nil
}

// Morphisms are those of a complete genotype.
func (s *Space) Morphisms(g space.Genotype) ([]Morphism, error) {
	if err := s.complete(g); err != nil {
		return nil, err
	}
	var list []Morphism
	for i, o := range g {
		at, _, err := s.follow(g[:i])
		if err != nil {
			return nil, err
		}
		if o > 0 {
			list = append(list, at.offers[o-1])
		}
	}
	return list, nil
}

// complete says what is wrong with a genotype as a complete one.
func (s *Space) complete(g space.Genotype) error {
	_, ended, err := s.follow(g)
	if err == nil && !ended {
		err = fmt.Errorf("space %s: the genotype %v is not complete: morphism %d is undecided", s.name, g, len(g)+1)
	}
	return err
}

// Build makes the network of a complete genotype.
func (s *Space) Build(g space.Genotype) (*arch.Arch, error) {
	if err := s.complete(g); err != nil {
		return nil, err
	}
	at, _, err := s.follow(g)
	return at.arch, err
}

// Morphs lists what a complete genotype becomes by one morphism more.
func (s *Space) Morphs(g space.Genotype) ([]space.Genotype, error) {
	if err := s.complete(g); err != nil {
		return nil, err
	}
	begin := grownBy(g)
	if len(begin) == s.config.Steps {
		return nil, nil
	}
	at, _, err := s.follow(begin)
	if err != nil {
		return nil, err
	}
	list := make([]space.Genotype, len(at.offers))
	for i := range list {
		list[i] = append(slices.Clone(begin), i+1)
		if len(list[i]) < s.config.Steps {
			list[i] = append(list[i], 0)
		}
	}
	return list, nil
}

// grownBy is a genotype without its stop.
func grownBy(g space.Genotype) space.Genotype {
	if n := len(g); n > 0 && g[n-1] == 0 {
		return g[:n-1]
	}
	return g
}

var _ space.Morpher = (*Space)(nil)

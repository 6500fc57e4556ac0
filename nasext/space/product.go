package space

import (
	"fmt"
	"math/big"
	"strconv"
)

// product is the part of a space whose architectures all take the same decisions,
// with the same options, whatever was chosen before.
type product struct {
	name      string
	decisions []Decision
}

// Name is the space with its settings.
func (p *product) Name() string { return p.name }

// Next asks for one decision after the other. The options belong to the space and
// must not be changed.
func (p *product) Next(chosen Genotype) (Decision, bool, error) {
	if err := p.check(chosen); err != nil {
		return Decision{}, false, err
	}
	if len(chosen) == len(p.decisions) {
		return Decision{}, false, nil
	}
	return p.decisions[len(chosen)], true, nil
}

// State is how many decisions were taken: they decide nothing about the others.
func (p *product) State(chosen Genotype) string { return strconv.Itoa(len(chosen)) }

// Size is the product of the numbers of options.
func (p *product) Size() *big.Int {
	size := big.NewInt(1)
	for _, d := range p.decisions {
		size.Mul(size, big.NewInt(int64(len(d.Options))))
	}
	return size
}

// check says what is wrong with a beginning.
func (p *product) check(chosen Genotype) error {
	if len(chosen) > len(p.decisions) {
		return fmt.Errorf("space %s: %d choices, but the architecture is complete after %d", p.name, len(chosen), len(p.decisions))
	}
	for i, o := range chosen {
		if o < 0 || o >= len(p.decisions[i].Options) {
			return outOfRange(p.name, i, o, p.decisions[i])
		}
	}
	return nil
}

// checkComplete says what is wrong with a complete genotype.
func (p *product) checkComplete(g Genotype) error {
	if err := p.check(g); err != nil {
		return err
	}
	if len(g) < len(p.decisions) {
		return fmt.Errorf("space %s: the genotype %v is not complete: %q is undecided", p.name, g, p.decisions[len(g)].Name)
	}
	return nil
}

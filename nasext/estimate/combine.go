package estimate

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/space"
)

// combined is an estimator made of others, its parts.
type combined struct {
	parts []Estimator
	name  func(parts []Estimator) string
	// join makes one estimate; of gives that of a part.
	join func(of func(part int) (Estimate, error)) (Estimate, error)
}

// combine is the estimator. It goes by genotypes if a part does, and by budgets too, which
// those parts get that know them.
func combine(c combined) (Estimator, error) {
	var genotypes, budgets bool
	for i, p := range c.parts {
		if v := reflect.ValueOf(p); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
			return nil, fmt.Errorf("%w %d", errNoPart, i+1)
		}
		_, g := p.(ByGenotype)
		_, b := p.(Budgeted)
		genotypes, budgets = genotypes || g, budgets || b
	}
	switch {
	case genotypes && budgets:
		return combinedByBoth{combinedByGenotype{c}}, nil
	case genotypes:
		return combinedByGenotype{c}, nil
	case budgets:
		return combinedByBudget{c}, nil
	}
	return c, nil
}

var errNoPart = errors.New("there is no estimator (nil) as part")

// Name implements Estimator.
func (c combined) Name() string { return c.name(c.parts) }

// Estimate implements Estimator.
func (c combined) Estimate(ctx context.Context, a *arch.Arch, seed uint64) (Estimate, error) {
	return c.join(func(part int) (Estimate, error) { return c.parts[part].Estimate(ctx, a, seed) })
}

// at gives the parts another budget.
func (c combined) at(b Budget) combined {
	parts := make([]Estimator, len(c.parts))
	for i, p := range c.parts {
		parts[i] = p
		if p, ok := p.(Budgeted); ok {
			parts[i] = p.At(b)
		}
	}
	c.parts = parts
	return c
}

type combinedByGenotype struct{ combined }

// EstimateGenotype implements ByGenotype.
func (c combinedByGenotype) EstimateGenotype(ctx context.Context, g space.Genotype, a *arch.Arch, seed uint64) (Estimate, error) {
	return c.join(func(part int) (Estimate, error) {
		if p, ok := c.parts[part].(ByGenotype); ok {
			return p.EstimateGenotype(ctx, g, a, seed)
		}
		return c.parts[part].Estimate(ctx, a, seed)
	})
}

type combinedByBudget struct{ combined }

// At implements Budgeted.
func (c combinedByBudget) At(b Budget) Estimator { return combinedByBudget{c.at(b)} }

type combinedByBoth struct{ combinedByGenotype }

// At implements Budgeted.
func (c combinedByBoth) At(b Budget) Estimator {
	return combinedByBoth{combinedByGenotype{c.at(b)}}
}

// also adds to an estimate what another says that it does not, and its time.
func (e *Estimate) also(o Estimate) {
	e.Seconds += o.Seconds
	if e.Params == 0 && e.MACs == 0 {
		e.Params, e.MACs = o.Params, o.MACs
	}
	if e.Latency == 0 {
		e.Latency = o.Latency
	}
	if e.Curve == nil {
		e.Curve = o.Curve
	}
	switch {
	case e.Note == "":
		e.Note = o.Note
	case o.Note != "":
		e.Note += "; " + o.Note
	}
}

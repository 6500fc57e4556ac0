package enginetest

import (
	"fmt"
	"strings"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/internal/opcase"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/seed"
)

// trials is how many settings and shapes are drawn of each kind of operation.
const trials = 8

// Operations are all kinds of operations, each with random settings, shapes and sizes of
// batches: outputs in training and outside, gradients of inputs, weights and mixing numbers,
// running moments, and what is dropped. A function of one's own may be refused.
func Operations() (all []Case) {
	for _, k := range opcase.Kinds() {
		all = append(all, Case{"operation " + string(k), func(e engine.Engine) error {
			for trial := range trials {
				if err := operation(e, k, trial); err != nil {
					return err
				}
			}
			return nil
		}})
	}
	return all
}

// operation checks one operation, with two batches so that the second finds what the first left.
func operation(e engine.Engine, k arch.Kind, trial int) error {
	d := seed.Stream(uint64(trial), "engine suite", string(k))
	a, batch := opcase.Around(d, k)
	fault := func(err error) error {
		return fmt.Errorf("%s on %v, %d samples, trial %d: %w", a.Nodes[1].Op, a.Input, batch, trial, err)
	}
	p, err := newPair(e, a, d)
	if err != nil {
		return fault(err)
	}
	if k == arch.BatchNorm || k == arch.Mix {
		batch = max(batch, 6) // the variance of few numbers may be so close to 0 that digits are lost
	}
	for _, samples := range []int{batch, max(1, 2*batch/3)} {
		err := p.pass(exact(opcase.Inputs(d, k, samples*a.Input.Elems())), d)
		if err != nil && k == arch.Custom && strings.Contains(err.Error(), `"op"`) {
			return nil // refused, by the name of the node
		}
		if err != nil {
			return fault(err)
		}
	}
	return nil
}

package space

import (
	"fmt"
	"math/big"
)

// Sizer is a space that knows how many architectures it holds.
type Sizer interface {
	Space
	// Size is the number of complete genotypes.
	Size() *big.Int
}

// maxCounted is how many architectures Size counts one by one.
const maxCounted = 10_000_000

// Size is the exact number of genotypes of a space. A space that is no Sizer is
// counted by walking it, which is refused above ten million.
func Size(s Space) (*big.Int, error) {
	if missing(s) {
		return nil, errMissing
	}
	if sized, ok := s.(Sizer); ok {
		return sized.Size(), nil
	}
	var n int64
	var count func(g Genotype) error
	count = func(g Genotype) error {
		d, more, err := next(s, g)
		if err != nil {
			return err
		}
		if !more {
			if n++; n > maxCounted {
				return fmt.Errorf("space %s: it holds more than %d architectures, too many to count one by one; give it a method Size() *big.Int", s.Name(), maxCounted)
			}
			return nil
		}
		for o := range d.Options {
			if err := count(append(g, o)); err != nil {
				return err
			}
		}
		return nil
	}
	if err := count(nil); err != nil {
		return nil, err
	}
	return big.NewInt(n), nil
}

package cell

import (
	"fmt"

	"github.com/nascent-go/nascent/nasext/arch"
)

// Skeleton puts the cells of a genotype into a network: a stem, three stages of
// cells with a reduction before the second and the third, a head. Two networks of
// one skeleton differ in their cells only.
type Skeleton interface {
	// Name identifies the skeleton with its settings.
	Name() string
	// Build makes the network of a genotype. It is an error if the genotype is none
	// or a setting of the skeleton is out of range, or if the image is too small.
	Build(g Genotype) (*arch.Arch, error)
}

// maxCells bounds the cells of a skeleton.
const maxCells = 1000

// build checks the genotype and the settings of a skeleton and builds.
func build(s Skeleton, g Genotype, input arch.Shape, style style, settings settings, add func(*stack)) (*arch.Arch, error) {
	if err := settings.check(); err != nil {
		return nil, fmt.Errorf("cell: %s: %w", s.Name(), err)
	}
	if err := g.Check(); err != nil {
		return nil, err
	}
	n := &stack{Builder: arch.NewBuilder(g.String(), input), style: style}
	add(n)
	a, err := n.Build()
	if err != nil {
		return nil, fmt.Errorf("cell: %s: %w", s.Name(), err)
	}
	return a, nil
}

// settings are those of a skeleton that are in a range.
type settings struct {
	numbers  []setting
	dropPath float64
}

// check says what is out of its range.
func (s settings) check() error {
	for _, v := range s.numbers {
		if v.value < 1 || v.value > v.most {
			return fmt.Errorf("%s is %d; it must be 1 to %d, or 0 for the published number", v.name, v.value, v.most)
		}
	}
	if !(s.dropPath >= 0 && s.dropPath < 1) {
		return fmt.Errorf("DropPath is %v; it must be at least 0 and below 1", s.dropPath)
	}
	return nil
}

// dropPathName is a rate of drop path in the name of a skeleton, nothing if there is none.
func dropPathName(rate float64) string {
	if rate == 0 {
		return ""
	}
	return fmt.Sprintf(" drop path=%g", rate)
}

// setting is a number of a skeleton that must lie between 1 and most.
type setting struct {
	name        string
	value, most int
}

func channels(name string, n int) setting { return setting{name, n, 1 << 14} }
func cells(name string, n int) setting    { return setting{name, n, maxCells} }
func classes(n int) setting               { return setting{"Classes", n, 1 << 20} }

// or is n, or its default if it is 0.
func or(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

// image is the input, or a square image of three channels if it is zero.
func image(input arch.Shape, side int) arch.Shape {
	if input == (arch.Shape{}) {
		return arch.Shape{C: 3, H: side, W: side}
	}
	return input
}

// flag is " word" if on is set, for names.
func flag(on bool, word string) string {
	if on {
		return " " + word
	}
	return ""
}

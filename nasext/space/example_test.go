package space_test

import (
	"fmt"
	"log"
	"math/big"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

// A space of one's own: towers of one to three convolutions.
func ExampleNew() {
	towers, err := space.New("towers", func(c *space.Choices) (*arch.Arch, error) {
		b := arch.NewBuilder("tower", arch.Shape{C: 1, H: 8, W: 8})
		x := b.In()
		for i := range c.Int("layers", 1, 2, 3) {
			x = b.ConvBNReLU(x, c.Int(fmt.Sprint("filters ", i), 8, 16, 32), 3)
		}
		b.Classifier(x, 10)
		return b.Build()
	})
	if err != nil {
		log.Fatal(err)
	}
	size, err := space.Size(towers)
	if err != nil {
		log.Fatal(err)
	}
	g, err := space.Parse(towers, "2, 8, 32")
	if err != nil {
		log.Fatal(err)
	}
	near, err := space.Neighbours(towers, g)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(size, "towers, of which", len(near), "are neighbours of", g)
	// Output: 39 towers, of which 6 are neighbours of [1 0 2]
}

// Any architecture of a space that is far too large for a list.
func ExampleEnumerate() {
	s, err := space.ZophLe2017(space.ZophLeConfig{Layers: 3})
	if err != nil {
		log.Fatal(err)
	}
	e, err := space.Enumerate(s)
	if err != nil {
		log.Fatal(err)
	}
	last := new(big.Int).Sub(e.Size(), big.NewInt(1))
	g, err := e.At(last)
	if err != nil {
		log.Fatal(err)
	}
	text, err := space.Format(s, g)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(last, text)
	drawn, err := e.Uniform(seed.Stream(1, "example"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("an architecture of the space:", space.Check(s, drawn) == nil)
	// Output:
	// 2097151 7, 7, 64, 7, 7, 64, yes, 7, 7, 64, yes, yes
	// an architecture of the space: true
}

// Rules are added and removed, and say where a network breaks them.
func ExampleGlobalSpace_Violations() {
	config := space.DefaultGlobal(arch.Shape{C: 1, H: 8, W: 8}, 10)
	config.Rules = append(config.Rules, space.Rule{Name: "never wider", Forbid: func(last, next space.Layer) string {
		if last.Width > 0 && next.Width > last.Width {
			return fmt.Sprintf("%d is more than the %d before", next.Width, last.Width)
		}
		return ""
	}})
	s, err := space.Global(config)
	if err != nil {
		log.Fatal(err)
	}
	layers, err := space.ParseLayers("maxpool, conv 3x3 8, conv 3x3 16")
	if err != nil {
		log.Fatal(err)
	}
	for _, v := range s.Violations(layers) {
		fmt.Println(v)
	}
	// Output:
	// layer 1 breaks “no pooling first”: it would shrink the image before any layer has looked at it
	// layer 3 breaks “never wider”: 16 is more than the 8 before
}

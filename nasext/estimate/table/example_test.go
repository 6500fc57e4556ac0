package table_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/estimate/table"
	"github.com/nascent-go/nascent/nasext/space"
)

// The accuracy of one cell, and of the network that is built of it.
func ExampleNASBench201() {
	b, err := table.NASBench201()
	if err != nil {
		panic(err)
	}
	g, err := space.Parse(b.Space(), "|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|")
	if err != nil {
		panic(err)
	}
	accuracy, err := b.Value(g, table.NB201Accuracy)
	if err != nil {
		panic(err)
	}
	lookup, err := b.Lookup(table.LookupConfig{})
	if err != nil {
		panic(err)
	}
	a, err := b.Space().Build(g)
	if err != nil {
		panic(err)
	}
	e, err := lookup.Estimate(context.Background(), a, 1)
	if err != nil {
		panic(err)
	}
	fmt.Println(accuracy, e.Score, e.Params)
	// Output: 93.91 93.91 559386
}

// A table of one's own: a column with architectures and columns with numbers.
func ExampleCSV() {
	nets, err := space.Global(space.GlobalConfig{
		Input: arch.Shape{C: 1, H: 8, W: 8}, Classes: 10, MinLayers: 1, MaxLayers: 1, FilterSizes: []int{1, 3}, Channels: []int{8},
	})
	if err != nil {
		panic(err)
	}
	const measured = `genotype,accuracy,seconds
"1, conv 1×1, 8",41.5,3
"1, conv 3×3, 8",88.25,5
`
	b, err := table.CSV(strings.NewReader(measured), nets, table.Config{Name: "mine", Complete: true})
	if err != nil {
		panic(err)
	}
	accuracy, err := b.Column("accuracy")
	if err != nil {
		panic(err)
	}
	fmt.Println(b)
	fmt.Println(accuracy)
	// Output:
	// table mine: 2 rows of global(input=1×8×8 classes=10 layers=1..1 filters=1,3 channels=8); columns accuracy, seconds
	// [41.5 88.25]
}

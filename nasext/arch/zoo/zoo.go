// Package zoo builds published networks from short descriptions: tables of
// stages, as the papers print them, and genotypes of cells.
//
//	a, err := zoo.GoogLeNet(arch.Shape{C: 3, H: 224, W: 224}, 1000)
//	a, err = zoo.Build("ResNet-50") // at the input and the classes of its publication
//	table, err := zoo.List()        // what there is, with published and computed figures
//
// Each function takes the input and the number of classes, and takes any input on
// which the operations fit. Networks that torchvision has are built as it builds
// them. Where it pools adaptively to a fixed size, which is the identity at the
// published input, nothing stands; where it drops whole blocks at random while
// training (stochastic depth), nothing stands either.
package zoo

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/internal/columns"
)

// Network is what the zoo knows of one network.
type Network struct {
	Name            string
	Paper           string     // authors and year
	Input           arch.Shape // for which the figures hold
	Classes         int
	Params          int64 // computed: trainable, those of auxiliary heads included
	PublishedParams int64 // 0 if none are published
	MACs            int64 // computed: at inference, of convolutions and linear layers
	PublishedMACs   int64
	Source          string // of the published figures
}

// Table is a list of networks; its text is a table.
type Table []Network

// List is the table of all networks, with what is published of each beside what
// is computed from its graph.
func List() (Table, error) {
	var t Table
	for _, e := range entries() {
		a, err := e.build(e.input, e.classes)
		if err != nil {
			return nil, fmt.Errorf("zoo: %s: %w", e.name, err)
		}
		n := Network{
			Name: e.name, Paper: e.paper, Input: e.input, Classes: e.classes,
			PublishedParams: e.params, PublishedMACs: e.macs, Source: e.source,
		}
		if n.Params, err = a.Params(); err != nil {
			return nil, fmt.Errorf("zoo: %s: %w", e.name, err)
		}
		if n.MACs, err = a.MACs(); err != nil {
			return nil, fmt.Errorf("zoo: %s: %w", e.name, err)
		}
		t = append(t, n)
	}
	return t, nil
}

// Build builds a network by its name in the table, at the input and with the
// classes that stand there. Case and punctuation of the name do not matter.
func Build(name string) (*arch.Arch, error) {
	all := entries()
	for _, e := range all {
		if plain(e.name) == plain(name) {
			return e.build(e.input, e.classes)
		}
	}
	names := make([]string, len(all))
	for i, e := range all {
		names[i] = e.name
	}
	return nil, fmt.Errorf("zoo: there is no network %q; there are %s", name, strings.Join(names, ", "))
}

// plain is a name without case and punctuation.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -_.,@()", r) {
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// entry is a network of the table before it is built.
type entry struct {
	name, paper  string
	input        arch.Shape
	classes      int
	build        func(input arch.Shape, classes int) (*arch.Arch, error)
	params, macs int64 // published; 0 for none
	source       string
}

// entries are all networks, family by family. A family lists its own, in its file.
func entries() []entry {
	return slices.Concat(
		classic(),
		inception(),
		residual(),
		dense(),
		squeezed(),
		mobile(),
		shuffled(),
		cellular(),
	)
}

// imagenet is the usual image of ImageNet and torchvision the source of what is
// published at it: figures of its table of pretrained models, where MACs are
// rounded to the million.
var imagenet = arch.Shape{C: 3, H: 224, W: 224}

const torchvision = "torchvision 0.29"

// String is the table as text.
func (t Table) String() string {
	lines := [][]string{{"network", "input", "classes", "params", "published", "MACs", "published", "source", "paper"}}
	for _, n := range t {
		lines = append(lines, []string{
			n.Name, n.Input.String(), strconv.Itoa(n.Classes),
			grouped(n.Params), figure(n.PublishedParams), grouped(n.MACs), figure(n.PublishedMACs), n.Source, n.Paper,
		})
	}
	return columns.Text(lines, 2, 6)
}

// grouped writes a number in groups of three digits: 6 624 904.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}

// figure writes a published number: a rounded one as it was rounded, 5.3M, and
// none as a dash.
func figure(n int64) string {
	if n == 0 {
		return "–"
	}
	if n%10_000 != 0 {
		return grouped(n)
	}
	unit, suffix := 1e6, "M"
	if n >= 1e9 {
		unit, suffix = 1e9, "G"
	}
	return strconv.FormatFloat(math.Round(float64(n)/unit*1000)/1000, 'g', -1, 64) + suffix
}

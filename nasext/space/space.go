// Package space holds search spaces: which architectures a search may choose from.
//
// A Space is a tree of decisions, and all that can be done with one is written for
// every tree: walks and random draws, mutations and neighbours, texts. Enumerate
// counts a space exactly and numbers its architectures, so that any of them is
// reached at once and all are drawn equally often. OneHot, Paths and Adjacency make
// vectors of architectures for predictors. What a space can say beyond its tree,
// such as Sizer, Stater, Codec and Wired, it says by having the method.
//
// Global makes networks layer after layer, under rules that have names; ZophLe2017
// and MetaQNN2017 are the global spaces of these articles. Cells and its presets,
// NASBench101 and NASBench201 are spaces of cells, ENASMacro and NATSBenchSize of
// whole networks. New makes a space of one's own out of one function.
package space

import "github.com/nascent-go/nascent/nasext/arch"

// Decision is one choice that a space asks for.
type Decision struct {
	Name    string   // what is decided, unique among the decisions of one genotype: "layer 2 filters"
	Options []string // what can be chosen, at least one

	// Anchors, if there are any, say for each option what it takes of what is there
	// already, such as an earlier layer: the place in the genotype, not after this one, of
	// the first decision after all that made it. Or it is an InputAnchor, or NoAnchor if
	// the option takes nothing. A controller can choose by comparing what it knew there
	// with what it knows here.
	Anchors []int
}

// NoAnchor is the anchor of an option that takes nothing.
const NoAnchor = -1

// InputAnchor is the anchor of an option that takes what no decision made: the i-th
// input of a cell, or a stem.
func InputAnchor(i int) int { return NoAnchor - 1 - i }

// Genotype is an architecture as the choices made: the index of the option
// taken at each decision, in the order in which the space asked.
type Genotype []int

// Space is a tree of decisions. A strategy needs nothing else: it can walk the
// tree at random, list its leaves in order, change one decision and repair the
// rest, or let a controller choose token by token.
//
// A space is immutable and safe for concurrent use, and Next and Build depend on
// their argument only.
type Space interface {
	// Name identifies the space with its settings: two spaces of one name are equal.
	Name() string
	// Next is the decision that follows the choices made so far. It is false
	// when they are complete. The error says which choice was out of range.
	Next(chosen Genotype) (Decision, bool, error)
	// Build makes the architecture of a complete genotype.
	Build(complete Genotype) (*arch.Arch, error)
}

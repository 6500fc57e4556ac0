package space

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/nascent-go/nascent/nasext/arch"
)

// Layer is one layer of a network of the global space, in the words of its rules.
type Layer struct {
	Op         string // what it does: one of the Op constants
	Size       int    // height and width of a convolution's filters
	Width      int    // channels of a convolution, units of a dense layer
	Activation string // of a convolution or dense layer: "relu", "tanh" or another of package arch
}

// What a layer does.
const (
	OpConv       = "conv"       // convolution, batch norm, activation
	OpSepConv    = "sepconv"    // the same with a depthwise and a 1×1 convolution
	OpMaxPool    = "maxpool"    // 2×2 maximum with stride 2
	OpAvgPool    = "avgpool"    // 2×2 mean with stride 2
	OpGlobalPool = "globalpool" // mean over the whole image
	OpDense      = "dense"      // linear layer, activation
)

// Convolves says whether the layer is a convolution of either kind.
func (l Layer) Convolves() bool { return l.Op == OpConv || l.Op == OpSepConv }

// Pools says whether the layer is a pooling, the global one included.
func (l Layer) Pools() bool {
	return l.Op == OpMaxPool || l.Op == OpAvgPool || l.Op == OpGlobalPool
}

// String is the layer in words, "conv 3×3 16 relu" or "maxpool".
func (l Layer) String() string { return strings.Join(l.words(), " ") }

// words are the decisions that make the layer: what it is, its width, its activation.
func (l Layer) words() []string {
	switch {
	case l.Convolves():
		k := strconv.Itoa(l.Size)
		return []string{l.Op + " " + k + "×" + k, strconv.Itoa(l.Width), l.Activation}
	case l.Op == OpDense:
		return []string{l.Op, strconv.Itoa(l.Width), l.Activation}
	}
	return []string{l.Op}
}

// ParseLayers reads layers as String writes them, with commas between: "conv 3×3 16
// relu, maxpool, dense 64". relu may be left out, and × may be x. The error says
// which layer is none, and at which column something else was expected.
func ParseLayers(text string) ([]Layer, error) {
	var layers []Layer
	column := 1
	for part := range strings.SplitSeq(text, ",") {
		p := layerParser{text: part, column: column, number: len(layers) + 1}
		l, err := p.layer()
		if err != nil {
			return nil, fmt.Errorf("space: %q: %w", text, err)
		}
		layers = append(layers, l)
		column += utf8.RuneCountInString(part) + 1
	}
	return layers, nil
}

// layerParser reads one layer word by word.
type layerParser struct {
	text   string // what is left
	column int    // where that begins, from 1
	number int    // of the layer, from 1
}

func (p *layerParser) layer() (l Layer, err error) {
	ops := []string{OpConv, OpSepConv, OpMaxPool, OpAvgPool, OpGlobalPool, OpDense}
	if l.Op, err = p.word(ops, strings.Join(ops, ", ")); err != nil {
		return l, err
	}
	if l.Convolves() {
		if l.Size, err = p.filter(); err != nil {
			return l, err
		}
	}
	if !l.Pools() {
		if l.Width, err = p.width(); err != nil {
			return l, err
		}
		l.Activation = string(arch.ReLU)
		if p.peek() != "" {
			if l.Activation, err = p.word(activations(), strings.Join(activations(), ", ")); err != nil {
				return l, err
			}
		}
	}
	if p.peek() != "" {
		return l, p.expected("a comma or the end")
	}
	return l, nil
}

// peek is the next word.
func (p *layerParser) peek() string {
	trimmed := strings.TrimLeft(p.text, " \t\n")
	p.column += len(p.text) - len(trimmed)
	p.text = trimmed
	word, _, _ := strings.Cut(trimmed, " ")
	return strings.TrimRight(word, "\t\n")
}

func (p *layerParser) skip(word string) {
	p.text = p.text[len(word):]
	p.column += utf8.RuneCountInString(word)
}

func (p *layerParser) expected(what string) error {
	found := strconv.Quote(p.peek())
	if p.peek() == "" {
		found = "the end"
	}
	return fmt.Errorf("layer %d, column %d: found %s where %s is expected", p.number, p.column, found, what)
}

// word reads one of the given words.
func (p *layerParser) word(known []string, what string) (string, error) {
	w := p.peek()
	if !slices.Contains(known, w) {
		return "", p.expected("one of " + what)
	}
	p.skip(w)
	return w, nil
}

// filter reads "3×3".
func (p *layerParser) filter() (int, error) {
	w := p.peek()
	h, v, _ := strings.Cut(strings.Replace(w, "×", "x", 1), "x")
	n, err := strconv.Atoi(h)
	if err != nil || h != v || n < 1 {
		return 0, p.expected("a filter size such as 3×3")
	}
	p.skip(w)
	return n, nil
}

// width reads a number of channels or units.
func (p *layerParser) width() (int, error) {
	w := p.peek()
	n, err := strconv.Atoi(w)
	if err != nil || n < 1 {
		return 0, p.expected("a number of channels or units such as 16")
	}
	p.skip(w)
	return n, nil
}

// activations are what can follow a convolution or dense layer.
func activations() []string {
	var list []string
	for _, k := range []arch.Kind{arch.ReLU, arch.ReLU6, arch.Tanh, arch.Sigmoid, arch.HardSigmoid, arch.SiLU, arch.HardSwish} {
		list = append(list, string(k))
	}
	return list
}

package space

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

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
// relu, maxpool, dense 64". relu may be left out, and × may be x. The error says at
// which column something else was expected.
func ParseLayers(text string) ([]Layer, error) {
	p := &scanner{text: text}
	var layers []Layer
	for {
		l, err := p.layer()
		if err == nil && p.skip() < len(text) && !p.take(',') {
			err = p.wrong(p.at, "a comma or the end")
		}
		if err != nil {
			return nil, fmt.Errorf("space: layer %d of %q: %w", len(layers)+1, text, err)
		}
		layers = append(layers, l)
		if p.at == len(text) && !strings.HasSuffix(text, ",") {
			return layers, nil
		}
	}
}

// layer reads one layer.
func (p *scanner) layer() (l Layer, err error) {
	if l.Op, err = p.oneOf(OpConv, OpSepConv, OpMaxPool, OpAvgPool, OpGlobalPool, OpDense); err != nil || l.Pools() {
		return l, err
	}
	if l.Convolves() {
		at := p.skip()
		h, w, _ := strings.Cut(p.word(), "x")
		if strings.HasPrefix(p.text[p.at:], "×") {
			p.at += len("×")
			w = p.word()
		}
		if l.Size, err = strconv.Atoi(h); err != nil || h != w || l.Size < 1 {
			return l, p.wrong(at, "a filter size such as 3×3")
		}
	}
	at := p.skip()
	if l.Width, err = strconv.Atoi(p.word()); err != nil || l.Width < 1 {
		return l, p.wrong(at, "a number of channels or units such as 16")
	}
	l.Activation = string(arch.ReLU)
	if at := p.skip(); at < len(p.text) && p.text[at] != ',' {
		l.Activation, err = p.oneOf(activations()...)
	}
	return l, err
}

// oneOf reads one of the given words.
func (p *scanner) oneOf(words ...string) (string, error) {
	at := p.skip()
	w := p.word()
	if !slices.Contains(words, w) {
		return "", p.wrong(at, "one of "+strings.Join(words, ", "))
	}
	return w, nil
}

// activations are what can follow a convolution or dense layer.
func activations() []string {
	var list []string
	for _, k := range []arch.Kind{arch.ReLU, arch.ReLU6, arch.Tanh, arch.Sigmoid, arch.HardSigmoid, arch.SiLU, arch.HardSwish} {
		list = append(list, string(k))
	}
	return list
}

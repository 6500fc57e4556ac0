package nn

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// published is a network of testdata/cells.json.
type published struct {
	Net                    string
	Genotype               string // of those in a skeleton of DARTS
	Channels, Layers, Stem int
	Size                   int // of the image
	Params                 int
	Logits                 []float64
	skeletons              []cell.Skeleton
	cells                  cell.Genotype
}

// resolve finds the genotype and the skeletons: both paddings of a NASNet.
func (p *published) resolve(t *testing.T) {
	t.Helper()
	in, classes := arch.Shape{C: 3, H: p.Size, W: p.Size}, len(p.Logits)
	nasnet := cell.NASNet{F: p.Channels, StemF: p.Stem, ImageNet: true, Input: in, Classes: classes}
	switch p.Net {
	case "darts", "darts imagenet":
		g, err := cell.Parse(p.Genotype)
		if err != nil {
			t.Fatal(err)
		}
		p.cells = g
		p.skeletons = []cell.Skeleton{cell.DARTSNet{C: p.Channels, Layers: p.Layers, ImageNet: p.Net == "darts imagenet", Input: in, Classes: classes}}
		return
	case "nasnet mobile":
		p.cells, nasnet.N = cell.NASNetA(), 4
	case "nasnet large":
		p.cells, nasnet.N, nasnet.LongSkip = cell.NASNetA(), 6, true
	case "pnasnet":
		p.cells, nasnet.N, nasnet.InPlace = cell.PNASNet5(), p.Layers, true
	default:
		t.Fatalf("there is no network %q", p.Net)
	}
	explicit := nasnet
	explicit.Padding = cell.Explicit
	p.skeletons = []cell.Skeleton{nasnet, explicit}
}

// Networks of cells compute what they compute in their authors' code or its port,
// run by testdata/cells.py, which says how parameters and input are made. So the
// graphs are right in what no count shows: which pixels a factorized reduction takes,
// in which order channels are concatenated, where strides and padding are.
func TestCellsComputeWhatTheAuthorsDo(t *testing.T) {
	data, err := os.ReadFile("testdata/cells.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden []published
	if err := json.Unmarshal(data, &golden); err != nil {
		t.Fatal(err)
	}
	for _, want := range golden {
		want.resolve(t)
		for _, s := range want.skeletons {
			a, err := s.Build(want.cells)
			if err != nil {
				t.Fatal(err)
			}
			n, err := New(a, 1)
			if err != nil {
				t.Fatal(err)
			}
			if i := wave(n); i != want.Params {
				t.Fatalf("%s has %d parameters, want %d", s.Name(), i, want.Params)
			}
			x := make([]float32, a.Input.Elems())
			for j := range x {
				x[j] = float32(math.Cos(float64(j) / 10))
			}
			y, err := n.Forward(x, false)
			if err != nil {
				t.Fatal(err)
			}
			for j, w := range want.Logits {
				if math.Abs(float64(y[j])-w) > 2e-5*math.Max(1, math.Abs(w)) {
					t.Errorf("%v in %s: output %d is %v, want %v", want.cells, s.Name(), j, y[j], w)
				}
			}
		}
	}
}

// wave sets the parameters as testdata/cells.py does, and counts them.
func wave[T engine.Float](n *NetworkOf[T]) (count int) {
	for _, p := range n.Params() {
		scale, shift := 0.1, 0.0
		switch {
		case len(p.Shape) > 1:
			scale = 1 / math.Sqrt(float64(len(p.W)/p.Shape[0]))
		case p.W[0] == 1: // a scale of batch norm
			shift = 1
		}
		for j := range p.W {
			count++
			p.W[j] = T(shift + scale*math.Sin(float64(count)))
		}
	}
	return count
}

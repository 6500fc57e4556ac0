package enginetest

import (
	"fmt"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/space"
)

// Workload is one of the fixed tasks that engines and frameworks are compared by: a step of
// training on a batch, of a supernet with one for its mixing numbers before.
type Workload struct {
	Name  string // W1 to W5
	Text  string // what it is
	Arch  *arch.Arch
	Batch int
}

// Workloads are all of them.
func Workloads() (all []Workload, err error) {
	image := arch.Shape{C: 3, H: 16, W: 16}
	for _, w := range []struct {
		text  string
		batch int
		build func() (*arch.Arch, error)
	}{
		{"two convolutions and a linear layer on 1×28×28", 64, w1},
		{"NAS-Bench-201, C=16 N=5, on 3×32×32", 64, func() (*arch.Arch, error) { return nb201(0, 0, arch.Shape{}) }},
		{"NAS-Bench-201, C=8 N=1, on 1×8×8", 64, func() (*arch.Arch, error) { return nb201(8, 1, arch.Shape{C: 1, H: 8, W: 8}) }},
		{"five cells of NASNet-A on 3×16×16", 32, func() (*arch.Arch, error) {
			return cell.DARTSNet{Input: image, C: 8, Layers: 5}.Build(cell.NASNetADARTS())
		}},
		{"supernet of DARTS, C=4 L=4, on 3×16×16", 32, func() (*arch.Arch, error) {
			return cell.DARTSSupernet{Net: cell.DARTSNet{Input: image, C: 4, Layers: 4}}.Build()
		}},
	} {
		name := fmt.Sprintf("W%d", len(all)+1)
		a, err := w.build()
		if err != nil {
			return nil, fmt.Errorf("workload %s: %w", name, err)
		}
		all = append(all, Workload{name, w.text, a, w.batch})
	}
	return all, nil
}

// Images are so many for the workload: noise with a pattern of each class in it.
func (w Workload) Images(n int) *data.Set { return images(w.Name, w.Arch.Input, n) }

func w1() (*arch.Arch, error) {
	b := arch.NewBuilder("W1", arch.Shape{C: 1, H: 28, W: 28})
	x := b.MaxPool(b.ReLU(b.Conv(b.In(), 16, 3, arch.Pad(1), arch.Bias(true))), 2)
	x = b.MaxPool(b.ReLU(b.Conv(x, 32, 3, arch.Pad(1), arch.Bias(true))), 2)
	b.Linear(b.Flatten(x), 10)
	return b.Build()
}

// nb201 is a network of NAS-Bench-201; 0 stands for its published size.
func nb201(c, cells int, in arch.Shape) (*arch.Arch, error) {
	s, err := space.NASBench201(space.NASBench201Config{C: c, N: cells, Input: in})
	if err != nil {
		return nil, err
	}
	g, err := s.Parse("|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|")
	if err != nil {
		return nil, err
	}
	return s.Build(g)
}

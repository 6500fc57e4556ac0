package viz

import (
	"strings"
	"testing"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/arch/zoo"
	"github.com/nascent-go/nascent/nasext/space"
)

func TestPicture(t *testing.T) {
	table, err := zoo.List()
	if err != nil {
		t.Fatal(err)
	}
	nb201, err := space.NASBench201(space.NASBench201Config{})
	if err != nil {
		t.Fatal(err)
	}
	nb101, err := space.NASBench101(space.NASBench101Config{Vertices: 4})
	if err != nil {
		t.Fatal(err)
	}
	small, large := network(t, "ResNet-18"), network(t, "DenseNet-121")
	for _, test := range []struct {
		v    any
		mime string
		text string // in the text form
	}{
		{small, display.MIMESVG, "total ResNet-18"},
		{*small, display.MIMESVG, "total ResNet-18"},
		{large, display.MIMESVG, "graph: DenseNet-121: 7.98M parameters"},
		{&arch.Arch{}, display.MIMESVG, "arch: there are no nodes"},
		{cell.NASNetA(), display.MIMESVG, "normal: sep_conv_5x5~1 + sep_conv_3x3~0 |"},
		{cell.Genotype{}, display.MIMESVG, "cell:"},
		{space.NB101Cell{Matrix: [][]int{{0, 1, 1}, {0, 0, 1}, {0, 0, 0}}, Ops: []string{"input", "maxpool3x3", "output"}}, display.MIMESVG, "graph: cell: max pool 3×3, 3 nodes, 3 edges"},
		{space.NB101Cell{Matrix: [][]int{{0, 0}, {0, 0}}, Ops: []string{"input", "output"}}, display.MIMESVG, "a cell that cannot be drawn"},
		{space.NB101Cell{}, display.MIMESVG, "a cell that cannot be drawn"},
		{table, display.MIMEHTML, "ResNet-50"},
		{nb201, display.MIMEHTML, "NAS-Bench-201(C=16 N=5 input=3×32×32 classes=10): 15625 genotypes"},
		{nb201, display.MIMEHTML, "edge 2→3"},
		{nb101, display.MIMEHTML, "91 different architectures"},
	} {
		p, ok := Picture(test.v)
		if !ok {
			t.Errorf("%T has no picture", test.v)
			continue
		}
		data := p.Display().Data
		if s, _ := data[test.mime].(string); s == "" {
			t.Errorf("%T has no %s form", test.v, test.mime)
		}
		if s, _ := data[display.MIMEPlain].(string); !strings.Contains(s, test.text) {
			t.Errorf("%T reads\n%s\nwant in it %q", test.v, s, test.text)
		}
	}
	for _, v := range []any{nil, 1, "text", (*arch.Arch)(nil), arch.Shape{}, (*space.NB201)(nil)} {
		if _, ok := Picture(v); ok {
			t.Errorf("%#v has a picture", v)
		}
	}
}

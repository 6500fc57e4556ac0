package arch_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/nascent-go/nascent/nasext/arch"
)

// random is a random architecture of about n operations of every kind, with blocks,
// names with odd characters, nodes that nobody takes and auxiliary outputs.
func random(d *rand.Rand, n int) *arch.Arch {
	shape := arch.Shape{C: 1 + d.IntN(6), H: 1 + d.IntN(20), W: 1 + d.IntN(20)}
	a := &arch.Arch{Name: word(d), Input: shape}
	a.Nodes = []arch.Node{{Name: "input", Op: arch.Op{Kind: arch.Input}}}
	block := ""
	for len(a.Nodes) <= n {
		if d.IntN(4) == 0 {
			block = []string{"", "stem", "cell 1", "cell 2", word(d)}[d.IntN(5)]
		}
		node := arch.Node{Block: block, Op: randomOp(d)}
		node.Name = fmt.Sprintf("%s%d", word(d), len(a.Nodes))
		if block != "" && d.IntN(5) > 0 {
			node.Name = block + "/" + node.Name
		}
		inputs := 1
		switch node.Op.Kind {
		case arch.Mul:
			inputs = 2
		case arch.Add, arch.Mix, arch.Concat:
			inputs = 2 + d.IntN(2)
		}
		for range inputs {
			node.In = append(node.In, max(0, len(a.Nodes)-1-d.IntN(4)))
		}
		grow(a, node)
	}
	grow(a, arch.Node{Name: "flat", Op: arch.Op{Kind: arch.Flatten}, In: []int{len(a.Nodes) - 1}})
	if d.IntN(3) == 0 {
		a.Nodes = append(a.Nodes, arch.Node{Name: "aux", Op: arch.Op{Kind: arch.Linear, Out: 10}, In: []int{len(a.Nodes) - 1}})
		a.Aux = []int{len(a.Nodes) - 1}
	}
	a.Nodes = append(a.Nodes, arch.Node{Name: "out", Op: arch.Op{Kind: arch.Linear, Out: 10, Bias: true}, In: []int{len(a.Nodes) - 1 - len(a.Aux)}})
	return a
}

// grow appends a node if it fits.
func grow(a *arch.Arch, n arch.Node) {
	a.Nodes = append(a.Nodes, n)
	if _, err := a.Infer(); err != nil {
		a.Nodes = a.Nodes[:len(a.Nodes)-1]
	}
}

func word(d *rand.Rand) string {
	return []string{"a", "3×3", "x y", `quo"te`, `back\slash`, "ünïcode", "conv", "1", "in,out=(2)", "[b]", "#"}[d.IntN(11)]
}

// randomOp is an operation of any kind but input, with settings that often fit.
func randomOp(d *rand.Rand) arch.Op {
	kinds := []arch.Kind{
		arch.Conv, arch.Conv, arch.Conv, arch.BatchNorm, arch.MaxPool, arch.AvgPool, arch.GlobalPool, arch.Add, arch.Add, arch.Mul, arch.Mix, arch.Custom, arch.Concat,
		arch.Shuffle, arch.Slice, arch.Shift, arch.Crop, arch.ZeroPad, arch.Identity, arch.Zero, arch.Dropout, arch.DropPath,
		arch.ReLU, arch.ReLU6, arch.Tanh, arch.Sigmoid, arch.HardSigmoid, arch.SiLU, arch.HardSwish,
	}
	o := arch.Op{Kind: kinds[d.IntN(len(kinds))]}
	switch o.Kind {
	case arch.Conv, arch.MaxPool, arch.AvgPool:
		o.KH, o.KW, o.Stride = 1+d.IntN(4), 1+d.IntN(4), d.IntN(3)
		switch d.IntN(3) {
		case 0:
			o.PadH, o.PadW = d.IntN(o.KH/2+1), d.IntN(o.KW/2+1)
			o.Ceil = o.Kind != arch.Conv && d.IntN(2) == 0
		case 1:
			o.Same = true
		}
		if o.Kind == arch.Conv {
			o.StrideW = d.IntN(3)
			o.Out, o.Groups, o.Dilation, o.Bias = []int{2, 4, 6}[d.IntN(3)], d.IntN(3), d.IntN(3), d.IntN(2) == 0
		}
	case arch.BatchNorm:
		o.Fixed = d.IntN(2) == 0
	case arch.Shuffle:
		o.Groups = d.IntN(4)
	case arch.Slice:
		o.From, o.Out = d.IntN(3), 1+d.IntN(3)
	case arch.Crop:
		o.From, o.KH, o.KW = d.IntN(3), 1+d.IntN(4), 1+d.IntN(4)
	case arch.ZeroPad:
		o.PadH, o.PadW = d.IntN(4), d.IntN(4)
	case arch.Zero:
		o.Stride = d.IntN(3)
	case arch.Mix:
		o.Alpha, o.Gate = word(d), append(arch.Gates(), "")[d.IntN(5)]
	case arch.Custom:
		o.Func, o.Size, o.Out, o.KH, o.KW = word(d), d.IntN(3), 1+d.IntN(4), 1+d.IntN(4), 1+d.IntN(4)
	case arch.Dropout, arch.DropPath:
		o.Rate = float64(d.IntN(10)) / 10
	}
	return o
}

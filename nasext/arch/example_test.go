package arch_test

import (
	"fmt"
	"log"

	"github.com/nascent-go/nascent/nasext/arch"
)

// A network as text, and what can be asked of it.
func ExampleParse() {
	a, err := arch.Parse(`
network two paths
input = input(1x8x8)

[stem]
conv = conv(input, out=8, filter=3x3, stride=2, same)

[cell]
left  = conv(stem/conv, out=8, filter=3x3, same)
right = maxpool(stem/conv, filter=3x3, stride=1, same)
sum   = add(left, right)

[head]
mean = globalpool(cell/sum)
out  = linear(mean, out=10, bias)
`)
	if err != nil {
		log.Fatal(err)
	}
	peak, err := a.Peak()
	if err != nil {
		log.Fatal(err)
	}
	nodes, layers, err := a.Depth()
	if err != nil {
		log.Fatal(err)
	}
	fields, err := a.Fields()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(a)
	fmt.Println("at most", peak.Elems, "activations at once, at", a.Nodes[peak.Node].Name)
	fmt.Println(nodes, "nodes deep,", layers, "layers with weights")
	fmt.Printf("a pixel of the sum sees %d×%d pixels of the image\n", fields[4].H, fields[4].W)
	// Output:
	// node             operation            output  params   MACs
	// input            input                1×8×8        –      –
	// stem/conv        conv 3×3 →8 /2 same  8×4×4       72   1152
	// cell/left        conv 3×3 →8 same     8×4×4      576   9216
	// cell/right       maxpool 3×3 same     8×4×4        –      –
	// cell/sum         add                  8×4×4        –      –
	// head/mean        globalpool           8×1×1        –      –
	// head/out         linear →10 +bias     10×1×1      90     80
	// total two paths  7 nodes              10×1×1     738  10448
	//
	// at most 384 activations at once, at cell/right
	// 5 nodes deep, 3 layers with weights
	// a pixel of the sum sees 7×7 pixels of the image
}

func ExampleParse_mistake() {
	_, err := arch.Parse(`
input = input(1x8x8)
conv = conv(input, out=8, filter=3y3)
`)
	fmt.Println(err)
	// Output: arch: reading text (line 3, column 35): expected “,” or “)”, found “y3”
}

// Two architectures with their nodes in another order are the same.
func ExampleArch_CanonicalHash() {
	build := func(first, second arch.Kind) string {
		b := arch.NewBuilder("", arch.Shape{C: 4, H: 8, W: 8})
		x := b.Activation(b.In(), first)
		y := b.Activation(b.In(), second)
		b.Classifier(b.Add(x, y), 10)
		a, err := b.Build()
		if err != nil {
			log.Fatal(err)
		}
		hash, err := a.CanonicalHash()
		if err != nil {
			log.Fatal(err)
		}
		return hash
	}
	fmt.Println(build(arch.ReLU, arch.Tanh) == build(arch.Tanh, arch.ReLU))
	fmt.Println(build(arch.ReLU, arch.Tanh) == build(arch.ReLU, arch.ReLU))
	// Output:
	// true
	// false
}

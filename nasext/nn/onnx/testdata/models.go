// This program writes networks as ONNX models, each with an input and with the output
// that nn computes from it, into the folder that is its argument.
package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/arch/zoo"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/onnx"
	"github.com/nascent-go/nascent/nasext/space"
)

const samples = 8

func main() {
	writeZoo()
	writeCells()
	writeSpaces()
	write("all operations", everything)
}

func writeZoo() {
	image := arch.Shape{C: 3, H: 64, W: 64}
	for name, build := range map[string]func(arch.Shape, int) (*arch.Arch, error){
		"GoogLeNet": zoo.GoogLeNet, "ResNet-18": zoo.ResNet18, "ResNet-50": zoo.ResNet50, "SqueezeNet": zoo.SqueezeNet11,
		"DenseNet": zoo.DenseNet121, "MobileNetV2": zoo.MobileNetV2, "MNASNet": zoo.MNASNet, "MobileNetV3": zoo.MobileNetV3Small,
		"EfficientNet": zoo.EfficientNetB0, "ShuffleNetV2": zoo.ShuffleNetV2,
	} {
		write("zoo "+name, func() (*arch.Arch, error) { return build(image, 10) })
	}
	write("zoo GoogLeNet with heads", func() (*arch.Arch, error) { return zoo.GoogLeNetAux(arch.Shape{C: 3, H: 80, W: 80}, 10) })
}

func writeCells() {
	cifar := cell.NASNet{F: 8, N: 1}
	imagenet := cell.NASNet{F: 8, N: 1, ImageNet: true, Padding: cell.Explicit, Input: arch.Shape{C: 3, H: 64, W: 64}, Classes: 10}
	darts := cell.DARTSNet{C: 4, Layers: 5, Aux: true}
	for _, c := range []struct {
		name     string
		skeleton cell.Skeleton
		genotype cell.Genotype
	}{
		{"NASNet-A", cifar, cell.NASNetA()}, {"NASNet-A on ImageNet", imagenet, cell.NASNetA()}, {"PNASNet-5", cifar, cell.PNASNet5()},
		{"AmoebaNet-A", darts, cell.AmoebaNetA()}, {"DARTS V1", darts, cell.DARTSV1()}, {"DARTS V2", darts, cell.DARTSV2()},
		{"PC-DARTS", darts, cell.PCDARTSCIFAR()}, {"ENAS", cell.ENASNet{C: 4, Layers: 3}, cell.ENASMicro()},
	} {
		write("cell "+c.name, func() (*arch.Arch, error) { return c.skeleton.Build(c.genotype) })
	}
}

func writeSpaces() {
	image := arch.Shape{C: 3, H: 16, W: 16}
	for i := uint64(0); i < 3; i++ {
		draw("NAS-Bench-201", i)(space.NASBench201(space.NASBench201Config{C: 4, N: 1, Input: image}))
		draw("NAS-Bench-101", i)(space.NASBench101(space.NASBench101Config{C: 8, Modules: 1, Input: image}))
		draw("global", i)(space.Global(space.DefaultGlobal(arch.Shape{C: 1, H: 8, W: 8}, 10)))
		draw("Zoph and Le", i)(space.ZophLe2017(space.ZophLeConfig{Layers: 5, Filters: []int{4, 6}, Input: image}))
		draw("MetaQNN", i)(space.MetaQNN2017(space.MetaQNNConfig{Layers: 6, Filters: []int{4, 8}, Units: []int{16}, Input: image}))
		draw("ENAS macro", i)(space.ENASMacro(space.ENASMacroConfig{Layers: 6, C: 4, Input: image}))
		draw("NATS-Bench size", i)(space.NATSBenchSize(space.NATSSizeConfig{Channels: []int{2, 4, 6}, Input: image}))
		draw("NASNet cells", i)(space.NASNet(cell.NASNet{F: 8, N: 1, Input: image}))
		draw("DARTS cells", i)(space.DARTS(cell.DARTSNet{C: 4, Layers: 5, Input: image}))
	}
}

// draw writes the i-th random architecture of a space, of those that fit its image.
func draw(name string, i uint64) func(s space.Space, err error) {
	return func(s space.Space, err error) {
		if err != nil {
			log.Fatal(err)
		}
		write(fmt.Sprintf("space %s %d", name, i), func() (*arch.Arch, error) {
			rng := rand.New(rand.NewPCG(i, 1))
			for {
				g, err := space.Random(s, rng)
				if err != nil {
					return nil, err
				}
				if a, err := s.Build(g); err == nil {
					return a, nil
				}
			}
		})
	}
}

// everything has every operation, on images and on vectors.
func everything() (*arch.Arch, error) {
	b := arch.NewBuilder("all \xff operations", arch.Shape{C: 3, H: 11, W: 9})
	x := b.ConvBN(b.In(), 8, 3, arch.Same(), arch.Stride(2), arch.Bias(true))
	for _, k := range []arch.Kind{arch.ReLU6, arch.Tanh, arch.Sigmoid, arch.HardSigmoid, arch.SiLU, arch.HardSwish, arch.ReLU} {
		x = b.Add(x, b.Activation(b.Conv(x, 8, 1, arch.Bias(true)), k), b.Identity(x))
	}
	x = b.BatchNorm(x, arch.Fixed())
	x = b.SqueezeExcite(x, 4, arch.ReLU, arch.Sigmoid)
	x = b.Concat(b.Shift(x), b.Shuffle(x, 4), b.Slice(x, 2, 3), b.Zero(x))
	x = b.Crop(b.ZeroPad(x, 3, 2), 1, 7, 5)
	x = b.Mul(x, b.Conv(x, b.Shape(x).C, 3, arch.Dilate(2), arch.Groups(3), arch.Named("in/weight")))
	x = b.Concat(b.MaxPool(x, 2, arch.Ceil()), b.AvgPool(x, 3, arch.Stride(2), arch.Pad(1), arch.Ceil()),
		b.AvgPool(x, 2, arch.Same()), b.Conv(x, 4, 3, arch.StrideHW(2, 2), arch.Window(5, 1)), b.MaxPool(x, 3, arch.Same(), arch.Stride(2)))
	x = b.Conv(x, 6, 3, arch.StrideHW(1, 2))
	v := b.Linear(b.Flatten(x), 12)
	v = b.Mul(b.DropPath(b.Dropout(b.Tanh(b.BatchNorm(v)), 0.5), 0.2), b.Sigmoid(b.Linear(b.GlobalPool(x), 12)))
	v = b.Concat(v, b.Zero(v), b.GlobalPool(x), b.Slice(v, 3, 4))
	b.Tanh(b.Add(b.Linear(v, 5), b.GlobalPool(b.Conv(x, 5, 1))), arch.Named("input.weight"))
	return b.Build()
}

// write writes what a network is and what it computes.
func write(name string, build func() (*arch.Arch, error)) {
	a, err := build()
	if err != nil {
		log.Fatalf("%s: %v", name, err)
	}
	n, err := nn.New(a, 1)
	if err != nil {
		log.Fatalf("%s: %v", name, err)
	}
	rng := rand.New(rand.NewPCG(2, 3))
	x := make([]float32, samples*a.Input.Elems())
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	// Scales, shifts, biases and moments are those of no fresh network. The moments, of
	// which a pass moves a tenth, become those of x, so that what a sample says is not
	// lost on the way through a deep network.
	if _, err := n.Forward(x, true); err != nil {
		log.Fatalf("%s: %v", name, err)
	}
	for _, p := range n.Moments() {
		for i, v := range p.W {
			if p.W[i] = v * 10; strings.HasSuffix(p.Name, "var") {
				p.W[i] = max(p.W[i]-9, 1e-3)
			}
		}
	}
	for _, p := range n.Params() {
		if len(p.Shape) == 1 {
			for i := range p.W {
				p.W[i] += float32(0.2 * (rng.Float64() - 0.5))
			}
		}
	}
	y, err := n.Forward(x, false)
	if err != nil {
		log.Fatalf("%s: %v", name, err)
	}
	var model bytes.Buffer
	if err := onnx.Write(&model, n); err != nil {
		log.Fatalf("%s: %v", name, err)
	}
	save(name+".onnx", model.Bytes())
	save(name+".input", numbers(x))
	save(name+".output", numbers(y))
}

func numbers(values []float32) []byte {
	var b bytes.Buffer
	binary.Write(&b, binary.LittleEndian, values)
	return b.Bytes()
}

func save(name string, data []byte) {
	if err := os.WriteFile(filepath.Join(os.Args[1], name), data, 0o644); err != nil {
		log.Fatal(err)
	}
}

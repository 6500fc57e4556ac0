package nn

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
)

// headed is a network with two auxiliary heads, or the same one without them.
func headed(t *testing.T, heads bool) *Network {
	t.Helper()
	n := newNet(2, 5, 5)
	stem := n.op("stem", convOp(4, 3, 1, 1, true))
	body := n.op("tanh", kind(arch.Tanh))
	n.op("first pool", kind(arch.GlobalPool), stem)
	first := n.op("first head", linearOp(3))
	n.op("second conv", convOp(2, 3, 2, 1, false), body)
	n.op("second flat", kind(arch.Flatten))
	second := n.op("second head", linearOp(3))
	n.op("body", convOp(3, 3, 1, 1, false), body)
	n.op("flat", kind(arch.Flatten))
	n.op("fc", linearOp(3))
	if heads {
		n.Aux = []int{first, second}
	}
	net, err := NewOn(cpu.New(1), &n.Arch, 3)
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// TestAuxiliaryHeadsLearn compares gradients with differences of the loss of all heads,
// computed from networks that end at each of them.
func TestAuxiliaryHeadsLearn(t *testing.T) {
	const samples = 7
	net := headed(t, true)
	net.AuxWeight = .3
	x, y := images(samples*50), make([]int, samples)
	for i := range y {
		y[i] = i % 3
	}
	ends := make([]*Network, 3) // the output and each head as the output, with the same weights
	for i, name := range []string{"fc", "first head", "second head"} {
		a := net.arch
		last := slices.IndexFunc(a.Nodes, func(n arch.Node) bool { return n.Name == name })
		end, err := NewOn(cpu.New(1), &arch.Arch{Input: a.Input, Nodes: a.Nodes[:last+1]}, 3)
		if err != nil {
			t.Fatal(err)
		}
		for j := range end.plan.Steps {
			end.plan.Steps[j] = net.plan.Steps[j]
		}
		end.wire()
		ends[i] = end
	}
	loss := func() (sum float64) {
		for i, end := range ends {
			out, err := end.Forward(x, true)
			if err != nil {
				t.Fatal(err)
			}
			weight := net.AuxWeight
			if i == 0 {
				weight = 1
			}
			sum += weight * CrossEntropy(out, y, 3, nil).Loss
		}
		return sum
	}
	s, err := net.Gradients(x, y)
	if err != nil {
		t.Fatal(err)
	}
	out, err := ends[0].Forward(x, true)
	if err != nil {
		t.Fatal(err)
	}
	if want := CrossEntropy(out, y, 3, nil); s != want {
		t.Errorf("the score is %+v, that of the output is %+v", s, want)
	}
	var grads [][]float32
	for _, p := range net.Params() {
		grads = append(grads, slices.Clone(p.G))
	}
	for k, p := range net.Params() {
		for i := 0; i < len(p.W); i += 1 + len(p.W)/5 {
			const eps = .01
			old := p.W[i]
			p.W[i] = old + eps
			up := loss()
			p.W[i] = old - eps
			down := loss()
			p.W[i] = old
			if want := (up - down) / (2 * eps); math.Abs(float64(grads[k][i])-want) > 2e-3*max(1, math.Abs(want)) {
				t.Errorf("%s at %d: gradient %v, differences say %v", p.Name, i, grads[k][i], want)
			}
		}
	}
}

// TestHeadsAreForTraining: without their loss, and in evaluation, they change nothing.
func TestHeadsAreForTraining(t *testing.T) {
	with, without := headed(t, true), headed(t, false)
	x, y := images(6*50), []int{0, 1, 2, 0, 1, 2}
	for _, train := range []bool{false, true} {
		a, err := with.Forward(x, train)
		if err != nil {
			t.Fatal(err)
		}
		b, err := without.Forward(x, train)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(a, b) {
			t.Errorf("training %t: outputs %v, without heads %v", train, a, b)
		}
	}
	dout := make([]float32, 18)
	for i := range dout {
		dout[i] = float32(i%5) - 2
	}
	for _, n := range []*Network{with, without} {
		if _, err := n.Forward(x, true); err != nil {
			t.Fatal(err)
		}
		if err := n.Backward(dout, nil); err != nil {
			t.Fatal(err)
		}
	}
	for i, p := range with.Params() {
		for j, g := range p.G {
			if want := without.Params()[i].G[j]; math.Abs(float64(g-want)) > 1e-6 {
				t.Fatalf("%s at %d: gradient %v, without heads %v", p.Name, j, g, want)
			}
		}
	}
	if a, b := with.Memory(6), without.Memory(6); a <= b {
		t.Errorf("%d bytes with heads, %d without", a, b)
	}
	if _, err := with.Gradients(x, y); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := with.Save(&file); err != nil {
		t.Fatal(err)
	}
	if err := headed(t, true).Load(&file); err != nil {
		t.Error(err)
	}
}

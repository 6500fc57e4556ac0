package nn

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
)

// net builds architectures for tests by hand.
type net struct {
	arch.Arch
	last int
}

func newNet(c, h, w int) *net {
	return &net{Arch: arch.Arch{Input: arch.Shape{C: c, H: h, W: w}, Nodes: []arch.Node{{Name: "image", Op: arch.Op{Kind: arch.Input}}}}}
}

// op adds a node that takes the given nodes, or the last one, and returns its index.
func (n *net) op(name string, o arch.Op, in ...int) int {
	if len(in) == 0 {
		in = []int{n.last}
	}
	n.Nodes = append(n.Nodes, arch.Node{Name: name, Op: o, In: in})
	n.last = len(n.Nodes) - 1
	return n.last
}

func convOp(out, k, stride, pad int, bias bool) arch.Op {
	return arch.Op{Kind: arch.Conv, Out: out, KH: k, KW: k, Stride: stride, PadH: pad, PadW: pad, Bias: bias}
}

func kind(k arch.Kind) arch.Op { return arch.Op{Kind: k} }

func linearOp(out int) arch.Op { return arch.Op{Kind: arch.Linear, Out: out, Bias: true} }

// w1 is two convolutions with ReLU and max pooling, and a linear layer.
func w1() *arch.Arch {
	n := newNet(1, 28, 28)
	pool := arch.Op{Kind: arch.MaxPool, KH: 2, KW: 2, Stride: 2}
	n.op("c1", convOp(16, 3, 1, 1, true))
	n.op("r1", kind(arch.ReLU))
	n.op("p1", pool)
	n.op("c2", convOp(32, 3, 1, 1, true))
	n.op("r2", kind(arch.ReLU))
	n.op("p2", pool)
	n.op("flat", kind(arch.Flatten))
	n.op("fc", linearOp(10))
	return &n.Arch
}

// nb201 is the network of NAS-Bench-201 (Dong & Yang 2020, fig. 1) with c channels and n cells
// a stage, all cells 3×3, 3×3, 3×3, skip, 3×3, 3×3. Names are those of the reference numbers.
func nb201(in arch.Shape, c, cells int) *arch.Arch {
	n := newNet(in.C, in.H, in.W)
	x := n.op("stem.0", convOp(c, 3, 1, 1, false))
	x = n.op("stem.1", kind(arch.BatchNorm), x)
	body := 0
	reluConvBN := func(name string, out, stride, x int) int {
		x = n.op(name+".relu", kind(arch.ReLU), x)
		x = n.op(name+".conv", convOp(out, 3, stride, 1, false), x)
		return n.op(name+".bn", kind(arch.BatchNorm), x)
	}
	cell := func(c, x int) int {
		p := fmt.Sprintf("body.%d", body)
		edge := func(e, x int) int { return reluConvBN(fmt.Sprintf("%s.e.%d", p, e), c, 1, x) }
		n1 := edge(0, x)
		n2 := n.op(p+".n2", kind(arch.Add), edge(1, x), edge(2, n1))
		skip := n.op(p+".e.3", kind(arch.Identity), x)
		n3 := n.op(p+".n3a", kind(arch.Add), skip, edge(4, n1))
		return n.op(p+".n3", kind(arch.Add), n3, edge(5, n2))
	}
	for stage := range 3 {
		if stage > 0 {
			c *= 2
			p := fmt.Sprintf("body.%d", body)
			a := reluConvBN(p+".a", c, 2, x)
			b := reluConvBN(p+".b", c, 1, a)
			d := n.op(p+".pool", arch.Op{Kind: arch.AvgPool, KH: 2, KW: 2, Stride: 2}, x)
			d = n.op(p+".d", convOp(c, 1, 1, 0, false), d)
			x = n.op(p+".sum", kind(arch.Add), d, b)
			body++
		}
		for range cells {
			x = cell(c, x)
			body++
		}
	}
	n.op("last", kind(arch.BatchNorm), x)
	n.op("last.relu", kind(arch.ReLU))
	n.op("pool", kind(arch.GlobalPool))
	n.op("fc", linearOp(10))
	return &n.Arch
}

// w2 is the network of NAS-Bench-201 in its published size.
func w2() *arch.Arch { return nb201(arch.Shape{C: 3, H: 32, W: 32}, 16, 5) }

func w3() *arch.Arch { return nb201(arch.Shape{C: 1, H: 8, W: 8}, 8, 1) }

// w7 is a perceptron with two hidden layers.
func w7() *arch.Arch {
	n := newNet(784, 1, 1)
	n.op("a", linearOp(256))
	n.op("ra", kind(arch.ReLU))
	n.op("b", linearOp(256))
	n.op("rb", kind(arch.ReLU))
	n.op("c", linearOp(10))
	return &n.Arch
}

// number is the i-th number of the reference inputs, from -0.5 to 0.5.
func number(i int) float64 { return float64(uint32(i)*2654435761)/4294967296 - 0.5 }

func images(n int) []float32 { return imagesOf[float32](n) }

func imagesOf[T engine.Float](n int) []T { return imagesFrom[T](0, n) }

// imagesFrom are n numbers of the reference images, after the first skip.
func imagesFrom[T engine.Float](skip, n int) []T {
	x := make([]T, n)
	for j := range x {
		x[j] = T(number(1000003 + skip + j))
	}
	return x
}

func labels(n int) []int {
	y := make([]int, n)
	for b := range y {
		y[b] = (7*b + b/10 + 3) % 10
	}
	return y
}

type moments struct{ L2, Sum, First, Last float64 }

func momentsOf[T engine.Float](x []T) moments {
	m := moments{First: float64(x[0]), Last: float64(x[len(x)-1])}
	for _, v := range x {
		m.L2 += float64(v) * float64(v)
		m.Sum += float64(v)
	}
	m.L2 = math.Sqrt(m.L2)
	return m
}

type golden struct {
	LR          float64 `json:"lr"`
	Momentum    float64
	WeightDecay float64 `json:"weight_decay"`
	Batch       int
	Params      []struct {
		Name  string
		Start int
		Scale float64
	}
	Logits0Row     []float64 `json:"logits0_first_image"`
	Logits0Sum     float64   `json:"logits0_sum"`
	Logits0AbsSum  float64   `json:"logits0_abs_sum"`
	Grad0          map[string]moments
	Loss           []float64
	LossAfter      float64            `json:"loss_after"`
	ParamAfter     map[string]moments `json:"param_after"`
	BuffersAfter   map[string]moments `json:"buffers_after"`
	LossEvalsAfter float64            `json:"loss_eval_after"`
}

func TestGolden(t *testing.T) {
	for _, c := range []struct {
		file string
		arch *arch.Arch
	}{{"w1", w1()}, {"w3", w3()}, {"w7", w7()}} {
		for _, e := range append(cpu.Every(1), cpu.New(2)) {
			t.Run(fmt.Sprint(c.file, "/", e.Name()), func(t *testing.T) { testGolden(t, c.file, c.arch, e, single) })
		}
		for _, e := range append(cpu.Every64(1), cpu.New64(2)) {
			t.Run(fmt.Sprint(c.file, "/", e.Name()), func(t *testing.T) { testGolden(t, c.file, c.arch, e, double) })
		}
	}
}

// tolerances are how far results may be from those in double precision.
type tolerances struct {
	first   float64 // the loss before the first update
	loss    float64 // the other losses
	logits  float64
	grads   float64 // relative
	weights float64
	// One ReLU that falls on the other side of 0 by rounding moves running moments by some 1e-5.
	moments float64
}

var (
	single = tolerances{1e-6, 2e-5, 5e-6, 1e-4, 1e-4, 1e-4}
	double = tolerances{1e-9, 1e-9, 1e-9, 1e-9, 1e-9, 1e-9}
)

func testGolden[T engine.Float](t *testing.T, file string, a *arch.Arch, e engine.EngineOf[T], tol tolerances) {
	b, err := os.ReadFile("testdata/" + file + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var want golden
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	n, err := newOn(e, a, 1)
	if err != nil {
		t.Fatal(err)
	}
	params, buffers := map[string]*engine.ParamOf[T]{}, map[string]*engine.ParamOf[T]{}
	for _, p := range n.Params() {
		params[p.Name] = p
	}
	for _, p := range n.Moments() {
		buffers[p.Name] = p
	}
	for _, g := range want.Params {
		for j := range params[g.Name].W {
			params[g.Name].W[j] = T(number(g.Start+j) * g.Scale)
		}
	}
	near := nearIn(t)
	x, y := imagesOf[T](want.Batch*a.Input.Elems()), labels(want.Batch)
	opt := &SGDOf[T]{Momentum: want.Momentum, WeightDecay: want.WeightDecay}
	for step, loss := range want.Loss {
		s, err := n.Gradients(x, y)
		if err != nil {
			t.Fatal(err)
		}
		tolerance := tol.loss
		if step == 0 {
			tolerance = tol.first
			checkLogits(t, n.full.out[:want.Batch*10], &want, tol.logits)
			if len(want.Grad0) != len(params) {
				t.Errorf("%d gradients, want %d", len(params), len(want.Grad0))
			}
			for name, g := range want.Grad0 {
				got := momentsOf(params[name].G)
				// A shift in front of another batch norm has the gradient 0, where only rounding is left.
				tolerance := tol.grads * (g.L2 + 1e-3)
				near("l2 of the gradient of "+name, got.L2, g.L2, tolerance)
				near("sum of the gradient of "+name, got.Sum, g.Sum, tolerance*math.Sqrt(float64(len(params[name].G))))
				near("first gradient of "+name, got.First, g.First, tolerance)
				near("last gradient of "+name, got.Last, g.Last, tolerance)
			}
		}
		near(fmt.Sprint("loss at step ", step), s.Loss, loss, tolerance)
		if err := opt.Step(n.Params(), want.LR); err != nil {
			t.Fatal(err)
		}
	}
	logits, err := n.Forward(x, true)
	if err != nil {
		t.Fatal(err)
	}
	near("loss after training", hardCrossEntropy(logits, y, 10, nil).Loss, want.LossAfter, tol.loss)
	s, err := n.Evaluate(x, y)
	if err != nil {
		t.Fatal(err)
	}
	near("loss in evaluation mode", s.Loss, want.LossEvalsAfter, tol.loss)
	if len(want.ParamAfter) != len(params) || len(want.BuffersAfter) != len(buffers) {
		t.Errorf("%d parameters and %d running moments, want %d and %d", len(params), len(buffers), len(want.ParamAfter), len(want.BuffersAfter))
	}
	for name, g := range want.ParamAfter {
		got := momentsOf(params[name].W)
		near("l2 of "+name, got.L2, g.L2, tol.weights*math.Max(g.L2, 1))
		near("first of "+name, got.First, g.First, tol.weights)
	}
	for name, g := range want.BuffersAfter {
		got := momentsOf(buffers[name].W)
		near("sum of "+name, got.Sum, g.Sum, tol.moments*math.Max(math.Abs(g.Sum), 1))
		near("first of "+name, got.First, g.First, tol.moments*math.Max(math.Abs(g.First), 1))
	}
}

// nearIn compares a number with what it should be.
func nearIn(t *testing.T) func(what string, got, want, tolerance float64) {
	return func(what string, got, want, tolerance float64) {
		t.Helper()
		if !(math.Abs(got-want) <= tolerance) {
			t.Errorf("%s: %.9g, want %.9g ± %.1g", what, got, want, tolerance)
		}
	}
}

func checkLogits[T engine.Float](t *testing.T, logits []T, want *golden, tolerance float64) {
	var sum, abs float64
	for i, v := range logits {
		if i < 10 && math.Abs(float64(v)-want.Logits0Row[i]) > tolerance {
			t.Errorf("output %d of the first image: %v, want %v", i, v, want.Logits0Row[i])
		}
		sum += float64(v)
		abs += math.Abs(float64(v))
	}
	if math.Abs(sum-want.Logits0Sum) > 2*tolerance*abs || math.Abs(abs-want.Logits0AbsSum) > 2*tolerance*abs {
		t.Errorf("outputs sum to %v (absolute %v), want %v (%v)", sum, abs, want.Logits0Sum, want.Logits0AbsSum)
	}
}

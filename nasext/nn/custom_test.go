package nn

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/grad"
)

// between is a network with one operation between a convolution and a classifier.
func between(o arch.Op) *arch.Arch {
	n := newNet(3, 5, 4)
	n.op("conv", convOp(3, 3, 1, 1, false))
	n.op("op", o)
	n.op("flat", kind(arch.Flatten))
	n.op("fc", linearOp(10))
	return &n.Arch
}

// customOp is a function f whose output has the given shape.
func customOp(f string, size, c, h, w int) arch.Op {
	return arch.Op{Kind: arch.Custom, Func: f, Size: size, Out: c, KH: h, KW: w}
}

// project is a convolution of 1×1 from 3 to 5 channels with a bias, as a matrix product.
func project(x, w *grad.Tensor) *grad.Tensor {
	s := x.Shape()
	y := w.Slice(0, 0, 15).Reshape(5, 3).MatMul(x.Reshape(s[0], 3, -1))
	return y.Add(w.Slice(0, 15, 20).Reshape(5, 1)).Reshape(s[0], 5, s[2], s[3])
}

func swish(x, _ *grad.Tensor) *grad.Tensor { return x.Mul(x.Sigmoid()) }

// TestCustomIsLikeTheOperation: what the engine has too gives the same outputs and
// gradients as a function.
func TestCustomIsLikeTheOperation(t *testing.T) {
	for _, c := range []struct{ known, own arch.Op }{
		{kind(arch.SiLU), customOp("swish", 0, 3, 5, 4)},
		{convOp(5, 1, 1, 0, true), customOp("project", 20, 5, 5, 4)},
		{kind(arch.GlobalPool), customOp("mean", 0, 3, 1, 1)},
	} {
		known, err := New64(between(c.known), 1)
		if err != nil {
			t.Fatal(err)
		}
		own, err := New64(between(c.own), 1, Funcs{"swish": swish, "project": project}, Funcs{"mean": func(x, _ *grad.Tensor) *grad.Tensor {
			return x.Mean(2, 3).ExpandDims(-1).ExpandDims(-1)
		}})
		if err != nil {
			t.Fatal(err)
		}
		numbers := func(n *Network64) (all []float64) {
			for _, p := range n.Params() {
				all = append(all, p.W...)
			}
			return all
		}
		w := numbers(known)
		for i := range w {
			w[i] += .1 * math.Sin(float64(i)) // biases too
		}
		for _, n := range []*Network64{known, own} {
			rest := w
			for _, p := range n.Params() {
				rest = rest[copy(p.W, rest):]
			}
			if len(rest) > 0 {
				t.Fatalf("%d weights are left", len(rest))
			}
		}
		x, y := imagesOf[float64](9*60), labels(9)
		var results [2][]float64
		for i, n := range []*Network64{known, own} {
			out, err := n.Forward(x, false)
			if err != nil {
				t.Fatal(err)
			}
			results[i] = slices.Clone(out)
			s, err := n.Gradients(x, y)
			if err != nil {
				t.Fatal(err)
			}
			results[i] = append(results[i], s.Loss)
			for _, p := range n.Params() {
				results[i] = append(results[i], p.G...)
			}
		}
		for i, want := range results[0] {
			if got := results[1][i]; math.Abs(got-want) > 1e-12*math.Max(1, math.Abs(want)) {
				t.Fatalf("%v: number %d is %v, want %v as of %v", c.own, i, got, want, c.known)
			}
		}
	}
}

// gated is a network for digits in which half of the channels gate the others.
func gated(t testing.TB, seed uint64) *Network {
	t.Helper()
	n := newNet(1, 8, 8)
	n.op("conv", convOp(8, 3, 2, 1, false))
	n.op("bn", kind(arch.BatchNorm))
	n.op("gate", customOp("gate", 4, 4, 4, 4))
	n.op("flat", kind(arch.Flatten))
	n.op("fc", linearOp(10))
	net, err := New(&n.Arch, seed, Funcs{"gate": func(x, w *grad.Tensor) *grad.Tensor {
		return x.Slice(1, 0, 4).Mul(x.Slice(1, 4, 8).Add(w.Reshape(4, 1, 1)).Sigmoid())
	}})
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// TestCustomTrains: a layer of one's own is trained, saved and loaded as the others are.
func TestCustomTrains(t *testing.T) {
	train, valid := digits(t, 1000, 350)
	n := gated(t, 1)
	before := slices.Clone(n.Params()[3].W)
	if name := n.Params()[3].Name; name != "gate.weight" || before[0] == 0 || before[0] == before[1] {
		t.Errorf("%s begins as %v", name, before)
	}
	if h := fit(t, n, FitConfig{Train: train, Valid: valid, Epochs: 8}); h.Epochs[7].ValidAcc < .9 {
		t.Errorf("%+v; want at least 90 %% right", h.Epochs[7])
	}
	if slices.Equal(before, n.Params()[3].W) {
		t.Error("its parameters have not moved")
	}
	var file bytes.Buffer
	if err := n.Save(&file); err != nil {
		t.Fatal(err)
	}
	again := gated(t, 2)
	if err := again.Load(&file); err != nil {
		t.Fatal(err)
	}
	want, err := n.Evaluate(valid.X, valid.Y)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Evaluate(valid.X, valid.Y); err != nil || got != want {
		t.Errorf("%+v, %v after loading; want %+v", got, err, want)
	}
}

// TestCustomErrors: a mistake in a function is an error that names the node, when the
// network is made if it shows with two samples, else in the pass in which it shows.
func TestCustomErrors(t *testing.T) {
	x, y := images(3*60), labels(3)
	same := func(x, _ *grad.Tensor) *grad.Tensor { return x }
	for _, c := range []struct {
		funcs  Funcs
		atOnce bool
		want   string
	}{
		{nil, true, `node "op" needs the function "f", and there are none; give it`},
		{Funcs{"h": same, "g": same, "f": nil}, true, `node "op" needs the function "f", and there are f, g, h`},
		{Funcs{"f": func(x, w *grad.Tensor) *grad.Tensor { return x.Mean(2, 3) }}, true, `node "op": the function "f": gives the shape [2 3] of an input of shape [2 3 5 4]; the node says that it gives [2 3 5 4]`},
		{Funcs{"f": func(x, w *grad.Tensor) *grad.Tensor { return x.MatMul(grad.Zeros(3, 3)) }}, true, `node "op": the function "f": grad: matmul`},
		{Funcs{"f": func(x, w *grad.Tensor) *grad.Tensor { return grad.Zeros(x.Shape()[5]) }}, true, `node "op": the function "f": panics: runtime error`},
		{Funcs{"f": func(x, w *grad.Tensor) *grad.Tensor { return nil }}, true, `returns nil`},
		{Funcs{"f": func(x, w *grad.Tensor) *grad.Tensor { return x.Reshape(2, 3, 5, 4) }}, false, `forward: node "op": the function "f": grad: reshape`},
		{Funcs{"f": func(x, w *grad.Tensor) *grad.Tensor {
			if x.Shape()[0] == 3 {
				panic(errors.New("three is too many"))
			}
			return x
		}}, false, `forward: node "op": the function "f": panics: three is too many`},
	} {
		n, err := New(between(customOp("f", 0, 3, 5, 4)), 1, c.funcs)
		if (err != nil) != c.atOnce {
			t.Fatalf("making the network: %v; want an error that holds %q: %t", err, c.want, c.atOnce)
		}
		if err == nil {
			if _, err = n.Evaluate(x, y); err == nil {
				t.Error("there is no error in evaluation")
			}
			_, err = n.Gradients(x, y)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("the error is %v, want it to hold %q", err, c.want)
		}
	}
}

// TestCustomFailsInFit: an error in the middle of training ends it.
func TestCustomFailsInFit(t *testing.T) {
	n := newNet(1, 8, 8)
	n.op("op", customOp("f", 0, 10, 1, 1))
	calls := 0
	net, err := New(&n.Arch, 1, Funcs{"f": func(x, _ *grad.Tensor) *grad.Tensor {
		if calls++; calls > 3 {
			panic("enough")
		}
		return x.Reshape(x.Shape()[0], -1).Slice(1, 0, 10).ExpandDims(-1).ExpandDims(-1)
	}})
	if err != nil {
		t.Fatal(err)
	}
	train, _ := digits(t, 640, 64)
	if _, err := Fit(context.Background(), net, FitConfig{Train: train, Epochs: 1}); err == nil || !strings.Contains(err.Error(), `node "op": the function "f": panics: enough`) {
		t.Errorf("the error is %v", err)
	}
}

package conformance_test

import (
	"strings"
	"testing"

	"github.com/nascent-go/nascent/kernel/wire"
)

// TestOwnLayer writes a layer in a cell and takes its derivatives: functions of cells and
// compiled operations see the same tensors.
func TestOwnLayer(t *testing.T) {
	k := start(t)
	k.run("func cube(x *grad.Tensor) *grad.Tensor { return x.Mul(x).Mul(x) }\nx := grad.Var([]float64{1, 2, 3})\ny := cube(x).Sum()", wire.StatusOK)
	for _, c := range []struct{ code, want string }{
		{"y.Value()", "36"},
		{"g := grad.Grad(y, x)[0]\ng.Data()", "[3 12 27]"},
		{"grad.HessianVector(y, []*grad.Tensor{x}, []*grad.Tensor{grad.Ones(3)})[0].String()", "3 [6 12 18]"},
	} {
		if got := k.result(c.code); !strings.Contains(strings.NewReplacer("{", "[", "}", "]", ",", "").Replace(got), c.want) {
			t.Errorf("%s is %s, want %s", c.code, got, c.want)
		}
	}
	wrong := "x.MatMul(grad.Zeros(4, 5)).Tanh().Data()"
	if _, r := k.run(wrong, wire.StatusError); !strings.Contains(r.Error.Value, "3 columns meet 4 rows") {
		t.Errorf("%s fails with %q", wrong, r.Error.Value)
	}
}

// TestOwnLayerTrains puts a function of a cell into a network, trains it, and lets it fail.
func TestOwnLayerTrains(t *testing.T) {
	k := start(t)
	k.run(`b := arch.NewBuilder("own", arch.Shape{C: 1, H: 8, W: 8})
x := b.Custom(b.ConvBN(b.In(), 4, 3, arch.Stride(2)), "bend", arch.Shape{C: 4, H: 4, W: 4}, 4)
b.Linear(b.Flatten(x), 10)
a, err := b.Build()
limit := 1000
bend := func(x, w *grad.Tensor) *grad.Tensor {
	if x.Shape()[0] > limit {
		panic("too many samples")
	}
	return x.Mul(x.Mul(w.Reshape(4, 1, 1)).Sigmoid())
}
net, err := nn.New(a, 1, nn.Funcs{"bend": bend})
parts, err := data.Digits().Parts(1)`, wire.StatusOK)
	if got := k.result(`h, err := nn.Fit(context.Background(), net, nn.FitConfig{Train: parts.Train, Valid: parts.Valid, Epochs: 3})
fmt.Sprint(err, h.Epochs[2].ValidAcc > 0.8)`); !strings.Contains(got, "<nil> true") {
		t.Errorf("training gives %s", got)
	}
	if got := k.result("limit = 3\n_, err = net.Forward(parts.Valid.X[:4*64], false)\nerr.Error()"); !strings.Contains(got, "the function") || !strings.Contains(got, "panics: too many samples") {
		t.Errorf("the error is %s", got)
	}
}

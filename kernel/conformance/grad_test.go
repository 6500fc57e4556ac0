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

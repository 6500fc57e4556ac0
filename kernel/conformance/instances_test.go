package conformance_test

import (
	"strings"
	"testing"

	"github.com/nascent-go/nascent/kernel/wire"
)

// TestInstances uses structs that are instances of compiled generic types by their aliases:
// what compiled functions return, fields, methods, elements of slices, literals, and
// as interfaces.
func TestInstances(t *testing.T) {
	k := start(t)
	k.run(`b := arch.NewBuilder("own", arch.Shape{C: 1, H: 8, W: 8})
b.Linear(b.Flatten(b.In()), 10)
a, err := b.Build()
single, err := nn.New(a, 1)
double, err := nn.New64(a, 1)
var rule nn.Optimizer = &nn.SGD{Momentum: .9}`, wire.StatusOK)
	for _, c := range []struct{ code, want string }{
		{"single.AuxWeight", "0.4"},
		{"single.Params()[1].Name", "linear 1.bias"},
		{"fmt.Sprintf(\"%T %T\", single, double)", "*nn.NetworkOf[float32] *nn.NetworkOf[float64]"},
		{"float32(double.Params()[0].W[0]) == single.Params()[0].W[0]", "true"},
		{"single.Params()[1].G[2] = 3\nerr = rule.Step(single.Params(), .5)\nfmt.Sprint(err, single.Params()[1].W)", "<nil> [0 0 -1.5 0 0 0 0 0 0 0]"},
	} {
		if got := k.result(c.code); !strings.Contains(got, c.want) {
			t.Errorf("%s is %s, want %s", c.code, got, c.want)
		}
	}
}

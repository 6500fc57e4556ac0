package exact_test

import (
	"fmt"
	"math"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/exact"
	"github.com/nascent-go/nascent/nasext/nn/grad"
)

// The curvature of a fresh network's loss along its gradient g, gᵀHg, is how fast a small
// step of gradient descent changes the square of the gradient's length: the quantity behind
// the zero-cost score GraSP.
func ExampleModel_Loss() {
	b := arch.NewBuilder("small", arch.Shape{C: 1, H: 4, W: 4})
	b.Linear(b.GlobalPool(b.Tanh(b.Conv(b.In(), 4, 3))), 2)
	a, err := b.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	n, err := nn.New(a, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	m := exact.New(n)
	loss := m.Loss(grad.Normal(1, "images", 1, 6, 1, 4, 4), []int{0, 1, 0, 1, 1, 0})
	g := grad.Grad(loss, m.Params()...)
	length, curve := grad.Scalar(0), grad.Scalar(0)
	for i, h := range grad.HessianVector(loss, m.Params(), g) {
		length = length.Add(g[i].Mul(g[i]).Sum())
		curve = curve.Add(g[i].Mul(h).Sum())
	}
	// The same from the gradient of |g|², which is 2Hg.
	again := grad.Scalar(0)
	for i, h := range grad.Grad(length, m.Params()...) {
		again = again.Add(g[i].Mul(h).Sum().Times(0.5))
	}
	x, err1 := curve.Value()
	y, err2 := again.Value()
	fmt.Println(err1, err2, x != 0, math.Abs(x-y) < 1e-12*math.Abs(x))
	// Output:
	// <nil> <nil> true true
}

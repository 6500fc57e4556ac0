package grad

import "math"

// unary is a function of each number. The slope gives the gradient by the tensor from
// that by the result, as an expression.
func (t *Tensor) unary(op string, f func(float64) float64, slope func(y, g *Tensor) *Tensor) *Tensor {
	if b := broken(op, t); b != nil {
		return b
	}
	data := make([]float64, len(t.data))
	for i, v := range t.data {
		data[i] = f(v)
	}
	var y *Tensor
	y = result(t.shape, data, func(_ int, g *Tensor) *Tensor { return slope(y, g) }, t)
	return y
}

// Times is the tensor times a number.
func (t *Tensor) Times(f float64) *Tensor {
	return t.unary("times", func(v float64) float64 { return f * v }, func(_, g *Tensor) *Tensor { return g.Times(f) })
}

// Plus is the tensor plus a number.
func (t *Tensor) Plus(f float64) *Tensor {
	return t.unary("plus", func(v float64) float64 { return f + v }, func(_, g *Tensor) *Tensor { return g })
}

// Neg is the tensor with the other sign.
func (t *Tensor) Neg() *Tensor { return t.Times(-1) }

// Exp is e to the power of each number.
func (t *Tensor) Exp() *Tensor {
	return t.unary("exp", math.Exp, func(y, g *Tensor) *Tensor { return g.Mul(y) })
}

// Log is the natural logarithm.
func (t *Tensor) Log() *Tensor {
	return t.unary("log", math.Log, func(_, g *Tensor) *Tensor { return g.Div(t) })
}

// Sqrt is the square root. Its slope at 0 is infinite.
func (t *Tensor) Sqrt() *Tensor {
	return t.unary("sqrt", math.Sqrt, func(y, g *Tensor) *Tensor { return g.Times(0.5).Div(y) })
}

// Sin is the sine.
func (t *Tensor) Sin() *Tensor {
	return t.unary("sin", math.Sin, func(_, g *Tensor) *Tensor { return g.Mul(t.Cos()) })
}

// Cos is the cosine.
func (t *Tensor) Cos() *Tensor {
	return t.unary("cos", math.Cos, func(_, g *Tensor) *Tensor { return g.Mul(t.Sin()).Neg() })
}

// Tanh is the hyperbolic tangent.
func (t *Tensor) Tanh() *Tensor {
	return t.unary("tanh", math.Tanh, func(y, g *Tensor) *Tensor { return g.Mul(y.Mul(y).Neg().Plus(1)) })
}

// Sigmoid is 1/(1+e⁻ˣ).
func (t *Tensor) Sigmoid() *Tensor {
	return t.unary("sigmoid", func(v float64) float64 { return 1 / (1 + math.Exp(-v)) },
		func(y, g *Tensor) *Tensor { return g.Mul(y.Mul(y.Neg().Plus(1))) })
}

// ReLU is max(x, 0). Its slope at 0 is 0.
func (t *Tensor) ReLU() *Tensor {
	return t.unary("relu", func(v float64) float64 { return max(v, 0) },
		func(y, g *Tensor) *Tensor { return Where(y.Detach(), g, Scalar(0)) })
}

// Abs is the number without its sign. Its slope at 0 is 0.
func (t *Tensor) Abs() *Tensor {
	sign := func(v float64) float64 {
		if v == 0 {
			return 0
		}
		return math.Copysign(1, v)
	}
	return t.unary("abs", math.Abs, func(_, g *Tensor) *Tensor { return g.Mul(t.Detach().unary("sign", sign, nil)) })
}

// pair broadcasts two tensors to one shape.
func pair(op string, a, b *Tensor) (*Tensor, *Tensor) {
	if f := broken(op, a, b); f != nil {
		return f, f
	}
	shape, err := common(a.shape, b.shape)
	if err != nil {
		f := fail(op, "%w", err)
		return f, f
	}
	return a.BroadcastTo(shape...), b.BroadcastTo(shape...)
}

// binary is a function of each two numbers of tensors. The slopes give the gradient by a
// (i = 0) or b (i = 1) from that by the result y.
func binary(op string, a, b *Tensor, f func(data, a, b []float64), slopes func(i int, a, b, y, g *Tensor) *Tensor) *Tensor {
	a, b = pair(op, a, b)
	if a.err != nil {
		return a
	}
	data := make([]float64, len(a.data))
	f(data, a.data, b.data[:len(a.data)])
	var y *Tensor
	y = result(a.shape, data, func(i int, g *Tensor) *Tensor { return slopes(i, a, b, y, g) }, a, b)
	return y
}

// Add is the sum.
func (t *Tensor) Add(u *Tensor) *Tensor {
	return binary("add", t, u, func(data, a, b []float64) {
		for i, v := range a {
			data[i] = v + b[i]
		}
	}, func(_ int, _, _, _, g *Tensor) *Tensor { return g })
}

// Sub is the difference.
func (t *Tensor) Sub(u *Tensor) *Tensor {
	return binary("sub", t, u, func(data, a, b []float64) {
		for i, v := range a {
			data[i] = v - b[i]
		}
	}, func(i int, _, _, _, g *Tensor) *Tensor {
		if i == 0 {
			return g
		}
		return g.Neg()
	})
}

// Mul is the product, number by number.
func (t *Tensor) Mul(u *Tensor) *Tensor {
	return binary("mul", t, u, func(data, a, b []float64) {
		for i, v := range a {
			data[i] = v * b[i]
		}
	}, func(i int, a, b, _, g *Tensor) *Tensor {
		if i == 0 {
			return g.Mul(b)
		}
		return g.Mul(a)
	})
}

// Div is the quotient.
func (t *Tensor) Div(u *Tensor) *Tensor {
	return binary("div", t, u, func(data, a, b []float64) {
		for i, v := range a {
			data[i] = v / b[i]
		}
	}, func(i int, _, b, y, g *Tensor) *Tensor {
		if i == 0 {
			return g.Div(b)
		}
		return g.Mul(y).Div(b).Neg()
	})
}

// Pow is t to the power of u, number by number: x.Pow(grad.Scalar(3)) is x³.
func (t *Tensor) Pow(u *Tensor) *Tensor {
	return binary("pow", t, u, func(data, a, b []float64) {
		for i, v := range a {
			data[i] = math.Pow(v, b[i])
		}
	}, func(i int, a, b, y, g *Tensor) *Tensor {
		if i == 1 { // where x is 0, x to the power of u is constant for u > 0
			return g.Mul(y).Mul(Where(a.Detach(), a, Scalar(1)).Log())
		}
		// The slope of x⁰ is 0, also where x⁻¹ is infinite.
		power := Where(b.Detach(), b, Scalar(1)).Plus(-1)
		return g.Mul(b).Mul(a.Pow(power))
	})
}

// Where takes numbers of a where the condition is not 0 and of b where it is. The
// condition has no gradient; Greater makes one.
func Where(condition, a, b *Tensor) *Tensor {
	const op = "where"
	if f := broken(op, condition, a, b); f != nil {
		return f
	}
	shape, err := common(condition.shape, a.shape, b.shape)
	if err != nil {
		return fail(op, "%w", err)
	}
	c := condition.Detach().BroadcastTo(shape...)
	a, b = a.BroadcastTo(shape...), b.BroadcastTo(shape...)
	data := make([]float64, len(c.data))
	for i, on := range c.data {
		if on != 0 {
			data[i] = a.data[i]
		} else {
			data[i] = b.data[i]
		}
	}
	return result(shape, data, func(i int, g *Tensor) *Tensor {
		if i == 0 {
			return Where(c, g, Scalar(0))
		}
		return Where(c, Scalar(0), g)
	}, a, b)
}

// Greater is 1 where t > u, else 0. It has no gradient.
func (t *Tensor) Greater(u *Tensor) *Tensor {
	a, b := pair("greater", t, u)
	if a.err != nil {
		return a
	}
	out := &Tensor{shape: a.shape, data: make([]float64, len(a.data))}
	for i, v := range a.data {
		if v > b.data[i] {
			out.data[i] = 1
		}
	}
	return out
}

// Maximum is the larger of each two numbers. Where they are equal, the gradient goes to u.
func (t *Tensor) Maximum(u *Tensor) *Tensor { return Where(t.Greater(u), t, u) }

// Minimum is the smaller of each two numbers. Where they are equal, the gradient goes to t.
func (t *Tensor) Minimum(u *Tensor) *Tensor { return Where(t.Greater(u), u, t) }

package grad

import "slices"

// Grad are the gradients of y, a tensor of one number, by each of xs: variables or
// whatever y was computed from. They are zeros for what y does not depend on. A mistake
// is carried by all of them.
func Grad(y *Tensor, xs ...*Tensor) []*Tensor {
	if b := broken("gradient", y); b != nil {
		return all(b, len(xs))
	}
	if len(y.data) != 1 {
		return all(fail("gradient", "of a tensor of shape %s; it has to be one number: take its Sum or Mean, or weigh its numbers with VJP", sides(y.shape)), len(xs))
	}
	return VJP(y, Ones(y.shape...), xs...)
}

// VJP are the gradients of Σv·y by each of xs, where v has the shape of y: the vector v
// times the Jacobian of y.
func VJP(y, v *Tensor, xs ...*Tensor) []*Tensor {
	const op = "gradient"
	if b := broken(op, append([]*Tensor{y, v}, xs...)...); b != nil {
		return all(b, len(xs))
	}
	if !slices.Equal(y.shape, v.shape) {
		return all(fail(op, "of a tensor of shape %s, weighed by one of shape %s; the shapes have to be equal", sides(y.shape), sides(v.shape)), len(xs))
	}
	for i, x := range xs {
		if !x.depends {
			return all(fail(op, "by the constant %d of those given; make it with Var, or with AsVar before it is used", i), len(xs))
		}
	}
	order, leads := between(y, xs)
	grads := map[*Tensor]*Tensor{y: v}
	for _, t := range slices.Backward(order) {
		g := grads[t]
		if g == nil || !leads[t] {
			continue
		}
		for i, in := range t.in {
			if !leads[in] {
				continue
			}
			part := t.pull(i, g)
			if sum := grads[in]; sum != nil {
				part = sum.Add(part)
			}
			grads[in] = part
		}
	}
	out := make([]*Tensor, len(xs))
	for i, x := range xs {
		if out[i] = grads[x]; out[i] == nil {
			out[i] = Zeros(x.shape...)
		}
	}
	return out
}

// Numbers is how many numbers are in memory for tensors and all that they were computed
// from, as far as derivatives need it; each tensor counts once.
func Numbers(of ...*Tensor) int {
	seen := map[*Tensor]bool{}
	total := 0
	for stack := slices.Clone(of); len(stack) > 0; {
		t := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if t == nil || seen[t] {
			continue
		}
		seen[t] = true
		total += len(t.data)
		stack = append(stack, t.in...)
	}
	return total
}

// all is n times one tensor.
func all(t *Tensor, n int) []*Tensor { return slices.Repeat([]*Tensor{t}, n) }

// between lists what y was computed from, each after its inputs, and says what of it leads
// to one of xs.
func between(y *Tensor, xs []*Tensor) (order []*Tensor, leads map[*Tensor]bool) {
	leads = map[*Tensor]bool{}
	wanted := map[*Tensor]bool{}
	for _, x := range xs {
		wanted[x] = true
	}
	// The stack is our own, because a loop in a user's program may make expressions of
	// any depth.
	type visit struct {
		t    *Tensor
		next int // of its inputs
	}
	seen := map[*Tensor]bool{y: true}
	stack := []visit{{t: y}}
	for len(stack) > 0 {
		v := &stack[len(stack)-1]
		if v.next < len(v.t.in) {
			in := v.t.in[v.next]
			v.next++
			if in.depends && !seen[in] {
				seen[in] = true
				stack = append(stack, visit{t: in})
			}
			continue
		}
		t := v.t
		stack = stack[:len(stack)-1]
		leads[t] = wanted[t] || slices.ContainsFunc(t.in, func(in *Tensor) bool { return leads[in] })
		order = append(order, t)
	}
	return order, leads
}

// HessianVector is the Hessian of the loss by all of params together, times the vector v,
// which has a tensor of the same shape for each of them: the derivative of the gradient in
// the direction v, exactly, for the price of about two gradients (Pearlmutter 1994).
func HessianVector(loss *Tensor, params, v []*Tensor) []*Tensor {
	const op = "hessian-vector product"
	if len(v) != len(params) {
		return all(fail(op, "%d parameters, but the vector has %d tensors; give one for each", len(params), len(v)), len(params))
	}
	if b := broken(op, slices.Concat(params, v)...); b != nil {
		return all(b, len(params))
	}
	along := Scalar(0)
	for i, g := range Grad(loss, params...) {
		if g.err == nil && !slices.Equal(params[i].shape, v[i].shape) {
			return all(fail(op, "parameter %d has shape %s, the vector %s; the shapes have to be equal", i, sides(params[i].shape), sides(v[i].shape)), len(params))
		}
		along = along.Add(g.Mul(v[i].Detach()).Sum())
	}
	return Grad(along, params...)
}

package controller

import "github.com/nascent-go/nascent/nasext/vec"

// layer is one LSTM layer with h units:
//
//	z = Wx x + bx + Wh h' + bh     (i, f, g, o one after the other, h each)
//	c = σ(f) c' + σ(i) tanh(g)
//	h = σ(o) tanh(c)
//
// with h', c' from the step before. The two biases do the work of one; they are
// kept apart because frameworks do, and Adam moves their sum at twice the pace.
// Vectors are padded: h, and each of the four parts of z.
type layer struct {
	wx, wh *tensor // 4h × h
	bx, bh *tensor // 4h × 1
}

// cell is what one step of one layer computed, kept for the way back.
type cell struct {
	x            []float64 // input
	hPrev, cPrev []float64 // state before
	gates        []float64 // σ(i), σ(f), tanh(g), σ(o)
	c, tanhC, h  []float64 // state after
}

func newCell(n int) cell {
	buf := make([]float64, 7*n)
	return cell{gates: buf[:4*n], c: buf[4*n : 5*n], tanhC: buf[5*n : 6*n], h: buf[6*n:]}
}

// forward takes one step from the state (hPrev, cPrev) with the input x, and leaves it in
// s, whose memory it uses.
func (l layer) forward(s *cell, x, hPrev, cPrev []float64) {
	n := len(hPrev)
	if s.gates == nil {
		*s = newCell(n)
	}
	s.x, s.hPrev, s.cPrev = x, hPrev, cPrev
	z := s.gates
	bh := l.bh.val[:len(z)]
	for i, b := range l.bx.val[:len(z)] {
		z[i] = b + bh[i]
	}
	l.wx.addMul(z, x)
	l.wh.addMul(z, hPrev)
	vec.Sigmoid(z[:2*n])
	vec.Tanh(z[2*n : 3*n])
	vec.Sigmoid(z[3*n:])
	in, forget, g, o := z[:n], z[n:2*n], z[2*n:3*n], z[3*n:4*n]
	for j, c := range cPrev[:n] {
		s.c[j] = float64(forget[j]*c) + float64(in[j]*g[j])
	}
	copy(s.tanhC, s.c)
	vec.Tanh(s.tanhC)
	for j, t := range s.tanhC {
		s.h[j] = o[j] * t
	}
}

// backward takes the gradients with respect to h (from above and from the next
// step, summed) and to c (from the next step). It leaves the gradient with respect to z
// in dz, adds to dx, and leaves the gradients of the state before in dh and dc.
func (l layer) backward(s *cell, dh, dc, dx, dz []float64) {
	n := len(dh)
	in, forget, g, o := s.gates[:n], s.gates[n:2*n], s.gates[2*n:3*n], s.gates[3*n:4*n]
	for j, t := range s.tanhC[:n] {
		d := dc[j] + float64(float64(dh[j]*o[j])*(1-float64(t*t)))
		dz[j] = float64(float64(d*g[j])*in[j]) * (1 - in[j])
		dz[n+j] = float64(float64(d*s.cPrev[j])*forget[j]) * (1 - forget[j])
		dz[2*n+j] = float64(d*in[j]) * (1 - float64(g[j]*g[j]))
		dz[3*n+j] = float64(float64(dh[j]*t)*o[j]) * (1 - o[j])
		dc[j] = d * forget[j]
	}
	l.wx.addMulT(dx, dz)
	clear(dh)
	l.wh.addMulT(dh, dz)
}

// learn adds to the parameters' gradients what n steps send back: rows of zs, xs and hs
// are the gradients with respect to z, the inputs and the states before.
func (l layer) learn(zs, xs, hs []float64, n int) {
	nz, nx := len(zs)/n, len(xs)/n
	l.wx.addOuters(zs, nz, xs, nx, n)
	l.wh.addOuters(zs, nz, hs, nx, n)
	l.bx.addRows(zs, nz, n)
	l.bh.addRows(zs, nz, n)
}

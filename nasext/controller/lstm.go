package controller

import "math"

// layer is one LSTM layer with h units:
//
//	z = Wx x + bx + Wh h' + bh     (i, f, g, o one after the other, h each)
//	c = σ(f) c' + σ(i) tanh(g)
//	h = σ(o) tanh(c)
//
// with h', c' from the step before. The two biases do the work of one; they are
// kept apart because frameworks do, and Adam moves their sum at twice the pace.
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

func newCell(hidden int) cell {
	buf := make([]float64, 7*hidden)
	return cell{
		gates: buf[:4*hidden],
		c:     buf[4*hidden : 5*hidden],
		tanhC: buf[5*hidden : 6*hidden],
		h:     buf[6*hidden:],
	}
}

// forward takes one step from the state (hPrev, cPrev) with the input x.
func (l layer) forward(x, hPrev, cPrev []float64) cell {
	n := len(hPrev)
	s := newCell(n)
	s.x, s.hPrev, s.cPrev = x, hPrev, cPrev
	z := s.gates
	for i := range z {
		z[i] = l.bx.val[i] + l.bh.val[i]
	}
	l.wx.addMul(z, x)
	l.wh.addMul(z, hPrev)
	for j := range n {
		i, f, g, o := sigmoid(z[j]), sigmoid(z[n+j]), math.Tanh(z[2*n+j]), sigmoid(z[3*n+j])
		z[j], z[n+j], z[2*n+j], z[3*n+j] = i, f, g, o
		s.c[j] = f*cPrev[j] + i*g
		s.tanhC[j] = math.Tanh(s.c[j])
		s.h[j] = o * s.tanhC[j]
	}
	return s
}

// backward takes the gradients with respect to h (from above and from the next
// step, summed) and to c (from the next step). It adds to the parameters'
// gradients and to dx, and leaves the gradients of the state before in dh and dc.
// dz is room for 4h numbers.
func (l layer) backward(s cell, dh, dc, dx, dz []float64) {
	n := len(dh)
	for j := range n {
		i, f, g, o := s.gates[j], s.gates[n+j], s.gates[2*n+j], s.gates[3*n+j]
		d := dc[j] + dh[j]*o*(1-s.tanhC[j]*s.tanhC[j])
		dz[j] = d * g * i * (1 - i)
		dz[n+j] = d * s.cPrev[j] * f * (1 - f)
		dz[2*n+j] = d * i * (1 - g*g)
		dz[3*n+j] = dh[j] * s.tanhC[j] * o * (1 - o)
		dc[j] = d * f
	}
	l.wx.addOuter(dz, s.x)
	l.wh.addOuter(dz, s.hPrev)
	l.bx.addAll(dz)
	l.bh.addAll(dz)
	l.wx.addMulT(dx, dz)
	clear(dh)
	l.wh.addMulT(dh, dz)
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

package nn

import (
	"math"

	"github.com/nascent-go/nascent/nasext/arch"
)

// reference computes an architecture as its definition says, in double precision, one
// sample after the other: what the engine is compared with. Weights are read from the
// network. Batch normalisation is in evaluation mode; dropout does nothing.
func reference(n *Network, x []float32) []float64 {
	var out []float64
	elems := n.in.Elems()
	for ; len(x) > 0; x = x[elems:] {
		var vals [][]float64
		for i, s := range n.plan.Steps {
			if i == 0 {
				v := make([]float64, elems)
				for j := range v {
					v[j] = float64(x[j])
				}
				vals = append(vals, v)
				continue
			}
			var ins [][]float64
			for _, from := range s.In {
				ins = append(ins, vals[from])
			}
			vals = append(vals, referenceStep(n, i, ins))
		}
		out = append(out, vals[len(vals)-1]...)
	}
	return out
}

func referenceStep(n *Network, i int, ins [][]float64) []float64 {
	s := n.plan.Steps[i]
	in, o, x := n.plan.Steps[s.In[0]].Out, s.Op, ins[0]
	y := make([]float64, s.Out.Elems())
	plane := s.Out.H * s.Out.W
	// window visits the input pixels (channel relative) under the filter at an output pixel.
	across := o.Stride
	if o.Kind == arch.Conv {
		across = o.StrideW
	}
	window := func(p int, visit func(tap, pixel int)) {
		for t := range o.KH * o.KW {
			v := p/s.Out.W*o.Stride + t/o.KW*max(o.Dilation, 1) - o.PadH
			u := p%s.Out.W*across + t%o.KW*max(o.Dilation, 1) - o.PadW
			if v >= 0 && v < in.H && u >= 0 && u < in.W {
				visit(t, v*in.W+u)
			}
		}
	}
	for j := range y {
		c, p := j/plane, j%plane
		switch o.Kind {
		case arch.Conv:
			cin, cout := in.C/o.Groups, o.Out/o.Groups
			for k := range cin {
				window(p, func(t, q int) {
					w := s.Weight.W[(c*cin+k)*o.KH*o.KW+t]
					y[j] += float64(w) * x[(c/cout*cin+k)*in.H*in.W+q]
				})
			}
			if s.Bias != nil {
				y[j] += float64(s.Bias.W[c])
			}
		case arch.Linear:
			for k, v := range x {
				y[j] += float64(s.Weight.W[j*len(x)+k]) * v
			}
			if s.Bias != nil {
				y[j] += float64(s.Bias.W[j])
			}
		case arch.BatchNorm:
			d := (x[j] - float64(s.Mean.W[c])) / math.Sqrt(float64(s.Var.W[c])+1e-5)
			if y[j] = d; !o.Fixed {
				y[j] = d*float64(s.Weight.W[c]) + float64(s.Bias.W[c])
			}
		case arch.ReLU:
			y[j] = math.Max(x[j], 0)
		case arch.Tanh:
			y[j] = math.Tanh(x[j])
		case arch.ReLU6:
			y[j] = math.Max(math.Min(x[j], 6), 0)
		case arch.Sigmoid:
			y[j] = 1 / (1 + math.Exp(-x[j]))
		case arch.HardSigmoid:
			y[j] = math.Max(0, math.Min(1, x[j]/6+.5))
		case arch.SiLU:
			y[j] = x[j] / (1 + math.Exp(-x[j]))
		case arch.HardSwish:
			y[j] = x[j] * math.Max(0, math.Min(1, x[j]/6+.5))
		case arch.Mul:
			y[j] = x[j] * ins[1][j*len(ins[1])/len(y)]
		case arch.Shuffle:
			size := in.C / o.Groups
			for i := range in.C { // channel i of the input goes to its place in the output
				if i%size*o.Groups+i/size == c {
					y[j] = x[i*plane+p]
				}
			}
		case arch.Slice:
			y[j] = x[o.From*plane+j]
		case arch.Shift:
			if p/in.W+1 < in.H && p%in.W+1 < in.W {
				y[j] = x[j+in.W+1]
			}
		case arch.Crop:
			y[j] = x[(c*in.H+p/o.KW+o.From)*in.W+p%o.KW+o.From]
		case arch.ZeroPad:
			v, u := p/s.Out.W-(s.Out.H-in.H)/2, p%s.Out.W-(s.Out.W-in.W)/2
			if v >= 0 && v < in.H && u >= 0 && u < in.W {
				y[j] = x[(c*in.H+v)*in.W+u]
			}
		case arch.MaxPool:
			y[j] = math.Inf(-1)
			window(p, func(t, q int) { y[j] = math.Max(y[j], x[c*in.H*in.W+q]) })
		case arch.AvgPool:
			count := 0.0
			window(p, func(t, q int) { count++; y[j] += x[c*in.H*in.W+q] })
			y[j] /= count
		case arch.GlobalPool:
			for q := range in.H * in.W {
				y[j] += x[c*in.H*in.W+q] / float64(in.H*in.W)
			}
		case arch.Custom: // bend
			var mean float64
			for q := range plane {
				mean += x[c*plane+q] / float64(plane)
			}
			y[j] = x[j]/(1+math.Exp(-x[j]*float64(s.Weight.W[0]))) + mean*float64(s.Weight.W[1])
		case arch.Mix:
			var sum, all float64
			for k, x := range ins {
				a := float64(s.Alpha.W[k])
				switch o.Gate {
				case arch.Softmax:
					sum += math.Exp(a) * x[j]
					all += math.Exp(a)
				case arch.Logistic:
					sum, all = sum+x[j]/(1+math.Exp(-a)), 1
				case arch.AsIs, arch.Sparse:
					sum, all = sum+a*x[j], 1
				}
			}
			y[j] = sum / all
		case arch.Add:
			for _, v := range ins {
				y[j] += v[j]
			}
		case arch.Concat:
			k := j
			for _, v := range ins {
				if k < len(v) {
					y[j] = v[k]
					break
				}
				k -= len(v)
			}
		case arch.Flatten, arch.Identity, arch.Dropout, arch.DropPath:
			y[j] = x[j]
		case arch.Zero:
		}
	}
	return y
}

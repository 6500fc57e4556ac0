//go:build !purego

package vec

//go:generate go run ./gen

import "golang.org/x/sys/cpu"

// fast: this processor runs the assembly.
func fast() bool { return cpu.X86.HasAVX2 && cpu.X86.HasFMA }

// as is a pointer to a number by the name of its type.
func as[F, T Float](p *T) *F { return any(p).(*F) }

func multiplyFast[T Float](c *T, ldc int, a *T, row, column int, b *T, ldb int, m, n, k int) bool {
	switch {
	case !fast():
		return false
	case isDouble[T]():
		multiply64(as[float64](c), ldc, as[float64](a), row, column, as[float64](b), ldb, m, n/Width, k)
	default:
		multiply32(as[float32](c), ldc, as[float32](a), row, column, as[float32](b), ldb, m, n/Lanes, k)
	}
	return true
}

func addDotsFast(y, a []float64, stride int, x []float64) bool {
	if !fast() {
		return false
	}
	addDotsY(&y[0], len(y)/Width, &a[0], stride, &x[0], len(x)/Width)
	return true
}

func transposeFast[T Float](dst *T, ldd int, src *T, lds, cols int) bool {
	if !fast() || isDouble[T]() {
		return false
	}
	transposeY8(as[float32](dst), ldd, as[float32](src), lds, cols/Lanes)
	return true
}

func squaresFast[T Float](x *T, n int, s *[Lanes]float64) bool {
	switch {
	case !fast():
		return false
	case isDouble[T]():
		squares64(as[float64](x), n/Lanes, &s[0])
	default:
		squares32(as[float32](x), n/Lanes, &s[0])
	}
	return true
}

func lstmFast[T Float](z *T, n int, c0, c, t, h *T) bool {
	switch {
	case !fast():
		return false
	case isDouble[T]():
		lstm64(as[float64](z), n/Width, as[float64](c0), as[float64](c), as[float64](t), as[float64](h))
	default:
		lstm32(as[float32](z), n/Lanes, as[float32](c0), as[float32](c), as[float32](t), as[float32](h))
	}
	return true
}

func tanhFast[T Float](x *T, n int) bool {
	switch {
	case !fast():
		return false
	case isDouble[T]():
		tanh64(as[float64](x), n/Width)
	default:
		tanh32(as[float32](x), n/Lanes)
	}
	return true
}

func lstmBackFast[T Float](z *T, n int, c0, t, dh, dc, dc0 *T) bool {
	switch {
	case !fast():
		return false
	case isDouble[T]():
		lstmBack64(as[float64](z), n/Width, as[float64](c0), as[float64](t), as[float64](dh), as[float64](dc), as[float64](dc0))
	default:
		lstmBack32(as[float32](z), n/Lanes, as[float32](c0), as[float32](t), as[float32](dh), as[float32](dc), as[float32](dc0))
	}
	return true
}

func adamFast[T Float](w, g, m, v *T, n int, s AdamStep) bool {
	switch {
	case !fast():
		return false
	case isDouble[T]():
		adam64(as[float64](w), as[float64](g), as[float64](m), as[float64](v), n/Width, s.Beta1, 1-s.Beta1, s.Beta2, 1-s.Beta2, s.Size, s.Eps)
	default:
		adam32(as[float32](w), as[float32](g), as[float32](m), as[float32](v), n/Lanes,
			float32(s.Beta1), float32(1-s.Beta1), float32(s.Beta2), float32(1-s.Beta2), float32(s.Size), float32(s.Eps))
	}
	return true
}

package main

import "fmt"

//go:noinline
func id(x float64) float64 {
	return x
}

//go:noinline
func id2(x float64) float64 {
	y := x - 0
	fmt.Println(1 / y)
	return y
}
func main() {
	var zero float64
	inf := 1.0 / zero
	negZero := -1 / inf
	fmt.Println(1 / id(negZero))
	fmt.Println(1 / id2(negZero))
	z := id(negZero)
	fmt.Println(1 / z)
	a := []float64{negZero}
	fmt.Println(1 / a[0])
	m := map[float64]int{negZero: 1}
	for k := range m {
		fmt.Println(1 / k)
	}
	a[0] = negZero
	fmt.Println(1 / a[0])
	var st struct{ f float64 }
	st.f = negZero
	fmt.Println(1 / st.f)
	var f32 = float32(negZero)
	fmt.Println(1 / f32)
	f64 := float64(f32)
	fmt.Println(1 / f64)
	c := make(chan float64, 1)
	c <- negZero
	fmt.Println(1 / <-c)
	var i any = negZero
	fmt.Println(1 / i.(float64))
	fn := func() float64 { return negZero }
	fmt.Println(1 / fn())
	cp := complex(negZero, negZero)
	fmt.Println(1/real(cp), 1/imag(cp))
	fmt.Println(1/(negZero*1), 1/(negZero+negZero), 1/(negZero/1), 1/-(-negZero))
	negZero += 0
	fmt.Println(1 / negZero)
}

type vec struct {
	n    int
	x, y float64
}

func (v vec) show(f float64) { fmt.Println(1/v.x, 1/v.y, 1/f) }

func pass(c complex128, a [2]float64, v vec, f32 float32) (float64, float64) {
	fmt.Println(1/real(c), 1/a[1], 1/f32)
	v.show(real(c))
	var s interface{ show(float64) } = v
	s.show(a[0])
	return a[0], v.y
}

func init() {
	zero := 0.0
	n := -1 / (1 / zero)
	x, y := pass(complex(n, 0), [2]float64{n, n}, vec{0, n, n}, float32(n))
	fmt.Println(1/x, 1/y)
	defer vec{0, n, 0}.show(n)
	func(f float64) { fmt.Println(1 / f) }(n)
}

func inverse(f float64) float64 { return 1 / f }

func init() {
	zero, one, i := 0.0, 1.0, 0
	n := -1 / (1 / zero)
	fmt.Println(inverse(n), inverse(n+n), inverse(n-zero), inverse(n*one), inverse(one*n))
	fmt.Println(inverse(one-1), inverse(-1+one), inverse(1-one), inverse(float64(i)), inverse(float64(-i)), inverse(n+1))
}

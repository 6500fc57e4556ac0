// Arithmetic: overflow, shifts, conversions, constants, big numbers, seeded random draws.
package main

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"math/cmplx"
	"math/rand/v2"
	"unsafe"
)

const (
	_  = iota
	kb = 1 << (10 * iota)
	mb
)

const huge = 1 << 100

type bitset uint8

func (b bitset) has(i uint) bool { return b&(1<<i) != 0 }

func main() {
	var i8 int8 = 127
	i8++
	var u8 uint8
	u8--
	var u uint = 0
	fmt.Println(i8, u8, -7/2, -7%3, 7&^5, ^5, 1<<3|1, u-1 == math.MaxUint, kb, mb, huge>>98)
	s := 70
	fmt.Println(1<<s == 0, int32(math.MaxInt32)>>s, int64(-1)>>1, uint32(1)<<31)
	f := 3.99
	fmt.Println(int(f), int(-f), uint8(int(f)), float32(0.1) == 0.1, math.Round(-2.5), math.Trunc(2.7))
	nan := math.NaN()
	fmt.Println(nan == nan, nan < 1, math.Inf(1) > math.MaxFloat64, math.IsNaN(nan), -0.0, math.Copysign(0, -1))
	var z complex128 = complex(3, 4)
	fmt.Println(real(z), imag(z), cmplx.Abs(z), z*z, z == complex(3, 4))
	fmt.Println(bitset(5).has(2), bitset(5).has(1), bits.OnesCount(255), bits.LeadingZeros16(1), bits.Reverse8(1))
	fact := big.NewInt(1)
	for i := range int64(30) {
		fact.Mul(fact, big.NewInt(i+1))
	}
	r := big.NewRat(1, 3)
	r.Add(r, big.NewRat(1, 6))
	fmt.Println(fact, r, fact.BitLen())
	rng := rand.New(rand.NewPCG(1, 2))
	fmt.Println(rng.IntN(100), rng.IntN(100), rng.Float64(), rng.Perm(5))
	a := [3]int{1, 2, 3}
	b := a
	b[0] = 9
	p := &a
	p[1] = 7
	fmt.Println(a, b, a == [3]int{1, 7, 3}, len(p), unsafe.Sizeof(a) == 3*unsafe.Sizeof(a[0]))
	sl := a[:2:2]
	sl = append(sl, 100)
	sl[0] = -1
	fmt.Println(a, sl, cap(a[1:2]))
	m := [][]int{{1, 2}, {3}}
	for _, row := range m {
		row[0] *= 10
	}
	fmt.Println(m, min(3, 1, 2), max(2.5, 1))
	x, y := 1, 2
	x, y = y, x+y
	arr := []int{0, 1, 2}
	i := 0
	i, arr[i] = 2, 9
	fmt.Println(x, y, i, arr)
	h := uint32(2166136261)
	for _, c := range []byte("hash") {
		h = (h ^ uint32(c)) * 16777619
	}
	fmt.Printf("%#x %.17g %g\n", h, 0.1+0.2, float32(1)/3)
	type id = int
	var n id = 5
	fmt.Printf("%T %v %c %q\n", n, 'x', 'x', 0x1F600)
}

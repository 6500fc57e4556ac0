package native

import (
	"math/rand"
	randv2 "math/rand/v2"
)

// What follows is compiled twice, by Go and by this package.

type drawn struct {
	f    [3]float64
	f32  float32
	i    [3]int64
	u    [2]uint64
	i32  [2]int32
	n    [3]int
	last int
}

func draws(n int) (d drawn) {
	for range n {
		d.f[0] += rand.Float64()
		d.f[1] += rand.NormFloat64()
		d.f[2] += rand.ExpFloat64()
		d.f32 += rand.Float32()
		d.i[0] ^= int64(rand.Int())
		d.i[1] ^= rand.Int63()
		d.i[2] += rand.Int63n(1 << 62)
		d.u[0] ^= rand.Uint64()
		d.u[1] += uint64(rand.Uint32())
		d.i32[0] ^= rand.Int31()
		d.i32[1] += rand.Int31n(1 << 30)
		d.n[rand.Intn(3)]++
	}
	d.last = rand.Intn(n)
	return d
}

func draws2(n int) (d drawn) {
	for range n {
		d.f[0] += randv2.Float64()
		d.f[1] += randv2.NormFloat64()
		d.f[2] += randv2.ExpFloat64()
		d.f32 += randv2.Float32()
		d.i[0] |= int64(randv2.Int())
		d.i[1] |= randv2.Int64()
		d.i[2] |= randv2.Int64N(1 << 62)
		d.u[0] |= randv2.Uint64() | randv2.Uint64N(1<<63)
		d.u[1] |= uint64(randv2.Uint32()) | uint64(randv2.UintN(1<<31)) | uint64(randv2.Uint32N(1<<31))
		d.i32[0] |= randv2.Int32()
		d.i32[1] |= randv2.Int32N(1 << 30)
		d.n[randv2.IntN(3)]++
	}
	return d
}

func intn(n int) int          { return rand.Intn(n) }
func int63n(n int64) int64    { return rand.Int63n(n) }
func int31n(n int32) int32    { return rand.Int31n(n) }
func intN(n int) int          { return randv2.IntN(n) }
func int64N(n int64) int64    { return randv2.Int64N(n) }
func int32N(n int32) int32    { return randv2.Int32N(n) }
func uintN(n uint) uint       { return randv2.UintN(n) }
func uint64N(n uint64) uint64 { return randv2.Uint64N(n) }
func uint32N(n uint32) uint32 { return randv2.Uint32N(n) }

// Numbers with a fraction that integers have no room for: what amd64 makes of them.
package main

import (
	"fmt"
	"math"
)

type short int16

func of64(x float64) (int8, uint8, int16, uint16, int32, short) {
	return int8(x), uint8(x), int16(x), uint16(x), int32(x), short(x)
}

func of32(x float32) (int8, uint8, int16, uint16, int32, short) {
	return int8(x), uint8(x), int16(x), uint16(x), int32(x), short(x)
}

func main() {
	for _, x := range []float64{0, math.Copysign(0, -1), 1.9, -1.9, 127.9, 128, -129, 255, 256.5, 32768, 65536, 1<<31 - 0.5, 1 << 31, -1 << 31, -1<<31 - 0.5,
		-1<<31 - 1, 1 << 32, 1 << 62, 1 << 63, 1 << 64, -1 << 63, -1e19, 1e30, math.Inf(1), math.Inf(-1), math.NaN()} {
		fmt.Println(of64(x))
		fmt.Println(of32(float32(x)))
	}
}

// Command gen writes the assembly of package cpu and its Go declarations:
//
//	go run ./gen
//
// in the folder of package cpu. What each function computes is said in kernel.go.
package main

import (
	"fmt"
	"log"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/nascent-go/nascent/nasext/internal/asm"
)

// file is the assembly. Functions are named after the registers that they use: Y of 32
// bytes (AVX2), Z of 64 (AVX-512); those of numbers in double precision with a D before.
type file struct {
	*asm.File
	size int // bytes of a number: 4 or 8
}

// number is the type of a number.
func (f *file) number() string { return fmt.Sprint("float", 8*f.size) }

// scale is size as a factor of an index.
func (f *file) scale() uint8 { return uint8(f.size) }

// suffix is the part of names that says which registers and numbers.
func (f *file) suffix(bytes int) string {
	if f.size == 8 {
		return "D" + letter(bytes)
	}
	return letter(bytes)
}

// spread fills a register with one number.
func (f *file) spread(from operand.Mem, to reg.VecVirtual) {
	if f.size == 8 {
		f.VBROADCASTSD(from, to)
	} else {
		f.VBROADCASTSS(from, to)
	}
}

// multiplyAdd adds x·y to sum.
func (f *file) multiplyAdd(x, y operand.Op, sum reg.VecVirtual) {
	if f.size == 8 {
		f.VFMADD231PD(x, y, sum)
	} else {
		f.VFMADD231PS(x, y, sum)
	}
}

// plus adds x to sum.
func (f *file) plus(x, sum reg.Register) {
	if f.size == 8 {
		f.VADDPD(x, sum, sum)
	} else {
		f.VADDPS(x, sum, sum)
	}
}

// letter is that of registers of so many bytes.
func letter(bytes int) string {
	if bytes == 64 {
		return "Z"
	}
	return "Y"
}

// bytes turns counts of numbers into counts of bytes.
func (f *file) bytes(all ...reg.GPVirtual) {
	for _, n := range all {
		f.SHLQ(operand.U8(f.size/4+1), n)
	}
}

// zero clears a register.
func (f *file) zero(v reg.VecVirtual) {
	if v.Size() == 64 {
		f.VPXORD(v, v, v)
	} else {
		f.VXORPS(v, v, v)
	}
}

// generate returns the files by their names.
func generate() (map[string][]byte, error) {
	f := &file{asm.New(), 4}
	for rows := 1; rows <= 8; rows++ {
		f.tile(rows, 32, 64)
		f.tile(rows, 16, 64)
	}
	f.tile(1, 128, 64)
	for rows := 1; rows <= 4; rows++ {
		f.tile(rows, 16, 32)
	}
	f.dots()
	double := &file{f.File, 8}
	for rows := 1; rows <= 8; rows++ {
		double.tile(rows, 16, 64)
	}
	double.tile(1, 64, 64)
	for rows := 1; rows <= 2; rows++ {
		double.tile(rows, 16, 32)
	}
	double.dots()
	f.Transpose()
	f.plain()
	f.momentum("momentumY", false)
	f.momentum("nesterovY", true)
	f.adaptive()
	f.maxPool()
	f.maxPoolGrad("maxPoolGradY", true)
	f.maxPoolGrad("maxPoolSpreadY", false)
	f.masked()
	return f.Files("cpu")
}

// dots writes the loops of weight gradients.
func (f *file) dots() {
	for rows := 1; rows <= 4; rows++ {
		for cols := 1; cols <= 4; cols++ {
			f.dotZ(rows, cols)
			if rows <= 2 && cols <= 2 {
				f.dotY(rows, cols)
			}
		}
	}
	f.channel(64)
	f.channel(32)
}

func main() {
	files, err := generate()
	if err == nil {
		err = asm.Write(".", files)
	}
	if err != nil {
		log.Fatal(err)
	}
}

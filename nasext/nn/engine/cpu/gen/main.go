// Command gen writes the assembly of package cpu and its Go declarations:
//
//	go run ./gen
//
// in the folder of package cpu. What each function computes is said in kernel.go.
package main

import (
	"log"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/nascent-go/nascent/nasext/internal/asm"
)

// file is the assembly. Functions are named after the registers that they use: Y of 32
// bytes (AVX2), Z of 64 (AVX-512).
type file struct{ *asm.File }

// letter is that of registers of so many bytes.
func letter(bytes int) string {
	if bytes == 64 {
		return "Z"
	}
	return "Y"
}

// bytes turns numbers of float32 into numbers of bytes.
func (f *file) bytes(all ...reg.GPVirtual) {
	for _, n := range all {
		f.SHLQ(operand.U8(2), n)
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
	f := &file{asm.New()}
	for rows := 1; rows <= 8; rows++ {
		f.tile(rows, 32, 64)
		f.tile(rows, 16, 64)
	}
	f.tile(1, 128, 64)
	for rows := 1; rows <= 4; rows++ {
		f.tile(rows, 16, 32)
		for cols := 1; cols <= 4; cols++ {
			f.dotZ(rows, cols)
			if rows <= 2 && cols <= 2 {
				f.dotY(rows, cols)
			}
		}
	}
	f.channel(64)
	f.channel(32)
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

func main() {
	files, err := generate()
	if err == nil {
		err = asm.Write(".", files)
	}
	if err != nil {
		log.Fatal(err)
	}
}

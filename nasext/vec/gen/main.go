// Command gen writes the assembly of package vec and its Go declarations:
//
//	go run ./gen
//
// in the folder of package vec. What each function computes is said in vec.go.
package main

import (
	"log"

	"github.com/mmcloughlin/avo/operand"

	"github.com/nascent-go/nascent/nasext/internal/asm"
)

// file is the assembly.
type file struct{ *asm.File }

// addDots: four rows of a at a time.
func (f *file) addDots() {
	f.Begin("addDotsY", "func(y *float64, blocks int, a *float64, stride int, x *float64, vectors int)")
	y, blocks, a, stride, x, vectors := f.Arg("y"), f.Arg("blocks"), f.Arg("a"), f.Arg("stride"), f.Arg("x"), f.Arg("vectors")
	f.SHLQ(operand.U8(3), stride)
	stride3 := f.GP64()
	f.LEAQ(operand.Mem{Base: stride, Index: stride, Scale: 2}, stride3)
	pa, px, left, factor, half := f.GP64(), f.GP64(), f.GP64(), f.YMM(), f.XMM()
	rows := []operand.Mem{asm.At(pa, 0), {Base: pa, Index: stride, Scale: 1}, {Base: pa, Index: stride, Scale: 2}, {Base: pa, Index: stride3, Scale: 1}}
	f.Label("block")
	sums := f.Vectors(len(rows), 32)
	for _, s := range sums {
		f.VXORPD(s, s, s)
	}
	f.MOVQ(a, pa)
	f.MOVQ(x, px)
	f.MOVQ(vectors, left)
	f.Label("vector")
	f.VMOVUPD(asm.At(px, 0), factor)
	for i, s := range sums {
		f.VFMADD231PD(rows[i], factor, s)
	}
	f.ADDQ(operand.U8(32), pa)
	f.ADDQ(operand.U8(32), px)
	f.Down(left, "vector")
	for i, s := range sums { // s0+s2 and s1+s3, then their sum
		low := s.AsX()
		f.VEXTRACTF128(operand.U8(1), s, half)
		f.VADDPD(half, low, low)
		f.VPERMILPD(operand.U8(1), low, half)
		f.VADDSD(half, low, low)
		f.VADDSD(asm.At(y, 8*i), low, low)
		f.VMOVSD(low, asm.At(y, 8*i))
	}
	f.ADDQ(operand.U8(32), y)
	f.LEAQ(operand.Mem{Base: a, Index: stride, Scale: 4}, a)
	f.Down(blocks, "block")
	f.End()
}

// generate returns the files by their names.
func generate() (map[string][]byte, error) {
	f := &file{asm.New()}
	f.ConstraintExpr("!purego")
	f.addDots()
	f.Transpose()
	for _, k := range f.kinds() {
		k.multiply()
		k.tanhs()
		k.lstm()
		k.adam()
		k.squares()
	}
	return f.Files("vec")
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

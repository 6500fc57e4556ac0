// Command gen writes the assembly of package vec and its Go declarations:
//
//	go run ./gen
//
// in the folder of package vec. What each function computes is said in vec.go.
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"log"
	"math"
	"os"
)

// file collects assembly and declarations.
type file struct {
	data, asm, decl bytes.Buffer
	consts          map[uint64]string
}

// begin starts a function, whose arguments take so many bytes.
func (f *file) begin(name, args string, bytes int) {
	fmt.Fprintf(&f.asm, "\n// func %s(%s)\nTEXT ·%s(SB), NOSPLIT, $0-%d\n", name, args, name, bytes)
	fmt.Fprintf(&f.decl, "\n//go:noescape\nfunc %s(%s)\n", name, args)
}

func (f *file) op(format string, args ...any) { fmt.Fprintf(&f.asm, "\t"+format+"\n", args...) }

func (f *file) label(format string, args ...any) { fmt.Fprintf(&f.asm, format+":\n", args...) }

// load loads arguments of 8 bytes each, in order, into registers.
func (f *file) load(offset int, pairs ...string) {
	for i := 0; i < len(pairs); i += 2 {
		f.op("MOVQ %s+%d(FP), %s", pairs[i], offset+4*i, pairs[i+1])
	}
}

func (f *file) end() {
	f.op("VZEROUPPER")
	f.op("RET")
}

// constant is the place of four times the same 64 bits.
func (f *file) constant(bits uint64) string {
	name, ok := f.consts[bits]
	if !ok {
		name = fmt.Sprintf("const%d<>", len(f.consts))
		f.consts[bits] = name
		for i := range 4 {
			fmt.Fprintf(&f.data, "DATA %s+%d(SB)/8, $%#016x\n", name, 8*i, bits)
		}
		fmt.Fprintf(&f.data, "GLOBL %s(SB), RODATA|NOPTR, $32\n", name)
	}
	return name + "(SB)"
}

func (f *file) number(x float64) string { return f.constant(math.Float64bits(x)) }

// addMul: for 8, 4 or 1 registers of y at a time, all rows of a.
func (f *file) addMul() {
	f.begin("addMulY", "y *float64, vectors int, a *float64, stride int, x *float64, step, n int", 56)
	f.load(0, "y", "DI", "vectors", "R8", "a", "SI", "stride", "R9", "x", "R10", "step", "R11", "n", "R12")
	f.op("SHLQ $3, R9")
	f.op("SHLQ $3, R11")
	for _, regs := range []int{8, 4, 1} {
		f.label("vectors%d", regs)
		f.op("CMPQ R8, $%d", regs)
		f.op("JLT less%d", regs)
		for i := range regs {
			f.op("VMOVUPD %d(DI), Y%d", 32*i, i)
		}
		f.op("MOVQ SI, AX")
		f.op("MOVQ R10, BX")
		f.op("MOVQ R12, CX")
		f.label("row%d", regs)
		f.op("VBROADCASTSD (BX), Y15")
		for i := range regs {
			f.op("VFMADD231PD %d(AX), Y15, Y%d", 32*i, i)
		}
		f.op("ADDQ R9, AX")
		f.op("ADDQ R11, BX")
		f.op("DECQ CX")
		f.op("JNZ row%d", regs)
		for i := range regs {
			f.op("VMOVUPD Y%d, %d(DI)", i, 32*i)
		}
		f.op("ADDQ $%d, DI", 32*regs)
		f.op("ADDQ $%d, SI", 32*regs)
		f.op("SUBQ $%d, R8", regs)
		f.op("JMP vectors%d", regs)
		f.label("less%d", regs)
	}
	f.end()
}

// addDots: four rows of a at a time.
func (f *file) addDots() {
	f.begin("addDotsY", "y *float64, blocks int, a *float64, stride int, x *float64, vectors int", 48)
	f.load(0, "y", "DI", "blocks", "R8", "a", "SI", "stride", "R9", "x", "R10", "vectors", "R11")
	f.op("SHLQ $3, R9")
	f.op("LEAQ (R9)(R9*2), R12")
	f.label("block")
	for i := range 4 {
		f.op("VXORPD Y%d, Y%d, Y%d", i, i, i)
	}
	f.op("MOVQ SI, AX")
	f.op("MOVQ R10, BX")
	f.op("MOVQ R11, CX")
	f.label("vector")
	f.op("VMOVUPD (BX), Y8")
	for i, row := range []string{"(AX)", "(AX)(R9*1)", "(AX)(R9*2)", "(AX)(R12*1)"} {
		f.op("VFMADD231PD %s, Y8, Y%d", row, i)
	}
	f.op("ADDQ $32, AX")
	f.op("ADDQ $32, BX")
	f.op("DECQ CX")
	f.op("JNZ vector")
	for i := range 4 { // s0+s2 and s1+s3, then their sum
		f.op("VEXTRACTF128 $1, Y%d, X9", i)
		f.op("VADDPD X9, X%d, X%d", i, i)
		f.op("VPERMILPD $1, X%d, X9", i)
		f.op("VADDSD X9, X%d, X%d", i, i)
		f.op("VADDSD %d(DI), X%d, X%d", 8*i, i, i)
		f.op("VMOVSD X%d, %d(DI)", i, 8*i)
	}
	f.op("ADDQ $32, DI")
	f.op("LEAQ (SI)(R9*4), SI")
	f.op("DECQ R8")
	f.op("JNZ block")
	f.end()
}

// exponential leaves q in Y3 and s in Y4 for exp(Y0) = s·(1+q).
func (f *file) exponential() {
	const ln2Hi, ln2Lo = 6.93147180369123816490e-01, 1.90821492927058770002e-10
	f.op("VMOVUPD %s, Y1", f.number(700))
	f.op("VMINPD Y0, Y1, Y0") // the second source, the number itself, if that is NaN
	f.op("VMOVUPD %s, Y1", f.number(-700))
	f.op("VMAXPD Y0, Y1, Y0")
	f.op("VMOVUPD %s, Y1", f.number(0x1.8p52))
	f.op("VMOVAPD Y1, Y2")
	f.op("VFMADD231PD %s, Y0, Y2", f.number(1/math.Ln2)) // t
	f.op("VSUBPD Y1, Y2, Y1")                            // n
	f.op("VFMADD231PD %s, Y1, Y0", f.number(-ln2Hi))
	f.op("VFMADD231PD %s, Y1, Y0", f.number(-ln2Lo)) // r
	factorial := 6227020800.0
	f.op("VMOVUPD %s, Y3", f.number(1/factorial))
	for n := 13; n > 1; n-- {
		factorial /= float64(n)
		f.op("VFMADD213PD %s, Y0, Y3", f.number(1/factorial))
	}
	f.op("VMULPD Y0, Y3, Y3")
	f.op("VPSLLQ $52, Y2, Y4")
	f.op("VPADDQ %s, Y4, Y4", f.number(1))
}

// each writes a loop over vectors of x.
func (f *file) each(name string, body func()) {
	f.begin(name, "x *float64, vectors int", 16)
	f.load(0, "x", "DI", "vectors", "CX")
	f.label("loop")
	f.op("VMOVUPD (DI), Y0")
	body()
	f.op("VMOVUPD Y0, (DI)")
	f.op("ADDQ $32, DI")
	f.op("DECQ CX")
	f.op("JNZ loop")
	f.end()
}

func (f *file) activations() {
	f.each("sigmoidY", func() {
		f.op("VXORPD %s, Y0, Y0", f.constant(1<<63)) // -x
		f.exponential()
		f.op("VFMADD213PD Y4, Y4, Y3") // q·s + s
		f.op("VMOVUPD %s, Y1", f.number(1))
		f.op("VADDPD Y3, Y1, Y3")
		f.op("VDIVPD Y3, Y1, Y0")
	})
	f.each("tanhY", func() {
		f.op("VADDPD Y0, Y0, Y0")
		f.exponential()
		f.op("VSUBPD %s, Y4, Y1", f.number(1))
		f.op("VFMADD213PD Y1, Y4, Y3") // q·s + (s-1)
		f.op("VADDPD %s, Y3, Y1", f.number(2))
		f.op("VDIVPD Y1, Y3, Y0")
	})
}

func (f *file) adam() {
	f.begin("adamY", "w, grad, m, v *float64, vectors int, beta1, rest1, beta2, rest2, size, root, eps float64", 96)
	f.load(0, "w", "DI", "grad", "SI", "m", "DX", "v", "BX", "vectors", "CX")
	for i, arg := range []string{"beta1", "rest1", "beta2", "rest2", "size", "root", "eps"} {
		f.op("VBROADCASTSD %s+%d(FP), Y%d", arg, 40+8*i, 8+i)
	}
	f.label("loop")
	f.op("VMOVUPD (SI), Y0")
	f.op("VMULPD Y0, Y9, Y1")
	f.op("VFMADD231PD (DX), Y8, Y1") // β₁m + (1-β₁)g
	f.op("VMOVUPD Y1, (DX)")
	f.op("VMULPD Y0, Y11, Y2")
	f.op("VMULPD Y0, Y2, Y2")
	f.op("VFMADD231PD (BX), Y10, Y2")
	f.op("VMOVUPD Y2, (BX)")
	f.op("VSQRTPD Y2, Y2")
	f.op("VDIVPD Y13, Y2, Y2")
	f.op("VADDPD Y14, Y2, Y2")
	f.op("VMULPD Y12, Y1, Y1")
	f.op("VDIVPD Y2, Y1, Y1")
	f.op("VMOVUPD (DI), Y0")
	f.op("VSUBPD Y1, Y0, Y0")
	f.op("VMOVUPD Y0, (DI)")
	for _, p := range []string{"DI", "SI", "DX", "BX"} {
		f.op("ADDQ $32, %s", p)
	}
	f.op("DECQ CX")
	f.op("JNZ loop")
	f.end()
}

// generate returns the files by their names.
func generate() (map[string][]byte, error) {
	const head = "// Code generated by gen; DO NOT EDIT.\n\n"
	f := &file{consts: map[uint64]string{}}
	f.decl.WriteString(head + "package vec\n")
	f.addMul()
	f.addDots()
	f.activations()
	f.adam()
	decl, err := format.Source(f.decl.Bytes())
	if err != nil {
		return nil, fmt.Errorf("format the declarations: %w", err)
	}
	asm := head + "#include \"textflag.h\"\n\n" + f.data.String() + f.asm.String()
	return map[string][]byte{"loops_amd64.s": []byte(asm), "loops_amd64.go": decl}, nil
}

func main() {
	files, err := generate()
	if err != nil {
		log.Fatal(err)
	}
	for name, b := range files {
		if err := os.WriteFile(name, b, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

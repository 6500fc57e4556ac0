// Command gen writes the assembly of package cpu and its Go declarations:
//
//	go run ./gen
//
// in the folder of package cpu. What each function computes is said in kernel.go.
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"log"
	"os"
)

// file collects assembly and declarations.
type file struct {
	asm, decl bytes.Buffer
	name      string
}

// begin starts a function; args are words of 8 bytes, or 4 for float32.
func (f *file) begin(name, args string, bytes int) {
	f.name = name
	fmt.Fprintf(&f.asm, "\n// func %s(%s)\nTEXT ·%s(SB), NOSPLIT, $8-%d\n", name, args, name, bytes)
	fmt.Fprintf(&f.decl, "\n//go:noescape\nfunc %s(%s)\n", name, args)
}

// op writes an instruction.
func (f *file) op(format string, args ...any) { fmt.Fprintf(&f.asm, "\t"+format+"\n", args...) }

// label writes a label.
func (f *file) label(l string) { fmt.Fprintf(&f.asm, "%s:\n", l) }

func (f *file) end() {
	f.op("VZEROUPPER")
	f.op("RET")
}

// load loads arguments from the frame, in order, into registers.
func (f *file) load(offset int, pairs ...string) {
	for i := 0; i < len(pairs); i += 2 {
		f.op("MOVQ %s+%d(FP), %s", pairs[i], offset+4*i, pairs[i+1])
	}
}

// tile writes the tile of rows × cols for zmm (16 lanes) or ymm (8 lanes) registers, and
// of those to the right of it, blocks in all.
func (f *file) tile(rows, cols, lanes int) {
	reg, bytes := "Z", lanes*4
	if lanes == 8 {
		reg = "Y"
	}
	f.begin(fmt.Sprintf("tile%s%dx%d", reg, rows, cols),
		"taps *tap, n, depth int, a *float32, as, ad int, b *float32, bs int, c *float32, ldc int, from *float32, ldf, step, blocks int", 112)
	nv := cols / lanes
	acc := func(r, v int) string { return fmt.Sprintf("%s%d", reg, r*nv+v) }
	vec := func(v int) string { return fmt.Sprintf("%s%d", reg, rows*nv+v) }
	weight := fmt.Sprintf("%s%d", reg, rows*nv+nv)
	// results visits the rows of c or from, which DI walks through.
	results := func(offset int, base, stride string, visit func(r, v int)) {
		f.load(offset, base, "DI", stride, "SI")
		f.op("SHLQ $2, SI")
		for r := range rows {
			for v := range nv {
				visit(r, v)
			}
			if r+1 < rows {
				f.op("ADDQ SI, DI")
			}
		}
	}
	f.label("block")
	f.load(80, "from", "DX")
	f.op("TESTQ DX, DX")
	f.op("JZ zero")
	f.op("CMPQ step+96(FP), $0")
	f.op("JZ same")
	results(80, "from", "ldf", func(r, v int) { f.op("VMOVUPS %d(DI), %s", v*bytes, acc(r, v)) })
	f.op("JMP begin")
	f.label("same")
	results(80, "from", "ldf", func(r, v int) { f.op("VBROADCASTSS (DI), %s", acc(r, v)) })
	f.op("JMP begin")
	f.label("zero")
	for i := range rows * nv {
		if reg == "Z" {
			f.op("VPXORD Z%d, Z%d, Z%d", i, i, i)
		} else {
			f.op("VXORPS Y%d, Y%d, Y%d", i, i, i)
		}
	}
	f.label("begin")
	f.load(0, "taps", "R8", "n", "R9", "depth", "R10", "a", "R11", "as", "SI", "ad", "DX", "b", "R12", "bs", "R13")
	for _, stride := range []string{"SI", "DX", "R13"} {
		f.op("SHLQ $2, %s", stride)
	}
	f.op("LEAQ (SI)(SI*2), DI")
	f.op("TESTQ R9, R9")
	f.op("JZ store")
	f.op("MOVQ R9, left-8(SP)")
	f.label("next")
	f.op("MOVLQSX (R8), AX")
	f.op("MOVLQSX 4(R8), BX")
	f.op("LEAQ (R11)(AX*4), AX")
	f.op("LEAQ (R12)(BX*4), BX")
	f.op("MOVQ R10, CX")
	f.label("loop")
	for v := range nv {
		f.op("VMOVUPS %d(BX), %s", v*bytes, vec(v))
	}
	if rows > 4 {
		f.op("LEAQ (AX)(SI*4), R9")
	}
	for r := range rows {
		f.op("VBROADCASTSS %s, %s", row(r%4, []string{"AX", "R9"}[r/4], "SI", "DI"), weight)
		for v := range nv {
			f.op("VFMADD231PS %s, %s, %s", vec(v), weight, acc(r, v))
		}
	}
	f.op("ADDQ DX, AX")
	f.op("ADDQ R13, BX")
	f.op("DECQ CX")
	f.op("JNZ loop")
	f.op("ADDQ $8, R8")
	f.op("DECQ left-8(SP)")
	f.op("JNZ next")
	f.label("store")
	results(64, "c", "ldc", func(r, v int) { f.op("VMOVUPS %s, %d(DI)", acc(r, v), v*bytes) })
	f.op("DECQ blocks+104(FP)")
	f.op("JZ end")
	f.op("ADDQ $%d, b+48(FP)", 4*cols)
	f.op("ADDQ $%d, c+64(FP)", 4*cols)
	f.op("MOVQ step+96(FP), DX")
	f.op("IMULQ $%d, DX", 4*cols)
	f.op("ADDQ DX, from+80(FP)")
	f.op("JMP block")
	f.label("end")
	f.end()
}

// transpose writes the transposition of blocks of 8 × 8 numbers that lie side by side in
// eight rows of src: they come to lie below each other in dst.
func (f *file) transpose() {
	f.begin("transposeY8", "dst *float32, ds int, src *float32, ss, blocks int", 40)
	f.load(0, "dst", "DI", "ds", "R10", "src", "SI", "ss", "R11", "blocks", "CX")
	f.op("SHLQ $2, R10")
	f.op("SHLQ $2, R11")
	f.op("LEAQ (R11)(R11*2), R13")
	f.label("loop")
	f.op("LEAQ (SI)(R11*4), AX")
	// Halves of row i and of row i+4 share a register: what follows stays within halves.
	for half := range 2 {
		for i := range 4 {
			f.op("VMOVUPS %d%s, X%d", 16*half, row(i, "SI", "R11", "R13"), 4*half+i)
			f.op("VINSERTF128 $1, %d%s, Y%d, Y%d", 16*half, row(i, "AX", "R11", "R13"), 4*half+i, 4*half+i)
		}
	}
	for half := range 2 {
		r := 4 * half
		for i := range 2 {
			f.op("VUNPCKLPS Y%d, Y%d, Y%d", r+2*i+1, r+2*i, 8+2*i)
			f.op("VUNPCKHPS Y%d, Y%d, Y%d", r+2*i+1, r+2*i, 9+2*i)
		}
		for i := range 4 { // row i of the four that these halves make
			f.op("VSHUFPS $%d, Y%d, Y%d, Y12", []int{0x44, 0xee}[i%2], 10+i/2, 8+i/2)
			f.op("VMOVUPS Y12, (DI)")
			f.op("ADDQ R10, DI")
		}
	}
	f.op("ADDQ $32, SI")
	f.op("DECQ CX")
	f.op("JNZ loop")
	f.end()
}

// channel writes the convolution of one channel with a filter of its own, for registers of
// 16 or 8 lanes.
func (f *file) channel(lanes int) {
	reg, name, regs := "Z", "channelZ", 1
	if lanes == 8 {
		reg, name, regs = "Y", "channelY", 2
	}
	f.begin(name, "program *int32, strips int, w, src, dst *float32, add int, first float32", 52)
	f.load(0, "program", "R8", "strips", "R9", "w", "R11", "src", "R12", "dst", "DI")
	begin, weight := fmt.Sprintf("%s15", reg), fmt.Sprintf("%s14", reg)
	f.op("VBROADCASTSS first+48(FP), %s", begin)
	f.label("strip")
	f.op("MOVLQSX (R8), AX")
	f.op("LEAQ (DI)(AX*4), SI")
	f.op("MOVLQSX 4(R8), R10")
	f.op("MOVLQSX 8(R8), R13")
	f.op("ADDQ $12, R8")
	f.op("MOVQ R12, BX")
	for _, blocks := range []int{4, 1} { // of 16 numbers
		label := func(s string) string { return fmt.Sprintf("%s%d", s, blocks) }
		n := blocks * regs
		f.label(label("blocks"))
		f.op("CMPQ R10, $%d", blocks)
		f.op("JLT %s", label("less"))
		f.op("CMPQ add+40(FP), $0")
		f.op("JZ %s", label("begin"))
		for i := range n {
			f.op("VMOVUPS %d(SI), %s%d", i*lanes*4, reg, i)
		}
		f.op("JMP %s", label("sum"))
		f.label(label("begin"))
		for i := range n {
			f.op("VMOVAPS %s, %s%d", begin, reg, i)
		}
		f.label(label("sum"))
		f.op("MOVQ R8, DX")
		f.op("MOVQ R13, CX")
		f.op("TESTQ CX, CX")
		f.op("JZ %s", label("store"))
		f.label(label("tap"))
		f.op("MOVLQSX (DX), AX")
		f.op("VBROADCASTSS (R11)(AX*4), %s", weight)
		f.op("MOVLQSX 4(DX), AX")
		for i := range n {
			f.op("VFMADD231PS %d(BX)(AX*4), %s, %s%d", i*lanes*4, weight, reg, i)
		}
		f.op("ADDQ $8, DX")
		f.op("DECQ CX")
		f.op("JNZ %s", label("tap"))
		f.label(label("store"))
		for i := range n {
			f.op("VMOVUPS %s%d, %d(SI)", reg, i, i*lanes*4)
		}
		f.op("ADDQ $%d, SI", 64*blocks)
		f.op("ADDQ $%d, BX", 64*blocks)
		f.op("SUBQ $%d, R10", blocks)
		f.op("JMP %s", label("blocks"))
		f.label(label("less"))
	}
	f.op("LEAQ (R8)(R13*8), R8")
	f.op("DECQ R9")
	f.op("JNZ strip")
	f.end()
}

// row is the address of the i-th of up to four rows that begin at base, stride apart;
// stride3 holds three strides.
func row(i int, base, stride, stride3 string) string {
	return []string{"(" + base + ")", "(" + base + ")(" + stride + "*1)", "(" + base + ")(" + stride + "*2)", "(" + base + ")(" + stride3 + "*1)"}[i]
}

const dotArgs = "runs *run, n int, dy *float32, ds int, x *float32, xs int, out *float32"

// dotHead loads the arguments of a dot and begins its two loops: AX and BX point to
// the stretch, CX counts.
func (f *file) dotHead(name string, clear func()) {
	f.begin(name, dotArgs, 56)
	f.load(0, "runs", "R8", "n", "R9", "dy", "R11", "ds", "R10", "x", "R12", "xs", "R13", "out", "DI")
	f.op("SHLQ $2, R10")
	f.op("SHLQ $2, R13")
	f.op("LEAQ (R10)(R10*2), DX")
	f.op("LEAQ (R13)(R13*2), SI")
	clear()
	f.op("TESTQ R9, R9")
	f.op("JZ sums")
	f.label("next")
	f.op("MOVLQSX (R8), AX")
	f.op("MOVLQSX 4(R8), BX")
	f.op("MOVLQSX 8(R8), CX")
	f.op("LEAQ (R11)(AX*4), AX")
	f.op("LEAQ (R12)(BX*4), BX")
	f.label("loop")
}

func (f *file) dotTail() {
	f.op("ADDQ $64, AX")
	f.op("ADDQ $64, BX")
	f.op("DECQ CX")
	f.op("JNZ loop")
	f.op("ADDQ $16, R8")
	f.op("DECQ R9")
	f.op("JNZ next")
	f.label("sums")
}

// dotZ writes the dot of rows × cols with AVX-512.
func (f *file) dotZ(rows, cols int) {
	acc := func(i, j int) int { return i*cols + j }
	f.dotHead(fmt.Sprintf("dotZ%dx%d", rows, cols), func() {
		for i := range rows * cols {
			f.op("VPXORD Z%d, Z%d, Z%d", i, i, i)
		}
	})
	for j := range cols {
		f.op("VMOVUPS %s, Z%d", row(j, "BX", "R13", "SI"), 20+j)
	}
	for i := range rows {
		f.op("VMOVUPS %s, Z%d", row(i, "AX", "R10", "DX"), 16+i)
		for j := range cols {
			f.op("VFMADD231PS Z%d, Z%d, Z%d", 20+j, 16+i, acc(i, j))
		}
	}
	f.dotTail()
	for i := range rows {
		for j := range cols {
			a := acc(i, j)
			f.op("VEXTRACTF64X4 $1, Z%d, Y16", a)
			f.op("VADDPS Y16, Y%d, Y%d", a, a)
			f.op("VEXTRACTF32X4 $1, Y%d, X16", a)
			f.op("VADDPS X16, X%d, X%d", a, a)
			f.op("VPERMILPD $1, X%d, X16", a)
			f.op("VADDPS X16, X%d, X%d", a, a)
			f.op("VMOVSHDUP X%d, X16", a)
			f.op("VADDSS X16, X%d, X%d", a, a)
			f.op("VMOVSS X%d, %d(DI)", a, 16*i+4*j)
		}
	}
	f.end()
}

// dotY writes the dot of rows × cols ≤ 2 × 2 with AVX2: two registers in place of one.
func (f *file) dotY(rows, cols int) {
	acc := func(i, j, h int) int { return (i*2+j)*2 + h }
	f.dotHead(fmt.Sprintf("dotY%dx%d", rows, cols), func() {
		for i := range 8 {
			f.op("VXORPS Y%d, Y%d, Y%d", i, i, i)
		}
	})
	for h := range 2 {
		for j := range cols {
			f.op("VMOVUPS %d%s, Y%d", 32*h, row(j, "BX", "R13", "SI"), 10+j)
		}
		for i := range rows {
			f.op("VMOVUPS %d%s, Y%d", 32*h, row(i, "AX", "R10", "DX"), 8+i)
			for j := range cols {
				f.op("VFMADD231PS Y%d, Y%d, Y%d", 10+j, 8+i, acc(i, j, h))
			}
		}
	}
	f.dotTail()
	for i := range rows {
		for j := range cols {
			a := acc(i, j, 0)
			f.op("VADDPS Y%d, Y%d, Y%d", a+1, a, a)
			f.op("VEXTRACTF128 $1, Y%d, X8", a)
			f.op("VADDPS X8, X%d, X%d", a, a)
			f.op("VPERMILPD $1, X%d, X8", a)
			f.op("VADDPS X8, X%d, X%d", a, a)
			f.op("VMOVSHDUP X%d, X8", a)
			f.op("VADDSS X8, X%d, X%d", a, a)
			f.op("VMOVSS X%d, %d(DI)", a, 16*i+4*j)
		}
	}
	f.end()
}

// each writes a loop over n×16 numbers of some arrays, two ymm a turn; body is called
// with the byte offset of each half. Pointers advance by 64 bytes.
func (f *file) each(pointers []string, body func(off, half int)) {
	f.label("loop")
	for h := range 2 {
		body(32*h, h)
	}
	for _, p := range pointers {
		f.op("ADDQ $64, %s", p)
	}
	f.op("DECQ CX")
	f.op("JNZ loop")
}

func (f *file) broadcast(arg string, offset, reg int) {
	f.op("VBROADCASTSS %s+%d(FP), Y%d", arg, offset, reg)
}

// simple writes the loops over plain arrays.
func (f *file) simple() {
	f.begin("addY", "dst, src *float32, n int", 24)
	f.load(0, "dst", "DI", "src", "SI", "n", "CX")
	f.each([]string{"DI", "SI"}, func(off, h int) {
		f.op("VMOVUPS %d(DI), Y%d", off, h)
		f.op("VADDPS %d(SI), Y%d, Y%d", off, h, h)
		f.op("VMOVUPS Y%d, %d(DI)", h, off)
	})
	f.end()

	f.begin("plusY", "dst, x, y *float32, n int", 32)
	f.load(0, "dst", "DI", "x", "SI", "y", "DX", "n", "CX")
	f.each([]string{"DI", "SI", "DX"}, func(off, h int) {
		f.op("VMOVUPS %d(SI), Y%d", off, h)
		f.op("VADDPS %d(DX), Y%d, Y%d", off, h, h)
		f.op("VMOVUPS Y%d, %d(DI)", h, off)
	})
	f.end()

	f.begin("addMulY", "dst, src *float32, n int, f float32", 28)
	f.load(0, "dst", "DI", "src", "SI", "n", "CX")
	f.broadcast("f", 24, 8)
	f.each([]string{"DI", "SI"}, func(off, h int) {
		f.op("VMULPS %d(SI), Y8, Y%d", off, h)
		f.op("VADDPS %d(DI), Y%d, Y%d", off, h, h)
		f.op("VMOVUPS Y%d, %d(DI)", h, off)
	})
	f.end()

	f.begin("affineY", "dst, src *float32, n int, f, t float32", 32)
	f.load(0, "dst", "DI", "src", "SI", "n", "CX")
	f.broadcast("f", 24, 8)
	f.broadcast("t", 28, 9)
	f.each([]string{"DI", "SI"}, func(off, h int) {
		f.op("VMULPS %d(SI), Y8, Y%d", off, h)
		f.op("VADDPS Y9, Y%d, Y%d", h, h)
		f.op("VMOVUPS Y%d, %d(DI)", h, off)
	})
	f.end()

	// VMAXPS gives its second source, the number itself, if that is NaN.
	f.begin("reluY", "dst, src *float32, n int", 24)
	f.load(0, "dst", "DI", "src", "SI", "n", "CX")
	f.op("VXORPS Y8, Y8, Y8")
	f.each([]string{"DI", "SI"}, func(off, h int) {
		f.op("VMAXPS %d(SI), Y8, Y%d", off, h)
		f.op("VMOVUPS Y%d, %d(DI)", h, off)
	})
	f.end()

	f.begin("reluGradY", "dst, dy, y *float32, n int", 32)
	f.load(0, "dst", "DI", "dy", "SI", "y", "DX", "n", "CX")
	f.op("VXORPS Y8, Y8, Y8")
	f.each([]string{"DI", "SI", "DX"}, func(off, h int) {
		f.op("VCMPPS $1, %d(DX), Y8, Y%d", off, h) // 0 < y
		f.op("VANDPS %d(SI), Y%d, Y%d", off, h, h)
		f.op("VMOVUPS Y%d, %d(DI)", h, off)
	})
	f.end()

	f.begin("normSumsY", "dy, x *float32, n int, t float32, s, p *float32", 48)
	f.load(0, "dy", "DI", "x", "SI", "n", "CX")
	f.broadcast("t", 24, 8)
	f.load(32, "s", "AX", "p", "BX")
	for r := range 4 {
		f.op("VXORPS Y%d, Y%d, Y%d", r, r, r)
	}
	f.each([]string{"DI", "SI"}, func(off, h int) {
		f.op("VMOVUPS %d(DI), Y%d", off, 4+h)
		f.op("VADDPS Y%d, Y%d, Y%d", 4+h, h, h)
		f.op("VMOVUPS %d(SI), Y%d", off, 6+h)
		f.op("VSUBPS Y8, Y%d, Y%d", 6+h, 6+h)
		f.op("VMULPS Y%d, Y%d, Y%d", 4+h, 6+h, 6+h)
		f.op("VADDPS Y%d, Y%d, Y%d", 6+h, 2+h, 2+h)
	})
	for h := range 2 {
		f.op("VMOVUPS Y%d, %d(AX)", h, 32*h)
		f.op("VMOVUPS Y%d, %d(BX)", 2+h, 32*h)
	}
	f.end()
}

// momentum writes the update of gradient descent with momentum, plain or Nesterov's.
func (f *file) momentum(name string, nesterov bool) {
	f.begin(name, "w, v, grad *float32, n int, rate, momentum, decay float32", 44)
	f.load(0, "w", "DI", "v", "SI", "grad", "DX", "n", "CX")
	for i, arg := range []string{"rate", "momentum", "decay"} {
		f.broadcast(arg, 32+4*i, 8+i)
	}
	f.each([]string{"DI", "SI", "DX"}, func(off, h int) {
		f.op("VMOVUPS %d(DI), Y%d", off, h)
		f.op("VMULPS Y%d, Y10, Y%d", h, 2+h)
		f.op("VADDPS %d(DX), Y%d, Y%d", off, 2+h, 2+h) // g + decay·w
		f.op("VMULPS %d(SI), Y9, Y%d", off, 4+h)
		f.op("VADDPS Y%d, Y%d, Y%d", 2+h, 4+h, 4+h)
		f.op("VMOVUPS Y%d, %d(SI)", 4+h, off)
		if nesterov {
			f.op("VMULPS Y%d, Y9, Y%d", 4+h, 4+h)
			f.op("VADDPS Y%d, Y%d, Y%d", 2+h, 4+h, 4+h)
		}
		f.op("VMULPS Y%d, Y8, Y%d", 4+h, 4+h)
		f.op("VSUBPS Y%d, Y%d, Y%d", 4+h, h, h)
		f.op("VMOVUPS Y%d, %d(DI)", h, off)
	})
	f.end()
}

// windows writes the two directions of max pooling for one output pixel: n offsets of
// the pixels under its window are in at, DX counts 16 lanes at a time.
func (f *file) windows() {
	loop := func(each func(h int)) { // over the window
		f.op("MOVQ R8, R9")
		f.op("MOVQ R10, CX")
		f.label("next")
		f.op("MOVLQSX (R9), AX")
		f.op("LEAQ (SI)(AX*4), BX")
		f.op("VPBROADCASTD (R9), Y8")
		for h := range 2 {
			each(h)
		}
		f.op("ADDQ $4, R9")
		f.op("DECQ CX")
		f.op("JNZ next")
	}

	f.begin("maxPoolY", "y *float32, which *int32, x *float32, at *int32, n, blocks int", 48)
	f.load(0, "y", "DI", "which", "R11", "x", "SI", "at", "R8", "n", "R10", "blocks", "DX")
	f.label("block")
	f.op("MOVLQSX (R8), AX")
	for h := range 2 {
		f.op("VMOVUPS %d(SI)(AX*4), Y%d", 32*h, h)
		f.op("VPBROADCASTD (R8), Y%d", 2+h)
	}
	loop(func(h int) { // the first again, which changes nothing
		f.op("VMOVUPS %d(BX), Y4", 32*h)
		f.op("VCMPPS $0x1e, Y%d, Y4, Y5", h) // larger
		f.op("VCMPPS $3, Y4, Y4, Y6")        // NaN
		f.op("VORPS Y6, Y5, Y5")
		f.op("VBLENDVPS Y5, Y4, Y%d, Y%d", h, h)
		f.op("VBLENDVPS Y5, Y8, Y%d, Y%d", 2+h, 2+h)
	})
	for h := range 2 {
		f.op("VMOVUPS Y%d, %d(DI)", h, 32*h)
		f.op("VMOVUPS Y%d, %d(R11)", 2+h, 32*h)
	}
	for _, p := range []string{"DI", "R11", "SI"} {
		f.op("ADDQ $64, %s", p)
	}
	f.op("DECQ DX")
	f.op("JNZ block")
	f.end()

	for _, add := range []bool{true, false} {
		f.windowsGrad(add, loop)
	}
}

func (f *file) windowsGrad(add bool, loop func(each func(h int))) {
	name := "maxPoolGradY"
	if !add {
		name = "maxPoolSpreadY"
	}
	f.begin(name, "dx, dy *float32, which, at *int32, n, blocks int", 48)
	f.load(0, "dx", "SI", "dy", "DI", "which", "R11", "at", "R8", "n", "R10", "blocks", "DX")
	f.label("block")
	for h := range 2 {
		f.op("VMOVUPS %d(DI), Y%d", 32*h, h)
		f.op("VMOVUPS %d(R11), Y%d", 32*h, 2+h)
	}
	loop(func(h int) {
		f.op("VPCMPEQD Y8, Y%d, Y5", 2+h)
		f.op("VANDPS Y%d, Y5, Y5", h)
		if add {
			f.op("VADDPS %d(BX), Y5, Y5", 32*h)
		}
		f.op("VMOVUPS Y5, %d(BX)", 32*h)
	})
	for _, p := range []string{"DI", "R11", "SI"} {
		f.op("ADDQ $64, %s", p)
	}
	f.op("DECQ DX")
	f.op("JNZ block")
	f.end()
}

// masked writes the loops whose mask begins anew every m×16 numbers, in BX; R9 counts
// the repetitions, R10 holds m.
func (f *file) masked() {
	outer := func(pointers []string, body func(off, h int)) {
		f.label("again")
		f.op("MOVQ R8, BX")
		f.op("MOVQ R10, CX")
		f.each(append(pointers, "BX"), body)
		f.op("DECQ R9")
		f.op("JNZ again")
	}
	sums := func() {
		f.op("VMOVUPS Y0, (DI)")
		f.op("VMOVUPS Y1, 32(DI)")
		f.end()
	}

	f.begin("sumY", "x, mask *float32, blocks, m int, out *float32", 40)
	f.load(0, "x", "SI", "mask", "R8", "blocks", "R9", "m", "R10", "out", "DI")
	f.op("VXORPS Y0, Y0, Y0")
	f.op("VXORPS Y1, Y1, Y1")
	outer([]string{"SI"}, func(off, h int) {
		f.op("VMOVUPS %d(SI), Y%d", off, 2+h)
		f.op("VMULPS %d(BX), Y%d, Y%d", off, 2+h, 2+h)
		f.op("VADDPS Y%d, Y%d, Y%d", 2+h, h, h)
	})
	sums()

	f.begin("sqdevY", "x, mask *float32, blocks, m int, out *float32, t float32", 44)
	f.load(0, "x", "SI", "mask", "R8", "blocks", "R9", "m", "R10", "out", "DI")
	f.broadcast("t", 40, 8)
	f.op("VXORPS Y0, Y0, Y0")
	f.op("VXORPS Y1, Y1, Y1")
	outer([]string{"SI"}, func(off, h int) {
		f.op("VMOVUPS %d(SI), Y%d", off, 2+h)
		f.op("VSUBPS Y8, Y%d, Y%d", 2+h, 2+h)
		f.op("VMULPS %d(BX), Y%d, Y%d", off, 2+h, 2+h)
		f.op("VMULPS Y%d, Y%d, Y%d", 2+h, 2+h, 2+h)
		f.op("VADDPS Y%d, Y%d, Y%d", 2+h, h, h)
	})
	sums()

	f.begin("normGradY", "dst, dy, x, mask *float32, blocks, m int, f, plus, h, t float32", 64)
	f.load(0, "dst", "DI", "dy", "SI", "x", "DX", "mask", "R8", "blocks", "R9", "m", "R10")
	for i, arg := range []string{"f", "plus", "h", "t"} {
		f.broadcast(arg, 48+4*i, 8+i)
	}
	outer([]string{"DI", "SI", "DX"}, func(off, h int) {
		f.op("VMULPS %d(SI), Y8, Y%d", off, h)
		f.op("VADDPS Y9, Y%d, Y%d", h, h)
		f.op("VMOVUPS %d(DX), Y%d", off, 2+h)
		f.op("VSUBPS Y11, Y%d, Y%d", 2+h, 2+h)
		f.op("VMULPS Y10, Y%d, Y%d", 2+h, 2+h)
		f.op("VADDPS Y%d, Y%d, Y%d", 2+h, h, h)
		f.op("VMULPS %d(BX), Y%d, Y%d", off, h, h)
		f.op("VMOVUPS Y%d, %d(DI)", h, off)
	})
	f.end()
}

// generate returns the files by their names.
func generate() (map[string][]byte, error) {
	const head = "// Code generated by gen; DO NOT EDIT.\n\n"
	f := &file{}
	f.asm.WriteString(head + "#include \"textflag.h\"\n")
	f.decl.WriteString(head + "package cpu\n")
	for rows := 1; rows <= 8; rows++ {
		f.tile(rows, 32, 16)
		f.tile(rows, 16, 16)
	}
	f.tile(1, 128, 16)
	for rows := 1; rows <= 4; rows++ {
		f.tile(rows, 16, 8)
		for cols := 1; cols <= 4; cols++ {
			f.dotZ(rows, cols)
			if rows <= 2 && cols <= 2 {
				f.dotY(rows, cols)
			}
		}
	}
	f.channel(16)
	f.channel(8)
	f.transpose()
	f.simple()
	f.momentum("momentumY", false)
	f.momentum("nesterovY", true)
	f.windows()
	f.masked()
	decl, err := format.Source(f.decl.Bytes())
	if err != nil {
		return nil, fmt.Errorf("format the declarations: %w", err)
	}
	return map[string][]byte{"loops_amd64.s": f.asm.Bytes(), "loops_amd64.go": decl}, nil
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

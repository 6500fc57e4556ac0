// Package asm is what the generators of assembly have in common: a thin layer over avo.
package asm

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
	"github.com/mmcloughlin/avo/reg"
)

// File is the assembly of a package, with instructions as methods.
type File struct {
	*build.Context
	consts map[uint64]operand.Mem
	err    error
}

// New is an empty file.
func New() *File { return &File{Context: build.NewContext(), consts: map[uint64]operand.Mem{}} }

// Begin starts a function of a signature like "func(x *float64, n int)".
func (f *File) Begin(name, signature string) {
	f.Function(name)
	f.Attributes(attr.NOSPLIT)
	f.Pragma("noescape")
	f.SignatureExpr(signature)
}

// End returns from the function.
func (f *File) End() {
	f.VZEROUPPER()
	f.RET()
}

// Arg loads an argument of 8 bytes.
func (f *File) Arg(name string) reg.GPVirtual {
	return f.Load(f.Param(name), f.GP64()).(reg.GPVirtual)
}

// Args loads several.
func (f *File) Args(names ...string) []reg.GPVirtual {
	all := make([]reg.GPVirtual, len(names))
	for i, name := range names {
		all[i] = f.Arg(name)
	}
	return all
}

// Place is where an argument lies, which may be written to as well.
func (f *File) Place(name string) operand.Mem {
	p, err := f.Param(name).Resolve()
	if err != nil {
		f.err = errors.Join(f.err, fmt.Errorf("argument %s: %w", name, err))
		return operand.Mem{}
	}
	return p.Addr
}

// Quad is four times the same 64 bits in memory.
func (f *File) Quad(bits uint64) operand.Mem {
	m, ok := f.consts[bits]
	if !ok {
		m = f.StaticGlobal(fmt.Sprintf("const%d", len(f.consts)))
		f.DataAttributes(attr.RODATA | attr.NOPTR)
		for range 4 {
			f.AppendDatum(operand.U64(bits))
		}
		f.consts[bits] = m
	}
	return m
}

// Vectors are n registers of 16 bytes (X), 32 (Y) or 64 (Z).
func (f *File) Vectors(n, bytes int) []reg.VecVirtual {
	v := make([]reg.VecVirtual, n)
	for i := range v {
		v[i] = f.Vector(bytes)
	}
	return v
}

// Vector is one of them.
func (f *File) Vector(bytes int) reg.VecVirtual {
	switch bytes {
	case 16:
		return f.XMM()
	case 32:
		return f.YMM()
	}
	return f.ZMM()
}

// Down ends a loop that is run as often as n says, which it counts down.
func (f *File) Down(n operand.Op, label string) {
	f.DECQ(n)
	f.JNZ(operand.LabelRef(label))
}

// Goto jumps.
func (f *File) Goto(label string) { f.JMP(operand.LabelRef(label)) }

// If0 jumps if x, a register, is 0.
func (f *File) If0(x operand.Op, label string) {
	f.TESTQ(x, x)
	f.JZ(operand.LabelRef(label))
}

// At is the memory offset bytes behind an address.
func At(base reg.Register, offset int) operand.Mem { return operand.Mem{Base: base, Disp: offset} }

// Index is the memory at base + scale·index + offset.
func Index(base, index reg.Register, scale uint8, offset int) operand.Mem {
	return operand.Mem{Base: base, Index: index, Scale: scale, Disp: offset}
}

// Files are the assembly and the declarations for package pkg, by their names.
func (f *File) Files(pkg string) (map[string][]byte, error) {
	code, err := f.Result()
	if err = errors.Join(err, f.err); err != nil {
		return nil, fmt.Errorf("build the assembly: %w", err)
	}
	if err := pass.Compile.Execute(code); err != nil {
		return nil, fmt.Errorf("allocate registers: %w", err)
	}
	config := printer.Config{Name: "gen", Pkg: pkg}
	text, err := printer.NewGoAsm(config).Print(code)
	if err != nil {
		return nil, fmt.Errorf("print the assembly: %w", err)
	}
	stubs, err := printer.NewStubs(config).Print(code)
	if err != nil {
		return nil, fmt.Errorf("print the declarations: %w", err)
	}
	return map[string][]byte{"loops_amd64.s": text, "loops_amd64.go": stubs}, nil
}

// Write writes files into a folder.
func Write(dir string, files map[string][]byte) error {
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			return fmt.Errorf("write assembly: %w", err)
		}
	}
	return nil
}

// Stale names the files of a folder that are not as they would be written.
func Stale(dir string, files map[string][]byte) (names []string, err error) {
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, fmt.Errorf("read assembly: %w", err)
		}
		if !bytes.Equal(got, want) {
			names = append(names, name)
		}
	}
	return names, nil
}

// Package wasm writes WebAssembly modules in their binary form, as far as compiled
// code of package native needs it (WebAssembly Core Specification 2.0, section 5).
package wasm

// Type is a type of a value.
type Type byte

// The types of numbers.
const (
	I32 Type = 0x7f
	I64 Type = 0x7e
	F32 Type = 0x7d
	F64 Type = 0x7c
)

// FuncType is the type of a function.
type FuncType struct{ Params, Results []Type }

// Module is a module that is being built: one memory, imported functions, variables
// and functions of its own. Functions are numbered in the order in which they are
// added, the imported ones, which have to come first, included.
type Module struct {
	pages   uint32
	types   []FuncType
	imports []entry
	globals []Type
	funcs   []function
	exports []entry
}

type entry struct {
	module, name string
	kind         byte
	index        uint32 // of a type for imports, else of what is exported
}

type function struct {
	typ    uint32
	locals []Type
	body   []byte
}

const (
	kindFunc   = 0
	kindGlobal = 3
)

// New begins a module whose memory has a number of pages of 64 KiB.
func New(pages uint32) *Module { return &Module{pages: pages} }

// Import adds an imported function and returns its number.
func (m *Module) Import(module, name string, t FuncType) uint32 {
	if len(m.funcs) > 0 {
		panic("wasm: an imported function after one of the module's own")
	}
	m.imports = append(m.imports, entry{module, name, kindFunc, m.typeOf(t)})
	return uint32(len(m.imports) - 1)
}

// Global adds a variable, which begins as zero and is known to the outside by name. It
// returns its number.
func (m *Module) Global(name string, t Type) uint32 {
	n := uint32(len(m.globals))
	m.globals = append(m.globals, t)
	m.exports = append(m.exports, entry{name: name, kind: kindGlobal, index: n})
	return n
}

// Func adds a function, which is known to the outside by name unless that is empty.
// The body ends with [End].
func (m *Module) Func(name string, t FuncType, locals []Type, body []byte) uint32 {
	n := uint32(len(m.imports) + len(m.funcs))
	m.funcs = append(m.funcs, function{m.typeOf(t), locals, body})
	if name != "" {
		m.exports = append(m.exports, entry{name: name, kind: kindFunc, index: n})
	}
	return n
}

// typeOf is the number of a function type.
func (m *Module) typeOf(t FuncType) uint32 {
	for i, u := range m.types {
		if string(u.bytes()) == string(t.bytes()) {
			return uint32(i)
		}
	}
	m.types = append(m.types, t)
	return uint32(len(m.types) - 1)
}

func (t FuncType) bytes() []byte {
	return appendTypes(appendTypes([]byte{0x60}, t.Params), t.Results)
}

func appendTypes(b []byte, ts []Type) []byte {
	b = appendUint(b, uint64(len(ts)))
	for _, t := range ts {
		b = append(b, byte(t))
	}
	return b
}

// Bytes is the module in its binary form. Offsets are those of the bodies of its
// functions in the order in which they were added, from the beginning of the code
// section's contents.
func (m *Module) Bytes() (binary []byte, offsets []int) {
	out := []byte("\x00asm\x01\x00\x00\x00")
	section := func(id byte, n int, contents []byte) {
		contents = append(appendUint(nil, uint64(n)), contents...)
		out = appendUint(append(out, id), uint64(len(contents)))
		out = append(out, contents...)
	}
	var b []byte
	for _, t := range m.types {
		b = append(b, t.bytes()...)
	}
	section(1, len(m.types), b)
	b = nil
	for _, e := range m.imports {
		b = appendName(appendName(b, e.module), e.name)
		b = appendUint(append(b, e.kind), uint64(e.index))
	}
	section(2, len(m.imports), b)
	b = nil
	for _, f := range m.funcs {
		b = appendUint(b, uint64(f.typ))
	}
	section(3, len(m.funcs), b)
	section(5, 1, appendUint(appendUint([]byte{1}, uint64(m.pages)), uint64(m.pages)))
	b = nil
	for _, t := range m.globals {
		zero := Code{}
		zero.Zero(t)
		b = append(b, byte(t), 1)
		b = append(append(b, zero.Bytes...), byte(End))
	}
	section(6, len(m.globals), b)
	b = nil
	for _, e := range m.exports {
		b = appendUint(append(appendName(b, e.name), e.kind), uint64(e.index))
	}
	section(7, len(m.exports), b)
	b = nil
	lead := len(appendUint(nil, uint64(len(m.funcs))))
	for _, f := range m.funcs {
		code := appendUint(nil, uint64(len(f.locals)))
		for _, t := range f.locals {
			code = append(code, 1, byte(t))
		}
		b = appendUint(b, uint64(len(code)+len(f.body)))
		offsets = append(offsets, lead+len(b)+len(code))
		b = append(append(b, code...), f.body...)
	}
	section(10, len(m.funcs), b)
	return append(out, debugInfo...), offsets
}

// debugInfo is a custom section with an empty unit of DWARF 4. wazero keeps the way back
// from machine code to offsets in a module for modules with debugging information only.
var debugInfo = func() []byte {
	unit := []byte{7, 0, 0, 0, 4, 0, 0, 0, 0, 0, 4}
	contents := append(appendName(nil, ".debug_info"), unit...)
	return append(appendUint([]byte{0}, uint64(len(contents))), contents...)
}()

func appendName(b []byte, s string) []byte {
	return append(appendUint(b, uint64(len(s))), s...)
}

// appendUint appends a number as LEB128.
func appendUint(b []byte, x uint64) []byte {
	for x >= 0x80 {
		b = append(b, byte(x)|0x80)
		x >>= 7
	}
	return append(b, byte(x))
}

// appendInt appends a number as signed LEB128.
func appendInt(b []byte, x int64) []byte {
	for {
		low := byte(x) & 0x7f
		x >>= 7
		if x == 0 && low&0x40 == 0 || x == -1 && low&0x40 != 0 {
			return append(b, low)
		}
		b = append(b, low|0x80)
	}
}

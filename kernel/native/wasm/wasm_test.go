package wasm

import "testing"

// The numbers are those of the specification's index of instructions.
func TestOpNumbers(t *testing.T) {
	for op, want := range map[Op]Op{
		I32Eqz: 0x45, I64Eqz: 0x50, F32Eq: 0x5b, F64Ge: 0x66, I32Clz: 0x67, I32Rotr: 0x78, I64Clz: 0x79, I64Rotr: 0x8a,
		F32Abs: 0x8b, F32Copysign: 0x98, F64Abs: 0x99, F64Copysign: 0xa6, I32WrapI64: 0xa7, F64PromoteF32: 0xbb, F64ReinterpretI64: 0xbf, I64Extend32S: 0xc4,
	} {
		if op != want {
			t.Errorf("an instruction has the number %#x, want %#x", op, want)
		}
	}
}

// Examples of the DWARF standard, version 4, appendix C.
func TestLEB(t *testing.T) {
	for x, want := range map[uint64]string{2: "\x02", 127: "\x7f", 128: "\x80\x01", 129: "\x81\x01", 12857: "\xb9\x64"} {
		if got := string(appendUint(nil, x)); got != want {
			t.Errorf("%d is %x, want %x", x, got, want)
		}
	}
	for x, want := range map[int64]string{2: "\x02", -2: "\x7e", 127: "\xff\x00", -127: "\x81\x7f", 128: "\x80\x01", -128: "\x80\x7f", 129: "\x81\x01", -129: "\xff\x7e"} {
		if got := string(appendInt(nil, x)); got != want {
			t.Errorf("%d is %x, want %x", x, got, want)
		}
	}
}

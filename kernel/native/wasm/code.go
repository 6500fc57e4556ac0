package wasm

import (
	"encoding/binary"
	"math"
)

// Op is an instruction without operands in its code, by the number that it has; those of
// the groups 0xfc have that in the upper byte.
type Op uint16

// Instructions.
const (
	Unreachable Op = 0x00
	Else        Op = 0x05
	End         Op = 0x0b
	Return      Op = 0x0f
	Drop        Op = 0x1a
	Select      Op = 0x1b

	I32Eqz Op = 0x45 + iota - 6
	I32Eq
	I32Ne
	I32LtS
	I32LtU
	I32GtS
	I32GtU
	I32LeS
	I32LeU
	I32GeS
	I32GeU
	I64Eqz
	I64Eq
	I64Ne
	I64LtS
	I64LtU
	I64GtS
	I64GtU
	I64LeS
	I64LeU
	I64GeS
	I64GeU
	F32Eq
	F32Ne
	F32Lt
	F32Gt
	F32Le
	F32Ge
	F64Eq
	F64Ne
	F64Lt
	F64Gt
	F64Le
	F64Ge
	I32Clz
	I32Ctz
	I32Popcnt
	I32Add
	I32Sub
	I32Mul
	I32DivS
	I32DivU
	I32RemS
	I32RemU
	I32And
	I32Or
	I32Xor
	I32Shl
	I32ShrS
	I32ShrU
	I32Rotl
	I32Rotr
	I64Clz
	I64Ctz
	I64Popcnt
	I64Add
	I64Sub
	I64Mul
	I64DivS
	I64DivU
	I64RemS
	I64RemU
	I64And
	I64Or
	I64Xor
	I64Shl
	I64ShrS
	I64ShrU
	I64Rotl
	I64Rotr
	F32Abs
	F32Neg
	F32Ceil
	F32Floor
	F32Trunc
	F32Nearest
	F32Sqrt
	F32Add
	F32Sub
	F32Mul
	F32Div
	F32Min
	F32Max
	F32Copysign
	F64Abs
	F64Neg
	F64Ceil
	F64Floor
	F64Trunc
	F64Nearest
	F64Sqrt
	F64Add
	F64Sub
	F64Mul
	F64Div
	F64Min
	F64Max
	F64Copysign
	I32WrapI64
	I32TruncF32S
	I32TruncF32U
	I32TruncF64S
	I32TruncF64U
	I64ExtendI32S
	I64ExtendI32U
	I64TruncF32S
	I64TruncF32U
	I64TruncF64S
	I64TruncF64U
	F32ConvertI32S
	F32ConvertI32U
	F32ConvertI64S
	F32ConvertI64U
	F32DemoteF64
	F64ConvertI32S
	F64ConvertI32U
	F64ConvertI64S
	F64ConvertI64U
	F64PromoteF32
	I32ReinterpretF32
	I64ReinterpretF64
	F32ReinterpretI32
	F64ReinterpretI64
	I32Extend8S
	I32Extend16S
	I64Extend8S
	I64Extend16S
	I64Extend32S
)

// Saturating conversions of floating-point numbers.
const (
	I32TruncSatF64S Op = 0xfc02
	I64TruncSatF64S Op = 0xfc06
)

// Access is an instruction that reads or writes memory.
type Access byte

// Reads and writes of memory. The number in front of S (signed) or U, or at the end, is
// how many bits they touch if that is less than the type has.
const (
	I32Load    Access = 0x28
	I64Load    Access = 0x29
	F32Load    Access = 0x2a
	F64Load    Access = 0x2b
	I32Load8S  Access = 0x2c
	I32Load8U  Access = 0x2d
	I32Load16S Access = 0x2e
	I32Load16U Access = 0x2f
	I32Store   Access = 0x36
	I64Store   Access = 0x37
	F32Store   Access = 0x38
	F64Store   Access = 0x39
	I32Store8  Access = 0x3a
	I32Store16 Access = 0x3b
)

// Code is the body of a function that is being written.
type Code struct{ Bytes []byte }

// Op adds instructions.
func (c *Code) Op(ops ...Op) {
	for _, op := range ops {
		if op > 0xff {
			c.Bytes = appendUint(append(c.Bytes, byte(op>>8)), uint64(op&0xff))
			continue
		}
		c.Bytes = append(c.Bytes, byte(op))
	}
}

func (c *Code) indexed(op byte, i uint32) { c.Bytes = appendUint(append(c.Bytes, op), uint64(i)) }

// Block begins a block without parameters and results, of which Br goes to the end.
func (c *Code) Block() { c.Bytes = append(c.Bytes, 0x02, 0x40) }

// Loop begins a loop, of which Br goes to the beginning.
func (c *Code) Loop() { c.Bytes = append(c.Bytes, 0x03, 0x40) }

// If begins what is done if the operand is not zero.
func (c *Code) If() { c.Bytes = append(c.Bytes, 0x04, 0x40) }

// IfValue is If with a result.
func (c *Code) IfValue(t Type) { c.Bytes = append(c.Bytes, 0x04, byte(t)) }

// Br leaves blocks; depth is how many there are inside of the one meant.
func (c *Code) Br(depth int) { c.indexed(0x0c, uint32(depth)) }

// BrIf is Br if the operand is not zero.
func (c *Code) BrIf(depth int) { c.indexed(0x0d, uint32(depth)) }

// Call calls a function.
func (c *Code) Call(f uint32) { c.indexed(0x10, f) }

// Get puts the value of a local variable on the stack.
func (c *Code) Get(local uint32) { c.indexed(0x20, local) }

// Set takes the value of a local variable from the stack.
func (c *Code) Set(local uint32) { c.indexed(0x21, local) }

// Tee is Set that leaves the value on the stack.
func (c *Code) Tee(local uint32) { c.indexed(0x22, local) }

// GetGlobal puts the value of a global variable on the stack.
func (c *Code) GetGlobal(g uint32) { c.indexed(0x23, g) }

// SetGlobal takes the value of a global variable from the stack.
func (c *Code) SetGlobal(g uint32) { c.indexed(0x24, g) }

// Access reads or writes memory at an offset from the address on the stack.
func (c *Code) Access(a Access, offset uint32) {
	c.Bytes = appendUint(append(c.Bytes, byte(a), 0), uint64(offset))
}

// MemoryCopy copies bytes: to, from and their number are on the stack.
func (c *Code) MemoryCopy() { c.Bytes = append(c.Bytes, 0xfc, 10, 0, 0) }

// MemoryFill sets bytes: where, the value and their number are on the stack.
func (c *Code) MemoryFill() { c.Bytes = append(c.Bytes, 0xfc, 11, 0) }

// I32 puts a number on the stack.
func (c *Code) I32(x int32) { c.Bytes = appendInt(append(c.Bytes, 0x41), int64(x)) }

// I64 puts a number on the stack.
func (c *Code) I64(x int64) { c.Bytes = appendInt(append(c.Bytes, 0x42), x) }

// F32 puts a number on the stack.
func (c *Code) F32(x float32) {
	c.Bytes = binary.LittleEndian.AppendUint32(append(c.Bytes, 0x43), math.Float32bits(x))
}

// F64 puts a number on the stack.
func (c *Code) F64(x float64) {
	c.Bytes = binary.LittleEndian.AppendUint64(append(c.Bytes, 0x44), math.Float64bits(x))
}

// Zero puts the zero of a type on the stack.
func (c *Code) Zero(t Type) {
	switch t {
	case I32:
		c.I32(0)
	case I64:
		c.I64(0)
	case F32:
		c.F32(0)
	default:
		c.F64(0)
	}
}

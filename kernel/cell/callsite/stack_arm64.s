#include "textflag.h"

// func word(off uintptr) uintptr
TEXT ·word(SB), NOSPLIT|NOFRAME, $0-16
	MOVD off+0(FP), R0
	MOVD (R29)(R0), R0
	MOVD R0, ret+8(FP)
	RET

// func parent(off uintptr) uintptr
TEXT ·parent(SB), NOSPLIT|NOFRAME, $0-16
	MOVD off+0(FP), R0
	MOVD (R29)(R0), R0
	CBZ  R0, end
	SUB  R29, R0, R0
end:
	MOVD R0, ret+8(FP)
	RET

// func peek(addr uintptr) uintptr
TEXT ·peek(SB), NOSPLIT|NOFRAME, $0-16
	MOVD addr+0(FP), R0
	MOVD (R0), R0
	MOVD R0, ret+8(FP)
	RET

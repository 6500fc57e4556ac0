#include "textflag.h"

// func word(off uintptr) uintptr
TEXT ·word(SB), NOSPLIT|NOFRAME, $0-16
	MOVQ off+0(FP), AX
	MOVQ (BP)(AX*1), AX
	MOVQ AX, ret+8(FP)
	RET

// func parent(off uintptr) uintptr
TEXT ·parent(SB), NOSPLIT|NOFRAME, $0-16
	MOVQ off+0(FP), AX
	MOVQ (BP)(AX*1), AX
	TESTQ AX, AX
	JEQ  end
	SUBQ BP, AX
end:
	MOVQ AX, ret+8(FP)
	RET

// func peek(addr uintptr) uintptr
TEXT ·peek(SB), NOSPLIT|NOFRAME, $0-16
	MOVQ addr+0(FP), AX
	MOVQ (AX), AX
	MOVQ AX, ret+8(FP)
	RET

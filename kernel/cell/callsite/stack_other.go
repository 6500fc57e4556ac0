//go:build !amd64 && !arm64

package callsite

func word(uintptr) uintptr   { return 0 }
func parent(uintptr) uintptr { return 0 }
func peek(uintptr) uintptr   { return 0 }

const (
	supported = false
	above     = false
)

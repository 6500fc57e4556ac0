//go:build amd64 || arm64

package callsite

// The stack of the calling goroutine, as the chain of frame pointers orders it.
// Offsets count from the frame pointer of the Go function that asks, so that they
// stay right when the stack is moved between two questions.

// word is the word at an offset.
func word(off uintptr) uintptr

// parent is the offset of the frame pointer that is saved at an offset, 0 at the
// end of the chain.
func parent(off uintptr) uintptr

// peek is the word at an address.
func peek(addr uintptr) uintptr

const supported = true

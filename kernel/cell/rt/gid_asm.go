//go:build amd64 || arm64

package rt

// goroutineID identifies the calling goroutine: it is the address of its descriptor
// in Go's run time, which stays while the goroutine lives and is reused after it.
func goroutineID() uintptr

// stackUsed is how many bytes of the calling goroutine's stack are in use: Go's run
// time has the stack's upper end in the second word of the descriptor.
func stackUsed() uintptr

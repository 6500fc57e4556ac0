package native

import (
	"errors"
	"testing"
	"unsafe"
)

func TestWindowBeginsWithTheHeap(t *testing.T) {
	w := newWindow()
	big := make([]byte, 3<<30) // nobody writes to it, so that it takes no memory
	if _, ok := w.offset(unsafe.Pointer(&big[0]), uintptr(len(big))); !ok {
		t.Errorf("3 GiB at %p are outside of the window from %#x on", &big[0], w.base)
	}
}

// What is made when the window is full would lie outside; what makes nothing runs on.
func TestWindowIsFull(t *testing.T) {
	w := newWorld(t, memorySource)
	small := []int16{1, 2, 3}
	if _, err := w.call("grown", grown, small, 10); err != nil {
		t.Fatal(err)
	}
	bytes := []byte{1, 2}
	big := make([]byte, windowSize)
	if _, err := w.call("grown", grown, small, 10); !errors.Is(err, ErrOutside) {
		t.Errorf("with a heap of 4 GiB, a function that appends: %v, want ErrOutside", err)
	}
	if r, err := w.call("sumBytes", sumBytes, bytes); err != nil || r[0] != 3 {
		t.Errorf("with a heap of 4 GiB, a function that makes nothing: %v, %v, want 3", r, err)
	}
	if _, err := w.call("sumBytes", sumBytes, big); !errors.Is(err, ErrOutside) {
		t.Errorf("a slice that ends outside: %v, want ErrOutside", err)
	}
}

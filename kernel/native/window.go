package native

import (
	"os"
	"runtime/metrics"
	"unsafe"
)

// Compiled code has no memory of its own: its memory is the first four GiB of Go's heap,
// which lies there for it under the addresses from 1<<16 on. Go's collector does not
// move objects, so an address stays what it is as long as somebody holds the object.

const (
	pageSize   = 1 << 16
	pages      = 1<<16 - 1 // wazero keeps the size in 32 bits
	windowSize = pages * pageSize
)

// window is the part of the address space that compiled code sees.
type window struct{ base uintptr }

// early is one of the first objects in the heap, which begins at random since Go 1.26.
var early = unsafe.SliceData(os.Args)

// newWindow finds the heap, which begins in the arena of early, or in the one before where
// less than that was left of it. The window begins a page below that: nothing of Go's is
// there, which the collector would take for an object, and no address that compiled code
// has is 0 or 1.
func newWindow() window { return windowFor(uintptr(unsafe.Pointer(early))) }

// arena is what Go's heap grows by.
const arena = 64 << 20

func windowFor(early uintptr) window { return window{early&^(arena-1) - arena - pageSize} }

// spare is how much of the window has to be free when code is called that makes objects.
const spare = 512 << 20

// heapSizes are the parts that the address space of Go's heap consists of.
func heapSizes() (parts []metrics.Sample) {
	for _, name := range []string{"objects", "unused", "free", "released", "stacks"} {
		parts = append(parts, metrics.Sample{Name: "/memory/classes/heap/" + name + ":bytes"})
	}
	return parts
}

// roomy says whether what is made will lie in the window, most likely: Go takes the first
// place on its heap that is free.
func roomy(parts []metrics.Sample) bool {
	metrics.Read(parts)
	total := uint64(spare)
	for _, p := range parts {
		total += p.Value.Uint64()
	}
	return total <= windowSize
}

// offset is the address that compiled code has for size bytes at p.
func (w window) offset(p unsafe.Pointer, size uintptr) (uint32, bool) {
	x := uintptr(p) - w.base
	return uint32(x), x >= pageSize && x < windowSize && size <= windowSize-x
}

// at is the reverse of offset. The object has to be held by somebody.
func (w window) at(offset uint32) unsafe.Pointer {
	p := w.base + uintptr(offset)
	return *(*unsafe.Pointer)(unsafe.Pointer(&p))
}

// bytes is all of the window. It must only be given to wazero, which hands it to
// compiled code: much of it is not there.
func (w window) bytes() []byte {
	header := struct{ base, len, cap uintptr }{w.base, windowSize, windowSize}
	return *(*[]byte)(unsafe.Pointer(&header))
}

// linear is the window as the memory of a module.
func (w window) linear() linear { return linear{w} }

// linear implements experimental.LinearMemory.
type linear struct{ window }

// Reallocate implements experimental.LinearMemory.
func (m linear) Reallocate(uint64) []byte { return m.bytes() }

// Free implements experimental.LinearMemory.
func (linear) Free() {}

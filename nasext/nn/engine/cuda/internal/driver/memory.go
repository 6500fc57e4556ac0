//go:build cuda && cgo && linux && amd64

package driver

/*
#include <cuda.h>
*/
import "C"

import (
	"errors"
	"fmt"
	"unsafe"

	"gorgonia.org/cu"
)

// Number is what device memory holds.
type Number interface {
	~int8 | ~uint8 | ~int16 | ~uint16 | ~int32 | ~uint32 | ~int64 | ~uint64 | ~float32 | ~float64
}

// OutOfMemoryError says that the device has no room for an allocation.
type OutOfMemoryError struct{ Asked, Free, Total int64 } // in bytes

func (e *OutOfMemoryError) Error() string {
	return fmt.Sprintf("device memory exhausted: %s asked for, %s of %s free", size(e.Asked), size(e.Free), size(e.Total))
}

func size(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%d bytes", n)
}

// Memory is a piece of the device's memory. Go must not follow its address.
type Memory struct {
	at    cu.DevicePtr
	bytes int64
}

// Bytes is its size.
func (m Memory) Bytes() int64 { return m.bytes }

// Address is where it lies on the device, for tables of addresses that device functions read.
func (m Memory) Address() uint64 { return uint64(m.at) }

// Slice is the piece of n bytes that begins offset bytes behind m's start.
func (m Memory) Slice(offset, n int64) (Memory, error) {
	if offset < 0 || n < 0 || offset > m.bytes-n {
		return Memory{}, fmt.Errorf("device memory: %d bytes at %d are not inside %d bytes", n, offset, m.bytes)
	}
	return Memory{m.at + cu.DevicePtr(offset), n}, nil
}

// Alloc allocates memory, which holds anything. Its error is an *OutOfMemoryError if
// there is no room.
func (t *Thread) Alloc(bytes int64) (Memory, error) {
	if bytes <= 0 {
		return Memory{}, fmt.Errorf("allocating %d bytes of device memory: want 1 or more", bytes)
	}
	at, err := cu.MemAlloc(bytes)
	if errors.Is(err, cu.OutOfMemory) {
		free, total, err := t.Memory()
		if err != nil {
			return Memory{}, fmt.Errorf("allocating %d bytes of device memory, of which there are too few: %w", bytes, err)
		}
		return Memory{}, &OutOfMemoryError{Asked: bytes, Free: free, Total: total}
	}
	if err != nil {
		return Memory{}, fmt.Errorf("allocating %d bytes of device memory: %w", bytes, err)
	}
	return Memory{at, bytes}, nil
}

// Free gives back what Alloc returned. It waits for all work in the context.
func (*Thread) Free(m Memory) error {
	if err := cu.MemFree(m.at); err != nil {
		return fmt.Errorf("freeing %d bytes of device memory: %w", m.bytes, err)
	}
	return nil
}

// Upload copies src to the start of dst and waits for it. Streams that don't block are
// not waited for: what they do with dst has to be done.
func Upload[T Number](_ *Thread, dst Memory, src []T) error {
	n, err := fits(dst, src)
	if err != nil || n == 0 {
		return err
	}
	if err := cu.MemcpyHtoD(dst.at, unsafe.Pointer(&src[0]), n); err != nil {
		return fmt.Errorf("copying %d bytes to the device: %w", n, err)
	}
	return nil
}

// Download copies the start of src to dst, all of it, and waits for it. Streams that
// don't block are not waited for: what they do with src has to be done.
func Download[T Number](_ *Thread, dst []T, src Memory) error {
	n, err := fits(src, dst)
	if err != nil || n == 0 {
		return err
	}
	if err := cu.MemcpyDtoH(unsafe.Pointer(&dst[0]), src.at, n); err != nil {
		return fmt.Errorf("copying %d bytes from the device: %w", n, err)
	}
	return nil
}

// fits is how many bytes x has, if m has that many.
func fits[T Number](m Memory, x []T) (int64, error) {
	var one T
	n := int64(len(x)) * int64(unsafe.Sizeof(one))
	if n > m.bytes {
		return 0, fmt.Errorf("copying %d numbers of %d bytes: the device memory holds %d bytes", len(x), unsafe.Sizeof(one), m.bytes)
	}
	return n, nil
}

// Pinned is memory of the host that the device can reach by itself, so that copies
// overlap with other work.
type Pinned[T Number] struct{ Data []T }

// Pin allocates host memory for n numbers, which hold anything.
func Pin[T Number](_ *Thread, n int) (Pinned[T], error) {
	if n <= 0 {
		return Pinned[T]{}, fmt.Errorf("allocating pinned memory for %d numbers: want 1 or more", n)
	}
	var one T
	bytes := uintptr(n) * unsafe.Sizeof(one)
	var p unsafe.Pointer
	if err := check(C.cuMemHostAlloc(&p, C.size_t(bytes), 0)); err != nil {
		return Pinned[T]{}, fmt.Errorf("allocating %d bytes of pinned memory: %w", bytes, err)
	}
	return Pinned[T]{unsafe.Slice((*T)(p), n)}, nil
}

// Unpin gives pinned memory back.
func Unpin[T Number](_ *Thread, p Pinned[T]) error {
	if err := cu.MemFreeHost(unsafe.Pointer(&p.Data[0])); err != nil {
		return fmt.Errorf("freeing pinned memory: %w", err)
	}
	return nil
}

// UploadAsync lets stream s copy the first n numbers of src to dst. Neither may be touched before
// the stream is done with it.
func UploadAsync[T Number](_ *Thread, s Stream, dst Memory, src Pinned[T], n int) error {
	if n > len(src.Data) {
		return fmt.Errorf("copying %d numbers to the device: the pinned memory holds %d", n, len(src.Data))
	}
	bytes, err := fits(dst, src.Data[:n])
	if err != nil || bytes == 0 {
		return err
	}
	if err := cu.MemcpyHtoDAsync(dst.at, unsafe.Pointer(&src.Data[0]), bytes, s.s); err != nil {
		return fmt.Errorf("copying %d bytes to the device on a stream: %w", bytes, err)
	}
	return nil
}

// DownloadAsync lets stream s copy the first n numbers of src to dst. Neither may be touched before
// the stream is done with it.
func DownloadAsync[T Number](_ *Thread, s Stream, dst Pinned[T], src Memory, n int) error {
	if n > len(dst.Data) {
		return fmt.Errorf("copying %d numbers from the device: the pinned memory holds %d", n, len(dst.Data))
	}
	bytes, err := fits(src, dst.Data[:n])
	if err != nil || bytes == 0 {
		return err
	}
	if err := cu.MemcpyDtoHAsync(unsafe.Pointer(&dst.Data[0]), src.at, bytes, s.s); err != nil {
		return fmt.Errorf("copying %d bytes from the device on a stream: %w", bytes, err)
	}
	return nil
}

// Copy lets stream s copy all of src to the start of dst, on the device.
func (*Thread) Copy(s Stream, dst, src Memory) error {
	if src.bytes > dst.bytes {
		return fmt.Errorf("copying %d bytes of device memory to %d", src.bytes, dst.bytes)
	}
	if err := cu.MemcpyDtoDAsync(dst.at, src.at, src.bytes, s.s); err != nil {
		return fmt.Errorf("copying %d bytes on the device: %w", src.bytes, err)
	}
	return nil
}

// Zero lets stream s set all bytes of m to 0.
func (*Thread) Zero(s Stream, m Memory) error {
	if err := cu.MemsetD8Async(m.at, 0, m.bytes, s.s); err != nil {
		return fmt.Errorf("zeroing %d bytes of device memory: %w", m.bytes, err)
	}
	return nil
}

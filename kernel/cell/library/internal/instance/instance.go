// Package instance holds compiled instances of generic functions that only
// the compiler, the run time or an internal package can implement. What cells
// instantiate of them is interpreted source that ends in a call of these.
package instance

import (
	"crypto/hkdf"
	"crypto/pbkdf2"
	"database/sql"
	"fmt"
	"hash"
	"hash/maphash"
	"runtime"
	"time"
	"unsafe"
	"weak"
)

// AddCleanup is runtime.AddCleanup for the object that ptr points into.
func AddCleanup(ptr unsafe.Pointer, cleanup func()) runtime.Cleanup {
	return runtime.AddCleanup((*byte)(ptr), func(f func()) { f() }, cleanup)
}

// MakeWeak is weak.Make. The result is a weak pointer in an interface, so that
// interpreted code compares it as a whole: equal if made from equal pointers.
func MakeWeak(ptr unsafe.Pointer) any { return weak.Make((*byte)(ptr)) }

// WeakValue returns the pointer that w was made from, or nil once its object is
// gone. It is nil too for a w that MakeWeak has not made.
func WeakValue(w any) unsafe.Pointer {
	p, ok := w.(weak.Pointer[byte])
	if !ok {
		return nil
	}
	return unsafe.Pointer(p.Value())
}

// Comparable is maphash.Comparable. It panics if v is not comparable.
func Comparable(seed maphash.Seed, v any) uint64 { return maphash.Comparable(seed, v) }

// WriteComparable is maphash.WriteComparable. It panics if v is not comparable.
func WriteComparable(h *maphash.Hash, v any) { maphash.WriteComparable(h, v) }

// Extract is hkdf.Extract.
func Extract(h func() hash.Hash, secret, salt []byte) ([]byte, error) {
	return hkdf.Extract(h, secret, salt)
}

// Expand is hkdf.Expand.
func Expand(h func() hash.Hash, key []byte, info string, length int) ([]byte, error) {
	return hkdf.Expand(h, key, info, length)
}

// PBKDF2 is pbkdf2.Key.
func PBKDF2(h func() hash.Hash, password string, salt []byte, iter, length int) ([]byte, error) {
	return pbkdf2.Key(h, password, salt, iter, length)
}

// Assign stores a value of a data base in *dest, as the Scan method of sql.Null
// does. dest points to a basic type, []byte, time.Time or any.
func Assign(dest, src any) error {
	switch d := dest.(type) {
	case *string:
		return assign(d, src)
	case *bool:
		return assign(d, src)
	case *int:
		return assign(d, src)
	case *int8:
		return assign(d, src)
	case *int16:
		return assign(d, src)
	case *int32:
		return assign(d, src)
	case *int64:
		return assign(d, src)
	case *uint:
		return assign(d, src)
	case *uint8:
		return assign(d, src)
	case *uint16:
		return assign(d, src)
	case *uint32:
		return assign(d, src)
	case *uint64:
		return assign(d, src)
	case *float32:
		return assign(d, src)
	case *float64:
		return assign(d, src)
	case *[]byte:
		return assign(d, src)
	case *time.Time:
		return assign(d, src)
	case *any:
		return assign(d, src)
	}
	return fmt.Errorf("sql: Scan into %T is not supported in a cell: use a basic type, []byte, time.Time or any", dest)
}

func assign[T any](dest *T, src any) error {
	var n sql.Null[T]
	err := n.Scan(src)
	*dest = n.V
	return err
}

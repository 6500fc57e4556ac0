// Package runtime holds the generic functions of package runtime.
package runtime

import (
	"runtime"
	"unsafe"

	"github.com/nascent-go/nascent/kernel/cell/library/internal/instance"
)

// AddCleanup binds the argument into the function.
func AddCleanup[T, S any](ptr *T, cleanup func(S), arg S) runtime.Cleanup {
	if ptr == nil {
		panic("runtime.AddCleanup: ptr is nil")
	}
	return instance.AddCleanup(unsafe.Pointer(ptr), func() { cleanup(arg) })
}

//go:build cuda && cgo && linux && amd64

package tramp

/*
#cgo LDFLAGS: -L${SRCDIR}/lib -ldl
#include <stdlib.h>
extern int tramp_load(const char *name, char *msg, int size);
*/
import "C"

import (
	"errors"
	"os"
	"sync"
	"unsafe"
)

// Variable names the environment variable that says which library is the driver;
// the default is libcuda.so.1.
const Variable = "NASCENT_LIBCUDA"

// Load opens the driver and starts it, once. Functions of package cu are of use
// only after it has returned nil; before, they say that nothing is initialised.
var Load = sync.OnceValue(func() error {
	lib := os.Getenv(Variable)
	if lib == "" {
		lib = "libcuda.so.1"
	}
	name := C.CString(lib)
	defer C.free(unsafe.Pointer(name))
	var msg [512]C.char
	if C.tramp_load(name, &msg[0], C.int(len(msg))) != 0 {
		return errors.New(C.GoString(&msg[0]))
	}
	return nil
})

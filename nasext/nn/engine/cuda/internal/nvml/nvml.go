//go:build cuda && cgo && linux && amd64

package nvml

/*
#cgo LDFLAGS: -ldl
#include <stdlib.h>
#include "nvml.h"
*/
import "C"

import (
	"fmt"
	"os"
	"sync"
	"unsafe"
)

// Variable names the environment variable that says which library is asked; the
// default is libnvidia-ml.so.1.
const Variable = "NASCENT_LIBNVML"

// Usage is what all programs together use of a device.
type Usage struct {
	Name        string
	Used, Total int64 // bytes of memory
	Busy        int   // percent of the time, of late, in which device functions ran; -1: the device doesn't say
}

var load = sync.OnceValue(func() error {
	lib := os.Getenv(Variable)
	if lib == "" {
		lib = "libnvidia-ml.so.1"
	}
	name := C.CString(lib)
	defer C.free(unsafe.Pointer(name))
	var msg [512]C.char
	if C.nvml_load(name, &msg[0], C.int(len(msg))) != 0 {
		return fmt.Errorf("no usage of CUDA devices: %s", C.GoString(&msg[0]))
	}
	return nil
})

// Devices says what is used of each device of the machine.
func Devices() ([]Usage, error) {
	if err := load(); err != nil {
		return nil, err
	}
	var n C.uint
	if r := C.nvml_count(&n); r != 0 {
		return nil, fmt.Errorf("counting the devices of the management library: error %d", int(r))
	}
	all := make([]Usage, n)
	for i := range all {
		var name [96]C.char
		var memory C.struct_nvml_memory
		var busy C.struct_nvml_busy
		if r := C.nvml_look(C.uint(i), &name[0], C.uint(len(name)), &memory, &busy); r != 0 {
			return nil, fmt.Errorf("asking the management library for device %d: error %d", i, int(r))
		}
		all[i] = Usage{C.GoString(&name[0]), int64(memory.used), int64(memory.total), int(busy.device)}
		if busy.device == C.NVML_UNKNOWN {
			all[i].Busy = -1
		}
	}
	return all, nil
}

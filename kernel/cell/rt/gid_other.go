//go:build !amd64 && !arm64

package rt

import (
	"bytes"
	"runtime"
	"strconv"
)

// goroutineID identifies the calling goroutine, by the number in its stack trace.
func goroutineID() uintptr {
	var b [64]byte
	f := bytes.Fields(b[:runtime.Stack(b[:], false)])
	id, err := strconv.ParseUint(string(f[1]), 10, 64)
	if err != nil {
		panic("rt: no goroutine number in a stack trace: " + err.Error())
	}
	return uintptr(id)
}

// stackUsed is not known here: a recursion without end is told by Go's run time.
func stackUsed() uintptr { return 0 }

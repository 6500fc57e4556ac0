//go:build !(cuda && cgo && linux && amd64)

package cuda_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/nn/engine/cuda"
)

// TestWithoutCUDA has what a program says that was built without the tag.
func TestWithoutCUDA(t *testing.T) {
	_, devices := cuda.Devices()
	_, usages := cuda.Usages()
	want := "make cuda"
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		want = "CUDA is supported on linux/amd64"
	}
	for _, err := range []error{devices, usages} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v, want one with %q", err, want)
		}
	}
}

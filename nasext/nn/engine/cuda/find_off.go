//go:build !(cuda && cgo && linux && amd64)

package cuda

import (
	"errors"
	"runtime"
)

// notBuilt is why there are no devices.
func notBuilt() error {
	if p := runtime.GOOS + "/" + runtime.GOARCH; p != "linux/amd64" {
		return errors.New("CUDA is supported on linux/amd64, not on " + p)
	}
	return errors.New("built without CUDA (make cuda)")
}

func devices() ([]Device, error) { return nil, notBuilt() }
func usages() ([]Usage, error)   { return nil, notBuilt() }

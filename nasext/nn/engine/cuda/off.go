//go:build !(cuda && linux && amd64)

package cuda

import "errors"

// newGPU says why there is none.
func newGPU(Config) (Engine, error) {
	return nil, errors.New("engine cuda: this nascent was built without CUDA; build it with make cuda")
}

//go:build !(cuda && cgo && linux && amd64)

package cuda

import "fmt"

// newGPU says why there is none.
func newGPU(Config) (Engine, error) { return nil, fmt.Errorf("engine cuda: %w", notBuilt()) }

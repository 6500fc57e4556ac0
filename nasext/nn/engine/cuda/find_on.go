//go:build cuda && cgo && linux && amd64

package cuda

import (
	"fmt"

	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/driver"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/nvml"
)

func devices() ([]Device, error) {
	found, err := driver.Devices()
	if err != nil {
		return nil, err
	}
	all := make([]Device, len(found))
	for i, d := range found {
		all[i] = known(d)
	}
	return all, nil
}

// known is what is said of a device.
func known(d driver.Info) Device {
	return Device{d.Name, d.Memory, fmt.Sprintf("%d.%d", d.Major, d.Minor), fmt.Sprintf("%d.%d", d.Driver/1000, d.Driver%1000/10)}
}

func usages() ([]Usage, error) {
	found, err := nvml.Devices()
	if err != nil {
		return nil, err
	}
	all := make([]Usage, len(found))
	for i, u := range found {
		all[i] = Usage(u)
	}
	return all, nil
}

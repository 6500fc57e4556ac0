//go:build cuda && cgo && linux && amd64

package cuda_test

import (
	"os"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/nn/engine/cuda"
)

func TestDevicesAndUsages(t *testing.T) {
	devices, err := cuda.Devices()
	if err != nil || len(devices) == 0 {
		t.Fatalf("devices: %v, %v", devices, err)
	}
	usages, err := cuda.Usages()
	if err != nil || len(usages) == 0 {
		t.Fatalf("usages: %v, %v", usages, err)
	}
	if d := devices[0]; d.Memory <= 0 || !strings.Contains(d.Capability, ".") || !strings.Contains(d.Driver, ".") {
		t.Errorf("the device is %+v", d)
	}
	if u := usages[0]; u.Total <= 0 || u.Used < 0 || u.Used > u.Total || u.Busy < -1 || u.Busy > 100 {
		t.Errorf("its usage is %+v", u)
	}
	if _, err := os.Stat("/dev/nvidiactl"); err == nil {
		return
	}
	if d := devices[0]; d.Name != "CPU emulation" || d.Capability != "9.0" || d.Driver != "13.0" {
		t.Errorf("the fake device is %+v", d)
	}
	if u := usages[0]; u.Name != "CPU emulation" || u.Busy != 37 {
		t.Errorf("the fake device's usage is %+v", u)
	}
}

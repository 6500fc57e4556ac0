//go:build cuda && cgo && linux && amd64

package nvml

import (
	"os"
	"testing"

	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/driver"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/fake"
)

func TestMain(m *testing.M) {
	os.Exit(fake.Start(m, fake.Source{Files: os.DirFS("../fake/testdata"), Roots: []string{"test.cu"}}))
}

func TestDevices(t *testing.T) {
	before, err := Devices()
	if err != nil {
		t.Fatal(err)
	}
	if len(before) == 0 || before[0].Name == "" || before[0].Total <= 0 || before[0].Busy < -1 || before[0].Busy > 100 {
		t.Fatalf("devices: %+v", before)
	}
	d, err := driver.Open(0)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Do(func(t *driver.Thread) error { _, err := t.Alloc(64 << 20); return err }); err != nil {
		t.Fatal(err)
	}
	after, err := Devices()
	if err != nil {
		t.Fatal(err)
	}
	if more := after[0].Used - before[0].Used; more < 64<<20 {
		t.Errorf("after 64 MiB were allocated, %d bytes more are used", more)
	}
}

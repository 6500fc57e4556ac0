//go:build cuda && cgo && linux && amd64

package cuda

import (
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"

	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/driver"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/kernels"
)

// device is an open device with its functions. It is closed when nothing knows it any more.
type device struct {
	*driver.Device
	lib              *kernels.Library
	broken           atomic.Pointer[error] // the failure after which nothing works there
	graphs, launches atomic.Int64          // launched, and what they stand for
}

func open(number int, tensor bool) (*device, error) {
	all, err := driver.Devices()
	if err != nil {
		return nil, err
	}
	if number < 0 || number >= len(all) {
		return nil, fmt.Errorf("there is no CUDA device %d; there are %d, from 0", number, len(all))
	}
	if tensor && all[number].Major < 8 {
		return nil, fmt.Errorf("CUDA device %d, %s, has compute capability %d.%d; TF32 needs 8.0", number, all[number].Name, all[number].Major, all[number].Minor)
	}
	opened, err := driver.Open(number)
	if err != nil {
		return nil, err
	}
	d := &device{Device: opened}
	err = opened.Do(func(t *driver.Thread) (err error) {
		d.lib, err = kernels.Open(t, tensor)
		return err
	})
	if err != nil {
		return nil, errors.Join(err, opened.Close())
	}
	runtime.AddCleanup(d, func(o *driver.Device) { _ = o.Close() }, opened)
	return d, nil
}

// fault is what a caller is told of an error of the device.
func (d *device) fault(err error) error {
	if err == nil {
		return nil
	}
	if driver.Broken(err) {
		d.broken.CompareAndSwap(nil, &err)
		return fmt.Errorf("engine cuda: %w; the device can't be used by this engine any more: make a new one", err)
	}
	return fmt.Errorf("engine cuda: %w", err)
}

// usable says why nothing works any more.
func (d *device) usable() error {
	if err := d.broken.Load(); err != nil {
		return fmt.Errorf("engine cuda: the device failed before (%w); make a new engine", *err)
	}
	return nil
}

// gpu computes on a device. It is safe for concurrent use: each of its runners has a thread and a
// stream of its own.
type gpu struct {
	*device
	tensor bool
}

func newGPU(c Config) (Engine, error) {
	d, err := open(c.Device, c.TF32)
	if err != nil {
		return nil, fmt.Errorf("engine cuda: %w", err)
	}
	return &gpu{d, c.TF32}, nil
}

// Name implements engine.Engine.
func (g *gpu) Name() string {
	if g.tensor {
		return "cuda/" + g.Info.Name + "/tf32"
	}
	return "cuda/" + g.Info.Name
}

// Build implements engine.Engine.
func (g *gpu) Build(p *engine.Plan, batch int) (engine.Runner, error) {
	return g.runner(p, batch, true)
}

// Inference implements engine.Engine.
func (g *gpu) Inference(p *engine.Plan, batch int) (engine.Runner, error) {
	return g.runner(p, batch, false)
}

// Memory implements engine.Engine. It is what the device's memory has to hold; of a plan that can't be
// built it is 0.
func (g *gpu) Memory(p *engine.Plan, batch int) int64 {
	t, err := lay(p, batch, true, true, g.tensor)
	if err != nil {
		return 0
	}
	return t.bytes
}

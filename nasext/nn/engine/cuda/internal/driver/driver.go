//go:build cuda && cgo && linux && amd64

package driver

/*
#include <cuda.h>
*/
import "C"

import (
	"errors"
	"fmt"
	"runtime"

	"gorgonia.org/cu"

	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/tramp"
)

// maxShared is an attribute that cu has no name for.
const maxShared = cu.DeviceAttribute(C.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN)

// Info says what a device is.
type Info struct {
	Name         string
	Memory       int64 // in bytes
	Major, Minor int   // compute capability
	Processors   int   // streaming multiprocessors
	Shared       int   // bytes of shared memory that a block may ask for
	Driver       int   // newest CUDA version that the driver knows, such as 12040 for 12.4
}

// Devices says which devices there are. The error is one plain sentence if there is
// no driver or it has no device.
func Devices() ([]Info, error) {
	if err := tramp.Load(); err != nil {
		return nil, err
	}
	n, err := cu.NumDevices()
	if err != nil {
		return nil, fmt.Errorf("counting CUDA devices: %w", err)
	}
	all := make([]Info, n)
	for i := range all {
		if all[i], err = info(i); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func info(i int) (Info, error) {
	d, err := cu.GetDevice(i)
	if err != nil {
		return Info{}, fmt.Errorf("CUDA device %d: %w", i, err)
	}
	name, err := d.Name()
	if err != nil {
		return Info{}, fmt.Errorf("the name of CUDA device %d: %w", i, err)
	}
	memory, err := d.TotalMem()
	if err != nil {
		return Info{}, fmt.Errorf("the memory of CUDA device %d: %w", i, err)
	}
	about, err := d.Attributes(cu.ComputeCapabilityMajor, cu.ComputeCapabilityMinor, cu.MultiprocessorCount, maxShared)
	if err != nil {
		return Info{}, fmt.Errorf("the attributes of CUDA device %d: %w", i, err)
	}
	return Info{Name: name, Memory: memory, Major: about[0], Minor: about[1], Processors: about[2], Shared: about[3], Driver: cu.Version()}, nil
}

// Device is an open device. It is safe for concurrent use.
type Device struct {
	Info
	context cu.CUContext
	first   *Lane // owns the context
}

// Open makes a context on device i. Close gives it back.
func Open(i int) (*Device, error) {
	if err := tramp.Load(); err != nil {
		return nil, err
	}
	about, err := info(i)
	if err != nil {
		return nil, err
	}
	d := &Device{Info: about}
	d.first, err = newLane(func() (err error) {
		d.context, err = cu.Device(i).MakeContext(cu.SchedBlockingSync)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("a context on CUDA device %d, %s: %w", i, about.Name, err)
	}
	return d, nil
}

// Close destroys the context with all that was allocated in it, of a broken device too. Lanes of
// the device have to be closed before; a device is closed once.
func (d *Device) Close() error {
	err := d.first.Do(func(*Thread) error { return d.context.Destroy() })
	d.first.Close()
	if err != nil && !Broken(err) {
		return fmt.Errorf("closing CUDA device %s: %w", d.Name, err)
	}
	return nil
}

// Do runs f on the device's own thread: for what is rare, such as loading modules.
func (d *Device) Do(f func(*Thread) error) error { return d.first.Do(f) }

// Lane is a thread with the device's context, for one who works beside others: what
// it waits for keeps only its own callers waiting. It is safe for concurrent use.
type Lane struct {
	work chan func()
}

// NewLane starts a thread for the device. Close ends it.
func (d *Device) NewLane() (*Lane, error) {
	l, err := newLane(func() error { return cu.SetCurrentContext(d.context) })
	if err != nil {
		return nil, fmt.Errorf("a thread for CUDA device %s: %w", d.Name, err)
	}
	return l, nil
}

// newLane starts a thread that has done begin.
func newLane(begin func() error) (*Lane, error) {
	l := &Lane{work: make(chan func())}
	began := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		began <- begin()
		for f := range l.work {
			f()
		}
	}()
	if err := <-began; err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// Close ends the lane's thread. Do must not be called any more.
func (l *Lane) Close() { close(l.work) }

// Do runs f on the lane's thread and returns its error. Handing over takes
// microseconds: one call does a whole step. The thread is of use only inside f; f must not
// call Do of the same lane.
func (l *Lane) Do(f func(*Thread) error) error {
	done := make(chan error, 1)
	l.work <- func() {
		defer func() {
			if p := recover(); p != nil {
				done <- &panicked{p}
			}
		}()
		done <- f(&Thread{})
	}
	err := <-done
	if p, ok := err.(*panicked); ok {
		panic(p.value) // where the caller can see it
	}
	return err
}

// panicked carries a panic from a lane's thread to the caller.
type panicked struct{ value any }

func (p *panicked) Error() string { return fmt.Sprint("panic: ", p.value) }

// Thread is what may be asked of the device inside Do.
type Thread struct{}

// Memory is how many bytes of the device's memory are free, and how many there are.
func (*Thread) Memory() (free, total int64, err error) {
	if free, total, err = cu.MemInfo(); err != nil {
		return 0, 0, fmt.Errorf("asking how much device memory is free: %w", err)
	}
	return free, total, nil
}

// Synchronize waits for all work in the context.
func (*Thread) Synchronize() error {
	if err := cu.Synchronize(); err != nil {
		return fmt.Errorf("waiting for the device: %w", err)
	}
	return nil
}

// Broken says whether an error has made the device's context useless: a device function
// failed, and every further call will fail too. The device has to be closed and opened again.
func Broken(err error) bool {
	return errors.Is(err, cu.LaunchFailed) || errors.Is(err, cu.IllegalAddress) || errors.Is(err, cu.IllegalInstruction) ||
		errors.Is(err, cu.MisalignedAddress) || errors.Is(err, cu.HardwareStackError) || errors.Is(err, cu.LaunchTimeout) || errors.Is(err, cu.EccUncorrectable)
}

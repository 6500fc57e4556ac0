// Package cuda is the engine for NVIDIA devices. It is part of programs that are built with the tag
// cuda (make cuda), on Linux on amd64, and there it looks for a driver only when New is called: such a
// program starts anywhere. README.md says how to use it where there is no Go.
//
// A plan becomes a list of device functions and one block of memory, in which activations and
// gradients that are not needed at the same time share their places. What a pass does is captured as
// a CUDA graph the first time that it comes up with a number of samples, and launched as
// one from then on. A training (engine.Trainer) does its whole step as one graph: outputs, loss,
// gradients and the update of the weights, which stay on the device.
//
// What dropout and drop path draw is what the processor's engine draws. Results are the same to
// the last bit each time, on one kind of device; those of other engines they follow but for
// rounding. Functions of one's own (custom nodes) are Go, and can't run here.
package cuda

import (
	"time"

	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// Engine computes on a device. It is safe for concurrent use: networks that train at the same time
// have a stream each.
type Engine interface {
	engine.Trainer
	// Device says on which.
	Device() Device
	// Counts says what it has done so far.
	Counts() Counts
	// Product is how long a product of two n×n matrices takes, on average over so many, as the device
	// measures it.
	Product(n, times int) (time.Duration, error)
}

// Counts are what graphs have saved: so many were launched in place of so many launches and copies.
type Counts struct{ Graphs, Launches int64 }

// Config says on which device an engine computes, and how.
type Config struct {
	Device int // its number, from 0
	// TF32 multiplies on tensor cores, which round the factors of convolutions and linear layers to 10
	// bits behind the point: faster, and further from other engines. It needs compute capability 8.0.
	TF32 bool
}

// New is an engine on a device. Without one, or in a program without the tag cuda, the error is a
// sentence that says so. Making an engine takes a while and memory of the device: make one, and share it.
func New(c Config) (Engine, error) { return newGPU(c) }

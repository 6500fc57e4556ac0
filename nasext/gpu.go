package nasext

import (
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda"
)

// GPU is the engine of the first NVIDIA device, for nn.NewOn and the Engine of estimators and
// one-shot searches. Without one, or in a program that was built without CUDA, the error is a
// sentence that says so. An engine takes memory of the device: make one, and share it.
func GPU() (engine.Engine, error) {
	e, err := cuda.New(cuda.Config{})
	if err != nil {
		return nil, err // and not a nil in an interface
	}
	return e, nil
}

// GPUOrCPU is GPU, or where that can't be had the processor's engine on all cores. The note says
// which it is, and why.
func GPUOrCPU() (e engine.Engine, note string) {
	e, err := GPU()
	if err != nil {
		e = cpu.New(0)
		return e, "training on " + e.Name() + ": " + err.Error()
	}
	return e, "training on " + e.Name()
}

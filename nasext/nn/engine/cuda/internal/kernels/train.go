//go:build cuda && cgo && linux && amd64

package kernels

import "github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/driver"

// Step is what changes from step to step of a training: Step of train.cuh, float32 each. The host writes it before each step, with Clip 1.
type Step struct {
	Rate  float32 // learning rate of SGD and RMSprop
	Size  float32 // Adam: rate/(1-β₁ᵗ)
	Root  float32 // Adam: √ of 1/(1-β₂ᵗ)
	Keep  float32 // Adam with decoupled decay: 1 - rate·decay; else 1
	Limit float32 // of the norm of the gradients; 0: none
	Clip  float32 // what the gradients are multiplied by; Clip computes it
}

// StepWords is how many float32 a Step takes in device memory.
const StepWords = 8

// Words are the numbers of a Step in device memory.
func (s Step) Words() []float32 {
	return []float32{s.Rate, s.Size, s.Root, s.Keep, s.Limit, s.Clip, 0, 0}
}

// Arena are N parameters in a row with their gradients, and the step. Weight decay holds for the first Decayed of them.
type Arena struct {
	W, G, Step driver.Memory
	N, Decayed int
}

func (a Arena) update(name string, slots []any, settings ...any) Launch {
	return flat(name, a.N, 1, join([]any{a.W, a.G}, slots, []any{a.N, a.Decayed, a.Step}, settings)...)
}

// Momentum is an update as nn.SGD does it.
func (a Arena) Momentum(velocity driver.Memory, momentum, decay float32, nesterov bool) Launch {
	return a.update("momentum", []any{velocity}, momentum, decay, number(nesterov))
}

// Adam is an update as nn.Adam does it. Added is the weight decay that is added to gradients; rest1 and rest2 are 1-β₁ and 1-β₂.
func (a Arena) Adam(mean, square driver.Memory, added, rest1, rest2, eps float32) Launch {
	return a.update("adam", []any{mean, square}, added, rest1, rest2, eps)
}

// RMSprop is an update as nn.RMSprop does it. Rest is 1 - the decay of the mean square.
func (a Arena) RMSprop(velocity, square driver.Memory, momentum, decay, rest, eps float32) Launch {
	return a.update("rmsprop", []any{velocity, square}, momentum, decay, rest, eps)
}

func (a Arena) blocks() int { return max(1, min(ceil(a.N, 8*threads), 2*processors)) }

// Work is how many bytes of scratch memory Clip needs.
func (a Arena) Work() int64 { return 8 * int64(a.blocks()) }

// Clip computes the norm of the gradients, a float64, and the step's Clip from its Limit.
func (a Arena) Clip(norm, work driver.Memory) []Launch {
	return []Launch{
		{"squares", driver.Dim{X: a.blocks()}, driver.Dim{X: threads}, []any{a.G, a.N, work}},
		{"norm_limit", driver.Dim{X: 1}, driver.Dim{X: threads}, []any{work, a.blocks(), a.Step, norm}},
	}
}

// Guard lets the updates do nothing if one of n losses is no finite number. It comes behind Clip.
func (a Arena) Guard(losses driver.Memory, n int) Launch {
	return Launch{"guard", driver.Dim{X: 1}, driver.Dim{X: 32}, []any{losses, n, a.Step}}
}

// CrossEntropy is the softmax cross-entropy of N samples: outputs and gradients of Classes numbers, of which those of a sample lie LD and LDGrad apart.
type CrossEntropy struct {
	N, Classes, LD, LDGrad int
	Smoothing              float32 // share of a label that is spread over all classes, below 1
	Weight                 float32 // of its gradient: 1 if the loss is this alone
}

// Run computes the losses and which answers are right (1 or 0, int32), and unless grad is the zero Memory the gradient of the mean loss. Labels are int32. Others and own are the labels and the shares
// of mixup, or the zero Memory.
func (e CrossEntropy) Run(outputs, labels, others, own, grad, loss, right driver.Memory) Launch {
	return Launch{"cross_entropy", driver.Dim{X: ceil(e.N, 4)}, driver.Dim{X: 128},
		[]any{outputs, e.LD, labels, others, own, e.N, e.Classes, e.Smoothing, e.Weight, grad, e.LDGrad, loss, right}}
}

// Score computes the mean of n losses, a float32, and the number of right answers, an int32.
func Score(loss, right driver.Memory, n int, mean, correct driver.Memory) Launch {
	return Launch{"score", driver.Dim{X: 1}, driver.Dim{X: threads}, []any{loss, right, n, mean, correct}}
}

// View is how an image of a set is looked at: View of train.cuh, int32 each.
type View struct {
	Image       int32 // number in the set
	Down, Right int32 // what it is moved by: its pixel in the first row and column of the batch's image
	Mirrored    bool  // left and right
	Top, Left   int32 // of the square that is cut out
}

// ViewWords is how many int32 a View takes in device memory.
const ViewWords = 8

// Words are the numbers of a View in device memory.
func (v View) Words() []int32 {
	return []int32{v.Image, v.Down, v.Right, int32(number(v.Mirrored)), v.Top, v.Left, 0, 0}
}

// Augment fills batches of N images of H×W×C, channels last, with those of a set in device memory, channels first, as package data changes them.
type Augment struct {
	N, H, W, C int
	Cutout     int // pixels a side of the square that is cut out; 0: none
}

// Run fills y. Views are those of the images; others and own those of the images that are mixed in, and the shares of the first, or the zero Memory; scale
// and shift normalise each channel, or are the zero Memory.
func (a Augment) Run(set, views, others, own, scale, shift, y driver.Memory) Launch {
	size := a.N * a.H * a.W * a.C
	return flat("augment", size, 1, join([]any{set, views, others, own, scale, shift, a.Cutout, y, size, a.H, a.W, a.C}, divisors(a.C, a.W, a.H))...)
}

// Package kernels holds the device functions of the CUDA engine: their source in CUDA C
// (base.cu for every device of compute capability 7.0 and above; tc.cu with tensor cores,
// for 8.0 and above), what they compile to, and how to launch them.
//
// # Layout
//
// Activations are samples × height × width × channels (NHWC), row by row, in single
// precision. A vector is an image of 1×1. Filters of a convolution are height × width ×
// inputs of a group × outputs, those of a linear layer inputs × outputs. The engine's
// parameters have the outputs first; gather changes one into the other. Pointers are multiples
// of 16 bytes. A buffer has fewer than 2³¹ numbers.
//
// # Sums
//
// Sums over pixels and samples are cut into parts by the shape alone. Each part is summed in
// an order of its own, and the parts are put together in their order by a second function:
// no result depends on how a device schedules blocks. There are no atomic operations.
//
// # Graphs
//
// Nothing that changes from step to step is an argument: the rate and its like are in a Step in
// device memory, and what is drawn comes through buffers that the host fills. So a captured graph can
// be launched again and again.
package kernels

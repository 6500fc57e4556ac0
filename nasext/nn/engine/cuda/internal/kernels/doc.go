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
// # Products
//
// Convolutions in their three directions and matrix products are computed in tiles of shared memory, 4×4 to 8×8 numbers
// a thread in registers, with the next tiles on their way from memory meanwhile. Tiles and parts of sums are chosen by an estimate of
// cycles on a device of 132 multiprocessors (product.go). On tensor cores factors are rounded to tf32: a product of two is off by
// 2⁻¹⁰ of itself at most.
//
// # Tests
//
// Tests run every device function on a GPU, or where there is none on the fake driver of package fake, against loops in double
// precision. A number may be off by (8+2√k)·2⁻²⁴ of the sum of the sizes of the k terms that it is the sum of; rounding errors that add
// up like steps of a random walk stay well below, and an index that is off by one does not. Updates of
// parameters, dropout and augmentation have the bits of the CPU engine and of package data.
//
// # Resources
//
// PTX by NVRTC 12.1, taken by ptxas 12.9 for sm_70, 80, 89, 90 and 100, without spilled registers. For sm_90:
//
//	                         registers  threads  shared memory  blocks of a multiprocessor
//	gemm 128x128                   128      256        16.5 KiB   2
//	gemm, convolution 64x64    95…117      128        17.0 KiB   4
//	convolution 128x32        119…127      128        21.0 KiB   4
//	convolution 128x16          95…96      128        19.0 KiB   5
//	32x32                       87…95       64         9.0 KiB   10
//	128x64 tf32                90…114      256        26.0 KiB   2
//	64x64 tf32                 95…114      128        18.0 KiB   4
//	64x32 tf32                104…124       64        14.0 KiB   8
//	norms, sums, updates        20…52      256     0…6.0 KiB   4 to 8
//
// No speed has been measured yet: there was no device to measure on. What the estimate says of a GEMM of
// 4096³ on an H100, 2.7 ms or 52 TFLOPS, is an expectation.
//
// # Graphs
//
// Nothing that changes from step to step is an argument: the rate and its like are in a Step in
// device memory, and what is drawn comes through buffers that the host fills. So a captured graph can
// be launched again and again.
package kernels

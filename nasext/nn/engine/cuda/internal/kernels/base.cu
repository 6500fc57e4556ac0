// The device functions that run on every device of compute capability 7.0 and above.
#include "conv.cuh"
#include "gemm.cuh"
#include "depthwise.cuh"
#include "elementwise.cuh"
#include "mix.cuh"
#include "norm.cuh"
#include "pool.cuh"
#include "train.cuh"

typedef Single<128, 128, 8, 8, 8> Single128x128;
typedef Single<64, 64, 8, 4, 16> Single64x64;
typedef Single<128, 32, 8, 4, 16> Single128x32;
typedef Single<128, 16, 4, 4, 16> Single128x16;
typedef Single<32, 32, 4, 4, 16> Single32x32;

CONV(64x64, Single64x64, 4, 4)
CONV(128x32, Single128x32, 4, 4)
CONV(128x16, Single128x16, 4, 5)
CONV(32x32, Single32x32, 4, 10)
CONV(any, Single32x32, 1, 8)

GEMM(128x128, Single128x128, 4, 2)
GEMM(64x64, Single64x64, 4, 4)
GEMM(32x32, Single32x32, 4, 10)
GEMM(any, Single32x32, 1, 8)

// finish_parts adds up the count parts of a sum, size numbers each, and finishes as a product that is not split would: y is size numbers, of which
// the cols of a row lie side by side and rows ld apart. lanes threads of a block, a power of two, have a number each; the others of the
// block add up other parts of these.
DEVICE(256, 4) finish_parts(const float *parts, int count, int size, int lanes, int cols, float *y, int ld, const float *bias, int add, int rectify) {
    int i = blockIdx.x * lanes + threadIdx.x % lanes;
    float v = 0.f;
    if (i < size)
#pragma unroll 4
        for (int p = threadIdx.x / lanes; p < count; p += THREADS / lanes) v += parts[(size_t)p * size + i];
    fold<1>(&v, lanes);
    if ((int)threadIdx.x >= lanes || i >= size) return;
    int row = i / cols, col = i - row * cols;
    float *to = y + (size_t)row * ld + col;
    if (bias) v += bias[col];
    if (add) v += *to;
    *to = rectify ? relu_of(v) : v;
}

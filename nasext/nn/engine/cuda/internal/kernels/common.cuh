// What all device functions share. The same source is compiled to PTX by NVRTC and, with
// CUDA_EMU, by a C++ compiler for the tests without a device.
#pragma once
#ifdef CUDA_EMU
#include "cuda_emu.h"
#include <cstdio>
#endif

typedef unsigned long long u64;

// Device functions are named by their C names. THREADS is the largest block they are
// launched with, BLOCKS how many of these should fit one multiprocessor.
#define DEVICE(THREADS, BLOCKS) extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS)

// Arithmetic of one rounding an operation, where the bits have to be those of the CPU engine.
// Everywhere else the compiler may fuse multiplication and addition.
#ifdef CUDA_EMU
inline float mul_rn(float a, float b) { return a * b; }
inline float add_rn(float a, float b) { return a + b; }
#else
__device__ __forceinline__ float mul_rn(float a, float b) { return __fmul_rn(a, b); }
__device__ __forceinline__ float add_rn(float a, float b) { return __fadd_rn(a, b); }
#endif

#ifdef CUDA_EMU
inline void aligned(const void *p, unsigned n) {
    if ((size_t)p % n) { // a device stops here, a CPU goes on
        fprintf(stderr, "a load or store of %u bytes at an address that is no multiple of it\n", n);
        abort();
    }
}
#else
__device__ __forceinline__ void aligned(const void *, unsigned) {}
#endif

// load and store move V neighbouring numbers at once. Their address is a multiple of V numbers.
template <int V> __device__ __forceinline__ void load(float *v, const float *p) {
    if (V == 4) {
        aligned(p, 16);
        float4 f = *reinterpret_cast<const float4 *>(p);
        v[0] = f.x, v[1] = f.y, v[2] = f.z, v[3] = f.w;
    } else {
        for (int i = 0; i < V; i++) v[i] = p[i];
    }
}
template <int V> __device__ __forceinline__ void store(float *p, const float *v) {
    if (V == 4) {
        aligned(p, 16);
        float4 f;
        f.x = v[0], f.y = v[1], f.z = v[2], f.w = v[3];
        *reinterpret_cast<float4 *>(p) = f;
    } else if (V == 2) {
        aligned(p, 8);
        float2 f;
        f.x = v[0], f.y = v[1];
        *reinterpret_cast<float2 *>(p) = f;
    } else {
        for (int i = 0; i < V; i++) p[i] = v[i];
    }
}

// Div divides numbers from 0 to 2³¹-1 by a divisor that the host knows (Granlund and
// Montgomery 1994, figure 4.1): shift is ⌈log₂ d⌉, mul is ⌊2³²·(2^shift - d)/d⌋ + 1.
struct Div {
    int d;
    unsigned mul;
    int shift;
    __device__ __forceinline__ int by(int n) const {
        unsigned high = (unsigned)((u64)(unsigned)n * mul >> 32);
        return (int)((high + (unsigned)n) >> shift);
    }
};

__device__ __forceinline__ float relu_of(float x) { return 0.f > x ? 0.f : x; } // NaN stays

// Thread number of a one-dimensional launch, and how many there are.
__device__ __forceinline__ int thread_of() { return blockIdx.x * blockDim.x + threadIdx.x; }
__device__ __forceinline__ int threads_of() { return gridDim.x * blockDim.x; }

// put writes V numbers, or adds them to what is there.
template <int V> __device__ __forceinline__ void put(float *p, float *v, int add) {
    if (add) {
        float old[V];
        load<V>(old, p);
#pragma unroll
        for (int j = 0; j < V; j++) v[j] += old[j];
    }
    store<V>(p, v);
}

template <int n> struct Count {
    static const int V = n;
};

// each calls f(i, Count<V>) for the first of every V numbers of size, V being 4 where numbers of
// which there are multiple make whole groups, else 1.
template <class F> __device__ __forceinline__ void each(int size, int multiple, const F &f) {
    if (multiple % 4 == 0)
        for (int i = thread_of() * 4; i < size; i += threads_of() * 4) f(i, Count<4>());
    else
        for (int i = thread_of(); i < size; i += threads_of()) f(i, Count<1>());
}

// channel_of is the channel of number i of images whose pixels have c channels. groups divides by c, or by c/4
// where this is a whole number.
__device__ __forceinline__ int channel_of(int i, int c, const Div &groups) {
    if (c % 4) return i - groups.by(i) * c;
    int g = i / 4;
    return (g - groups.by(g) * groups.d) * 4 + i % 4;
}
#define CHANNEL_PARAMS int c, unsigned cMul, int cShift
#define CHANNEL_DIV \
    Div { c % 4 ? c : c / 4, cMul, cShift }

// Lanes is how the THREADS threads of a block share the channels of rows of c numbers: lanes neighbouring
// channels, lanes being a power of two up to 32, and a row each for the others.
const int THREADS = 256;
const int FEW = 8; // lanes of functions that put chunks together: with many rows, few chunks for each
struct Lanes {
    int c, row, step;
    bool in;
};
__device__ __forceinline__ Lanes lanes_of(int c, int lanes) {
    Lanes l;
    l.c = blockIdx.x * lanes + threadIdx.x % lanes, l.row = threadIdx.x / lanes, l.step = THREADS / lanes;
    l.in = l.c < c;
    return l;
}

// fold adds up N numbers of each thread over the threads of a channel, halves first. The threads of the first row get the sums.
template <int N, class T> __device__ __forceinline__ void fold(T *v, int lanes) {
    __shared__ T s[N][THREADS];
    __syncthreads(); // the last sums have been read
#pragma unroll
    for (int i = 0; i < N; i++) s[i][threadIdx.x] = v[i];
    for (int half = THREADS / 2; half >= lanes; half /= 2) {
        __syncthreads();
        if ((int)threadIdx.x < half)
#pragma unroll
            for (int i = 0; i < N; i++) s[i][threadIdx.x] += s[i][threadIdx.x + half];
    }
    if ((int)threadIdx.x < lanes)
#pragma unroll
        for (int i = 0; i < N; i++) v[i] = s[i][threadIdx.x];
}

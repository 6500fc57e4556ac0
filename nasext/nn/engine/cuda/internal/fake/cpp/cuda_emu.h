// cuda_emu.h: lets g++ compile CUDA C for the processor. Blocks run one after the
// other; the threads of a block are fibers that switch only at barriers and at warp
// functions, so a run is deterministic.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <tuple>
#include <utility>
#include <vector>

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __restrict__ __restrict
#define __launch_bounds__(...)
#define __constant__ const
#define __align__(n) alignas(n)
// At block scope thread_local implies static. What a launch asks for, extern __shared__
// T x[], is defined once by EMU_DYN_SHARED.
#define __shared__ thread_local
#define EMU_DYN_SHARED(T, name) \
    thread_local T name[232448 / sizeof(T)]; \
    static EmuDynamic emu_dynamic_##name([] { return (char *)name; });

struct emu_uint3 { unsigned x, y, z; };
struct alignas(8) float2 { float x, y; };
struct alignas(16) float4 { float x, y, z, w; };
struct alignas(8) int2 { int x, y; };
struct alignas(16) int4 { int x, y, z, w; };
struct alignas(8) uint2 { unsigned x, y; };
struct alignas(16) uint4 { unsigned x, y, z, w; };
inline float2 make_float2(float x, float y) { return {x, y}; }
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
inline int2 make_int2(int x, int y) { return {x, y}; }
inline int4 make_int4(int x, int y, int z, int w) { return {x, y, z, w}; }
inline uint2 make_uint2(unsigned x, unsigned y) { return {x, y}; }
inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }
extern emu_uint3 threadIdx, blockIdx, blockDim, gridDim;
constexpr int warpSize = 32;

// ---- what fakecuda.cpp has for device functions -------------------------------
void emu_sync_block();
// Every lane of the warp publishes n bytes; the result is the table of all lanes'
// bytes, 32 rows of emu_row bytes, valid until the next exchange.
constexpr int emu_row = 64;
const char *emu_exchange(unsigned mask, const void *mine, size_t n);
void emu_sync_warp(unsigned mask);
void emu_fence();
int emu_lane();
void emu_atomic(const void *p, size_t n); // looks at the address
struct EmuDynamic { EmuDynamic(char *(*where)()); };

#define __syncthreads() emu_sync_block()
inline void __syncwarp(unsigned mask = 0xffffffffu) { emu_sync_warp(mask); }
inline void __threadfence() { emu_fence(); }
inline void __threadfence_block() {}

// What runs these is not watched: lanes and atomics may touch what others touch.
#define EMU_UNWATCHED __attribute__((no_sanitize("thread"))) inline

template <class T> EMU_UNWATCHED T emu_pick(unsigned mask, T v, int src) {
    const char *t = emu_exchange(mask, &v, sizeof v);
    T r;
    memcpy(&r, t + src * emu_row, sizeof r);
    return r;
}
template <class T> EMU_UNWATCHED T __shfl_sync(unsigned m, T v, int src, int w = 32) {
    return emu_pick(m, v, (emu_lane() & ~(w - 1)) | (src & (w - 1)));
}
template <class T> EMU_UNWATCHED T __shfl_down_sync(unsigned m, T v, unsigned d, int w = 32) {
    int l = emu_lane();
    return emu_pick(m, v, (l & (w - 1)) + (int)d < w ? l + (int)d : l);
}
template <class T> EMU_UNWATCHED T __shfl_up_sync(unsigned m, T v, unsigned d, int w = 32) {
    int l = emu_lane();
    return emu_pick(m, v, (l & (w - 1)) >= (int)d ? l - (int)d : l);
}
template <class T> EMU_UNWATCHED T __shfl_xor_sync(unsigned m, T v, int x, int = 32) { return emu_pick(m, v, emu_lane() ^ x); }
EMU_UNWATCHED unsigned __ballot_sync(unsigned m, int p) {
    const char *t = emu_exchange(m, &p, sizeof p);
    unsigned r = 0;
    for (int i = 0; i < 32; i++) {
        int q;
        memcpy(&q, t + i * emu_row, 4);
        if ((m >> i & 1) && q) r |= 1u << i;
    }
    return r;
}
template <class T> EMU_UNWATCHED T atomicAdd(T *p, T v) { emu_atomic(p, sizeof *p); T o = *p; *p = o + v; return o; }
template <class T> EMU_UNWATCHED T atomicMax(T *p, T v) { emu_atomic(p, sizeof *p); T o = *p; if (v > o) *p = v; return o; }
template <class T> EMU_UNWATCHED T atomicMin(T *p, T v) { emu_atomic(p, sizeof *p); T o = *p; if (v < o) *p = v; return o; }
template <class T> EMU_UNWATCHED T atomicExch(T *p, T v) { emu_atomic(p, sizeof *p); T o = *p; *p = v; return o; }
template <class T> EMU_UNWATCHED T atomicCAS(T *p, T c, T v) { emu_atomic(p, sizeof *p); T o = *p; if (o == c) *p = v; return o; }
inline float rsqrtf(float x) { return 1.f / std::sqrt(x); }
inline float __expf(float x) { return std::exp(x); }
inline float __logf(float x) { return std::log(x); }
inline float __fdividef(float a, float b) { return a / b; }
inline unsigned __umulhi(unsigned a, unsigned b) { return (unsigned)((unsigned long long)a * b >> 32); }
inline float __uint_as_float(unsigned u) { float f; memcpy(&f, &u, 4); return f; }
inline unsigned __float_as_uint(float f) { unsigned u; memcpy(&u, &f, 4); return u; }
inline float __int_as_float(int u) { float f; memcpy(&f, &u, 4); return f; }
inline int __float_as_int(float f) { int u; memcpy(&u, &f, 4); return u; }
template <class T> T __ldg(const T *p) { return *p; }
using std::max;
using std::min;

// The tensor core of tf32: C[16×8] += A[16×8]·B[8×8] with the fragments of PTX.
inline unsigned emu_tf32(float f) { return (__float_as_uint(f) + 0x1000u) & 0xffffe000u; }
EMU_UNWATCHED void mma_m16n8k8_tf32(float c[4], const unsigned a[4], const unsigned b[2]) {
    struct { unsigned a[4], b[2]; } f;
    memcpy(f.a, a, 16);
    memcpy(f.b, b, 8);
    const char *t = emu_exchange(0xffffffffu, &f, sizeof f);
    auto at = [t](int lane, int word) { float v; memcpy(&v, t + lane * emu_row + 4 * word, 4); return v; };
    auto A = [&](int r, int k) { return at((r & 7) * 4 + (k & 3), (r >> 3) + 2 * (k >> 2)); };
    auto B = [&](int k, int n) { return at(n * 4 + (k & 3), 4 + (k >> 2)); };
    int g = emu_lane() >> 2, q = emu_lane() & 3;
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 8; k++) c[i] += A(g + 8 * (i >> 1), k) * B(k, 2 * q + (i & 1));
}

// ---- device functions by name -------------------------------------------------
struct EmuKernel {
    const char *name;
    std::vector<size_t> sizes;                          // of the parameters
    std::function<std::function<void()>(void **)> bind; // arguments → what a thread runs
};
void emu_add(EmuKernel k);
template <class... P, size_t... I>
std::function<void()> emu_bind(void (*f)(P...), void **a, std::index_sequence<I...>) {
    std::tuple<std::decay_t<P>...> v{*(std::decay_t<P> *)a[I]...};
    return [f, v] { std::apply(f, v); };
}
struct EmuReg {
    template <class... P> EmuReg(const char *n, void (*f)(P...)) {
        emu_add({n, {sizeof(P)...}, [f](void **a) { return emu_bind(f, a, std::index_sequence_for<P...>{}); }});
    }
};
#define EMU_REGISTER(k) static EmuReg emu_reg_##k(#k, k);

// Products on tensor cores, for devices of compute capability 8.0 and above. Factors are rounded to tf32, 10 bits behind the point; sums
// are in single precision.
#include "conv.cuh"
#include "gemm.cuh"

#ifdef CUDA_EMU
inline float tf32(float x) { return __uint_as_float(emu_tf32(x)); }
#else
__device__ __forceinline__ float tf32(float x) {
    unsigned u;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(u) : "f"(x));
    return __uint_as_float(u);
}
__device__ __forceinline__ void mma_m16n8k8_tf32(float c[4], const unsigned a[4], const unsigned b[2]) {
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3},{%4,%5,%6,%7},{%8,%9},{%0,%1,%2,%3};"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
#endif

// Tensor multiplies on the tensor cores. A warp computes WM×WN numbers, in pieces of 16×8 of which each thread holds four
// (PTX ISA, "Matrix Fragments for mma.m16n8k8"). Rows of a tile begin 8 banks apart, so that the 4×8 numbers that a warp
// reads at once lie in 32 banks.
template <int bm, int bn, int WM, int WN> struct Tensor {
    static const int BM = bm, BN = bn, BK = 16, T = BM / WM * (BN / WN) * 32, PAD = 8;
    static const int I = WM / 16, J = WN / 8;
    float acc[I][J][4];
    struct Round {
        __device__ __forceinline__ float operator()(float x) const { return tf32(x); }
    };
    __device__ __forceinline__ void clear() {
#pragma unroll
        for (int i = 0; i < I; i++)
#pragma unroll
            for (int j = 0; j < J; j++) acc[i][j][0] = acc[i][j][1] = acc[i][j][2] = acc[i][j][3] = 0.f;
    }
    static __device__ __forceinline__ int row() { return threadIdx.x / 32 / (BN / WN) * WM + threadIdx.x % 32 / 4; }
    static __device__ __forceinline__ int col() { return threadIdx.x / 32 % (BN / WN) * WN; }
    __device__ __forceinline__ void multiply(float (*a)[BM + PAD], float (*b)[BN + PAD]) {
        int t = threadIdx.x % 4, g = threadIdx.x % 32 / 4, m = row(), n = col() + g;
#pragma unroll
        for (int k = t; k < BK; k += 8) {
            unsigned u[I][4], v[J][2];
#pragma unroll
            for (int i = 0; i < I; i++) {
                u[i][0] = __float_as_uint(a[k][m + i * 16]), u[i][1] = __float_as_uint(a[k][m + i * 16 + 8]);
                u[i][2] = __float_as_uint(a[k + 4][m + i * 16]), u[i][3] = __float_as_uint(a[k + 4][m + i * 16 + 8]);
            }
#pragma unroll
            for (int j = 0; j < J; j++) v[j][0] = __float_as_uint(b[k][n + j * 8]), v[j][1] = __float_as_uint(b[k + 4][n + j * 8]);
#pragma unroll
            for (int i = 0; i < I; i++)
#pragma unroll
                for (int j = 0; j < J; j++) mma_m16n8k8_tf32(acc[i][j], u[i], v[j]);
        }
    }
    template <int V> __device__ __forceinline__ void put(const Result &out, int row0, int col0) const {
        int m = row0 + row(), n = col0 + col() + threadIdx.x % 4 * 2;
#pragma unroll
        for (int i = 0; i < I; i++)
#pragma unroll
            for (int j = 0; j < J; j++) {
                out.template put<2, V>(m + i * 16, n + j * 8, acc[i][j]);
                out.template put<2, V>(m + i * 16 + 8, n + j * 8, acc[i][j] + 2);
            }
    }
};

typedef Tensor<128, 64, 32, 32> Tensor128x64;
typedef Tensor<64, 64, 32, 32> Tensor64x64;
typedef Tensor<64, 32, 32, 32> Tensor64x32;

CONV(128x64_tf32, Tensor128x64, 4, 2)
CONV(64x64_tf32, Tensor64x64, 4, 4)
CONV(64x32_tf32, Tensor64x32, 4, 8)

GEMM(128x64_tf32, Tensor128x64, 4, 2)
GEMM(64x64_tf32, Tensor64x64, 4, 4)
GEMM(64x32_tf32, Tensor64x32, 4, 8)

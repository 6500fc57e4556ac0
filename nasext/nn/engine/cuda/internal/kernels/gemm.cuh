// GEMM: c[m×n] = a·b, of matrices row by row whose rows begin lda, ldb and ldc numbers apart. In a name,
// n stands for a factor as it lies and t for its transpose.
#pragma once
#include "conv.cuh"

template <class Math, int V, class A, class B>
__device__ __forceinline__ void gemm(A &a, B &b, int m, int n, int k, float *c, int ldc, const float *bias, int add, int rectify, float *parts,
                                     int count) {
    Place p = place_of<Math>(1);
    Math math;
    product(math, a, b, split_of(k, p.part, count, Math::BK));
    math.template put<V>(target(c, count > 1 ? n : ldc, m, n, 0, bias, add, rectify, parts, p.part, count, (size_t)m * n), p.row, p.col);
}

#define GEMM_PARAMS                                                                                                                     \
    int m, int n, int k, const float *a, int lda, const float *b, int ldb, float *c, int ldc, const float *bias, int add, int rectify, \
        float *parts, int count
#define GEMM_OF(NAME, MATH, V, BLOCKS, ALONGA, SOURCEA, ALONGB, SOURCEB)                                    \
    DEVICE(MATH::T, BLOCKS) NAME(GEMM_PARAMS) {                                                             \
        typedef ALONGA<SOURCEA, MATH::BM, MATH::BK, V, MATH::T, MATH::PAD> A;                               \
        typedef ALONGB<SOURCEB, MATH::BN, MATH::BK, V, MATH::T, MATH::PAD> B;                               \
        Place p = place_of<MATH>(1);                                                                        \
        A fa(SOURCEA<A::slots, V>(a, lda, m, k), p.row);                                                    \
        B fb(SOURCEB<B::slots, V>(b, ldb, n, k), p.col);                                                    \
        gemm<MATH, V>(fa, fb, m, n, k, c, ldc, bias, add, rectify, parts, count);                           \
    }
#define GEMM(NAME, MATH, V, BLOCKS)                                                                  \
    GEMM_OF(gemm_nn_##NAME, MATH, V, BLOCKS, AlongK, RowMajor, AlongRow, ColumnMajor)                \
    GEMM_OF(gemm_nt_##NAME, MATH, V, BLOCKS, AlongK, RowMajor, AlongK, RowMajor)                     \
    GEMM_OF(gemm_tn_##NAME, MATH, V, BLOCKS, AlongRow, ColumnMajor, AlongRow, ColumnMajor)

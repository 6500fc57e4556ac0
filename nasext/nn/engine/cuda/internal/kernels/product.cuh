// Matrix products, tile by tile: what convolutions in their three directions and GEMM are
// made of. A block computes BM×BN numbers of the result, from tiles of BM×BK and BK×BN of its factors
// in shared memory. While it multiplies one pair of tiles, it fetches the next into registers.
//
// Factors come from a source, which says what number stands at a row and a place k of the sum: in a
// matrix, or in an image under a filter (an implicit GEMM: no image is unfolded in memory).
#pragma once
#include "common.cuh"

// AlongK loads a tile of BR rows from a source whose numbers are neighbours along k, V at a
// time. T is the number of threads, PAD how much longer the tile's rows are. With V of 4 a warp reads 32 neighbouring bytes, a sector of
// memory, of each of 16 rows, and writes these to 32 banks.
template <template <int, int> class Source, int BR, int BK, int V, int T, int PAD> struct AlongK {
    static const int per = BK / V, step = T / per, slots = (BR + step - 1) / step;
    Source<slots, V> s;
    float v[slots][V];
    int k, row;
    __device__ __forceinline__ AlongK(const Source<slots, V> &source, int first) : s(source) {
        int t = threadIdx.x;
        if (V == 4) k = (t % 2 + t / 32 % (per / 2) * 2) * V, row = t / 32 / (per / 2) * 16 + t % 32 / 2;
        else k = t % per * V, row = t / per;
#pragma unroll
        for (int i = 0; i < slots; i++) s.row(i, first + row + i * step);
    }
    __device__ __forceinline__ void load(int k0) {
        s.at(k0 + k);
#pragma unroll
        for (int i = 0; i < slots; i++)
            if (BR % step == 0 || row + i * step < BR) s.get(i, v[i]);
    }
    template <class Round> __device__ __forceinline__ void store(float (*tile)[BR + PAD], Round round) {
#pragma unroll
        for (int i = 0; i < slots; i++)
            if (BR % step == 0 || row + i * step < BR)
#pragma unroll
                for (int j = 0; j < V; j++) tile[k + j][row + i * step] = round(v[i][j]);
    }
};

// AlongRow is the same for a source whose numbers are neighbours along the rows' numbers.
template <template <int, int> class Source, int BR, int BK, int V, int T, int PAD> struct AlongRow {
    static const int per = BR / V, step = T / per, slots = (BK + step - 1) / step;
    Source<slots, V> s;
    float v[slots][V];
    int k, row;
    __device__ __forceinline__ AlongRow(const Source<slots, V> &source, int first) : s(source) {
        row = threadIdx.x % per * V, k = threadIdx.x / per;
        s.row(first + row);
    }
    __device__ __forceinline__ void load(int k0) {
#pragma unroll
        for (int i = 0; i < slots; i++)
            if (BK % step == 0 || k + i * step < BK) s.get(k0 + k + i * step, v[i]);
    }
    template <class Round> __device__ __forceinline__ void store(float (*tile)[BR + PAD], Round round) {
#pragma unroll
        for (int i = 0; i < slots; i++)
            if (BK % step == 0 || k + i * step < BK) {
#pragma unroll
                for (int j = 0; j < V; j++) v[i][j] = round(v[i][j]);
                ::store<V>(&tile[k + i * step][row], v[i]);
            }
    }
};

// RowMajor is a matrix whose row r has its numbers along k: x[r·ld+k].
template <int SLOTS, int V> struct RowMajor {
    const float *x;
    int ld, rows, ks;
    int off[SLOTS], k;
    __device__ RowMajor(const float *x, int ld, int rows, int ks) : x(x), ld(ld), rows(rows), ks(ks) {}
    __device__ __forceinline__ void row(int i, int r) { off[i] = r < rows ? r * ld : -1; }
    __device__ __forceinline__ void at(int place) { k = place; }
    __device__ __forceinline__ void get(int i, float *v) const {
        if (k < ks && off[i] >= 0) {
            load<V>(v, x + (off[i] + k));
            return;
        }
        for (int j = 0; j < V; j++) v[j] = 0.f;
    }
};

// ColumnMajor is a matrix whose place k has its numbers along the rows' numbers: x[k·ld+r].
template <int SLOTS, int V> struct ColumnMajor {
    const float *x;
    int ld, rows, ks, r;
    __device__ ColumnMajor(const float *x, int ld, int rows, int ks) : x(x), ld(ld), rows(rows), ks(ks) {}
    __device__ __forceinline__ void row(int first) { r = first; }
    __device__ __forceinline__ void get(int k, float *v) const {
        if (k < ks && r < rows) {
            load<V>(v, x + (k * ld + r));
            return;
        }
        for (int j = 0; j < V; j++) v[j] = 0.f;
    }
};

// Result is where a product goes: rows×cols numbers, ld apart, which begin with a bias of each
// column or with what is there, and are rectified in the end.
struct Result {
    float *y;
    int ld, rows, cols;
    const float *bias;
    int add, rectify;
    // put writes W neighbours of a row; V says whether addresses are multiples of W numbers.
    template <int W, int V> __device__ __forceinline__ void put(int row, int col, const float *v) const {
        if (row >= rows || col >= cols) return;
        float o[W], *to = y + (row * ld + col);
#pragma unroll
        for (int j = 0; j < W; j++) {
            if (V == 1 && col + j >= cols) break;
            o[j] = v[j];
            if (bias) o[j] += bias[col + j];
            if (add) o[j] += to[j];
            if (rectify) o[j] = relu_of(o[j]);
            if (V == 1) to[j] = o[j];
        }
        if (V > 1) ::store<W>(to, o);
    }
};

// Single multiplies on the ordinary units, TM×TN numbers a thread, which lie in groups of four so that a
// warp reads shared memory without conflicts.
template <int bm, int bn, int TM, int TN, int bk> struct Single {
    static const int BM = bm, BN = bn, BK = bk, TX = BN / TN, T = BM / TM * TX, PAD = 4;
    static const int GM = BM / (TM / 4), GN = BN / (TN / 4); // from one group of four to the next
    float acc[TM][TN];
    struct Round {
        __device__ __forceinline__ float operator()(float x) const { return x; }
    };
    __device__ __forceinline__ void clear() {
#pragma unroll
        for (int i = 0; i < TM; i++)
#pragma unroll
            for (int j = 0; j < TN; j++) acc[i][j] = 0.f;
    }
    __device__ __forceinline__ void multiply(float (*a)[BM + PAD], float (*b)[BN + PAD]) {
        int tx = threadIdx.x % TX * 4, ty = threadIdx.x / TX * 4;
#pragma unroll 8
        for (int k = 0; k < BK; k++) {
            float u[TM], v[TN];
#pragma unroll
            for (int i = 0; i < TM; i += 4) load<4>(u + i, &a[k][i / 4 * GM + ty]);
#pragma unroll
            for (int j = 0; j < TN; j += 4) load<4>(v + j, &b[k][j / 4 * GN + tx]);
#pragma unroll
            for (int i = 0; i < TM; i++)
#pragma unroll
                for (int j = 0; j < TN; j++) acc[i][j] += u[i] * v[j];
        }
    }
    template <int V> __device__ __forceinline__ void put(const Result &out, int row0, int col0) const {
        int tx = threadIdx.x % TX * 4, ty = threadIdx.x / TX * 4;
#pragma unroll
        for (int i = 0; i < TM; i++)
#pragma unroll
            for (int j = 0; j < TN; j += 4)
                out.template put<4, V>(row0 + i / 4 * GM + ty + i % 4, col0 + j / 4 * GN + tx, acc[i] + j);
    }
};

// split is which part of a sum of so many places this block has: whole tiles of it.
struct Split {
    int from, to;
};
__device__ __forceinline__ Split split_of(int places, int part, int parts, int bk) {
    int tiles = (places + bk - 1) / bk, each = (tiles + parts - 1) / parts;
    Split s;
    s.from = part * each * bk, s.to = min(s.from + each * bk, places);
    return s;
}

// product computes a tile of Σ a·b over the places of a split.
template <class Math, class A, class B> __device__ __forceinline__ void product(Math &m, A &a, B &b, Split s) {
    alignas(16) __shared__ float as[2][Math::BK][Math::BM + Math::PAD];
    alignas(16) __shared__ float bs[2][Math::BK][Math::BN + Math::PAD];
    typename Math::Round round;
    m.clear();
    a.load(s.from), b.load(s.from);
    a.store(as[0], round), b.store(bs[0], round);
    __syncthreads();
    for (int k = s.from + Math::BK, now = 0;; k += Math::BK, now ^= 1) {
        if (k < s.to) a.load(k), b.load(k);
        m.multiply(as[now], bs[now]);
        if (k >= s.to) return;
        a.store(as[now ^ 1], round), b.store(bs[now ^ 1], round);
        __syncthreads();
    }
}

// target is where a block writes: to y, or, where the sum is split, to its part's place among
// the parts of size numbers each, which finish_parts adds up and finishes.
__device__ __forceinline__ Result target(float *y, int ld, int rows, int cols, int offset, const float *bias, int add, int rectify,
                                         float *parts, int part, int count, size_t size) {
    Result out = {y + offset, ld, rows, cols, bias ? bias + offset : bias, add, rectify};
    if (count > 1) out.y = parts + part * size + offset, out.bias = 0, out.add = out.rectify = 0;
    return out;
}

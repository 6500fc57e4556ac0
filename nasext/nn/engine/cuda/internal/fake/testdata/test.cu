// Device functions for the tests of the driver and of its fake: right ones, and ones
// with one mistake each.

extern "C" __global__ void axpy(float a, const float *x, float *y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] += a * x[i];
}

// The test of the bound lets one thread too many through.
extern "C" __global__ void axpy_beyond(float a, const float *x, float *y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i <= n) y[i] += a * x[i];
}

extern "C" __global__ void write_before(float *y) { y[(int)threadIdx.x - 1] = 0; }

// y = x reversed in each block of 64, through shared memory.
extern "C" __global__ void reverse(const float *x, float *y) {
    __shared__ float s[64];
    s[threadIdx.x] = x[blockIdx.x * 64 + threadIdx.x];
    __syncthreads();
    y[blockIdx.x * 64 + threadIdx.x] = s[63 - threadIdx.x];
}

extern "C" __global__ void reverse_no_barrier(const float *x, float *y) {
    __shared__ float s[64];
    s[threadIdx.x] = x[blockIdx.x * 64 + threadIdx.x];
    y[blockIdx.x * 64 + threadIdx.x] = s[threadIdx.x ^ 1];
}

// A second round writes what others may still read: the barrier behind the reading is missing.
extern "C" __global__ void reverse_twice(const float *x, float *y) {
    __shared__ float s[64];
    for (int r = 0; r < 2; r++) {
        s[threadIdx.x] = x[threadIdx.x] + r;
        __syncthreads();
        y[r * 64 + threadIdx.x] = s[63 - threadIdx.x];
    }
}

// Each warp by itself: __syncwarp is enough.
extern "C" __global__ void reverse_warp(const float *x, float *y) {
    __shared__ float s[64];
    int lane = threadIdx.x & 31;
    for (int r = 0; r < 2; r++) {
        s[threadIdx.x] = x[threadIdx.x] + r;
        __syncwarp();
        y[r * 64 + threadIdx.x] = s[(threadIdx.x & 32) + 31 - lane];
        __syncwarp();
    }
}

extern "C" __global__ void reverse_warp_no_barrier(const float *x, float *y) {
    __shared__ float s[64];
    s[threadIdx.x] = x[threadIdx.x];
    y[threadIdx.x] = s[threadIdx.x ^ 1];
}

// Where threads run in their order, what is read was written, and the numbers are right.
extern "C" __global__ void neighbour_no_barrier(const float *x, float *y) {
    __shared__ float s[64];
    s[threadIdx.x] = x[threadIdx.x];
    y[threadIdx.x] = threadIdx.x ? s[threadIdx.x - 1] : 0;
}

// The same in device memory.
extern "C" __global__ void neighbour_in_memory(const float *x, float *y) {
    y[threadIdx.x] = x[threadIdx.x];
    if (threadIdx.x) y[64 + threadIdx.x] = y[threadIdx.x - 1];
}

// The second half reads with a barrier of the warp where one of the block is needed.
extern "C" __global__ void warps_need_block(const float *x, float *y) {
    __shared__ float s[64];
    s[threadIdx.x] = x[threadIdx.x];
    __syncwarp();
    y[threadIdx.x] = threadIdx.x < 32 ? 0 : s[threadIdx.x - 32];
}

extern "C" __global__ void diverge(float *y) {
    if (threadIdx.x < 40) __syncthreads();
    else __syncwarp();
    y[threadIdx.x] = 1;
}

extern "C" __global__ void unwritten(float *y) {
    __shared__ float s[64];
    if (threadIdx.x < 32) s[threadIdx.x] = 1;
    __syncthreads();
    y[threadIdx.x] = s[threadIdx.x];
}

// All blocks write the same place.
extern "C" __global__ void blocks_collide(float *y) { y[threadIdx.x] = blockIdx.x; }

// y[0] += Σx over the block's share: shuffles, dynamic shared memory, one atomic for each block.
extern "C" __global__ void sum(const float *x, float *y, int n) {
    extern __shared__ float part[];
    float v = 0;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) v += x[i];
    for (int d = 16; d > 0; d >>= 1) v += __shfl_down_sync(0xffffffffu, v, d);
    int lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
    if (lane == 0) part[warp] = v;
    __syncthreads();
    if (warp == 0) {
        v = lane < (int)(blockDim.x >> 5) ? part[lane] : 0;
        for (int d = 16; d > 0; d >>= 1) v += __shfl_down_sync(0xffffffffu, v, d);
        if (lane == 0) atomicAdd(y, v);
    }
}

// C[m×n] = A[m×k]·B[k×n], row major, with blocks of 16×16 threads.
extern "C" __global__ void matmul(int m, int n, int k, const float *A, const float *B, float *C) {
    __shared__ float As[16][16], Bs[16][16];
    int row = blockIdx.y * 16 + threadIdx.y, col = blockIdx.x * 16 + threadIdx.x;
    float acc = 0;
    for (int t = 0; t < k; t += 16) {
        int a = t + threadIdx.x, b = t + threadIdx.y;
        As[threadIdx.y][threadIdx.x] = row < m && a < k ? A[row * k + a] : 0;
        Bs[threadIdx.y][threadIdx.x] = b < k && col < n ? B[b * n + col] : 0;
        __syncthreads();
        for (int p = 0; p < 16; p++) acc += As[threadIdx.y][p] * Bs[p][threadIdx.x];
        __syncthreads();
    }
    if (row < m && col < n) C[row * n + col] = acc;
}

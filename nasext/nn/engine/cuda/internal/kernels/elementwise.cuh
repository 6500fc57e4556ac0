// Functions of each number on its own, and moves of numbers.
#pragma once
#include "common.cuh"

// transpose: y[b][j][i] = x[b][i][j] for batches of rows×cols numbers, or added to it. Images with the channels first are
// c × h·w, with the channels last h·w × c. A block moves 32×32 numbers with 32×8 threads; blockIdx.z is the batch.
DEVICE(256, 4) transpose(const float *x, float *y, int add, int rows, int cols) {
    __shared__ float tile[32][33];
    size_t batch = (size_t)blockIdx.z * rows * cols;
    int col = blockIdx.x * 32 + threadIdx.x;
    for (int i = threadIdx.y; i < 32; i += 8) {
        int row = blockIdx.y * 32 + i;
        if (row < rows && col < cols) tile[i][threadIdx.x] = x[batch + (size_t)row * cols + col];
    }
    __syncthreads();
    int row = blockIdx.y * 32 + threadIdx.x;
    for (int i = threadIdx.y; i < 32; i += 8) {
        col = blockIdx.x * 32 + i;
        if (row < rows && col < cols) put<1>(y + (batch + (size_t)col * rows + row), &tile[threadIdx.x][i], add);
    }
}

// gather: y[i] = x[from[i]] in each of the samples of out numbers, which come from samples of in numbers, or added to it; -1 stands for a
// zero.
DEVICE(256, 4) gather(const float *x, const int *from, float *y, int add, int size, int in, int out, unsigned outMul, int outShift) {
    Div sample = {out, outMul, outShift};
    for (int i = thread_of(); i < size; i += threads_of()) {
        int n = sample.by(i), j = from[i - n * out];
        float v = j < 0 ? 0.f : x[n * in + j];
        put<1>(y + i, &v, add);
    }
}

// channels copies c numbers of each pixel, of which x has ldx and y ldy, or adds them: concatenations, slices and their
// gradients. size is c times the number of pixels. Four at a time with quads, for which c, ldx, ldy and the places
// have to be multiples of 4.
DEVICE(256, 4) channels(const float *x, int ldx, float *y, int ldy, int add, int size, int quads, CHANNEL_PARAMS) {
    Div pixel = {quads ? c / 4 : c, cMul, cShift};
    each(size, quads ? 4 : 1, [=](int i, auto count) {
        const int V = decltype(count)::V;
        int row = pixel.by(i / V), ch = i - row * c;
        float v[V];
        load<V>(v, x + ((size_t)row * ldx + ch));
        put<V>(y + ((size_t)row * ldy + ch), v, add);
    });
}

// plus: y = x + z, rectified if asked for.
DEVICE(256, 4) plus(const float *x, const float *z, float *y, int rectify, int size) {
    each(size, size, [=](int i, auto count) {
        const int V = decltype(count)::V;
        float v[V], u[V];
        load<V>(v, x + i), load<V>(u, z + i);
        for (int j = 0; j < V; j++) {
            v[j] += u[j];
            if (rectify) v[j] = relu_of(v[j]);
        }
        store<V>(y + i, v);
    });
}

// scale: y = f·x, or added to it.
DEVICE(256, 4) scale(const float *x, float *y, int add, float f, int size) {
    each(size, size, [=](int i, auto count) {
        const int V = decltype(count)::V;
        float v[V];
        load<V>(v, x + i);
        for (int j = 0; j < V; j++) v[j] *= f;
        put<V>(y + i, v, add);
    });
}

// multiply: y = x·z, or added to it.
DEVICE(256, 4) multiply(const float *x, const float *z, float *y, int add, int size) {
    each(size, size, [=](int i, auto count) {
        const int V = decltype(count)::V;
        float v[V], u[V];
        load<V>(v, x + i), load<V>(u, z + i);
        for (int j = 0; j < V; j++) v[j] *= u[j];
        put<V>(y + i, v, add);
    });
}

// multiply_channel: y = x·z[sample][channel], or added to it: a gate of one number a channel.
DEVICE(256, 4) multiply_channel(const float *x, const float *z, float *y, int add, int size, int pixels, CHANNEL_PARAMS, unsigned sampleMul, int sampleShift) {
    Div groups = CHANNEL_DIV, sample = {pixels * c, sampleMul, sampleShift};
    each(size, c, [=](int i, auto count) {
        const int V = decltype(count)::V;
        float v[V], u[V];
        load<V>(v, x + i), load<V>(u, z + sample.by(i) * c + channel_of(i, c, groups));
        for (int j = 0; j < V; j++) v[j] *= u[j];
        put<V>(y + i, v, add);
    });
}

// multiply_sample: y = x·z[sample], or added to it: drop path, whose z is 0 or 1/(1-rate), and its gradient. A sample has elems numbers.
DEVICE(256, 4) multiply_sample(const float *x, const float *z, float *y, int add, int size, int elems, unsigned mul, int shift) {
    Div sample = {elems, mul, shift};
    each(size, elems, [=](int i, auto count) {
        const int V = decltype(count)::V;
        float v[V], f = z[sample.by(i)];
        load<V>(v, x + i);
        for (int j = 0; j < V; j++) v[j] *= f;
        put<V>(y + i, v, add);
    });
}

// The activations, by number.
enum { RELU, RELU6, TANH, SIGMOID, HARD_SIGMOID, SILU, HARD_SWISH };

__device__ __forceinline__ float sigmoid_of(float x) { return 1.f / (1.f + expf(-x)); }
__device__ __forceinline__ float ramp_of(float x) { return x <= -3.f ? 0.f : x >= 3.f ? 1.f : (x + 3.f) / 6.f; } // NaN stays
__device__ __forceinline__ bool inside(float x) { return x > -3.f && x < 3.f; }

__device__ __forceinline__ float activation_of(int kind, float x) {
    switch (kind) {
    case RELU: return relu_of(x);
    case RELU6: return x > 6.f ? 6.f : relu_of(x);
    case TANH: return tanhf(x);
    case SIGMOID: return sigmoid_of(x);
    case HARD_SIGMOID: return ramp_of(x);
    case SILU: return x * sigmoid_of(x);
    default: return x * ramp_of(x);
    }
}

// slope_of is the activation's slope at x, where it is y. RELU looks at y only.
__device__ __forceinline__ float slope_of(int kind, float x, float y) {
    switch (kind) {
    case RELU: return y > 0.f;
    case RELU6: return x > 0.f && x < 6.f;
    case TANH: return 1.f - y * y;
    case SIGMOID: return y * (1.f - y);
    case HARD_SIGMOID: return inside(x) ? 1.f / 6.f : 0.f;
    case SILU: return y + sigmoid_of(x) * (1.f - y);
    default: return ramp_of(x) + (inside(x) ? x / 6.f : 0.f);
    }
}

DEVICE(256, 4) activation(int kind, const float *x, float *y, int size) {
    each(size, size, [=](int i, auto count) {
        const int V = decltype(count)::V;
        float v[V];
        load<V>(v, x + i);
        for (int j = 0; j < V; j++) v[j] = activation_of(kind, v[j]);
        store<V>(y + i, v);
    });
}

// activation_back: dx = dy·slope, or added to it.
DEVICE(256, 4) activation_back(int kind, const float *dy, const float *x, const float *y, float *dx, int add, int size) {
    each(size, size, [=](int i, auto count) {
        const int V = decltype(count)::V;
        float v[V], u[V], d[V];
        load<V>(v, y + i), load<V>(d, dy + i);
        if (kind != RELU) load<V>(u, x + i);
        for (int j = 0; j < V; j++) {
            if (kind == RELU) d[j] = v[j] > 0.f ? d[j] : 0.f;
            else d[j] *= slope_of(kind, u[j], v[j]);
        }
        put<V>(dx + i, d, add);
    });
}

// Depthwise convolutions: as many groups as channels, one output channel each. Filters are kh×kw×c.
#pragma once
#include "conv.cuh"

// depthwise: y = bias + Σ x·w. Divisors are those of the output; so they are for 4 channels at a time where c is a multiple of 4.
template <class F> __device__ __forceinline__ void each_pixel(int size, int c, Div channel, Div column, Div row, const F &f) {
    each(size, c, [=](int i, auto count) {
        int q = channel.by(i / decltype(count)::V), line = column.by(q), n = row.by(line);
        f(i, n, line - n * row.d, q - line * column.d, i - q * c, count);
    });
}
#define DEPTHWISE_PARAMS CONV_PARAMS, unsigned cMul, int cShift, unsigned wMul, int wShift, unsigned hMul, int hShift

DEVICE(256, 4) depthwise_forward(const float *x, const float *filters, const float *bias, float *y, int rectify, DEPTHWISE_PARAMS) {
    each_pixel(n * oh * ow * c, c, CHANNEL_DIV, Div{ow, wMul, wShift}, Div{oh, hMul, hShift}, [=](int i, int image, int oy, int ox, int ch, auto count) {
        const int V = decltype(count)::V;
        float sum[V], u[V], v[V];
        for (int j = 0; j < V; j++) sum[j] = bias ? bias[ch + j] : 0.f;
        for (int r = 0; r < kh; r++) {
            int iy = oy * sh - ph + r * dil;
            if ((unsigned)iy >= (unsigned)h) continue;
            for (int q = 0; q < kw; q++) {
                int ix = ox * sw - pw + q * dil;
                if ((unsigned)ix >= (unsigned)w) continue;
                load<V>(u, x + (((image * h + iy) * w + ix) * c + ch)), load<V>(v, filters + ((r * kw + q) * c + ch));
                for (int j = 0; j < V; j++) sum[j] += u[j] * v[j];
            }
        }
        for (int j = 0; rectify && j < V; j++) sum[j] = relu_of(sum[j]);
        store<V>(y + i, sum);
    });
}

// depthwise_backward: dx = Σ dy·w, or added to it. Divisors are those of the input.
DEVICE(256, 4) depthwise_backward(const float *dy, const float *filters, float *dx, int add, DEPTHWISE_PARAMS) {
    each_pixel(n * h * w * c, c, CHANNEL_DIV, Div{w, wMul, wShift}, Div{h, hMul, hShift}, [=](int i, int image, int iy, int ix, int ch, auto count) {
        const int V = decltype(count)::V;
        float sum[V], u[V], v[V];
        for (int j = 0; j < V; j++) sum[j] = 0.f;
        for (int r = 0; r < kh; r++) {
            int a = iy + ph - r * dil, oy = a / sh;
            if (a < 0 || oy * sh != a || oy >= oh) continue;
            for (int q = 0; q < kw; q++) {
                int b = ix + pw - q * dil, ox = b / sw;
                if (b < 0 || ox * sw != b || ox >= ow) continue;
                load<V>(u, dy + (((image * oh + oy) * ow + ox) * c + ch)), load<V>(v, filters + ((r * kw + q) * c + ch));
                for (int j = 0; j < V; j++) sum[j] += u[j] * v[j];
            }
        }
        put<V>(dx + i, sum, add);
    });
}

// depthwise_gradient: of each chunk of output pixels Σ x·dy of every tap, parts[chunk][kh·kw][c], which finish_parts adds up. blockIdx.z is the tap.
DEVICE(256, 4) depthwise_gradient(const float *x, const float *dy, float *parts, int lanes, int chunk, CONV_PARAMS, unsigned wMul, int wShift, unsigned hMul, int hShift) {
    Lanes l = lanes_of(c, lanes);
    Div column = {ow, wMul, wShift}, line = {oh, hMul, hShift};
    int rows = n * oh * ow, from = blockIdx.y * chunk, to = min(from + chunk, rows);
    int down = blockIdx.z / kw * dil - ph, right = blockIdx.z % kw * dil - pw;
    float v = 0.f;
    for (int p = from + l.row; l.in && p < to; p += l.step) {
        int at = column.by(p), image = line.by(at);
        int iy = (at - image * oh) * sh + down, ix = (p - at * ow) * sw + right;
        if ((unsigned)iy < (unsigned)h && (unsigned)ix < (unsigned)w) v += x[((image * h + iy) * w + ix) * c + l.c] * dy[p * c + l.c];
    }
    fold<1>(&v, lanes);
    if ((int)threadIdx.x < lanes && l.in) parts[((size_t)blockIdx.y * kh * kw + blockIdx.z) * c + l.c] = v;
}

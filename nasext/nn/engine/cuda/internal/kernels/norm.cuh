// Batch normalisation and other sums over the pixels of a batch. An image batch is rows of c
// channels. The rows are cut into chunks; a block sums up one of them, and a second
// function puts the chunks together, in their order: so results are the same to the last bit.
//
// A norm is four blocks of c numbers: mean, inv = 1/√(variance+eps), scale f = γ·inv and shift
// t = β - mean·f. A back is three: what dy, 1 and x-mean are multiplied by to give dx.
#pragma once
#include "common.cuh"

// Moments are a count of numbers, their mean and the sum of the squares of their deviations.
struct Moments {
    float n, mean, dev;
};
// join is the moments of both (Chan, Golub and LeVeque 1983, equation 2.1).
__device__ __forceinline__ Moments join(const Moments &a, const Moments &b) {
    if (b.n == 0.f) return a;
    if (a.n == 0.f) return b;
    Moments m;
    m.n = a.n + b.n;
    float d = b.mean - a.mean, share = b.n / m.n;
    m.mean = a.mean + d * share, m.dev = a.dev + b.dev + d * d * a.n * share;
    return m;
}
// join_threads puts those of a channel's threads together, as fold does.
__device__ __forceinline__ Moments join_threads(Moments m, int lanes) {
    __shared__ Moments s[THREADS];
    __syncthreads();
    s[threadIdx.x] = m;
    for (int half = THREADS / 2; half >= lanes; half /= 2) {
        __syncthreads();
        if ((int)threadIdx.x < half) s[threadIdx.x] = join(s[threadIdx.x], s[threadIdx.x + half]);
    }
    return (int)threadIdx.x < lanes ? s[threadIdx.x] : m;
}

// norm_moments: means and deviations of each chunk, parts[chunk][2][c]. The means are those of what the numbers of a channel are above the first
// of the batch, so that no digits are lost to numbers that are far from 0.
DEVICE(256, 4) norm_moments(const float *x, int rows, int c, int lanes, int chunk, float *parts) {
    Lanes l = lanes_of(c, lanes);
    int from = blockIdx.y * chunk, to = min(from + chunk, rows);
    Moments m = {0.f, 0.f, 0.f};
    if (l.in && from + l.row < to) {
        float zero = x[l.c], first = x[(size_t)(from + l.row) * c + l.c], sum = 0.f, squares = 0.f;
        int n = 0;
#pragma unroll 4
        for (int r = from + l.row; r < to; r += l.step, n++) {
            float d = x[(size_t)r * c + l.c] - first;
            sum += d, squares += d * d;
        }
        m.n = n, m.mean = first - zero + sum / m.n, m.dev = squares - sum * sum / m.n;
    }
    m = join_threads(m, lanes);
    if ((int)threadIdx.x < lanes && l.in) {
        float *to = parts + (size_t)blockIdx.y * 2 * c + l.c;
        to[0] = m.mean, to[c] = m.dev;
    }
}

// line writes a channel's norm.
__device__ __forceinline__ void line(float *norm, int c, int ch, double mean, double variance, const float *gamma, const float *beta, double eps) {
    float inv = (float)(1 / sqrt(variance + eps)), f = gamma[ch] * inv;
    norm[ch] = (float)mean, norm[c + ch] = inv, norm[2 * c + ch] = f, norm[3 * c + ch] = beta[ch] - (float)mean * f;
}

// norm_train makes the norm from the moments of the chunks, and moves the running moments by a share of
// momentum. A block has FEW channels.
DEVICE(256, 4) norm_train(const float *x, const float *parts, int chunks, int chunk, int rows, int c, const float *gamma, const float *beta, float *norm,
                          float *runMean, float *runVar, double eps, double momentum) {
    Lanes l = lanes_of(c, FEW);
    Moments m = {0.f, 0.f, 0.f};
#pragma unroll 4
    for (int k = l.row; l.in && k < chunks; k += l.step) {
        const float *from = parts + (size_t)k * 2 * c + l.c;
        m = join(m, Moments{(float)(min((k + 1) * chunk, rows) - k * chunk), from[0], from[c]});
    }
    m = join_threads(m, FEW);
    if ((int)threadIdx.x >= FEW || !l.in) return;
    double variance = (double)m.dev / rows, mean = (double)x[l.c] + m.mean;
    line(norm, c, l.c, mean, (float)variance, gamma, beta, eps);
    runMean[l.c] = (float)((1 - momentum) * runMean[l.c] + momentum * (float)mean);
    runVar[l.c] = (float)((1 - momentum) * runVar[l.c] + momentum * (rows > 1 ? variance * rows / (rows - 1) : variance));
}

// norm_running makes the norm from the running moments.
DEVICE(256, 4) norm_running(int c, const float *gamma, const float *beta, float *norm, const float *runMean, const float *runVar, double eps) {
    int ch = thread_of();
    if (ch < c) line(norm, c, ch, runMean[ch], runVar[ch], gamma, beta, eps);
}

// norm_apply: y = f·x + t, plus z if there is one, rectified if asked for.
DEVICE(256, 4) norm_apply(const float *x, const float *norm, const float *z, float *y, int rectify, int size, CHANNEL_PARAMS) {
    Div groups = CHANNEL_DIV;
    each(size, c, [=](int i, auto count) {
        const int V = decltype(count)::V;
        int ch = channel_of(i, c, groups);
        float f[V], t[V], v[V], u[V];
        load<V>(f, norm + 2 * c + ch), load<V>(t, norm + 3 * c + ch), load<V>(v, x + i);
        if (z) load<V>(u, z + i);
        for (int j = 0; j < V; j++) {
            v[j] = f[j] * v[j] + t[j];
            if (z) v[j] += u[j];
            if (rectify) v[j] = relu_of(v[j]);
        }
        store<V>(y + i, v);
    });
}

// norm_sums: of each chunk Σ dy and Σ dy·(x-mean), parts[chunk][2][c]. Where there is a y, dy is 0 unless y is above 0: y was rectified.
DEVICE(256, 4) norm_sums(const float *dy, const float *y, const float *x, const float *norm, int rows, int c, int lanes, int chunk, float *parts) {
    Lanes l = lanes_of(c, lanes);
    int from = blockIdx.y * chunk, to = min(from + chunk, rows);
    float v[2] = {0.f, 0.f};
    if (l.in) {
        float mean = norm[l.c];
#pragma unroll 4
        for (int r = from + l.row; r < to; r += l.step) {
            size_t i = (size_t)r * c + l.c;
            float d = !y || y[i] > 0.f ? dy[i] : 0.f;
            v[0] += d, v[1] += d * (x[i] - mean);
        }
    }
    fold<2>(v, lanes);
    if ((int)threadIdx.x < lanes && l.in) {
        float *to = parts + (size_t)blockIdx.y * 2 * c + l.c;
        to[0] = v[0], to[c] = v[1];
    }
}

// norm_learn makes the gradients of γ and β from the sums of the chunks, and the back, of a gradient that is weight times dy:
// f, -f·dβ/rows and -f·inv·dγ/rows (Ioffe and Szegedy 2015, section 3). It gives what the sum of dy times the
// output of the norm is.
__device__ __forceinline__ double norm_learn_channel(const double *v, double weight, int rows, int c, int ch, const float *norm, float *dgamma, float *dbeta, float *back) {
    double inv = norm[c + ch], f = norm[2 * c + ch], dShift = v[0], dScale = v[1] * inv;
    double product = (norm[3 * c + ch] + norm[ch] * f) * dShift + f * v[1];
    dShift *= weight, dScale *= weight;
    dbeta[ch] = (float)dShift, dgamma[ch] = (float)dScale;
    back[ch] = (float)(weight * f), back[c + ch] = (float)(-f * dShift / rows), back[2 * c + ch] = (float)(-f * inv * dScale / rows);
    return product;
}
DEVICE(256, 4) norm_learn(const float *parts, int chunks, int rows, int c, const float *norm, float *dgamma, float *dbeta, float *back) {
    Lanes l = lanes_of(c, FEW);
    double v[2] = {0, 0};
#pragma unroll 4
    for (int k = l.row; l.in && k < chunks; k += l.step) {
        const float *from = parts + (size_t)k * 2 * c + l.c;
        v[0] += from[0], v[1] += from[c];
    }
    fold<2>(v, FEW);
    if ((int)threadIdx.x < FEW && l.in) norm_learn_channel(v, 1, rows, c, l.c, norm, dgamma, dbeta, back);
}

// norm_back: the gradient by x, dx = back₀·dy + back₁ + back₂·(x-mean), and that by z, dz = dy, each only where it is wanted, and
// added to what is there with addX and addZ. y is that of norm_sums.
DEVICE(256, 4) norm_back(const float *dy, const float *y, const float *x, const float *norm, const float *back, float *dx, int addX, float *dz, int addZ, int size, CHANNEL_PARAMS) {
    Div groups = CHANNEL_DIV;
    each(size, c, [=](int i, auto count) {
        const int V = decltype(count)::V;
        int ch = channel_of(i, c, groups);
        float d[V], v[V], f[V], g[V], h[V], mean[V];
        load<V>(d, dy + i);
        if (y) {
            load<V>(v, y + i);
            for (int j = 0; j < V; j++) d[j] = v[j] > 0.f ? d[j] : 0.f;
        }
        if (dx) {
            load<V>(v, x + i), load<V>(mean, norm + ch), load<V>(f, back + ch), load<V>(g, back + c + ch), load<V>(h, back + 2 * c + ch);
            for (int j = 0; j < V; j++) v[j] = f[j] * d[j] + g[j] + h[j] * (v[j] - mean[j]);
            put<V>(dx + i, v, addX);
        }
        if (dz) put<V>(dz + i, d, addZ);
    });
}

// channel_sums: of each chunk Σ x, parts[chunk][c]: the gradient of a bias.
DEVICE(256, 4) channel_sums(const float *x, int rows, int c, int lanes, int chunk, float *parts) {
    Lanes l = lanes_of(c, lanes);
    int from = blockIdx.y * chunk, to = min(from + chunk, rows);
    float v = 0.f;
#pragma unroll 4
    for (int r = from + l.row; l.in && r < to; r += l.step) v += x[(size_t)r * c + l.c];
    fold<1>(&v, lanes);
    if ((int)threadIdx.x < lanes && l.in) parts[(size_t)blockIdx.y * c + l.c] = v;
}

// sample_sums: y = factor·Σ x·z over the pixels of each sample, or with add it is added to y; without z, Σ x. blockIdx.y is the
// sample. It is the mean of global pooling, and the gradient of a gate that has one number a channel.
DEVICE(256, 4) sample_sums(const float *x, const float *z, float *y, int add, float factor, int pixels, int c, int lanes) {
    Lanes l = lanes_of(c, lanes);
    float v = 0.f;
    size_t first = (size_t)blockIdx.y * pixels * c + l.c;
#pragma unroll 4
    for (int r = l.row; l.in && r < pixels; r += l.step) {
        size_t i = first + (size_t)r * c;
        v += z ? x[i] * z[i] : x[i];
    }
    fold<1>(&v, lanes);
    v *= factor;
    if ((int)threadIdx.x < lanes && l.in) put<1>(y + (size_t)blockIdx.y * c + l.c, &v, add);
}

// sample_spread: y = factor·x[sample][channel] for every pixel, or added to it: the gradient of sample_sums.
DEVICE(256, 4) sample_spread(const float *x, float *y, int add, float factor, int size, int pixels, CHANNEL_PARAMS, unsigned sampleMul, int sampleShift) {
    Div groups = CHANNEL_DIV, sample = {pixels * c, sampleMul, sampleShift};
    each(size, c, [=](int i, auto count) {
        const int V = decltype(count)::V;
        float v[V];
        load<V>(v, x + sample.by(i) * c + channel_of(i, c, groups));
        for (int j = 0; j < V; j++) v[j] *= factor;
        put<V>(y + i, v, add);
    });
}

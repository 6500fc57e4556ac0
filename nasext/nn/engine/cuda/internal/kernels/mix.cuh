// The mixed operation of gradient-based search: y = Σ w·xₖ over the parts of a mix, where a part may be normalised on the way,
// which is then never written by itself.
#pragma once
#include "norm.cuh"

// Part is one input of a mix. The host writes an array of them.
struct Part {
    const float *x;
    const float *norm;    // as norm_train leaves it, or 0
    float *dx;            // or 0: not wanted
    float *dgamma, *dbeta; // of a norm
    float *back;          // of a norm, 3·c numbers that mix_learn leaves to mix_back
    int add;              // dx is added to
    int place;            // of its weight among those of the mixture
};
enum { SOFTMAX, LOGISTIC, AS_IS, SPARSE };

// mix_weights makes the weights of mixtures from their mixing numbers: those of mixture m are number starts[m] to starts[m+1]-1, its gate is
// gates[m]. It sets the gradients by the weights to 0. A thread does a mixture.
DEVICE(256, 1) mix_weights(const float *alpha, const int *starts, const int *gates, int mixtures, double *w, double *dw) {
    int m = thread_of();
    if (m >= mixtures) return;
    double top = alpha[starts[m]], sum = 0;
    for (int k = starts[m]; k < starts[m + 1]; k++) top = max(top, (double)alpha[k]);
    for (int k = starts[m]; k < starts[m + 1]; k++) {
        double a = alpha[k];
        w[k] = gates[m] == SOFTMAX ? exp(a - top) : gates[m] == LOGISTIC ? 1 / (1 + exp(-a)) : a;
        dw[k] = 0, sum += w[k];
    }
    if (gates[m] == SOFTMAX)
        for (int k = starts[m]; k < starts[m + 1]; k++) w[k] /= sum;
}

// mix_alpha makes the gradients by the mixing numbers from those by the weights.
DEVICE(256, 1) mix_alpha(const double *w, const double *dw, const int *starts, const int *gates, int mixtures, float *dalpha) {
    int m = thread_of();
    if (m >= mixtures) return;
    double mean = 0;
    for (int k = starts[m]; k < starts[m + 1]; k++) mean += w[k] * dw[k];
    for (int k = starts[m]; k < starts[m + 1]; k++)
        dalpha[k] = (float)(gates[m] == SOFTMAX ? w[k] * (dw[k] - mean) : gates[m] == LOGISTIC ? dw[k] * w[k] * (1 - w[k]) : dw[k]);
}

// off: a part of a sparse mix that is left out.
__device__ __forceinline__ bool off(const double *w, int sparse) { return sparse && *w == 0; }

// mix: y = Σ w·x, rectified if asked for.
DEVICE(256, 4) mix(const Part *parts, int count, const double *w, int sparse, float *y, int rectify, int size, CHANNEL_PARAMS) {
    Div groups = CHANNEL_DIV;
    each(size, c, [=](int i, auto quads) {
        const int V = decltype(quads)::V;
        int ch = channel_of(i, c, groups);
        float sum[V], v[V], f[V], t[V];
        for (int j = 0; j < V; j++) sum[j] = 0.f;
        for (int k = 0; k < count; k++) {
            if (off(w + parts[k].place, sparse)) continue;
            float weight = (float)w[parts[k].place];
            const float *norm = parts[k].norm;
            load<V>(v, parts[k].x + i);
            if (norm) {
                load<V>(f, norm + 2 * c + ch), load<V>(t, norm + 3 * c + ch);
                for (int j = 0; j < V; j++) v[j] = f[j] * v[j] + t[j];
            }
            for (int j = 0; j < V; j++) sum[j] += weight * v[j];
        }
        for (int j = 0; rectify && j < V; j++) sum[j] = relu_of(sum[j]);
        store<V>(y + i, sum);
    });
}

const int AT_ONCE = 8; // parts

// mix_sums: of each chunk Σ dy and, for each part, Σ dy·(x-mean): sums[chunk][1+count][c]. y is that of norm_sums. blockIdx.z is a group of
// AT_ONCE parts.
DEVICE(256, 2) mix_sums(const Part *parts, int count, const double *w, int sparse, const float *dy, const float *y, int rows, int c, int lanes, int chunk, float *sums) {
    Lanes l = lanes_of(c, lanes);
    int from = blockIdx.y * chunk, to = min(from + chunk, rows), first = blockIdx.z * AT_ONCE;
    float v[1 + AT_ONCE], mean[AT_ONCE];
    const float *x[AT_ONCE];
    v[0] = 0.f;
#pragma unroll
    for (int k = 0; k < AT_ONCE; k++) {
        v[1 + k] = 0.f, mean[k] = 0.f, x[k] = 0;
        if (!l.in || first + k >= count) continue;
        const Part &p = parts[first + k];
        if (off(w + p.place, sparse)) continue;
        x[k] = p.x;
        if (p.norm) mean[k] = p.norm[l.c];
    }
    for (int r = from + l.row; l.in && r < to; r += l.step) {
        size_t i = (size_t)r * c + l.c;
        float d = !y || y[i] > 0.f ? dy[i] : 0.f;
        v[0] += d;
#pragma unroll
        for (int k = 0; k < AT_ONCE; k++)
            if (x[k]) v[1 + k] += d * (x[k][i] - mean[k]);
    }
    fold<1 + AT_ONCE>(v, lanes);
    if ((int)threadIdx.x >= lanes || !l.in) return;
    float *out = sums + (size_t)blockIdx.y * (1 + count) * c + l.c;
    if (first == 0) out[0] = v[0];
#pragma unroll
    for (int k = 0; k < AT_ONCE; k++)
        if (first + k < count) out[(size_t)(1 + first + k) * c] = v[1 + k];
}

// mix_learn puts the sums of the chunks together: the gradients of the norms, what mix_back needs, and the gradients by the weights, which are added to
// dw. A block does a part.
DEVICE(256, 1) mix_learn(const Part *parts, int count, const double *w, int sparse, const float *sums, int chunks, int lanes, int rows, int c, double *dw) {
    const Part &p = parts[blockIdx.x];
    bool left = off(w + p.place, sparse);
    int lane = threadIdx.x % lanes, row = threadIdx.x / lanes;
    double all = 0;
    for (int c0 = 0; c0 < c; c0 += lanes) {
        int ch = c0 + lane;
        double v[2] = {0, 0};
#pragma unroll 4
        for (int k = row; ch < c && k < chunks; k += THREADS / lanes) {
            const float *from = sums + (size_t)k * (1 + count) * c + ch;
            v[0] += from[0], v[1] += from[(size_t)(1 + blockIdx.x) * c];
        }
        fold<2>(v, lanes);
        if (row > 0 || ch >= c) continue;
        if (left) v[0] = v[1] = 0;
        all += p.norm ? norm_learn_channel(v, w[p.place], rows, c, ch, p.norm, p.dgamma, p.dbeta, p.back) : v[1];
    }
    fold<1>(&all, 1);
    if (threadIdx.x == 0) dw[p.place] += all;
}

// mix_back: the gradients by the inputs. Parts that share one come after each other.
DEVICE(256, 4) mix_back(const Part *parts, int count, const double *w, int sparse, const float *dy, const float *y, int size, CHANNEL_PARAMS) {
    Div groups = CHANNEL_DIV;
    each(size, c, [=](int i, auto quads) {
        const int V = decltype(quads)::V;
        int ch = channel_of(i, c, groups);
        float d[V], v[V], f[V], g[V], h[V], mean[V];
        load<V>(d, dy + i);
        if (y) {
            load<V>(v, y + i);
            for (int j = 0; j < V; j++) d[j] = v[j] > 0.f ? d[j] : 0.f;
        }
        for (int k = 0; k < count; k++) {
            const Part &p = parts[k];
            if (!p.dx) continue;
            if (off(w + p.place, sparse)) {
                for (int j = 0; j < V; j++) v[j] = 0.f;
            } else if (p.norm) {
                load<V>(v, p.x + i), load<V>(mean, p.norm + ch);
                load<V>(f, p.back + ch), load<V>(g, p.back + c + ch), load<V>(h, p.back + 2 * c + ch);
                for (int j = 0; j < V; j++) v[j] = f[j] * d[j] + g[j] + h[j] * (v[j] - mean[j]);
            } else {
                float weight = (float)w[p.place];
                for (int j = 0; j < V; j++) v[j] = weight * d[j];
            }
            put<V>(p.dx + i, v, p.add);
        }
    });
}

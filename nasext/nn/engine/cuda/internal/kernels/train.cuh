// What training needs around a network: losses, drops, augmentation and updates.
#pragma once
#include "common.cuh"

// cross_entropy: the softmax cross-entropy of n rows of outputs, ld apart, with their labels, and where grad is wanted its gradient, weight/n times (softmax -
// target), the rows of which are ldg apart. The share smoothing of a target is spread over all classes. Of a mixed sample (others and
// own are there), loss and gradient are own times those with its label and 1-own times those with the other; it counts as right with what it has the larger share of. A warp does a row.
DEVICE(128, 1) cross_entropy(const float *x, int ld, const int *labels, const int *others, const float *own, int n, int classes, float smoothing,
                             float weight, float *grad, int ldg, float *loss, int *right) {
    int row = blockIdx.x * 4 + threadIdx.x / 32, lane = threadIdx.x % 32;
    if (row >= n) return;
    const float *v = x + (size_t)row * ld;
    const unsigned all = 0xffffffffu;
    float top = lane < classes ? v[lane] : v[0];
    int best = lane < classes ? lane : 0;
    for (int c = lane + 32; c < classes; c += 32)
        if (v[c] > top) top = v[c], best = c;
    for (int d = 16; d > 0; d /= 2) {
        float t = __shfl_xor_sync(all, top, d);
        int b = __shfl_xor_sync(all, best, d);
        if (t > top || (t == top && b < best)) top = t, best = b;
    }
    float sum = 0.f, plain = 0.f;
    for (int c = lane; c < classes; c += 32) sum += expf(v[c] - top), plain += v[c] - top;
    for (int d = 16; d > 0; d /= 2) sum += __shfl_xor_sync(all, sum, d), plain += __shfl_xor_sync(all, plain, d);
    float share = others ? own[row] : 1.f, rest = smoothing / classes;
    int label = labels[row], other = others ? others[row] : label;
    if (lane == 0) {
        float target = share * (v[label] - top) + (1.f - share) * (v[other] - top);
        loss[row] = logf(sum) - ((1.f - smoothing) * target + rest * plain);
        right[row] = best == (share >= .5f ? label : other);
    }
    if (!grad) return;
    for (int c = lane; c < classes; c += 32) {
        float p = expf(v[c] - top) / sum - rest;
        p -= (1.f - smoothing) * ((c == label ? share : 0.f) + (c == other ? 1.f - share : 0.f));
        grad[(size_t)row * ldg + c] = p * weight / n;
    }
}

// score: the mean loss and the number of right answers of n rows. One block.
DEVICE(256, 1) score(const float *loss, const int *right, int n, float *mean, int *correct) {
    double v[2] = {0, 0};
    for (int i = threadIdx.x; i < n; i += THREADS) v[0] += loss[i], v[1] += right[i];
    fold<2>(v, 1);
    if (threadIdx.x == 0) *mean = (float)(v[0] / n), *correct = (int)v[1];
}

// State is that of a PCG-DXSM generator (O'Neill 2014; math/rand/v2.PCG), which is a counter-based one, too: it can be moved on by any number of
// draws in so many steps as that number has bits.
struct State {
    u64 hi, lo;
};
#ifdef CUDA_EMU
inline u64 mul_high(u64 a, u64 b) { return (u64)((unsigned __int128)a * b >> 64); }
#else
__device__ __forceinline__ u64 mul_high(u64 a, u64 b) { return __umul64hi(a, b); }
#endif
__device__ __forceinline__ State operator*(const State &a, const State &b) {
    return State{mul_high(a.lo, b.lo) + a.hi * b.lo + a.lo * b.hi, a.lo * b.lo};
}
__device__ __forceinline__ State operator+(const State &a, const State &b) {
    u64 lo = a.lo + b.lo;
    return State{a.hi + b.hi + (lo < a.lo), lo};
}
// draw is the draw of number i, from 0: 53 bits of it as a number from 0 to below 1.
__device__ __forceinline__ double draw(State s, unsigned i) {
    State mul = {0, 1}, add = {0, 0}; // of the steps so far: s·mul + add
    State m = {2549297995355413924ull, 4865540595714422341ull}, a = {6364136223846793005ull, 1442695040888963407ull};
    for (unsigned n = i + 1; n; n /= 2) {
        if (n & 1) mul = mul * m, add = add * m + a;
        a = m * a + a, m = m * m;
    }
    s = s * mul + add;
    u64 v = s.hi;
    v ^= v >> 32, v *= 0xda942042e4dd58b5ull, v ^= v >> 48, v *= s.lo | 1;
    return (double)(v << 11 >> 11) / 9007199254740992.0;
}

// dropout: y = x·keep, or added to it: also the gradient, for which nothing has to be kept. Number i of a sample, counted with the channels first, is dropped, if draw i from the
// sample's state is below the rate; the others are kept times left.
DEVICE(256, 4) dropout(const float *x, const State *states, double rate, float left, float *y, int add, int size, int pixels, CHANNEL_PARAMS, unsigned sampleMul, int sampleShift) {
    Div sample = {pixels * c, sampleMul, sampleShift};
    Div channel = {c, cMul, cShift};
    for (int i = thread_of(); i < size; i += threads_of()) {
        int n = sample.by(i), j = i - n * pixels * c, pixel = channel.by(j), ch = j - pixel * c;
        float v = draw(states[n], ch * pixels + pixel) < rate ? 0.f : x[i] * left;
        put<1>(y + i, &v, add);
    }
}

// View is how an image is looked at: moved by so many rows and columns, mirrored or not, with a square set to 0 whose first row and column
// are top and left. The host writes an array of them.
struct View {
    int image, down, right, mirrored, top, left, pad[2];
};
__device__ __forceinline__ float view(const float *set, const View &v, int ch, int y, int x, int c, int h, int w, const float *scale, const float *shift, int cutout) {
    if (y >= v.top && y < v.top + cutout && x >= v.left && x < v.left + cutout) return 0.f;
    int row = y + v.down, col = (v.mirrored ? w - 1 - x : x) + v.right;
    float p = row >= 0 && row < h && col >= 0 && col < w ? set[(((size_t)v.image * c + ch) * h + row) * w + col] : 0.f;
    return scale ? add_rn(mul_rn(p, scale[ch]), shift[ch]) : p;
}

// augment fills a batch, channels last, with images of a set, channels first, as package data does: cropped with padding, mirrored, normalised by x·scale + shift of
// each channel if there are these, a square cut out if cutout is above 0, and mixed, own to 1-own, with others if there are these.
DEVICE(256, 4) augment(const float *set, const View *views, const View *others, const float *own, const float *scale, const float *shift, int cutout, float *y, int size, int h, int w, int c,
                       unsigned cMul, int cShift, unsigned wMul, int wShift, unsigned hMul, int hShift) {
    Div channel = {c, cMul, cShift}, column = {w, wMul, wShift}, row = {h, hMul, hShift};
    for (int i = thread_of(); i < size; i += threads_of()) {
        int q = channel.by(i), line = column.by(q), n = row.by(line);
        int ch = i - q * c, px = q - line * w, py = line - n * h;
        float v = view(set, views[n], ch, py, px, c, h, w, scale, shift, cutout);
        if (others) v = add_rn(mul_rn(own[n], v), mul_rn(1.f - own[n], view(set, others[n], ch, py, px, c, h, w, scale, shift, cutout)));
        y[i] = v;
    }
}

// Step is what changes from step to step of a training. The host writes it before each, but for clip, so that a captured graph sees what is new.
struct Step {
    float rate;  // learning rate of SGD and RMSprop
    float size;  // Adam: rate/(1-β₁ᵗ)
    float root;  // Adam: √ of 1/(1-β₂ᵗ)
    float keep;  // Adam with decoupled decay: 1 - rate·decay, else 1
    float limit; // of the norm of the gradients; 0: none
    float clip;  // what the gradients are multiplied by: norm_limit writes it; NaN: there is no update
    float pad[2];
};

// The updates are those of package nn to the last bit. Weights, gradients and running averages are flat; weight decay holds for the first decayed numbers.
// momentum: g += decay·w, v = momentum·v + g, w -= rate·v, or with nesterov w -= rate·(g + momentum·v).
DEVICE(256, 4) momentum(float *w, const float *g, float *v, int n, int decayed, const Step *step, float share, float decay, int nesterov) {
    float rate = step->rate, clip = step->clip;
    if (clip != clip) return; // see guard
    for (int i = thread_of(); i < n; i += threads_of()) {
        float d = add_rn(mul_rn(g[i], clip), i < decayed ? mul_rn(decay, w[i]) : 0.f);
        float u = add_rn(mul_rn(share, v[i]), d);
        v[i] = u;
        if (nesterov) u = add_rn(d, mul_rn(share, u));
        w[i] = add_rn(w[i], -mul_rn(rate, u));
    }
}

// adam: g += added·w, m += rest1·(g-m), s += rest2·(g²-s), w = keep·w - size·m/(root·√s + eps).
DEVICE(256, 4) adam(float *w, const float *g, float *m, float *s, int n, int decayed, const Step *step, float added, float rest1, float rest2, float eps) {
    float size = step->size, root = step->root, clip = step->clip;
    if (clip != clip) return; // see guard
    for (int i = thread_of(); i < n; i += threads_of()) {
        float d = add_rn(mul_rn(g[i], clip), i < decayed ? mul_rn(added, w[i]) : 0.f);
        float a = add_rn(m[i], mul_rn(rest1, add_rn(d, -m[i])));
        float b = add_rn(s[i], mul_rn(rest2, add_rn(mul_rn(d, d), -s[i])));
        m[i] = a, s[i] = b;
        w[i] = add_rn(mul_rn(i < decayed ? step->keep : 1.f, w[i]), -(mul_rn(size, a) / add_rn(mul_rn(root, sqrtf(b)), eps)));
    }
}

// rmsprop: g += decay·w, s += rest·(g²-s), v = momentum·v + g/(√s + eps), w -= rate·v.
DEVICE(256, 4) rmsprop(float *w, const float *g, float *v, float *s, int n, int decayed, const Step *step, float share, float decay, float rest, float eps) {
    float rate = step->rate, clip = step->clip;
    if (clip != clip) return; // see guard
    for (int i = thread_of(); i < n; i += threads_of()) {
        float d = add_rn(mul_rn(g[i], clip), i < decayed ? mul_rn(decay, w[i]) : 0.f);
        float b = add_rn(s[i], mul_rn(rest, add_rn(mul_rn(d, d), -s[i])));
        float u = add_rn(mul_rn(share, v[i]), d / add_rn(sqrtf(b), eps));
        s[i] = b, v[i] = u;
        w[i] = add_rn(w[i], -mul_rn(rate, u));
    }
}

// squares: of each block Σ g², parts[block].
DEVICE(256, 4) squares(const float *g, int n, double *parts) {
    double v = 0;
    for (int i = thread_of(); i < n; i += threads_of()) v += (double)g[i] * g[i];
    fold<1>(&v, 1);
    if (threadIdx.x == 0) parts[blockIdx.x] = v;
}

// norm_limit: the norm of the gradients from the sums of the blocks, and the factor that brings it to the step's limit. A norm that is no finite number, or below it, changes nothing.
// Without parts, the factor is 1. One block.
DEVICE(256, 1) norm_limit(const double *parts, int blocks, Step *step, double *norm) {
    double v = 0;
    for (int i = threadIdx.x; i < blocks; i += THREADS) v += parts[i];
    fold<1>(&v, 1);
    if (threadIdx.x > 0) return;
    v = sqrt(v);
    *norm = v;
    step->clip = step->limit > 0.f && v > step->limit && v <= 1.7976931348623157e308 ? (float)(step->limit / v) : 1.f;
}

// guard lets the updates of a step do nothing if one of n losses is no finite number: the factor of the gradients is NaN then. It comes behind norm_limit.
DEVICE(32, 1) guard(const float *losses, int n, Step *step) {
    float sum = 0.f; // of zeros, or NaN
    for (int i = threadIdx.x; i < n; i += 32) sum += losses[i] - losses[i];
    for (int d = 16; d > 0; d /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, d);
    if (threadIdx.x == 0 && sum != 0.f) step->clip = sum;
}

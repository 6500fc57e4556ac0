// Convolutions. Activations are n×h×w×c, channels last. Filters are kh×kw×(c/groups)×co: the filter
// number of an output channel is last, too. Group g has the input channels from g·c/groups and
// the output channels from g·co/groups. A linear layer is a convolution of 1×1 on an image of
// 1×1.
#pragma once
#include "product.cuh"

// Conv is the shape of a convolution: images of h×w×c, outputs of oh×ow×co, filters of kh×kw that move
// by sh and sw, with dil pixels from tap to tap, and ph rows and pw columns of padding before the image.
struct Conv {
    int n, h, w, c, oh, ow, co, kh, kw, sh, sw, dil, ph, pw, groups;
};
#define CONV_PARAMS \
    int n, int h, int w, int c, int oh, int ow, int co, int kh, int kw, int sh, int sw, int dil, int ph, int pw, int groups
#define CONV_SHAPE \
    Conv { n, h, w, c, oh, ow, co, kh, kw, sh, sw, dil, ph, pw, groups }

const int nowhere = -(1 << 30); // a row or column far outside of every image

// Patches are what the filter sees of the images: a row for each output pixel, and in it the taps, each with
// its channels of one group.
template <int SLOTS, int V> struct Patches {
    const float *x;
    Conv s;
    Div ci, kw;
    int off[SLOTS], y[SLOTS], u[SLOTS]; // of a row: place of its first tap, which may be outside of the image
    int down, right, tap;
    bool in;
    __device__ Patches(const float *x, const Conv &s, Div ci, Div kw) : x(x), s(s), ci(ci), kw(kw) {}
    __device__ __forceinline__ void row(int i, int m) {
        int pixels = s.oh * s.ow, image = m / pixels, pixel = m - image * pixels, oy = pixel / s.ow;
        y[i] = image < s.n ? oy * s.sh - s.ph : nowhere;
        u[i] = (pixel - oy * s.ow) * s.sw - s.pw;
        off[i] = image < s.n ? ((image * s.h + y[i]) * s.w + u[i]) * s.c : 0;
    }
    __device__ __forceinline__ void at(int k) {
        int t = ci.by(k), r = kw.by(t);
        in = t < s.kh * s.kw;
        down = r * s.dil, right = (t - r * s.kw) * s.dil;
        tap = (down * s.w + right) * s.c + k - t * ci.d;
    }
    __device__ __forceinline__ void get(int i, float *v) const {
        if (in && (unsigned)(y[i] + down) < (unsigned)s.h && (unsigned)(u[i] + right) < (unsigned)s.w) {
            load<V>(v, x + (off[i] + tap));
            return;
        }
        for (int j = 0; j < V; j++) v[j] = 0.f;
    }
};

// PatchColumns are the same with a place of the sum for each output pixel, and a row for each tap and channel.
template <int SLOTS, int V> struct PatchColumns {
    const float *x;
    Conv s;
    Div ow, oh;
    int places, down, right, ch;
    bool in;
    __device__ PatchColumns(const float *x, const Conv &s, Div ow, Div oh, int places) : x(x), s(s), ow(ow), oh(oh), places(places) {}
    __device__ __forceinline__ void row(int m) {
        int ci = s.c / s.groups, t = m / ci, r = t / s.kw;
        in = t < s.kh * s.kw;
        down = r * s.dil - s.ph, right = (t - r * s.kw) * s.dil - s.pw, ch = m - t * ci;
    }
    __device__ __forceinline__ void get(int p, float *v) const {
        int line = ow.by(p), image = oh.by(line);
        int y = (line - image * s.oh) * s.sh + down, u = (p - line * s.ow) * s.sw + right;
        if (in && p < places && (unsigned)y < (unsigned)s.h && (unsigned)u < (unsigned)s.w) {
            load<V>(v, x + (((image * s.h + y) * s.w + u) * s.c + ch));
            return;
        }
        for (int j = 0; j < V; j++) v[j] = 0.f;
    }
};

// Echoes are the gradients that come back to the pixels of the images: a row for each of these, and in it the taps,
// each with the output channels of one group. What a filter that moves by more than one pixel skips is 0.
template <int SLOTS, int V> struct Echoes {
    const float *dy;
    Conv s;
    Div co, kw, sh, sw;
    int off[SLOTS], y[SLOTS], u[SLOTS];
    int down, right, ch;
    bool in;
    __device__ Echoes(const float *dy, const Conv &s, Div co, Div kw, Div sh, Div sw) : dy(dy), s(s), co(co), kw(kw), sh(sh), sw(sw) {}
    __device__ __forceinline__ void row(int i, int m) {
        int pixels = s.h * s.w, image = m / pixels, pixel = m - image * pixels, iy = pixel / s.w;
        y[i] = image < s.n ? iy + s.ph : nowhere;
        u[i] = pixel - iy * s.w + s.pw;
        off[i] = image * s.oh * s.ow * s.co;
    }
    __device__ __forceinline__ void at(int k) {
        int t = co.by(k), r = kw.by(t);
        in = t < s.kh * s.kw;
        down = r * s.dil, right = (t - r * s.kw) * s.dil, ch = k - t * co.d;
    }
    __device__ __forceinline__ void get(int i, float *v) const {
        int a = y[i] - down, b = u[i] - right;
        if (in && a >= 0 && b >= 0) {
            int oy = sh.by(a), ox = sw.by(b);
            if (oy * s.sh == a && ox * s.sw == b && oy < s.oh && ox < s.ow) {
                load<V>(v, dy + (off[i] + (oy * s.ow + ox) * s.co + ch));
                return;
            }
        }
        for (int j = 0; j < V; j++) v[j] = 0.f;
    }
};

// FiltersBack are the filters with a row for each input channel of a group, and in it the taps, each with the
// output channels.
template <int SLOTS, int V> struct FiltersBack {
    const float *w;
    int ci, all, taps;
    Div co;
    int off[SLOTS], at_;
    bool in;
    __device__ FiltersBack(const float *w, const Conv &s, Div co) : w(w), ci(s.c / s.groups), all(s.co), taps(s.kh * s.kw), co(co) {}
    __device__ __forceinline__ void row(int i, int r) { off[i] = r < ci ? r * all : -1; }
    __device__ __forceinline__ void at(int k) {
        int t = co.by(k);
        in = t < taps, at_ = t * ci * all + k - t * co.d;
    }
    __device__ __forceinline__ void get(int i, float *v) const {
        if (in && off[i] >= 0) {
            load<V>(v, w + (off[i] + at_));
            return;
        }
        for (int j = 0; j < V; j++) v[j] = 0.f;
    }
};

// The number of the block among those of a product: a tile of the result, a group and a part of the sum.
struct Place {
    int row, col, group, part;
};
template <class Math> __device__ __forceinline__ Place place_of(int groups) {
    Place p;
    p.row = blockIdx.x * Math::BM, p.col = blockIdx.y * Math::BN;
    p.part = blockIdx.z / groups, p.group = blockIdx.z - p.part * groups;
    return p;
}

// forward: y = bias + Σ x·w, rectified if asked for.
template <class Math, int V>
__device__ __forceinline__ void forward(const float *x, const float *w, const float *bias, float *y, int rectify, float *parts, int count,
                                        const Conv &s, Div ci, Div kw) {
    Place p = place_of<Math>(s.groups);
    int co = s.co / s.groups, rows = s.n * s.oh * s.ow, places = s.kh * s.kw * ci.d;
    typedef AlongK<Patches, Math::BM, Math::BK, V, Math::T, Math::PAD> A;
    typedef AlongRow<ColumnMajor, Math::BN, Math::BK, V, Math::T, Math::PAD> B;
    A a(Patches<A::slots, V>(x + p.group * ci.d, s, ci, kw), p.row);
    B b(ColumnMajor<B::slots, V>(w + p.group * co, s.co, co, places), p.col);
    Math m;
    product(m, a, b, split_of(places, p.part, count, Math::BK));
    m.template put<V>(target(y, s.co, rows, co, p.group * co, bias, 0, rectify, parts, p.part, count, (size_t)rows * s.co), p.row, p.col);
}

// backward: dx = Σ dy·w, or with add it is added to dx.
template <class Math, int V>
__device__ __forceinline__ void backward(const float *dy, const float *w, float *dx, int add, float *parts, int count, const Conv &s, Div co,
                                         Div kw, Div sh, Div sw) {
    Place p = place_of<Math>(s.groups);
    int ci = s.c / s.groups, rows = s.n * s.h * s.w, places = s.kh * s.kw * co.d;
    typedef AlongK<Echoes, Math::BM, Math::BK, V, Math::T, Math::PAD> A;
    typedef AlongK<FiltersBack, Math::BN, Math::BK, V, Math::T, Math::PAD> B;
    A a(Echoes<A::slots, V>(dy + p.group * co.d, s, co, kw, sh, sw), p.row);
    B b(FiltersBack<B::slots, V>(w + p.group * co.d, s, co), p.col);
    Math m;
    product(m, a, b, split_of(places, p.part, count, Math::BK));
    m.template put<V>(target(dx, s.c, rows, ci, p.group * ci, 0, add, 0, parts, p.part, count, (size_t)rows * s.c), p.row, p.col);
}

// gradient: dw = Σ x·dy over all output pixels of all images.
template <class Math, int V>
__device__ __forceinline__ void gradient(const float *x, const float *dy, float *dw, float *parts, int count, const Conv &s, Div ow, Div oh) {
    Place p = place_of<Math>(s.groups);
    int ci = s.c / s.groups, co = s.co / s.groups, rows = s.kh * s.kw * ci, places = s.n * s.oh * s.ow;
    typedef AlongRow<PatchColumns, Math::BM, Math::BK, V, Math::T, Math::PAD> A;
    typedef AlongRow<ColumnMajor, Math::BN, Math::BK, V, Math::T, Math::PAD> B;
    A a(PatchColumns<A::slots, V>(x + p.group * ci, s, ow, oh, places), p.row);
    B b(ColumnMajor<B::slots, V>(dy + p.group * co, s.co, co, places), p.col);
    Math m;
    product(m, a, b, split_of(places, p.part, count, Math::BK));
    m.template put<V>(target(dw, s.co, rows, co, p.group * co, 0, 0, 0, parts, p.part, count, (size_t)rows * s.co), p.row, p.col);
}

// The three directions for one kind of tile.
#define CONV(NAME, MATH, V, BLOCKS)                                                                                                          \
    DEVICE(MATH::T, BLOCKS)                                                                                                                  \
    conv_forward_##NAME(const float *x, const float *filters, const float *bias, float *y, int rectify, float *parts, int count, CONV_PARAMS,  \
                        unsigned ciMul, int ciShift, unsigned kwMul, int kwShift) {                                                          \
        forward<MATH, V>(x, filters, bias, y, rectify, parts, count, CONV_SHAPE, Div{c / groups, ciMul, ciShift}, Div{kw, kwMul, kwShift});  \
    }                                                                                                                                        \
    DEVICE(MATH::T, BLOCKS)                                                                                                                  \
    conv_backward_##NAME(const float *dy, const float *filters, float *dx, int add, float *parts, int count, CONV_PARAMS, unsigned coMul,      \
                         int coShift, unsigned kwMul, int kwShift, unsigned shMul, int shShift, unsigned swMul, int swShift) {               \
        backward<MATH, V>(dy, filters, dx, add, parts, count, CONV_SHAPE, Div{co / groups, coMul, coShift}, Div{kw, kwMul, kwShift},         \
                          Div{sh, shMul, shShift}, Div{sw, swMul, swShift});                                                                 \
    }                                                                                                                                        \
    DEVICE(MATH::T, BLOCKS)                                                                                                                  \
    conv_gradient_##NAME(const float *x, const float *dy, float *dfilters, float *parts, int count, CONV_PARAMS, unsigned owMul,              \
                         int owShift, unsigned ohMul, int ohShift) {                                                                         \
        gradient<MATH, V>(x, dy, dfilters, parts, count, CONV_SHAPE, Div{ow, owMul, owShift}, Div{oh, ohMul, ohShift});                       \
    }

// Pooling. Padding is never the largest number and never counted.
#pragma once
#include "common.cuh"

// Pool is the shape of a pooling: images of h×w×c, outputs of oh×ow, windows of kh×kw that move by s, with ph rows and pw
// columns of padding before the image.
struct Pool {
    int h, w, c, oh, ow, kh, kw, s, ph, pw;
};
#define POOL_PARAMS                                                                                                                       \
    int h, int w, int c, int oh, int ow, int kh, int kw, int s, int ph, int pw, unsigned cMul, int cShift, unsigned wMul, int wShift, \
        unsigned hMul, int hShift
#define POOL_SHAPE \
    Pool { h, w, c, oh, ow, kh, kw, s, ph, pw }

// Pixel is where a number stands: of images of h×w×c, which c, w and h divide by.
struct Pixel {
    int image, y, x, ch;
};
__device__ __forceinline__ Pixel pixel_of(int i, const Div &c, const Div &w, const Div &h) {
    Pixel p;
    int q = c.by(i), line = w.by(q);
    p.ch = i - q * c.d, p.x = q - line * w.d, p.image = h.by(line), p.y = line - p.image * h.d;
    return p;
}

// Window is what lies inside an image of a window.
struct Window {
    int top, bottom, left, right;
};
__device__ __forceinline__ Window window_of(const Pool &p, int oy, int ox) {
    int y = oy * p.s - p.ph, x = ox * p.s - p.pw;
    return Window{max(y, 0), min(y + p.kh, p.h), max(x, 0), min(x + p.kw, p.w)};
}
// over is which windows a pixel lies under.
__device__ __forceinline__ Window over(const Pool &p, int y, int x) {
    y += p.ph, x += p.pw;
    return Window{max(0, (y - p.kh + p.s) / p.s), min(y / p.s + 1, p.oh), max(0, (x - p.kw + p.s) / p.s), min(x / p.s + 1, p.ow)};
}

// max_pool: the largest number under each window, or the last that is NaN, and which pixel of the image the first of these is. Divisors are those of the output.
DEVICE(256, 4) max_pool(const float *x, float *y, int *which, int size, POOL_PARAMS) {
    Pool p = POOL_SHAPE;
    for (int i = thread_of(); i < size; i += threads_of()) {
        Pixel o = pixel_of(i, Div{c, cMul, cShift}, Div{ow, wMul, wShift}, Div{oh, hMul, hShift});
        Window in = window_of(p, o.y, o.x);
        const float *from = x + (o.image * h * w * c + o.ch);
        int best = in.top * w + in.left;
        float top = from[best * c];
        for (int r = in.top; r < in.bottom; r++)
            for (int q = in.left; q < in.right; q++) {
                float v = from[(r * w + q) * c];
                if (v > top || v != v) top = v, best = r * w + q;
            }
        y[i] = top, which[i] = best;
    }
}

// max_pool_back: the gradient of each window goes to the pixel that max_pool took. Divisors are those of the input. Where there is a y, dy is 0 unless y is above 0:
// what was pooled had been rectified.
DEVICE(256, 4) max_pool_back(const float *dy, const float *y, const int *which, float *dx, int add, int size, POOL_PARAMS) {
    Pool p = POOL_SHAPE;
    for (int i = thread_of(); i < size; i += threads_of()) {
        Pixel at = pixel_of(i, Div{c, cMul, cShift}, Div{w, wMul, wShift}, Div{h, hMul, hShift});
        Window by = over(p, at.y, at.x);
        int first = at.image * oh * ow * c + at.ch, me = at.y * w + at.x;
        float v = 0.f;
        for (int r = by.top; r < by.bottom; r++)
            for (int q = by.left; q < by.right; q++) {
                int o = first + (r * ow + q) * c;
                if (which[o] == me && (!y || y[o] > 0.f)) v += dy[o];
            }
        put<1>(dx + i, &v, add);
    }
}

// avg_pool: the mean of the pixels under each window. Divisors are those of the output.
DEVICE(256, 4) avg_pool(const float *x, float *y, int size, POOL_PARAMS) {
    Pool p = POOL_SHAPE;
    for (int i = thread_of(); i < size; i += threads_of()) {
        Pixel o = pixel_of(i, Div{c, cMul, cShift}, Div{ow, wMul, wShift}, Div{oh, hMul, hShift});
        Window in = window_of(p, o.y, o.x);
        const float *from = x + (o.image * h * w * c + o.ch);
        float v = 0.f;
        for (int r = in.top; r < in.bottom; r++)
            for (int q = in.left; q < in.right; q++) v += from[(r * w + q) * c];
        y[i] = v / (float)((in.bottom - in.top) * (in.right - in.left));
    }
}

// avg_pool_back is its gradient. Divisors are those of the input.
DEVICE(256, 4) avg_pool_back(const float *dy, float *dx, int add, int size, POOL_PARAMS) {
    Pool p = POOL_SHAPE;
    for (int i = thread_of(); i < size; i += threads_of()) {
        Pixel at = pixel_of(i, Div{c, cMul, cShift}, Div{w, wMul, wShift}, Div{h, hMul, hShift});
        Window by = over(p, at.y, at.x);
        const float *from = dy + (at.image * oh * ow * c + at.ch);
        float v = 0.f;
        for (int r = by.top; r < by.bottom; r++)
            for (int q = by.left; q < by.right; q++) {
                Window in = window_of(p, r, q);
                v += from[(r * ow + q) * c] / (float)((in.bottom - in.top) * (in.right - in.left));
            }
        put<1>(dx + i, &v, add);
    }
}

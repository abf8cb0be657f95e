// SPDX-License-Identifier: Apache-2.0
// Compiled once for each instruction set, with FUSELIGHT_ISA naming it. No library headers (see cpu_kernels.h).
#include "inference/kernels/backward_kernels.h"

#include "inference/kernels/vector_math.h"

namespace inference::kernels {
namespace {

/// Up to three factors of a derivative, of which any may be absent.
struct Factors {
    const float* scale = nullptr;
    const float* gate = nullptr;
    const float* modulation = nullptr;  ///< counts as 1 + its value

    FUSELIGHT_INLINE Floats of(Floats d, int64_t i) const {
        if (scale != nullptr) d *= load(scale + i);
        if (gate != nullptr) d *= load(gate + i);
        if (modulation != nullptr) d *= load(modulation + i) + 1.0f;
        return d;
    }
    FUSELIGHT_INLINE float of_one(float d, int64_t i) const {
        if (scale != nullptr) d *= scale[i];
        if (gate != nullptr) d *= gate[i];
        if (modulation != nullptr) d *= modulation[i] + 1.0f;
        return d;
    }
};

/// The way back through x / sqrt(mean(x^2) + eps): r (g - x r^2 mean(g x)), where g is d times the factors.
template <typename X, typename D, typename Out>
FUSELIGHT_INLINE void norm_row_backward(const X* x, const D* d, const Factors& factors, Out* out, int64_t width, float eps) {
    Floats squares{}, products{};
    int64_t i = 0;
    for (; i + lanes <= width; i += lanes) {
        const Floats v = load(x + i);
        squares += v * v;
        products += v * factors.of(load(d + i), i);
    }
    float square = sum(squares), product = sum(products);
    for (; i < width; ++i) {
        const float v = load_one(x + i);
        square += v * v;
        product += v * factors.of_one(load_one(d + i), i);
    }
    const float r = reciprocal_root(square / static_cast<float>(width) + eps), along = product / static_cast<float>(width) * r * r;
    i = 0;
    for (; i + lanes <= width; i += lanes) store(out + i, (factors.of(load(d + i), i) - load(x + i) * along) * r);
    for (; i < width; ++i) store_one(out + i, (factors.of_one(load_one(d + i), i) - load_one(x + i) * along) * r);
}

template <typename E> void rms_norm_backward(const RmsNormBackwardArgs& a, int64_t first, int64_t last) {
    using T = typename E::Storage;
    for (int64_t row = first; row < last; ++row) {
        const auto& m = a.modulation;
        const Factors factors{a.scale, nullptr, m.scale == nullptr ? nullptr : m.scale + row / m.group_rows * a.width};
        norm_row_backward(a.x + row * a.width, static_cast<const T*>(a.d_out) + row * a.width, factors, a.d_x + row * a.width, a.width, a.eps);
    }
}

template <typename E> void add_norm_backward(const AddNormBackwardArgs& a, int64_t first, int64_t last) {
    using T = typename E::Storage;
    for (int64_t row = first; row < last; ++row) {
        const Factors factors{a.post_scale, a.gate == nullptr ? nullptr : a.gate + row / a.gate_group_rows * a.width, nullptr};
        const float* d = a.d_x + row * a.width;
        T* out = static_cast<T*>(a.d_y) + row * a.width;
        if (a.post_scale != nullptr) {
            norm_row_backward(static_cast<const T*>(a.y) + row * a.width, d, factors, out, a.width, a.eps);
            continue;
        }
        int64_t i = 0;
        for (; i + lanes <= a.width; i += lanes) store(out + i, factors.of(load(d + i), i));
        for (; i < a.width; ++i) store_one(out + i, factors.of_one(d[i], i));
    }
}

/// gelu_tanh(g) = g s with s = sigmoid(u), u = 2 sqrt(2 / pi) (g + 0.044715 g^3): its derivative is s + g s (1 - s) u', where
/// 1 - s is taken as exp(-u) s, which loses no digits near 1.
FUSELIGHT_INLINE void gelu_backward(Floats gate, Floats up, Floats d, Floats& d_gate, Floats& d_up) {
    constexpr float k = 2.0f * 0.7978845608f, c = 0.044715f;
    const Floats square = gate * gate;
    const Floats e = exponential(gate * (square * (-k * c) - k)), s = 1.0f / (e + 1.0f);
    d_up = d * gate * s;
    d_gate = d * up * (s + gate * (e * s * s) * (square * (3.0f * k * c) + k));
}

template <typename E> void gelu_mul_backward(const GeluMulBackwardArgs& a, int64_t first, int64_t last) {
    using T = typename E::Storage;
    for (int64_t row = first; row < last; ++row) {
        const T* gate = static_cast<const T*>(a.gate_up) + row * 2 * a.width;
        const T* up = gate + a.width;
        const T* d = static_cast<const T*>(a.d_out) + row * a.width;
        T* d_gate = static_cast<T*>(a.d_gate_up) + row * 2 * a.width;
        T* d_up = d_gate + a.width;
        Floats of_gate, of_up;
        int64_t i = 0;
        for (; i + lanes <= a.width; i += lanes) {
            gelu_backward(load(gate + i), load(up + i), load(d + i), of_gate, of_up);
            store(d_gate + i, of_gate);
            store(d_up + i, of_up);
        }
        for (; i < a.width; ++i) {
            gelu_backward(splat(load_one(gate + i)), splat(load_one(up + i)), splat(load_one(d + i)), of_gate, of_up);
            store_one(d_gate + i, of_gate[0]);
            store_one(d_up + i, of_up[0]);
        }
    }
}

/// One head: turned back, then through its norm. @param half  head_dim / 2, a multiple of 16.
template <typename T>
FUSELIGHT_INLINE void head_backward(const T* x, const T* d, const float* scale, const float* cosine, const float* sine, T* out, int64_t half,
                                    float eps) {
    alignas(64) float turned[max_attention_head_dim];
    for (int64_t i = 0; i < half; i += lanes) {
        const Floats a = load(d + i), b = load(d + half + i), c = load(cosine + i), s = load(sine + i);
        store(turned + i, a * c + b * s);
        store(turned + half + i, b * c - a * s);
    }
    if (scale != nullptr) {
        norm_row_backward(x, turned, Factors{scale, nullptr, nullptr}, out, 2 * half, eps);
        return;
    }
    for (int64_t i = 0; i < 2 * half; i += lanes) store(out + i, load(turned + i));
}

template <typename E> void norm_rotate_backward(const NormRotateBackwardArgs& a, int64_t first, int64_t last) {
    using T = typename E::Storage;
    const int64_t d = a.head_dim, half = d / 2, group = a.heads / a.kv_heads;
    for (int64_t row = first; row < last; ++row) {
        const int64_t b = row / a.tokens, s = row % a.tokens;
        const int64_t at = row * (a.heads + 2 * a.kv_heads) * d;
        const T* qkv = static_cast<const T*>(a.qkv) + at;
        T* out = static_cast<T*>(a.d_qkv) + at;
        const float* cosine = a.cosine + b * a.table_stride + s * half;
        const float* sine = a.sine + b * a.table_stride + s * half;
        for (int64_t h = 0; h < a.heads; ++h) {
            const T* from = static_cast<const T*>(a.d_queries) + (((b * a.kv_heads + h / group) * group + h % group) * a.tokens + s) * d;
            head_backward(qkv + h * d, from, a.q_scale, cosine, sine, out + h * d, half, a.eps);
        }
        for (int64_t h = 0; h < a.kv_heads; ++h) {
            const int64_t from = ((b * a.kv_heads + h) * a.capacity + s) * d, key = (a.heads + h) * d, value = (a.heads + a.kv_heads + h) * d;
            head_backward(qkv + key, static_cast<const T*>(a.d_keys) + from, a.k_scale, cosine, sine, out + key, half, a.eps);
            __builtin_memcpy(out + value, static_cast<const T*>(a.d_values) + from, static_cast<unsigned long>(d) * sizeof(T));
        }
    }
}

const BackwardKernels kernels = {
    FUSELIGHT_STRING(FUSELIGHT_ISA),
    {rms_norm_backward<F32>, rms_norm_backward<Bf16>},
    {add_norm_backward<F32>, add_norm_backward<Bf16>},
    {gelu_mul_backward<F32>, gelu_mul_backward<Bf16>},
    {norm_rotate_backward<F32>, norm_rotate_backward<Bf16>},
};

}  // namespace

const BackwardKernels& FUSELIGHT_JOIN(backward_kernels_, FUSELIGHT_ISA)() { return kernels; }

}  // namespace inference::kernels

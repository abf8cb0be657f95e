// SPDX-License-Identifier: Apache-2.0
// Compiled once for each instruction set, with FUSELIGHT_ISA naming it. No library headers (see cpu_kernels.h).
#include "inference/kernels/cpu_kernels.h"

#include "inference/kernels/vector_math.h"

namespace inference::kernels {
namespace {

template <typename In, typename Out> FUSELIGHT_INLINE void scale_row(const In* x, float factor, const float* scale, Out* out, int64_t width) {
    int64_t i = 0;
    for (; i + lanes <= width; i += lanes) store(out + i, load(x + i) * factor * load(scale + i));
    for (; i < width; ++i) store_one(out + i, load_one(x + i) * factor * scale[i]);
}

/// scale_row with adaptive layer norm after it.
template <typename In, typename Out>
FUSELIGHT_INLINE void modulate_row(const In* x, float factor, const float* scale, const float* by, const float* shift, Out* out, int64_t width) {
    int64_t i = 0;
    for (; i + lanes <= width; i += lanes) store(out + i, load(x + i) * factor * load(scale + i) * (load(by + i) + 1.0f) + load(shift + i));
    for (; i < width; ++i) store_one(out + i, load_one(x + i) * factor * scale[i] * (by[i] + 1.0f) + shift[i]);
}

/// The norm of one row of x: plain, or adaptive where the arguments say so.
template <typename T>
FUSELIGHT_INLINE void norm_row(const float* x, const float* scale, const ModulationArgs& m, int64_t row, T* out, int64_t width, float eps) {
    const float factor = inverse_rms(x, width, eps);
    if (m.shift == nullptr) {
        scale_row(x, factor, scale, out, width);
        return;
    }
    const int64_t group = row / m.group_rows * width;
    modulate_row(x, factor, scale, m.scale + group, m.shift + group, out, width);
}

template <typename E> void rms_norm(const RmsNormArgs& a, int64_t first, int64_t last) {
    using T = typename E::Storage;
    for (int64_t row = first; row < last; ++row) {
        norm_row(a.x + row * a.width, a.scale, a.modulation, row, static_cast<T*>(a.out) + row * a.width, a.width, a.eps);
    }
}

/// x += gate * norm(y), with the norm or the gate left out where they are null.
template <bool normed, bool gated, typename T>
FUSELIGHT_INLINE void add_row(float* x, const T* y, const float* post_scale, const float* gate, int64_t width, float eps) {
    const float factor = normed ? inverse_rms(y, width, eps) : 1.0f;
    int64_t i = 0;
    for (; i + lanes <= width; i += lanes) {
        if constexpr (!normed && !gated) store(x + i, load(x + i) + load(y + i));
        if constexpr (!normed && gated) store(x + i, load(x + i) + load(y + i) * load(gate + i));
        if constexpr (normed && !gated) store(x + i, load(x + i) + load(y + i) * factor * load(post_scale + i));
        if constexpr (normed && gated) store(x + i, load(x + i) + load(y + i) * factor * load(post_scale + i) * load(gate + i));
    }
    for (; i < width; ++i) {
        if constexpr (!normed && !gated) x[i] += load_one(y + i);
        if constexpr (!normed && gated) x[i] += load_one(y + i) * gate[i];
        if constexpr (normed && !gated) x[i] += load_one(y + i) * factor * post_scale[i];
        if constexpr (normed && gated) x[i] += load_one(y + i) * factor * post_scale[i] * gate[i];
    }
}

template <bool normed, bool gated, typename E> void add_norm_rows(const AddNormArgs& a, int64_t first, int64_t last) {
    using T = typename E::Storage;
    for (int64_t row = first; row < last; ++row) {
        float* x = a.x + row * a.width;
        const float* gate = gated ? a.gate + row / a.gate_group_rows * a.width : nullptr;
        add_row<normed, gated>(x, static_cast<const T*>(a.y) + row * a.width, a.post_scale, gate, a.width, a.eps);
        if (a.next_scale != nullptr) norm_row(x, a.next_scale, a.modulation, row, static_cast<T*>(a.out) + row * a.width, a.width, a.eps);
    }
}

template <typename E> void add_norm(const AddNormArgs& a, int64_t first, int64_t last) {
    if (a.post_scale != nullptr && a.gate != nullptr) add_norm_rows<true, true, E>(a, first, last);
    else if (a.post_scale != nullptr) add_norm_rows<true, false, E>(a, first, last);
    else if (a.gate != nullptr) add_norm_rows<false, true, E>(a, first, last);
    else add_norm_rows<false, false, E>(a, first, last);
}

/// gelu_tanh(g) = g sigmoid(2 sqrt(2 / pi) (g + 0.044715 g^3)).
FUSELIGHT_INLINE Floats gelu(Floats g) {
    const Floats inner = g * (g * g * (-2.0f * 0.7978845608f * 0.044715f) + (-2.0f * 0.7978845608f));
    return g / (exponential(inner) + 1.0f);
}

template <typename E> void gelu_mul(const GeluMulArgs& a, int64_t first, int64_t last) {
    using T = typename E::Storage;
    for (int64_t row = first; row < last; ++row) {
        const T* gate = static_cast<const T*>(a.gate_up) + row * 2 * a.width;
        const T* up = gate + a.width;
        T* out = static_cast<T*>(a.out) + row * a.width;
        int64_t i = 0;
        for (; i + lanes <= a.width; i += lanes) store(out + i, gelu(load(gate + i)) * load(up + i));
        for (; i < a.width; ++i) store_one(out + i, gelu(splat(load_one(gate + i)))[0] * load_one(up + i));
    }
}

/// out = rotate(x * factor * scale): half-split rotary embedding of one head, half = head_dim / 2 (a multiple of 16).
template <typename T>
FUSELIGHT_INLINE void rotate_head(const T* x, float factor, const float* scale, const float* cosine, const float* sine, T* out, int64_t half) {
    for (int64_t i = 0; i < half; i += lanes) {
        const Floats a = load(x + i) * factor * load(scale + i);
        const Floats b = load(x + half + i) * factor * load(scale + half + i);
        const Floats c = load(cosine + i), s = load(sine + i);
        store(out + i, a * c - b * s);
        store(out + half + i, b * c + a * s);
    }
}

/// The same without the norm.
template <typename T> FUSELIGHT_INLINE void rotate_bare_head(const T* x, const float* cosine, const float* sine, T* out, int64_t half) {
    for (int64_t i = 0; i < half; i += lanes) {
        const Floats a = load(x + i), b = load(x + half + i);
        const Floats c = load(cosine + i), s = load(sine + i);
        store(out + i, a * c - b * s);
        store(out + half + i, b * c + a * s);
    }
}

template <typename E> void norm_rotate(const NormRotateArgs& a, int64_t first, int64_t last) {
    using T = typename E::Storage;
    const int64_t d = a.head_dim, half = d / 2, group = a.heads / a.kv_heads;
    for (int64_t row = first; row < last; ++row) {
        const int64_t b = row / a.tokens, s = row % a.tokens;
        const T* qkv = static_cast<const T*>(a.qkv) + row * (a.heads + 2 * a.kv_heads) * d;
        const float* cosine = a.cosine + b * a.table_stride + s * half;
        const float* sine = a.sine + b * a.table_stride + s * half;
        for (int64_t h = 0; h < a.heads; ++h) {
            const T* x = qkv + h * d;
            T* out = static_cast<T*>(a.queries) + (((b * a.kv_heads + h / group) * group + h % group) * a.tokens + s) * d;
            if (a.q_scale != nullptr) rotate_head(x, inverse_rms(x, d, a.eps), a.q_scale, cosine, sine, out, half);
            else rotate_bare_head(x, cosine, sine, out, half);
        }
        for (int64_t h = 0; h < a.kv_heads; ++h) {
            const int64_t to = ((b * a.kv_heads + h) * a.capacity + s) * d;
            const T* k = qkv + (a.heads + h) * d;
            if (a.k_scale != nullptr) rotate_head(k, inverse_rms(k, d, a.eps), a.k_scale, cosine, sine, static_cast<T*>(a.keys) + to, half);
            else rotate_bare_head(k, cosine, sine, static_cast<T*>(a.keys) + to, half);
            const T* v = qkv + (a.heads + a.kv_heads + h) * d;
            __builtin_memcpy(static_cast<T*>(a.values) + to, v, static_cast<unsigned long>(d) * sizeof(T));
        }
    }
}

// Attention: flash-style, blocks of query rows against tiles of keys with a running softmax; queries of a group of heads share one
// key and value head by standing below each other as rows. Both products are C (rows, 32) += A (rows, K) B (K, 32).

constexpr int64_t panel = 2 * lanes;  ///< columns of one micro-product
#ifdef __AVX512F__
constexpr int64_t micro_rows = 8;  ///< 8 x 2 accumulators of 32 registers
#else
constexpr int64_t micro_rows = 2;  ///< 2 x 2 x 2 of 16
#endif
constexpr int64_t key_tile = 128;
static_assert(attention_block_rows % micro_rows == 0 && key_tile % panel == 0);

constexpr int64_t round_up(int64_t value, int64_t multiple) { return (value + multiple - 1) / multiple * multiple; }

/// c (micro_rows, panel) (+)= a (micro_rows, depth; stride lda) b (depth, panel; stride ldb).
template <bool accumulate>
FUSELIGHT_INLINE void micro_product(const float* a, int64_t lda, const float* b, int64_t ldb, float* c, int64_t ldc, int64_t depth) {
    Floats sums[micro_rows][2];
    for (int64_t r = 0; r < micro_rows; ++r) {
        sums[r][0] = accumulate ? load(c + r * ldc) : Floats{};
        sums[r][1] = accumulate ? load(c + r * ldc + lanes) : Floats{};
    }
    for (int64_t k = 0; k < depth; ++k) {
        const Floats b0 = load(b + k * ldb), b1 = load(b + k * ldb + lanes);
#pragma GCC unroll 8
        for (int64_t r = 0; r < micro_rows; ++r) {
            const Floats value = splat(a[r * lda + k]);
            sums[r][0] += value * b0;
            sums[r][1] += value * b1;
        }
    }
    for (int64_t r = 0; r < micro_rows; ++r) {
        store(c + r * ldc, sums[r][0]);
        store(c + r * ldc + lanes, sums[r][1]);
    }
}

template <typename E> int64_t packed_bytes(int64_t capacity, int64_t head_dim) {
    return round_up(capacity, panel) * head_dim * static_cast<int64_t>(sizeof(float));
}

/// Keys become panels (keys / 32, head_dim, 32) of float32, zero padded; values float32 (keys, head_dim).
template <typename E> void pack(const AttentionArgs& a, int64_t first, int64_t last) {
    using T = typename E::Storage;
    const int64_t d = a.head_dim, per_pair = round_up(a.capacity, panel) * d;
    for (int64_t pair = first; pair < last; ++pair) {
        const int64_t length = a.lengths[pair / a.kv_heads];
        const T* keys = static_cast<const T*>(a.keys) + pair * a.capacity * d;
        const T* values = static_cast<const T*>(a.values) + pair * a.capacity * d;
        float* packed_keys = static_cast<float*>(a.packed_keys) + pair * per_pair;
        float* packed_values = static_cast<float*>(a.packed_values) + pair * per_pair;
        for (int64_t p = 0; p < length; p += panel) {
            for (int64_t j = 0; j < panel; ++j) {
                float* to = packed_keys + p * d + j;
                if (p + j < length) {
                    const T* key = keys + (p + j) * d;
                    for (int64_t i = 0; i < d; ++i) to[i * panel] = load_one(key + i);
                } else {
                    for (int64_t i = 0; i < d; ++i) to[i * panel] = 0.0f;
                }
            }
        }
        for (int64_t i = 0; i < length * d; i += lanes) store(packed_values + i, load(values + i));
    }
}

template <typename E> void attend_block(const AttentionArgs& a, int64_t pair, int64_t first_row) {
    using T = typename E::Storage;
    const int64_t d = a.head_dim, rows = a.group * a.tokens, per_pair = round_up(a.capacity, panel) * d;
    const int64_t b = pair / a.kv_heads, kv_head = pair % a.kv_heads, length = a.lengths[b];
    const int64_t count = rows - first_row < attention_block_rows ? rows - first_row : attention_block_rows;
    const int64_t used = round_up(count, micro_rows);
    const float* packed_keys = static_cast<const float*>(a.packed_keys) + pair * per_pair;
    const float* packed_values = static_cast<const float*>(a.packed_values) + pair * per_pair;

    alignas(64) float queries[attention_block_rows * max_attention_head_dim];
    alignas(64) float output[attention_block_rows * max_attention_head_dim];
    alignas(64) float scores[attention_block_rows * key_tile];
    float row_max[attention_block_rows], row_sum[attention_block_rows];

    const T* from = static_cast<const T*>(a.queries) + (pair * rows + first_row) * d;
    for (int64_t i = 0; i < count * d; i += lanes) store(queries + i, load(from + i) * a.scale);
    for (int64_t i = count * d; i < used * d; i += lanes) store(queries + i, Floats{});
    for (int64_t i = 0; i < used * d; i += lanes) store(output + i, Floats{});
    for (int64_t r = 0; r < used; ++r) {
        row_max[r] = -3.0e38f;
        row_sum[r] = 0.0f;
    }

    for (int64_t tile = 0; tile < length; tile += key_tile) {
        const int64_t keys = length - tile < key_tile ? length - tile : key_tile, padded = round_up(keys, panel);
        for (int64_t p = 0; p < padded; p += panel) {
            for (int64_t r = 0; r < used; r += micro_rows) {
                micro_product<false>(queries + r * d, d, packed_keys + (tile + p) * d, panel, scores + r * key_tile + p, key_tile, d);
            }
        }
        for (int64_t r = 0; r < used; ++r) {
            float* row = scores + r * key_tile;
            for (int64_t j = keys; j < padded; ++j) row[j] = -3.0e38f;
            Floats best = splat(row_max[r]);
            for (int64_t j = 0; j < padded; j += lanes) best = max(best, load(row + j));
            const float top = largest(best), shrink = exponential_one(row_max[r] - top);
            Floats total{};
            for (int64_t j = 0; j < padded; j += lanes) {
                const Floats weight = exponential(load(row + j) - top);
                total += weight;
                store(row + j, weight);
            }
            for (int64_t j = keys; j < padded; ++j) row[j] = 0.0f;
            row_sum[r] = row_sum[r] * shrink + sum(total);
            row_max[r] = top;
            if (tile > 0) {
                for (int64_t i = 0; i < d; i += lanes) store(output + r * d + i, load(output + r * d + i) * shrink);
            }
        }
        for (int64_t column = 0; column < d; column += panel) {
            for (int64_t r = 0; r < used; r += micro_rows) {
                micro_product<true>(scores + r * key_tile, key_tile, packed_values + tile * d + column, d, output + r * d + column, d, keys);
            }
        }
    }

    for (int64_t r = 0; r < count; ++r) {
        const int64_t row = first_row + r, g = row / a.tokens, s = row % a.tokens;
        T* to = static_cast<T*>(a.out) + ((b * a.tokens + s) * a.kv_heads * a.group + kv_head * a.group + g) * d;
        const float factor = 1.0f / row_sum[r];
        for (int64_t i = 0; i < d; i += lanes) store(to + i, load(output + r * d + i) * factor);
    }
}

template <typename E> void attention(const AttentionArgs& a, int64_t first, int64_t last) {
    const int64_t blocks = round_up(a.group * a.tokens, attention_block_rows) / attention_block_rows;
    for (int64_t unit = first; unit < last; ++unit) attend_block<E>(a, unit / blocks, unit % blocks * attention_block_rows);
}

const CpuKernels kernels = {
    FUSELIGHT_STRING(FUSELIGHT_ISA),         {rms_norm<F32>, rms_norm<Bf16>},       {add_norm<F32>, add_norm<Bf16>},
    {gelu_mul<F32>, gelu_mul<Bf16>},         {norm_rotate<F32>, norm_rotate<Bf16>}, {pack<F32>, pack<Bf16>},
    {packed_bytes<F32>, packed_bytes<Bf16>}, {attention<F32>, attention<Bf16>},
};

}  // namespace

const CpuKernels& FUSELIGHT_JOIN(cpu_kernels_, FUSELIGHT_ISA)() { return kernels; }

}  // namespace inference::kernels

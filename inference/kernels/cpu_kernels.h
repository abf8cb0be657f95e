// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

// Raw-pointer kernels of one instruction set. cpu_kernels.cpp is compiled once for each set; fused_ops.cpp chooses at run time.
// Nothing here may include a header with inline functions: compiled for AVX-512, they could be the copies that the linker keeps.

namespace inference::kernels {

/// Element formats that the kernels read and write; arithmetic is always float32.
enum class Element { float32, bfloat16 };
inline constexpr int num_elements = 2;

/// Adaptive layer norm: what a normalised row y becomes, y (1 + scale) + shift. Row r of x takes row r / group_rows of these.
struct ModulationArgs {
    const float* shift = nullptr;  ///< (groups, width); null: y itself
    const float* scale = nullptr;  ///< (groups, width); null iff shift is
    std::int64_t group_rows = 1;
};

struct RmsNormArgs {
    const float* x;      ///< (rows, width)
    const float* scale;  ///< (width) 1 + weight
    void* out;           ///< (rows, width) element
    std::int64_t width;
    float eps;
    ModulationArgs modulation = {};
};

struct AddNormArgs {
    float* x;                 ///< (rows, width) residual stream, updated
    const void* y;            ///< (rows, width) element: what the sublayer produced
    const float* post_scale;  ///< (width) 1 + weight of the norm on y; null: y is added as it is
    const float* next_scale;  ///< (width) 1 + weight of the next sublayer's norm; null: `out` is not written
    void* out;                ///< (rows, width) element: the next sublayer's input
    std::int64_t width;
    float eps;
    ModulationArgs modulation = {};  ///< of the next sublayer's input
    const float* gate = nullptr;     ///< (groups, width) factor on what is added; null: 1
    std::int64_t gate_group_rows = 1;
};

struct GeluMulArgs {
    const void* gate_up;  ///< (rows, 2 width) element: gate, then up
    void* out;            ///< (rows, width) element
    std::int64_t width;
};

struct NormRotateArgs {
    const void* qkv;       ///< (batch * tokens, (heads + 2 kv_heads) head_dim) element
    const float* q_scale;  ///< (head_dim) 1 + weight; null: queries are only rotated
    const float* k_scale;  ///< the same for keys
    const float* cosine;   ///< (table_batch, tokens, head_dim / 2); table_batch is batch or 1
    const float* sine;
    void* queries;  ///< (batch, kv_heads, group * tokens, head_dim) element
    void* keys;     ///< (batch, kv_heads, capacity, head_dim) element: rows 0 .. tokens - 1 are written
    void* values;   ///< as keys
    std::int64_t tokens, heads, kv_heads, head_dim, capacity;
    std::int64_t table_stride;  ///< floats between the tables of two batch rows; 0 when they share one
    float eps;
};

struct AttentionArgs {
    const void* queries;          ///< (batch, kv_heads, group * tokens, head_dim) element; row g * tokens + s
    const void* keys;             ///< (batch, kv_heads, capacity, head_dim) element
    const void* values;           ///< as keys
    void* out;                    ///< (batch * tokens, kv_heads * group * head_dim) element
    const std::int64_t* lengths;  ///< (batch) keys in use, from row 0 on
    void* packed_keys;            ///< scratch, packed_bytes() a (batch, kv head)
    void* packed_values;
    std::int64_t tokens, group, kv_heads, head_dim, capacity;
    float scale;
};

/// The functions of one instruction set. Ranges are over independent units, so that the caller spreads them over its threads.
struct CpuKernels {
    const char* name;
    void (*rms_norm[num_elements])(const RmsNormArgs&, std::int64_t first_row, std::int64_t last_row);
    void (*add_norm[num_elements])(const AddNormArgs&, std::int64_t first_row, std::int64_t last_row);
    void (*gelu_mul[num_elements])(const GeluMulArgs&, std::int64_t first_row, std::int64_t last_row);
    void (*norm_rotate[num_elements])(const NormRotateArgs&, std::int64_t first_row, std::int64_t last_row);
    /// Rearranges keys and values of (batch, kv head) pairs first .. last - 1 for attention().
    void (*pack[num_elements])(const AttentionArgs&, std::int64_t first_pair, std::int64_t last_pair);
    /// Bytes of packed keys (and as many of packed values) for one pair.
    std::int64_t (*packed_bytes[num_elements])(std::int64_t capacity, std::int64_t head_dim);
    /// One unit is a block of query rows of one pair; unit = pair * blocks_per_pair + block.
    void (*attention[num_elements])(const AttentionArgs&, std::int64_t first_unit, std::int64_t last_unit);
};

inline constexpr std::int64_t attention_block_rows = 32;
inline constexpr std::int64_t max_attention_head_dim = 512;

const CpuKernels& cpu_kernels_baseline();
const CpuKernels& cpu_kernels_avx2();
const CpuKernels& cpu_kernels_avx512();
const CpuKernels& cpu_kernels_avx512_bf16();

}  // namespace inference::kernels

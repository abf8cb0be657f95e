// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "inference/kernels/cpu_kernels.h"

// The ways back of the kernels in cpu_kernels.h, for training: raw pointers, once for each instruction set, under the same rules. Weights,
// norms, tables and modulations are constants; "d" stands for the loss's derivative with respect to what follows it.

namespace inference::kernels {

struct RmsNormBackwardArgs {
    const float* x;      ///< (rows, width): what was normalised
    const float* scale;  ///< (width) 1 + weight
    const void* d_out;   ///< (rows, width) element
    float* d_x;          ///< (rows, width), written
    std::int64_t width;
    float eps;
    ModulationArgs modulation = {};
};

struct AddNormBackwardArgs {
    const float* d_x;         ///< (rows, width): of the stream after the addition
    const void* y;            ///< (rows, width) element: what was added
    const float* post_scale;  ///< (width) of the norm on y; null: none
    void* d_y;                ///< (rows, width) element, written
    std::int64_t width;
    float eps;
    const float* gate = nullptr;  ///< (groups, width); null: 1
    std::int64_t gate_group_rows = 1;
};

struct GeluMulBackwardArgs {
    const void* gate_up;  ///< (rows, 2 width) element
    const void* d_out;    ///< (rows, width) element
    void* d_gate_up;      ///< (rows, 2 width) element, written
    std::int64_t width;
};

struct NormRotateBackwardArgs {
    const void* qkv;       ///< (batch * tokens, (heads + 2 kv_heads) head_dim) element
    const float* q_scale;  ///< (head_dim) 1 + weight; null: no norm
    const float* k_scale;  ///< the same for keys
    const float* cosine;   ///< (table_batch, tokens, head_dim / 2)
    const float* sine;
    const void* d_queries;  ///< (batch, kv_heads, group * tokens, head_dim) element
    const void* d_keys;     ///< (batch, kv_heads, capacity, head_dim) element, of which rows 0 .. tokens - 1 are read
    const void* d_values;   ///< as d_keys
    void* d_qkv;            ///< as qkv, written
    std::int64_t tokens, heads, kv_heads, head_dim, capacity;
    std::int64_t table_stride;  ///< floats between the tables of two batch rows; 0 when they share one
    float eps;
};

/// The functions of one instruction set; ranges are over rows.
struct BackwardKernels {
    const char* name;
    void (*rms_norm[num_elements])(const RmsNormBackwardArgs&, std::int64_t first_row, std::int64_t last_row);
    void (*add_norm[num_elements])(const AddNormBackwardArgs&, std::int64_t first_row, std::int64_t last_row);
    void (*gelu_mul[num_elements])(const GeluMulBackwardArgs&, std::int64_t first_row, std::int64_t last_row);
    void (*norm_rotate[num_elements])(const NormRotateBackwardArgs&, std::int64_t first_row, std::int64_t last_row);
};

const BackwardKernels& backward_kernels_baseline();
const BackwardKernels& backward_kernels_avx2();
const BackwardKernels& backward_kernels_avx512();
const BackwardKernels& backward_kernels_avx512_bf16();

}  // namespace inference::kernels

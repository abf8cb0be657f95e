// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <torch/types.h>

// The transformer's element-wise work, several steps a pass over memory. On the CPU each runs our own kernels (cpu_kernels.h) in float32
// arithmetic whatever the storage; elsewhere, and in namespace `plain` for tests, the same formulas in ATen.
// Norm weights arrive as `scale` = 1 + weight in float32 (the reference's RMSNorm multiplies in float32 and rounds last).

namespace inference {

/// Rotary tables: cosine and sine (1 or B, tokens, head_dim / 2), float32, half-split layout.
struct RotaryTable {
    torch::Tensor cosine;
    torch::Tensor sine;
};

/// Keys and values of a batch in one buffer of fixed capacity, (B, kv_heads, capacity, head_dim); row b uses its first lengths[b] rows.
struct KeyValues {
    torch::Tensor keys;
    torch::Tensor values;
};

/// Adaptive layer norm: a normalised row y becomes y (1 + scale) + shift. Both (G, D) float32: the rows of what is normalised fall into G
/// runs of equal length, one for each row here. Undefined: y stays as it is.
struct Modulation {
    torch::Tensor shift;
    torch::Tensor scale;
};

/// The norm in front of a sublayer. @param scale (D) 1 + weight; undefined: nothing is made.
struct InputNorm {
    torch::Tensor scale;
    Modulation modulation;
};

/// How a sublayer's output joins the residual stream: through a norm of its own and by a factor.
struct OutputNorm {
    torch::Tensor scale;  ///< (D) 1 + weight; undefined: no norm
    torch::Tensor gate;   ///< (G, D) float32, as in Modulation; undefined: 1
};

/// x / sqrt(mean(x^2) + eps) * scale over the last dimension, modulated. @param x (rows, D) float32. @return (rows, D) in `dtype`.
torch::Tensor rms_norm(const torch::Tensor& x, const InputNorm& norm, double eps, torch::ScalarType dtype);
torch::Tensor rms_norm(const torch::Tensor& x, const torch::Tensor& scale, double eps, torch::ScalarType dtype);

/// x += gate * rms_norm(y) in place; returns `next` of x in y's dtype (undefined when its scale is).
/// @param x (rows, D) float32 residual stream; @param y (rows, D).
torch::Tensor add_norm(torch::Tensor& x, const torch::Tensor& y, const OutputNorm& post, const InputNorm& next, double eps);
torch::Tensor add_norm(torch::Tensor& x, const torch::Tensor& y, const torch::Tensor& post_scale, const torch::Tensor& next_scale, double eps);

/// gelu_tanh(gate) * up. @param gate_up (rows, 2 I): gate, then up. @return (rows, I).
torch::Tensor gelu_mul(const torch::Tensor& gate_up);

/// Splits a projection into heads, normalises queries and keys, rotates both and writes keys and values to rows 0 .. tokens - 1.
/// @param q_scale, k_scale (head_dim) 1 + weight; undefined: no norm.
/// @param qkv (B * tokens, (heads + 2 kv_heads) head_dim)
/// @return queries (B, kv_heads, group * tokens, head_dim): the heads that share a key head stand below each other.
torch::Tensor norm_rotate(const torch::Tensor& qkv, const torch::Tensor& q_scale, const torch::Tensor& k_scale, const RotaryTable& rotary,
                          std::int64_t batch, std::int64_t heads, KeyValues& out, double eps);

/// softmax(q k^T / sqrt(head_dim)) v over the keys in use.
/// @param queries as norm_rotate gives them; @param lengths (B) int64 on the CPU.
/// @return (B * tokens, heads * head_dim)
torch::Tensor attention(const torch::Tensor& queries, const KeyValues& kv, const torch::Tensor& lengths, std::int64_t tokens);

/// Name of the instruction set whose kernels run ("avx512_bf16", "avx512", "avx2", "baseline").
const char* cpu_kernel_name();

namespace plain {
torch::Tensor rms_norm(const torch::Tensor& x, const InputNorm& norm, double eps, torch::ScalarType dtype);
torch::Tensor rms_norm(const torch::Tensor& x, const torch::Tensor& scale, double eps, torch::ScalarType dtype);
torch::Tensor add_norm(torch::Tensor& x, const torch::Tensor& y, const OutputNorm& post, const InputNorm& next, double eps);
torch::Tensor add_norm(torch::Tensor& x, const torch::Tensor& y, const torch::Tensor& post_scale, const torch::Tensor& next_scale, double eps);
torch::Tensor gelu_mul(const torch::Tensor& gate_up);
torch::Tensor norm_rotate(const torch::Tensor& qkv, const torch::Tensor& q_scale, const torch::Tensor& k_scale, const RotaryTable& rotary,
                          std::int64_t batch, std::int64_t heads, KeyValues& out, double eps);
torch::Tensor attention(const torch::Tensor& queries, const KeyValues& kv, const torch::Tensor& lengths, std::int64_t tokens);
}  // namespace plain

}  // namespace inference

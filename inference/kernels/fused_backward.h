// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <torch/types.h>

#include "inference/kernels/fused_ops.h"

// The ways back of fused_ops.h, for training. On the CPU each runs our own kernels (backward_kernels.h) in float32 arithmetic; elsewhere, and in
// namespace `plain` for tests, the same formulas in ATen. Only what is not a weight gets a derivative.

namespace inference {

/// @param x (rows, D) float32 and `norm` as they were given to rms_norm(). @param d_out (rows, D). @return d x, (rows, D) float32.
torch::Tensor rms_norm_backward(const torch::Tensor& d_out, const torch::Tensor& x, const InputNorm& norm, double eps);

/// @param d_x (rows, D) float32: of the stream behind add_norm(). @param y, post  as they were given to it. @return d y, in y's dtype; what was
/// the stream before gets d_x as it is.
torch::Tensor add_norm_backward(const torch::Tensor& d_x, const torch::Tensor& y, const OutputNorm& post, double eps);

/// @param d_out (rows, I). @return d gate_up, (rows, 2 I).
torch::Tensor gelu_mul_backward(const torch::Tensor& d_out, const torch::Tensor& gate_up);

/// @param d_queries (B, kv_heads, group * tokens, d) @param d_keys, d_values (B, kv_heads, capacity, d), of whose rows the first `tokens` count.
/// @param qkv and the rest as they were given to norm_rotate(). @return d qkv.
torch::Tensor norm_rotate_backward(const torch::Tensor& d_queries, const torch::Tensor& d_keys, const torch::Tensor& d_values,
                                   const torch::Tensor& qkv, const torch::Tensor& q_scale, const torch::Tensor& k_scale, const RotaryTable& rotary,
                                   std::int64_t heads, double eps);

namespace plain {
torch::Tensor rms_norm_backward(const torch::Tensor& d_out, const torch::Tensor& x, const InputNorm& norm, double eps);
torch::Tensor add_norm_backward(const torch::Tensor& d_x, const torch::Tensor& y, const OutputNorm& post, double eps);
torch::Tensor gelu_mul_backward(const torch::Tensor& d_out, const torch::Tensor& gate_up);
torch::Tensor norm_rotate_backward(const torch::Tensor& d_queries, const torch::Tensor& d_keys, const torch::Tensor& d_values,
                                   const torch::Tensor& qkv, const torch::Tensor& q_scale, const torch::Tensor& k_scale, const RotaryTable& rotary,
                                   std::int64_t heads, double eps);
}  // namespace plain

}  // namespace inference

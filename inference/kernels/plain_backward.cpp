// SPDX-License-Identifier: Apache-2.0
// The formulas of fused_backward.h in ATen: what runs on CUDA, and what the kernels are tested against.
#include "inference/kernels/fused_backward.h"

namespace inference::plain {
namespace {

/// (rows, D) as (G, rows / G, D) for constants of G rows.
torch::Tensor in_groups(const torch::Tensor& x, const torch::Tensor& constants) { return x.reshape({constants.size(0), -1, x.size(-1)}); }

/// The way back through x / sqrt(mean(x^2) + eps) over the last dimension. @param g  the derivative with respect to it, float32.
torch::Tensor normalised_backward(const torch::Tensor& g, const torch::Tensor& x, double eps) {
    const auto real = x.to(torch::kFloat32);
    const auto r = at::rsqrt(real.square().mean(-1, true) + eps);
    return r * (g - real * (r.square() * (g * real).mean(-1, true)));
}

/// (B, N, heads, d) turned back, then through its norm where there is one.
torch::Tensor heads_backward(const torch::Tensor& d_out, const torch::Tensor& x, const torch::Tensor& scale, const RotaryTable& rotary, double eps) {
    const auto halves = d_out.to(torch::kFloat32).chunk(2, -1);
    const auto cosine = rotary.cosine.unsqueeze(2), sine = rotary.sine.unsqueeze(2);
    const auto g = at::cat({halves[0] * cosine + halves[1] * sine, halves[1] * cosine - halves[0] * sine}, -1);
    return scale.defined() ? normalised_backward(g * scale, x, eps) : g;
}

}  // namespace

torch::Tensor rms_norm_backward(const torch::Tensor& d_out, const torch::Tensor& x, const InputNorm& norm, double eps) {
    auto g = d_out.to(torch::kFloat32) * norm.scale;
    if (norm.modulation.scale.defined()) g = (in_groups(g, norm.modulation.scale) * (norm.modulation.scale.unsqueeze(1) + 1.0)).view_as(x);
    return normalised_backward(g, x, eps);
}

torch::Tensor add_norm_backward(const torch::Tensor& d_x, const torch::Tensor& y, const OutputNorm& post, double eps) {
    auto g = d_x;
    if (post.gate.defined()) g = (in_groups(g, post.gate) * post.gate.unsqueeze(1)).view_as(y);
    if (post.scale.defined()) g = normalised_backward(g * post.scale, y, eps);
    return g.to(y.scalar_type());
}

torch::Tensor gelu_mul_backward(const torch::Tensor& d_out, const torch::Tensor& gate_up) {
    const auto halves = gate_up.to(torch::kFloat32).chunk(2, -1);
    const auto g = d_out.to(torch::kFloat32);
    return at::cat({at::gelu_backward(g * halves[1], halves[0], "tanh"), g * at::gelu(halves[0], "tanh")}, -1).to(gate_up.scalar_type());
}

torch::Tensor norm_rotate_backward(const torch::Tensor& d_queries, const torch::Tensor& d_keys, const torch::Tensor& d_values,
                                   const torch::Tensor& qkv, const torch::Tensor& q_scale, const torch::Tensor& k_scale, const RotaryTable& rotary,
                                   std::int64_t heads, double eps) {
    const auto batch = d_keys.size(0), kv_heads = d_keys.size(1), d = d_keys.size(3), tokens = qkv.size(0) / batch;
    const auto parts = qkv.view({batch, tokens, heads + 2 * kv_heads, d}).split_with_sizes({heads, kv_heads, kv_heads}, 2);
    const auto by_token = [&](const torch::Tensor& x) { return x.narrow(2, 0, tokens).transpose(1, 2); };
    const auto q = heads_backward(d_queries.reshape({batch, heads, tokens, d}).transpose(1, 2), parts[0], q_scale, rotary, eps);
    const auto k = heads_backward(by_token(d_keys), parts[1], k_scale, rotary, eps);
    return at::cat({q, k, by_token(d_values).to(torch::kFloat32)}, 2).to(qkv.scalar_type()).reshape(qkv.sizes());
}

}  // namespace inference::plain

// SPDX-License-Identifier: Apache-2.0
// The formulas of fused_ops.h in ATen: what runs on CUDA, and what the kernels are tested against.
#include "inference/kernels/fused_ops.h"

#include <cmath>
#include <limits>

namespace inference::plain {
namespace {

/// float32, without a norm where there is no scale.
torch::Tensor normalised(const torch::Tensor& x, const torch::Tensor& scale, double eps) {
    if (!scale.defined()) return x.to(torch::kFloat32);
    const auto y = x.to(torch::kFloat32);
    return y * at::rsqrt(y.square().mean(-1, true) + eps) * scale;
}

/// (rows, D) as (G, rows / G, D) for a modulation of G rows.
torch::Tensor in_groups(const torch::Tensor& x, const torch::Tensor& modulation) { return x.view({modulation.size(0), -1, x.size(-1)}); }

/// x (B, tokens, heads, d) float32; tables (1 or B, tokens, d / 2).
torch::Tensor rotated(const torch::Tensor& x, const RotaryTable& rotary) {
    const auto halves = x.chunk(2, -1);
    const auto cosine = rotary.cosine.unsqueeze(2), sine = rotary.sine.unsqueeze(2);
    return at::cat({halves[0] * cosine - halves[1] * sine, halves[1] * cosine + halves[0] * sine}, -1);
}

}  // namespace

torch::Tensor rms_norm(const torch::Tensor& x, const InputNorm& norm, double eps, torch::ScalarType dtype) {
    auto y = normalised(x, norm.scale, eps);
    if (norm.modulation.shift.defined()) {
        y = in_groups(y, norm.modulation.scale) * (norm.modulation.scale.unsqueeze(1) + 1.0) + norm.modulation.shift.unsqueeze(1);
    }
    return y.view_as(x).to(dtype);
}

torch::Tensor add_norm(torch::Tensor& x, const torch::Tensor& y, const OutputNorm& post, const InputNorm& next, double eps) {
    auto branch = normalised(y, post.scale, eps);
    if (post.gate.defined()) branch = (in_groups(branch, post.gate) * post.gate.unsqueeze(1)).view_as(x);
    x.add_(branch);
    return next.scale.defined() ? plain::rms_norm(x, next, eps, y.scalar_type()) : torch::Tensor();
}

torch::Tensor rms_norm(const torch::Tensor& x, const torch::Tensor& scale, double eps, torch::ScalarType dtype) {
    return plain::rms_norm(x, InputNorm{scale, {}}, eps, dtype);
}

torch::Tensor add_norm(torch::Tensor& x, const torch::Tensor& y, const torch::Tensor& post_scale, const torch::Tensor& next_scale, double eps) {
    return plain::add_norm(x, y, OutputNorm{post_scale, {}}, InputNorm{next_scale, {}}, eps);
}

torch::Tensor gelu_mul(const torch::Tensor& gate_up) {
    const auto halves = gate_up.to(torch::kFloat32).chunk(2, -1);
    return (at::gelu(halves[0], "tanh") * halves[1]).to(gate_up.scalar_type());
}

torch::Tensor norm_rotate(const torch::Tensor& qkv, const torch::Tensor& q_scale, const torch::Tensor& k_scale, const RotaryTable& rotary,
                          std::int64_t batch, std::int64_t heads, KeyValues& out, double eps) {
    const auto kv_heads = out.keys.size(1), d = out.keys.size(3), tokens = qkv.size(0) / batch, group = heads / kv_heads;
    const auto parts = qkv.view({batch, tokens, heads + 2 * kv_heads, d}).split_with_sizes({heads, kv_heads, kv_heads}, 2);
    const auto q = rotated(normalised(parts[0], q_scale, eps), rotary).to(qkv.scalar_type());
    const auto k = rotated(normalised(parts[1], k_scale, eps), rotary).to(qkv.scalar_type());
    out.keys.narrow(2, 0, tokens).copy_(k.transpose(1, 2));
    out.values.narrow(2, 0, tokens).copy_(parts[2].transpose(1, 2));
    return q.transpose(1, 2).reshape({batch, kv_heads, group * tokens, d});
}

torch::Tensor attention(const torch::Tensor& queries, const KeyValues& kv, const torch::Tensor& lengths, std::int64_t tokens) {
    const auto batch = queries.size(0), kv_heads = queries.size(1), rows = queries.size(2), d = queries.size(3), group = rows / tokens;
    const auto longest = lengths.max().item<std::int64_t>();
    const auto open = at::arange(longest, lengths.options()).unsqueeze(0) < lengths.unsqueeze(1);  // (B, keys)
    const auto mask = open.view({batch, 1, 1, longest}).to(queries.device());
    const auto o = at::scaled_dot_product_attention(queries, kv.keys.narrow(2, 0, longest), kv.values.narrow(2, 0, longest), mask);
    return o.view({batch, kv_heads * group, tokens, d}).transpose(1, 2).reshape({batch * tokens, kv_heads * group * d});
}

}  // namespace inference::plain
